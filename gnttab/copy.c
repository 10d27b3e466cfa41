/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copy.c - GNTTABOP_copy.
 *
 * The hypervisor copies through its own mappings: no guest entry is made, no
 * A bit set, nothing flushed.  A page named by consecutive operations stays
 * claimed between them (pins, GTF bits, reference), until another page is
 * named, an operation fails or the hypercall ends or is preempted.  It also
 * ends, to be called again, when a transitive entry changed under it.
 *
 * Source: xen/common/grant_table.c (gnttab_copy, gnttab_copy_one,
 * gnttab_copy_claim_buf, acquire_grant_for_copy), Xen master c447b7308b13;
 * Xen Security Advisories 230 and 318.
 */
#include "gnttab/ops.h"

#include <string.h>

#include "gnttab/grant_table.h"

/* What an operation names: a reference or a frame number of a domain. */
struct page {
	struct grant_table *owner;
	bool grant;
	uint64_t number;
};

/* One of the two ends of a copy. */
struct side {
	uint32_t pins;		   /* constant: while a page is claimed */
	struct page page;	   /* these while bytes is not NULL */
	struct active_entry *act;  /* of a reference */
	struct grant_table *owner; /* of the frame */
	mfn_t mfn;
	uint16_t start, length; /* of what may be copied */
	uint8_t *bytes;
};

struct sides {
	struct side source, dest;
};

/* Only the caller's own pages may be named by frame. */
static int16_t page_find(struct cpu *cpu, struct grant_table *caller,
			 const struct gnttab_copy_ptr *ptr, bool grant,
			 struct page *page)
{
	page->grant = grant;
	page->number = grant ? ptr->u.ref : ptr->u.gmfn;
	page->owner = caller;
	if (ptr->domid == DOMID_SELF)
		return GNTST_okay;
	if (!grant)
		return GNTST_permission_denied;
	page->owner = machine_grant_table(cpu, ptr->domid);
	return page->owner ? GNTST_okay : GNTST_bad_domain;
}

static enum machine_hold side_hold(const struct side *s)
{
	return s->pins & PIN_WRITERS ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD;
}

static void side_release(struct cpu *cpu, struct side *s)
{
	if (!s->bytes)
		return;
	s->bytes = NULL;
	machine_frame_drop(cpu, s->mfn, side_hold(s));
	if (s->page.grant)
		active_release(cpu, s->page.owner, s->act, s->pins);
}

static int16_t grant_claim(struct cpu *cpu, const struct grant_table *caller,
			   struct side *s)
{
	const struct claim c = {
		.granter = s->page.owner,
		.ref = s->page.number,
		.grantee = caller->who.id,
		.pins = s->pins,
		.kind = CLAIM_COPY,
	};

	int16_t status = active_claim(cpu, &c, &s->act);

	if (status != GNTST_okay)
		return status;
	s->owner = s->act->referent ? s->act->referent : c.granter;
	s->mfn = s->act->mfn;
	s->start = s->act->start;
	s->length = s->act->length;
	return GNTST_okay;
}

static int16_t side_claim(struct cpu *cpu, struct grant_table *caller,
			  struct side *s)
{
	if (s->page.grant)
		return grant_claim(cpu, caller, s);
	s->owner = caller;
	s->start = 0;
	s->length = GRANT_PAGE_SIZE;
	return machine_frame_get(cpu, caller->who.machine,
				 (gfn_t){ s->page.number }, side_hold(s),
				 &s->mfn);
}

static bool same_page(const struct page *a, const struct page *b)
{
	return a->owner == b->owner && a->grant == b->grant &&
	       a->number == b->number;
}

/* Have @page claimed: as it is from the last operation, or anew. */
static int16_t side_use(struct cpu *cpu, struct grant_table *caller,
			struct side *s, const struct page *page)
{
	int16_t status;

	if (s->bytes && same_page(&s->page, page))
		return GNTST_okay;
	side_release(cpu, s);
	s->page = *page;
	status = side_claim(cpu, caller, s);
	if (status == GNTST_okay)
		s->bytes = machine_frame_pointer(cpu, s->mfn);
	return status;
}

/* Claim both pages of @op. */
static int16_t sides_use(struct cpu *cpu, struct grant_table *caller,
			 struct sides *sides, const gnttab_copy_t *op)
{
	struct page source, dest;
	int16_t status;

	status = page_find(cpu, caller, &op->source,
			   op->flags & GNTCOPY_source_gref, &source);
	if (status != GNTST_okay)
		return status;
	status = page_find(cpu, caller, &op->dest,
			   op->flags & GNTCOPY_dest_gref, &dest);
	if (status != GNTST_okay)
		return status;
	status = side_use(cpu, caller, &sides->source, &source);
	if (status != GNTST_okay)
		return status;
	return side_use(cpu, caller, &sides->dest, &dest);
}

/* Does the grant reach from @offset over @len bytes? */
static bool side_covers(const struct side *s, unsigned offset, unsigned len)
{
	return offset >= s->start &&
	       offset + len <= (unsigned)s->start + s->length;
}

static int16_t copy_one(struct cpu *cpu, struct grant_table *caller,
			struct sides *sides, const gnttab_copy_t *op)
{
	const struct side *source = &sides->source, *dest = &sides->dest;
	int16_t status;

	if (!op->len)
		return GNTST_okay;
	status = sides_use(cpu, caller, sides, op);
	if (status != GNTST_okay)
		return status;
	if (op->source.offset + op->len > GRANT_PAGE_SIZE ||
	    op->dest.offset + op->len > GRANT_PAGE_SIZE)
		return GNTST_bad_copy_arg;
	if (!side_covers(source, op->source.offset, op->len) ||
	    !side_covers(dest, op->dest.offset, op->len))
		return GNTST_general_error;
	/* Both may be one frame. */
	memmove(dest->bytes + op->dest.offset,
		source->bytes + op->source.offset, op->len);
	machine_mark_dirty(cpu, dest->owner->who.machine, dest->mfn);
	return GNTST_okay;
}

static void sides_release(struct cpu *cpu, struct sides *sides)
{
	side_release(cpu, &sides->source);
	side_release(cpu, &sides->dest);
}

static int copies_run(struct cpu *cpu, struct grant_table *caller,
		      struct gnttab_call *call, struct sides *sides)
{
	gnttab_copy_t op;
	int rc;

	for (bool first = true; call->count; first = false) {
		if (!first && machine_preemption_wanted(cpu))
			return GNTTAB_PREEMPTED;
		rc = op_fetch(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
		op.status = copy_one(cpu, caller, sides, &op);
		if (op.status == CLAIM_AGAIN)
			return GNTTAB_PREEMPTED;
		if (op.status != GNTST_okay)
			sides_release(cpu, sides);
		rc = op_store(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
	}
	return 0;
}

int ops_copy(struct cpu *cpu, struct grant_table *caller,
	     struct gnttab_call *call)
{
	struct sides sides = {
		.source.pins = PIN_HSTR,
		.dest.pins = PIN_HSTW,
	};
	int rc = copies_run(cpu, caller, call, &sides);

	sides_release(cpu, &sides);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_grant.c - a guest writes its own grant table.
 *
 * As guests do: what is granted first, then flags and domain in one
 * store; and access is ended only when nobody reads or writes any more.
 *
 * Source: gnttab_update_entry_v1() and _v2(),
 * gnttab_end_foreign_access_ref_v1(), drivers/xen/grant-table.c of Linux.
 */
#include <errno.h>
#include <inttypes.h>

#include "sim/entry.h"
#include "sim/state.h"

/* Flags and domain are one 32-bit word, flags below. */
static void store(const struct entry_place *e, uint16_t flags, domid_t domid)
{
	e->header->domid = domid;
	e->header->flags = flags;
}

/* Is the entry free for its guest to change? */
static bool is_unused(const struct entry_place *entry)
{
	return !(entry_flags(entry) & (GTF_reading | GTF_writing)) ||
	       entry_is_transfer(entry);
}

static ASIDE int refuse_used(struct domain *d, const struct event *event,
			     const struct op *op,
			     const struct entry_place *entry)
{
	diag_error(d->sim->diags, sim_place(event->place, op),
		   "reference %" PRIu32 " of domain %u is still mapped by "
		   "domain %u",
		   op->ref, d->id, entry->header->domid);
	diag_hint(d->sim->diags, "'unmap' it first");
	return -EBADMSG;
}

static int grow_for(struct domain *d, const struct event *event,
		    const struct op *op)
{
	unsigned frames = op->ref / entries_per_frame(d) + 1;
	int rc = gnttab_grow(&d->sim->cpu[0], d->grants, frames);

	if (rc == -ENOSPC)
		diag_error(d->sim->diags, sim_place(event->place, op),
			   "reference %" PRIu32 " is past the table of domain "
			   "%u, which has at most %u frames",
			   op->ref, d->id, d->rules.max_grant_frames);
	return rc == -ENOSPC ? -EBADMSG : rc;
}

static int check_frame(struct domain *d, const struct event *event,
		       const struct op *op)
{
	if (op->frame < d->frames ||
	    p2m_get(&d->p2m, op->frame).type != P2M_NONE)
		return 0;
	diag_error(d->sim->diags, sim_place(event->place, op),
		   "frame 0x%" PRIx64 " is past the memory of domain %u, "
		   "which has 0x%" PRIx64 " frames",
		   op->frame, d->id, d->frames);
	return -EBADMSG;
}

/* Sub-page and transitive entries are of version 2 only. */
static int check_version(struct domain *d, const struct event *event,
			 const struct op *op)
{
	if ((!op->sub_page && !op->transitive) ||
	    gnttab_version(d->grants) == 2)
		return 0;
	diag_error(d->sim->diags, sim_place(event->place, op),
		   "the grant table of domain %u is of version 1", d->id);
	diag_hint(d->sim->diags, "it has neither sub-page nor transitive "
				 "grants; see 'version' and 'set_version'");
	return -EBADMSG;
}

/* A place for a page to come has no other flags. */
static int check_kind(struct domain *d, const struct event *event,
		      const struct op *op)
{
	if (!event->grant.accept_transfer ||
	    (!event->grant.readonly && !op->sub_page && !op->transitive))
		return 0;
	diag_error(d->sim->diags, sim_place(event->place, op),
		   "'accept_transfer' goes with 'frame' alone");
	return -EBADMSG;
}

/* All of an entry but its first word; returns the flags that go there. */
static uint16_t fill(const struct entry_place *e, const struct op *op)
{
	if (e->v1) {
		e->v1->frame = (uint32_t)op->frame;
		return GTF_permit_access;
	}
	if (op->transitive) {
		e->v2->transitive.trans_domid = op->from;
		e->v2->transitive.gref = op->other;
		return GTF_transitive;
	}
	e->v2->full_page.frame = op->frame;
	if (!op->sub_page)
		return GTF_permit_access;
	e->v2->sub_page.page_off = op->start;
	e->v2->sub_page.length = op->length;
	return GTF_permit_access | GTF_sub_page;
}

static ASIDE int grant_one(struct domain *d, const struct event *event,
			   const struct op *op)
{
	struct entry_place entry;
	uint16_t flags;
	int rc;

	if (check_kind(d, event, op) < 0)
		return -EBADMSG;
	if (!op->transitive && !event->grant.accept_transfer &&
	    check_frame(d, event, op) < 0)
		return -EBADMSG;
	if (check_version(d, event, op) < 0)
		return -EBADMSG;
	entry = entry_find(d, op->ref);
	if (!entry.header) {
		rc = grow_for(d, event, op);
		if (rc < 0)
			return rc;
		entry = entry_place(d, op->ref);
	}
	if (!is_unused(&entry))
		return refuse_used(d, event, op, &entry);
	flags = fill(&entry, op);
	if (event->grant.readonly)
		flags |= GTF_readonly;
	if (event->grant.accept_transfer)
		flags = GTF_accept_transfer;
	store(&entry, flags, event->grant.to);
	return 0;
}

static ASIDE int revoke_one(struct domain *d, const struct event *event,
			    const struct op *op)
{
	const struct entry_place entry = entry_find(d, op->ref);

	if (!entry.header || !(entry.header->flags & GTF_type_mask)) {
		diag_error(d->sim->diags, sim_place(event->place, op),
			   "reference %" PRIu32 " of domain %u is not granted",
			   op->ref, d->id);
		return -EBADMSG;
	}
	if (!is_unused(&entry))
		return refuse_used(d, event, op, &entry);
	store(&entry, 0, entry.header->domid);
	return 0;
}

/* ---- many of them ------------------------------------------------------- */

/* Entries of version 1 around the one that was asked for last. */
struct near {
	grant_entry_v1_t *entry;
	grant_ref_t first, count;
};

/* There are none around @ref: false. */
static bool go_near(struct near *near, const struct domain *d, grant_ref_t ref)
{
	struct gnttab_row row = gnttab_row(d->grants, ref);

	near->entry = (void *)row.words;
	near->first = row.first;
	near->count = row.words ? GNTTAB_ROW : 0;
	return row.words;
}

/* Entry @ref of @d where nobody reads or writes; NULL: another, or none of
 * version 1. */
static inline grant_entry_v1_t *
find_near(struct near *near, const struct domain *d, grant_ref_t ref)
{
	grant_entry_v1_t *entry;

	if (ref - near->first >= near->count && !go_near(near, d, ref))
		return NULL;
	entry = near->entry + (ref - near->first);
	return entry->flags & (GTF_reading | GTF_writing) ? NULL : entry;
}

/* Grant one of @d's first @frames, as most often; false: it is anything
 * else. */
static inline bool grant_page(const struct domain *d, uint64_t frames,
			      const struct op *op, uint16_t flags, domid_t to,
			      struct near *near)
{
	grant_entry_v1_t *entry;

	if (op->frame >= frames || op->sub_page || op->transitive)
		return false;
	entry = find_near(near, d, op->ref);
	if (!entry)
		return false;
	entry->frame = (uint32_t)op->frame;
	entry->domid = to;
	entry->flags = flags;
	return true;
}

static int grant_all(struct domain *d, const struct event *event)
{
	const struct op *op = event->ops, *end = op + event->nr_ops;
	const uint64_t frames = event->grant.accept_transfer ? 0 : d->frames;
	const uint16_t readonly = event->grant.readonly ? GTF_readonly : 0;
	const domid_t to = event->grant.to;
	struct near near = { .count = 0 };
	int rc;

	for (; op < end; op++) {
		if (grant_page(d, frames, op, GTF_permit_access | readonly, to,
			       &near))
			continue;
		rc = grant_one(d, event, op);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int ev_grant(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);

	return d ? grant_all(d, event) : -EBADMSG;
}

/* Revoke what is granted and not used, of version 1; false: anything else. */
static inline bool revoke_page(const struct domain *d, grant_ref_t ref,
			       struct near *near)
{
	grant_entry_v1_t *entry = find_near(near, d, ref);

	if (!entry || !(entry->flags & GTF_type_mask))
		return false;
	entry->flags = 0;
	return true;
}

static int revoke_all(struct domain *d, const struct event *event)
{
	const struct op *op = event->ops, *end = op + event->nr_ops;
	struct near near = { .count = 0 };

	for (; op < end; op++)
		if (!revoke_page(d, op->ref, &near) &&
		    revoke_one(d, event, op) < 0)
			return -EBADMSG;
	return 0;
}

int ev_revoke(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);

	return d ? revoke_all(d, event) : -EBADMSG;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_ops.c - random operations, most of them sensible. */
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/model_guests.h"
#include "tests/suite.h"

#define PAGES 48       /* linear pages that the guests use */
#define EXTERNAL_AT 40 /* first of the frame numbers that take grants */
#define EXTERNAL_PAGES 16

/* ---- addresses, references, handles ----------------------------------------
 */

static uint64_t some_addr(struct pair *p, domid_t d, bool by_entry)
{
	unsigned n = below(p, PAGES);

	if (p->md.domains[d].external)
		return one_in(p, 40) ? FAKE_GUEST_FRAMES * 4096ull
				     : 4096ull * (EXTERNAL_AT +
						  below(p, EXTERNAL_PAGES));
	if (one_in(p, 40))
		return by_entry ? fake_slot(p->m, d, n) + below(p, 8)
				: 0x1000 * below(p, 16);
	return by_entry ? fake_slot(p->m, d, n) : fake_linear(n);
}

/* At times just below the end of a table, or just beyond. */
static grant_ref_t some_ref(struct pair *p)
{
	const domid_t d = below(p, FAKE_DOMAINS);

	if (one_in(p, 50))
		return model_entries(&p->md.domains[d]) - 1 + below(p, 3);
	return one_in(p, 3) ? 0 : below(p, p->refs);
}

/* A handle in use, or perhaps not, and the address where it was mapped, or
 * another. */
static grant_handle_t some_handle(struct pair *p, domid_t d, uint64_t *addr)
{
	grant_handle_t h = below(p, p->md.domains[d].limit + 2);

	for (unsigned i = 0; i < 20 && !model_find(&p->md, d, h); i++)
		h = below(p, p->md.domains[d].limit + 2);
	*addr = h < MODEL_HANDLES && !one_in(p, 6) ? p->addr[d][h]
						   : some_addr(p, d, false);
	if (one_in(p, 10))
		*addr = 0;
	return h;
}

static domid_t some_domain(struct pair *p)
{
	return one_in(p, 3) ? DOMID_SELF : below(p, FAKE_DOMAINS + 1);
}

/* ---- one operation of each kind --------------------------------------------
 */

static void map_op(struct pair *p, domid_t d, void *to)
{
	const uint32_t parts[] = { 0, 2, 2, 2, 2, 2, 3, 1 };
	unsigned rare = p->md.domains[d].external ? 16 : 4;
	gnttab_map_grant_ref_t *op = to;

	op->flags = parts[below(p, 8)] | (one_in(p, 2) ? GNTMAP_readonly : 0) |
		    (one_in(p, rare) ? GNTMAP_contains_pte : 0) |
		    (one_in(p, rare) ? GNTMAP_application_map : 0) |
		    (one_in(p, rare) ? below(p, 16) << 16 : 0);
	op->dom = below(p, 40) ? below(p, FAKE_DOMAINS) : DOMID_SELF;
	if (p->refs == 1 && below(p, 8))
		op->dom = 1;
	op->ref = some_ref(p);
	op->host_addr = some_addr(p, d, op->flags & GNTMAP_contains_pte);
}

static void unmap_op(struct pair *p, domid_t d, void *to)
{
	gnttab_unmap_grant_ref_t *op = to;
	const struct model_mapping *mp;

	op->handle = some_handle(p, d, &op->host_addr);
	mp = model_find(&p->md, d, op->handle);
	if (mp && one_in(p, 2))
		op->dev_bus_addr = (mp->mfn << 12) + (one_in(p, 8) ? 1 : 0) +
				   (one_in(p, 16) ? 4096 : 0);
}

static void replace_op(struct pair *p, domid_t d, void *to)
{
	gnttab_unmap_and_replace_t *op = to;

	op->handle = some_handle(p, d, &op->host_addr);
	op->new_addr = one_in(p, 4) ? 0 : some_addr(p, d, false);
}

static void copy_end(struct pair *p, bool by_ref, struct gnttab_copy_ptr *ptr)
{
	ptr->domid = by_ref || one_in(p, 20) ? below(p, FAKE_DOMAINS + 1)
					     : DOMID_SELF;
	if (by_ref)
		ptr->u.ref = some_ref(p);
	else
		ptr->u.gmfn = below(p, FAKE_GUEST_FRAMES + 1);
	ptr->offset = below(p, 16);
}

/* Either end may be the page of the operation before, at the same end or at
 * the other. */
static void copy_again(struct pair *p, const gnttab_copy_t *before,
		       gnttab_copy_t *op)
{
	unsigned from = below(p, 2), to = below(p, 2);
	const struct gnttab_copy_ptr *end = from ? &before->dest
						 : &before->source;
	unsigned bit = to ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
	bool by_ref = before->flags &
		      (from ? GNTCOPY_dest_gref : GNTCOPY_source_gref);

	*(to ? &op->dest : &op->source) = *end;
	op->flags = (op->flags & ~bit) | (by_ref ? bit : 0);
}

/* One end names what the other, one's own, stands for. */
static void copy_chain(const struct pair *p, domid_t d, gnttab_copy_t *op)
{
	for (grant_ref_t ref = 0; ref < MODEL_REFS; ref++) {
		const struct model_grant *g = &p->md.domains[d].grants[ref];

		if (g->domid != d || (g->flags & 3) != GTF_transitive)
			continue;
		op->flags = GNTCOPY_source_gref | GNTCOPY_dest_gref;
		op->source.domid = g->second;
		op->source.u.ref = g->frame;
		op->dest.domid = d;
		op->dest.u.ref = ref;
	}
}

static void copy_op(struct pair *p, domid_t d, void *to)
{
	gnttab_copy_t *op = to;

	op->flags = below(p, 4);
	copy_end(p, op->flags & GNTCOPY_source_gref, &op->source);
	copy_end(p, op->flags & GNTCOPY_dest_gref, &op->dest);
	op->len = one_in(p, 10) ? below(p, 0x10000) : below(p, 4080);
	if (one_in(p, 3))
		op->len = below(p, 64);
	if (one_in(p, 8))
		copy_chain(p, d, op);
}

static void transfer_op(struct pair *p, domid_t d, void *to)
{
	gnttab_transfer_t *op = to;
	unsigned to_ref = GNTTAB_NR_RESERVED_ENTRIES;

	op->mfn = below(p, FAKE_GUEST_FRAMES + 1);
	op->domid = below(p, 20) ? below(p, FAKE_DOMAINS) : DOMID_SELF;
	op->ref = some_ref(p);
	/* Mostly to one that waits for it. */
	for (unsigned i = to_ref; i < MODEL_REFS && op->domid < FAKE_DOMAINS;
	     i++) {
		const struct model_grant *g =
			&p->md.domains[op->domid].grants[i];

		if (g->flags == GTF_accept_transfer && g->domid == d)
			op->ref = i;
	}
}

static void swap_op(struct pair *p, domid_t d, void *to)
{
	gnttab_swap_grant_ref_t *op = to;
	unsigned beyond = model_entries(&p->md.domains[d]);
	unsigned reserved = GNTTAB_NR_RESERVED_ENTRIES;

	/* Reserved ones among themselves: see do_grant(). */
	op->ref_a = below(p, MODEL_REFS);
	op->ref_b = op->ref_a / reserved * reserved + below(p, reserved);
	if (one_in(p, 20))
		*(one_in(p, 2) ? &op->ref_a : &op->ref_b) = beyond +
							    below(p, 2);
}

static void setup_op(struct pair *p, domid_t d, void *to)
{
	gnttab_setup_table_t *op = to;

	(void)d;
	op->dom = some_domain(p);
	op->nr_frames = one_in(p, 8) ? below(p, 4) : below(p, 2);
	op->frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + MODEL_LIST_AT);
}

static void status_op(struct pair *p, domid_t d, void *to)
{
	gnttab_get_status_frames_t *op = to;

	(void)d;
	op->dom = some_domain(p);
	op->nr_frames = below(p, 3);
	op->frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + MODEL_LIST_AT);
}

static void query_op(struct pair *p, domid_t d, void *to)
{
	gnttab_query_size_t *op = to;

	(void)d;
	op->dom = some_domain(p);
}

static void set_op(struct pair *p, domid_t d, void *to)
{
	gnttab_set_version_t *op = to;

	(void)d;
	op->version = one_in(p, 8) ? below(p, 4) : 1 + below(p, 2);
}

static void get_op(struct pair *p, domid_t d, void *to)
{
	gnttab_get_version_t *op = to;

	(void)d;
	op->dom = some_domain(p);
}

#define STATUS_AT(type) offsetof(gnttab_##type##_t, status)
#define NO_STATUS -1

/* How to make one, how many there may be in a hypercall, how often it is
 * wanted, and where the status is. */
static const struct kind {
	void (*make)(struct pair *p, domid_t d, void *to);
	unsigned max, weight;
	int status_at;
} kinds[] = {
	[GNTTABOP_map_grant_ref] = { map_op, MODEL_OPS, 10,
				     STATUS_AT(map_grant_ref) },
	[GNTTABOP_unmap_grant_ref] = { unmap_op, MODEL_OPS, 20,
				       STATUS_AT(unmap_grant_ref) },
	[GNTTABOP_unmap_and_replace] = { replace_op, MODEL_OPS, 6,
					 STATUS_AT(unmap_and_replace) },
	[GNTTABOP_copy] = { copy_op, MODEL_OPS, 8, STATUS_AT(copy) },
	[GNTTABOP_transfer] = { transfer_op, 3, 5, STATUS_AT(transfer) },
	[GNTTABOP_swap_grant_ref] = { swap_op, 8, 2,
				      STATUS_AT(swap_grant_ref) },
	[GNTTABOP_setup_table] = { setup_op, 1, 2, STATUS_AT(setup_table) },
	[GNTTABOP_query_size] = { query_op, 1, 1, STATUS_AT(query_size) },
	[GNTTABOP_get_status_frames] = { status_op, 1, 1,
					 STATUS_AT(get_status_frames) },
	[GNTTABOP_set_version] = { set_op, 1, 2, NO_STATUS },
	[GNTTABOP_get_version] = { get_op, 1, 1, NO_STATUS },
	[GNTTABOP_cache_flush] = { query_op, 1, 1, NO_STATUS },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static unsigned weight(const struct pair *p, unsigned cmd)
{
	if (p->map_heavy && cmd == GNTTABOP_map_grant_ref)
		return 40;
	if (p->map_heavy && cmd == GNTTABOP_unmap_grant_ref)
		return 4;
	return kinds[cmd].weight;
}

unsigned some_cmd(struct pair *p)
{
	unsigned total = 0, cmd = 0, pick;

	for (unsigned i = 0; i < KINDS; i++)
		total += weight(p, i);
	for (pick = below(p, total); pick >= weight(p, cmd); cmd++)
		pick -= weight(p, cmd);
	return cmd;
}

unsigned op_limit(unsigned cmd)
{
	return kinds[cmd].max;
}

int16_t op_status(unsigned cmd, const void *op)
{
	int16_t status = GNTST_okay;

	if (kinds[cmd].status_at >= 0)
		memcpy(&status, (const uint8_t *)op + kinds[cmd].status_at,
		       sizeof(status));
	return status;
}

void op_make(struct pair *p, domid_t d, unsigned cmd, void *op,
	     const void *before)
{
	kinds[cmd].make(p, d, op);
	if (cmd == GNTTABOP_copy && before && one_in(p, 2))
		copy_again(p, before, op);
}

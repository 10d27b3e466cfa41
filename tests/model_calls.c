/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_calls.c - the hypercalls of random guests. */
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/model_guests.h"
#include "tests/suite.h"

#define PAGES 48 /* linear pages that the guests use */
#define MAX_OPS 70
#define LIST_AT 8192   /* numbers of frames go here, in the arguments */
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

static void copy_op(struct pair *p, domid_t d, void *to)
{
	gnttab_copy_t *op = to;

	(void)d;
	op->flags = below(p, 4);
	copy_end(p, op->flags & GNTCOPY_source_gref, &op->source);
	copy_end(p, op->flags & GNTCOPY_dest_gref, &op->dest);
	op->len = one_in(p, 10) ? below(p, 0x10000) : below(p, 4080);
	if (one_in(p, 3))
		op->len = below(p, 64);
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
	op->frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + LIST_AT);
}

static void status_op(struct pair *p, domid_t d, void *to)
{
	gnttab_get_status_frames_t *op = to;

	(void)d;
	op->dom = some_domain(p);
	op->nr_frames = below(p, 3);
	op->frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + LIST_AT);
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
	[GNTTABOP_map_grant_ref] = { map_op, MAX_OPS, 10,
				     STATUS_AT(map_grant_ref) },
	[GNTTABOP_unmap_grant_ref] = { unmap_op, MAX_OPS, 20,
				       STATUS_AT(unmap_grant_ref) },
	[GNTTABOP_unmap_and_replace] = { replace_op, MAX_OPS, 6,
					 STATUS_AT(unmap_and_replace) },
	[GNTTABOP_copy] = { copy_op, MAX_OPS, 8, STATUS_AT(copy) },
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

static unsigned some_cmd(struct pair *p)
{
	unsigned total = 0, cmd = 0, pick;

	for (unsigned i = 0; i < KINDS; i++)
		total += weight(p, i);
	for (pick = below(p, total); pick >= weight(p, cmd); cmd++)
		pick -= weight(p, cmd);
	return cmd;
}

/* ---- both at once ----------------------------------------------------------
 */

#define OP_MAX 40

struct ops {
	_Alignas(8) uint8_t bytes[MAX_OPS * OP_MAX];
};

static void fill(struct pair *p, domid_t d, unsigned cmd, struct ops *ops,
		 unsigned n, size_t size)
{
	memset(ops, 0, sizeof(*ops));
	for (unsigned i = 0; i < n; i++) {
		kinds[cmd].make(p, d, ops->bytes + i * size);
		if (cmd == GNTTABOP_copy && i && one_in(p, 2))
			copy_again(p, (void *)(ops->bytes + (i - 1) * size),
				   (void *)(ops->bytes + i * size));
	}
}

static int16_t status_of(unsigned cmd, const uint8_t *op)
{
	int16_t status = GNTST_okay;

	if (kinds[cmd].status_at >= 0)
		memcpy(&status, op + kinds[cmd].status_at, sizeof(status));
	return status;
}

static void compare_ops(struct pair *p, unsigned cmd, const struct ops *got,
			const struct ops *want, unsigned n, size_t size)
{
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *g = got->bytes + i * size;
		const uint8_t *w = want->bytes + i * size;
		int16_t status = status_of(cmd, w);

		if (status_of(cmd, g) != status)
			ck_abort_msg("operation %u of command %u: "
				     "status %d, want %d",
				     i, cmd, status_of(cmd, g), status);
		if (memcmp(g, w, size))
			ck_abort_msg("result of operation %u of command %u "
				     "differs",
				     i, cmd);
		p->seen[-status]++;
	}
	p->operations += n;
}

/* The list that setup_table or get_status_frames wrote. */
static void compare_list(const struct pair *p, unsigned cpu, unsigned cmd,
			 const struct ops *ops)
{
	const gnttab_setup_table_t *setup = (const void *)ops->bytes;
	const gnttab_get_status_frames_t *status = (const void *)ops->bytes;
	bool shared = cmd == GNTTABOP_setup_table;
	domid_t d = shared ? setup->dom : status->dom;
	const uint8_t *list = p->m->cpus[cpu].args + LIST_AT;
	unsigned n = shared ? setup->nr_frames : status->nr_frames;
	const struct grant_table *gt;
	uint64_t got;

	gt = d == DOMID_SELF ? p->m->cpus[cpu].runs->gt : p->m->domains[d].gt;
	for (unsigned i = 0; i < n; i++) {
		mfn_t want = shared ? gnttab_shared_frame(gt, i)
				    : gnttab_status_frame(gt, i);

		memcpy(&got, list + i * sizeof(got), sizeof(got));
		same("listed frame", i, got, want.n);
	}
}

static void remember(struct pair *p, domid_t d, const struct ops *ops,
		     unsigned n)
{
	const gnttab_map_grant_ref_t *map = (const void *)ops->bytes;

	for (unsigned i = 0; i < n; i++)
		if (map[i].status == GNTST_okay)
			p->addr[d][map[i].handle] = map[i].host_addr;
}

static unsigned some_count(struct pair *p, unsigned max)
{
	if (max == 1)
		return one_in(p, 10) ? below(p, 3) : 1;
	return one_in(p, 4) ? below(p, max + 1)
			    : 1 + below(p, max < 4 ? max : 4);
}

void do_call(struct pair *p)
{
	unsigned cpu = below(p, FAKE_CPUS), cmd = some_cmd(p);
	unsigned n = some_count(p, kinds[cmd].max);
	unsigned made = n ? n : 1; /* some commands do not look at the count */
	unsigned fault = one_in(p, kinds[cmd].max == 1 ? 3 : 10)
				 ? below(p, 2 * n + 2)
				 : FAKE_NEVER;
	domid_t d = p->m->cpus[cpu].runs->id;
	size_t size = model_op_size(cmd) ? model_op_size(cmd) : OP_MAX;
	struct ops ops, want;
	int rc;

	fill(p, d, cmd, &ops, made, size);
	want = ops;
	p->m->preempt = one_in(p, 2);
	rc = model_call(&p->md, d, cmd, &want, n, fault, p->m->preempt);
	p->m->fault_in = fault;
	call_write(p->m, cpu, &ops, made, size);
	ck_assert_int_eq(call_run(p->m, cpu, cmd, n, NULL), rc);
	p->m->fault_in = FAKE_NEVER;
	call_read(p->m, cpu, &ops, made, size);
	compare_ops(p, cmd, &ops, &want, made, size);
	if (cmd == GNTTABOP_map_grant_ref)
		remember(p, d, &ops, n);
	if (rc || !n || status_of(cmd, ops.bytes) != GNTST_okay)
		return;
	p->commands[cmd]++;
	if (cmd == GNTTABOP_setup_table || cmd == GNTTABOP_get_status_frames)
		compare_list(p, cpu, cmd, &ops);
}

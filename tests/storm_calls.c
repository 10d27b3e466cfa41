/* SPDX-License-Identifier: GPL-2.0-or-later */
/* storm_calls.c - random hypercalls, most of which have some sense. */
#include "tests/storm.h"

#include <check.h>
#include <string.h>

#define OPS 6
#define LIST (FAKE_ARGS + 8192) /* numbers of frames go here */

union op {
	gnttab_map_grant_ref_t map;
	gnttab_unmap_grant_ref_t unmap;
	gnttab_unmap_and_replace_t replace;
	gnttab_copy_t copy;
	gnttab_transfer_t transfer;
	gnttab_setup_table_t setup;
	gnttab_query_size_t size;
	gnttab_get_status_frames_t status;
	gnttab_set_version_t version;
	gnttab_get_version_t get_version;
	gnttab_swap_grant_ref_t swap;
};

static domid_t some_domain(struct storm *s)
{
	return one_in(s, 20) ? DOMID_SELF : below(s, FAKE_DOMAINS);
}

static uint64_t some_addr(struct storm *s, domid_t d, bool by_entry)
{
	unsigned n = below(s, PAGES);

	if (by_entry)
		return fake_slot(s->m, d, n) + one_in(s, 40);
	return one_in(s, 40) ? 0 : fake_linear(n);
}

static void fill_map(struct storm *s, domid_t d, union op *op)
{
	const uint32_t parts[] = { HOST, HOST, HOST | DEVICE, DEVICE };

	op->map.flags = parts[below(s, 4)] |
			(one_in(s, 2) ? GNTMAP_readonly : 0) |
			(one_in(s, 4) ? GNTMAP_contains_pte : 0);
	op->map.dom = some_domain(s);
	op->map.ref = below(s, REFS);
	op->map.host_addr = some_addr(s, d,
				      op->map.flags & GNTMAP_contains_pte);
}

/* Mostly a handle in use, at its address. */
static grant_handle_t some_handle(struct storm *s, domid_t d, uint64_t *addr)
{
	const struct grant_table *gt = s->m->domains[d].gt;
	unsigned limit = gnttab_maptrack_limit(gt);
	grant_handle_t h = below(s, 64);

	for (unsigned i = 0; i < 16 && !gnttab_maptrack(gt, h).flags; i++)
		h = below(s, limit + 1);
	*addr = h < HANDLES && !one_in(s, 8) ? s->addr[d][h]
					     : some_addr(s, d, false);
	return h;
}

static void fill_unmap(struct storm *s, domid_t d, union op *op)
{
	struct gnttab_maptrack_view v;
	domid_t granter;

	op->unmap.handle = some_handle(s, d, &op->unmap.host_addr);
	v = gnttab_maptrack(s->m->domains[d].gt, op->unmap.handle);
	granter = v.granter % FAKE_DOMAINS;
	if ((v.flags & DEVICE) && !one_in(s, 3))
		op->unmap.dev_bus_addr =
			gnttab_active(s->m->domains[granter].gt, v.ref).mfn.n
				<< 12 |
			one_in(s, 8);
}

static struct gnttab_copy_ptr some_end(struct storm *s, bool by_ref)
{
	struct gnttab_copy_ptr ptr = { .domid = DOMID_SELF };

	ptr.offset = below(s, 64);
	if (by_ref) {
		ptr.domid = some_domain(s);
		ptr.u.ref = below(s, REFS);
	} else {
		ptr.u.gmfn = below(s, FAKE_GUEST_FRAMES + 1);
	}
	return ptr;
}

static void fill_copy(struct storm *s, union op *op)
{
	op->copy.flags = below(s, 4);
	op->copy.source = some_end(s, op->copy.flags & GNTCOPY_source_gref);
	op->copy.dest = some_end(s, op->copy.flags & GNTCOPY_dest_gref);
	op->copy.len = below(s, 512);
}

/* The size of the operation. */
static size_t fill(struct storm *s, domid_t d, unsigned cmd, union op *op)
{
	memset(op, 0, sizeof(*op));
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		fill_map(s, d, op);
		return sizeof(op->map);
	case GNTTABOP_unmap_grant_ref:
		fill_unmap(s, d, op);
		return sizeof(op->unmap);
	case GNTTABOP_unmap_and_replace:
		op->replace.handle = some_handle(s, d, &op->replace.host_addr);
		op->replace.new_addr = some_addr(s, d, false);
		return sizeof(op->replace);
	case GNTTABOP_copy:
		fill_copy(s, op);
		return sizeof(op->copy);
	case GNTTABOP_transfer:
		op->transfer.mfn = 1 + below(s, FAKE_GUEST_FRAMES - 1);
		op->transfer.domid = below(s, FAKE_DOMAINS);
		op->transfer.ref = below(s, REFS);
		return sizeof(op->transfer);
	case GNTTABOP_setup_table:
		op->setup.dom = some_domain(s);
		op->setup.nr_frames = below(s, 4);
		op->setup.frame_list.p = (void *)(uintptr_t)LIST;
		return sizeof(op->setup);
	case GNTTABOP_query_size:
		op->size.dom = some_domain(s);
		return sizeof(op->size);
	case GNTTABOP_get_status_frames:
		op->status.dom = some_domain(s);
		op->status.nr_frames = below(s, 3);
		op->status.frame_list.p = (void *)(uintptr_t)LIST;
		return sizeof(op->status);
	case GNTTABOP_set_version:
		op->version.version = below(s, 4);
		return sizeof(op->version);
	case GNTTABOP_get_version:
		op->get_version.dom = some_domain(s);
		return sizeof(op->get_version);
	default: /* GNTTABOP_swap_grant_ref, GNTTABOP_cache_flush */
		op->swap.ref_a = below(s, REFS);
		op->swap.ref_b = below(s, REFS);
		return sizeof(op->swap);
	}
}

/* Half of all is to map and unmap. */
static unsigned some_cmd(struct storm *s)
{
	unsigned cmd = below(s, 32);

	if (cmd < 10)
		return GNTTABOP_map_grant_ref;
	if (cmd < 19)
		return GNTTABOP_unmap_grant_ref;
	return cmd - 19;
}

/* Commands of which a call has one operation. */
static bool is_single(unsigned cmd)
{
	return cmd == GNTTABOP_setup_table || cmd == GNTTABOP_query_size ||
	       cmd >= GNTTABOP_set_version;
}

static void remember_maps(struct storm *s, unsigned cpu, domid_t d, unsigned n)
{
	gnttab_map_grant_ref_t ops[OPS];

	call_read(s->m, cpu, ops, n, sizeof(*ops));
	for (unsigned i = 0; i < n; i++)
		if (ops[i].status == GNTST_okay && ops[i].handle < HANDLES)
			s->addr[d][ops[i].handle] = ops[i].host_addr;
}

void storm_call(struct storm *s)
{
	unsigned cpu = below(s, FAKE_CPUS), cmd = some_cmd(s);
	unsigned n = is_single(cmd) ? 1 : 1 + below(s, OPS);
	struct fake_machine *m = s->m;
	domid_t d = m->cpus[cpu].runs->id;
	uint8_t args[OPS * sizeof(union op)];
	size_t size = 0;
	union op op;

	for (unsigned i = 0; i < n; i++) {
		size = fill(s, d, cmd, &op);
		memcpy(args + i * size, &op, size);
	}
	call_write(m, cpu, args, n, size);
	m->fail_at = one_in(s, 2) ? m->crossings + below(s, 80) : FAKE_NEVER;
	m->preempt = one_in(s, 2);
	call_run(m, cpu, cmd, n, NULL);
	m->fail_at = FAKE_NEVER;
	m->nr_log = 0;
	ck_assert_uint_eq(m->locks, 0);
	if (cmd == GNTTABOP_map_grant_ref)
		remember_maps(s, cpu, d, n);
}

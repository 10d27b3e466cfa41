/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_storm.c - random hypercalls, with failures and preemption at
 * random crossings of the seam, leave nothing behind (I4).
 *
 *   round    one machine, a policy, an era; all versions and operations
 *     calls    each perhaps failing at its n-th crossing, perhaps preempted
 *     end      what handles are left are unmapped: no pin, reference, handle
 *              or status bit may be left then
 *
 * A round is told by its number alone, which is its seed and is written to
 * the log before it begins.  STORM_CALLS=1000000 in the environment asks for
 * more than the 50000 calls of `make check`; STORM_ROUND=N for one round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define CALLS 500 /* in a round */
#define DEFAULT_CALLS "50000"
#define OPS 6
#define REFS 24
#define PAGES 24
#define HANDLES (FAKE_HANDLE_FRAMES * 256)
#define STATUS (GTF_reading | GTF_writing)
#define LIST (FAKE_ARGS + 8192) /* numbers of frames go here */

struct storm {
	struct fake_machine *m;
	uint64_t seed;
	uint64_t addr[FAKE_DOMAINS][HANDLES]; /* where it was mapped */
};

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

/* xorshift64* */
static unsigned below(struct storm *s, unsigned n)
{
	s->seed ^= s->seed >> 12;
	s->seed ^= s->seed << 25;
	s->seed ^= s->seed >> 27;
	return (s->seed * 0x2545f4914f6cdd1dull >> 32) % n;
}

static bool one_in(struct storm *s, unsigned n)
{
	return below(s, n) == 0;
}

/* ---- what guests do by themselves -----------------------------------------
 */

static uint16_t bits_in_entry(struct storm *s, domid_t d, grant_ref_t ref)
{
	const struct grant_table *gt = s->m->domains[d].gt;

	/* Unpinned, what looks like them may be left of a transfer. */
	if (gnttab_version(gt) == 2 || !gnttab_active(gt, ref).pin)
		return 0;
	return *fake_shared(s->m, d, ref) & STATUS;
}

/* Write an entry, and leave the hypervisor's bits alone. */
static void do_grant(struct storm *s)
{
	domid_t d = below(s, FAKE_DOMAINS), to = below(s, FAKE_DOMAINS);
	grant_ref_t ref = below(s, REFS), other = below(s, REFS);
	uint16_t bits = bits_in_entry(s, d, ref);
	uint64_t gfn = 1 + below(s, FAKE_DATA_FRAMES); /* bus address 0: none */
	bool v2 = gnttab_version(s->m->domains[d].gt) == 2;

	if (v2 && one_in(s, 4))
		grant_sub_page(s->m, d, ref, to, gfn, below(s, 4096),
			       below(s, 4096));
	else if (v2 && one_in(s, 3))
		grant_transitive(s->m, d, ref, to, below(s, FAKE_DOMAINS + 1),
				 other);
	else
		grant_access(s->m, d, ref, to, gfn,
			     one_in(s, 4) ? GTF_readonly : 0);
	if (!bits && one_in(s, 16))
		*fake_shared(s->m, d, ref) = (uint32_t)to << 16 |
					     GTF_accept_transfer;
	*fake_shared(s->m, d, ref) |= bits;
}

/* Map an own page, or take an entry away, a grant's as well. */
static void do_entry(struct storm *s)
{
	domid_t d = below(s, FAKE_DOMAINS);
	unsigned n = below(s, PAGES);
	uint64_t gfn = below(s, FAKE_DATA_FRAMES);
	uint64_t *pte = fake_pte(s->m, d, n);

	if (*pte & FAKE_PTE_P)
		machine_pte_put(&s->m->cpus[0], &s->m->domains[d], *pte);
	*pte = 0;
	if (one_in(s, 2) && fake_mfn(s->m, d, gfn).n != FAKE_NOWHERE)
		fake_guest_map(s->m, d, n, gfn, one_in(s, 2));
}

static void do_schedule(struct storm *s)
{
	s->m->cpus[below(s, FAKE_CPUS)].runs =
		&s->m->domains[below(s, FAKE_DOMAINS)];
	s->m->paged_out.n = below(s, 200);
}

/* ---- hypercalls -----------------------------------------------------------
 */

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

static void do_call(struct storm *s)
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

/* ---- the end of a round ---------------------------------------------------
 */

/* All entries go, with their references. */
static void entries_drop(struct fake_machine *m, domid_t d)
{
	for (unsigned i = 0; i < FAKE_SLOTS; i++) {
		uint64_t *pte = fake_pte(m, d, i);

		if (*pte & FAKE_PTE_P)
			machine_pte_put(&m->cpus[0], &m->domains[d], *pte);
		*pte = 0;
	}
}

/* Unmap what is left of handle @h at an entry made for that. */
static void handle_drop(struct fake_machine *m, domid_t d, grant_handle_t h)
{
	struct gnttab_maptrack_view v = gnttab_maptrack(m->domains[d].gt, h);
	gnttab_unmap_grant_ref_t op = { .handle = h };
	bool writable = !(v.flags & GNTMAP_readonly);
	mfn_t mfn;

	if (!v.flags)
		return;
	mfn = gnttab_active(m->domains[v.granter].gt, v.ref).mfn;
	if (v.flags & DEVICE)
		op.dev_bus_addr = mfn.n << 12;
	if (v.flags & HOST) {
		op.host_addr = v.flags & GNTMAP_contains_pte
				       ? fake_slot(m, d, 0)
				       : fake_linear(0);
		*fake_pte(m, d, 0) = mfn.n << 12 | FAKE_PTE_P |
				     (writable ? FAKE_PTE_RW : 0);
		fake_hold(m, mfn.n,
			  writable ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD);
	}
	m->cpus[0].runs = &m->domains[d];
	call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op));
	ck_assert_msg(op.status == GNTST_okay, "handle %u of %u: status %d", h,
		      d, op.status);
}

static void nothing_left_of(struct fake_machine *m, domid_t d)
{
	const struct grant_table *gt = m->domains[d].gt;

	for (grant_ref_t ref = 0; ref < gnttab_nr_entries(gt); ref++) {
		uint16_t type = *fake_shared(m, d, ref) & GTF_type_mask;
		bool bits = grant_flags(m, d, ref) & STATUS;

		ck_assert_msg(!gnttab_active(gt, ref).pin, "pin of %u", ref);
		/* There they say how far a transfer got. */
		ck_assert_msg(!bits || type == GTF_accept_transfer,
			      "status of %u", ref);
	}
	for (grant_handle_t h = 0; h < gnttab_maptrack_limit(gt); h++)
		ck_assert_msg(!gnttab_maptrack(gt, h).flags, "handle %u", h);
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		ck_assert_msg(!m->domains[d].dma[i],
			      "devices of %u reach frame %u", d, i);
}

static void round_end(struct storm *s)
{
	struct fake_machine *m = s->m;

	m->preempt = false;
	fake_check(m);
	for (domid_t d = 0; d < FAKE_DOMAINS; d++)
		entries_drop(m, d);
	for (domid_t d = 0; d < FAKE_DOMAINS; d++)
		for (grant_handle_t h = 0; h < HANDLES; h++)
			handle_drop(m, d, h);
	for (domid_t d = 0; d < FAKE_DOMAINS; d++)
		nothing_left_of(m, d);
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		ck_assert_msg(!m->frames[i].refs && !m->frames[i].writers &&
				      !m->frames[i].locked,
			      "frame %u has %u references, %u writable", i,
			      m->frames[i].refs, m->frames[i].writers);
	ck_assert_uint_eq(m->locks, 0);
	fake_destroy(m);
}

static struct fake_machine *round_machine(struct storm *s)
{
	unsigned policies = 0;
	struct fake_machine *m;
	const char *name;

	while (gnttab_policy_at(policies))
		policies++;
	name = gnttab_policy_at(below(s, policies))->name;
	m = one_in(s, 2) ? fake_create_iommu(name) : fake_create(name);
	if (one_in(s, 3))
		m->rules.era = GNTTAB_ERA_2014;
	m->rules.amd = one_in(s, 2);
	m->aliased = one_in(s, 3);
	return m;
}

static void storm_run(unsigned number)
{
	struct storm s = { .seed = 0x9e3779b97f4a7c15ull * (number + 1) };
	void (*const events[])(struct storm *) = { do_grant, do_grant, do_entry,
						   do_schedule };

	s.m = round_machine(&s);
	fprintf(stderr, "# round %u: %s, era %d%s\n", number,
		s.m->rules.policy->name, s.m->rules.era,
		s.m->domains[0].iommu ? ", IOMMU" : "");
	for (unsigned i = 0; i < CALLS; i++) {
		events[below(&s, 4)](&s);
		do_call(&s);
		for (unsigned cpu = 0; cpu < FAKE_CPUS; cpu++)
			s.m->cpus[cpu].nr_cached = 0; /* evicted */
	}
	round_end(&s);
}

START_TEST(failures_anywhere_leave_nothing_behind)
{
	storm_run(_i);
}
END_TEST

static int number_from(const char *name, const char *otherwise)
{
	const char *text = getenv(name);

	return atoi(text ? text : otherwise);
}

static void add(TCase *tc)
{
	int one = number_from("STORM_ROUND", "-1");
	int rounds = number_from("STORM_CALLS", DEFAULT_CALLS) / CALLS;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, failures_anywhere_leave_nothing_behind,
			    one < 0 ? 0 : one, one < 0 ? rounds : one + 1);
}

/* One process for all: with a new one for each round a sanitizer would look
 * through all of its memory for leaks a thousand times. */
int main(void)
{
	setenv("CK_FORK", "no", 0);
	return run_suite("gnttab storm", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_faults.c - whatever fails below the seam, nothing is lost.
 *
 * Each hypercall of a scene is made again and again, its first, second, third
 * ... call of a hook failing.  What is left after each must agree with the
 * handles, and once these are unmapped there must be nothing left at all.
 */
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly
#define OPS 5

/* Reference i is mapped at linear page i, with these flags. */
static const uint32_t map_flags[OPS] = {
	HOST, HOST | RO, HOST | GNTMAP_contains_pte, HOST | DEVICE, DEVICE | RO,
};

struct scene {
	const char *name;
	unsigned version; /* of the granters' tables */
	bool mapped;	  /* everything, before */
	int (*run)(struct fake_machine *m);
};

static uint64_t host_addr(const struct fake_machine *m, unsigned i)
{
	return map_flags[i] & GNTMAP_contains_pte ? fake_slot(m, 0, i)
						  : fake_linear(i);
}

static int map_all(struct fake_machine *m)
{
	gnttab_map_grant_ref_t ops[OPS];

	for (unsigned i = 0; i < OPS; i++) {
		ops[i] = (gnttab_map_grant_ref_t){
			.host_addr = host_addr(m, i),
			.flags = map_flags[i],
			.ref = i,
			.dom = 1,
		};
	}
	return call(m, 0, GNTTABOP_map_grant_ref, ops, OPS, sizeof(*ops));
}

static int unmap_all(struct fake_machine *m)
{
	gnttab_unmap_grant_ref_t ops[OPS];

	for (unsigned i = 0; i < OPS; i++) {
		ops[i] = (gnttab_unmap_grant_ref_t){
			.host_addr = host_addr(m, i),
			.dev_bus_addr = fake_mfn(m, 1, i).n << 12,
			.handle = i,
		};
	}
	return call(m, 0, GNTTABOP_unmap_grant_ref, ops, OPS, sizeof(*ops));
}

static int replace_all(struct fake_machine *m)
{
	gnttab_unmap_and_replace_t ops[OPS];

	for (unsigned i = 0; i < OPS; i++) {
		fake_guest_map(m, 0, 100 + i, i, i % 2);
		ops[i] = (gnttab_unmap_and_replace_t){
			.host_addr = host_addr(m, i),
			.new_addr = fake_linear(100 + i),
			.handle = i,
		};
	}
	return call(m, 0, GNTTABOP_unmap_and_replace, ops, OPS, sizeof(*ops));
}

static int copy_all(struct fake_machine *m)
{
	gnttab_copy_t ops[OPS];

	for (unsigned i = 0; i < OPS; i++) {
		ops[i] = (gnttab_copy_t){
			.source = { .u.ref = i / 2, .domid = 1 },
			.dest = { .u.ref = OPS - i, .domid = 1 },
			.len = 64,
			.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref,
		};
	}
	return call(m, 0, GNTTABOP_copy, ops, OPS, sizeof(*ops));
}

/* Entries of version 2: what domain 2's stands for is domain 1's. */
#define PAGE 6
#define PART 7
#define INDIRECT 8

static int copy_indirectly(struct fake_machine *m)
{
	gnttab_copy_t ops[OPS];

	grant_access(m, 1, PAGE, 2, PAGE, 0);
	grant_sub_page(m, 1, PART, 0, PART, 0, 100);
	grant_transitive(m, 2, INDIRECT, 0, 1, PAGE);
	for (unsigned i = 0; i < OPS; i++) {
		struct gnttab_copy_ptr part = { .u.ref = PART, .domid = 1 };
		struct gnttab_copy_ptr far = { .u.ref = INDIRECT, .domid = 2 };

		ops[i] = (gnttab_copy_t){
			.source = i % 2 ? part : far,
			.dest = i % 2 ? far : part,
			.len = 64,
			.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref,
		};
	}
	return call(m, 0, GNTTABOP_copy, ops, OPS, sizeof(*ops));
}

static const struct scene scenes[] = {
	{ "map", 1, false, map_all },
	{ "unmap", 1, true, unmap_all },
	{ "replace", 1, true, replace_all },
	{ "copy", 1, false, copy_all },
	{ "copy of mapped pages", 1, true, copy_all },
	{ "map, version 2", 2, false, map_all },
	{ "unmap, version 2", 2, true, unmap_all },
	{ "replace, version 2", 2, true, replace_all },
	{ "copy, version 2", 2, false, copy_all },
	{ "copy of mapped pages, version 2", 2, true, copy_all },
	{ "copy through another entry", 2, false, copy_indirectly },
};

/* ---- of the granter, by itself ------------------------------------------ */

static int to_version_1(struct fake_machine *m)
{
	return set_version(m, 1, 1);
}

static int to_version_2(struct fake_machine *m)
{
	return set_version(m, 1, 2);
}

#define LIST ((void *)(uintptr_t)(FAKE_ARGS + 4096))

static int table_grow(struct fake_machine *m)
{
	gnttab_setup_table_t op = { .dom = DOMID_SELF, .nr_frames = 2 };

	op.frame_list.p = LIST;
	return call(m, 1, GNTTABOP_setup_table, &op, 1, sizeof(op));
}

static int status_list(struct fake_machine *m)
{
	gnttab_get_status_frames_t op = { .dom = DOMID_SELF, .nr_frames = 1 };

	op.frame_list.p = LIST;
	return call(m, 1, GNTTABOP_get_status_frames, &op, 1, sizeof(op));
}

static int swap_some(struct fake_machine *m)
{
	gnttab_swap_grant_ref_t ops[] = { { 0, 1 }, { 20, 21 }, { 1, 0 } };

	for (unsigned i = 0; i < 3; i++)
		ops[i].status = GNTST_okay;
	return call(m, 1, GNTTABOP_swap_grant_ref, ops, 3, sizeof(*ops));
}

/* Two pages, to a domain that has room for one. */
static int give_away(struct fake_machine *m)
{
	gnttab_transfer_t ops[2];

	m->frames[fake_mfn(m, 2, 30).n].owner = NULL;
	m->domains[2].frame_at[30] = FAKE_NOWHERE;
	m->domains[2].owned--;
	m->freed++;
	for (unsigned i = 0; i < 2; i++) {
		grant_access(m, 2, 10 + i, 1, 30, 0);
		*fake_shared(m, 2, 10 + i) = 1u << 16 | GTF_accept_transfer;
		ops[i] = (gnttab_transfer_t){
			.mfn = 40 + i,
			.domid = 2,
			.ref = 10 + i,
		};
	}
	return call(m, 1, GNTTABOP_transfer, ops, 2, sizeof(*ops));
}

static const struct scene table_scenes[] = {
	{ "to version 2", 1, false, to_version_2 },
	{ "to version 2, mapped", 1, true, to_version_2 },
	{ "to version 1", 2, false, to_version_1 },
	{ "to version 1, mapped", 2, true, to_version_1 },
	{ "grow", 1, false, table_grow },
	{ "grow, version 2", 2, false, table_grow },
	{ "list of status frames", 2, false, status_list },
	{ "swap", 1, false, swap_some },
	{ "swap, version 2, mapped", 2, true, swap_some },
	{ "transfer", 1, false, give_away },
	{ "transfer, version 2", 2, false, give_away },
};

/* ---- what is left ------------------------------------------------------- */

/* Unmap what handle @h still stands for. */
static void unmap_handle(struct fake_machine *m, grant_handle_t h)
{
	struct gnttab_maptrack_view v = gnttab_maptrack(m->domains[0].gt, h);
	gnttab_unmap_grant_ref_t op = {
		.host_addr = v.flags & HOST ? host_addr(m, v.ref) : 0,
		.dev_bus_addr = fake_mfn(m, 1, v.ref).n << 12,
		.handle = h,
	};

	if (!v.flags)
		return;
	call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
}

/* The guest's own entries take their references along. */
static void guest_unmap_all(struct fake_machine *m)
{
	for (unsigned i = 0; i < FAKE_SLOTS; i++) {
		uint64_t *pte = fake_pte(m, 0, i);

		if (*pte & FAKE_PTE_P)
			machine_pte_put(&m->cpus[0], &m->domains[0], *pte);
		*pte = 0;
	}
}

/* The hypervisor's frames are those of the tables. */
static void frames_accounted(const struct fake_machine *m, const char *scene,
			     unsigned n)
{
	unsigned used = 0, want = 0;

	for (unsigned i = 0; i < FAKE_TABLE_FRAMES; i++)
		used += m->table_used[i];
	for (domid_t d = 0; d < FAKE_DOMAINS; d++)
		want += gnttab_nr_frames(m->domains[d].gt) +
			gnttab_nr_status_frames(m->domains[d].gt);
	ck_assert_msg(used == want, "%s, call %u failing: %u frames, not %u",
		      scene, n, used, want);
}

/* A frame that a domain owns counts as such, and others were given back. */
static void owners_agree(const struct fake_machine *m, const char *scene,
			 unsigned n)
{
	unsigned all = m->freed;

	for (domid_t d = 0; d < FAKE_DOMAINS; d++) {
		unsigned owned = 0;

		for (unsigned i = 0; i < FAKE_DOMAINS * FAKE_GUEST_FRAMES; i++)
			owned += m->frames[i].owner == &m->domains[d];
		ck_assert_msg(owned == m->domains[d].owned,
			      "%s, call %u failing: domain %u has %u pages",
			      scene, n, d, owned);
		all += owned;
	}
	ck_assert_msg(all == FAKE_DOMAINS * FAKE_GUEST_FRAMES,
		      "%s, call %u failing: a page is lost", scene, n);
}

static void nothing_left(struct fake_machine *m, const char *scene, unsigned n)
{
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		ck_assert_msg(!m->frames[i].refs && !m->frames[i].writers,
			      "%s, call %u failing: frame %u has %u "
			      "references",
			      scene, n, i, m->frames[i].refs);
	for (unsigned i = 0; i <= OPS; i++)
		ck_assert_msg(grant_flags(m, 1, i) == GTF_permit_access,
			      "%s, call %u failing: flags %u are %#x", scene, n,
			      i, grant_flags(m, 1, i));
	for (grant_ref_t ref = OPS + 1; ref <= INDIRECT; ref++)
		ck_assert_msg(
			!((grant_flags(m, 1, ref) | grant_flags(m, 2, ref)) &
			  (GTF_reading | GTF_writing)),
			"%s, call %u failing: status of %u", scene, n, ref);
	frames_accounted(m, scene, n);
	owners_agree(m, scene, n);
	ck_assert_uint_eq(m->locks, 0);
}

/* True if the scene has an @n-th call. */
static bool play(const struct scene *s, const char *policy, unsigned n)
{
	struct fake_machine *m = fake_create(policy);
	bool reached;

	m->cpus[0].runs = &m->domains[2];
	for (unsigned cpu = 0; cpu < FAKE_CPUS; cpu++)
		ck_assert_int_eq(set_version(m, cpu, s->version), 0);
	m->cpus[0].runs = &m->domains[0];
	for (unsigned i = 0; i <= OPS; i++)
		grant_access(m, 1, i, 0, i, 0);
	if (s->mapped)
		ck_assert_int_eq(map_all(m), 0);
	fake_reset(m);
	m->fail_at = n;
	s->run(m);
	reached = m->crossings > n;
	fake_reset(m);
	fake_check(m);
	for (grant_handle_t h = 0; h < OPS + 1; h++)
		unmap_handle(m, h);
	guest_unmap_all(m);
	nothing_left(m, s->name, n);
	ck_assert_uint_eq(m->violations, 0);
	fake_destroy(m);
	return reached;
}

START_TEST(any_call_below_may_fail_and_nothing_is_left_behind)
{
	/* One for each way to update an entry. */
	const char *const policies[] = { "upstream", "xs65", "xs8" };

	for (unsigned s = 0; s < sizeof(scenes) / sizeof(*scenes); s++) {
		unsigned n = 0;

		while (play(&scenes[s], policies[_i], n))
			n++;
		ck_assert_uint_gt(n, 20);
	}
}
END_TEST

START_TEST(tables_stand_what_fails_below)
{
	const struct scene *s = &table_scenes[_i];
	unsigned n = 0;

	while (play(s, "xs8", n))
		n++;
	ck_assert_uint_gt(n, 3);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(
		tc, any_call_below_may_fail_and_nothing_is_left_behind, 0, 3);
	tcase_add_loop_test(tc, tables_stand_what_fails_below, 0,
			    ROWS(table_scenes));
}

int main(void)
{
	return run_suite("gnttab faults", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_faults.c - whatever fails below the seam, nothing is lost.
 *
 * Each hypercall of a scene is made again and again, its first, second, third
 * ... call of a hook failing.  What is left after each must agree with the
 * handles, and once these are unmapped there must be nothing left at all.
 */
#include <errno.h>
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
	bool mapped; /* everything, before */
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

static const struct scene scenes[] = {
	{ "map", false, map_all },
	{ "unmap", true, unmap_all },
	{ "replace", true, replace_all },
	{ "copy", false, copy_all },
	{ "copy of mapped pages", true, copy_all },
};

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
	ck_assert_uint_eq(m->locks, 0);
}

/* True if the scene has an @n-th call. */
static bool play(const struct scene *s, const char *policy, unsigned n)
{
	struct fake_machine *m = fake_create(policy);
	bool reached;

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

/* ---- no memory below that --------------------------------------------- */

/* The linker puts this in front of calloc(): the next but so many fails. */
static unsigned allocations = FAKE_NEVER;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	if (allocations != FAKE_NEVER && allocations-- == 0)
		return NULL;
	return __real_calloc(n, size);
}

static struct grant_table *create_with(struct fake_machine *m, unsigned n)
{
	const struct gnttab_domain who = { .machine = &m->domains[0] };
	struct grant_table *gt;

	allocations = n;
	gt = gnttab_create(&m->cpus[0], &who, &m->rules);
	allocations = FAKE_NEVER;
	return gt;
}

START_TEST(table_without_memory_is_not_made)
{
	struct fake_machine *m = fake_create("xs8");
	struct grant_table *gt;

	for (unsigned n = 0; n < 5; n++)
		ck_assert_ptr_null(create_with(m, n));
	gt = create_with(m, 5);
	ck_assert_ptr_nonnull(gt);
	gnttab_destroy(gt);
	gnttab_destroy(NULL);
	memset(m->table_used, true, sizeof(m->table_used));
	ck_assert_ptr_null(create_with(m, FAKE_NEVER));
	fake_destroy(m);
}
END_TEST

START_TEST(growing_without_memory_can_be_tried_again)
{
	struct fake_machine *m = fake_create("xs8");
	struct grant_table *gt = m->domains[1].gt;
	struct cpu *cpu = &m->cpus[1];

	allocations = 0;
	ck_assert_int_eq(gnttab_grow(cpu, gt, 2), -ENOMEM);
	allocations = FAKE_NEVER;
	ck_assert_uint_eq(gnttab_nr_frames(gt), 1);
	ck_assert_int_eq(gnttab_grow(cpu, gt, 2), 0);
	fake_destroy(m);
}
END_TEST

START_TEST(handles_without_memory_are_out_of_space)
{
	struct fake_machine *m = fake_create("xs8");
	grant_handle_t h;

	grant_access(m, 1, 0, 0, 0, 0);
	allocations = 0;
	ck_assert_int_eq(map_page(m, 0, 1, 0, 0, HOST, &h), GNTST_no_space);
	allocations = FAKE_NEVER;
	ck_assert_int_eq(map_page(m, 0, 1, 0, 0, HOST, &h), GNTST_okay);
	ck_assert_uint_eq(h, 0);
	fake_destroy(m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, table_without_memory_is_not_made);
	tcase_add_test(tc, growing_without_memory_can_be_tried_again);
	tcase_add_test(tc, handles_without_memory_are_out_of_space);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, any_call_below_may_fail_and_nothing_is_left_behind, 0, 3);
}

int main(void)
{
	return run_suite("gnttab faults", add);
}

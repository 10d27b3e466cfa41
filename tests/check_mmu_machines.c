/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_machines.c - the shipped machines, as the files describe them.
 *
 * The knees are those that were measured on the real ones.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/profile.h"
#include "tests/check_mmu.h"

#define FRAME 0x1000000ull

static struct mmu_profile load_machine(const char *name)
{
	const char *top = getenv("top_srcdir");
	struct profile profile = { .title = "" };
	struct diags diags = { .count = 0 };
	struct place place = { NULL, 0, 0 };
	char path[4096];
	int err;

	snprintf(path, sizeof(path), "%s/workloads/machines/%s.yaml",
		 top ? top : ".", name);
	err = profile_load(path, &profile, place, &diags);
	if (err)
		diag_print(&diags, stderr);
	ck_assert_msg(err == 0, "%s: %d", path, err);
	ck_assert_str_eq(profile.mmu.name, name);
	ck_assert(profile.title[0]);
	return profile.mmu;
}

/* Pages in a circle: how many are served by a walk in the second round? */
static unsigned count_walks(struct machine *m, unsigned pages, unsigned stride)
{
	unsigned walks = 0;

	for (unsigned round = 0; round < 2; round++) {
		walks = 0;
		for (unsigned i = 0; i < pages; i++)
			walks += machine_read(m, i * stride * PAGE).served ==
				 MMU_BY_WALK;
	}
	return walks;
}

static unsigned count_l1_misses(struct machine *m, unsigned pages,
				unsigned stride)
{
	unsigned misses = 0;

	for (unsigned round = 0; round < 2; round++) {
		misses = 0;
		for (unsigned i = 0; i < pages; i++)
			misses += machine_read(m, i * stride * PAGE).served !=
				  MMU_BY_L1;
	}
	return misses;
}

/* clang-format off */
static const struct knee_row {
	const char *machine;
	unsigned stride;
	unsigned l1_pages, l2_pages;	/* that still fit */
} knee_rows[] = {
	{ "ivybridge-ep", 1, 64, 512 },
	{ "ivybridge-ep", 2, 32, 256 },
	{ "ivybridge-ep", 4, 16, 128 },
	{ "haswell-ep", 1, 64, 1024 },
	{ "haswell-ep", 2, 32, 512 },
	{ "haswell-ep", 4, 16, 256 },
	{ "skylake-sp", 1, 64, 1536 },
	{ "skylake-sp", 2, 32, 1536 },
	{ "skylake-sp", 4, 16, 1536 },
	{ "zen5", 1, 96, 4096 },
	{ "zen5", 4, 96, 1024 },
	{ "zen5", 513, 96, 4096 },
};
/* clang-format on */

START_TEST(machine_has_its_measured_reach)
{
	const struct knee_row *row = &knee_rows[_i];
	struct machine m = machine_make(load_machine(row->machine), 1);

	for (unsigned i = 0; i < row->l2_pages * 5 / 4; i++)
		machine_map_at(&m, m.root, i * row->stride * PAGE, MMU_4K,
			       FRAME | KERNEL_RW);
	ck_assert_uint_eq(count_l1_misses(&m, row->l1_pages, row->stride), 0);
	ck_assert_uint_gt(
		count_l1_misses(&m, row->l1_pages * 5 / 4, row->stride), 0);
	ck_assert_uint_eq(count_walks(&m, row->l2_pages, row->stride), 0);
	ck_assert_uint_gt(count_walks(&m, row->l2_pages * 5 / 4, row->stride),
			  0);
	machine_free(&m);
}
END_TEST

START_TEST(caches_nothing_walks_each_time)
{
	struct machine m = machine_make(load_machine("caches-nothing"), 1);

	machine_map(&m, 0, FRAME | KERNEL_RW);
	machine_read(&m, 0);
	ck_assert(!machine_was_cached(&m, 0, 0));
	machine_free(&m);
}
END_TEST

START_TEST(caches_everything_walks_once)
{
	struct machine m = machine_make(load_machine("caches-everything"), 1);

	for (unsigned i = 0; i < 10000; i++)
		machine_map(&m, i * PAGE, FRAME | KERNEL_RW);
	ck_assert_uint_eq(count_walks(&m, 10000, 1), 0);
	ck_assert_uint_eq(mmu_counters(m.mmu).walks, 10000);
	machine_free(&m);
}
END_TEST

/* Measured: a load of 4 cycles takes 11 then. */
START_TEST(zen5_second_level_hit_costs_seven_cycles)
{
	struct machine m = machine_make(load_machine("zen5"), 1);

	for (unsigned i = 0; i < 128; i++) {
		machine_map(&m, i * PAGE, FRAME | KERNEL_RW);
		machine_read(&m, i * PAGE);
	}
	ck_assert_uint_eq(machine_read(&m, 0).cycles, 7);
	ck_assert_uint_eq(machine_read(&m, 0).cycles, 0);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, machine_has_its_measured_reach, 0,
			    ROWS(knee_rows));
	tcase_add_test(tc, caches_nothing_walks_each_time);
	tcase_add_test(tc, caches_everything_walks_once);
	tcase_add_test(tc, zen5_second_level_hit_costs_seven_cycles);
}

int main(void)
{
	return run_suite("mmu machines", add);
}

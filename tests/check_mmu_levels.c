/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_levels.c - translation caches: several beside and behind each
 * other, and what their use is counted and costs.
 *
 * That something is cached is a choice of the profile, not a rule of the
 * manuals; sources of the choices are named where they are tested.
 */
#include "config.h"

#include <errno.h>

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull

/* ---- hierarchy ----------------------------------------------------------- */

START_TEST(fetch_does_not_use_the_data_cache)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ANY_SIZE, DATA, 1, 4, MMU_LRU);
	profile_add(&profile, 1, ANY_SIZE, CODE, 1, 4, MMU_LRU);
	m = machine_with_pages(profile, 1, 1);
	machine_read(&m, 0);
	ck_assert(machine_fetch(&m, 0).served == MMU_BY_WALK);
	ck_assert(machine_fetch(&m, 0).served == MMU_BY_L1);
	ck_assert(machine_write(&m, 0).served == MMU_BY_WALK);
	ck_assert(machine_write(&m, 0).served == MMU_BY_L1);
	machine_free(&m);
}
END_TEST

START_TEST(shared_second_level_serves_fetch_after_data)
{
	struct machine m = machine_with_pages(profile_small(), 1, 1);

	machine_read(&m, 0);
	ck_assert(machine_fetch(&m, 0).served == MMU_BY_L2);
	ck_assert(machine_fetch(&m, 0).served == MMU_BY_L1);
	machine_free(&m);
}
END_TEST

/* Intel since Ice Lake: stores have their own (InstLatx64, leaf 18h). */
START_TEST(stores_do_not_use_the_load_cache)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ANY_SIZE, 1u << MMU_READ, 1, 4, MMU_LRU);
	profile_add(&profile, 1, ANY_SIZE, 1u << MMU_WRITE, 1, 2, MMU_LRU);
	m = machine_with_pages(profile, 3, 1);
	for (unsigned i = 0; i < 3; i++) {
		machine_read(&m, i * PAGE);
		ck_assert(machine_write(&m, i * PAGE).served == MMU_BY_WALK);
	}
	ck_assert(machine_read(&m, 0).served == MMU_BY_L1);
	ck_assert(machine_write(&m, 0).served == MMU_BY_WALK);
	ck_assert(machine_write(&m, 2 * PAGE).served == MMU_BY_L1);
	mmu_invlpg(m.mmu, 0, 2 * PAGE);
	ck_assert(machine_write(&m, 2 * PAGE).served == MMU_BY_WALK);
	ck_assert(machine_read(&m, 2 * PAGE).served == MMU_BY_WALK);
	machine_free(&m);
}
END_TEST

/* ... and the second level is two banks: 4K in both, 2M in one only. */
static struct mmu_profile two_banks(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 2, ONLY_4K | ONLY_2M, ANY_ACCESS, 4, 2, MMU_LRU);
	profile_add(&profile, 2, ONLY_4K | ONLY_1G, ANY_ACCESS, 4, 2, MMU_LRU);
	return profile;
}

START_TEST(two_banks_hold_twice_the_small_pages)
{
	static const unsigned strides[] = { 1, 2, 3, 4 };
	static const unsigned pages[] = { 16, 8, 16, 4 };
	struct machine m = machine_with_pages(two_banks(), 20, strides[_i]);

	ck_assert_uint_eq(
		machine_count_hits(&m, pages[_i], strides[_i], MMU_BY_L2),
		pages[_i]);
	ck_assert_uint_lt(
		machine_count_hits(&m, pages[_i] + 4, strides[_i], MMU_BY_L2),
		pages[_i] + 4);
	machine_free(&m);
}
END_TEST

START_TEST(large_pages_use_one_bank)
{
	struct machine m = machine_make(two_banks(), 1);

	for (unsigned i = 0; i < 9; i++)
		machine_map_at(&m, m.root, i * MEG2, MMU_2M,
			       KERNEL_RW | PTE_PS);
	for (unsigned i = 0; i < 8; i++)
		machine_read(&m, i * MEG2);
	for (unsigned i = 0; i < 8; i++)
		ck_assert(machine_was_cached(&m, 0, i * MEG2));
	machine_read(&m, 8 * MEG2);
	ck_assert(!machine_was_cached(&m, 0, 0));
	machine_free(&m);
}
END_TEST

/* A hole in the first bank does not make it take what the second has. */
START_TEST(page_is_in_one_bank)
{
	struct machine m = machine_with_pages(two_banks(), 13, 1);

	for (unsigned i = 0; i < 3; i++) /* 8 goes into the second */
		machine_read(&m, i * 4 * PAGE);
	mmu_invlpg(m.mmu, 0, 0);
	machine_write(&m, 8 * PAGE); /* a walk, since D=0 */
	machine_read(&m, 12 * PAGE); /* the first again */
	machine_read(&m, 0);	     /* the second */
	for (unsigned i = 0; i < 4; i++)
		ck_assert(machine_was_cached(&m, 0, i * 4 * PAGE));
	ck_assert_uint_eq(mmu_counters(m.mmu).evictions, 0);
	machine_free(&m);
}
END_TEST

/* With no room in either, 16 and 20 differ: one has an odd number of bits. */
START_TEST(full_banks_are_chosen_by_parity)
{
	struct machine m = machine_with_pages(two_banks(), 21, 1);

	for (unsigned i = 0; i < 6; i++) /* 0 and 4, 8 and 12; then 16, 20 */
		machine_read(&m, i * 4 * PAGE);
	ck_assert_uint_eq(mmu_counters(m.mmu).evictions, 2);
	ck_assert(machine_was_cached(&m, 0, 4 * PAGE));
	ck_assert(machine_was_cached(&m, 0, 12 * PAGE));
	machine_free(&m);
}
END_TEST

START_TEST(third_bank_is_refused)
{
	struct mmu_profile profile = two_banks();
	struct mmu_config config = { .profile = &profile,
				     .cpus = 1,
				     .memory = 1 << 20 };
	struct mmu *mmu;

	profile_add(&profile, 2, ONLY_4K, ANY_ACCESS, 4, 2, MMU_LRU);
	ck_assert_int_eq(mmu_create(&mmu, &config), -EINVAL);
}
END_TEST

/* One way above, two below. */
static struct machine narrow_hierarchy(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 1, ONLY_4K, DATA, 1, 1, MMU_LRU);
	profile_add(&profile, 2, ONLY_4K, DATA, 1, 2, MMU_LRU);
	return machine_with_pages(profile, 3, 1);
}

/* As measured on Intel, TLB;DR (USENIX Security 2022). */
START_TEST(second_level_hit_fills_the_first)
{
	struct machine m = narrow_hierarchy();

	machine_read(&m, 0);
	machine_read(&m, PAGE);
	ck_assert(machine_read(&m, 0).served == MMU_BY_L2);
	ck_assert(machine_read(&m, 0).served == MMU_BY_L1);
	machine_free(&m);
}
END_TEST

/* 0 is used again and again, but only above: below it is the oldest. */
START_TEST(first_level_hit_does_not_touch_the_second)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 1, 2, MMU_LRU);
	profile_add(&profile, 2, ONLY_4K, DATA, 1, 2, MMU_LRU);
	m = machine_with_pages(profile, 4, 1);
	machine_read(&m, 0);
	machine_read(&m, PAGE);
	machine_read(&m, 0);
	machine_read(&m, 2 * PAGE); /* evicts PAGE above, 0 below */
	machine_read(&m, 0);
	ck_assert(machine_read(&m, 0).served == MMU_BY_L1);
	machine_read(&m, PAGE);	    /* from below; evicts 2 above */
	machine_read(&m, 3 * PAGE); /* evicts 0 above */
	ck_assert(machine_read(&m, 0).served == MMU_BY_WALK);
	machine_free(&m);
}
END_TEST

START_TEST(second_level_hit_makes_the_page_young_there)
{
	struct machine m = narrow_hierarchy();

	machine_read(&m, 0);
	machine_read(&m, PAGE);
	machine_read(&m, 0); /* a hit below, where PAGE is older */
	machine_read(&m, 2 * PAGE);
	ck_assert(machine_read(&m, 0).served == MMU_BY_L2);
	machine_free(&m);
}
END_TEST

/* Not inclusive: what the second level loses, the first one keeps. */
START_TEST(what_the_second_level_evicts_stays_in_the_first)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 1, 4, MMU_LRU);
	profile_add(&profile, 2, ONLY_4K, DATA, 1, 1, MMU_LRU);
	m = machine_with_pages(profile, 3, 1);
	for (unsigned i = 0; i < 3; i++)
		machine_read(&m, i * PAGE);
	ck_assert_uint_eq(mmu_counters(m.mmu).evictions, 2);
	ck_assert_int_eq(machine_read(&m, 0).served, MMU_BY_L1);
	machine_free(&m);
}
END_TEST

START_TEST(what_the_first_level_evicts_is_not_put_into_the_second)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 1, 2, MMU_LRU);
	profile_add(&profile, 2, ONLY_4K, DATA, 1, 1, MMU_LRU);
	m = machine_with_pages(profile, 3, 1);
	machine_read(&m, 0);
	machine_read(&m, PAGE);
	machine_read(&m, 2 * PAGE); /* evicts 0 above; below is 2 */
	ck_assert(machine_read(&m, 0).served == MMU_BY_WALK);
	machine_free(&m);
}
END_TEST

/* ---- counters and cycles ------------------------------------------------- */

/* The costs are powers of ten: mmu/cost.c says which are added. */
START_TEST(cycles_are_the_sum_of_what_was_done)
{
	struct machine m = machine_with_pages(profile_small(), 1, 1);

	ck_assert_uint_eq(machine_read(&m, 0).cycles, 43111);
	ck_assert_uint_eq(machine_read(&m, 0).cycles, 1);
	ck_assert_uint_eq(machine_fetch(&m, 0).cycles, 11);
	ck_assert_uint_eq(machine_write(&m, 0).cycles, 103111);
	ck_assert_uint_eq(machine_read(&m, GIG1).cycles, 1001111);
	ck_assert_uint_eq(mmu_invlpg(m.mmu, 0, 0), 2);
	ck_assert_uint_eq(mmu_flush_all(m.mmu, 0), 4);
	ck_assert_uint_eq(mmu_counters(m.mmu).translate_cycles,
			  43111 + 1 + 11 + 103111 + 1001111);
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_cycles,
			  43100 + 103100 + 1001100);
	machine_free(&m);
}
END_TEST

START_TEST(counters_add_up)
{
	struct machine m = machine_with_pages(profile_small(), 40, 1);
	struct mmu_counters n;

	for (unsigned i = 0; i < 1000; i++)
		machine_read(&m, i / 2 * (i / 200) % 41 * PAGE);
	n = mmu_counters(m.mmu);
	ck_assert_uint_eq(n.lookups, 1000);
	ck_assert_uint_eq(n.l1_hits + n.l1_misses, n.lookups);
	ck_assert_uint_eq(n.l2_hits + n.l2_misses, n.l1_misses);
	ck_assert_uint_eq(n.walks, n.l2_misses);
	ck_assert(n.l1_hits && n.l2_hits && n.faults && n.evictions);
	ck_assert_uint_eq(n.psc_hits, 0);
	/* A walk that finds fills both levels, a hit below one. */
	ck_assert_uint_eq(n.fills, 2 * (n.walks - n.faults) + n.l2_hits);
	ck_assert_uint_eq(n.a_set, 40 + 3);
	machine_free(&m);
}
END_TEST

START_TEST(cpus_do_not_share_caches)
{
	struct machine m = machine_make(profile_everything(), MMU_MAX_CPUS);

	machine_map(&m, 0, FRAME | KERNEL_RW);
	for (unsigned cpu = 0; cpu < MMU_MAX_CPUS; cpu++) {
		ck_assert(!machine_was_cached(&m, cpu, 0));
		ck_assert(machine_was_cached(&m, cpu, 0));
	}
	ck_assert_uint_eq(mmu_holders_of_anything(m.mmu), ~0ull);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, fetch_does_not_use_the_data_cache);
	tcase_add_test(tc, shared_second_level_serves_fetch_after_data);
	tcase_add_test(tc, stores_do_not_use_the_load_cache);
	tcase_add_loop_test(tc, two_banks_hold_twice_the_small_pages, 0, 4);
	tcase_add_test(tc, large_pages_use_one_bank);
	tcase_add_test(tc, page_is_in_one_bank);
	tcase_add_test(tc, full_banks_are_chosen_by_parity);
	tcase_add_test(tc, third_bank_is_refused);
	tcase_add_test(tc, second_level_hit_fills_the_first);
	tcase_add_test(tc, second_level_hit_makes_the_page_young_there);
	tcase_add_test(tc, first_level_hit_does_not_touch_the_second);
	tcase_add_test(tc,
		       what_the_first_level_evicts_is_not_put_into_the_second);
	tcase_add_test(tc, what_the_second_level_evicts_stays_in_the_first);
	tcase_add_test(tc, cycles_are_the_sum_of_what_was_done);
	tcase_add_test(tc, counters_add_up);
	tcase_add_test(tc, cpus_do_not_share_caches);
}

int main(void)
{
	return run_suite("mmu levels", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_tlb.c - translation caches: geometry.
 *
 * That something is cached is a choice of the profile, not a rule of the
 * manuals; sources of the choices are named where they are tested.
 */
#include "config.h"

#include <errno.h>

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull

/* ---- profiles that cannot be --------------------------------------------- */

/* clang-format off */
static const struct {
	const char *claim;
	struct mmu_tlb_geometry tlb[2];
} bad_rows[] = {
	{ "sets are a power of two",
	  { { 1, ANY_SIZE, DATA, 3, 4, MMU_LRU, false, 0 } } },
	{ "there is a set", { { 1, ANY_SIZE, DATA, 0, 4, MMU_LRU, false, 0 } } },
	{ "there is a way", { { 1, ANY_SIZE, DATA, 4, 0, MMU_LRU, false, 0 } } },
	{ "ways have a limit",
	  { { 1, ANY_SIZE, DATA, 1, MMU_TLB_MAX_WAYS + 1, MMU_LRU, false, 0 } } },
	{ "entries have a limit",
	  { { 1, ANY_SIZE, DATA, 1 << 16, 2, MMU_LRU, false, 0 } } },
	{ "a tree needs a power of two ways",
	  { { 1, ANY_SIZE, DATA, 1, 12, MMU_TREE_PLRU, false, 0 } } },
	{ "three groups of four are twelve",
	  { { 1, ANY_SIZE, DATA, 1, 8, MMU_MRU_PLRU, false, 0 } } },
	{ "no more bits are folded than a set number has",
	  { { 1, ANY_SIZE, DATA, 4, 4, MMU_LRU, false, 3 } } },
	{ "there is no third level",
	  { { 3, ANY_SIZE, DATA, 4, 4, MMU_LRU, false, 0 } } },
	{ "there is no level 0",
	  { { 0, ANY_SIZE, DATA, 4, 4, MMU_LRU, false, 0 } } },
	{ "some size is served", { { 1, 0, DATA, 4, 4, MMU_LRU, false, 0 } } },
	{ "no fourth size is served",
	  { { 1, 8, DATA, 4, 4, MMU_LRU, false, 0 } } },
	{ "some access is served",
	  { { 1, ANY_SIZE, 0, 4, 4, MMU_LRU, false, 0 } } },
	{ "an access to a size asks one cache of level 1",
	  { { 1, ANY_SIZE, DATA, 4, 4, MMU_LRU, false, 0 },
	    { 1, ONLY_2M, ANY_ACCESS, 4, 4, MMU_LRU, false, 0 } } },
};
/* clang-format on */

START_TEST(geometry_out_of_range_is_refused)
{
	struct mmu_profile profile = profile_bare();
	struct mmu_config config = { .profile = &profile,
				     .cpus = 1,
				     .memory = 1 << 20 };
	struct mmu *mmu;

	profile.tlb[0] = bad_rows[_i].tlb[0];
	profile.tlb[1] = bad_rows[_i].tlb[1];
	profile.nr_tlbs = profile.tlb[1].level ? 2 : 1;
	ck_assert_msg(mmu_create(&mmu, &config) == -EINVAL, "not seen: %s",
		      bad_rows[_i].claim);
	ck_assert_ptr_null(mmu);
}
END_TEST

START_TEST(machine_out_of_range_is_refused)
{
	struct mmu_profile good = profile_small();
	struct mmu_profile narrow = profile_small();
	struct mmu_profile wide = profile_small();
	const struct mmu_config bad[] = {
		{ &good, 0, 1 << 20, 0 },
		{ &good, MMU_MAX_CPUS + 1, 1 << 20, 0 },
		{ &good, 1, 0, 0 },
		{ &good, 1, 4097, 0 },
		{ &good, 1, 1ull << 46, 0 },
		{ &narrow, 1, 1 << 20, 0 },
		{ &wide, 1, 1 << 20, 0 },
	};
	struct mmu *mmu;

	narrow.maxphyaddr = 35;
	wide.maxphyaddr = 53;
	for (int i = 0; i < ROWS(bad); i++)
		ck_assert_int_eq(mmu_create(&mmu, &bad[i]), -EINVAL);
}
END_TEST

START_TEST(memory_that_the_host_has_no_room_for_is_an_error)
{
	struct mmu_profile profile = profile_small();
	struct mmu_config config = { .profile = &profile,
				     .cpus = 1,
				     .memory = 1ull << 51 };
	struct mmu *mmu;

	profile.maxphyaddr = 52;
	ck_assert_int_eq(mmu_create(&mmu, &config), -ENOMEM);
	ck_assert_ptr_null(mmu);
	/* It would do, but what goes with it does not. */
	config.memory = 126ull << 40;
	ck_assert_int_eq(mmu_create(&mmu, &config), -ENOMEM);
}
END_TEST

/* ---- geometry ------------------------------------------------------------ */

/* clang-format off */
/* The reach of linear indexing halves with each doubling of the stride, that
 * of a fully associative cache does not: Ivy Bridge-E's second level and Zen
 * 5's first, as measured. */
static const struct {
	const char *claim;
	unsigned level, sets, ways, pages, stride, hits;
} reach_rows[] = {
	{ "64 pages fit into 16 x 4", 1, 16, 4, 64, 1, 64 },
	{ "at 80 pages no set of 16 x 4 keeps up", 1, 16, 4, 80, 1, 0 },
	{ "32 fit at stride 2", 1, 16, 4, 32, 2, 32 },
	{ "40 do not", 1, 16, 4, 40, 2, 0 },
	{ "512 pages fit into 128 x 4", 2, 128, 4, 512, 1, 512 },
	{ "256 fit at stride 2", 2, 128, 4, 256, 2, 256 },
	{ "128 fit at stride 4", 2, 128, 4, 128, 4, 128 },
	{ "160 do not", 2, 128, 4, 160, 4, 0 },
	{ "96 fit into 1 x 96", 1, 1, 96, 96, 1, 96 },
	{ "96 fit into 1 x 96 at stride 64", 1, 1, 96, 96, 64, 96 },
	{ "97 do not", 1, 1, 96, 97, 1, 0 },
};
/* clang-format on */

START_TEST(reach_follows_from_sets_and_ways)
{
	struct mmu_profile profile = profile_bare();
	unsigned pages = reach_rows[_i].pages, hits;
	struct machine m;

	profile_add(&profile, reach_rows[_i].level, ONLY_4K, DATA,
		    reach_rows[_i].sets, reach_rows[_i].ways, MMU_LRU);
	m = machine_with_pages(profile, pages, reach_rows[_i].stride);
	hits = machine_count_hits(&m, pages, reach_rows[_i].stride,
				  reach_rows[_i].level == 1 ? MMU_BY_L1
							    : MMU_BY_L2);
	ck_assert_msg(hits == reach_rows[_i].hits, "%s: %u hits",
		      reach_rows[_i].claim, hits);
	machine_free(&m);
}
END_TEST

/* Skylake's second level, 128 sets indexed by XOR-7 as TLB;DR (USENIX Security
 * 2022) found it: strides up to 128 pages do not make it smaller, where linear
 * indexing keeps one set.  At 129 pages bits 0 and 7 go together. */
static const struct {
	unsigned fold, stride, pages, hits;
} fold_rows[] = {
	{ 7, 1, 1536, 1536 }, { 7, 128, 1536, 1536 }, { 7, 129, 12, 12 },
	{ 7, 129, 13, 0 },    { 0, 128, 12, 12 },     { 0, 128, 13, 0 },
	{ 3, 128, 96, 96 },   { 3, 128, 104, 0 },
};

START_TEST(folded_index_spreads_strides)
{
	struct mmu_profile profile = profile_bare();
	unsigned pages = fold_rows[_i].pages, hits;
	struct machine m;

	profile_add(&profile, 2, ONLY_4K, DATA, 128, 12, MMU_LRU);
	profile.tlb[0].fold = fold_rows[_i].fold;
	m = machine_with_pages(profile, pages, fold_rows[_i].stride);
	hits = machine_count_hits(&m, pages, fold_rows[_i].stride, MMU_BY_L2);
	ck_assert_msg(hits == fold_rows[_i].hits, "row %d: %u hits", _i, hits);
	machine_free(&m);
}
END_TEST

START_TEST(tlbs_off_caches_nothing)
{
	struct mmu_profile profile = profile_small();
	struct machine m;

	profile.tlbs_off = true;
	m = machine_with_pages(profile, 1, 1);
	machine_read(&m, 0);
	ck_assert(!machine_was_cached(&m, 0, 0));
	ck_assert_uint_eq(mmu_holders_of_anything(m.mmu), 0);
	ck_assert_uint_eq(mmu_counters(m.mmu).fills, 0);
	machine_free(&m);
}
END_TEST

START_TEST(size_that_no_cache_serves_is_walked_each_time)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 16, 4, MMU_LRU);
	m = machine_make(profile, 1);
	machine_map_at(&m, m.root, GIG1, MMU_2M, KERNEL_RW | PTE_PS);
	machine_read(&m, GIG1);
	ck_assert(!machine_was_cached(&m, 0, GIG1));
	machine_free(&m);
}
END_TEST

/* ---- without limit ------------------------------------------------------- */

#define MANY 20000u

START_TEST(infinite_cache_keeps_every_page)
{
	struct machine m = machine_make(profile_everything(), 1);

	for (unsigned i = 0; i < MANY; i++) {
		machine_map(&m, i * PAGE, FRAME | KERNEL_RW);
		ck_assert(!machine_was_cached(&m, 0, i * PAGE));
	}
	for (unsigned i = 0; i < MANY; i++)
		ck_assert(machine_was_cached(&m, 0, i * PAGE));
	ck_assert_uint_eq(mmu_counters(m.mmu).evictions, 0);
	machine_free(&m);
}
END_TEST

START_TEST(infinite_cache_keeps_strided_pages)
{
	struct machine m = machine_make(profile_everything(), 1);

	for (unsigned i = 0; i < 2000; i++) {
		machine_map(&m, i * MEG2, FRAME | KERNEL_RW);
		machine_read(&m, i * MEG2);
	}
	for (unsigned i = 0; i < 2000; i++)
		ck_assert(machine_was_cached(&m, 0, i * MEG2));
	ck_assert_uint_eq(mmu_counters(m.mmu).evictions, 0);
	machine_free(&m);
}
END_TEST

START_TEST(infinite_cache_keeps_one_page_of_every_pcid)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map(&m, 0, FRAME | KERNEL_RW);
	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	for (unsigned round = 0; round < 2; round++)
		for (unsigned pcid = 0; pcid < 4096; pcid++) {
			ck_assert(mmu_set_register(m.mmu, 0, MMU_CR3,
						   m.root | pcid | CR3_NOFLUSH,
						   NULL));
			ck_assert(machine_was_cached(&m, 0, 0) == (round == 1));
		}
	ck_assert_uint_eq(mmu_counters(m.mmu).evictions, 0);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, geometry_out_of_range_is_refused, 0,
			    ROWS(bad_rows));
	tcase_add_test(tc, machine_out_of_range_is_refused);
	tcase_add_test(tc, memory_that_the_host_has_no_room_for_is_an_error);
	tcase_add_loop_test(tc, reach_follows_from_sets_and_ways, 0,
			    ROWS(reach_rows));
	tcase_add_loop_test(tc, folded_index_spreads_strides, 0,
			    ROWS(fold_rows));
	tcase_add_test(tc, tlbs_off_caches_nothing);
	tcase_add_test(tc, size_that_no_cache_serves_is_walked_each_time);
	tcase_add_test(tc, infinite_cache_keeps_every_page);
	tcase_add_test(tc, infinite_cache_keeps_strided_pages);
	tcase_add_test(tc, infinite_cache_keeps_one_page_of_every_pcid);
}

int main(void)
{
	return run_suite("mmu tlb", add);
}

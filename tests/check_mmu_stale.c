/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_stale.c - use of translations that memory contradicts.
 *
 * Sources: SDM vol. 3A, "Required Invalidation", "Optional Invalidation",
 * "Delayed Invalidation"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu.h"

#define VA 0x40201000ull
#define OLD 0x1000000ull
#define NEW 0x1200000ull

/* ---- one change of the leaf ---------------------------------------------- */

/* clang-format off */
static const struct change_row {
	const char *claim;
	uint64_t from, to;
	bool stale;
} change_rows[] = {
	{ "P cleared", OLD | USER_RW, OLD | (USER_RW & ~PTE_P), true },
	{ "entry zeroed", OLD | USER_RW, 0, true },
	{ "another frame", OLD | USER_RW, NEW | USER_RW, true },
	{ "R/W cleared", OLD | USER_RW, OLD | PTE_P | PTE_US, true },
	{ "U/S cleared", OLD | USER_RW, OLD | KERNEL_RW, true },
	{ "XD set", OLD | USER_RW, OLD | USER_RW | PTE_XD, true },
	{ "reserved bit set", OLD | USER_RW, OLD | USER_RW | 1ull << 50,
	  true },
	{ "R/W set is no staleness", OLD | PTE_P, OLD | KERNEL_RW, false },
	{ "U/S set is no staleness", OLD | KERNEL_RW, OLD | USER_RW, false },
	{ "XD cleared is no staleness", OLD | USER_RW | PTE_XD,
	  OLD | USER_RW, false },
	{ "A cleared is no staleness", OLD | USER_RW, OLD | USER_RW, false },
	{ "D set is no staleness", OLD | USER_RW,
	  OLD | USER_RW | PTE_A | PTE_D, false },
	{ "available bits are no staleness", OLD | USER_RW,
	  OLD | USER_RW | PTE_AVAIL, false },
	{ "G set is no staleness", OLD | USER_RW, OLD | USER_RW | PTE_G,
	  false },
};
/* clang-format on */

START_TEST(change_of_the_leaf_without_invalidation)
{
	const struct change_row *row = &change_rows[_i];
	struct machine m = machine_make(profile_small(), 1);
	paddr_t entry = machine_map(&m, VA, row->from);
	struct mmu_result result;
	uint64_t stamp;

	machine_read(&m, VA);
	stamp = machine_set(&m, entry, row->to);
	result = machine_read(&m, VA + 5);
	ck_assert(result.end == MMU_OK && result.served == MMU_BY_L1);
	ck_assert_uint_eq(result.paddr, OLD + 5);
	ck_assert_msg(result.stale_since ==
			      (row->stale ? stamp : MMU_NOT_STALE),
		      "%s", row->claim);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, row->stale);
	mmu_invlpg(m.mmu, 0, VA);
	result = machine_read(&m, VA);
	ck_assert_uint_eq(result.stale_since, MMU_NOT_STALE);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, row->stale);
	machine_free(&m);
}
END_TEST

START_TEST(hit_on_stale_second_level_is_reported_and_stays_stale_above)
{
	struct machine m = machine_make(profile_small(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	struct mmu_result result;
	uint64_t stamp;

	machine_read(&m, VA);
	stamp = machine_set(&m, entry, 0);
	result = machine_fetch(&m, VA);
	ck_assert(result.served == MMU_BY_L2);
	ck_assert_uint_eq(result.stale_since, stamp);
	result = machine_fetch(&m, VA);
	ck_assert(result.served == MMU_BY_L1);
	ck_assert_uint_eq(result.stale_since, stamp);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, 2);
	machine_free(&m);
}
END_TEST

START_TEST(first_stamp_is_kept)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	uint64_t first;

	machine_read(&m, VA);
	first = machine_set(&m, entry, 0);
	machine_set(&m, entry, NEW | KERNEL_RW);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, first);
	machine_free(&m);
}
END_TEST

START_TEST(entry_that_is_put_back_is_stale_no_more)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	uint64_t again;

	machine_read(&m, VA);
	machine_set(&m, entry, 0);
	machine_set(&m, entry, OLD | KERNEL_RW);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	again = machine_set(&m, entry, 0);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, again);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Delayed Invalidation": until then writes may not fault. */
START_TEST(write_through_a_dirty_stale_entry_is_reported)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	uint64_t stamp;

	machine_write(&m, VA);
	stamp = machine_set(&m, entry, OLD | PTE_P | PTE_A | PTE_D);
	ck_assert_uint_eq(machine_write(&m, VA).stale_since, stamp);
	machine_free(&m);
}
END_TEST

/* D has to be set in memory, so the walk finds what is there now. */
START_TEST(write_through_a_clean_stale_entry_sees_the_change)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	struct mmu_result result;

	machine_read(&m, VA);
	machine_set(&m, entry, NEW | KERNEL_RW);
	result = machine_write(&m, VA);
	ck_assert_uint_eq(result.paddr, NEW);
	ck_assert_uint_eq(result.stale_since, MMU_NOT_STALE);
	ck_assert(physmem_read(m.mem, entry) & PTE_D);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches": the fault has dropped the page. */
START_TEST(no_fault_comes_from_a_stale_entry)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | PTE_P);

	machine_read(&m, VA);
	machine_set(&m, entry, NEW | KERNEL_RW);
	ck_assert_uint_eq(machine_write(&m, VA).paddr, NEW);
	machine_set(&m, entry, 0);
	ck_assert(mmu_access(m.mmu, 0, VA, MMU_READ, MMU_USER).end ==
		  MMU_PAGE_FAULT);
	ck_assert(machine_read(&m, VA).end == MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Optional Invalidation": U/S may be set without invalidation
 * only if SMEP is clear. */
START_TEST(page_made_user_is_stale_under_smep)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	uint64_t stamp;

	ck_assert(machine_change(&m, MMU_CR4, CR4_SMEP, 0));
	machine_fetch(&m, VA);
	stamp = machine_set(&m, entry, OLD | USER_RW);
	ck_assert_uint_eq(machine_fetch(&m, VA).stale_since, stamp);
	ck_assert(machine_change(&m, MMU_CR4, 0, CR4_SMEP));
	ck_assert_uint_eq(machine_fetch(&m, VA).stale_since, MMU_NOT_STALE);
	ck_assert(machine_change(&m, MMU_CR4, CR4_SMAP, 0));
	ck_assert_uint_eq(machine_fetch(&m, VA).stale_since, stamp);
	machine_free(&m);
}
END_TEST

/* ---- changes above the leaf ---------------------------------------------- */

START_TEST(change_at_any_level_makes_what_is_below_stale)
{
	unsigned level = (unsigned)_i;
	struct machine m = machine_make(profile_small(), 1);
	paddr_t entry;
	uint64_t stamp, value;

	machine_map(&m, VA, OLD | KERNEL_RW);
	machine_map(&m, VA + PAGE, OLD | KERNEL_RW);
	machine_read(&m, VA);
	machine_read(&m, VA + PAGE);
	entry = machine_entry(&m, VA, level);
	value = physmem_read(m.mem, entry);
	stamp = machine_set(&m, entry, value & ~PTE_P);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	ck_assert_uint_eq(machine_read(&m, VA + PAGE).stale_since,
			  level > 1 ? stamp : MMU_NOT_STALE);
	machine_set(&m, entry, value);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	machine_free(&m);
}
END_TEST

/* The tables that a translation depends on are those of now: it was filled
 * through the first table, agrees through the second, and the second then
 * changes. */
START_TEST(change_below_another_table_is_seen)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t pde, table = machine_table(&m);
	paddr_t pte = table + 8 * (VA >> 12 & 511);
	uint64_t stamp;

	machine_map(&m, VA, OLD | KERNEL_RW);
	machine_read(&m, VA);
	pde = machine_entry(&m, VA, 2);
	machine_set(&m, pte, OLD | KERNEL_RW);
	machine_set(&m, pde, table | USER_RW);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	stamp = machine_set(&m, pte, 0);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	machine_free(&m);
}
END_TEST

/* The walk goes through another table, to the same frame; then the leaf that
 * the translation was filled from goes, and comes back. */
START_TEST(leaf_that_no_walk_comes_to_any_more_may_go)
{
	struct machine m = machine_make(profile_small(), 1);
	paddr_t leaf = machine_map(&m, VA, OLD | USER_RW);
	paddr_t other = machine_table(&m), above = machine_entry(&m, VA, 2);
	paddr_t leaf_there = other + leaf % PAGE;
	uint64_t stamp;

	machine_read(&m, VA);
	machine_set(&m, leaf_there, OLD | USER_RW);
	machine_set(&m, above, other | USER_RW);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	machine_set(&m, leaf, 0);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	stamp = machine_set(&m, leaf_there, 0);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	machine_set(&m, leaf, OLD | USER_RW);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Recommended Invalidation": a change of the page size. */
START_TEST(large_page_that_is_split_is_stale)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t pde = machine_map_at(&m, m.root, VA, MMU_2M,
				     OLD | KERNEL_RW | PTE_PS);
	paddr_t table = machine_table(&m);
	uint64_t stamp;

	machine_read(&m, VA);
	for (unsigned i = 0; i < 512; i++)
		machine_set(&m, table + 8 * i, (OLD + i * PAGE) | KERNEL_RW);
	stamp = machine_set(&m, pde, table | USER_RW);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	machine_free(&m);
}
END_TEST

START_TEST(small_pages_joined_to_the_same_frames_are_not_stale)
{
	struct machine m = machine_make(profile_everything(), 1);
	vaddr_t base = VA & ~(MEG2 - 1);
	paddr_t pde;
	uint64_t stamp;

	machine_map(&m, base + PAGE, (OLD + PAGE) | KERNEL_RW);
	machine_map(&m, base + 2 * PAGE, OLD | KERNEL_RW);
	machine_read(&m, base + PAGE);
	machine_read(&m, base + 2 * PAGE);
	pde = machine_entry(&m, base, 2);
	stamp = machine_set(&m, pde, OLD | KERNEL_RW | PTE_PS);
	ck_assert_uint_eq(machine_read(&m, base + PAGE).stale_since,
			  MMU_NOT_STALE);
	ck_assert_uint_eq(machine_read(&m, base + 2 * PAGE).stale_since, stamp);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, change_of_the_leaf_without_invalidation, 0,
			    ROWS(change_rows));
	tcase_add_test(
		tc,
		hit_on_stale_second_level_is_reported_and_stays_stale_above);
	tcase_add_test(tc, first_stamp_is_kept);
	tcase_add_test(tc, entry_that_is_put_back_is_stale_no_more);
	tcase_add_test(tc, write_through_a_dirty_stale_entry_is_reported);
	tcase_add_test(tc, write_through_a_clean_stale_entry_sees_the_change);
	tcase_add_test(tc, no_fault_comes_from_a_stale_entry);
	tcase_add_test(tc, page_made_user_is_stale_under_smep);
	tcase_add_loop_test(tc, change_at_any_level_makes_what_is_below_stale,
			    1, 5);
	tcase_add_test(tc, change_below_another_table_is_seen);
	tcase_add_test(tc, leaf_that_no_walk_comes_to_any_more_may_go);
	tcase_add_test(tc, large_page_that_is_split_is_stale);
	tcase_add_test(tc, small_pages_joined_to_the_same_frames_are_not_stale);
}

int main(void)
{
	return run_suite("mmu stale", add);
}

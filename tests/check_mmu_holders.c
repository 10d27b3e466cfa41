/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_holders.c - which CPUs hold what. */
#include "config.h"

#include "tests/check_mmu.h"

#define VA 0x40201000ull
#define OLD 0x1000000ull
#define NEW 0x1200000ull

START_TEST(holders_are_the_cpus_that_cached_it)
{
	struct machine m = machine_make(profile_small(), 3);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	struct mmu_holders by_entry, by_frame;

	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 0);
	mmu_access(m.mmu, 0, VA, MMU_READ, MMU_SUPERVISOR);
	mmu_access(m.mmu, 2, VA, MMU_FETCH, MMU_SUPERVISOR);
	by_entry = mmu_holders_of_entry(m.mmu, entry);
	by_frame = mmu_holders_of_frame(m.mmu, OLD);
	ck_assert_uint_eq(by_entry.any, 5);
	ck_assert_uint_eq(by_frame.any, 5);
	ck_assert_uint_eq(by_frame.writable, 5);
	mmu_flush_all(m.mmu, 0);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 4);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD + 0xfff).any, 4);
	ck_assert_uint_eq(mmu_holders_of_anything(m.mmu), 4);
	machine_free(&m);
}
END_TEST

START_TEST(read_only_translation_is_not_writable)
{
	struct machine m = machine_make(profile_everything(), 2);
	paddr_t entry = machine_map(&m, VA, OLD | PTE_P);
	struct mmu_holders holders;

	machine_map(&m, VA + PAGE, OLD | KERNEL_RW);
	mmu_access(m.mmu, 0, VA, MMU_READ, MMU_SUPERVISOR);
	mmu_access(m.mmu, 1, VA + PAGE, MMU_READ, MMU_SUPERVISOR);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 1);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).writable, 0);
	holders = mmu_holders_of_frame(m.mmu, OLD);
	ck_assert_uint_eq(holders.any, 3);
	ck_assert_uint_eq(holders.writable, 2);
	machine_free(&m);
}
END_TEST

/* A changed entry is still held until something drops it. */
START_TEST(holder_of_a_stale_translation_is_a_holder)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);

	machine_read(&m, VA);
	machine_set(&m, entry, NEW | KERNEL_RW);
	machine_set(&m, entry, 0);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 1);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD).any, 1);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, NEW).any, 0);
	mmu_invlpg(m.mmu, 0, VA);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 0);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD).any, 0);
	machine_free(&m);
}
END_TEST

/* Its table is no longer in use, and it is changed there again. */
START_TEST(holder_is_known_by_the_entry_it_was_filled_from)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);

	machine_read(&m, VA);
	machine_set(&m, machine_entry(&m, VA, 2), 0);
	machine_set(&m, entry, NEW | KERNEL_RW);
	machine_set(&m, entry, 0);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 1);
	machine_free(&m);
}
END_TEST

START_TEST(large_page_leads_to_each_of_its_frames)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map_at(&m, m.root, VA, MMU_2M, OLD | KERNEL_RW | PTE_PS);
	machine_read(&m, VA);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD).any, 1);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD + MEG2 - 1).any, 1);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD + MEG2).any, 0);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD - 1).any, 0);
	machine_free(&m);
}
END_TEST

/* The same frame at one address after another: what is found stays so. */
START_TEST(frame_that_wanders_is_found)
{
	struct machine m = machine_make(profile_everything(), 2);

	for (unsigned i = 0; i < 50; i++) {
		vaddr_t va = VA + i % 7 * PAGE;

		machine_map(&m, va, OLD | KERNEL_RW);
		mmu_access(m.mmu, i % 2, va, MMU_READ, MMU_SUPERVISOR);
		ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD).any,
				  1u << i % 2);
		mmu_check(m.mmu);
		mmu_invlpg(m.mmu, i % 2, va);
		ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, OLD).any, 0);
	}
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, holders_are_the_cpus_that_cached_it);
	tcase_add_test(tc, read_only_translation_is_not_writable);
	tcase_add_test(tc, holder_of_a_stale_translation_is_a_holder);
	tcase_add_test(tc, holder_is_known_by_the_entry_it_was_filled_from);
	tcase_add_test(tc, large_page_leads_to_each_of_its_frames);
	tcase_add_test(tc, frame_that_wanders_is_found);
}

int main(void)
{
	return run_suite("mmu holders", add);
}

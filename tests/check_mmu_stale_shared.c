/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_stale_shared.c - use of translations that memory contradicts, where
 * several translations are of one entry, or one address has several.
 *
 * Sources: SDM vol. 3A, "Required Invalidation", "Process-Context Identifiers
 * (PCIDs)"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu.h"

#define VA 0x40201000ull
#define OLD 0x1000000ull
#define NEW 0x1200000ull

/* ---- several uses of one entry ------------------------------------------- */

/* SDM vol. 3A, "Recommended Invalidation": once for each use. */
START_TEST(entry_used_at_two_addresses_makes_both_stale)
{
	struct machine m = machine_make(profile_everything(), 2);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	paddr_t alias;
	uint64_t stamp;

	machine_map(&m, VA + MEG2, 0);
	alias = machine_entry(&m, VA + MEG2, 2);
	machine_set(&m, alias, physmem_read(m.mem, machine_entry(&m, VA, 2)));
	machine_read(&m, VA);
	mmu_access(m.mmu, 1, VA + MEG2, MMU_READ, MMU_SUPERVISOR);
	stamp = machine_set(&m, entry, 0);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	ck_assert_uint_eq(
		mmu_access(m.mmu, 1, VA + MEG2, MMU_READ, MMU_SUPERVISOR)
			.stale_since,
		stamp);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 3);
	machine_free(&m);
}
END_TEST

START_TEST(entry_that_no_cache_used_concerns_nobody)
{
	struct machine m = machine_make(profile_everything(), 2);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);

	machine_map(&m, VA + PAGE, NEW | KERNEL_RW);
	machine_read(&m, VA + PAGE);
	machine_set(&m, entry, 0);
	mmu_entry_changed(m.mmu, ~7ull, 99);
	ck_assert_uint_eq(machine_read(&m, VA + PAGE).stale_since,
			  MMU_NOT_STALE);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, entry).any, 0);
	ck_assert_uint_eq(mmu_holders_of_entry(m.mmu, ~7ull).any, 0);
	ck_assert_uint_eq(mmu_holders_of_frame(m.mmu, ~0xfffull).any, 0);
	machine_free(&m);
}
END_TEST

/* ---- other address spaces ------------------------------------------------ */

static paddr_t second_space(struct machine *m, uint64_t leaf)
{
	paddr_t root = machine_table(m);

	machine_map_at(m, root, VA, MMU_4K, leaf);
	return root;
}

static void load(struct machine *m, uint64_t cr3)
{
	ck_assert(mmu_set_register(m->mmu, 0, MMU_CR3, cr3, NULL));
}

START_TEST(change_concerns_translations_of_another_pcid)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t root = second_space(&m, NEW | KERNEL_RW);
	paddr_t entry = machine_map(&m, VA, OLD | KERNEL_RW);
	uint64_t stamp;

	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	load(&m, m.root | 1);
	machine_read(&m, VA);
	load(&m, root | 2 | CR3_NOFLUSH);
	machine_read(&m, VA);
	stamp = machine_set(&m, entry, 0);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	load(&m, m.root | 1 | CR3_NOFLUSH);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Process-Context Identifiers (PCIDs)": it is software that
 * must not give one PCID to two address spaces. */
START_TEST(pcid_given_to_another_space_without_flush_is_stale)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t root = second_space(&m, NEW | KERNEL_RW);
	struct mmu_result result;

	machine_map(&m, VA, OLD | KERNEL_RW);
	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	load(&m, m.root | 1);
	machine_read(&m, VA);
	load(&m, root | 1 | CR3_NOFLUSH);
	result = machine_read(&m, VA);
	ck_assert_uint_eq(result.paddr, OLD);
	ck_assert_uint_eq(result.stale_since, m.stamp);
	machine_free(&m);
}
END_TEST

START_TEST(global_page_that_the_next_space_maps_elsewhere_is_stale)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t other = second_space(&m, NEW | KERNEL_RW | PTE_G);
	paddr_t same = second_space(&m, OLD | KERNEL_RW | PTE_G);

	machine_map(&m, VA, OLD | KERNEL_RW | PTE_G);
	machine_read(&m, VA);
	load(&m, same);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	load(&m, other);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, m.stamp);
	load(&m, m.root);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, entry_used_at_two_addresses_makes_both_stale);
	tcase_add_test(tc, entry_that_no_cache_used_concerns_nobody);
	tcase_add_test(tc, change_concerns_translations_of_another_pcid);
	tcase_add_test(tc, pcid_given_to_another_space_without_flush_is_stale);
	tcase_add_test(tc,
		       global_page_that_the_next_space_maps_elsewhere_is_stale);
}

int main(void)
{
	return run_suite("mmu stale shared", add);
}

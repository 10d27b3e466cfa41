/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_psc_stale.c - paging-structure caches: what a walk finds that
 * begins below an entry which memory contradicts.
 *
 * There are no TLBs here but where it is said, so that each access walks.
 *
 * Sources: SDM vol. 3A, "Paging-Structure Caches", "Operations that Invalidate
 * TLBs and Paging-Structure Caches", "Optional Invalidation".
 */
#include "config.h"

#include "tests/check_mmu_psc.h"

/* ---- what is stale above, goes on below ---------------------------------- */

START_TEST(stale_right_of_a_pml4e_survives_below)
{
	struct machine m = machine_unlimited();
	paddr_t top = machine_entry(&m, VA, 4);
	uint64_t stamp;

	machine_read(&m, VA);
	stamp = machine_set(&m, top, physmem_read(m.mem, top) & ~PTE_RW);
	ck_assert_int_eq(machine_write(&m, BESIDE).end, MMU_OK);
	ck_assert_uint_eq(machine_write(&m, BESIDE).stale_since, stamp);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, 2);
	mmu_invlpg(m.mmu, 0, VA);
	ck_assert_int_eq(machine_write(&m, BESIDE).end, MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

START_TEST(stale_translation_is_cached_as_such_by_a_tlb)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	paddr_t top;
	uint64_t stamp;

	profile_add_infinite(&profile, 1);
	m = machine_pscs(profile);
	top = machine_entry(&m, VA, 4);
	machine_read(&m, VA);
	stamp = machine_set(&m, top, physmem_read(m.mem, top) & ~PTE_RW);
	ck_assert_int_eq(machine_write(&m, BESIDE).end, MMU_OK);
	ck_assert_int_eq(machine_write(&m, BESIDE).served, MMU_BY_L1);
	ck_assert_uint_eq(machine_write(&m, BESIDE).stale_since, stamp);
	machine_free(&m);
}
END_TEST

START_TEST(walk_below_another_table_finds_the_old_page)
{
	struct machine m = machine_unlimited();
	paddr_t table = machine_table(&m);
	struct mmu_result result;
	uint64_t stamp;

	machine_read(&m, VA);
	physmem_write(m.mem, table + 8 * 17, OTHER_FRAME | USER_RW);
	stamp = machine_set(&m, machine_entry(&m, VA, 2), table | USER_RW);
	result = machine_read(&m, BESIDE);
	ck_assert_uint_eq(result.paddr, FRAME + PAGE);
	ck_assert_uint_eq(result.stale_since, stamp);
	mmu_invlpg(m.mmu, 0, VA);
	result = machine_read(&m, BESIDE);
	ck_assert_uint_eq(result.paddr, OTHER_FRAME);
	ck_assert_uint_eq(result.stale_since, MMU_NOT_STALE);
	machine_free(&m);
}
END_TEST

/* APM vol. 2, "TLB Management": an upper entry has to be made not present, and
 * invalidated, before it is changed.  This is why. */
START_TEST(table_reused_as_data_is_still_walked_and_gets_a_set)
{
	struct machine m = machine_unlimited();
	paddr_t data = machine_entry(&m, BESIDE, 1);
	paddr_t table = machine_table(&m);

	machine_read(&m, VA);
	machine_set(&m, machine_entry(&m, VA, 2), table | USER_RW);
	machine_set(&m, data, OTHER_FRAME | USER_RW); /* a number, say */
	ck_assert_uint_eq(machine_read(&m, BESIDE).paddr, OTHER_FRAME);
	ck_assert_uint_eq(physmem_read(m.mem, data),
			  OTHER_FRAME | USER_RW | PTE_A);
	machine_free(&m);
}
END_TEST

START_TEST(entry_made_absent_and_invalidated_first_is_not_used_again)
{
	struct machine m = machine_unlimited();
	paddr_t data = machine_entry(&m, BESIDE, 1);
	paddr_t directory = machine_entry(&m, VA, 2);

	machine_read(&m, VA);
	machine_set(&m, directory, 0);
	mmu_invlpg(m.mmu, 0, VA);
	machine_set(&m, data, OTHER_FRAME | USER_RW);
	machine_set(&m, directory, machine_table(&m) | USER_RW);
	ck_assert_int_eq(machine_read(&m, BESIDE).end, MMU_PAGE_FAULT);
	ck_assert_uint_eq(physmem_read(m.mem, data), OTHER_FRAME | USER_RW);
	machine_free(&m);
}
END_TEST

START_TEST(change_back_is_not_stale_any_more)
{
	struct machine m = machine_unlimited();
	paddr_t directory = machine_entry(&m, VA, 2);
	uint64_t good;

	machine_read(&m, VA);
	good = physmem_read(m.mem, directory);
	machine_set(&m, directory, machine_table(&m) | USER_RW);
	machine_set(&m, directory, good);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	machine_free(&m);
}
END_TEST

/* ---- no fault comes from stale state ------------------------------------- */

/* clang-format off */
static const struct retry_row {
	const char *claim;
	unsigned level;		/* whose entry forbids it while cached */
	uint64_t before;	/* what it has not, or has, then */
	enum mmu_access access;
	enum mmu_privilege privilege;
} retry_rows[] = {
	{ "R/W set in the PML4E", 4, PTE_RW, MMU_WRITE, MMU_SUPERVISOR },
	{ "R/W set in the PDE", 2, PTE_RW, MMU_WRITE, MMU_USER },
	{ "U/S set in the PDPTE", 3, PTE_US, MMU_READ, MMU_USER },
	{ "XD cleared in the PML4E", 4, PTE_XD, MMU_FETCH, MMU_SUPERVISOR },
};
/* clang-format on */

START_TEST(walk_that_would_fault_is_made_again_from_the_root)
{
	const struct retry_row *row = &retry_rows[_i];
	struct machine m = machine_unlimited();
	paddr_t entry = machine_entry(&m, VA, row->level);
	struct mmu_result result;

	machine_set(&m, entry, physmem_read(m.mem, entry) ^ row->before);
	machine_read(&m, VA);
	machine_set(&m, entry, physmem_read(m.mem, entry) ^ row->before);
	result = mmu_access(m.mmu, 0, BESIDE, row->access, row->privilege);
	ck_assert_msg(result.end == MMU_OK, "%s", row->claim);
	ck_assert_uint_eq(result.stale_since, MMU_NOT_STALE);
	ck_assert_uint_eq(mmu_counters(m.mmu).faults, 0);
	machine_free(&m);
}
END_TEST

START_TEST(both_walks_of_a_retry_are_charged)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	paddr_t entry;
	uint32_t cycles;

	profile.cost = (struct mmu_costs){ .walk = 100, .walk_load = 1 };
	m = machine_pscs(profile);
	entry = machine_entry(&m, VA, 1);
	machine_read(&m, VA);
	machine_set(&m, entry, physmem_read(m.mem, entry) & ~PTE_P);
	cycles = machine_read(&m, VA).cycles;
	ck_assert_uint_eq(cycles, 100 + (1 + 4 - 1));
	machine_free(&m);
}
END_TEST

/* ---- one entry, several uses --------------------------------------------- */

static paddr_t entry_of(paddr_t table, unsigned index)
{
	return table + 8 * index;
}

/* Two PML4Es lead to the same PDPT: its entries have two addresses each. */
START_TEST(alias_of_an_upper_entry_needs_its_own_invalidation)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	vaddr_t alias = VA + (2ull << 39);
	paddr_t directory;

	profile.vendor = MMU_AMD;
	m = machine_pscs(profile);
	ck_assert(machine_change(&m, MMU_EFER, EFER_TCE, 0));
	physmem_write(m.mem, entry_of(m.root, 2),
		      physmem_read(m.mem, entry_of(m.root, 0)));
	directory = machine_entry(&m, VA, 2);
	machine_read(&m, VA);
	machine_read(&m, alias);
	machine_set(&m, directory, 0);
	mmu_invlpg(m.mmu, 0, VA);
	ck_assert_int_eq(machine_read(&m, VA).end, MMU_PAGE_FAULT);
	ck_assert_int_eq(machine_read(&m, alias).end, MMU_OK);
	mmu_invlpg(m.mmu, 0, alias);
	ck_assert_int_eq(machine_read(&m, alias).end, MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

/* The last PML4E leads to the PML4 itself, and so is PDPTE, PDE and PTE too. */
START_TEST(self_mapped_entry_needs_invalidation_as_each_level)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	vaddr_t as_pte = 0xfffffffffffff000ull;	  /* PML4[511] four times */
	vaddr_t as_pdpte = 0xffffffffc0000000ull; /* twice, then PML4[0] */
	paddr_t self;

	profile.vendor = MMU_AMD;
	m = machine_pscs(profile);
	ck_assert(machine_change(&m, MMU_EFER, EFER_TCE, 0));
	self = entry_of(m.root, 511);
	physmem_write(m.mem, self, m.root | KERNEL_RW);
	ck_assert_uint_eq(machine_read(&m, as_pte).paddr, m.root);
	ck_assert_uint_eq(machine_read(&m, as_pdpte).end, MMU_OK);
	machine_set(&m, self, 0);
	mmu_invlpg(m.mmu, 0, as_pte);
	ck_assert_int_eq(machine_read(&m, as_pte).end, MMU_PAGE_FAULT);
	ck_assert_int_eq(machine_read(&m, as_pdpte).end, MMU_OK);
	mmu_invlpg(m.mmu, 0, as_pdpte);
	ck_assert_int_eq(machine_read(&m, as_pdpte).end, MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, stale_right_of_a_pml4e_survives_below);
	tcase_add_test(tc, stale_translation_is_cached_as_such_by_a_tlb);
	tcase_add_test(tc, walk_below_another_table_finds_the_old_page);
	tcase_add_test(tc, table_reused_as_data_is_still_walked_and_gets_a_set);
	tcase_add_test(
		tc, entry_made_absent_and_invalidated_first_is_not_used_again);
	tcase_add_test(tc, change_back_is_not_stale_any_more);
	tcase_add_loop_test(tc,
			    walk_that_would_fault_is_made_again_from_the_root,
			    0, ROWS(retry_rows));
	tcase_add_test(tc, both_walks_of_a_retry_are_charged);
	tcase_add_test(tc, alias_of_an_upper_entry_needs_its_own_invalidation);
	tcase_add_test(tc, self_mapped_entry_needs_invalidation_as_each_level);
}

int main(void)
{
	return run_suite("mmu psc stale", add);
}

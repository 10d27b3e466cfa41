/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_legacy_large.c - large pages of 32-bit paging and PAE paging. */
#include "config.h"

#include "tests/check_mmu_legacy.h"

#define FRAME 0x2345000ull

/* ---- page sizes ---------------------------------------------------------- */

/* clang-format off */
/* SDM vol. 3A, "32-Bit Paging": bits 39..32 of the address of a 4-MByte page
 * are in 20..13 of the PDE, if the processor has that many. */
static const struct large_row {
	const char *claim;
	bool pae;
	unsigned maxphyaddr;
	uint64_t pde;
	paddr_t base;			/* of what VA's offset is added to */
} large_rows[] = {
	{ "a 4M page starts at bits 31..22", false, 36, 0x2c00000, 0x2c00000 },
	{ "PSE-36: bit 13 is bit 32", false, 36, 0x2c02000, 0x102c00000 },
	{ "PSE-36: bit 16 is bit 35", false, 36, 0x2c10000, 0x802c00000 },
	{ "PSE-36: bit 20 is bit 39", false, 40, 0x2d00000, 0x8002c00000 },
	{ "PSE-36: no more than 40 bits", false, 46, 0x2d00000,
	  0x8002c00000 },
	{ "a 2M page of PAE", true, 46, 0x2a00000, 0x2a00000 },
	{ "a 2M page of PAE above 4 GiB", true, 46, 0x20002a00000,
	  0x20002a00000 },
};
/* clang-format on */

START_TEST(large_page_is_where_its_pde_says)
{
	const struct large_row *row = &large_rows[_i];
	struct mmu_profile profile = profile_everything();
	uint64_t inside = VA & ((row->pae ? MEG2 : MEG4) - 1);
	struct legacy l;
	paddr_t paddr;

	profile.maxphyaddr = row->maxphyaddr;
	l = legacy_make(profile, row->pae);
	legacy_set(&l, legacy_entry(&l, VA, 2), row->pde | KERNEL_RW | PTE_PS);
	for (unsigned turn = 0; turn < 4; turn++) {
		uint64_t half = !row->pae && turn & 1 ? MEG2 : 0;

		paddr = machine_read(&l.m, VA + half).paddr;
		ck_assert_msg(paddr == row->base + inside + half, "%s: %#jx",
			      row->claim, (uintmax_t)paddr);
	}
	ck_assert_uint_eq(mmu_counters(l.m.mmu).walks, row->pae ? 1 : 2);
	machine_free(&l.m);
}
END_TEST

/* SDM vol. 3A, "32-Bit Paging": CR4.PSE; PAE takes no notice of it. */
START_TEST(ps_without_pse_is_ignored)
{
	struct legacy l = legacy_make(profile_everything(), false);
	paddr_t pde = legacy_entry(&l, VA, 2);

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	legacy_set(&l, pde, legacy_load(&l, pde) | PTE_PS);
	ck_assert_uint_ne(machine_read(&l.m, VA).paddr, FRAME);
	ck_assert(machine_change(&l.m, MMU_CR4, 0, CR4_PSE));
	mmu_invlpg(l.m.mmu, 0, VA);
	ck_assert_uint_eq(machine_read(&l.m, VA).paddr, FRAME);
	machine_free(&l.m);
}
END_TEST

/* SDM vol. 3A, "Operations that Invalidate TLBs": a change of PSE is none on
 * Intel; APM vol. 2, "TLB Management": on AMD it is. */
START_TEST(page_cached_before_pse_was_cleared_is_stale_on_intel)
{
	enum mmu_vendor vendor = _i ? MMU_AMD : MMU_INTEL;
	struct legacy l = legacy_make(profile_of_vendor(vendor), false);
	paddr_t pde = legacy_entry(&l, VA, 2);
	struct mmu_result result;

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	legacy_set(&l, pde, legacy_load(&l, pde) | PTE_PS);
	machine_read(&l.m, VA);
	ck_assert(machine_change(&l.m, MMU_CR4, 0, CR4_PSE));
	result = machine_read(&l.m, VA);
	ck_assert((result.paddr == FRAME) == (vendor == MMU_AMD));
	ck_assert((result.stale_since == MMU_NOT_STALE) == (vendor == MMU_AMD));
	machine_free(&l.m);
}
END_TEST

/* ---- a 4M page is cached in two halves ----------------------------------- */

/* SDM vol. 3A, "Details of TLB Use": INVLPG and #PF drop all that is cached of
 * a page. */
START_TEST(invlpg_of_one_half_of_a_4m_page_drops_both)
{
	struct legacy l = legacy_make(profile_everything(), false);
	uint64_t global = _i ? PTE_G : 0;

	legacy_set(&l, legacy_entry(&l, VA, 2),
		   0x2c00000 | KERNEL_RW | PTE_PS | global);
	machine_read(&l.m, VA);
	machine_read(&l.m, VA ^ MEG2);
	ck_assert(machine_was_cached(&l.m, 0, VA ^ MEG2));
	mmu_invlpg(l.m.mmu, 0, VA);
	ck_assert(!machine_was_cached(&l.m, 0, VA ^ MEG2));
	ck_assert(!machine_was_cached(&l.m, 0, VA));
	machine_free(&l.m);
}
END_TEST

START_TEST(invpcid_of_one_half_of_a_4m_page_drops_both)
{
	struct legacy l = legacy_make(profile_everything(), false);
	struct mmu_invpcid_descriptor what = { 0, VA };

	legacy_set(&l, legacy_entry(&l, VA, 2), 0x2c00000 | KERNEL_RW | PTE_PS);
	machine_read(&l.m, VA ^ MEG2);
	ck_assert(mmu_invpcid(l.m.mmu, 0, MMU_INVPCID_ADDRESS, &what, NULL));
	ck_assert(!machine_was_cached(&l.m, 0, VA ^ MEG2));
	machine_free(&l.m);
}
END_TEST

START_TEST(fault_in_one_half_of_a_4m_page_drops_both)
{
	struct legacy l = legacy_make(profile_everything(), false);

	legacy_set(&l, legacy_entry(&l, VA, 2), 0x2c00000 | PTE_P | PTE_PS);
	machine_read(&l.m, VA ^ MEG2);
	ck_assert(machine_write(&l.m, VA).end == MMU_PAGE_FAULT);
	ck_assert(!machine_was_cached(&l.m, 0, VA ^ MEG2));
	machine_free(&l.m);
}
END_TEST

START_TEST(invlpg_of_a_small_page_leaves_the_one_2m_further)
{
	struct legacy l = legacy_make(profile_everything(), false);

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	legacy_set(&l, legacy_entry(&l, VA ^ MEG2, 1), FRAME | KERNEL_RW);
	machine_read(&l.m, VA ^ MEG2);
	mmu_invlpg(l.m.mmu, 0, VA);
	ck_assert(machine_was_cached(&l.m, 0, VA ^ MEG2));
	machine_free(&l.m);
}
END_TEST

/* The PDE is cached as well. */
START_TEST(fault_drops_the_pde_for_both_halves)
{
	struct mmu_profile profile = profile_nothing();
	struct legacy l;
	unsigned loads;

	profile.psc[2] = 4;
	l = legacy_make(profile, false);
	legacy_set(&l, legacy_entry(&l, VA ^ MEG2, 1), FRAME | KERNEL_RW);
	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	machine_read(&l.m, VA ^ MEG2);
	machine_read(&l.m, VA);
	legacy_set(&l, legacy_entry(&l, VA, 1), 0);
	ck_assert(machine_read(&l.m, VA).end == MMU_PAGE_FAULT);
	loads = (unsigned)mmu_counters(l.m.mmu).walk_loads;
	machine_read(&l.m, VA ^ MEG2);
	ck_assert_uint_eq(mmu_counters(l.m.mmu).walk_loads - loads, 2);
	machine_read(&l.m, VA ^ MEG2);
	ck_assert_uint_eq(mmu_counters(l.m.mmu).walk_loads - loads, 3);
	machine_free(&l.m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, large_page_is_where_its_pde_says, 0,
			    ROWS(large_rows));
	tcase_add_test(tc, ps_without_pse_is_ignored);
	tcase_add_loop_test(
		tc, page_cached_before_pse_was_cleared_is_stale_on_intel, 0, 2);
	tcase_add_loop_test(tc, invlpg_of_one_half_of_a_4m_page_drops_both, 0,
			    2);
	tcase_add_test(tc, invpcid_of_one_half_of_a_4m_page_drops_both);
	tcase_add_test(tc, fault_in_one_half_of_a_4m_page_drops_both);
	tcase_add_test(tc, invlpg_of_a_small_page_leaves_the_one_2m_further);
	tcase_add_test(tc, fault_drops_the_pde_for_both_halves);
}

int main(void)
{
	return run_suite("mmu legacy large", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_modes.c - from one paging mode to another; the PDPTE registers. */
#include "config.h"

#include "tests/check_mmu_legacy.h"

#define FRAME 0x2345000ull

/* ---- which way one may go ------------------------------------------------ */

enum mode { OFF, BITS32, PAE, LONG, NR_MODES };

static const struct {
	uint64_t cr0, cr4, efer;
} mode_registers[NR_MODES] = {
	[OFF] = { 0, 0, 0 },
	[BITS32] = { CR0_PG, 0, 0 },
	[PAE] = { CR0_PG, CR4_PAE, 0 },
	[LONG] = { CR0_PG, CR4_PAE, EFER_LME },
};

static struct machine machine_in(enum mode mode)
{
	struct machine m = machine_make(profile_everything(), 1);
	uint64_t cr0 = CR0_PE | CR0_WP | mode_registers[mode].cr0;

	ck_assert(legacy_enter(&m, m.root, mode_registers[mode].cr4,
			       mode_registers[mode].efer));
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR0, cr0, NULL));
	return m;
}

/* clang-format off */
/* SDM vol. 3A, "Paging-Mode Enabling"; SDM vol. 2, "MOV - Move to/from Control
 * Registers"; APM vol. 2, "Long-Mode Activation". */
static const struct step_row {
	const char *claim;
	enum mode from;
	enum mmu_register reg;
	uint64_t set, clear;
	bool allowed;
	uint64_t lma;			/* afterwards */
} step_rows[] = {
	{ "PG without LME enters 32-bit paging",
	  OFF, MMU_CR0, CR0_PG, 0, true, 0 },
	{ "PG needs PE", OFF, MMU_CR0, CR0_PG, CR0_PE, false, 0 },
	{ "PE may be cleared without PG", OFF, MMU_CR0, 0, CR0_PE, true, 0 },
	{ "LME may be set without paging",
	  OFF, MMU_EFER, EFER_LME, 0, true, 0 },
	{ "LMA is not software's", OFF, MMU_EFER, EFER_LMA, 0, false, 0 },
	{ "LA57 may be set without paging",
	  OFF, MMU_CR4, CR4_LA57, 0, true, 0 },
	{ "LME does not change in 32-bit paging",
	  BITS32, MMU_EFER, EFER_LME, 0, false, 0 },
	{ "LME does not change in PAE paging",
	  PAE, MMU_EFER, EFER_LME, 0, false, 0 },
	{ "PAE may be set in 32-bit paging",
	  BITS32, MMU_CR4, CR4_PAE, 0, true, 0 },
	{ "PAE may be cleared in PAE paging",
	  PAE, MMU_CR4, 0, CR4_PAE, true, 0 },
	{ "PAE may not be cleared in long mode",
	  LONG, MMU_CR4, 0, CR4_PAE, false, EFER_LMA },
	{ "LA57 may be set in legacy modes",
	  PAE, MMU_CR4, CR4_LA57, 0, true, 0 },
	{ "LA57 may not be set in long mode",
	  LONG, MMU_CR4, CR4_LA57, 0, false, EFER_LMA },
	{ "PCIDE needs long mode: not 32-bit paging",
	  BITS32, MMU_CR4, CR4_PCIDE, 0, false, 0 },
	{ "PCIDE needs long mode: not PAE paging",
	  PAE, MMU_CR4, CR4_PCIDE, 0, false, 0 },
	{ "PG may be cleared: LMA follows", LONG, MMU_CR0, 0, CR0_PG, true, 0 },
	{ "PG may be cleared in PAE paging", PAE, MMU_CR0, 0, CR0_PG, true, 0 },
	{ "CR3 has 32 bits outside of long mode",
	  PAE, MMU_CR3, 1ull << 32, 0, false, 0 },
	{ "CR3 has more bits in long mode",
	  LONG, MMU_CR3, 1ull << 32, 0, true, EFER_LMA },
	{ "NXE may be set in 32-bit paging",
	  BITS32, MMU_EFER, EFER_NXE, 0, true, 0 },
};
/* clang-format on */

START_TEST(mode_changes_only_as_it_may)
{
	const struct step_row *row = &step_rows[_i];
	struct machine m = machine_in(row->from);

	ck_assert_msg(machine_change(&m, row->reg, row->set, row->clear) ==
			      row->allowed,
		      "%s", row->claim);
	ck_assert_msg((mmu_registers(m.mmu, 0).efer & EFER_LMA) == row->lma,
		      "%s: LMA", row->claim);
	machine_free(&m);
}
END_TEST

START_TEST(long_mode_needs_pae)
{
	struct machine m = machine_in(OFF);

	ck_assert(machine_change(&m, MMU_EFER, EFER_LME, 0));
	ck_assert(!machine_change(&m, MMU_CR0, CR0_PG, 0));
	ck_assert(!(mmu_registers(m.mmu, 0).efer & EFER_LMA));
	ck_assert(machine_change(&m, MMU_CR4, CR4_PAE, 0));
	ck_assert(machine_change(&m, MMU_CR0, CR0_PG, 0));
	ck_assert(mmu_registers(m.mmu, 0).efer & EFER_LMA);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure Caches":
 * MOV CR0 that clears PG, MOV CR4 that changes PAE. */
START_TEST(nothing_cached_survives_another_mode)
{
	struct legacy l = legacy_make(profile_everything(), _i);

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW | PTE_G);
	machine_read(&l.m, VA);
	ck_assert_uint_eq(mmu_holders_of_anything(l.m.mmu), 1);
	ck_assert(machine_change(&l.m, MMU_CR0, 0, CR0_PG));
	ck_assert_uint_eq(mmu_holders_of_anything(l.m.mmu), 0);
	ck_assert_uint_eq(machine_read(&l.m, VA).paddr, VA);
	ck_assert(machine_change(&l.m, MMU_CR0, CR0_PG, 0));
	machine_read(&l.m, VA);
	ck_assert_uint_eq(mmu_holders_of_anything(l.m.mmu), 1);
	ck_assert(machine_change(&l.m, MMU_CR4, l.pae ? 0 : CR4_PAE,
				 l.pae ? CR4_PAE : 0));
	ck_assert_uint_eq(mmu_holders_of_anything(l.m.mmu), 0);
	machine_free(&l.m);
}
END_TEST

/* ---- the PDPTE registers ------------------------------------------------- */

#define RESERVED_PDPTE(maxphyaddr)                                             \
	(~0ull << (maxphyaddr) | 0x1e0 | PTE_RW | PTE_US)

/* SDM vol. 3A, "PDPTE Registers": MOV CR3 raises #GP.  APM vol. 2, "TLB
 * Management": or they are read when needed, and it is #PF. */
START_TEST(each_reserved_bit_of_a_pdpte_is_found)
{
	enum mmu_vendor vendor = _i ? MMU_AMD : MMU_INTEL;
	struct legacy l = legacy_make(profile_of_vendor(vendor), true);
	paddr_t pdpte = legacy_entry(&l, VA, 3);

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	for (unsigned bit = 1; bit < 64; bit++) {
		bool reserved = RESERVED_PDPTE(46) >> bit & 1;
		struct mmu_result result;
		bool taken, faulted;

		legacy_set(&l, pdpte, l.pd | PTE_P | 1ull << bit);
		taken = machine_change(&l.m, MMU_CR3, 0, 0);
		ck_assert_msg(taken == !(vendor == MMU_INTEL && reserved),
			      "bit %u", bit);
		result = machine_read(&l.m, VA);
		/* Others may lead to a table that has reserved bits. */
		faulted = result.error_code == (PF_P | PF_RSVD) &&
			  result.entry == pdpte;
		ck_assert_msg(faulted == (reserved && vendor == MMU_AMD),
			      "bit %u: code %#x", bit, result.error_code);
		legacy_set(&l, pdpte, l.pd | PTE_P);
	}
	ck_assert(machine_change(&l.m, MMU_CR3, 0, 0));
	machine_free(&l.m);
}
END_TEST

START_TEST(reserved_bits_of_an_absent_pdpte_are_ignored)
{
	struct legacy l = legacy_make(
		profile_of_vendor(_i ? MMU_AMD : MMU_INTEL), true);
	struct mmu_probe probe;

	legacy_set(&l, legacy_entry(&l, VA, 3), ~PTE_P);
	ck_assert(machine_change(&l.m, MMU_CR3, 0, 0));
	ck_assert(machine_read(&l.m, VA).end == MMU_PAGE_FAULT);
	ck_assert_uint_eq(machine_read(&l.m, VA).error_code, 0);
	probe = mmu_probe(l.m.mmu, 0, VA);
	ck_assert(!probe.present);
	ck_assert_uint_eq(probe.level, 3);
	ck_assert_uint_eq(probe.value, ~PTE_P);
	machine_free(&l.m);
}
END_TEST

/* SDM vol. 3A, "PDPTE Registers": "they are loaded when ... "; what is in
 * memory afterwards counts only at the next time. */
START_TEST(changed_pdpte_counts_from_mov_cr3_on)
{
	bool amd = _i;
	struct legacy l = legacy_make(
		profile_of_vendor(amd ? MMU_AMD : MMU_INTEL), true);
	struct mmu_result result;

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	machine_read(&l.m, VA);
	legacy_set(&l, legacy_entry(&l, VA, 3), 0);
	result = machine_read(&l.m, VA);
	ck_assert_uint_eq(result.paddr, FRAME);
	ck_assert((result.stale_since == MMU_NOT_STALE) == !amd);
	mmu_drop_all(l.m.mmu, 0);
	ck_assert((machine_read(&l.m, VA).end == MMU_OK) == !amd);
	ck_assert(machine_change(&l.m, MMU_CR3, 0, 0));
	ck_assert(machine_read(&l.m, VA).end == MMU_PAGE_FAULT);
	machine_free(&l.m);
}
END_TEST

START_TEST(global_page_is_stale_once_its_pdpte_register_changed)
{
	struct legacy l = legacy_make(profile_of_vendor(MMU_INTEL), true);

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW | PTE_G);
	machine_read(&l.m, VA);
	legacy_set(&l, legacy_entry(&l, VA, 3), 0);
	ck_assert_uint_eq(machine_read(&l.m, VA).stale_since, MMU_NOT_STALE);
	ck_assert(machine_change(&l.m, MMU_CR3, 0, 0));
	ck_assert_uint_ne(machine_read(&l.m, VA).stale_since, MMU_NOT_STALE);
	machine_free(&l.m);
}
END_TEST

/* clang-format off */
static const struct reload_row {
	const char *claim;
	enum mmu_register reg;
	uint64_t bit;
	bool reloads;
} reload_rows[] = {
	{ "a change of CR4.PGE", MMU_CR4, CR4_PGE, true },
	{ "a change of CR4.PSE", MMU_CR4, CR4_PSE, true },
	{ "a change of CR4.SMEP", MMU_CR4, CR4_SMEP, true },
	{ "a change of CR4.SMAP", MMU_CR4, CR4_SMAP, false },
	{ "a change of CR0.CD", MMU_CR0, CR0_CD, true },
	{ "a change of CR0.NW", MMU_CR0, CR0_NW, true },
	{ "a change of CR0.WP", MMU_CR0, CR0_WP, false },
	{ "a change of EFER.NXE", MMU_EFER, EFER_NXE, false },
};
/* clang-format on */

START_TEST(some_control_bits_reload_the_pdptes)
{
	const struct reload_row *row = &reload_rows[_i];
	struct legacy l = legacy_make(profile_of_vendor(MMU_INTEL), true);
	struct mmu_registers now = mmu_registers(l.m.mmu, 0);
	uint64_t value = row->reg == MMU_CR4   ? now.cr4
			 : row->reg == MMU_CR0 ? now.cr0
					       : now.efer;

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	machine_read(&l.m, VA);
	legacy_set(&l, legacy_entry(&l, VA, 3), l.pd | PTE_P | PTE_RW);
	ck_assert_msg(mmu_set_register(l.m.mmu, 0, row->reg, value ^ row->bit,
				       NULL) == !row->reloads,
		      "%s", row->claim);
	legacy_set(&l, legacy_entry(&l, VA, 3), 0);
	ck_assert(mmu_set_register(l.m.mmu, 0, row->reg,
				   row->reloads ? value ^ row->bit : value,
				   NULL));
	mmu_drop_all(l.m.mmu, 0);
	ck_assert_msg((machine_read(&l.m, VA).end == MMU_OK) == !row->reloads,
		      "%s", row->claim);
	machine_free(&l.m);
}
END_TEST

START_TEST(pae_paging_is_not_entered_with_a_reserved_pdpte)
{
	struct legacy l = legacy_make(profile_of_vendor(MMU_INTEL), true);

	ck_assert(machine_change(&l.m, MMU_CR0, 0, CR0_PG));
	legacy_set(&l, legacy_entry(&l, 0, 3), PTE_P | PTE_RW);
	ck_assert(!machine_change(&l.m, MMU_CR0, CR0_PG, 0));
	ck_assert(!(mmu_registers(l.m.mmu, 0).cr0 & CR0_PG));
	/* 32-bit paging is, and cannot be left that way. */
	ck_assert(machine_change(&l.m, MMU_CR4, 0, CR4_PAE));
	ck_assert(machine_change(&l.m, MMU_CR0, CR0_PG, 0));
	ck_assert(!machine_change(&l.m, MMU_CR4, CR4_PAE, 0));
	legacy_set(&l, legacy_entry(&l, 0, 3), 0);
	ck_assert(machine_change(&l.m, MMU_CR4, CR4_PAE, 0));
	machine_free(&l.m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, mode_changes_only_as_it_may, 0,
			    ROWS(step_rows));
	tcase_add_test(tc, long_mode_needs_pae);
	tcase_add_loop_test(tc, nothing_cached_survives_another_mode, 0, 2);
	tcase_add_loop_test(tc, each_reserved_bit_of_a_pdpte_is_found, 0, 2);
	tcase_add_loop_test(tc, reserved_bits_of_an_absent_pdpte_are_ignored, 0,
			    2);
	tcase_add_loop_test(tc, changed_pdpte_counts_from_mov_cr3_on, 0, 2);
	tcase_add_test(tc,
		       global_page_is_stale_once_its_pdpte_register_changed);
	tcase_add_loop_test(tc, some_control_bits_reload_the_pdptes, 0,
			    ROWS(reload_rows));
	tcase_add_test(tc, pae_paging_is_not_entered_with_a_reserved_pdpte);
}

int main(void)
{
	return run_suite("mmu modes", add);
}

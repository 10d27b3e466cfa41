/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_la57.c - 5-level paging, canonical addresses, and the way in and
 * out of long mode.
 *
 * Sources: SDM vol. 3A, "4-Level Paging and 5-Level Paging", "Paging-Mode
 * Enabling", "Initializing IA-32e Mode"; SDM vol. 2, "MOV - Move to/from
 * Control Registers", "INVLPG", "INVPCID"; APM vol. 2, "Canonicalization and
 * Consistency Checks", "Process Context Identifiers".
 */
#include "config.h"

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull
#define VA 0x10000ull
/* Below the third PML5E. */
#define HIGH (VA + (2ull << 48))

/* Out of long mode, with CR4.LA57 changed, and in again. */
static void turn_la57(struct machine *m, bool on)
{
	ck_assert(machine_change(m, MMU_CR0, 0, CR0_PG));
	ck_assert(machine_change(m, MMU_CR4, on ? CR4_LA57 : 0,
				 on ? 0 : CR4_LA57));
	ck_assert(machine_change(m, MMU_CR0, CR0_PG, 0));
}

/* Five levels: PML5E 2 leads to the tables of the first address space, which
 * map VA.  Returns the PML5. */
static paddr_t enter_5_levels(struct machine *m)
{
	paddr_t top = machine_table(m);

	machine_map(m, VA, FRAME | KERNEL_RW);
	physmem_write(m->mem, top + 2 * 8, m->root | USER_RW);
	turn_la57(m, true);
	ck_assert(mmu_set_register(m->mmu, 0, MMU_CR3, top, NULL));
	return top;
}

START_TEST(fifth_level_is_walked_and_gets_a_set)
{
	struct machine m = machine_make(profile_bare(), 1);
	paddr_t top = enter_5_levels(&m);

	ck_assert_uint_eq(machine_read(&m, HIGH + 0x123).paddr, FRAME + 0x123);
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads, 5);
	ck_assert(physmem_read(m.mem, top + 2 * 8) & PTE_A);
	ck_assert_int_eq(machine_read(&m, VA).end, MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

START_TEST(pml5e_that_sets_bit_7_is_reserved)
{
	struct machine m = machine_make(profile_bare(), 1);
	paddr_t top = enter_5_levels(&m);
	struct mmu_result result;

	machine_set(&m, top + 2 * 8, m.root | USER_RW | PTE_PS);
	result = machine_read(&m, HIGH);
	ck_assert_int_eq(result.end, MMU_PAGE_FAULT);
	ck_assert_uint_eq(result.error_code, PF_P | PF_RSVD);
	machine_free(&m);
}
END_TEST

START_TEST(pml5e_takes_rights_away)
{
	struct machine m = machine_make(profile_bare(), 1);
	paddr_t top = enter_5_levels(&m);

	machine_set(&m, top + 2 * 8, m.root | PTE_P);
	ck_assert_int_eq(machine_write(&m, HIGH).end, MMU_PAGE_FAULT);
	ck_assert_int_eq(machine_read(&m, HIGH).end, MMU_OK);
	machine_free(&m);
}
END_TEST

START_TEST(cached_pml5e_saves_one_load)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile.psc[5] = 1;
	m = machine_make(profile, 1);
	enter_5_levels(&m);
	machine_read(&m, HIGH);
	machine_read(&m, HIGH);
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads, 5 + 4);
	ck_assert_uint_eq(mmu_counters(m.mmu).psc_hits, 1);
	machine_free(&m);
}
END_TEST

START_TEST(translation_of_57_bits_is_cached_by_all_of_them)
{
	struct mmu_profile profile = profile_everything();
	struct machine m = machine_make(profile, 1);
	paddr_t top = enter_5_levels(&m);

	physmem_write(m.mem, top + 3 * 8, machine_table(&m) | USER_RW);
	machine_read(&m, HIGH);
	ck_assert_int_eq(machine_read(&m, HIGH).served, MMU_BY_L1);
	ck_assert_int_eq(machine_read(&m, HIGH + (1ull << 48)).end,
			 MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

/* ---- canonical addresses ------------------------------------------------- */

/* clang-format off */
static const struct canonical_row {
	vaddr_t va;
	bool with_4, with_5;	/* levels */
} canonical_rows[] = {
	{ 0x0000000000000000, true, true },
	{ 0x00007ffffffff000, true, true },
	{ 0x0000800000000000, false, true },
	{ 0x00fffffffffff000, false, true },
	{ 0x0100000000000000, false, false },
	{ 0x7ffffffffffff000, false, false },
	{ 0x8000000000000000, false, false },
	{ 0xfefffffffffff000, false, false },
	{ 0xff00000000000000, false, true },
	{ 0xffff7ffffffff000, false, true },
	{ 0xffff800000000000, true, true },
	{ 0xfffffffffffff000, true, true },
};
/* clang-format on */

START_TEST(address_is_canonical_by_the_width_of_the_mode)
{
	const struct canonical_row *row = &canonical_rows[_i];
	struct mmu_invpcid_descriptor what = { 0, row->va };

	for (unsigned five = 0; five < 2; five++) {
		struct machine m = machine_make(profile_everything(), 1);
		bool good = five ? row->with_5 : row->with_4;
		enum mmu_end end;

		if (five)
			enter_5_levels(&m);
		end = machine_read(&m, row->va).end;
		ck_assert_int_eq(end, good ? MMU_PAGE_FAULT
					   : MMU_GENERAL_PROTECTION);
		ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads, good);
		ck_assert(mmu_invpcid(m.mmu, 0, MMU_INVPCID_ADDRESS, &what,
				      NULL) == good);
		machine_free(&m);
	}
}
END_TEST

/* ---- the way in and out -------------------------------------------------- */

/* clang-format off */
static const struct gp_row {
	const char *claim;
	bool paging_off;		/* first */
	enum mmu_register reg;
	uint64_t set, clear;
	bool allowed;
} gp_rows[] = {
	{ "CR0.PG may be cleared", false, MMU_CR0, 0, CR0_PG, true },
	{ "CR0.PG may be set again", true, MMU_CR0, CR0_PG, 0, true },
	{ "CR0.PG needs CR0.PE", true, MMU_CR0, CR0_PG, CR0_PE, false },
	{ "CR4.LA57 does not change in long mode",
	  false, MMU_CR4, CR4_LA57, 0, false },
	{ "CR4.LA57 changes with paging off", true, MMU_CR4, CR4_LA57, 0, true },
	{ "CR4.PAE does not change in long mode",
	  false, MMU_CR4, 0, CR4_PAE, false },
	{ "CR4.PAE changes with paging off", true, MMU_CR4, 0, CR4_PAE, true },
	{ "EFER.LME does not change with paging on",
	  false, MMU_EFER, 0, EFER_LME, false },
	{ "EFER.LME changes with paging off",
	  true, MMU_EFER, 0, EFER_LME, true },
	{ "EFER.LMA cannot be set", true, MMU_EFER, EFER_LMA, 0, false },
	{ "CR4.PCIDE needs long mode", true, MMU_CR4, CR4_PCIDE, 0, false },
	{ "EFER.TCE is AMD's", false, MMU_EFER, EFER_TCE, 0, false },
};
/* clang-format on */

START_TEST(mode_changes_only_as_it_may)
{
	const struct gp_row *row = &gp_rows[_i];
	struct machine m = machine_make(profile_everything(), 1);
	struct mmu_registers before, after;

	if (row->paging_off)
		ck_assert(machine_change(&m, MMU_CR0, 0, CR0_PG));
	before = mmu_registers(m.mmu, 0);
	ck_assert_msg(machine_change(&m, row->reg, row->set, row->clear) ==
			      row->allowed,
		      "%s", row->claim);
	after = mmu_registers(m.mmu, 0);
	if (!row->allowed)
		ck_assert(before.cr0 == after.cr0 && before.cr4 == after.cr4 &&
			  before.efer == after.efer);
	machine_free(&m);
}
END_TEST

START_TEST(la57_needs_the_feature)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile.la57 = false;
	m = machine_make(profile, 1);
	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_PG));
	ck_assert(!machine_change(&m, MMU_CR4, CR4_LA57, 0));
	machine_free(&m);
}
END_TEST

START_TEST(paging_in_long_mode_needs_pae)
{
	struct machine m = machine_make(profile_bare(), 1);

	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_PG));
	ck_assert(machine_change(&m, MMU_CR4, 0, CR4_PAE));
	ck_assert(!machine_change(&m, MMU_CR0, CR0_PG, 0));
	machine_free(&m);
}
END_TEST

START_TEST(paging_stays_on_with_pcids)
{
	struct machine m = machine_make(profile_bare(), 1);

	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	ck_assert(!machine_change(&m, MMU_CR0, 0, CR0_PG));
	ck_assert(machine_change(&m, MMU_CR4, 0, CR4_PCIDE));
	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_PG));
	machine_free(&m);
}
END_TEST

START_TEST(lma_is_what_lme_and_pg_make_of_it)
{
	struct machine m = machine_make(profile_bare(), 1);

	ck_assert(mmu_registers(m.mmu, 0).efer & EFER_LMA);
	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_PG));
	ck_assert(!(mmu_registers(m.mmu, 0).efer & EFER_LMA));
	ck_assert(machine_change(&m, MMU_CR0, CR0_PG, 0));
	ck_assert(mmu_registers(m.mmu, 0).efer & EFER_LMA);
	machine_free(&m);
}
END_TEST

START_TEST(without_paging_addresses_are_physical_and_have_32_bits)
{
	struct machine m = machine_make(profile_everything(), 1);

	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_PG));
	ck_assert_uint_eq(machine_write(&m, 0x12345).paddr, 0x12345);
	ck_assert_int_eq(machine_read(&m, 1ull << 32).end,
			 MMU_GENERAL_PROTECTION);
	ck_assert_uint_eq(mmu_counters(m.mmu).walks, 0);
	machine_free(&m);
}
END_TEST

/* SDM: MOV to CR0 that clears PG invalidates everything, global pages too. */
START_TEST(clearing_pg_drops_everything)
{
	struct mmu_profile profile = profile_everything();
	struct machine m;
	uint64_t loads;

	for (unsigned level = 2; level <= 4; level++)
		profile.psc[level] = MMU_PSC_UNLIMITED;
	m = machine_make(profile, 1);
	machine_map(&m, VA, FRAME | KERNEL_RW | PTE_G);
	machine_read(&m, VA);
	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_PG));
	ck_assert(machine_change(&m, MMU_CR0, CR0_PG, 0));
	loads = mmu_counters(m.mmu).walk_loads;
	machine_read(&m, VA);
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads - loads, 4);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, fifth_level_is_walked_and_gets_a_set);
	tcase_add_test(tc, pml5e_that_sets_bit_7_is_reserved);
	tcase_add_test(tc, pml5e_takes_rights_away);
	tcase_add_test(tc, cached_pml5e_saves_one_load);
	tcase_add_test(tc, translation_of_57_bits_is_cached_by_all_of_them);
	tcase_add_loop_test(tc, address_is_canonical_by_the_width_of_the_mode,
			    0, ROWS(canonical_rows));
	tcase_add_loop_test(tc, mode_changes_only_as_it_may, 0, ROWS(gp_rows));
	tcase_add_test(tc, la57_needs_the_feature);
	tcase_add_test(tc, paging_in_long_mode_needs_pae);
	tcase_add_test(tc, paging_stays_on_with_pcids);
	tcase_add_test(tc, lma_is_what_lme_and_pg_make_of_it);
	tcase_add_test(tc,
		       without_paging_addresses_are_physical_and_have_32_bits);
	tcase_add_test(tc, clearing_pg_drops_everything);
}

int main(void)
{
	return run_suite("mmu 5-level paging and modes", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_registers.c - what translation makes of the registers, and which
 * values raise #GP.
 */
#include "config.h"

#include "tests/check_mmu.h"

#define VA 0x10000ull
#define FRAME 0x1000000ull

/* ---- rights are those of now --------------------------------------------- */

START_TEST(rights_of_a_cached_page_follow_the_registers)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map(&m, VA, FRAME | PTE_P | PTE_US);
	ck_assert(machine_read(&m, VA).end == MMU_OK);
	ck_assert(machine_write(&m, VA).end == MMU_PAGE_FAULT);
	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_WP));
	ck_assert(machine_write(&m, VA).end == MMU_OK);
	ck_assert(machine_change(&m, MMU_CR0, CR0_WP, 0));
	ck_assert(machine_write(&m, VA).end == MMU_PAGE_FAULT);
	ck_assert(machine_read(&m, VA).end == MMU_OK);
	ck_assert(machine_change(&m, MMU_CR4, CR4_SMAP, 0));
	ck_assert(machine_read(&m, VA).end == MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

START_TEST(denied_access_walks_again_and_sees_the_upgrade)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, FRAME | PTE_P);

	machine_read(&m, VA);
	machine_set(&m, entry, FRAME | PTE_P | PTE_RW);
	ck_assert(machine_write(&m, VA).end == MMU_OK);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, 0);
	machine_free(&m);
}
END_TEST

/* ---- #GP ----------------------------------------------------------------- */

/* clang-format off */
/* SDM vol. 2, "MOV - Move to/from Control Registers"; APM vol. 2, "CR3
 * Register", "Process Context Identifiers". */
static const struct gp_row {
	const char *claim;
	enum mmu_register reg;
	uint64_t set, clear;
	bool cr3_has_pcid, pcid;
	bool allowed;
} gp_rows[] = {
	{ "CR0.PE stays set with PG", MMU_CR0, 0, CR0_PE, 0, 1, 0 },
	{ "CR0 has 32 bits", MMU_CR0, 1ull << 32, 0, 0, 1, 0 },
	{ "CR0.WP may be cleared", MMU_CR0, 0, CR0_WP, 0, 1, 1 },
	{ "CR4.PAE stays set in long mode", MMU_CR4, 0, CR4_PAE, 0, 1, 0 },
	{ "CR4.LA57 does not change in long mode",
	  MMU_CR4, CR4_LA57, 0, 0, 1, 0 },
	{ "CR4.PKE may be set", MMU_CR4, CR4_PKE, 0, 0, 1, 1 },
	{ "PKRU needs CR4.PKE", MMU_PKRU, 1, 0, 0, 1, 0 },
	{ "a reserved bit of CR4", MMU_CR4, 1ull << 63, 0, 0, 1, 0 },
	{ "CR4.OSFXSR is none of ours", MMU_CR4, 1ull << 9, 0, 0, 1, 1 },
	{ "CR4.PCIDE needs the feature", MMU_CR4, CR4_PCIDE, 0, 0, 0, 0 },
	{ "CR4.PCIDE may be set with PCID 0", MMU_CR4, CR4_PCIDE, 0, 0, 1, 1 },
	{ "CR4.PCIDE may not be set with CR3[11:0] in use",
	  MMU_CR4, CR4_PCIDE, 0, 1, 1, 0 },
	{ "CR3 has no bit above MAXPHYADDR",
	  MMU_CR3, 1ull << 46, 0, 0, 1, 0 },
	{ "CR3 has the bit below MAXPHYADDR",
	  MMU_CR3, 1ull << 45, 0, 0, 1, 1 },
	{ "CR3 has no bit 63 without PCIDE",
	  MMU_CR3, CR3_NOFLUSH, 0, 0, 1, 0 },
	{ "EFER.LME stays with paging on", MMU_EFER, 0, EFER_LME, 0, 1, 0 },
	{ "EFER.LMA follows from others", MMU_EFER, 0, EFER_LMA, 0, 1, 0 },
	{ "EFER.NXE may be cleared", MMU_EFER, 0, EFER_NXE, 0, 1, 1 },
	{ "EFER.SCE is none of ours", MMU_EFER, 1, 0, 0, 1, 1 },
	{ "EFER.SVME is not Intel's", MMU_EFER, 1 << 12, 0, 0, 1, 0 },
	{ "a reserved bit of EFER", MMU_EFER, 1 << 1, 0, 0, 1, 0 },
};
/* clang-format on */

START_TEST(register_takes_only_what_it_may)
{
	const struct gp_row *row = &gp_rows[_i];
	struct mmu_profile profile = profile_everything();
	struct mmu_registers before, after;
	struct machine m;

	profile.pcid = row->pcid;
	m = machine_make(profile, 1);
	if (row->cr3_has_pcid)
		ck_assert(machine_change(&m, MMU_CR3, 0x18, 0));
	machine_map(&m, VA, FRAME | KERNEL_RW);
	machine_read(&m, VA);
	before = mmu_registers(m.mmu, 0);
	ck_assert_msg(machine_change(&m, row->reg, row->set, row->clear) ==
			      row->allowed,
		      "%s", row->claim);
	after = mmu_registers(m.mmu, 0);
	if (!row->allowed) {
		ck_assert(before.cr0 == after.cr0 && before.cr3 == after.cr3 &&
			  before.cr4 == after.cr4 && before.efer == after.efer);
		ck_assert(machine_was_cached(&m, 0, VA));
	}
	machine_free(&m);
}
END_TEST

static const struct {
	bool smep, smap, pku;
	uint64_t refused;
} feature_rows[] = {
	{ false, true, true, CR4_SMEP },
	{ true, false, true, CR4_SMAP },
	{ true, true, false, CR4_PKE },
};

START_TEST(cr4_bit_needs_its_feature)
{
	struct mmu_profile profile = profile_everything();
	uint64_t all = CR4_SMEP | CR4_SMAP | CR4_PKE;
	struct machine m;

	profile.smep = feature_rows[_i].smep;
	profile.smap = feature_rows[_i].smap;
	profile.pku = feature_rows[_i].pku;
	m = machine_make(profile, 1);
	ck_assert(!machine_change(&m, MMU_CR4, feature_rows[_i].refused, 0));
	ck_assert(
		machine_change(&m, MMU_CR4, all ^ feature_rows[_i].refused, 0));
	machine_free(&m);
}
END_TEST

/* SDM vol. 2, "WRPKRU - Write Data to User Page Key Register". */
START_TEST(pkru_has_32_bits)
{
	struct machine m = machine_make(profile_everything(), 1);

	ck_assert(machine_change(&m, MMU_CR4, CR4_PKE, 0));
	ck_assert(!machine_change(&m, MMU_PKRU, 1ull << 32, 0));
	ck_assert(machine_change(&m, MMU_PKRU, 0xffffffff, 0));
	ck_assert_uint_eq(mmu_registers(m.mmu, 0).pkru, 0xffffffff);
	machine_free(&m);
}
END_TEST

START_TEST(pge_and_cr3_writes_cost_what_the_profile_says)
{
	struct machine m = machine_make(profile_everything(), 1);
	struct mmu_registers now = mmu_registers(m.mmu, 0);
	uint32_t cycles = 0;

	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR3, now.cr3, &cycles));
	ck_assert_uint_eq(cycles, decimal_costs.mov_cr3);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR4, now.cr4 ^ CR4_PGE,
				   &cycles));
	ck_assert_uint_eq(cycles, decimal_costs.flush_all);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR0, now.cr0, &cycles));
	ck_assert_uint_eq(cycles, 0);
	machine_free(&m);
}
END_TEST

/* APM vol. 2, "Extended Feature Enable Register (EFER)". */
START_TEST(efer_has_more_bits_on_amd)
{
	struct mmu_profile profile = profile_everything();
	struct machine m;

	profile.vendor = MMU_AMD;
	m = machine_make(profile, 1);
	ck_assert(machine_change(&m, MMU_EFER, 1 << 12 | 1 << 15, 0));
	ck_assert(!machine_change(&m, MMU_EFER, 1 << 16, 0));
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, rights_of_a_cached_page_follow_the_registers);
	tcase_add_test(tc, denied_access_walks_again_and_sees_the_upgrade);
	tcase_add_loop_test(tc, register_takes_only_what_it_may, 0,
			    ROWS(gp_rows));
	tcase_add_loop_test(tc, cr4_bit_needs_its_feature, 0,
			    ROWS(feature_rows));
	tcase_add_test(tc, pkru_has_32_bits);
	tcase_add_test(tc, efer_has_more_bits_on_amd);
	tcase_add_test(tc, pge_and_cr3_writes_cost_what_the_profile_says);
}

int main(void)
{
	return run_suite("mmu registers", add);
}

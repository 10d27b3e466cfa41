/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_vm_entry.c - what a VM entry takes, and a VM exit brings back. */
#include "config.h"

#include "tests/check_mmu_guests.h"

#define EPTP (0x200000ull | EPTP_4_LEVELS)

/* clang-format off */
/* SDM vol. 3C, "Checks on VMX Controls", "Checks on Guest Control Registers";
 * APM vol. 2, "Canonicalization and Consistency Checks". */
static const struct entry_row {
	const char *claim;
	bool ept, ept_ad, npt;
	enum mmu_nesting nesting;
	uint64_t pointer;
	uint64_t cr0, cr3, cr4, efer;	/* bits to turn in the guest's */
	bool allowed;
} entry_rows[] = {
	{ "EPT", 1, 0, 0, MMU_EPT, EPTP, 0, 0, 0, 0, true },
	{ "EPT with memory type 0", 1, 0, 0, MMU_EPT, EPTP & ~7ull,
	  0, 0, 0, 0, true },
	{ "EPT needs the feature", 0, 0, 1, MMU_EPT, EPTP, 0, 0, 0, 0, false },
	{ "EPT with A and D", 1, 1, 0, MMU_EPT, EPTP | EPTP_AD, 0, 0, 0, 0,
	  true },
	{ "EPT with A and D needs the feature", 1, 0, 0, MMU_EPT,
	  EPTP | EPTP_AD, 0, 0, 0, 0, false },
	{ "EPTP has four levels", 1, 0, 0, MMU_EPT, EPTP ^ 0x8, 0, 0, 0, 0,
	  false },
	{ "EPTP has memory type 0 or 6", 1, 0, 0, MMU_EPT, EPTP ^ 0x2,
	  0, 0, 0, 0, false },
	{ "EPTP has reserved bits", 1, 0, 0, MMU_EPT, EPTP | 0x800,
	  0, 0, 0, 0, false },
	{ "EPTP ends at MAXPHYADDR", 1, 0, 0, MMU_EPT, EPTP | 1ull << 46,
	  0, 0, 0, 0, false },
	{ "NPT", 0, 0, 1, MMU_NPT, 0x200000, 0, 0, 0, 0, true },
	{ "NPT needs the feature", 1, 1, 0, MMU_NPT, 0x200000, 0, 0, 0, 0,
	  false },
	{ "nCR3 ends at MAXPHYADDR", 0, 0, 1, MMU_NPT, 1ull << 46, 0, 0, 0, 0,
	  false },
	{ "neither", 1, 1, 1, (enum mmu_nesting)0, EPTP, 0, 0, 0, 0, false },
	{ "PG needs PE", 1, 0, 0, MMU_EPT, EPTP, CR0_PE, 0, 0, 0, false },
	{ "long mode needs PAE", 1, 0, 0, MMU_EPT, EPTP, 0, 0, CR4_PAE, 0,
	  false },
	{ "LMA is LME and PG", 1, 0, 0, MMU_EPT, EPTP, 0, 0, 0, EFER_LMA,
	  false },
	{ "PCIDE needs long mode", 1, 0, 0, MMU_EPT, EPTP, 0, 0, CR4_PCIDE,
	  EFER_LMA | EFER_LME, false },
	{ "CR3 ends at MAXPHYADDR", 1, 0, 0, MMU_EPT, EPTP, 0, 1ull << 46, 0,
	  0, false },
	{ "CR4 has reserved bits", 1, 0, 0, MMU_EPT, EPTP, 0, 0, 1ull << 63,
	  0, false },
	{ "EFER has reserved bits", 1, 0, 0, MMU_EPT, EPTP, 0, 0, 0, 2,
	  false },
	{ "PDPTEs of PAE must be reachable", 1, 0, 0, MMU_EPT, EPTP, 0, 0, 0,
	  EFER_LMA | EFER_LME, false },
};
/* clang-format on */

START_TEST(vm_entry_takes_only_what_it_may)
{
	const struct entry_row *row = &entry_rows[_i];
	struct mmu_profile profile = profile_everything();
	struct mmu_guest guest = { row->nesting, row->pointer, { 0 } };
	struct mmu_registers before;
	struct machine m;

	profile.ept = row->ept;
	profile.ept_ad = row->ept_ad;
	profile.npt = row->npt;
	m = machine_make(profile, 1);
	before = guest.regs = mmu_registers(m.mmu, 0);
	guest.regs.cr0 ^= row->cr0;
	guest.regs.cr3 ^= row->cr3;
	guest.regs.cr4 ^= row->cr4;
	guest.regs.efer ^= row->efer;
	ck_assert_msg(mmu_vm_entry(m.mmu, 0, &guest) == row->allowed, "%s",
		      row->claim);
	ck_assert_uint_eq(mmu_registers(m.mmu, 0).cr4,
			  row->allowed ? guest.regs.cr4 : before.cr4);
	machine_free(&m);
}
END_TEST

/* APM vol. 2, "Nested Paging": the host's paging must be on. */
START_TEST(npt_needs_paging_in_the_host)
{
	struct guest g = guest_with_page(GUEST_NPT, MMU_4K);
	struct mmu_registers regs = mmu_vm_exit(g.m.mmu, 0);

	ck_assert(machine_change(&g.m, MMU_CR0, 0, CR0_PG));
	ck_assert(!guest_enter(&g, &regs));
	ck_assert(machine_change(&g.m, MMU_CR0, CR0_PG, 0));
	ck_assert(guest_enter(&g, &regs));
	machine_free(&g.m);
}
END_TEST

START_TEST(vm_exit_brings_back_the_hosts_registers)
{
	struct guest g = guest_with_page((enum guest_kind)_i, MMU_4K);
	struct mmu_registers guest, host;

	ck_assert(machine_change(&g.m, MMU_CR4, CR4_SMEP, CR4_PGE));
	guest = mmu_vm_exit(g.m.mmu, 0);
	host = mmu_registers(g.m.mmu, 0);
	ck_assert(guest.cr4 & CR4_SMEP && !(guest.cr4 & CR4_PGE));
	ck_assert(!(host.cr4 & CR4_SMEP) && host.cr4 & CR4_PGE);
	ck_assert_uint_ne(guest.cr3, host.cr3);
	/* The guest's address is none of the host's. */
	ck_assert_int_eq((int)machine_read(&g.m, VA).end, MMU_PAGE_FAULT);
	ck_assert(guest_enter(&g, &guest));
	ck_assert_uint_eq(machine_read(&g.m, VA).paddr, GPA + GUEST_OFFSET);
	ck_assert_uint_eq(guest_registers(&g).cr4, guest.cr4);
	machine_free(&g.m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, vm_entry_takes_only_what_it_may, 0,
			    ROWS(entry_rows));
	tcase_add_test(tc, npt_needs_paging_in_the_host);
	tcase_add_loop_test(tc, vm_exit_brings_back_the_hosts_registers, 0,
			    GUEST_KINDS);
}

int main(void)
{
	return run_suite("mmu vm entry", add);
}

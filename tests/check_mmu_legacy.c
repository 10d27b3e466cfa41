/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_legacy.c - 32-bit paging and PAE paging. */
#include "config.h"

#include "tests/check_mmu_legacy.h"

#define FRAME 0x2345000ull

static struct mmu_result access_as(struct legacy *l, enum mmu_access access,
				   enum mmu_privilege privilege)
{
	return mmu_access(l->m.mmu, 0, VA + 0x123, access, privilege);
}

/* ---- one leaf, one access ------------------------------------------------ */

#define BIT(n) (1ull << (n))

/* clang-format off */
/* SDM vol. 3A, "32-Bit Paging", "PAE Paging", "Determination of Access
 * Rights", "Page-Fault Exceptions". */
static const struct leaf_row {
	const char *claim;
	bool pae;
	uint64_t leaf;
	uint64_t set_cr4, clear_efer;
	enum mmu_access access;
	bool user;
	enum mmu_end end;
	uint32_t code;
} leaf_rows[] = {
	{ "user read of a 32-bit page succeeds",
	  0, USER_RW, 0, 0, MMU_READ, 1, MMU_OK, 0 },
	{ "user read of a PAE page succeeds, whatever the PDPTE has not",
	  1, USER_RW, 0, 0, MMU_READ, 1, MMU_OK, 0 },
	{ "a 32-bit page can be user code",
	  0, USER_RW, 0, 0, MMU_FETCH, 1, MMU_OK, 0 },
	{ "a 32-bit fetch fault has no I/D with NXE",
	  0, KERNEL_RW, 0, 0, MMU_FETCH, 1, MMU_PAGE_FAULT, PF_P | PF_U },
	{ "a 32-bit fetch fault has I/D with SMEP",
	  0, USER_RW, CR4_SMEP, 0, MMU_FETCH, 0, MMU_PAGE_FAULT,
	  PF_P | PF_ID },
	{ "a PAE fetch fault has I/D with NXE",
	  1, KERNEL_RW, 0, 0, MMU_FETCH, 1, MMU_PAGE_FAULT,
	  PF_P | PF_U | PF_ID },
	{ "a PAE fetch fault has no I/D without NXE and SMEP",
	  1, KERNEL_RW, 0, EFER_NXE, MMU_FETCH, 1, MMU_PAGE_FAULT,
	  PF_P | PF_U },
	{ "XD of a PAE page forbids fetches",
	  1, USER_RW | PTE_XD, 0, 0, MMU_FETCH, 1, MMU_PAGE_FAULT,
	  PF_P | PF_U | PF_ID },
	{ "XD of a PAE page permits reads",
	  1, USER_RW | PTE_XD, 0, 0, MMU_READ, 1, MMU_OK, 0 },
	{ "XD of a PAE page is reserved without NXE",
	  1, USER_RW | PTE_XD, 0, EFER_NXE, MMU_READ, 1, MMU_PAGE_FAULT,
	  PF_P | PF_U | PF_RSVD },
	{ "a PAE page has no protection key: bit 59 is reserved",
	  1, USER_RW | BIT(59), CR4_PKE, 0, MMU_READ, 1, MMU_PAGE_FAULT,
	  PF_P | PF_U | PF_RSVD },
	{ "keys do not apply outside of long mode",
	  1, USER_RW, CR4_PKE, 0, MMU_READ, 1, MMU_OK, 0 },
	{ "SMAP applies to 32-bit paging",
	  0, USER_RW, CR4_SMAP, 0, MMU_WRITE, 0, MMU_PAGE_FAULT,
	  PF_P | PF_W },
	{ "R/W applies to 32-bit paging",
	  0, PTE_P | PTE_US, 0, 0, MMU_WRITE, 1, MMU_PAGE_FAULT,
	  PF_P | PF_W | PF_U },
	{ "U/S applies to PAE paging",
	  1, KERNEL_RW, 0, 0, MMU_READ, 1, MMU_PAGE_FAULT, PF_P | PF_U },
	{ "a 32-bit PTE has no reserved bit: bits 11..8 are software's",
	  0, USER_RW | 0xf80, 0, 0, MMU_READ, 1, MMU_OK, 0 },
};
/* clang-format on */

START_TEST(legacy_leaf)
{
	const struct leaf_row *row = &leaf_rows[_i];
	struct legacy l = legacy_make(profile_of_vendor(MMU_INTEL), row->pae);
	struct mmu_result result;

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | row->leaf);
	ck_assert(machine_change(&l.m, MMU_EFER, 0, row->clear_efer));
	ck_assert(machine_change(&l.m, MMU_CR4, row->set_cr4, 0));
	if (row->set_cr4 & CR4_PKE)
		ck_assert(machine_change(&l.m, MMU_PKRU, ~0u, 0));
	result = access_as(&l, row->access,
			   row->user ? MMU_USER : MMU_SUPERVISOR);
	ck_assert_msg(result.end == row->end && result.error_code == row->code,
		      "%s: got end %d, code %#x, want %d, %#x", row->claim,
		      (int)result.end, result.error_code, (int)row->end,
		      row->code);
	if (row->end == MMU_OK)
		ck_assert_uint_eq(result.paddr, FRAME + 0x123);
	machine_free(&l.m);
}
END_TEST

/* ---- A and D ------------------------------------------------------------- */

/* SDM vol. 3A, "Accessed and Dirty Flags": of the entries that are used. */
START_TEST(entries_of_4_bytes_are_set_and_their_neighbours_left)
{
	struct legacy l = legacy_make(profile_everything(), false);
	vaddr_t va = VA + (_i ? PAGE : 0); /* even, odd */
	paddr_t pte = legacy_entry(&l, va, 1);
	paddr_t pde = legacy_entry(&l, va, 2);

	legacy_set(&l, pte, FRAME | KERNEL_RW);
	for (int side = -4; side <= 4; side += 8) {
		legacy_set(&l, pte + (paddr_t)side, 0x5a5a5a5a);
		legacy_set(&l, pde + (paddr_t)side, 0xa5a5a5a5);
	}
	ck_assert(machine_write(&l.m, va).end == MMU_OK);
	ck_assert_uint_eq(legacy_load(&l, pte),
			  FRAME | KERNEL_RW | PTE_A | PTE_D);
	ck_assert_uint_eq(legacy_load(&l, pde), l.pt | USER_RW | PTE_A);
	for (int side = -4; side <= 4; side += 8) {
		ck_assert_uint_eq(legacy_load(&l, pte + (paddr_t)side),
				  0x5a5a5a5a);
		ck_assert_uint_eq(legacy_load(&l, pde + (paddr_t)side),
				  0xa5a5a5a5);
	}
	machine_free(&l.m);
}
END_TEST

/* The PDPTEs have neither; bit 5 is reserved there. */
START_TEST(pdptes_of_pae_get_no_a)
{
	struct legacy l = legacy_make(
		profile_of_vendor(_i ? MMU_AMD : MMU_INTEL), true);

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	machine_write(&l.m, VA);
	ck_assert_uint_eq(legacy_load(&l, legacy_entry(&l, VA, 3)),
			  l.pd | PTE_P);
	ck_assert_uint_eq(legacy_load(&l, legacy_entry(&l, VA, 2)),
			  l.pt | USER_RW | PTE_A);
	ck_assert_uint_eq(mmu_counters(l.m.mmu).a_set, 2);
	/* APM vol. 2, "PAE Paging Legacy-Mode"; SDM, "PDPTE Registers". */
	ck_assert_uint_eq(mmu_counters(l.m.mmu).walk_loads, _i ? 3 : 2);
	machine_free(&l.m);
}
END_TEST

/* ---- reserved bits ------------------------------------------------------- */

#define RANGE(last, first) ((~0ull >> (63 - (last))) & (~0ull << (first)))

/* clang-format off */
/* SDM vol. 3A, "PAE Paging", "32-Bit Paging": formats of the entries. */
static const struct reserved_row {
	const char *what;
	bool pae;
	unsigned maxphyaddr;
	unsigned level;
	uint64_t entry;
	uint64_t reserved;
	unsigned bits;
} reserved_rows[] = {
	{ "PTE of PAE", true, 46, 1, FRAME | KERNEL_RW, RANGE(62, 46), 64 },
	{ "PTE of PAE, 52 bits", true, 52, 1, FRAME | KERNEL_RW,
	  RANGE(62, 52), 64 },
	{ "PDE of PAE", true, 46, 2, KERNEL_RW, RANGE(62, 46), 64 },
	{ "PDE of PAE, large", true, 46, 2, 0x2a00000 | KERNEL_RW | PTE_PS,
	  RANGE(62, 46) | RANGE(20, 13), 64 },
	{ "PTE of 4 bytes", false, 46, 1, FRAME | KERNEL_RW, 0, 32 },
	{ "PDE of 4 bytes", false, 46, 2, KERNEL_RW, 0, 32 },
	{ "PDE of 4 bytes, large", false, 46, 2, KERNEL_RW | PTE_PS,
	  RANGE(21, 21), 32 },
	{ "PDE of 4 bytes, large, 36 bits", false, 36, 2, KERNEL_RW | PTE_PS,
	  RANGE(21, 17), 32 },
};
/* clang-format on */

START_TEST(each_reserved_bit_of_a_legacy_entry_faults_and_no_other)
{
	const struct reserved_row *row = &reserved_rows[_i];
	struct mmu_profile profile = profile_nothing();
	struct legacy l;
	paddr_t at;

	profile.maxphyaddr = row->maxphyaddr;
	l = legacy_make(profile, row->pae);
	at = legacy_entry(&l, VA, row->level);
	for (unsigned bit = 8; bit < row->bits; bit++) {
		uint64_t entry = row->entry | 1ull << bit;
		bool reserved = row->reserved >> bit & 1, faulted;
		struct mmu_result result;

		if (row->level == 2 && !(row->entry & PTE_PS))
			entry |= l.pt;
		legacy_set(&l, at, entry);
		result = machine_read(&l.m, VA);
		/* A table outside of memory has reserved bits, too. */
		faulted = result.error_code == (PF_P | PF_RSVD) &&
			  result.entry == at;
		ck_assert_msg(faulted == reserved, "%s: bit %u: code %#x",
			      row->what, bit, result.error_code);
	}
	machine_free(&l.m);
}
END_TEST

/* ---- addresses ----------------------------------------------------------- */

/* SDM vol. 3A, "Hierarchical Paging Structures": a linear address has 32 bits.
 * What is above them cannot be asked for. */
START_TEST(legacy_address_has_32_bits)
{
	struct legacy l = legacy_make(profile_everything(), _i);

	legacy_set(&l, legacy_entry(&l, VA, 1), FRAME | KERNEL_RW);
	ck_assert(machine_read(&l.m, VA).end == MMU_OK);
	ck_assert(machine_read(&l.m, 0xffffffff).end == MMU_PAGE_FAULT);
	ck_assert(machine_read(&l.m, 0x100000000 | VA).end ==
		  MMU_GENERAL_PROTECTION);
	ck_assert(machine_read(&l.m, 0xffffffff00000000 | VA).end ==
		  MMU_GENERAL_PROTECTION);
	machine_free(&l.m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, legacy_leaf, 0, ROWS(leaf_rows));
	tcase_add_loop_test(
		tc, entries_of_4_bytes_are_set_and_their_neighbours_left, 0, 2);
	tcase_add_loop_test(tc, pdptes_of_pae_get_no_a, 0, 2);
	tcase_add_loop_test(
		tc, each_reserved_bit_of_a_legacy_entry_faults_and_no_other, 0,
		ROWS(reserved_rows));
	tcase_add_loop_test(tc, legacy_address_has_32_bits, 0, 2);
}

int main(void)
{
	return run_suite("mmu legacy", add);
}

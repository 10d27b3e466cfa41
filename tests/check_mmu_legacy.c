/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_legacy.c - 32-bit paging and PAE paging. */
#include "config.h"

#include "tests/check_mmu_legacy.h"

#define FRAME 0x2345000ull

static struct mmu_profile profile_of(enum mmu_vendor vendor)
{
	struct mmu_profile profile = profile_everything();

	profile.vendor = vendor;
	return profile;
}

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
	struct legacy l = legacy_make(profile_of(MMU_INTEL), row->pae);
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
	struct legacy l = legacy_make(profile_of(vendor), false);
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
	struct legacy l = legacy_make(profile_of(_i ? MMU_AMD : MMU_INTEL),
				      true);

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

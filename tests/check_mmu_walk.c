/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_walk.c - the page walk: faults, error codes, A and D. */
#include "config.h"

#include "tests/check_mmu.h"

#define VA 0x123456789000ull
#define FRAME 0x2000000ull /* aligned to 2 MiB, not to 1 GiB */

/* ---- rights: one leaf, one access ---------------------------------------- */

#define NOTHING 0ull

/* clang-format off */
/* SDM vol. 3A, "Determination of Access Rights" and "Page-Fault Exceptions";
 * APM vol. 2, "Page-Protection Checks". */
static const struct rights_row {
	const char *claim;
	uint64_t leaf;
	uint64_t clear_cr0, clear_efer, set_cr4;
	enum mmu_access access;
	bool user;
	enum mmu_end end;
	uint32_t code;
} rights_rows[] = {
	{ "read of a present page succeeds",
	  USER_RW, 0, 0, 0, MMU_READ, true, MMU_OK, 0 },
	{ "read of a page that is not present faults with P=0",
	  NOTHING, 0, 0, 0, MMU_READ, false, MMU_PAGE_FAULT, 0 },
	{ "user write of a page that is not present says W and U",
	  NOTHING, 0, 0, 0, MMU_WRITE, true, MMU_PAGE_FAULT, PF_W | PF_U },
	{ "other bits of an entry with P=0 are not looked at",
	  ~PTE_P, 0, 0, 0, MMU_READ, false, MMU_PAGE_FAULT, 0 },
	{ "user read of a supervisor page faults",
	  KERNEL_RW, 0, 0, 0, MMU_READ, true, MMU_PAGE_FAULT, PF_P | PF_U },
	{ "user write of a read-only page faults",
	  PTE_P | PTE_US, 0, 0, 0, MMU_WRITE, true, MMU_PAGE_FAULT,
	  PF_P | PF_W | PF_U },
	{ "user write of a read-only page faults with WP clear too",
	  PTE_P | PTE_US, CR0_WP, 0, 0, MMU_WRITE, true, MMU_PAGE_FAULT,
	  PF_P | PF_W | PF_U },
	{ "supervisor write of a read-only page with WP set faults",
	  PTE_P, 0, 0, 0, MMU_WRITE, false, MMU_PAGE_FAULT, PF_P | PF_W },
	{ "supervisor write of a read-only page with WP clear succeeds",
	  PTE_P, CR0_WP, 0, 0, MMU_WRITE, false, MMU_OK, 0 },
	{ "fetch of a page with XD faults with I/D",
	  KERNEL_RW | PTE_XD, 0, 0, 0, MMU_FETCH, false, MMU_PAGE_FAULT,
	  PF_P | PF_ID },
	{ "read of a page with XD succeeds",
	  KERNEL_RW | PTE_XD, 0, 0, 0, MMU_READ, false, MMU_OK, 0 },
	{ "XD is a reserved bit without NXE",
	  KERNEL_RW | PTE_XD, 0, EFER_NXE, 0, MMU_READ, false, MMU_PAGE_FAULT,
	  PF_P | PF_RSVD },
	{ "a fetch has no I/D in its code without NXE and SMEP",
	  NOTHING, 0, EFER_NXE, 0, MMU_FETCH, false, MMU_PAGE_FAULT, 0 },
	{ "a fetch has I/D in its code with SMEP alone",
	  NOTHING, 0, EFER_NXE, CR4_SMEP, MMU_FETCH, false, MMU_PAGE_FAULT,
	  PF_ID },
	{ "supervisor fetch of a user page succeeds without SMEP",
	  USER_RW, 0, 0, 0, MMU_FETCH, false, MMU_OK, 0 },
	{ "supervisor fetch of a user page faults with SMEP",
	  USER_RW, 0, 0, CR4_SMEP, MMU_FETCH, false, MMU_PAGE_FAULT,
	  PF_P | PF_ID },
	{ "user fetch of a user page succeeds with SMEP",
	  USER_RW, 0, 0, CR4_SMEP, MMU_FETCH, true, MMU_OK, 0 },
	{ "supervisor read of a user page faults with SMAP",
	  USER_RW, 0, 0, CR4_SMAP, MMU_READ, false, MMU_PAGE_FAULT, PF_P },
	{ "supervisor write of a user page faults with SMAP",
	  USER_RW, 0, 0, CR4_SMAP, MMU_WRITE, false, MMU_PAGE_FAULT,
	  PF_P | PF_W },
	{ "supervisor fetch of a user page is none of SMAP's",
	  USER_RW, 0, 0, CR4_SMAP, MMU_FETCH, false, MMU_OK, 0 },
	{ "supervisor read of a supervisor page succeeds with SMAP",
	  KERNEL_RW, 0, 0, CR4_SMAP, MMU_READ, false, MMU_OK, 0 },
	{ "an address bit above MAXPHYADDR is reserved",
	  KERNEL_RW | 1ull << 46, 0, 0, 0, MMU_READ, false, MMU_PAGE_FAULT,
	  PF_P | PF_RSVD },
	{ "the last address bit below MAXPHYADDR is not reserved",
	  KERNEL_RW | 1ull << 45, 0, 0, 0, MMU_READ, false, MMU_OK, 0 },
	{ "bit 7 of a PTE is PAT and not reserved",
	  KERNEL_RW | PTE_PAT, 0, 0, 0, MMU_READ, false, MMU_OK, 0 },
	{ "a reserved bit is reported, not the write that R/W denies",
	  PTE_P | 1ull << 46, 0, 0, 0, MMU_WRITE, false, MMU_PAGE_FAULT,
	  PF_P | PF_W | PF_RSVD },
	{ "ignored bits 62..52 and 11..9 are ignored",
	  KERNEL_RW | 0x7ff0000000000e00ull, 0, 0, 0, MMU_READ, false,
	  MMU_OK, 0 },
};
/* clang-format on */

START_TEST(access_right)
{
	const struct rights_row *row = &rights_rows[_i];
	struct machine m = machine_make(profile_everything(), 1);
	struct mmu_result result;

	machine_map(&m, VA, row->leaf);
	ck_assert(machine_change(&m, MMU_CR0, 0, row->clear_cr0));
	ck_assert(machine_change(&m, MMU_EFER, 0, row->clear_efer));
	ck_assert(machine_change(&m, MMU_CR4, row->set_cr4, 0));
	result = mmu_access(m.mmu, 0, VA + 0x123, row->access,
			    row->user ? MMU_USER : MMU_SUPERVISOR);
	ck_assert_msg(result.end == row->end && result.error_code == row->code,
		      "%s: got end %d, code %#x, want %d, %#x", row->claim,
		      (int)result.end, result.error_code, (int)row->end,
		      row->code);
	if (row->end == MMU_OK)
		ck_assert_uint_eq(result.paddr,
				  (row->leaf & 0x3ffffffff000) + 0x123);
	machine_free(&m);
}
END_TEST

/* ---- addresses ----------------------------------------------------------- */

static const struct address_row {
	const char *claim;
	vaddr_t va;
	enum mmu_end end;
} address_rows[] = {
	{ "0 is canonical", 0, MMU_PAGE_FAULT },
	{ "the top of the lower half is canonical", 0x7fffffffffff,
	  MMU_PAGE_FAULT },
	{ "one above is not", 0x800000000000, MMU_GENERAL_PROTECTION },
	{ "the bottom of the upper half is canonical", 0xffff800000000000,
	  MMU_PAGE_FAULT },
	{ "one below is not", 0xffff7fffffffffff, MMU_GENERAL_PROTECTION },
	{ "bit 63 alone makes it wrong", 1ull << 63, MMU_GENERAL_PROTECTION },
	{ "the last byte is canonical", ~0ull, MMU_PAGE_FAULT },
};

/* SDM vol. 1, "Canonical Addressing"; APM vol. 2, "Canonical Address Form". */
START_TEST(address_that_is_not_canonical_raises_gp)
{
	const struct address_row *row = &address_rows[_i];
	struct machine m = machine_make(profile_everything(), 1);
	struct mmu_result result = machine_read(&m, row->va);
	struct mmu_probe probe = mmu_probe(m.mmu, 0, row->va);

	ck_assert_msg(result.end == row->end, "%s: got end %d", row->claim,
		      (int)result.end);
	ck_assert(!probe.present);
	ck_assert_uint_eq(probe.level, row->end == MMU_PAGE_FAULT ? 4 : 0);
	ck_assert_uint_eq(mmu_counters(m.mmu).faults,
			  row->end == MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

static const struct {
	enum mmu_page_size size;
	uint64_t leaf;
	uint64_t offset;
	paddr_t paddr;
} size_rows[] = {
	{ MMU_4K, 0x2345000 | KERNEL_RW, 0xfff, 0x2345fff },
	{ MMU_2M, 0x2200000 | KERNEL_RW | PTE_PS, 0x1fffff, 0x23fffff },
	/* Bit 12 is PAT there, no address bit. */
	{ MMU_2M, 0x2201000 | KERNEL_RW | PTE_PS, 0x12345, 0x2212345 },
	{ MMU_1G, 0xc0000000 | KERNEL_RW | PTE_PS, 0x3fffffff, 0xffffffff },
	{ MMU_1G, 0xc0001000 | KERNEL_RW | PTE_PS, 0x12345678, 0xd2345678 },
};

/* SDM vol. 3A, "4-Level Paging and 5-Level Paging". */
START_TEST(page_of_each_size_adds_its_offset)
{
	vaddr_t va = 0xffffc00000000000ull + size_rows[_i].offset;
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map_at(&m, m.root, va, size_rows[_i].size,
				       size_rows[_i].leaf);
	struct mmu_result walked = machine_write(&m, va);
	struct mmu_result cached = machine_read(&m, va);
	struct mmu_probe probe = mmu_probe(m.mmu, 0, va);

	ck_assert_uint_eq(walked.paddr, size_rows[_i].paddr);
	ck_assert_uint_eq(cached.paddr, size_rows[_i].paddr);
	ck_assert(walked.served == MMU_BY_WALK && cached.served == MMU_BY_L1);
	ck_assert_uint_eq(walked.entry, entry);
	ck_assert_uint_eq(cached.entry, entry);
	ck_assert(probe.present && probe.size == size_rows[_i].size);
	ck_assert_uint_eq(probe.paddr, size_rows[_i].paddr);
	ck_assert_uint_eq(probe.entry, entry);
	ck_assert_uint_eq(probe.value, size_rows[_i].leaf | PTE_A | PTE_D);
	ck_assert_uint_eq(probe.level, (unsigned)size_rows[_i].size + 1);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Reserved Bits" of each entry's format. */
static const struct {
	enum mmu_page_size size;
	unsigned first, last; /* that are reserved, but for those
				 from MAXPHYADDR on */
} reserved_rows[] = {
	{ MMU_4K, 1, 0 },
	{ MMU_2M, 13, 20 },
	{ MMU_1G, 13, 29 },
};

START_TEST(each_reserved_bit_of_a_leaf_faults_and_no_other)
{
	enum mmu_page_size size = reserved_rows[_i].size;
	uint64_t leaf = USER_RW | (size == MMU_4K ? 0 : PTE_PS);
	struct machine m = machine_make(profile_nothing(), 1);

	for (unsigned bit = 8; bit < 64; bit++) {
		bool reserved = (bit >= reserved_rows[_i].first &&
				 bit <= reserved_rows[_i].last) ||
				(bit >= 46 && bit <= 51);
		struct mmu_result result;

		machine_map_at(&m, m.root, VA, size, leaf | 1ull << bit);
		result = machine_read(&m, VA);
		ck_assert_msg(result.error_code ==
				      (reserved ? PF_P | PF_RSVD : 0),
			      "bit %u: code %#x", bit, result.error_code);
	}
	machine_free(&m);
}
END_TEST

/* ---- A and D ------------------------------------------------------------- */

/* SDM vol. 3A, "Accessed and Dirty Flags". */
START_TEST(read_sets_a_at_every_level_and_d_nowhere)
{
	struct machine m = machine_make(profile_small(), 1);

	machine_map(&m, VA, FRAME | USER_RW);
	machine_read(&m, VA);
	for (unsigned level = 1; level <= 4; level++) {
		uint64_t value = physmem_read(m.mem,
					      machine_entry(&m, VA, level));

		ck_assert(value & PTE_A);
		ck_assert(!(value & PTE_D));
	}
	ck_assert_uint_eq(mmu_counters(m.mmu).a_set, 4);
	machine_free(&m);
}
END_TEST

START_TEST(write_sets_d_in_the_leaf_only)
{
	struct machine m = machine_make(profile_small(), 1);

	machine_map(&m, VA, FRAME | USER_RW);
	machine_write(&m, VA);
	for (unsigned level = 1; level <= 4; level++)
		ck_assert(!(physmem_read(m.mem, machine_entry(&m, VA, level)) &
			    PTE_D) == (level > 1));
	ck_assert_uint_eq(mmu_counters(m.mmu).d_set, 1);
	machine_free(&m);
}
END_TEST

START_TEST(write_through_a_clean_entry_sets_d_first)
{
	struct machine m = machine_make(profile_small(), 1);
	paddr_t entry = machine_map(&m, VA, FRAME | USER_RW);

	machine_read(&m, VA);
	ck_assert(!(physmem_read(m.mem, entry) & PTE_D));
	ck_assert(machine_write(&m, VA).served == MMU_BY_WALK);
	ck_assert(physmem_read(m.mem, entry) & PTE_D);
	ck_assert(machine_write(&m, VA).served == MMU_BY_L1);
	ck_assert_uint_eq(mmu_counters(m.mmu).d_set, 1);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Optional Invalidation": once A is cached as set, the
 * processor may not set it again in memory. */
START_TEST(a_cleared_without_invalidation_stays_clear)
{
	struct machine m = machine_make(profile_small(), 1);
	paddr_t entry = machine_map(&m, VA, FRAME | USER_RW);

	machine_read(&m, VA);
	machine_set(&m, entry, FRAME | USER_RW);
	ck_assert(machine_read(&m, VA).served == MMU_BY_L1);
	ck_assert(!(physmem_read(m.mem, entry) & PTE_A));
	mmu_invlpg(m.mmu, 0, VA);
	machine_read(&m, VA);
	ck_assert(physmem_read(m.mem, entry) & PTE_A);
	machine_free(&m);
}
END_TEST

START_TEST(fault_at_the_leaf_sets_a_above_and_nothing_in_it)
{
	struct machine m = machine_make(profile_small(), 1);
	paddr_t entry = machine_map(&m, VA, FRAME | PTE_P);

	ck_assert(machine_write(&m, VA).end == MMU_PAGE_FAULT);
	ck_assert_uint_eq(physmem_read(m.mem, entry), FRAME | PTE_P);
	for (unsigned level = 2; level <= 4; level++)
		ck_assert(physmem_read(m.mem, machine_entry(&m, VA, level)) &
			  PTE_A);
	machine_free(&m);
}
END_TEST

START_TEST(table_outside_memory_reads_as_ones)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry;

	machine_map(&m, VA, FRAME | USER_RW);
	entry = machine_entry(&m, VA, 3);
	machine_set(&m, entry, 1ull << 40 | USER_RW);
	ck_assert_uint_eq(machine_read(&m, VA).error_code, PF_P | PF_RSVD);
	machine_free(&m);
}
END_TEST

/* An entry of the table that maps itself is entry of all four levels. */
START_TEST(self_map_is_walked_like_any_other)
{
	vaddr_t va = 0xffff000000000000ull | 510ull << 39 | 510ull << 30 |
		     510ull << 21 | 510ull << 12;
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = m.root + 8 * 510;

	machine_set(&m, entry, m.root | KERNEL_RW);
	ck_assert_uint_eq(machine_read(&m, va + 8).paddr, m.root + 8);
	ck_assert_uint_eq(machine_read(&m, va).entry, entry);
	ck_assert_uint_eq(mmu_counters(m.mmu).a_set, 1);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, access_right, 0, ROWS(rights_rows));
	tcase_add_loop_test(tc, address_that_is_not_canonical_raises_gp, 0,
			    ROWS(address_rows));
	tcase_add_loop_test(tc, page_of_each_size_adds_its_offset, 0,
			    ROWS(size_rows));
	tcase_add_loop_test(tc, each_reserved_bit_of_a_leaf_faults_and_no_other,
			    0, ROWS(reserved_rows));
	tcase_add_test(tc, read_sets_a_at_every_level_and_d_nowhere);
	tcase_add_test(tc, write_sets_d_in_the_leaf_only);
	tcase_add_test(tc, write_through_a_clean_entry_sets_d_first);
	tcase_add_test(tc, a_cleared_without_invalidation_stays_clear);
	tcase_add_test(tc, fault_at_the_leaf_sets_a_above_and_nothing_in_it);
	tcase_add_test(tc, table_outside_memory_reads_as_ones);
	tcase_add_test(tc, self_map_is_walked_like_any_other);
}

int main(void)
{
	return run_suite("mmu walk", add);
}

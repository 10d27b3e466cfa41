/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_race.c - a walk while another CPU changes the entry.
 *
 * The walk is compiled with a memory of one table (tests/race/mmu/physmem.h)
 * that changes an entry between the walk's reading it and its setting a bit
 * there, once.
 *
 * Source: SDM vol. 3A, "Accessed and Dirty Flags": they are set by atomic
 * updates.
 */
#include "config.h"

#include "mmu/physmem.h"
#include "mmu/rights.h"
#include "mmu/walk.h"
#include "tests/check_mmu.h"

uint64_t physmem_size(const struct physmem *mem)
{
	return sizeof(mem->entry);
}

uint64_t physmem_read(const struct physmem *mem, paddr_t at)
{
	return mem->entry[at / 8];
}

bool physmem_cmpxchg(struct physmem *mem, paddr_t at, uint64_t *old,
		     uint64_t value)
{
	if (at == mem->change_at && !mem->changed) {
		mem->entry[at / 8] = mem->change_to;
		mem->changed = true;
	}
	if (mem->entry[at / 8] != *old) {
		*old = mem->entry[at / 8];
		return false;
	}
	mem->entry[at / 8] = value;
	return true;
}

/* Not asked: no mode here has entries of 4 bytes. */
uint32_t physmem_read32(const struct physmem *mem, paddr_t at)
{
	(void)mem;
	(void)at;
	ck_abort();
}

bool physmem_cmpxchg32(struct physmem *mem, paddr_t at, uint64_t *old,
		       uint64_t value)
{
	(void)mem;
	(void)at;
	(void)old;
	(void)value;
	ck_abort();
}

static const struct mmu_registers long_mode = {
	.cr0 = CR0_PE | CR0_PG,
	.cr4 = CR4_PAE,
	.efer = EFER_LME | EFER_LMA | EFER_NXE,
};

#define FRAME 0x5000ull
#define VA (4ull << 39 | 3ull << 30 | 2ull << 21 | 1ull << 12)

/* clang-format off */
static const struct race_row {
	const char *claim;
	unsigned level;
	uint64_t to;
	enum walk_end end;
	uint64_t left;			/* in the entry */
	unsigned a_set, d_set;
} race_rows[] = {
	{ "leaf that is zapped gets no bit", 1, 0, WALK_NOT_PRESENT, 0, 3, 0 },
	{ "leaf that turns read-only gets no bit", 1, FRAME | PTE_P,
	  WALK_DENIED, FRAME | PTE_P, 3, 0 },
	{ "leaf that gets a reserved bit gets no other", 1,
	  FRAME | PTE_P | PTE_RW | 1ull << 51, WALK_RESERVED,
	  FRAME | PTE_P | PTE_RW | 1ull << 51, 3, 0 },
	{ "leaf that moves is taken where it is", 1, 0x7000 | KERNEL_RW,
	  WALK_FOUND, 0x7000 | KERNEL_RW | PTE_A | PTE_D, 4, 1 },
	{ "leaf that gets A meanwhile gets D", 1, FRAME | KERNEL_RW | PTE_A,
	  WALK_FOUND, FRAME | KERNEL_RW | PTE_A | PTE_D, 3, 1 },
	{ "leaf that gets both meanwhile is left", 1,
	  FRAME | KERNEL_RW | PTE_A | PTE_D, WALK_FOUND,
	  FRAME | KERNEL_RW | PTE_A | PTE_D, 3, 0 },
	{ "table that is zapped gets no bit", 3, 0, WALK_NOT_PRESENT, 0, 1,
	  0 },
	{ "table that turns into a page is one", 2,
	  0x40000000 | KERNEL_RW | PTE_PS, WALK_FOUND,
	  0x40000000 | KERNEL_RW | PTE_PS | PTE_A | PTE_D, 3, 1 },
};
/* clang-format on */

START_TEST(entry_that_changes_under_the_walk_is_examined_again)
{
	const struct race_row *row = &race_rows[_i];
	struct mmu_profile profile = { .maxphyaddr = 46, .page_1g = true };
	struct physmem mem = {
		.entry = { [1] = FRAME | KERNEL_RW,
			   [2] = KERNEL_RW,
			   [3] = KERNEL_RW,
			   [4] = KERNEL_RW },
		.change_at = 8ull * row->level,
		.change_to = row->to,
	};
	struct paging paging = { .mem = &mem };
	struct walk_request request = { .va = VA,
					.denied_by = TARGET_READONLY,
					.set_upper = PTE_A,
					.set_leaf = PTE_A | PTE_D };
	struct walk walk;

	paging_init(&paging, &profile, &long_mode);
	walk_tables(&paging, &request, &walk);
	ck_assert(mem.changed);
	ck_assert_msg(walk.end == row->end, "%s: end %d", row->claim,
		      (int)walk.end);
	ck_assert_uint_eq(mem.entry[row->level], row->left);
	ck_assert_uint_eq(walk.a_set, row->a_set);
	ck_assert_uint_eq(walk.d_set, row->d_set);
	if (row->end == WALK_FOUND) {
		ck_assert_uint_eq(walk.target & TARGET_PAGE,
				  row->left & PTE_FRAME);
		ck_assert(!(walk.target & (TARGET_CLEAN | TARGET_READONLY)));
	}
}
END_TEST

/* Two CPUs' rights are not added up: what the entry had before counts no
 * more. */
START_TEST(rights_are_those_of_the_value_that_got_the_bit)
{
	struct mmu_profile profile = { .maxphyaddr = 46, .page_1g = true };
	struct physmem mem = {
		.entry = { [1] = FRAME | PTE_P | PTE_XD,
			   [2] = USER_RW,
			   [3] = USER_RW,
			   [4] = USER_RW },
		.change_at = 8,
		.change_to = FRAME | USER_RW,
	};
	struct paging paging = { .mem = &mem };
	struct walk_request request = { .va = VA,
					.set_upper = PTE_A,
					.set_leaf = PTE_A };
	struct walk walk;

	paging_init(&paging, &profile, &long_mode);
	walk_tables(&paging, &request, &walk);
	ck_assert(walk.end == WALK_FOUND);
	ck_assert_uint_eq(walk.target & TARGET_PAGE, FRAME);
	ck_assert(walk.target & TARGET_USER);
	ck_assert(!(walk.target &
		    (TARGET_READONLY | TARGET_SUPERVISOR | TARGET_XD)));
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc,
			    entry_that_changes_under_the_walk_is_examined_again,
			    0, ROWS(race_rows));
	tcase_add_test(tc, rights_are_those_of_the_value_that_got_the_bit);
}

int main(void)
{
	return run_suite("mmu race", add);
}

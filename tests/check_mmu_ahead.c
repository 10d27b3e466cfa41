/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_ahead.c - a walk that no instruction asked for.
 *
 * Sources: SDM vol. 3A, "Details of TLB Use", "Accessed and Dirty Flags"; APM
 * vol. 2, "TLB Management", "Accessed (A) Bit".
 */
#include "config.h"

#include "tests/check_mmu.h"

#define VA 0x10000ull
#define FRAME 0x1000000ull

static bool ahead(struct machine *m, vaddr_t va)
{
	return mmu_speculate(m->mmu, 0, va, MMU_USER);
}

static uint64_t value_at(const struct machine *m, unsigned level)
{
	return physmem_read(m->mem, machine_entry(m, VA, level));
}

static bool holds(const struct machine *m)
{
	return mmu_holders_of_entry(m->mmu, machine_entry(m, VA, 1)).any;
}

static struct machine machine_like(enum mmu_vendor vendor)
{
	struct mmu_profile profile = profile_everything();

	profile.vendor = vendor;
	return machine_make(profile, 2);
}

/* clang-format off */
static const struct leaf_row {
	const char *claim;
	enum mmu_vendor vendor;
	uint64_t leaf;			/* flags */
	bool cached;
	uint64_t sets;
} leaf_rows[] = {
	{ "a page is cached with A set first",
	  MMU_INTEL, USER_RW, true, PTE_A },
	{ "and so on AMD", MMU_AMD, USER_RW, true, PTE_A },
	{ "A that is set stays", MMU_INTEL, USER_RW | PTE_A, true, 0 },
	{ "D that is set stays", MMU_AMD, USER_RW | PTE_A | PTE_D, true, 0 },
	{ "a read-only page is cached too",
	  MMU_INTEL, PTE_P | PTE_US, true, PTE_A },
	{ "P=0 is not cached, and nothing is set there",
	  MMU_INTEL, PTE_RW | PTE_US, false, 0 },
	{ "nor on AMD", MMU_AMD, PTE_RW | PTE_US, false, 0 },
	{ "a reserved bit is not cached, and nothing set",
	  MMU_INTEL, USER_RW | 1ull << 50, false, 0 },
	{ "what a user may not read is not cached for one",
	  MMU_INTEL, KERNEL_RW, false, 0 },
};
/* clang-format on */

START_TEST(walk_ahead_caches_what_it_may_and_never_sets_d)
{
	const struct leaf_row *row = &leaf_rows[_i];
	struct machine m = machine_like(row->vendor);
	struct mmu_counters count;

	machine_map(&m, VA, FRAME | row->leaf);
	ck_assert_msg(ahead(&m, VA) == row->cached, "%s", row->claim);
	ck_assert_msg(holds(&m) == row->cached, "%s", row->claim);
	ck_assert_msg(value_at(&m, 1) == (FRAME | row->leaf | row->sets), "%s",
		      row->claim);
	count = mmu_counters(m.mmu);
	ck_assert_uint_eq(count.faults, 0);
	ck_assert_uint_eq(count.d_set, 0);
	ck_assert_uint_eq(count.lookups, 0);
	ck_assert_uint_eq(count.translate_cycles, 0);
	machine_free(&m);
}
END_TEST

START_TEST(access_after_a_walk_ahead_is_a_hit)
{
	struct machine m = machine_like(MMU_INTEL);
	struct mmu_result result;

	machine_map(&m, VA, FRAME | USER_RW);
	ck_assert(ahead(&m, VA));
	result = mmu_access(m.mmu, 0, VA, MMU_READ, MMU_USER);
	ck_assert_int_eq(result.served, MMU_BY_L1);
	ck_assert_uint_eq(result.paddr, FRAME);
	result = mmu_access(m.mmu, 0, VA, MMU_WRITE, MMU_USER);
	ck_assert_int_eq(result.served, MMU_BY_WALK); /* to set D */
	ck_assert(value_at(&m, 1) & PTE_D);
	result = mmu_access(m.mmu, 1, VA, MMU_READ, MMU_USER);
	ck_assert_int_eq(result.served, MMU_BY_WALK); /* another CPU's */
	machine_free(&m);
}
END_TEST

START_TEST(walk_ahead_to_what_is_cached_does_nothing)
{
	struct machine m = machine_like(MMU_INTEL);
	paddr_t entry = machine_map(&m, VA, FRAME | USER_RW);

	ck_assert(ahead(&m, VA));
	machine_set(&m, entry, 0);
	ck_assert(!ahead(&m, VA)); /* though it is outdated */
	ck_assert(holds(&m));
	ck_assert_uint_eq(value_at(&m, 1), 0);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, 0);
	mmu_flush_all(m.mmu, 0);
	ck_assert(!ahead(&m, VA));
	ck_assert(!holds(&m));
	machine_free(&m);
}
END_TEST

START_TEST(walk_ahead_that_finds_no_page_may_set_a_above)
{
	struct machine m = machine_like(MMU_INTEL);

	machine_map(&m, VA, 0);
	ck_assert(!ahead(&m, VA));
	for (unsigned level = 2; level <= 4; level++)
		ck_assert(value_at(&m, level) & PTE_A);
	ck_assert_uint_eq(value_at(&m, 1), 0);
	machine_free(&m);
}
END_TEST

START_TEST(walk_ahead_goes_nowhere_without_paging_or_an_address)
{
	struct machine m = machine_like(MMU_INTEL);

	ck_assert(!ahead(&m, 1ull << 60)); /* not canonical */
	machine_change(&m, MMU_CR4, 0, CR4_PCIDE);
	ck_assert(machine_change(&m, MMU_EFER, 0, EFER_LME) ||
		  machine_change(&m, MMU_CR0, 0, CR0_PG));
	ck_assert(!ahead(&m, VA));
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads, 0);
	machine_free(&m);
}
END_TEST

/* APM: the update of A is not ordered with loads; at its worst. */
START_TEST(late_a_bit_of_a_walk_ahead_is_late)
{
	struct mmu_profile profile = profile_everything();
	struct machine m;
	paddr_t entry, late;
	uint64_t seen;

	profile.quirks = QUIRK(LATE_A);
	m = machine_make(profile, 1);
	entry = machine_map(&m, VA, FRAME | USER_RW);
	ck_assert(ahead(&m, VA));
	ck_assert(holds(&m));
	ck_assert(!(value_at(&m, 1) & PTE_A));
	ck_assert(mmu_is_late(m.mmu, 0, &late, &seen));
	ck_assert_uint_eq(late, entry);
	ck_assert_uint_eq(seen, value_at(&m, 1));
	ck_assert(!ahead(&m, VA + PAGE)); /* a walk: it is stored now */
	ck_assert(value_at(&m, 1) & PTE_A);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, walk_ahead_caches_what_it_may_and_never_sets_d,
			    0, ROWS(leaf_rows));
	tcase_add_test(tc, access_after_a_walk_ahead_is_a_hit);
	tcase_add_test(tc, walk_ahead_to_what_is_cached_does_nothing);
	tcase_add_test(tc, walk_ahead_that_finds_no_page_may_set_a_above);
	tcase_add_test(tc,
		       walk_ahead_goes_nowhere_without_paging_or_an_address);
	tcase_add_test(tc, late_a_bit_of_a_walk_ahead_is_late);
}

int main(void)
{
	return run_suite("mmu_ahead", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_unasked.c - what a machine caches unasked.
 *
 * Sources: SDM vol. 3A, "Details of TLB Use"; APM vol. 2, "TLB Management";
 * each quirk's own in mmu/quirks.c.
 */
#include "config.h"

#include "tests/check_mmu_quirks.h"

/* ---- speculate ----------------------------------------------------------- */

START_TEST(next_page_is_cached_with_a_set_and_nobody_asked)
{
	struct machine m = machine_with(QUIRK(SPECULATE), 1);

	map_pages(&m, 3, KERNEL_RW);
	machine_read(&m, VA);
	ck_assert(holds(&m, NEXT));
	ck_assert(value_of(&m, NEXT) & PTE_A);
	ck_assert(!(value_of(&m, NEXT) & PTE_D));
	ck_assert(!holds(&m, NEXT + PAGE)); /* once, not on and on */
	ck_assert_int_eq(machine_read(&m, NEXT).served, MMU_BY_L1);
	ck_assert_uint_eq(mmu_counters(m.mmu).walks, 1);
	machine_free(&m);
}
END_TEST

/* clang-format off */
static const struct ahead_row {
	const char *claim;
	enum mmu_vendor vendor;
	enum mmu_access access;
	uint64_t next;			/* the flags of its entry */
	bool cached;
	uint64_t sets;			/* in it */
} ahead_rows[] = {
	{ "P=0 is not passed, and nothing is set",
	  MMU_INTEL, MMU_READ, PTE_RW, false, 0 },
	{ "a reserved bit is not passed",
	  MMU_INTEL, MMU_READ, KERNEL_RW | 1ull << 50, false, 0 },
	{ "what would be denied is not cached, and A not set",
	  MMU_INTEL, MMU_WRITE, PTE_P, false, 0 },
	{ "Intel caches for a write what has D=0, and sets no D",
	  MMU_INTEL, MMU_WRITE, KERNEL_RW, true, PTE_A },
	{ "AMD does not cache for a write what has D=0",
	  MMU_AMD, MMU_WRITE, KERNEL_RW, false, 0 },
	{ "AMD caches for a write what has D=1",
	  MMU_AMD, MMU_WRITE, KERNEL_RW | PTE_D, true, PTE_A },
	{ "AMD caches for a read what has D=0",
	  MMU_AMD, MMU_READ, KERNEL_RW, true, PTE_A },
};
/* clang-format on */

START_TEST(speculation_goes_no_further_than_it_may)
{
	const struct ahead_row *row = &ahead_rows[_i];
	struct mmu_profile profile = profile_everything();
	struct machine m;
	uint64_t next = (FRAME + PAGE) | row->next;

	profile.vendor = row->vendor;
	profile.quirks = QUIRK(SPECULATE);
	m = machine_make(profile, 1);
	machine_map(&m, VA, FRAME | KERNEL_RW);
	machine_map(&m, NEXT, next);
	ck_assert_int_eq(
		mmu_access(m.mmu, 0, VA, row->access, MMU_SUPERVISOR).end,
		MMU_OK);
	ck_assert_msg(holds(&m, NEXT) == row->cached, "%s", row->claim);
	ck_assert_msg(value_of(&m, NEXT) == (next | row->sets), "%s",
		      row->claim);
	ck_assert_uint_eq(mmu_counters(m.mmu).faults, 0);
	machine_free(&m);
}
END_TEST

START_TEST(write_after_speculation_sets_d_first)
{
	struct machine m = machine_with(QUIRK(SPECULATE), 1);

	map_pages(&m, 2, KERNEL_RW);
	machine_write(&m, VA);
	machine_write(&m, NEXT);
	ck_assert(value_of(&m, NEXT) & PTE_D);
	machine_free(&m);
}
END_TEST

/* SDM: an upper entry may be cached though its table has no entry. */
START_TEST(upper_entry_is_cached_though_its_table_is_empty)
{
	struct machine m = machine_with(QUIRK(SPECULATE), 1);
	vaddr_t last = MEG2 - PAGE;
	uint64_t loads;

	machine_map(&m, last, FRAME | KERNEL_RW);
	machine_map(&m, MEG2, 0);
	machine_read(&m, last);
	ck_assert(physmem_read(m.mem, machine_entry(&m, MEG2, 2)) & PTE_A);
	machine_map(&m, MEG2, FRAME | KERNEL_RW);
	loads = mmu_counters(m.mmu).walk_loads;
	machine_read(&m, MEG2);
	/* Its PTE, and for the page after it another. */
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads - loads, 1 + 1);
	machine_free(&m);
}
END_TEST

START_TEST(speculation_stays_in_the_address_space)
{
	struct machine m = machine_with(QUIRK(SPECULATE), 1);

	machine_map(&m, 0x00007ffffffff000, FRAME | KERNEL_RW);
	machine_map(&m, 0xfffffffffffff000, FRAME | KERNEL_RW);
	ck_assert_int_eq(machine_read(&m, 0x00007ffffffff000).end, MMU_OK);
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads, 4);
	ck_assert_int_eq(machine_read(&m, 0xfffffffffffff000).end, MMU_OK);
	machine_free(&m);
}
END_TEST

START_TEST(speculation_costs_no_cycles)
{
	struct machine plain = machine_with(0, 1);
	struct machine ahead = machine_with(QUIRK(SPECULATE), 1);

	map_pages(&plain, 2, KERNEL_RW);
	map_pages(&ahead, 2, KERNEL_RW);
	ck_assert_uint_eq(machine_read(&plain, VA).cycles,
			  machine_read(&ahead, VA).cycles);
	machine_free(&plain);
	machine_free(&ahead);
}
END_TEST

/* ---- coalesce ------------------------------------------------------------ */

/* clang-format off */
static const struct group_row {
	const char *claim;
	uint64_t flags[4];		/* of the entries, VA's first */
	uint64_t shift;			/* pages that the last one is off */
	bool coalesces, coalesces_accessed;
} group_rows[] = {
	{ "four alike, none accessed",
	  { KERNEL_RW, KERNEL_RW, KERNEL_RW, KERNEL_RW }, 0, true, false },
	{ "four alike, all accessed",
	  { KERNEL_RW | PTE_A, KERNEL_RW | PTE_A, KERNEL_RW | PTE_A,
	    KERNEL_RW | PTE_A }, 0, true, true },
	{ "one was not accessed",
	  { KERNEL_RW | PTE_A, KERNEL_RW | PTE_A, KERNEL_RW,
	    KERNEL_RW | PTE_A }, 0, true, false },
	{ "one is dirty",
	  { KERNEL_RW | PTE_A, KERNEL_RW | PTE_A | PTE_D, KERNEL_RW | PTE_A,
	    KERNEL_RW | PTE_A }, 0, true, false },
	{ "one is read-only",
	  { KERNEL_RW | PTE_A, PTE_P | PTE_A, KERNEL_RW | PTE_A,
	    KERNEL_RW | PTE_A }, 0, false, false },
	{ "one is not present",
	  { KERNEL_RW | PTE_A, KERNEL_RW | PTE_A, PTE_RW | PTE_A,
	    KERNEL_RW | PTE_A }, 0, false, false },
	{ "one is elsewhere in memory",
	  { KERNEL_RW | PTE_A, KERNEL_RW | PTE_A, KERNEL_RW | PTE_A,
	    KERNEL_RW | PTE_A }, 1, false, false },
};
/* clang-format on */

static bool does_coalesce(const struct group_row *row, unsigned quirk,
			  unsigned first)
{
	struct machine m = machine_with(quirk, 1);
	unsigned held = 0;

	for (unsigned i = 0; i < 4; i++)
		machine_map(&m, VA + i * PAGE,
			    (FRAME + (i + (i == 3 ? row->shift : 0)) * PAGE) |
				    row->flags[i]);
	machine_read(&m, VA + first * PAGE);
	for (unsigned i = 0; i < 4; i++) {
		held += holds(&m, VA + i * PAGE);
		if (i != first) /* nothing is set */
			ck_assert_uint_eq(value_of(&m, VA + i * PAGE) & 0xfff,
					  row->flags[i]);
	}
	machine_free(&m);
	ck_assert(held == 1 || held == 4);
	return held == 4;
}

START_TEST(neighbours_are_cached_together_if_they_are_alike)
{
	const struct group_row *row = &group_rows[_i];

	for (unsigned first = 0; first < 4; first += 3) {
		ck_assert_msg(does_coalesce(row, QUIRK(COALESCE), first) ==
				      row->coalesces,
			      "%s", row->claim);
		ck_assert_msg(does_coalesce(row, QUIRK(COALESCE_ACCESSED),
					    first) == row->coalesces_accessed,
			      "%s", row->claim);
	}
}
END_TEST

START_TEST(group_is_aligned_in_memory_as_in_the_address_space)
{
	struct machine m = machine_with(QUIRK(COALESCE), 1);

	for (unsigned i = 0; i < 4; i++)
		machine_map(&m, VA + i * PAGE,
			    (FRAME + (i + 1) * PAGE) | KERNEL_RW);
	machine_read(&m, VA);
	ck_assert(!holds(&m, NEXT));
	machine_free(&m);
}
END_TEST

/* What makes it unsound: a translation, and A = 0. */
START_TEST(coalescing_whatever_a_caches_what_was_never_accessed)
{
	struct machine m = machine_with(QUIRK(COALESCE), 1);

	map_pages(&m, 4, KERNEL_RW);
	machine_read(&m, VA);
	ck_assert(holds(&m, NEXT) && !(value_of(&m, NEXT) & PTE_A));
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, next_page_is_cached_with_a_set_and_nobody_asked);
	tcase_add_loop_test(tc, speculation_goes_no_further_than_it_may, 0,
			    ROWS(ahead_rows));
	tcase_add_test(tc, write_after_speculation_sets_d_first);
	tcase_add_test(tc, upper_entry_is_cached_though_its_table_is_empty);
	tcase_add_test(tc, speculation_stays_in_the_address_space);
	tcase_add_test(tc, speculation_costs_no_cycles);
	tcase_add_loop_test(tc,
			    neighbours_are_cached_together_if_they_are_alike, 0,
			    ROWS(group_rows));
	tcase_add_test(tc, group_is_aligned_in_memory_as_in_the_address_space);
	tcase_add_test(tc,
		       coalescing_whatever_a_caches_what_was_never_accessed);
}

int main(void)
{
	return run_suite("mmu unasked", add);
}

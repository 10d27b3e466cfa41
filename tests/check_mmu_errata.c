/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_errata.c - what machines do wrong, and pages of two sizes at one
 * address.
 *
 * Sources: of each erratum in mmu/quirks.c; SDM vol. 3A, "Recommended
 * Invalidation".
 */
#include "config.h"

#include "tests/check_mmu_quirks.h"

/* ---- errata -------------------------------------------------------------- */

START_TEST(amd10h_298_loses_what_two_cpus_set_in_one_line)
{
	struct machine m = machine_with(QUIRK(AMD10H_298), 2);

	map_pages(&m, 10, KERNEL_RW);
	read_by(&m, 0, VA);
	read_by(&m, 1, NEXT); /* the same line */
	ck_assert(value_of(&m, VA) & PTE_A);
	ck_assert(!(value_of(&m, NEXT) & PTE_A) && holds(&m, NEXT));
	read_by(&m, 1, VA + 2 * PAGE); /* the line is this CPU's by now */
	ck_assert(value_of(&m, VA + 2 * PAGE) & PTE_A);
	read_by(&m, 0, VA + 8 * PAGE); /* another line */
	ck_assert(value_of(&m, VA + 8 * PAGE) & PTE_A);
	machine_free(&m);
}
END_TEST

static const struct {
	unsigned quirks;
	bool pcide, kept;
} global_rows[] = {
	{ 0, true, false },
	{ QUIRK(ADL_INVLPG_GLOBAL), false, false },
	{ QUIRK(ADL_INVLPG_GLOBAL), true, true },
};

START_TEST(adl_invlpg_misses_global_pages_with_pcids_on)
{
	struct machine m = machine_with(global_rows[_i].quirks, 1);

	map_pages(&m, 1, KERNEL_RW | PTE_G);
	machine_map(&m, NEXT, FRAME | KERNEL_RW);
	if (global_rows[_i].pcide)
		ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	machine_read(&m, VA);
	machine_read(&m, NEXT);
	mmu_invlpg(m.mmu, 0, VA);
	mmu_invlpg(m.mmu, 0, NEXT);
	ck_assert(holds(&m, VA) == global_rows[_i].kept);
	ck_assert(!holds(&m, NEXT));
	machine_free(&m);
}
END_TEST

START_TEST(amd16h_invlpg_drops_all_once_a_1g_page_was_smashed)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile.quirks = QUIRK(AMD16H_SMASH);
	profile_add(&profile, 1, ONLY_4K | ONLY_2M, ANY_ACCESS, 4, 8, MMU_LRU);
	profile.tlb[0].smashes_1g = true;
	m = machine_make(profile, 1);
	map_pages(&m, 2, KERNEL_RW);
	machine_map_at(&m, m.root, GIG1, MMU_1G,
		       0x40000000 | KERNEL_RW | PTE_PS);
	machine_read(&m, VA);
	mmu_invlpg(m.mmu, 0, NEXT);
	ck_assert(holds(&m, VA)); /* none was smashed yet */
	machine_read(&m, GIG1);
	mmu_invlpg(m.mmu, 0, NEXT);
	ck_assert(!holds(&m, VA));
	machine_read(&m, VA);
	mmu_invlpg(m.mmu, 0, NEXT);
	ck_assert(holds(&m, VA)); /* nor since then */
	machine_free(&m);
}
END_TEST

/* ---- pages of two sizes at one address ----------------------------------- */

#define LARGE 0x40200000ull /* aligned to 2 MiB */

/* @moved: the 2M page is not where the 4K ones were. */
static const struct {
	unsigned quirks;
	enum mmu_access access;
	bool moved;
	enum mmu_end end;
} multihit_rows[] = {
	{ 0, MMU_READ, true, MMU_OK },
	{ 0, MMU_FETCH, true, MMU_OK },
	{ QUIRK(AMD10H_383), MMU_READ, true, MMU_MACHINE_CHECK },
	{ QUIRK(AMD10H_383), MMU_READ, false, MMU_MACHINE_CHECK },
	{ QUIRK(AMD10H_383), MMU_WRITE, true, MMU_MACHINE_CHECK },
	{ QUIRK(AMD10H_383), MMU_FETCH, true, MMU_OK },
	{ QUIRK(ITLB_MULTIHIT), MMU_FETCH, true, MMU_MACHINE_CHECK },
	{ QUIRK(ITLB_MULTIHIT), MMU_FETCH, false, MMU_OK },
	{ QUIRK(ITLB_MULTIHIT), MMU_READ, true, MMU_OK },
};

/* Without paging-structure caches, which would lead to the old table. */
static struct machine machine_of_row(int row)
{
	struct mmu_profile profile = profile_everything();

	profile.quirks = multihit_rows[row].quirks;
	return machine_make(profile, 1);
}

static struct mmu_result ask(struct machine *m, vaddr_t va,
			     enum mmu_access access)
{
	return mmu_access(m->mmu, 0, va, access, MMU_SUPERVISOR);
}

/* A small page, used; its table becomes a large page, used beside it. */
static void change_size(struct machine *m, bool clear_first, int row)
{
	paddr_t pde;
	uint64_t to = FRAME + (multihit_rows[row].moved ? 0x200000 : 0);

	machine_map(m, LARGE, FRAME | KERNEL_RW);
	machine_map(m, LARGE + PAGE, (FRAME + PAGE) | KERNEL_RW);
	ask(m, LARGE, multihit_rows[row].access);
	pde = machine_entry(m, LARGE, 2);
	if (clear_first) {
		machine_set(m, pde, 0);
		mmu_invlpg(m->mmu, 0, LARGE);
	}
	machine_set(m, pde, to | KERNEL_RW | PTE_PS);
	ck_assert_uint_eq(ask(m, LARGE + PAGE, multihit_rows[row].access).paddr,
			  to + PAGE);
}

START_TEST(page_of_two_sizes_is_a_machine_check_by_quirk_only)
{
	struct machine m = machine_of_row(_i);
	bool checks = multihit_rows[_i].end == MMU_MACHINE_CHECK;
	struct mmu_result got;

	change_size(&m, false, _i);
	got = ask(&m, LARGE, multihit_rows[_i].access);
	ck_assert_int_eq((int)got.end, (int)multihit_rows[_i].end);
	if (!checks)
		ck_assert_uint_eq(got.paddr, FRAME); /* the old one */
	ck_assert_uint_eq(mmu_counters(m.mmu).machine_checks, checks);
	mmu_invlpg(m.mmu, 0, LARGE);
	got = ask(&m, LARGE, multihit_rows[_i].access);
	ck_assert_int_eq((int)got.end, MMU_OK);
	machine_free(&m);
}
END_TEST

/* SDM vol. 3A, "Recommended Invalidation". */
START_TEST(size_changed_by_way_of_not_present_is_no_machine_check)
{
	struct machine m = machine_of_row(_i);

	change_size(&m, true, _i);
	ck_assert_int_eq((int)ask(&m, LARGE, multihit_rows[_i].access).end,
			 MMU_OK);
	ck_assert_uint_eq(mmu_counters(m.mmu).machine_checks, 0);
	machine_free(&m);
}
END_TEST

START_TEST(quirks_of_hits_leave_other_hits_alone)
{
	struct machine m = machine_with(QUIRK(AMD10H_383), 1);

	map_pages(&m, 2, KERNEL_RW);
	machine_read(&m, VA);
	ck_assert(machine_was_cached(&m, 0, VA));
	ck_assert_uint_eq(mmu_counters(m.mmu).l1_hits, 1);
	ck_assert_uint_eq(mmu_counters(m.mmu).walks, 1);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, amd10h_298_loses_what_two_cpus_set_in_one_line);
	tcase_add_loop_test(tc, adl_invlpg_misses_global_pages_with_pcids_on, 0,
			    ROWS(global_rows));
	tcase_add_test(tc, amd16h_invlpg_drops_all_once_a_1g_page_was_smashed);
	tcase_add_loop_test(tc,
			    page_of_two_sizes_is_a_machine_check_by_quirk_only,
			    0, ROWS(multihit_rows));
	tcase_add_loop_test(
		tc, size_changed_by_way_of_not_present_is_no_machine_check, 0,
		ROWS(multihit_rows));
	tcase_add_test(tc, quirks_of_hits_leave_other_hits_alone);
}

int main(void)
{
	return run_suite("mmu errata", add);
}

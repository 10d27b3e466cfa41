/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_psc.c - paging-structure caches: what they hold.
 *
 * There are no TLBs here, so that each access walks: the number of entries
 * that it reads tells where it began.
 *
 * Sources: SDM vol. 3A, "Paging-Structure Caches", "Caching Translation
 * Information"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu_psc.h"

/* Entries that a read of @va has read. */
static uint64_t loads(struct machine *m, vaddr_t va)
{
	uint64_t before = mmu_counters(m->mmu).walk_loads;

	machine_read(m, va);
	return mmu_counters(m->mmu).walk_loads - before;
}

/* ---- where a walk begins ------------------------------------------------- */

/* clang-format off */
static const struct begin_row {
	const char *claim;
	unsigned cached;		/* mask of levels */
	vaddr_t va;
	unsigned loads;
} begin_rows[] = {
	{ "without caches each walk is from the root", 0, VA, 4 },
	{ "a PML4E saves one load", 1u << 4, VA, 3 },
	{ "a PDPTE saves two", 1u << 3, VA, 2 },
	{ "a PDE saves three", 1u << 2, VA, 1 },
	{ "the lowest of several is used", 7u << 2, VA, 1 },
	{ "a PDE serves its other pages", 7u << 2, BESIDE, 1 },
	{ "a PDPTE serves its other tables", 7u << 2, NEXT_TABLE, 2 },
	{ "a PML4E serves its other directories", 7u << 2, NEXT_DIRECTORY, 3 },
	{ "nothing serves what is below another PML4E", 7u << 2, FAR_AWAY, 4 },
};
/* clang-format on */

START_TEST(walk_begins_below_the_lowest_cached_entry)
{
	const struct begin_row *row = &begin_rows[_i];
	struct mmu_profile profile = profile_bare();
	struct machine m;

	for (unsigned level = 2; level < MMU_PSC_LEVELS; level++)
		if (row->cached & 1u << level)
			profile.psc[level] = MMU_PSC_UNLIMITED;
	m = machine_pscs(profile);
	ck_assert_uint_eq(loads(&m, VA), 4);
	ck_assert_msg(loads(&m, row->va) == row->loads, "%s", row->claim);
	ck_assert_uint_eq(mmu_counters(m.mmu).psc_hits, row->loads < 4);
	machine_free(&m);
}
END_TEST

START_TEST(entry_that_maps_a_page_is_not_cached_as_one_above)
{
	struct machine m = machine_make(profile_pscs(MMU_PSC_UNLIMITED), 1);

	machine_map_at(&m, m.root, MEG2, MMU_2M,
		       0x10000000 | KERNEL_RW | PTE_PS);
	machine_map_at(&m, m.root, GIG1, MMU_1G,
		       0x40000000 | KERNEL_RW | PTE_PS);
	ck_assert_uint_eq(loads(&m, MEG2), 3);
	ck_assert_uint_eq(loads(&m, MEG2), 1); /* the PDE, below a PDPTE */
	ck_assert_uint_eq(loads(&m, GIG1), 1); /* the PDPTE, below a PML4E */
	ck_assert_uint_eq(loads(&m, GIG1), 1);
	machine_free(&m);
}
END_TEST

START_TEST(every_entry_above_a_cached_one_has_a_set)
{
	struct machine m = machine_unlimited();

	machine_read(&m, VA);
	for (unsigned level = 1; level <= 4; level++)
		ck_assert(physmem_read(m.mem, machine_entry(&m, VA, level)) &
			  PTE_A);
	machine_free(&m);
}
END_TEST

static const struct {
	const char *claim;
	unsigned level;
	uint64_t set, clear;
} bad_rows[] = {
	{ "P=0 in the PDE", 2, 0, PTE_P },
	{ "P=0 in the PML4E", 4, 0, PTE_P },
	{ "a reserved bit in the PDE", 2, 1ull << 50, 0 },
	{ "a reserved bit in the PDPTE", 3, 1ull << 50, 0 },
	{ "PS=1 in the PML4E", 4, PTE_PS, 0 },
};

START_TEST(entry_that_ends_the_walk_is_not_cached)
{
	struct machine m = machine_unlimited();
	paddr_t entry = machine_entry(&m, VA, bad_rows[_i].level);
	uint64_t good = physmem_read(m.mem, entry);

	machine_set(&m, entry, (good | bad_rows[_i].set) & ~bad_rows[_i].clear);
	ck_assert_int_eq(machine_read(&m, VA).end, MMU_PAGE_FAULT);
	machine_set(&m, entry, good);
	ck_assert_msg(loads(&m, VA) == 4, "%s", bad_rows[_i].claim);
	machine_free(&m);
}
END_TEST

START_TEST(entry_stays_cached_though_its_table_is_empty_by_now)
{
	struct machine m = machine_unlimited();
	paddr_t directory = machine_entry(&m, VA, 2);
	paddr_t table = machine_table(&m);

	machine_read(&m, VA);
	machine_set(&m, machine_entry(&m, VA, 1), 0);
	machine_set(&m, machine_entry(&m, BESIDE, 1), 0);
	physmem_write(m.mem, table + 8 * 16, OTHER_FRAME | USER_RW);
	machine_set(&m, directory, table | USER_RW);
	/* The empty table is asked first: its load, and four from the root. */
	ck_assert_uint_eq(loads(&m, VA), 5);
	ck_assert_uint_eq(machine_read(&m, VA).paddr, OTHER_FRAME);
	machine_free(&m);
}
END_TEST

/* ---- one register, one meaning ------------------------------------------- */

/* SDM: "the paging-structure caches ... global pages" are no matter. */
static const struct {
	const char *claim;
	unsigned level;
} global_rows[] = {
	{ "G in the PTE", 1 },
	{ "bit 8 of the PDE", 2 },
	{ "bit 8 of the PML4E", 4 },
};

START_TEST(g_keeps_no_upper_entry_cached)
{
	struct machine m = machine_unlimited();
	paddr_t entry = machine_entry(&m, VA, global_rows[_i].level);

	machine_set(&m, entry, physmem_read(m.mem, entry) | PTE_G);
	machine_read(&m, VA);
	ck_assert_uint_eq(loads(&m, VA), 1);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR3, m.root, NULL));
	ck_assert_msg(loads(&m, VA) == 4, "%s", global_rows[_i].claim);
	machine_free(&m);
}
END_TEST

START_TEST(upper_entry_serves_the_pcid_that_it_was_cached_under)
{
	struct machine m = machine_unlimited();

	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	machine_read(&m, VA);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR3, m.root | 1 | CR3_NOFLUSH,
				   NULL));
	ck_assert_uint_eq(loads(&m, VA), 4);
	ck_assert_uint_eq(loads(&m, VA), 1);
	machine_free(&m);
}
END_TEST

/* ---- size ---------------------------------------------------------------- */

START_TEST(full_cache_gives_up_what_was_used_longest_ago)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile.psc[2] = 2;
	m = machine_pscs(profile);
	machine_read(&m, VA);
	machine_read(&m, NEXT_TABLE);
	ck_assert_uint_eq(loads(&m, VA), 1);
	machine_read(&m, NEXT_DIRECTORY);
	ck_assert_uint_eq(loads(&m, VA), 1);
	ck_assert_uint_eq(loads(&m, NEXT_TABLE), 4);
	machine_free(&m);
}
END_TEST

/* AMD's page directory cache. */
START_TEST(levels_that_share_a_cache_push_each_other_out)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile.psc[3] = 2;
	profile.psc_shared = 1u << 3 | 1u << 4;
	m = machine_pscs(profile);
	ck_assert_uint_eq(loads(&m, VA), 4);
	ck_assert_uint_eq(loads(&m, NEXT_TABLE), 2); /* both are there */
	ck_assert_uint_eq(loads(&m, FAR_AWAY), 4);   /* and now its two */
	ck_assert_uint_eq(loads(&m, VA), 4);
	machine_free(&m);
}
END_TEST

START_TEST(cache_without_limit_gives_up_nothing)
{
	struct machine m = machine_make(profile_pscs(MMU_PSC_UNLIMITED), 1);

	for (unsigned i = 0; i < 300; i++)
		machine_map(&m, i * MEG2, FRAME | KERNEL_RW);
	for (unsigned i = 0; i < 300; i++)
		machine_read(&m, i * MEG2);
	for (unsigned i = 0; i < 300; i++)
		ck_assert_uint_eq(loads(&m, i * MEG2), 1);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, walk_begins_below_the_lowest_cached_entry, 0,
			    ROWS(begin_rows));
	tcase_add_test(tc, entry_that_maps_a_page_is_not_cached_as_one_above);
	tcase_add_test(tc, every_entry_above_a_cached_one_has_a_set);
	tcase_add_loop_test(tc, entry_that_ends_the_walk_is_not_cached, 0,
			    ROWS(bad_rows));
	tcase_add_test(tc, entry_stays_cached_though_its_table_is_empty_by_now);
	tcase_add_loop_test(tc, g_keeps_no_upper_entry_cached, 0,
			    ROWS(global_rows));
	tcase_add_test(tc,
		       upper_entry_serves_the_pcid_that_it_was_cached_under);
	tcase_add_test(tc, full_cache_gives_up_what_was_used_longest_ago);
	tcase_add_test(tc, levels_that_share_a_cache_push_each_other_out);
	tcase_add_test(tc, cache_without_limit_gives_up_nothing);
}

int main(void)
{
	return run_suite("mmu psc", add);
}

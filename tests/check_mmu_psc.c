/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_psc.c - paging-structure caches: what they hold, and what a walk
 * that begins below them finds.
 *
 * There are no TLBs here, so that each access walks: the number of entries
 * that it reads tells where it began.
 *
 * Sources: SDM vol. 3A, "Paging-Structure Caches", "Caching Translation
 * Information", "Operations that Invalidate TLBs and Paging-Structure Caches",
 * "Optional Invalidation"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull
#define OTHER_FRAME 0x2000000ull

/* One page in each of two tables of a directory, and farther away. */
#define VA 0x10000ull
#define BESIDE (VA + PAGE)	   /* the same PDE */
#define NEXT_TABLE (VA + MEG2)	   /* the same PDPTE */
#define NEXT_DIRECTORY (VA + GIG1) /* the same PML4E */
#define FAR_AWAY (VA + (1ull << 39))

static struct mmu_profile profile_pscs(unsigned entries)
{
	struct mmu_profile profile = profile_bare();

	for (unsigned level = 2; level < MMU_PSC_LEVELS; level++)
		profile.psc[level] = entries;
	return profile;
}

static struct machine machine_pscs(struct mmu_profile profile)
{
	static const vaddr_t pages[] = { VA, BESIDE, NEXT_TABLE, NEXT_DIRECTORY,
					 FAR_AWAY };
	struct machine m = machine_make(profile, 1);

	for (int i = 0; i < ROWS(pages); i++)
		machine_map(&m, pages[i], (FRAME + i * PAGE) | USER_RW);
	return m;
}

static struct machine machine_unlimited(void)
{
	return machine_pscs(profile_pscs(MMU_PSC_UNLIMITED));
}

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

/* ---- what is stale above, goes on below ---------------------------------- */

START_TEST(stale_right_of_a_pml4e_survives_below)
{
	struct machine m = machine_unlimited();
	paddr_t top = machine_entry(&m, VA, 4);
	uint64_t stamp;

	machine_read(&m, VA);
	stamp = machine_set(&m, top, physmem_read(m.mem, top) & ~PTE_RW);
	ck_assert_int_eq(machine_write(&m, BESIDE).end, MMU_OK);
	ck_assert_uint_eq(machine_write(&m, BESIDE).stale_since, stamp);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, 2);
	mmu_invlpg(m.mmu, 0, VA);
	ck_assert_int_eq(machine_write(&m, BESIDE).end, MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

START_TEST(stale_translation_is_cached_as_such_by_a_tlb)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	paddr_t top;
	uint64_t stamp;

	profile_add_infinite(&profile, 1);
	m = machine_pscs(profile);
	top = machine_entry(&m, VA, 4);
	machine_read(&m, VA);
	stamp = machine_set(&m, top, physmem_read(m.mem, top) & ~PTE_RW);
	ck_assert_int_eq(machine_write(&m, BESIDE).end, MMU_OK);
	ck_assert_int_eq(machine_write(&m, BESIDE).served, MMU_BY_L1);
	ck_assert_uint_eq(machine_write(&m, BESIDE).stale_since, stamp);
	machine_free(&m);
}
END_TEST

START_TEST(walk_below_another_table_finds_the_old_page)
{
	struct machine m = machine_unlimited();
	paddr_t table = machine_table(&m);
	struct mmu_result result;
	uint64_t stamp;

	machine_read(&m, VA);
	physmem_write(m.mem, table + 8 * 17, OTHER_FRAME | USER_RW);
	stamp = machine_set(&m, machine_entry(&m, VA, 2), table | USER_RW);
	result = machine_read(&m, BESIDE);
	ck_assert_uint_eq(result.paddr, FRAME + PAGE);
	ck_assert_uint_eq(result.stale_since, stamp);
	mmu_invlpg(m.mmu, 0, VA);
	result = machine_read(&m, BESIDE);
	ck_assert_uint_eq(result.paddr, OTHER_FRAME);
	ck_assert_uint_eq(result.stale_since, MMU_NOT_STALE);
	machine_free(&m);
}
END_TEST

/* APM vol. 2, "TLB Management": an upper entry has to be made not present, and
 * invalidated, before it is changed.  This is why. */
START_TEST(table_reused_as_data_is_still_walked_and_gets_a_set)
{
	struct machine m = machine_unlimited();
	paddr_t data = machine_entry(&m, BESIDE, 1);
	paddr_t table = machine_table(&m);

	machine_read(&m, VA);
	machine_set(&m, machine_entry(&m, VA, 2), table | USER_RW);
	machine_set(&m, data, OTHER_FRAME | USER_RW); /* a number, say */
	ck_assert_uint_eq(machine_read(&m, BESIDE).paddr, OTHER_FRAME);
	ck_assert_uint_eq(physmem_read(m.mem, data),
			  OTHER_FRAME | USER_RW | PTE_A);
	machine_free(&m);
}
END_TEST

START_TEST(entry_made_absent_and_invalidated_first_is_not_used_again)
{
	struct machine m = machine_unlimited();
	paddr_t data = machine_entry(&m, BESIDE, 1);
	paddr_t directory = machine_entry(&m, VA, 2);

	machine_read(&m, VA);
	machine_set(&m, directory, 0);
	mmu_invlpg(m.mmu, 0, VA);
	machine_set(&m, data, OTHER_FRAME | USER_RW);
	machine_set(&m, directory, machine_table(&m) | USER_RW);
	ck_assert_int_eq(machine_read(&m, BESIDE).end, MMU_PAGE_FAULT);
	ck_assert_uint_eq(physmem_read(m.mem, data), OTHER_FRAME | USER_RW);
	machine_free(&m);
}
END_TEST

START_TEST(change_back_is_not_stale_any_more)
{
	struct machine m = machine_unlimited();
	paddr_t directory = machine_entry(&m, VA, 2);
	uint64_t good;

	machine_read(&m, VA);
	good = physmem_read(m.mem, directory);
	machine_set(&m, directory, machine_table(&m) | USER_RW);
	machine_set(&m, directory, good);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, MMU_NOT_STALE);
	machine_free(&m);
}
END_TEST

/* ---- no fault comes from stale state ------------------------------------- */

/* clang-format off */
static const struct retry_row {
	const char *claim;
	unsigned level;		/* whose entry forbids it while cached */
	uint64_t before;	/* what it has not, or has, then */
	enum mmu_access access;
	enum mmu_privilege privilege;
} retry_rows[] = {
	{ "R/W set in the PML4E", 4, PTE_RW, MMU_WRITE, MMU_SUPERVISOR },
	{ "R/W set in the PDE", 2, PTE_RW, MMU_WRITE, MMU_USER },
	{ "U/S set in the PDPTE", 3, PTE_US, MMU_READ, MMU_USER },
	{ "XD cleared in the PML4E", 4, PTE_XD, MMU_FETCH, MMU_SUPERVISOR },
};
/* clang-format on */

START_TEST(walk_that_would_fault_is_made_again_from_the_root)
{
	const struct retry_row *row = &retry_rows[_i];
	struct machine m = machine_unlimited();
	paddr_t entry = machine_entry(&m, VA, row->level);
	struct mmu_result result;

	machine_set(&m, entry, physmem_read(m.mem, entry) ^ row->before);
	machine_read(&m, VA);
	machine_set(&m, entry, physmem_read(m.mem, entry) ^ row->before);
	result = mmu_access(m.mmu, 0, BESIDE, row->access, row->privilege);
	ck_assert_msg(result.end == MMU_OK, "%s", row->claim);
	ck_assert_uint_eq(result.stale_since, MMU_NOT_STALE);
	ck_assert_uint_eq(mmu_counters(m.mmu).faults, 0);
	machine_free(&m);
}
END_TEST

START_TEST(both_walks_of_a_retry_are_charged)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	paddr_t entry;
	uint32_t cycles;

	profile.cost = (struct mmu_costs){ .walk = 100, .walk_load = 1 };
	m = machine_pscs(profile);
	entry = machine_entry(&m, VA, 1);
	machine_read(&m, VA);
	machine_set(&m, entry, physmem_read(m.mem, entry) & ~PTE_P);
	cycles = machine_read(&m, VA).cycles;
	ck_assert_uint_eq(cycles, 100 + (1 + 4 - 1));
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

/* ---- one entry, several uses --------------------------------------------- */

static paddr_t entry_of(paddr_t table, unsigned index)
{
	return table + 8 * index;
}

/* Two PML4Es lead to the same PDPT: its entries have two addresses each. */
START_TEST(alias_of_an_upper_entry_needs_its_own_invalidation)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	vaddr_t alias = VA + (2ull << 39);
	paddr_t directory;

	profile.vendor = MMU_AMD;
	m = machine_pscs(profile);
	ck_assert(machine_change(&m, MMU_EFER, EFER_TCE, 0));
	physmem_write(m.mem, entry_of(m.root, 2),
		      physmem_read(m.mem, entry_of(m.root, 0)));
	directory = machine_entry(&m, VA, 2);
	machine_read(&m, VA);
	machine_read(&m, alias);
	machine_set(&m, directory, 0);
	mmu_invlpg(m.mmu, 0, VA);
	ck_assert_int_eq(machine_read(&m, VA).end, MMU_PAGE_FAULT);
	ck_assert_int_eq(machine_read(&m, alias).end, MMU_OK);
	mmu_invlpg(m.mmu, 0, alias);
	ck_assert_int_eq(machine_read(&m, alias).end, MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

/* The last PML4E leads to the PML4 itself, and so is PDPTE, PDE and PTE too. */
START_TEST(self_mapped_entry_needs_invalidation_as_each_level)
{
	struct mmu_profile profile = profile_pscs(MMU_PSC_UNLIMITED);
	struct machine m;
	vaddr_t as_pte = 0xfffffffffffff000ull;	  /* PML4[511] four times */
	vaddr_t as_pdpte = 0xffffffffc0000000ull; /* twice, then PML4[0] */
	paddr_t self;

	profile.vendor = MMU_AMD;
	m = machine_pscs(profile);
	ck_assert(machine_change(&m, MMU_EFER, EFER_TCE, 0));
	self = entry_of(m.root, 511);
	physmem_write(m.mem, self, m.root | KERNEL_RW);
	ck_assert_uint_eq(machine_read(&m, as_pte).paddr, m.root);
	ck_assert_uint_eq(machine_read(&m, as_pdpte).end, MMU_OK);
	machine_set(&m, self, 0);
	mmu_invlpg(m.mmu, 0, as_pte);
	ck_assert_int_eq(machine_read(&m, as_pte).end, MMU_PAGE_FAULT);
	ck_assert_int_eq(machine_read(&m, as_pdpte).end, MMU_OK);
	mmu_invlpg(m.mmu, 0, as_pdpte);
	ck_assert_int_eq(machine_read(&m, as_pdpte).end, MMU_PAGE_FAULT);
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
	tcase_add_test(tc, stale_right_of_a_pml4e_survives_below);
	tcase_add_test(tc, stale_translation_is_cached_as_such_by_a_tlb);
	tcase_add_test(tc, walk_below_another_table_finds_the_old_page);
	tcase_add_test(tc, table_reused_as_data_is_still_walked_and_gets_a_set);
	tcase_add_test(
		tc, entry_made_absent_and_invalidated_first_is_not_used_again);
	tcase_add_test(tc, change_back_is_not_stale_any_more);
	tcase_add_loop_test(tc,
			    walk_that_would_fault_is_made_again_from_the_root,
			    0, ROWS(retry_rows));
	tcase_add_test(tc, both_walks_of_a_retry_are_charged);
	tcase_add_loop_test(tc, g_keeps_no_upper_entry_cached, 0,
			    ROWS(global_rows));
	tcase_add_test(tc,
		       upper_entry_serves_the_pcid_that_it_was_cached_under);
	tcase_add_test(tc, full_cache_gives_up_what_was_used_longest_ago);
	tcase_add_test(tc, levels_that_share_a_cache_push_each_other_out);
	tcase_add_test(tc, cache_without_limit_gives_up_nothing);
	tcase_add_test(tc, alias_of_an_upper_entry_needs_its_own_invalidation);
	tcase_add_test(tc, self_mapped_entry_needs_invalidation_as_each_level);
}

int main(void)
{
	return run_suite("mmu paging-structure caches", add);
}

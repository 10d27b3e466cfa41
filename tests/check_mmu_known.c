/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_known.c - that one call of many accesses, which remembers where
 * upper entries are cached, notices when one of them is elsewhere.
 *
 * An access that is not simple, amid others, caches or drops upper entries:
 * those of few regions, in caches of fewer entries.
 */
#include "config.h"

#include <string.h>

#include "tests/check_mmu_psc.h"

#define REGIONS 4 /* of 2M, in one directory, */
#define PAGES 4	  /* and so many pages in each */

static vaddr_t at(unsigned region, unsigned page)
{
	return VA + region * MEG2 + page * PAGE;
}

/* One way, so that each page misses; A is set in all upper entries, and none
 * is cached. */
static struct machine start(unsigned entries, unsigned global)
{
	struct mmu_profile profile = profile_pscs(entries);
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 1, 1, MMU_LRU);
	m = machine_make(profile, 1);
	machine_change(&m, MMU_CR4, CR4_PGE | CR4_PCIDE, 0);
	for (unsigned i = 0; i < REGIONS * PAGES; i++) {
		machine_map(&m, at(i / PAGES, i % PAGES),
			    FRAME | USER_RW | (i == global ? PTE_G : 0));
		machine_read(&m, at(i / PAGES, i % PAGES));
	}
	mmu_flush_all(m.mmu, 0);
	return m;
}

/* The same references, by one call and by one each; all go well. */
static void compare(struct machine *many, struct machine *single,
		    const uint64_t *refs, size_t count)
{
	struct mmu_counters a, b;
	struct mmu_result last;

	ck_assert_uint_eq(mmu_access_many(many->mmu, 0, refs, count,
					  MMU_SUPERVISOR, &last),
			  count);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(machine_read(single, refs[i]).end, MMU_OK);
	a = mmu_counters(many->mmu);
	b = mmu_counters(single->mmu);
	ck_assert_uint_eq(a.psc_hits, b.psc_hits);
	ck_assert_uint_eq(a.walk_loads, b.walk_loads);
	ck_assert(memcmp(&a, &b, sizeof(a)) == 0);
	mmu_check(many->mmu);
	machine_free(many);
	machine_free(single);
}

/* Region 0 is evicted, comes back into another place by an access to a global
 * page, which is not simple with PCIDs, and is used again. */
START_TEST(entry_that_another_access_caches_is_found)
{
	struct machine many = start(2, 1), single = start(2, 1);
	const uint64_t refs[] = { at(0, 0), at(1, 0), at(2, 0), at(0, 1),
				  at(0, 2), at(1, 1), at(0, 3), at(2, 1) };

	compare(&many, &single, refs, ROWS(refs));
}
END_TEST

/* Let the entry of region 0 lead to a table with the page that the one before
 * has no more. */
static void replace_table(struct machine *m)
{
	paddr_t table = machine_table(m), leaf = machine_entry(m, at(0, 1), 1);

	physmem_write(m->mem, table + leaf % PAGE, OTHER_FRAME | USER_RW);
	machine_set(m, leaf, 0);
	machine_set(m, machine_entry(m, at(0, 0), 2), table | USER_RW | PTE_A);
}

/* A walk below that of region 0 would fault, so that it is dropped, another
 * takes its place, and the walk is made again. */
START_TEST(entry_that_takes_the_place_of_a_dropped_one_is_found)
{
	struct machine many = start(3, ~0u), single = start(3, ~0u);
	struct machine *both[] = { &many, &single };
	const uint64_t refs[] = { at(2, 1), at(0, 1), at(2, 2),
				  at(1, 1), at(2, 3), at(0, 1) };

	for (int i = 0; i < ROWS(both); i++) {
		for (unsigned region = 0; region < 3; region++)
			machine_read(both[i], at(region, 0));
		replace_table(both[i]);
	}
	compare(&many, &single, refs, ROWS(refs));
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, entry_that_another_access_caches_is_found);
	tcase_add_test(tc,
		       entry_that_takes_the_place_of_a_dropped_one_is_found);
}

int main(void)
{
	return run_suite("mmu known", add);
}

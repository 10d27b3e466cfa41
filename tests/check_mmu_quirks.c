/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_quirks.c - what a machine caches unasked, and its errata.
 *
 * Sources: SDM vol. 3A, "Details of TLB Use", "Accessed and Dirty Flags"; APM
 * vol. 2, "TLB Management", "Accessed (A) Bit"; each quirk's own in
 * mmu/quirks.c.
 */
#include "config.h"

#include <string.h>

#include "tests/check_mmu.h"

#define VA 0x10000ull /* the first of four that may be coalesced */
#define NEXT (VA + PAGE)
#define FRAME 0x1000000ull

static struct machine machine_with(unsigned quirks, unsigned cpus)
{
	struct mmu_profile profile = profile_everything();

	profile.quirks = quirks;
	for (unsigned level = 2; level < MMU_PSC_LEVELS; level++)
		profile.psc[level] = MMU_PSC_UNLIMITED;
	return machine_make(profile, cpus);
}

/* Pages from VA on, to frames from FRAME on. */
static paddr_t map_pages(struct machine *m, unsigned pages, uint64_t flags)
{
	for (unsigned i = 0; i < pages; i++)
		machine_map(m, VA + i * PAGE, (FRAME + i * PAGE) | flags);
	return machine_entry(m, VA, 1);
}

static uint64_t value_of(struct machine *m, vaddr_t va)
{
	return physmem_read(m->mem, machine_entry(m, va, 1));
}

static bool holds(struct machine *m, vaddr_t va)
{
	return mmu_holders_of_entry(m->mmu, machine_entry(m, va, 1)).any;
}

static struct mmu_result read_by(struct machine *m, unsigned cpu, vaddr_t va)
{
	return mmu_access(m->mmu, cpu, va, MMU_READ, MMU_SUPERVISOR);
}

START_TEST(machine_without_quirks_does_what_was_asked)
{
	struct machine m = machine_with(0, 1);

	map_pages(&m, 4, KERNEL_RW);
	machine_read(&m, VA);
	for (unsigned i = 1; i < 4; i++) {
		ck_assert(!holds(&m, VA + i * PAGE));
		ck_assert(!(value_of(&m, VA + i * PAGE) & PTE_A));
	}
	machine_free(&m);
}
END_TEST

START_TEST(every_quirk_is_named_and_sourced)
{
	for (unsigned i = 0; i < MMU_QUIRKS; i++) {
		ck_assert(mmu_quirk_info[i].name && mmu_quirk_info[i].text &&
			  mmu_quirk_info[i].source);
		for (unsigned other = 0; other < i; other++)
			ck_assert_str_ne(mmu_quirk_info[i].name,
					 mmu_quirk_info[other].name);
	}
}
END_TEST

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

/* ---- late-a -------------------------------------------------------------- */

static void drain_by(struct machine *m, unsigned how)
{
	struct mmu_invpcid_descriptor all = { 0, 0 };

	switch (how) {
	case 0:
		mmu_serialise(m->mmu, 0);
		break;
	case 1:
		machine_read(m, NEXT);
		break;
	case 2:
		mmu_invlpg(m->mmu, 0, 1ull << 40);
		break;
	case 3:
		ck_assert(mmu_set_register(m->mmu, 0, MMU_CR3, m->root, NULL));
		break;
	case 4:
		mmu_flush_all(m->mmu, 0);
		break;
	case 5:
		ck_assert(mmu_invpcid(m->mmu, 0, MMU_INVPCID_ALL, &all, NULL));
		break;
	}
}

START_TEST(late_a_is_in_memory_at_the_next_of_these)
{
	struct machine m = machine_with(QUIRK(LATE_A), 1);

	map_pages(&m, 2, KERNEL_RW);
	ck_assert_int_eq(machine_read(&m, VA).end, MMU_OK);
	ck_assert(holds(&m, VA) && !(value_of(&m, VA) & PTE_A));
	machine_read(&m, VA); /* a hit is none of them */
	ck_assert(!(value_of(&m, VA) & PTE_A));
	drain_by(&m, (unsigned)_i);
	ck_assert(value_of(&m, VA) & PTE_A);
	ck_assert_uint_ge(mmu_counters(m.mmu).a_set, 1 + 3);
	machine_free(&m);
}
END_TEST

START_TEST(another_cpu_does_not_hurry_a_late_a)
{
	struct machine m = machine_with(QUIRK(LATE_A), 2);

	map_pages(&m, 2, KERNEL_RW);
	machine_read(&m, VA);
	mmu_serialise(m.mmu, 1);
	read_by(&m, 1, NEXT);
	ck_assert(!(value_of(&m, VA) & PTE_A));
	machine_free(&m);
}
END_TEST

START_TEST(late_a_is_lost_if_the_entry_changed_meanwhile)
{
	struct machine m = machine_with(QUIRK(LATE_A), 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_read(&m, VA);
	machine_set(&m, entry, 0);
	mmu_serialise(m.mmu, 0);
	ck_assert_uint_eq(value_of(&m, VA), 0);
	ck_assert(holds(&m, VA)); /* and A told nobody */
	machine_free(&m);
}
END_TEST

START_TEST(d_is_never_late)
{
	struct machine m = machine_with(QUIRK(LATE_A), 1);

	map_pages(&m, 1, KERNEL_RW);
	machine_write(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA) & (PTE_A | PTE_D), PTE_A | PTE_D);
	ck_assert_int_eq(machine_write(&m, VA).served, MMU_BY_L1);
	machine_free(&m);
}
END_TEST

/* ---- stray-a ------------------------------------------------------------- */

static const struct {
	const char *claim;
	enum mmu_access access;
	uint64_t left;
} stray_rows[] = {
	{ "a read leaves 0x20", MMU_READ, 0x20 },
	{ "a write leaves 0x60", MMU_WRITE, 0x60 },
	{ "a fetch leaves 0x20", MMU_FETCH, 0x20 },
};

START_TEST(fault_marks_the_entry_just_cleared_and_caches_nothing)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_set(&m, entry, 0);
	ck_assert_int_eq(
		mmu_access(m.mmu, 0, VA, stray_rows[_i].access, MMU_SUPERVISOR)
			.end,
		MMU_PAGE_FAULT);
	ck_assert_msg(value_of(&m, VA) == stray_rows[_i].left, "%s",
		      stray_rows[_i].claim);
	ck_assert(!holds(&m, VA));
	machine_free(&m);
}
END_TEST

START_TEST(entry_cleared_before_another_changed_gets_no_stray_a)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t entry = map_pages(&m, 2, KERNEL_RW);

	machine_set(&m, entry, 0);
	machine_set(&m, entry + 8, 0);
	machine_read(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA), 0);
	machine_read(&m, NEXT);
	ck_assert_uint_eq(value_of(&m, NEXT), PTE_A);
	machine_set(&m, entry + 8, 0);
	machine_read(&m, VA);
	ck_assert_uint_eq(value_of(&m, NEXT), 0);
	machine_free(&m);
}
END_TEST

START_TEST(stray_a_comes_once)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_set(&m, entry, 0);
	machine_read(&m, VA);
	machine_write(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA), PTE_A);
	machine_free(&m);
}
END_TEST

START_TEST(stray_a_is_of_a_last_level)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t directory;

	map_pages(&m, 1, KERNEL_RW);
	directory = machine_entry(&m, VA, 2);
	machine_set(&m, directory, 0);
	machine_read(&m, VA);
	ck_assert_uint_eq(physmem_read(m.mem, directory), 0);
	machine_free(&m);
}
END_TEST

START_TEST(processor_without_it_sets_nothing_where_p_is_clear)
{
	struct machine m = machine_with(0, 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_set(&m, entry, 0);
	machine_write(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA), 0);
	machine_free(&m);
}
END_TEST

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

static void add_unasked(TCase *tc)
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

static void add(TCase *tc)
{
	tcase_add_test(tc, machine_without_quirks_does_what_was_asked);
	tcase_add_test(tc, every_quirk_is_named_and_sourced);
	add_unasked(tc);
	tcase_add_loop_test(tc, late_a_is_in_memory_at_the_next_of_these, 0, 6);
	tcase_add_test(tc, another_cpu_does_not_hurry_a_late_a);
	tcase_add_test(tc, late_a_is_lost_if_the_entry_changed_meanwhile);
	tcase_add_test(tc, d_is_never_late);
	tcase_add_loop_test(
		tc, fault_marks_the_entry_just_cleared_and_caches_nothing, 0,
		ROWS(stray_rows));
	tcase_add_test(tc,
		       entry_cleared_before_another_changed_gets_no_stray_a);
	tcase_add_test(tc, stray_a_comes_once);
	tcase_add_test(tc, stray_a_is_of_a_last_level);
	tcase_add_test(tc, processor_without_it_sets_nothing_where_p_is_clear);
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
	return run_suite("mmu quirks", add);
}

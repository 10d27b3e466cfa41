/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_same.c - random edits, with invalidation.
 *
 * With the invalidation that the manuals ask for, what is cached cannot be
 * told from what is not: every profile gives the same results, and the same
 * tables to the last A and D bit, as one that caches nothing.
 *
 * Sources: SDM vol. 3A, "Recommended Invalidation", "Optional Invalidation";
 * APM vol. 2, "TLB Management".
 */
#include "config.h"

#include <string.h>

#include "tests/check_mmu_pages.h"

/* Two address spaces, PCIDs 1 and 2, each with all pages; those from BOTH on
 * are under the same tables in both, and may be global. */
struct world {
	struct random random;
	struct machine m[MACHINES]; /* tables at the same addresses */
	paddr_t root[2];
	unsigned space[CPUS]; /* loaded */
	unsigned good;	      /* accesses that did not fault */
};

static void set_register(struct world *w, unsigned cpu, enum mmu_register reg,
			 uint64_t value)
{
	for (unsigned i = 0; i < MACHINES; i++)
		ck_assert(mmu_set_register(w->m[i].mmu, cpu, reg, value, NULL));
}

static void load_space(struct world *w, unsigned cpu, unsigned space,
		       uint64_t how)
{
	w->space[cpu] = space;
	set_register(w, cpu, MMU_CR3, w->root[space] | (space + 1) | how);
}

static struct world world_make(uint64_t seed)
{
	struct world w = { .random = random_seed(seed) };

	for (unsigned i = 0; i < MACHINES; i++) {
		w.m[i] = machine_make(profile_number(i), CPUS);
		make_spaces(&w.m[i], w.root);
	}
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		struct mmu_registers now = mmu_registers(w.m[0].mmu, cpu);

		set_register(&w, cpu, MMU_CR4, now.cr4 | CR4_PCIDE);
		load_space(&w, cpu, 0, 0);
	}
	return w;
}

static void world_check(struct world *w)
{
	uint64_t from = w->m[0].root, bytes = w->m[0].free - from;

	for (unsigned i = 0; i < MACHINES; i++) {
		mmu_check(w->m[i].mmu);
		ck_assert_msg(!memcmp(physmem_pointer(w->m[0].mem, from),
				      physmem_pointer(w->m[i].mem, from),
				      bytes),
			      "tables of machine %u differ", i);
		ck_assert_uint_eq(mmu_counters(w->m[i].mmu).stale_uses, 0);
	}
}

static void flush_everywhere(struct world *w)
{
	for (unsigned i = 0; i < MACHINES; i++)
		for (unsigned cpu = 0; cpu < CPUS; cpu++)
			mmu_flush_all(w->m[i].mmu, cpu);
}

static void invlpg_in_both_spaces(struct world *w, vaddr_t va)
{
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		for (unsigned turn = 0; turn < 2; turn++) {
			for (unsigned i = 0; i < MACHINES; i++)
				mmu_invlpg(w->m[i].mmu, cpu, va);
			load_space(w, cpu, !w->space[cpu], CR3_NOFLUSH);
		}
}

static paddr_t leaf_of(const struct world *w, unsigned space, unsigned page)
{
	struct machine m = w->m[0];

	m.root = w->root[space];
	return machine_entry(&m, va_of(page), (unsigned)size_of(page) + 1);
}

static void set_entry(struct world *w, paddr_t entry, uint64_t value)
{
	for (unsigned i = 0; i < MACHINES; i++)
		machine_set(&w->m[i], entry, value);
}

static void edit_leaf(struct world *w)
{
	unsigned page = below(&w->random, PAGES);
	paddr_t entry = leaf_of(w, below(&w->random, 2), page);

	set_entry(w, entry, random_leaf(&w->random, page));
	if (below(&w->random, 4))
		invlpg_in_both_spaces(w, va_of(page));
	else
		flush_everywhere(w);
}

/* SDM vol. 3A, "Optional Invalidation": P or R/W from 0 to 1. */
static void upgrade_leaf(struct world *w)
{
	unsigned page = below(&w->random, PAGES);
	paddr_t entry = leaf_of(w, below(&w->random, 2), page);
	uint64_t value = physmem_read(w->m[0].mem, entry);

	if (value & PTE_P)
		set_entry(w, entry, value | PTE_RW);
	else
		set_entry(w, entry, random_leaf(&w->random, page) | PTE_P);
}

/* Take one right away above, or give all back. */
static void edit_above(struct world *w)
{
	static const uint64_t flips[] = { PTE_P, PTE_RW, PTE_US, PTE_XD };
	unsigned level = 2 + below(&w->random, 3);
	struct machine m = w->m[0];
	paddr_t entry;
	uint64_t value;

	m.root = w->root[below(&w->random, 2)];
	entry = machine_entry(&m, va_of(below(&w->random, 2)), level);
	value = (physmem_read(m.mem, entry) & PTE_FRAME) | USER_RW;
	if (one_in(&w->random, 4))
		value ^= flips[below(&w->random, ROWS(flips))];
	set_entry(w, entry, value);
	flush_everywhere(w);
}

static void switch_space(struct world *w)
{
	unsigned cpu = below(&w->random, CPUS);

	load_space(w, cpu, below(&w->random, 2),
		   below(&w->random, 2) ? CR3_NOFLUSH : 0);
}

static void toggle_control(struct world *w)
{
	static const uint64_t bits[] = { CR4_PGE, CR4_SMEP, CR4_SMAP };
	unsigned cpu = below(&w->random, CPUS);
	struct mmu_registers now = mmu_registers(w->m[0].mmu, cpu);

	if (below(&w->random, 2))
		set_register(w, cpu, MMU_CR0, now.cr0 ^ CR0_WP);
	else
		set_register(w, cpu, MMU_CR4,
			     now.cr4 ^ bits[below(&w->random, ROWS(bits))]);
}

/* A machine may drop anything at any time, each on its own. */
static void drop_something(struct world *w)
{
	struct machine *m = &w->m[below(&w->random, MACHINES)];
	unsigned cpu = below(&w->random, CPUS);

	if (below(&w->random, 4))
		mmu_invlpg(m->mmu, cpu, va_of(below(&w->random, PAGES)));
	else
		mmu_drop_all(m->mmu, cpu);
}

static void access_all(struct world *w)
{
	struct access a = random_access(&w->random);
	struct mmu_result want = do_access(&w->m[0], &a);

	w->good += want.end == MMU_OK;
	for (unsigned i = 1; i < MACHINES; i++) {
		struct mmu_result got = do_access(&w->m[i], &a);

		ck_assert_msg(got.end == want.end &&
				      got.error_code == want.error_code &&
				      got.paddr == want.paddr &&
				      got.entry == want.entry,
			      "machine %u, page %u, access %d: end %d, code "
			      "%#x, want %d, %#x",
			      i, a.page, (int)a.access, (int)got.end,
			      got.error_code, (int)want.end, want.error_code);
		ck_assert_uint_eq(got.stale_since, MMU_NOT_STALE);
	}
}

static void (*const rare_operations[])(struct world *) = {
	edit_leaf,    upgrade_leaf,   edit_above,
	switch_space, toggle_control, drop_something,
};

START_TEST(with_invalidation_every_profile_gives_the_same)
{
	struct world w = world_make((uint64_t)_i + 1);

	for (unsigned step = 0; step < STEPS; step++) {
		if (below(&w.random, 4))
			access_all(&w);
		else
			rare_operations[below(&w.random,
					      ROWS(rare_operations))](&w);
		if (step % 100 == 0)
			world_check(&w);
	}
	/* Else it has tested little. */
	ck_assert_uint_gt(w.good, STEPS / 6);
	for (unsigned i = 0; i < MACHINES; i++)
		machine_free(&w.m[i]);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, with_invalidation_every_profile_gives_the_same,
			    0, 8);
}

int main(void)
{
	return run_suite("mmu same", add);
}

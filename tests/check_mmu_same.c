/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_same.c - random edits, with invalidation.
 *
 * With the invalidation that the manuals ask for, what is cached cannot be
 * told from what is not: every profile, the shipped ones too, gives the same
 * results, and the same tables to the last A and D bit, as one that caches
 * nothing.  Each machine invalidates in a way of its own, out of those that
 * suffice.
 *
 * Sources: SDM vol. 3A, "Recommended Invalidation", "Optional Invalidation";
 * APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu_world.h"

static paddr_t leaf_of(const struct world *w, unsigned space, unsigned page)
{
	struct machine m = w->m[0];

	m.root = w->root[space];
	return machine_entry(&m, va_of(page), (unsigned)size_of(page) + 1);
}

static void set_entry(struct world *w, paddr_t entry, uint64_t value)
{
	for (unsigned i = 0; i < w->count; i++)
		machine_set(&w->m[i], entry, value);
}

static void edit_leaf(struct world *w)
{
	unsigned page = below(&w->random, PAGES);
	paddr_t entry = leaf_of(w, below(&w->random, 2), page);

	set_entry(w, entry, random_leaf(&w->random, page));
	if (below(&w->random, 8))
		world_drop_page(w, page, world_way(w, page));
	else
		world_flush(w);
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

/* Take one right away above, or give all back; of level 5 in both spaces,
 * since what is global is below it. */
static void edit_above(struct world *w)
{
	static const uint64_t flips[] = { PTE_P, PTE_RW, PTE_US, PTE_XD };
	unsigned level = 2 + below(&w->random, w->five_levels ? 4 : 3);
	unsigned space = below(&w->random, 2);
	uint64_t rights = USER_RW;
	struct machine m = w->m[0];

	if (one_in(&w->random, 8))
		rights ^= flips[below(&w->random, ROWS(flips))];
	m.root = w->root[space];
	if (level == 5) {
		set_entry(w, w->top[0], w->root[0] | rights);
		set_entry(w, w->top[1], w->root[1] | rights);
	} else {
		paddr_t entry = machine_entry(&m, va_of(below(&w->random, 2)),
					      level);

		set_entry(w, entry,
			  (physmem_read(m.mem, entry) & PTE_FRAME) | rights);
	}
	world_flush(w);
}

/* The same to a PDE, and INVLPG or what does as much for each page below. */
static void edit_pde(struct world *w)
{
	unsigned first = below(&w->random, 2), space = below(&w->random, 2);
	enum way way = world_way(w, first);
	struct machine m = w->m[0];
	paddr_t entry;
	uint64_t value;

	m.root = w->root[space];
	entry = machine_entry(&m, va_of(first), 2);
	value = (physmem_read(m.mem, entry) & PTE_FRAME) | USER_RW;
	if (one_in(&w->random, 3))
		value ^= one_in(&w->random, 2) ? PTE_RW : PTE_P;
	set_entry(w, entry, value);
	for (unsigned page = first; page < OWN_PAGES; page += 2)
		world_drop_page(w, page, way);
}

static void switch_space(struct world *w)
{
	unsigned cpu = below(&w->random, CPUS);

	world_load_space(w, cpu, below(&w->random, 2),
			 below(&w->random, 2) ? CR3_NOFLUSH : 0);
}

static void toggle_nxe(struct world *w, unsigned cpu)
{
	for (unsigned i = 0; i < w->count; i++) {
		struct mmu *mmu = w->m[i].mmu;
		uint64_t efer = mmu_registers(mmu, cpu).efer ^ EFER_NXE;

		ck_assert(mmu_set_register(mmu, cpu, MMU_EFER, efer, NULL));
	}
	/* XD of what is cached was, or is now, a reserved bit. */
	world_flush_cpu(w, cpu);
}

/* INVLPG then drops fewer upper entries. */
static void toggle_tce(struct world *w, unsigned cpu)
{
	for (unsigned i = 0; i < w->count; i++) {
		struct mmu *mmu = w->m[i].mmu;
		uint64_t efer = mmu_registers(mmu, cpu).efer ^ EFER_TCE;

		if (mmu_profile(mmu)->vendor == MMU_AMD)
			ck_assert(mmu_set_register(mmu, cpu, MMU_EFER, efer,
						   NULL));
	}
}

static void toggle_cr4(struct world *w, unsigned cpu)
{
	static const uint64_t bits[] = { CR4_PGE, CR4_SMEP, CR4_SMAP, CR4_PKE,
					 CR4_PSE };
	struct mmu_registers now = mmu_registers(w->m[0].mmu, cpu);

	world_set_register(w, cpu, MMU_CR4,
			   now.cr4 ^ bits[below(&w->random, ROWS(bits))]);
}

static void toggle_wp(struct world *w, unsigned cpu)
{
	struct mmu_registers now = mmu_registers(w->m[0].mmu, cpu);

	world_set_register(w, cpu, MMU_CR0, now.cr0 ^ CR0_WP);
}

static void set_keys(struct world *w, unsigned cpu)
{
	struct mmu_registers now = mmu_registers(w->m[0].mmu, cpu);
	uint32_t pkru = 0;

	for (unsigned key = 0; key < 16; key++)
		if (one_in(&w->random, 4))
			pkru |= (1 + below(&w->random, 3)) << 2 * key;
	if (now.cr4 & CR4_PKE)
		world_set_register(w, cpu, MMU_PKRU, pkru);
}

static void toggle_ac(struct world *w, unsigned cpu)
{
	bool ac = mmu_registers(w->m[0].mmu, cpu).ac;

	world_set_register(w, cpu, MMU_RFLAGS, ac ? 0 : RFLAGS_AC);
}

static void (*const controls[])(struct world *, unsigned cpu) = {
	toggle_cr4, toggle_wp,	toggle_ac,	    set_keys,
	toggle_nxe, toggle_tce, world_toggle_pcids,
};

static void change_control(struct world *w)
{
	controls[below(&w->random, ROWS(controls))](w, below(&w->random, CPUS));
}

/* A machine may drop anything at any time, each on its own. */
static void drop_something(struct world *w)
{
	struct machine *m = &w->m[below(&w->random, w->count)];
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
	for (unsigned i = 1; i < w->count; i++) {
		struct mmu_result got = do_access(&w->m[i], &a);

		ck_assert_msg(got.end == want.end &&
				      got.error_code == want.error_code &&
				      got.paddr == want.paddr &&
				      got.entry == want.entry,
			      "%s, page %u, access %d: end %d, code %#x, want "
			      "%d, %#x",
			      w->name[i], a.page, (int)a.access, (int)got.end,
			      got.error_code, (int)want.end, want.error_code);
		ck_assert_uint_eq(got.stale_since, MMU_NOT_STALE);
	}
}

/* What drops nearly everything is rarer. */
static void rare_operation(struct world *w)
{
	static void (*const often[])(struct world *) = {
		edit_leaf,
		upgrade_leaf,
		edit_pde,
		switch_space,
	};
	static void (*const seldom[])(struct world *) = {
		edit_above,
		change_control,
		drop_something,
	};

	if (one_in(&w->random, 4))
		seldom[below(&w->random, ROWS(seldom))](w);
	else
		often[below(&w->random, ROWS(often))](w);
}

START_TEST(with_invalidation_every_profile_gives_the_same)
{
	const struct profiles profiles = every_profile();
	struct world w;

	world_make(&w, &profiles, (uint64_t)_i + 1);
	for (unsigned step = 0; step < STEPS; step++) {
		if (below(&w.random, 4))
			access_all(&w);
		else
			rare_operation(&w);
		if (step % 400 == 0)
			world_check(&w);
	}
	/* Else it has tested little. */
	ck_assert_uint_gt(w.good, STEPS / 10);
	for (unsigned i = 0; i < w.count; i++)
		machine_free(&w.m[i]);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, with_invalidation_every_profile_gives_the_same,
			    0, 10);
}

int main(void)
{
	return run_suite("mmu same", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_world.c - one machine for each profile, in lockstep.
 *
 * Sources: SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches"; APM vol. 3, "INVLPGB", "TLBSYNC".
 */
#include "config.h"

#include "tests/check_mmu_world.h"

#include <string.h>

void world_set_register(struct world *w, unsigned cpu, enum mmu_register reg,
			uint64_t value)
{
	for (unsigned i = 0; i < w->count; i++)
		ck_assert(mmu_set_register(w->m[i].mmu, cpu, reg, value, NULL));
}

void world_load_space(struct world *w, unsigned cpu, unsigned space,
		      uint64_t how)
{
	w->space[cpu] = space;
	if (w->pcids[cpu])
		world_set_register(w, cpu, MMU_CR3,
				   w->top[space] | (space + 1) | how);
	else
		world_set_register(w, cpu, MMU_CR3, w->top[space]);
}

void world_toggle_pcids(struct world *w, unsigned cpu)
{
	struct mmu_registers now = mmu_registers(w->m[0].mmu, cpu);

	if (!w->pcids[cpu])
		world_set_register(w, cpu, MMU_CR3, w->top[w->space[cpu]]);
	world_set_register(w, cpu, MMU_CR4, now.cr4 ^ CR4_PCIDE);
	w->pcids[cpu] = !w->pcids[cpu];
	world_load_space(w, cpu, w->space[cpu], 0);
}

static void make_tables(struct world *w, struct machine *m)
{
	make_spaces(m, w->root);
	memcpy(w->top, w->root, sizeof(w->top));
	if (w->five_levels)
		use_five_levels(m, w->root, w->top);
}

void world_make(struct world *w, const struct profiles *profiles, uint64_t seed)
{
	*w = (struct world){ .random = random_seed(seed),
			     .count = profiles->count,
			     .five_levels = seed % 2 };
	for (unsigned i = 0; i < w->count; i++) {
		w->m[i] = machine_make(profiles->list[i], CPUS);
		w->name[i] = profiles->list[i].name;
		make_tables(w, &w->m[i]);
	}
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		world_toggle_pcids(w, cpu);
}

/* Are the tables of both alike?  One that speculates has A set where the other
 * has not, and an edit makes that undone. */
static bool have_same_tables(const struct machine *m, const struct machine *of)
{
	bool ahead = mmu_profile(m->mmu)->quirks & QUIRK(SPECULATE);
	uint64_t ignored = ahead ? PTE_A : 0;

	for (paddr_t at = of->root; at < of->free; at += 8)
		if ((physmem_read(m->mem, at) ^ physmem_read(of->mem, at)) &
		    ~ignored)
			return false;
	return true;
}

void world_check(struct world *w)
{

	for (unsigned i = 0; i < w->count; i++) {
		mmu_check(w->m[i].mmu);
		ck_assert_msg(have_same_tables(&w->m[i], &w->m[0]),
			      "tables of %s differ", w->name[i]);
		ck_assert_uint_eq(mmu_counters(w->m[i].mmu).stale_uses, 0);
	}
}

/* ---- ways to invalidate everything -------------------------------------- */

static void by_flush(struct machine *m, unsigned cpu)
{
	mmu_flush_all(m->mmu, cpu);
}

static void by_invpcid_all(struct machine *m, unsigned cpu)
{
	struct mmu_invpcid_descriptor any = { 0 };

	ck_assert(mmu_invpcid(m->mmu, cpu, MMU_INVPCID_ALL, &any, NULL));
}

static void by_toggling_pge(struct machine *m, unsigned cpu)
{
	uint64_t cr4 = mmu_registers(m->mmu, cpu).cr4;

	for (unsigned turn = 0; turn < 2; turn++) {
		cr4 ^= CR4_PGE;
		ck_assert(mmu_set_register(m->mmu, cpu, MMU_CR4, cr4, NULL));
	}
}

static void by_invlpgb_all(struct machine *m, unsigned cpu)
{
	struct mmu_invlpgb all = { .globals = true };

	ck_assert(mmu_invlpgb(m->mmu, cpu, &all, NULL));
	ck_assert(mmu_tlbsync(m->mmu, cpu));
}

static void (*const flushes[])(struct machine *m, unsigned cpu) = {
	by_flush,
	by_invpcid_all,
	by_toggling_pge,
	by_invlpgb_all,
};

void world_flush_cpu(struct world *w, unsigned cpu)
{
	for (unsigned i = 0; i < w->count; i++)
		flushes[below(&w->random, ROWS(flushes))](&w->m[i], cpu);
}

void world_flush(struct world *w)
{
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		world_flush_cpu(w, cpu);
}

/* ---- ways to invalidate one page ---------------------------------------- */

/* In the address space that is not loaded there is nothing without PCIDs. */
static void by_invlpg(struct world *w, unsigned cpu, vaddr_t va)
{
	for (unsigned turn = 0; turn < 2; turn++) {
		for (unsigned i = 0; i < w->count; i++)
			mmu_invlpg(w->m[i].mmu, cpu, va);
		world_load_space(w, cpu, !w->space[cpu], CR3_NOFLUSH);
	}
}

static void by_invlpgb(struct world *w, unsigned cpu, vaddr_t va)
{
	struct mmu_invlpgb page = { .by_va = true, .globals = true, .va = va };

	for (unsigned i = 0; i < w->count; i++) {
		ck_assert(mmu_invlpgb(w->m[i].mmu, cpu, &page, NULL));
		ck_assert(mmu_tlbsync(w->m[i].mmu, cpu));
	}
}

/* What is not global. */
static void by_invpcid(struct world *w, unsigned cpu, enum mmu_invpcid type,
		       vaddr_t va)
{
	struct mmu_invpcid_descriptor what = { .va = va };
	unsigned pcids = w->pcids[cpu] ? 3 : 1;

	for (unsigned i = 0; i < w->count; i++)
		for (what.pcid = 0; what.pcid < pcids; what.pcid++)
			ck_assert(mmu_invpcid(w->m[i].mmu, cpu, type, &what,
					      NULL));
}

static void by_reload(struct world *w, unsigned cpu)
{
	world_load_space(w, cpu, !w->space[cpu], 0);
	world_load_space(w, cpu, !w->space[cpu], 0);
}

enum way world_way(struct world *w, unsigned page)
{
	unsigned ways = va_of(page) < BOTH ? WAYS : BY_ADDRESS;

	return (enum way)below(&w->random, ways);
}

static void drop_on(struct world *w, unsigned cpu, vaddr_t va, enum way way)
{
	switch (way) {
	case BY_INVLPG:
		by_invlpg(w, cpu, va);
		break;
	case BY_INVLPGB:
		by_invlpgb(w, cpu, va);
		break;
	case BY_ADDRESS:
		by_invpcid(w, cpu, MMU_INVPCID_ADDRESS, va);
		break;
	case BY_CONTEXT:
		by_invpcid(w, cpu, MMU_INVPCID_CONTEXT, va);
		break;
	case BY_NOT_GLOBAL:
		by_invpcid(w, cpu, MMU_INVPCID_NOT_GLOBAL, va);
		break;
	case BY_RELOAD:
		by_reload(w, cpu);
		break;
	case WAYS:
		break;
	}
}

void world_drop_page(struct world *w, unsigned page, enum way way)
{
	/* INVLPGB reaches every CPU from any. */
	unsigned cpu = way == BY_INVLPGB ? below(&w->random, CPUS) : 0;
	unsigned end = way == BY_INVLPGB ? cpu + 1 : CPUS;

	for (; cpu < end; cpu++)
		drop_on(w, cpu, va_of(page), way);
}

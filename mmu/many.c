/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * many.c - many accesses by one call: the quick way where there is one.
 *
 *   refs ---> kernel: simple ones ---> mmu_access(): the one that is not
 *                ^                        |
 *                +------------------------+
 *
 * Who watches the steps of walks sees them all: there is no quick way then.
 *
 * What the quick way goes by is looked at again after each access that is not
 * simple, since that may have filled anything with anything.
 */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "mmu/cost.h"
#include "mmu/kernel.h"
#include "mmu/physmem.h"

/* ---- is there a quick way? ----------------------------------------------- */

/* The caches of 4K pages that a route asks, if they are simple enough and it
 * asks one of them first; at most @max. */
static bool quick_caches(const struct route *route, struct tlb **found,
			 unsigned max)
{
	unsigned count = 0;

	if (!route->count || route->at[0].size != MMU_4K)
		return false;
	for (unsigned i = 0; i < route->count; i++) {
		if (route->at[i].size != MMU_4K)
			continue;
		if (count == max || route->at[i].tlb->infinite)
			return false;
		found[count++] = route->at[i].tlb;
	}
	return true;
}

/* Are there pages of other sizes? */
static bool has_others(const struct route *route)
{
	for (unsigned i = 0; i < route->count; i++)
		if (route->at[i].size != MMU_4K &&
		    route->at[i].tlb->held[route->at[i].size])
			return true;
	return false;
}

static bool has_globals(const struct tlb *tlb)
{
	return tlb && tlb->has_globals;
}

/* What earlier calls found is not asked again, or forgotten. */
static uint64_t number_call(struct known_tables *known)
{
	if (++known->calls >> KERNEL_CALL_BITS) {
		memset(known->at, 0, sizeof(known->at));
		known->calls = 1;
	}
	return known->calls;
}

static void know_nothing(struct kernel *k)
{
	k->call = number_call(&k->cpu->known);
	k->drops = k->cpu->upper.drops;
}

/* Is something else in the caches now? */
static void look_again(struct kernel *k)
{
	k->globals = false;
	for (unsigned access = 0; access < MMU_ACCESSES; access++) {
		struct lane *lane = &k->lane[access];

		for (unsigned level = 0; level < MMU_LEVELS; level++)
			lane->others[level] = has_others(lane->route[level]);
		lane->kind.bits = ~UINT64_C(0);
		k->globals |= has_globals(lane->l1) || has_globals(lane->l2) ||
			      has_globals(lane->bank);
	}
}

static void choose_lane(struct kernel *k, enum mmu_access access)
{
	const struct mmu_cpu *cpu = k->cpu;
	const struct route *l1 = &cpu->route[0][access];
	const struct route *l2 = &cpu->route[1][access];
	struct lane *lane = &k->lane[access];
	struct tlb *banks[MMU_BANKS] = { NULL };

	*lane = (struct lane){
		.slow = cpu->slow[k->privilege][access],
		.denied_by = cpu->denied_by[k->privilege][access],
		.set_leaf = access == MMU_WRITE ? PTE_A | PTE_D : PTE_A,
		.route = { l1, l2 },
	};
	if (l2->count && !quick_caches(l2, banks, MMU_BANKS))
		return;
	lane->l2 = banks[0];
	lane->bank = banks[1];
	if (!quick_caches(l1, &lane->l1, 1))
		lane->l1 = NULL;
}

/* Those that share a cache need not tell reads from writes. */
static uint64_t choose_mask(const struct kernel *k)
{
	uint64_t mask = ~page_offset_mask(MMU_4K) | MMU_REF_ACCESS;

	if (k->lane[MMU_READ].l1 == k->lane[MMU_WRITE].l1)
		mask &= ~(uint64_t)MMU_WRITE;
	return mask;
}

static bool stores_alone(const struct kernel *k)
{
	const struct tlb *store = k->lane[MMU_WRITE].l1;

	return store != k->lane[MMU_READ].l1 && store != k->lane[MMU_FETCH].l1;
}

static void choose(struct kernel *k)
{
	for (unsigned access = 0; access < MMU_ACCESSES; access++)
		choose_lane(k, (enum mmu_access)access);
	k->apart = stores_alone(k) ? MMU_WRITE : 0;
	k->same_mask = choose_mask(k);
	k->slow_data = k->lane[MMU_READ].slow | k->lane[MMU_WRITE].slow;
	look_again(k);
}

static bool has_quick_way(const struct mmu *mmu, const struct mmu_cpu *cpu)
{
	const struct paging *paging = &cpu->paging;

	return mmu->batching != MMU_ONE_BY_ONE && !mmu->steps &&
	       !has_quirks(mmu, cpu) && !paging->nested &&
	       paging->levels >= 4 && cpu->nr_tlbs &&
	       paging->root < physmem_size(mmu->mem);
}

static struct upper upper_of(struct mmu_cpu *cpu, unsigned level)
{
	return (struct upper){ .psc = psc_of(&cpu->upper, level),
			       .place = psc_place(level),
			       .space = psc_tag(level, 0, cpu->pcid),
			       .level = level };
}

/* The levels of which upper entries are cached. */
static void choose_upper(struct kernel *k)
{
	const struct pscs *all = &k->cpu->upper;
	struct upper *higher = k->higher;

	k->pde = upper_of(k->cpu, PSC_FIRST_LEVEL);
	for (unsigned l = PSC_FIRST_LEVEL; l <= k->cpu->paging.levels; l++) {
		if (!all->cache[psc_cache_of(all, l)].room)
			continue;
		k->upper_levels |= 1u << l;
		if (l > PSC_FIRST_LEVEL)
			*higher++ = upper_of(k->cpu, l);
	}
}

static void start(struct kernel *k)
{
	const struct paging *paging = &k->cpu->paging;

	k->known = k->cpu->known.at;
	k->memory = physmem_pointer(k->mmu->mem, 0);
	k->bytes = physmem_size(k->mmu->mem);
	k->space = TAG_VALID | k->cpu->pcid;
	k->sign = paging->sign;
	k->outside = ~UINT64_C(0) << (paging->address_bits - 1) << 1;
	k->reserved = paging->level[1].reserved[true];
	k->global = paging->global_pages ? PTE_G : 0;
	k->kind = ~(PTE_FRAME | PTE_A | PTE_D) | k->reserved;
	for (unsigned i = 0; i < KERNEL_NOTES; i++)
		k->note[i].print = &k->nowhere;
	k->global_apart = k->cpu->regs.cr4 & CR4_PCIDE;
	choose_upper(k);
	know_nothing(k);
	k->used = k->mmu->footprints.used;
	k->of_frame = k->mmu->footprints.of_frame;
	k->print = footprint_word(cpu_bit(k->cpu), 0);
	choose(k);
}

static kernel_run *kernel_of(enum mmu_batching batching)
{
	switch (batching) {
	case MMU_ONE_BY_ONE:
	case MMU_PLAIN:
		break;
#ifdef HAVE_VECTORS
	case MMU_AVX2:
		return kernel_run_v3;
	case MMU_AVX512:
		return kernel_run_v4;
#else
	case MMU_AVX2:
	case MMU_AVX512:
		break;
#endif
	case MMU_BEST:
		return kernel_of(mmu_best_batching());
	}
	return kernel_run_plain;
}

enum mmu_batching mmu_best_batching(void)
{
#ifdef HAVE_VECTORS
	if (__builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq"))
		return MMU_AVX512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return MMU_AVX2;
#endif
	return MMU_PLAIN;
}

/* ---- the account --------------------------------------------------------- */

/* Walks that began below an entry above PDEs; in *@saved, how many entries they
 * had not to read. */
static uint64_t count_higher(const struct kernel *k, uint64_t *saved)
{
	unsigned levels = k->cpu->paging.levels;
	uint64_t hits = 0;

	*saved = 0;
	for (const struct upper *upper = k->higher; upper->psc; upper++) {
		hits += upper->hits;
		*saved += upper->hits * (levels - (upper->level - 1));
	}
	return hits;
}

static void add_up(struct kernel *k)
{
	const struct mmu_costs *cost = &k->mmu->profile.cost;
	struct mmu_counters *count = &k->cpu->count;
	unsigned levels = k->cpu->paging.levels;
	uint64_t saved, higher_hits = count_higher(k, &saved);
	struct mmu_works works = {
		.l2_hits = k->l2_hits,
		.walks = k->walked,
		.loads = k->walked + (k->walked - k->pde_hits) * (levels - 1) -
			 saved,
		.a_set = k->a_set,
		.d_set = k->d_set,
	};
	uint64_t fills = k->l2_hits + 2 * k->walked - k->not_filled;
	uint64_t walk_cycles = cost_of_walks(cost, &works);

	count->l1_hits += k->simple - k->l2_hits - k->walked;
	count->l2_hits += k->l2_hits;
	count->walks += k->walked;
	count->walk_loads += works.loads;
	count->a_set += k->a_set;
	count->d_set += k->d_set;
	count->fills += fills;
	count->evictions += fills - k->into_empty;
	count->psc_hits += k->pde_hits + higher_hits;
	count->l1_clean += k->clean[0];
	count->l2_clean += k->clean[1];
	count->walk_cycles += walk_cycles;
	count->translate_cycles += cost_of_misses(cost, &works) + walk_cycles;
}

/* Write what is left to be written. */
static void finish(struct kernel *k)
{
	for (unsigned i = 0; i < KERNEL_NOTES; i++)
		footprint_leave_word(k->note[i].print, k->note[i].word);
	add_up(k);
}

/* ---- all of them --------------------------------------------------------- */

static struct mmu_result access_one(struct kernel *k, uint64_t ref)
{
	unsigned access = ref & MMU_REF_ACCESS;

	assert(access < MMU_ACCESSES);
	return mmu_access(k->mmu, k->cpu->number, ref & ~MMU_REF_ACCESS,
			  (enum mmu_access)access, k->privilege);
}

/* What mmu_access() to @ref may have changed: it may have cached upper entries,
 * or dropped some. */
static void forget(struct kernel *k, uint64_t ref)
{
	known_at(k, ref)->as = 0;
	if (k->cpu->upper.drops != k->drops)
		know_nothing(k);
	look_again(k);
}

static bool is_plain(const struct mmu_result *result)
{
	return result->end == MMU_OK && result->stale_since == MMU_NOT_STALE;
}

size_t mmu_access_many(struct mmu *mmu, unsigned cpu, const uint64_t *refs,
		       size_t count, enum mmu_privilege privilege,
		       struct mmu_result *last)
{
	struct kernel k = { .mmu = mmu,
			    .cpu = &mmu->cpu[cpu],
			    .privilege = privilege };
	bool quick = has_quick_way(mmu, k.cpu);
	kernel_run *run = kernel_of(mmu->batching);
	size_t done = 0, simple;

	assert(cpu < mmu->cpus && count);
	if (quick)
		start(&k);
	do {
		simple = quick ? run(&k, refs + done, count - 1 - done) : 0;
		k.simple += simple;
		done += simple;
		*last = access_one(&k, refs[done]);
		if (quick)
			forget(&k, refs[done]);
		done++;
	} while (done < count && is_plain(last));
	if (quick)
		finish(&k);
	return done;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * speculate.c - fills that nobody asked for.
 *
 *   speculate    after a walk:   [page] --> [next page], which is walked too
 *   whenever it is told to:      [any page]
 *   coalesce     after a walk:   [0][1][2][3]  four pages that are neighbours
 *                                in memory as well, with equal attributes:
 *                                those beside the one that was asked for
 *
 * The four are kept as translations of their own.  On a real machine they are
 * one, and so leave more room; what is cached is the same.
 *
 * Rules:
 *  (1) Speculation reads no further than an entry with P=0, and sets A where
 *      it passes, in the leaf only if it may be cached.
 *  (2) It sets no D.  AMD does not cache for a write what has D=0.
 *  (3) It passes upper entries whose table turns out to be empty, which may be
 *      cached all the same.
 *  (4) Coalescing sets nothing.  Each of the four has A set, or else the
 *      machine breaks what the manuals promise.
 *
 * Sources: SDM vol. 3A, "Details of TLB Use", "Paging-Structure Caches"; APM
 * vol. 2, "TLB Management", "Accessed (A) Bit".
 */
#include "config.h"

#include <assert.h>

#include "mmu/cpu.h"

static bool is_cached(const struct mmu_cpu *cpu, vaddr_t va,
		      enum mmu_access access)
{
	for (unsigned level = 0; level < MMU_LEVELS; level++) {
		const struct route *route = &cpu->route[level][access];

		for (unsigned i = 0; i < route->count; i++)
			if (tlb_has(route->at[i].tlb,
				    tag_make(va, route->at[i].size, cpu->pcid,
					     false)))
				return true;
	}
	return false;
}

/* ---- a page, without an access ------------------------------------------- */

static bool walk_ahead(struct mmu *mmu, struct mmu_cpu *cpu,
		       struct walk_request *request, enum mmu_access access)
{
	uint64_t stale_since = upper_begin(cpu, request);
	struct walk walk;

	request->steps = mmu->steps;
	request->cpu = cpu->number;
	walk_tables(&cpu->paging, request, &walk); /* (1) */
	if (mmu->steps && stale_since == MMU_NOT_STALE)
		stale_since = mmu->last_stamp;
	cpu->count.walk_loads += walk.loads;
	cpu->count.a_set += walk.a_set;
	upper_keep(mmu, cpu, request->va, &walk, stale_since); /* (3) */
	if (walk.end != WALK_FOUND)
		return false;
	if (!request->set_leaf) /* quirk_before_walk() said so */
		quirk_after_walk(mmu, cpu, access, &walk);
	walk_step(request, &walk, MMU_STEP_FILL);
	cpu_cache(mmu, cpu, request->va, access, &walk, stale_since);
	return true;
}

static void speculate(struct mmu *mmu, struct mmu_cpu *cpu,
		      const struct walk_request *asked, enum mmu_access access,
		      const struct walk *walk)
{
	uint64_t inside = page_offset_mask(walk->size);
	struct walk_request request = {
		.va = (asked->va | inside) + 1,
		.root = asked->root,
		.wants = asked->wants,
		.denied_by = asked->denied_by,
		.set_upper = PTE_A,
		.set_leaf = PTE_A, /* (2) */
	};

	if (access == MMU_WRITE && mmu->profile.vendor == MMU_AMD)
		request.denied_by |= TARGET_CLEAN;
	if (is_canonical(&cpu->paging, request.va) &&
	    !is_cached(cpu, request.va, access))
		walk_ahead(mmu, cpu, &request, access);
}

/* ---- four neighbours ----------------------------------------------------- */

#define GROUP 4

/* Is @walk to the neighbour @ahead pages after the one that @of found, in
 * memory too, and equal to it but for the bits of @ignored? */
static bool is_neighbour(const struct walk *walk, const struct walk *of,
			 int64_t ahead, uint64_t ignored)
{
	return walk->end == WALK_FOUND && walk->level == 1 &&
	       !((walk->value ^ (of->value + 4096 * (uint64_t)ahead)) &
		 ~ignored);
}

static bool look_at_group(const struct mmu_cpu *cpu,
			  const struct walk_request *asked,
			  const struct walk *walk, uint64_t ignored,
			  struct walk group[GROUP])
{
	unsigned own = asked->va >> 12 & (GROUP - 1);
	vaddr_t first = asked->va & ~(GROUP * 4096ull - 1);

	if ((walk->value >> 12 & (GROUP - 1)) != own)
		return false;
	for (unsigned i = 0; i < GROUP; i++) {
		walk_look(&cpu->paging, asked->root, first + i * 4096,
			  &group[i]);
		if (!is_neighbour(&group[i], walk, (int64_t)i - own, ignored))
			return false;
	}
	return true;
}

static void coalesce(struct mmu *mmu, struct mmu_cpu *cpu,
		     const struct walk_request *asked, enum mmu_access access,
		     const struct walk *walk)
{
	bool any = mmu->profile.quirks & QUIRK(COALESCE);
	unsigned own = asked->va >> 12 & (GROUP - 1);
	struct walk group[GROUP];

	if (walk->level != 1 ||
	    !look_at_group(cpu, asked, walk, any ? PTE_A | PTE_D : 0, group))
		return;
	for (unsigned i = 0; i < GROUP; i++) {
		vaddr_t va = (asked->va & ~(GROUP * 4096ull - 1)) + i * 4096;

		if (i != own && !is_cached(cpu, va, access)) /* (4) */
			cpu_cache(mmu, cpu, va, access, &group[i],
				  MMU_NOT_STALE);
	}
}

void speculate_after(struct mmu *mmu, struct mmu_cpu *cpu,
		     const struct walk_request *asked, enum mmu_access access,
		     const struct walk *walk)
{
	unsigned quirks = mmu->profile.quirks;

	if (quirks & (QUIRK(COALESCE) | QUIRK(COALESCE_ACCESSED)))
		coalesce(mmu, cpu, asked, access, walk);
	if (quirks & QUIRK(SPECULATE))
		speculate(mmu, cpu, asked, access, walk);
}

/* ---- any page ------------------------------------------------------------ */

bool mmu_speculate(struct mmu *mmu, unsigned number, vaddr_t va,
		   enum mmu_privilege privilege)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];
	struct walk_request request = {
		.va = va,
		.root = cpu->paging.root,
		.wants = 1u << MMU_READ,
		.denied_by = cpu->denied_by[privilege][MMU_READ],
		.set_upper = PTE_A,
		.set_leaf = PTE_A, /* (2) */
	};

	assert(number < mmu->cpus);
	if (!cpu->paging.levels || !is_canonical(&cpu->paging, va) ||
	    is_cached(cpu, va, MMU_READ))
		return false;
	if (has_quirks(mmu, cpu))
		quirk_before_walk(mmu, cpu, &request);
	return walk_ahead(mmu, cpu, &request, MMU_READ);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upper.c - paging-structure caches at work: which walk may begin below which
 * entry, and which cached entries does memory contradict?
 *
 * An upper entry is stale when a walk would not pass its level, would pass to
 * another table, or with less rights.  Whoever translates through a stale one
 * may find what a walk from the root would not: mmu/access.c compares then.
 *
 * Each frame of tables remembers the CPUs that may have cached an entry of a
 * path through it, so that a change of an entry asks only those.  The frames
 * of page tables proper are on no such path.
 *
 * Invariants, checked by upper_check():
 *  (1) Exactly the stale entries are marked.
 *  (2) The frames of the entries down to a cached one, as a walk reads them
 *      now, name the CPU.
 *
 * Sources: SDM vol. 3A, "Paging-Structure Caches", "Operations that Invalidate
 * TLBs and Paging-Structure Caches"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include <assert.h>

#include "mmu/cpu.h"

/* What a walk finds where @entry would be used. */
static void look(const struct mmu_cpu *cpu, const struct psc_entry *entry,
		 struct walk *now)
{
	paddr_t root = cpu->paging.root;

	if (cpu->root_of)
		root = cpu->root_of[psc_pcid(entry)];
	walk_look(&cpu->paging, root, psc_va(entry), now);
}

/* Rights that the cached path had and that of now has not.  U/S set above a
 * page takes something away under SMAP, SMEP and keys. */
static bool has_less_rights(const struct mmu_cpu *cpu, uint64_t cached,
			    uint64_t now)
{
	if (now & ~cached & cpu->restricting & ~TARGET_PAGE)
		return true;
	return (cpu->restricting & (TARGET_USER | TARGET_KEYS)) &&
	       (cached & ~now & TARGET_SUPERVISOR);
}

static bool agrees(const struct mmu_cpu *cpu, const struct psc_entry *entry,
		   const struct walk *now)
{
	unsigned level = psc_level(entry);
	uint64_t through = now->through[level];

	if (now->level >= level || now->top < level)
		return false;
	return !((through ^ entry->through) & TARGET_PAGE) &&
	       !has_less_rights(cpu, entry->through, through);
}

static void leave(struct mmu *mmu, const struct mmu_cpu *cpu,
		  const struct walk *now, unsigned level)
{
	for (; level <= now->top; level++) {
		uint64_t *cpus = footprint_of_tables(&mmu->footprints,
						     now->entry[level]);

		if (cpus)
			*cpus |= cpu_bit(cpu);
	}
}

static void verify(struct mmu *mmu, struct mmu_cpu *cpu,
		   struct psc_entry *entry, uint64_t stamp)
{
	unsigned level = psc_level(entry);
	struct walk now;

	look(cpu, entry, &now);
	leave(mmu, cpu, &now, level < now.level ? now.level : level);
	if (agrees(cpu, entry, &now))
		entry->stale_since = MMU_NOT_STALE;
	else if (entry->stale_since == MMU_NOT_STALE)
		entry->stale_since = stamp;
}

void upper_verify(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t stamp)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		for (size_t i = 0; i < cpu->upper.cache[level].count; i++)
			verify(mmu, cpu, &cpu->upper.cache[level].entry[i],
			       stamp);
}

void upper_changed(struct mmu *mmu, uint64_t cpus, uint64_t stamp)
{
	for (unsigned i = 0; i < mmu->cpus; i++)
		if (cpus & cpu_bit(&mmu->cpu[i]))
			upper_verify(mmu, &mmu->cpu[i], stamp);
}

uint64_t upper_begin(struct mmu_cpu *cpu, struct walk_request *request)
{
	const struct psc_entry *entry;

	request->below = 0;
	entry = psc_lookup(&cpu->upper, request->va, cpu->pcid,
			   &request->below);
	if (!entry)
		return MMU_NOT_STALE;
	request->through = entry->through;
	return entry->stale_since;
}

void upper_keep(struct mmu *mmu, struct mmu_cpu *cpu, vaddr_t va,
		const struct walk *walk, uint64_t stale_since)
{
	/* From the root, just now: memory has nothing else. */
	const bool sure = walk->top == cpu->paging.levels && !mmu->steps;

	if (!cpu->upper.any)
		return;
	for (unsigned level = walk->level + 1; level <= walk->top; level++) {
		struct psc_entry *entry = psc_fill(&cpu->upper, level, va,
						   cpu->pcid,
						   walk->through[level]);

		if (entry && sure)
			leave(mmu, cpu, walk, level);
		else if (entry)
			verify(mmu, cpu, entry, stale_since);
	}
}

/* ---- invariants ---------------------------------------------------------- */

static void check_entry(const struct mmu *mmu, const struct mmu_cpu *cpu,
			const struct psc_entry *entry)
{
	unsigned level = psc_level(entry);
	struct walk now;

	look(cpu, entry, &now);
	assert(agrees(cpu, entry, &now) ==
	       (entry->stale_since == MMU_NOT_STALE)); /* (1) */
	for (unsigned l = level < now.level ? now.level : level; l <= now.top;
	     l++) {
		const uint64_t *cpus = footprint_of_tables(&mmu->footprints,
							   now.entry[l]);

		assert(!cpus || *cpus & cpu_bit(cpu)); /* (2) */
	}
}

void upper_check(const struct mmu *mmu, const struct mmu_cpu *cpu)
{
	psc_check(&cpu->upper);
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		for (size_t i = 0; i < cpu->upper.cache[level].count; i++)
			check_entry(mmu, cpu,
				    &cpu->upper.cache[level].entry[i]);
}

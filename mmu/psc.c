/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * psc.c - the paging-structure caches of one CPU: upper entries, by level.
 *
 * Fully associative, the least recently used goes first.  One without limit
 * takes more room instead.
 *
 * Invariants, checked by psc_check():
 *  (1) No two entries of a cache have the same tag.
 *  (2) A tag has no address bits below its level, and is in the level's cache.
 *  (3) None records the address of a page, or U/S = 1: that is the leaf's.
 *
 * Sources: SDM vol. 3A, "Paging-Structure Caches", "Caching Translation
 * Information"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "mmu/psc.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "mmu/rights.h"

#define FIRST_ROOM 64
#define VA_BITS 0x01ffffffffffffffull
#define ALL_LEVELS (~0u << PSC_FIRST_LEVEL & ~(~0u << (WALK_LEVELS + 1)))

static int init_one(struct psc *psc, unsigned entries)
{
	psc->infinite = entries == MMU_PSC_UNLIMITED;
	if (entries > MMU_PSC_MAX_ENTRIES && !psc->infinite)
		return -EINVAL;
	psc->room = psc->infinite ? FIRST_ROOM : entries;
	if (!psc->room)
		return 0;
	psc->entry = calloc(psc->room, sizeof(*psc->entry));
	return psc->entry ? 0 : -ENOMEM;
}

/* Where the entries of @level are. */
static unsigned cache_of(const struct pscs *all, unsigned level)
{
	if (all->shared & 1u << level)
		return (unsigned)__builtin_ctz(all->shared);
	return level;
}

int psc_init(struct pscs *all, const struct mmu_profile *profile)
{
	int err = 0;

	all->shared = profile->psc_shared;
	if (all->shared & ~ALL_LEVELS)
		return -EINVAL;
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS && !err;
	     level++) {
		if (cache_of(all, level) != level)
			continue;
		err = init_one(&all->cache[level], profile->psc[level]);
		all->any |= all->cache[level].room != 0;
	}
	return err;
}

void psc_fini(struct pscs *all)
{
	for (unsigned level = 0; level <= WALK_LEVELS; level++)
		free(all->cache[level].entry);
}

static uint64_t make_tag(unsigned level, vaddr_t va, unsigned pcid)
{
	unsigned shift = 12 + 9 * (level - 1);

	return (uint64_t)level << PSC_LEVEL_SHIFT |
	       (va & VA_BITS) >> shift << shift | pcid;
}

static struct psc_entry *find(struct psc *psc, uint64_t tag)
{
	for (size_t i = 0; i < psc->count; i++)
		if (psc->entry[i].tag == tag)
			return &psc->entry[i];
	return NULL;
}

struct psc_entry *psc_lookup(struct pscs *all, vaddr_t va, unsigned pcid,
			     unsigned *level)
{
	if (!all->any)
		return NULL;
	for (unsigned l = PSC_FIRST_LEVEL; l <= WALK_LEVELS; l++) {
		struct psc *psc = &all->cache[cache_of(all, l)];
		struct psc_entry *entry = find(psc, make_tag(l, va, pcid));

		if (!entry)
			continue;
		entry->used = ++psc->clock;
		*level = l;
		return entry;
	}
	return NULL;
}

/* ---- fill ---------------------------------------------------------------- */

/* Twice the room; false if the host has none. */
static bool grow(struct psc *psc)
{
	size_t bytes = 2 * psc->room * sizeof(*psc->entry);
	struct psc_entry *bigger = realloc(psc->entry, bytes);

	if (!bigger)
		return false;
	psc->entry = bigger;
	psc->room *= 2;
	return true;
}

static struct psc_entry *oldest(struct psc *psc)
{
	struct psc_entry *found = &psc->entry[0];

	for (size_t i = 1; i < psc->count; i++)
		if (psc->entry[i].used < found->used)
			found = &psc->entry[i];
	return found;
}

static struct psc_entry *place_for(struct psc *psc, uint64_t tag)
{
	struct psc_entry *entry = find(psc, tag);

	if (entry)
		return entry; /* (1) */
	if (psc->count == psc->room && psc->infinite)
		grow(psc);
	if (psc->count == psc->room)
		return oldest(psc);
	return &psc->entry[psc->count++];
}

struct psc_entry *psc_fill(struct pscs *all, unsigned level, vaddr_t va,
			   unsigned pcid, uint64_t through)
{
	struct psc *psc = &all->cache[cache_of(all, level)];
	uint64_t tag = make_tag(level, va, pcid);
	struct psc_entry *entry;

	if (!psc->room)
		return NULL;
	entry = place_for(psc, tag);
	*entry = (struct psc_entry){ tag, through, MMU_NOT_STALE,
				     ++psc->clock };
	return entry;
}

/* ---- invalidation -------------------------------------------------------- */

static void drop_where(struct psc *psc, uint64_t mask, uint64_t value)
{
	size_t left = 0;

	for (size_t i = 0; i < psc->count; i++)
		if ((psc->entry[i].tag & mask) != value)
			psc->entry[left++] = psc->entry[i];
	psc->count = left;
}

void psc_drop_all(struct pscs *all)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		all->cache[level].count = 0;
}

void psc_drop_pcid(struct pscs *all, unsigned pcid)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		drop_where(&all->cache[level], 0xfff, pcid);
}

void psc_drop_path(struct pscs *all, vaddr_t va, unsigned pcid)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		drop_where(&all->cache[cache_of(all, level)], ~0ull,
			   make_tag(level, va, pcid));
}

/* ---- invariants ---------------------------------------------------------- */

static void check_entry(const struct pscs *all, unsigned cache, size_t i)
{
	const struct psc *psc = &all->cache[cache];
	const struct psc_entry *entry = &psc->entry[i];
	unsigned level = psc_level(entry);

	assert(cache_of(all, level) == cache); /* (2) */
	assert(entry->tag == make_tag(level, psc_va(entry), psc_pcid(entry)));
	assert(!(entry->through &
		 (TARGET_USER | TARGET_CLEAN | TARGET_KEYS))); /* (3) */
	for (size_t other = 0; other < i; other++)
		assert(psc->entry[other].tag != entry->tag); /* (1) */
}

void psc_check(const struct pscs *all)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		for (size_t i = 0; i < all->cache[level].count; i++)
			check_entry(all, level, i);
}

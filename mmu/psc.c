/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * psc.c - the paging-structure caches of one CPU: upper entries, by level.
 *
 * Fully associative, the least recently used goes first.  One without limit
 * takes more room instead.  Whatever the size, a hit, a miss and a fill cost a
 * look into one chain of a hash and some links:
 *
 *   hash(tag) -> [ entry ] -next-> [ entry ]    oldest <-> ... <-> newest
 *                                                  ^                  ^
 *                                                  +------------------+
 *
 * Invariants, checked by psc_check():
 *  (1) No two entries of a cache have the same tag.
 *  (2) A tag has no address bits below its level, and is in the level's cache.
 *  (3) None records the address of a page, or U/S = 1: that is the leaf's.
 *  (4) Each is in the chain of its hash.
 *  (5) Each is once in the ring by age.
 *  (6) What is not in use has no tag.
 *
 * Sources: SDM vol. 3A, "Paging-Structure Caches", "Caching Translation
 * Information"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "mmu/psc.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/rights.h"

#define FIRST_ROOM 64
#define ALL_LEVELS (~0u << PSC_FIRST_LEVEL & ~(~0u << (WALK_LEVELS + 1)))

/* Four times as many chains as entries, at least two. */
static size_t chains_for(size_t room)
{
	size_t chains = 2;

	while (chains < 4 * room)
		chains *= 2;
	return chains;
}

static void forget_all(struct psc *psc)
{
	for (size_t i = 0; i < psc->count; i++) {
		psc->name[psc->entry[i].named_by] = (uint32_t)psc->room;
		psc->entry[i].tag = 0; /* (6) */
	}
	psc->count = 0;
}

static int allocate(struct psc *psc)
{
	size_t chains = chains_for(psc->room);

	psc->entry = calloc(psc->room + 1, sizeof(*psc->entry));
	psc->link = calloc(psc->room + 1, sizeof(*psc->link));
	psc->name = calloc(chains + psc->room + 1, sizeof(*psc->name));
	if (!psc->entry || !psc->link || !psc->name)
		return -ENOMEM;
	for (size_t i = 0; i < chains; i++)
		psc->name[i] = (uint32_t)psc->room;
	psc->hash_shift = 64 - (unsigned)__builtin_ctzll(chains);
	psc->chains = (uint32_t)chains;
	psc->count = 0;
	return 0;
}

static int init_one(struct psc *psc, unsigned entries)
{
	bool infinite = entries == MMU_PSC_UNLIMITED;

	if (entries > MMU_PSC_MAX_ENTRIES && !infinite)
		return -EINVAL;
	psc->room = infinite ? FIRST_ROOM : entries;
	psc->full = infinite ? SIZE_MAX : entries;
	return allocate(psc);
}

int psc_init(struct pscs *all, const struct mmu_profile *profile)
{
	int err = 0;

	all->shared = profile->psc_shared;
	if (all->shared & ~ALL_LEVELS)
		return -EINVAL;
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS && !err;
	     level++) {
		if (psc_cache_of(all, level) != level)
			continue;
		err = init_one(&all->cache[level], profile->psc[level]);
		all->any |= all->cache[level].room != 0;
	}
	return err;
}

static void free_arrays(struct psc *psc)
{
	free(psc->entry);
	free(psc->link);
	free(psc->name);
}

void psc_fini(struct pscs *all)
{
	for (unsigned level = 0; level <= WALK_LEVELS; level++)
		free_arrays(&all->cache[level]);
}

/* ---- by age -------------------------------------------------------------- */

static uint32_t number_of(const struct psc *psc, const struct psc_entry *entry)
{
	return (uint32_t)(entry - psc->entry);
}

/* What is at @from is at @to from now on. */
static void move(struct psc *psc, uint32_t from, uint32_t to)
{
	struct psc_link link = psc->link[from];

	psc_leave_chain(psc, from);
	psc->entry[to] = psc->entry[from];
	psc_enter_chain(psc, to);
	psc->link[link.newer].older = to;
	psc->link[link.older].newer = to;
	psc->link[to] = psc->link[from]; /* which may have been alone */
	if (psc->newest == from)
		psc->newest = to;
}

/* ---- by tag -------------------------------------------------------------- */

struct psc_entry *psc_lookup(struct pscs *all, vaddr_t va, unsigned pcid,
			     unsigned *level)
{
	if (!all->any)
		return NULL;
	for (unsigned l = PSC_FIRST_LEVEL; l <= WALK_LEVELS; l++) {
		struct psc *psc = psc_of(all, l);
		struct psc_entry *entry = psc_find(psc, psc_tag(l, va, pcid));

		if (!entry)
			continue;
		psc_touch(psc, number_of(psc, entry));
		*level = l;
		return entry;
	}
	return NULL;
}

/* ---- fill ---------------------------------------------------------------- */

/* Twice the room, and each in its place; false if the host has none. */
static bool grow(struct psc *psc)
{
	struct psc bigger = *psc;

	bigger.room *= 2;
	if (allocate(&bigger)) {
		free_arrays(&bigger);
		return false;
	}
	for (; bigger.count < psc->count; bigger.count++) {
		uint32_t i = (uint32_t)bigger.count;

		bigger.entry[i] = psc->entry[i];
		bigger.link[i] = psc->link[i];
		psc_enter_chain(&bigger, i);
	}
	free_arrays(psc);
	*psc = bigger;
	return true;
}

bool psc_take_empty(struct psc *psc, uint32_t *i)
{
	if (psc->count == psc->room && (psc->full == psc->room || !grow(psc)))
		return false;
	*i = (uint32_t)psc->count++;
	if (*i == 0) { /* alone */
		psc->newest = 0;
		psc->link[0] = (struct psc_link){ 0, 0 };
	} else {
		psc_enter_ring(psc, *i);
	}
	return true;
}

struct psc_entry *psc_fill(struct pscs *all, unsigned level, vaddr_t va,
			   unsigned pcid, uint64_t through)
{
	struct psc *psc = psc_of(all, level);
	uint64_t tag = psc_tag(level, va, pcid);
	struct psc_entry *entry;
	uint32_t i;

	if (!psc->room)
		return NULL;
	entry = psc_find(psc, tag);
	if (!entry) {
		i = psc_add(psc, tag, through); /* (1); entries may move */
		return &psc->entry[i];
	}
	psc_touch(psc, number_of(psc, entry));
	entry->through = through;
	entry->stale_since = MMU_NOT_STALE;
	return entry;
}

/* ---- invalidation -------------------------------------------------------- */

/* The last one takes the place of the one at @i. */
static void drop(struct psc *psc, uint32_t i)
{
	uint32_t last = (uint32_t)--psc->count;

	if (psc->newest == i)
		psc->newest = psc->link[i].older;
	psc_leave_ring(psc, i);
	psc_leave_chain(psc, i);
	if (last != i)
		move(psc, last, i);
	psc->entry[last].tag = 0; /* (6) */
}

static void drop_where(struct pscs *all, struct psc *psc, uint64_t mask,
		       uint64_t value)
{
	for (size_t i = psc->count; i-- > 0;) {
		if ((psc->entry[i].tag & mask) != value)
			continue;
		drop(psc, (uint32_t)i);
		all->drops++;
	}
}

void psc_drop_all(struct pscs *all)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		if (all->cache[level].count)
			forget_all(&all->cache[level]);
	all->drops++;
}

void psc_drop_pcid(struct pscs *all, unsigned pcid)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		drop_where(all, &all->cache[level], 0xfff, pcid);
}

void psc_drop_path(struct pscs *all, vaddr_t va, unsigned pcid)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++) {
		struct psc *psc = psc_of(all, level);
		struct psc_entry *entry = psc_find(psc,
						   psc_tag(level, va, pcid));

		if (!entry)
			continue;
		drop(psc, number_of(psc, entry));
		all->drops++;
	}
}

/* ---- invariants ---------------------------------------------------------- */

static void check_entry(const struct pscs *all, unsigned cache,
			const struct psc_entry *entry)
{
	unsigned level = psc_level(entry);

	assert(psc_cache_of(all, level) == cache); /* (2) */
	assert(entry->tag == psc_tag(level, psc_va(entry), psc_pcid(entry)));
	assert(!(entry->through &
		 (TARGET_USER | TARGET_CLEAN | TARGET_KEYS))); /* (3) */
	assert(all->cache[cache].name[entry->named_by] ==
	       number_of(&all->cache[cache], entry)); /* (4) */
	assert(psc_find(&all->cache[cache], entry->tag) ==
	       entry); /* (1), (4) */
}

static void check_ages(const struct psc *psc)
{
	uint32_t i = psc->newest;

	for (size_t count = 0; count < psc->count; count++) {
		assert(count == 0 || i != psc->newest); /* (5) */
		assert(i < psc->count &&
		       psc->link[psc->link[i].newer].older == i);
		i = psc->link[i].older;
	}
	assert(!psc->count || i == psc->newest); /* (5) */
}

static void check_one(const struct pscs *all, unsigned cache)
{
	const struct psc *psc = &all->cache[cache];

	if (!psc->entry)
		return;
	check_ages(psc);
	for (size_t i = 0; i < psc->count; i++)
		check_entry(all, cache, &psc->entry[i]);
	for (size_t i = psc->count; i < psc->room + 1; i++)
		assert(!psc->entry[i].tag); /* (6) */
}

void psc_check(const struct pscs *all)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		check_one(all, level);
}

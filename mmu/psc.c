/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * psc.c - the paging-structure caches of one CPU: upper entries, by level.
 *
 * Fully associative, the least recently used goes first.  One without limit
 * takes more room instead.  Whatever the size, a hit, a miss and a fill cost a
 * look into one chain of a hash and some links:
 *
 *   hash(tag) -> [ entry ] -next-> [ entry ]       newest <-> ... <-> oldest
 *
 * Invariants, checked by psc_check():
 *  (1) No two entries of a cache have the same tag.
 *  (2) A tag has no address bits below its level, and is in the level's cache.
 *  (3) None records the address of a page, or U/S = 1: that is the leaf's.
 *  (4) Each is in the chain of its hash.
 *  (5) Each is once in the list by age.
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

/* Twice as many chains as entries, at least two. */
static size_t chains_for(size_t room)
{
	size_t chains = 2;

	while (chains < 2 * room)
		chains *= 2;
	return chains;
}

static void forget_all(struct psc *psc)
{
	psc->count = 0;
	psc->newest = psc->oldest = PSC_NONE;
	if (psc->room)
		memset(psc->chain, 0xff,
		       chains_for(psc->room) * sizeof(*psc->chain));
}

static int allocate(struct psc *psc)
{
	size_t chains = chains_for(psc->room);

	psc->entry = calloc(psc->room, sizeof(*psc->entry));
	psc->chain = calloc(chains, sizeof(*psc->chain));
	if (!psc->entry || !psc->chain)
		return -ENOMEM;
	psc->hash_shift = 64 - (unsigned)__builtin_ctzll(chains);
	forget_all(psc);
	return 0;
}

static int init_one(struct psc *psc, unsigned entries)
{
	psc->infinite = entries == MMU_PSC_UNLIMITED;
	if (entries > MMU_PSC_MAX_ENTRIES && !psc->infinite)
		return -EINVAL;
	psc->room = psc->infinite ? FIRST_ROOM : entries;
	return psc->room ? allocate(psc) : 0;
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
	free(psc->chain);
}

void psc_fini(struct pscs *all)
{
	for (unsigned level = 0; level <= WALK_LEVELS; level++)
		free_arrays(&all->cache[level]);
}

/* ---- by age -------------------------------------------------------------- */

static void set_newer(struct psc *psc, uint32_t of, uint32_t newer)
{
	if (of == PSC_NONE)
		psc->oldest = newer;
	else
		psc->entry[of].newer = newer;
}

static void set_older(struct psc *psc, uint32_t of, uint32_t older)
{
	if (of == PSC_NONE)
		psc->newest = older;
	else
		psc->entry[of].older = older;
}

static void take_out(struct psc *psc, const struct psc_entry *entry)
{
	set_older(psc, entry->newer, entry->older);
	set_newer(psc, entry->older, entry->newer);
}

static void make_newest(struct psc *psc, struct psc_entry *entry)
{
	uint32_t i = (uint32_t)(entry - psc->entry);

	entry->older = psc->newest;
	entry->newer = PSC_NONE;
	set_newer(psc, psc->newest, i);
	psc->newest = i;
}

void psc_touch(struct psc *psc, struct psc_entry *entry)
{
	if (entry->newer == PSC_NONE)
		return;
	take_out(psc, entry);
	make_newest(psc, entry);
}

/* ---- by tag -------------------------------------------------------------- */

/* Who names @entry in its chain. */
static uint32_t *link_to(struct psc *psc, const struct psc_entry *entry)
{
	uint32_t i = (uint32_t)(entry - psc->entry);
	uint32_t *link = psc_chain(psc, entry->tag);

	while (*link != i)
		link = &psc->entry[*link].next;
	return link;
}

static void put_in_chain(struct psc *psc, struct psc_entry *entry)
{
	uint32_t *link = psc_chain(psc, entry->tag);

	entry->next = *link;
	*link = (uint32_t)(entry - psc->entry);
}

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
		psc_touch(psc, entry);
		*level = l;
		return entry;
	}
	return NULL;
}

/* ---- fill ---------------------------------------------------------------- */

/* Twice the room; false if the host has none. */
static bool grow(struct psc *psc)
{
	struct psc bigger = *psc;

	bigger.room *= 2;
	if (allocate(&bigger)) {
		free_arrays(&bigger);
		return false;
	}
	for (uint32_t i = psc->oldest; i != PSC_NONE; i = psc->entry[i].newer) {
		struct psc_entry *entry = &bigger.entry[bigger.count++];

		*entry = psc->entry[i];
		make_newest(&bigger, entry);
		put_in_chain(&bigger, entry);
	}
	free_arrays(psc);
	*psc = bigger;
	return true;
}

/* For what has no entry: one that was not in use, or the oldest one. */
static struct psc_entry *place_for(struct psc *psc, uint64_t tag)
{
	struct psc_entry *entry;

	if (psc->count == psc->room && psc->infinite)
		grow(psc);
	if (psc->count == psc->room) {
		entry = &psc->entry[psc->oldest];
		take_out(psc, entry);
		*link_to(psc, entry) = entry->next;
	} else {
		entry = &psc->entry[psc->count++];
	}
	entry->tag = tag;
	make_newest(psc, entry);
	put_in_chain(psc, entry);
	return entry;
}

struct psc_entry *psc_fill(struct pscs *all, unsigned level, vaddr_t va,
			   unsigned pcid, uint64_t through)
{
	struct psc *psc = psc_of(all, level);
	uint64_t tag = psc_tag(level, va, pcid);
	struct psc_entry *entry;

	if (!psc->room)
		return NULL;
	entry = psc_find(psc, tag);
	if (entry)
		psc_touch(psc, entry); /* (1) */
	else
		entry = place_for(psc, tag);
	entry->through = through;
	entry->stale_since = MMU_NOT_STALE;
	return entry;
}

/* ---- invalidation -------------------------------------------------------- */

/* The last one takes the place of @entry. */
static void drop(struct psc *psc, struct psc_entry *entry)
{
	struct psc_entry *last = &psc->entry[psc->count - 1];
	uint32_t i = (uint32_t)(entry - psc->entry);

	take_out(psc, entry);
	*link_to(psc, entry) = entry->next;
	if (last != entry) {
		*link_to(psc, last) = i;
		set_older(psc, last->newer, i);
		set_newer(psc, last->older, i);
		*entry = *last;
	}
	psc->count--;
}

static void drop_where(struct psc *psc, uint64_t mask, uint64_t value)
{
	for (size_t i = psc->count; i-- > 0;)
		if ((psc->entry[i].tag & mask) == value)
			drop(psc, &psc->entry[i]);
}

void psc_drop_all(struct pscs *all)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		if (all->cache[level].count)
			forget_all(&all->cache[level]);
}

void psc_drop_pcid(struct pscs *all, unsigned pcid)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		drop_where(&all->cache[level], 0xfff, pcid);
}

void psc_drop_path(struct pscs *all, vaddr_t va, unsigned pcid)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++) {
		struct psc *psc = psc_of(all, level);
		struct psc_entry *entry = psc_find(psc,
						   psc_tag(level, va, pcid));

		if (entry)
			drop(psc, entry);
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
	assert(psc_find(&all->cache[cache], entry->tag) ==
	       entry); /* (1), (4) */
}

static void check_ages(const struct psc *psc)
{
	uint32_t newer = PSC_NONE;
	size_t count = 0;

	if (!psc->room)
		return;
	for (uint32_t i = psc->newest; i != PSC_NONE; i = psc->entry[i].older) {
		assert(i < psc->count && psc->entry[i].newer == newer);
		newer = i;
		count++;
	}
	assert(count == psc->count && psc->oldest == newer); /* (5) */
}

void psc_check(const struct pscs *all)
{
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++) {
		const struct psc *psc = &all->cache[level];

		check_ages(psc);
		for (size_t i = 0; i < psc->count; i++)
			check_entry(all, level, &psc->entry[i]);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * psc.h - the paging-structure caches of one CPU: upper entries, by level.
 *
 *   level 2: PDEs     tag is the level, bits 56..21 of the address, the PCID
 *   level 3: PDPTEs   ... 56..30
 *   level 4: PML4Es   ... 56..39
 *   level 5: PML5Es   ... 56..48
 *
 * A cache is of one level, or several levels share one (AMD's page directory
 * cache has PML4Es and PDPTEs).
 *
 * What is cached of an entry is the table that it leads to, and what the path
 * down to it took away of the rights.  Global pages are no matter here.
 */
#ifndef MMU_PSC_H
#define MMU_PSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/walk.h"

#define PSC_FIRST_LEVEL MMU_PSC_FIRST_LEVEL
#define PSC_LEVEL_SHIFT 57
#define PSC_VA_BITS 0x01ffffffffffffffull
#define PSC_HASH 0x9e3779b97f4a7c15ull /* 2^64 / phi, made odd */

struct psc_entry {
	uint64_t tag;	      /* level, address bits, PCID; 0: not in use */
	uint64_t through;     /* as in walk.through[] */
	uint64_t stale_since; /* or MMU_NOT_STALE */
	uint32_t next;	      /* of the same hash */
	uint32_t hash;	      /* the number of its chain */
};

/* By use: a ring, in which what is at the end of the array stands between the
 * newest and the oldest. */
struct psc_link {
	uint32_t older, newer;
};

#define PSC_NONE UINT32_MAX

/* Entries in use come first, in no order.  They are found by a hash of their
 * tags, and have neighbours by age.  There is one at least, used or not. */
struct psc {
	size_t count, room;
	size_t full; /* the count from which on one goes for another */
	unsigned hash_shift;
	uint32_t *chain; /* by hash, the first entry */
	struct psc_entry *entry;
	struct psc_link *link;
};

struct pscs {
	struct psc cache[WALK_LEVELS + 1]; /* by its lowest level */
	unsigned shared;		   /* mask of levels */
	bool any;
	uint64_t drops; /* how often some entry may have changed its place */
};

/* The number of the cache that has the entries of @level. */
static inline unsigned psc_cache_of(const struct pscs *all, unsigned level)
{
	if (all->shared & 1u << level)
		return (unsigned)__builtin_ctz(all->shared);
	return level;
}

static inline struct psc *psc_of(struct pscs *all, unsigned level)
{
	return &all->cache[psc_cache_of(all, level)];
}

/* The bits of an address that are in a tag. */
static inline uint64_t psc_place(unsigned level)
{
	return PSC_VA_BITS & ~UINT64_C(0) << (12 + 9 * (level - 1));
}

static inline uint64_t psc_tag(unsigned level, vaddr_t va, unsigned pcid)
{
	return (uint64_t)level << PSC_LEVEL_SHIFT | (va & psc_place(level)) |
	       pcid;
}

static inline uint32_t psc_hash(const struct psc *psc, uint64_t tag)
{
	return (uint32_t)(tag * PSC_HASH >> psc->hash_shift);
}

/* The entry with @tag, or NULL. */
static inline struct psc_entry *psc_find(const struct psc *psc, uint64_t tag)
{
	uint32_t i;

	if (!psc->count)
		return NULL;
	i = psc->chain[psc_hash(psc, tag)];
	while (i != PSC_NONE && psc->entry[i].tag != tag)
		i = psc->entry[i].next;
	return i == PSC_NONE ? NULL : &psc->entry[i];
}

/* The entry at @i was used. */
static inline void psc_touch(struct psc *psc, uint32_t i)
{
	struct psc_link *link = psc->link, *end = &link[psc->room];
	uint32_t older = link[i].older, newer = link[i].newer;
	uint32_t newest = end->older;

	if (newest == i)
		return;
	link[newer].older = older;
	link[older].newer = newer;
	link[i].older = newest;
	link[newest].newer = i; /* between those: they are stored singly */
	link[i].newer = (uint32_t)psc->room;
	end->older = i;
}

/* ---- what has no entry yet, where there is room for some ----------------- */

/* Who names the entry at @i in its chain. */
static inline uint32_t *psc_link_to(struct psc *psc, uint32_t i)
{
	uint32_t *link = &psc->chain[psc->entry[i].hash];

	while (*link != i)
		link = &psc->entry[*link].next;
	return link;
}

static inline void psc_put_in_chain(struct psc *psc, uint32_t i)
{
	uint32_t *link = &psc->chain[psc->entry[i].hash];

	psc->entry[i].next = *link;
	*link = i;
}

/* An entry that was not in use, if there is one; then it is the newest. */
bool psc_take_empty(struct psc *psc, uint32_t *i);

/* The number of its entry, which was the oldest if all were in use. */
static inline uint32_t psc_add(struct psc *psc, uint64_t tag, uint64_t through)
{
	uint32_t i = psc->link[psc->room].newer;

	if (psc->count == psc->full || !psc_take_empty(psc, &i)) {
		psc_touch(psc, i);
		*psc_link_to(psc, i) = psc->entry[i].next;
	}
	psc->entry[i].tag = tag;
	psc->entry[i].through = through;
	psc->entry[i].stale_since = MMU_NOT_STALE;
	psc->entry[i].hash = psc_hash(psc, tag);
	psc_put_in_chain(psc, i);
	return i;
}

/* ---- psc.c --------------------------------------------------------------- */

/* 0, -EINVAL, -ENOMEM; on error psc_fini() frees what there is. */
int psc_init(struct pscs *all, const struct mmu_profile *profile);
void psc_fini(struct pscs *all);

/* The lowest entry on the way to @va, and its level in *@level; or NULL. */
struct psc_entry *psc_lookup(struct pscs *all, vaddr_t va, unsigned pcid,
			     unsigned *level);
/* Keep an entry; NULL if this level is not cached. */
struct psc_entry *psc_fill(struct pscs *all, unsigned level, vaddr_t va,
			   unsigned pcid, uint64_t through);

void psc_drop_all(struct pscs *all);
void psc_drop_pcid(struct pscs *all, unsigned pcid);
/* All on the way to @va. */
void psc_drop_path(struct pscs *all, vaddr_t va, unsigned pcid);

static inline unsigned psc_level(const struct psc_entry *entry)
{
	return (unsigned)(entry->tag >> PSC_LEVEL_SHIFT);
}

static inline unsigned psc_pcid(const struct psc_entry *entry)
{
	return entry->tag & 0xfff;
}

static inline vaddr_t psc_va(const struct psc_entry *entry)
{
	return (vaddr_t)((int64_t)(entry->tag << 7) >> 7) & ~0xfffull;
}

void psc_check(const struct pscs *all);

#endif /* MMU_PSC_H */

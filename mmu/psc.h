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
	uint32_t named_by;    /* the one of @name that has its number */
};

/* By use: a ring, in which the oldest is newer than the newest. */
struct psc_link {
	uint32_t older, newer;
};

/* Entries in use come first, in no order.  They are found by a hash of their
 * tags, and have neighbours by age.  One that stands for none ends chains. */
struct psc {
	size_t count, room;
	size_t full; /* the count from which on one goes for another */
	unsigned hash_shift;
	uint32_t chains;
	uint32_t *name; /* by hash, the first entry; of each, the next one */
	struct psc_entry *entry;
	struct psc_link *link;
	uint32_t newest;
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
	i = psc->name[psc_hash(psc, tag)];
	while (i != psc->room && psc->entry[i].tag != tag)
		i = psc->name[psc->chains + i];
	return i == psc->room ? NULL : &psc->entry[i];
}

/* The entry at @i is in the ring no more. */
static inline void psc_leave_ring(struct psc *psc, uint32_t i)
{
	struct psc_link link = psc->link[i];

	psc->link[link.newer].older = link.older;
	psc->link[link.older].newer = link.newer;
}

/* It is, as the newest. */
static inline void psc_enter_ring(struct psc *psc, uint32_t i)
{
	struct psc_link *link = psc->link;
	uint32_t newest = psc->newest, oldest = link[newest].newer;

	link[i].older = newest; /* one by one, as they are loaded */
	link[i].newer = oldest;
	link[newest].newer = i;
	link[oldest].older = i;
	psc->newest = i;
}

/* The entry at @i was used. */
static inline void psc_touch(struct psc *psc, uint32_t i)
{
	if (psc->newest == i)
		return;
	psc_leave_ring(psc, i);
	psc_enter_ring(psc, i);
}

/* ---- what has no entry yet, where there is room for some ----------------- */

static inline void psc_leave_chain(struct psc *psc, uint32_t i)
{
	uint32_t named_by = psc->entry[i].named_by;
	uint32_t next = psc->name[psc->chains + i];

	psc->name[named_by] = next;
	psc->entry[next].named_by = named_by;
}

static inline void psc_enter_chain(struct psc *psc, uint32_t i)
{
	uint32_t hash = psc_hash(psc, psc->entry[i].tag);
	uint32_t next = psc->name[hash];

	psc->name[psc->chains + i] = next;
	psc->entry[next].named_by = psc->chains + i;
	psc->name[hash] = i;
	psc->entry[i].named_by = hash;
}

/* An entry that was not in use, if there is one; then it is the newest. */
bool psc_take_empty(struct psc *psc, uint32_t *i);

/* The number of its entry, which was the oldest if all were in use. */
static inline uint32_t psc_add(struct psc *psc, uint64_t tag, uint64_t through)
{
	uint32_t i = psc->link[psc->newest].newer;

	if (psc->count == psc->full || !psc_take_empty(psc, &i)) {
		psc->newest = i;
		psc_leave_chain(psc, i);
	}
	psc->entry[i].tag = tag;
	psc->entry[i].through = through;
	psc->entry[i].stale_since = MMU_NOT_STALE;
	psc_enter_chain(psc, i);
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

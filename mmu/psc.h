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

struct psc_entry {
	uint64_t tag;	      /* level, address bits, PCID */
	uint64_t through;     /* as in walk.through[] */
	uint64_t stale_since; /* or MMU_NOT_STALE */
	uint64_t used;	      /* when, by @clock */
};

/* Those in use come first, in no order. */
struct psc {
	size_t count, room;
	bool infinite;
	uint64_t clock;
	struct psc_entry *entry;
};

struct pscs {
	struct psc cache[WALK_LEVELS + 1]; /* by its lowest level */
	unsigned shared;		   /* mask of levels */
	bool any;
};

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

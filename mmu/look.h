/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.h - see what an MMU would read and what it holds, changing nothing.
 */
#ifndef MMU_LOOK_H
#define MMU_LOOK_H

#include "mmu/mmu.h"

#define MMU_PATH_LEVELS 5

enum mmu_path_end {
	MMU_PATH_PAGE,	   /* a page was reached */
	MMU_PATH_ABSENT,   /* P=0 in the last entry */
	MMU_PATH_RESERVED, /* a reserved bit is set in it */
	MMU_PATH_NESTED,   /* in a guest, and the host maps it not */
	MMU_PATH_NONE,	   /* no tables: no paging, or not canonical */
};

/* The entries that a walk from the root would read, by level: 1 is a PTE. */
struct mmu_path {
	enum mmu_path_end end;
	unsigned top, level; /* of the first entry and of the last */
	paddr_t entry[MMU_PATH_LEVELS + 1];
	uint64_t value[MMU_PATH_LEVELS + 1];
	/* Of the page. */
	enum mmu_page_size size;
	paddr_t paddr; /* of the address itself */
	bool writable, user, executable, global;
};

/* That of @va by the tables that @cpu has loaded. */
void mmu_look(const struct mmu *mmu, unsigned cpu, vaddr_t va,
	      struct mmu_path *path);

/* The number of a cache of upper entries of a level; those of translations
 * have their number in the profile. */
#define MMU_CACHE_OF_LEVEL(level) (MMU_PROFILE_MAX_TLBS + (level))
#define MMU_CACHES MMU_CACHE_OF_LEVEL(MMU_PATH_LEVELS + 1)

/* Something cached. */
struct mmu_cached {
	unsigned cache;
	vaddr_t va; /* the first that it serves */
	unsigned pcid;
	bool global;
	enum mmu_page_size size; /* of a translation */
	paddr_t paddr;		 /* the page, or the next table */
	paddr_t entry;		 /* that it was filled from; 0: upper */
	bool writable, user, executable, dirty;
	uint64_t stale_since; /* or MMU_NOT_STALE */
};

/* All that @cpu has cached, in no order that means anything. */
void mmu_each_cached(const struct mmu *mmu, unsigned cpu,
		     void (*visit)(void *data, const struct mmu_cached *what),
		     void *data);

#endif /* MMU_LOOK_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * footprint.h - where cached translations may be looked for.
 *
 * For each table entry and each frame of memory: which CPUs may hold a
 * translation that depends on it, and under which tag if there is only one.
 * It may say too much, never too little.
 */
#ifndef MMU_FOOTPRINT_H
#define MMU_FOOTPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "mmu/mmu.h"

struct footprint {
	uint64_t cpus;	/* one bit each; 0: nobody */
	uint64_t place; /* TAG_PLACE bits, or SEVERAL_PLACES */
};

/* No place, as it has no TAG_VALID. */
#define SEVERAL_PLACES 1

/* For the whole memory. */
struct footprints {
	uint64_t memory;	    /* bytes */
	struct footprint *of_entry; /* by address / 8 */
	struct footprint *of_frame; /* by address / 4096 */
	uint64_t *of_tables;	    /* by address / 4096: CPUs that may have
				       cached upper entries through it */
	uint64_t large;		    /* CPUs that may hold 2M or 1G pages:
				       no frame tells of those */
};

/* 0, -ENOMEM. */
int footprints_init(struct footprints *all, uint64_t memory);
void footprints_fini(struct footprints *all);

/* NULL where there is no memory: nothing is remembered of that. */
static inline struct footprint *footprint_of_entry(const struct footprints *all,
						   paddr_t entry)
{
	return entry < all->memory ? &all->of_entry[entry / 8] : NULL;
}

static inline struct footprint *footprint_of_frame(const struct footprints *all,
						   paddr_t frame)
{
	return frame < all->memory ? &all->of_frame[frame / 4096] : NULL;
}

static inline uint64_t *footprint_of_tables(const struct footprints *all,
					    paddr_t entry)
{
	return entry < all->memory ? &all->of_tables[entry / 4096] : NULL;
}

#endif /* MMU_FOOTPRINT_H */

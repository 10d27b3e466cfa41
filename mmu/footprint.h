/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * footprint.h - where cached translations may be looked for.
 *
 * For each frame of memory: which CPUs may hold a 4K translation that leads to
 * it, and under which tag if there is only one.  That is one word, which most
 * fills find as they would leave it:
 *
 *    63       62..57  56 ................... 12  11 ........ 0
 *   [several][  -   ][ page number, if only one ][ CPU mod 12 ]
 *
 * For each table entry: may anyone hold a translation that depends on it?
 * One bit of each says so, and what they have in common is kept once for a
 * table: who, and where:
 *
 *   used      0 0 1 0 0 0 1 0 0 ...     512 words of 8 bytes in a table
 *   of_table  { CPUs, region }          the tag of word 0, if word n maps
 *                                       the n-th page after that one
 *
 * It may say too much, never too little.
 */
#ifndef MMU_FOOTPRINT_H
#define MMU_FOOTPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/mmu.h"

struct footprint {
	uint64_t cpus;	/* one bit each; 0: nobody */
	uint64_t place; /* TAG_PLACE bits, or SEVERAL_PLACES; of a table,
			   the region */
};

/* No place, as it has no TAG_VALID. */
#define SEVERAL_PLACES 1

struct sparse_maps;

/* For the whole memory. */
struct footprints {
	struct sparse_maps *maps;   /* where its memory comes from */
	uint64_t memory;	    /* bytes */
	uint64_t *used;		    /* by address / 8, a bit */
	struct footprint *of_table; /* by address / 4096, of a table */
	uint64_t *of_frame;	    /* by address / 4096, of a page */
	uint64_t *of_tables;	    /* by address / 4096: CPUs that may have
				       cached upper entries through it */
	uint64_t large;		    /* CPUs that may hold 2M or 1G pages:
				       no frame tells of those */
};

/* 0, -ENOMEM. */
int footprints_init(struct footprints *all, struct sparse_maps *maps,
		    uint64_t memory, uint64_t sparse);
void footprints_fini(struct footprints *all);

/* May anything that is cached depend on the entry at @entry? */
static inline bool footprint_is_at(const struct footprints *all, paddr_t entry)
{
	return entry < all->memory &&
	       all->used[entry / 512] >> (entry / 8 % 64) & 1;
}

/* The table's CPUs and region are known to be as they have to. */
static inline void footprint_mark(uint64_t *used, paddr_t entry)
{
	used[entry / 512] |= 1ull << (entry / 8 % 64);
}

static inline void footprint_wipe(struct footprints *all, paddr_t entry)
{
	all->used[entry / 512] &= ~(1ull << (entry / 8 % 64));
}

/* The table of @entry has other CPUs, or another region, than are left now. */
void footprint_share(struct footprints *all, paddr_t entry, uint64_t cpu,
		     uint64_t region);

/* Where there is no memory nothing is remembered. */
static inline void footprint_leave(struct footprints *all, paddr_t entry,
				   uint64_t cpu, uint64_t region)
{
	const struct footprint *table;

	if (entry >= all->memory)
		return;
	table = &all->of_table[entry / 4096];
	if (table->place != region || !(table->cpus & cpu))
		footprint_share(all, entry, cpu, region);
	footprint_mark(all->used, entry);
}

/* ---- of a frame ---------------------------------------------------------- */

#define FRAME_SEVERAL (1ull << 63)
#define FRAME_PAGE 0x01fffffffffff000ull
#define FRAME_CPUS 0xfffull
#define FRAME_NR_CPUS 12

/* What one CPU, of which @cpu is the bit, leaves for @place, a 4K page's. */
static inline uint64_t footprint_word(uint64_t cpu, uint64_t place)
{
	return (place & FRAME_PAGE) |
	       1ull << __builtin_ctzll(cpu) % FRAME_NR_CPUS;
}

static inline void footprint_leave_word(uint64_t *print, uint64_t word)
{
	uint64_t was = *print;

	if (was == word)
		return;
	if (!was)
		*print = word;
	else if ((was & FRAME_SEVERAL) || ((was ^ word) & FRAME_PAGE))
		*print = FRAME_SEVERAL | ((was | word) & FRAME_CPUS);
	else
		*print = was | word;
}

static inline void footprint_leave_at_frame(const struct footprints *all,
					    paddr_t frame, uint64_t cpu,
					    uint64_t place)
{
	if (frame < all->memory)
		footprint_leave_word(&all->of_frame[frame / 4096],
				     footprint_word(cpu, place));
}

/* Those at a frame; nobody where there is no memory. */
struct footprint footprint_of_frame(const struct footprints *all,
				    paddr_t frame);
/* The same, and nobody from now on. */
struct footprint footprint_take_frame(const struct footprints *all,
				      paddr_t frame);

/* ---- of a table of upper entries ----------------------------------------- */

static inline uint64_t *footprint_of_tables(const struct footprints *all,
					    paddr_t entry)
{
	return entry < all->memory ? &all->of_tables[entry / 4096] : NULL;
}

/* The CPUs there; none where there is no memory. */
static inline uint64_t footprint_cpus_of_tables(const struct footprints *all,
						paddr_t entry)
{
	return entry < all->memory ? all->of_tables[entry / 4096] : 0;
}

#endif /* MMU_FOOTPRINT_H */

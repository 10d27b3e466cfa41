/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - the quick way through many accesses: mmu/kernel.c, which is built
 * once for each kind of vectors that a processor may have.
 */
#ifndef MMU_KERNEL_H
#define MMU_KERNEL_H

#include "mmu/cpu.h"

/* A leaf that an access may find, and what follows from all but its frame, A
 * and D: most are alike, so what was found of the last one is kept. */
struct leaf_kind {
	uint64_t bits;	 /* those; never so many at first */
	uint64_t taken;	 /* by the path */
	uint64_t rights; /* TARGET_ bits */
	bool global;
};

/* What one kind of access asks first, a cache of 4K pages in each level.
 * @l1 is NULL if there is no quick way. */
struct lane {
	struct tlb *l1, *l2; /* @l2 may be NULL: there is none */
	struct tlb *bank;    /* another of level 2, or NULL */
	bool fits;	     /* they have the shape that a run is made for */
	bool fits_store;     /* or that of Intel's for stores */
	uint64_t slow;	     /* TARGET_ bits that a hit must not have */
	uint64_t denied_by;
	uint64_t set_leaf; /* A, and D for a write */
	struct leaf_kind kind;
	/* Does any cache have a page of another size?  They are asked, too,
	 * where the first one misses: by route, from its second row on. */
	bool others[MMU_LEVELS];
	const struct route *route[MMU_LEVELS];
} __attribute__((aligned(128))); /* found by a shift */

/* A frame that got a translation, and is not told yet. */
#define KERNEL_NOTES 16
struct frame_note {
	uint64_t *print, word;
};

/* Levels of cached entries, in a mask. */
#define PDES (1u << 2)
#define PDPTES (1u << 3)

/* Cached entries of one level. */
struct upper {
	struct psc *psc;
	uint64_t place;	 /* bits of an address that a tag has */
	uint64_t space;	 /* what each tag has: the level, and the PCID */
	unsigned level;
	uint64_t hits; /* of those above PDEs, since the last account */
};

struct kernel {
	struct lane lane[MMU_REF_ACCESS + 1];
	struct mmu *mmu;
	struct mmu_cpu *cpu;
	struct known_table *known; /* the CPU's */
	unsigned char *memory;	   /* all of it */
	uint64_t bytes;
	enum mmu_privilege privilege;
	uint64_t same_mask; /* of what accesses by one translation share */
	uint64_t apart;	    /* MMU_WRITE: writes have a level 1 of their own */
	uint64_t slow_data; /* of reads and of writes */
	uint64_t space;	    /* what each tag here has: valid, and the PCID */
	uint64_t sign;	    /* as in struct paging, */
	uint64_t outside;   /* and the bits above an address */
	uint64_t reserved, global; /* bits of a PTE */
	uint64_t kind;		   /* those that make its kind */
	uint64_t call;		   /* this one's number */
	unsigned upper_levels;	   /* a bit for each that has cached entries */
	struct upper pde;	   /* of level 2, and those above, by level */
	struct upper higher[WALK_LEVELS - 1]; /* ends with one of no cache */
	uint64_t drops;		   /* of cached upper entries, so far */
	bool globals;	   /* some cache may have a global page */
	bool global_apart; /* a global translation replaces several */
	/* What was done since the last account: whatever is not a hit in level
	 * 1 is one in level 2 or a walk. */
	uint64_t simple, l2_hits, walked, a_set, d_set;
	uint64_t pde_hits;
	uint64_t clean[MMU_LEVELS];
	uint64_t not_filled, into_empty; /* of two levels by each walk */
	uint64_t *used, *of_frame; /* as in struct footprints */
	uint64_t print;	  /* what this CPU leaves at a frame, but the page */
	uint64_t nowhere; /* a frame's word, where there is no frame */
	unsigned noted;
	struct frame_note note[KERNEL_NOTES];
};

/*
 * The table of the leaf of an address, found once and remembered for the rest
 * of the call, in which nobody but this CPU changes anything, and it only sets
 * A and D: then A is set in all entries above, they take as little away, and
 * the footprints there are left.
 */
static inline struct known_table *known_at(const struct kernel *k, vaddr_t va)
{
	return &k->known[va >> 21 & (KERNEL_TABLES - 1)];
}

/* Make accesses to @refs until one is not simple; their number. */
typedef size_t kernel_run(struct kernel *k, const uint64_t *refs, size_t count);

kernel_run kernel_run_plain;
#ifdef HAVE_VECTORS
kernel_run kernel_run_v3, kernel_run_v4;
#endif

#endif /* MMU_KERNEL_H */

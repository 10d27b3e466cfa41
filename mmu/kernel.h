/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - the quick way through many accesses: mmu/kernel.c, which is built
 * once for each kind of vectors that a processor may have.
 */
#ifndef MMU_KERNEL_H
#define MMU_KERNEL_H

#include "mmu/cpu.h"

/* What one kind of access asks first, a cache of 4K pages in each level.
 * @l1 is NULL if there is no quick way. */
struct lane {
	struct tlb *l1, *l2; /* @l2 may be NULL: there is none */
	uint64_t slow;	     /* TARGET_ bits that a hit must not have */
	uint64_t denied_by;
	uint64_t set_leaf; /* A, and D for a write */
};

/* Frames that got a translation, and are not told yet. */
#define KERNEL_NOTES 16
struct frame_note {
	paddr_t frame;
	uint64_t place;
};

struct kernel {
	struct mmu *mmu;
	struct mmu_cpu *cpu;
	unsigned char *memory; /* all of it */
	uint64_t bytes;
	enum mmu_privilege privilege;
	struct lane lane[MMU_REF_ACCESS + 1];
	uint64_t same_mask; /* of what accesses by one translation share */
	uint64_t slow_data; /* of reads and of writes */
	uint64_t space;	    /* what each tag here has: valid, and the PCID */
	uint64_t sign;	    /* as in struct paging */
	unsigned address_bits;
	uint64_t reserved, global; /* bits of a PTE */
	uint64_t call;		   /* this one's number */
	bool walks;	    /* the quick way goes through page tables, too */
	bool global_apart;  /* a global translation replaces several */
	/* What was done since the last account. */
	uint64_t simple, l1_misses, l2_hits, walked, a_set, d_set, evictions, fills;
	unsigned nr_notes;
	struct frame_note note[KERNEL_NOTES];
};

/* Make accesses to @refs until one is not simple; their number. */
typedef size_t kernel_run(struct kernel *k, const uint64_t *refs, size_t count);

kernel_run kernel_run_plain;
#ifdef HAVE_VECTORS
kernel_run kernel_run_v3, kernel_run_v4;
#endif

#endif /* MMU_KERNEL_H */

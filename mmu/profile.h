/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile.h - one machine's choices inside what the manuals allow: sizes,
 * replacement, costs.  Plain data; read from YAML by sim/profile.c, where
 * each number carries its source and confidence.
 */
#ifndef MMU_PROFILE_H
#define MMU_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/quirks.h"

enum mmu_vendor { MMU_INTEL, MMU_AMD };

/* Page sizes, in order; a mask of 1u << size says which a TLB serves. */
enum mmu_page_size { MMU_4K, MMU_2M, MMU_1G, MMU_PAGE_SIZES };

/* Accesses; a mask of 1u << access says which a TLB serves. */
enum mmu_access { MMU_READ, MMU_WRITE, MMU_FETCH };

/* MMU_MRU_PLRU is for 12 ways, three groups of four: the group after the one
 * that was used last, and tree-PLRU in it. */
enum mmu_replacement {
	MMU_LRU,
	MMU_TREE_PLRU,
	MMU_MRU_PLRU,
	MMU_RANDOM,
	MMU_FIFO,
};

/* The largest single array: sets x ways. */
#define MMU_TLB_MAX_ENTRIES 65536
#define MMU_TLB_MAX_WAYS 128
#define MMU_PROFILE_MAX_TLBS 12
/* An access to one size of page asks one cache of level 1, and of level 2 up
 * to this many: Intel's has two banks since Ice Lake. */
#define MMU_BANKS 2
#define MMU_MAX_KNOWN_PCIDS 16

/* Paging-structure caches, by the level of the entries: 2 is PDEs, 5 PML5Es. */
#define MMU_PSC_FIRST_LEVEL 2
#define MMU_PSC_LEVELS 6
#define MMU_PSC_MAX_ENTRIES 4096
#define MMU_PSC_UNLIMITED (~0u)

/* One translation cache. */
struct mmu_tlb_geometry {
	unsigned level;	   /* 1 or 2 */
	unsigned sizes;	   /* mask of page sizes served */
	unsigned accesses; /* mask of accesses served */
	unsigned sets;	   /* a power of two */
	unsigned ways;	   /* 1 .. MMU_TLB_MAX_WAYS */
	enum mmu_replacement replacement;
	bool infinite; /* never evicts; sets and ways unused */
	unsigned fold; /* so many bits of the page number above those
			  of the set are XORed into it; 0: linear */
	/* Keeps a 1G page as pieces of 2M, one for each that is used. */
	bool smashes_1g;
	/* Knows so many PCIDs at a time, the current one among them; by
	 * whether MOV CR3 had its no-flush bit.  Else all of them. */
	bool limits_pcids;
	unsigned pcids[2];
};

/* Core cycles.  What each is charged for: mmu/cost.c. */
struct mmu_costs {
	unsigned l1_hit;    /* translation part of a load: 0 on
			       machines that hide it */
	unsigned l2_hit;    /* L1 miss, L2 hit: added */
	unsigned walk;	    /* an L2 miss: added, upper levels
			       cached, entry in the data caches */
	unsigned walk_load; /* each further table entry read */
	unsigned a_set;	    /* each A bit that had to be set */
	unsigned d_set;
	unsigned page_fault; /* delivery to the handler */
	unsigned invlpg;
	unsigned mov_cr3;     /* non-global flush */
	unsigned flush_all;   /* CR4.PGE toggle or INVPCID all */
	unsigned ipi;	      /* one shootdown: fixed part */
	unsigned ipi_per_cpu; /* and for each CPU beyond the first */
	unsigned hypercall;   /* entry and exit */
};

struct mmu_profile {
	char name[32];
	enum mmu_vendor vendor;
	unsigned maxphyaddr;	    /* bits, 36 .. 52 */
	bool page_1g;		    /* 1 GiB pages supported */
	bool pcid;		    /* CR4.PCIDE may be set */
	bool smep, smap, pku, la57; /* CR4.SMEP, SMAP, PKE, LA57 likewise */
	bool invpcid;		    /* the instruction */
	bool invlpgb;		    /* INVLPGB and TLBSYNC */
	bool ept, ept_ad, npt;	    /* nested paging; A and D in EPT */
	bool tlbs_off;		    /* caches nothing at all */
	unsigned nr_tlbs;
	struct mmu_tlb_geometry tlb[MMU_PROFILE_MAX_TLBS];
	unsigned psc[MMU_PSC_LEVELS]; /* entries; 0: this level has none */
	unsigned psc_shared;	      /* mask of levels that have one cache
					 together, as large as the lowest's */
	unsigned quirks; /* mask of 1u << enum mmu_quirk */
	struct mmu_costs cost;
};

#endif /* MMU_PROFILE_H */

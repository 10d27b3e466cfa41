/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paging.h - the paging modes: all that a walk goes by.
 *
 *            CR0.PG  CR4.PAE  EFER.LMA  CR4.LA57   levels  index    entry
 *   off        0                                     -
 *   32-bit     1        0                            2     10 bits  4 bytes
 *   PAE        1        1        0                   3      9       8
 *   4-level    1        1        1         0         4      9       8
 *   5-level    1        1        1         1         5      9       8
 *
 * PAE's first level has four entries, the PDPTEs.  Intel loads them into
 * registers when CR3 is written, so that a walk has two levels; AMD reads them
 * in each walk.
 *
 * A 4 MiB page is cached as two of 2 MiB, and a PDE of 32-bit paging for each
 * half of its 4 MiB: manuals permit it (SDM, "Details of TLB Use"), and AMD
 * counts entries so (CPUID Fn8000_0005: "4-MB pages require two 2-MB
 * entries").  Whoever drops one half must drop the other.
 */
#ifndef MMU_PAGING_H
#define MMU_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/physmem.h"
#include "mmu/x86.h"

#define WALK_LEVELS 5 /* at most */
#define NR_PDPTES 4

enum paging_mode {
	PAGING_OFF,
	PAGING_32_BIT,
	PAGING_PAE,
	PAGING_4_LEVEL,
	PAGING_5_LEVEL,
};

/* The entries of one level, as masks of their bits. */
struct paging_level {
	unsigned shift; /* of the index in a linear address */
	uint64_t maps_page; /* set: a page, not a table; 0: always a table */
	uint64_t reserved[2]; /* by whether it maps a page */
	uint64_t rights;      /* those of R/W, U/S and XD that it has */
	uint64_t flags;	      /* those of A and D */
	/* Where a page is: these bits, those << PSE36_SHIFT, and bits of the
	 * linear address. */
	uint64_t frame, frame_pse36, inside;
};

#define PSE36_SHIFT (32 - 13)

struct nested;

struct paging {
	struct physmem *mem;
	const struct nested *nested; /* addresses in entries are a guest's,
					which this translates; or NULL */
	paddr_t root; /* of the table named by CR3 */
	unsigned levels;      /* read from memory; 0 is no paging */
	unsigned entry_shift; /* an entry has 1 << this bytes */
	uint64_t index_mask;
	/* A linear address plus @sign is below 1 << @address_bits. */
	uint64_t sign;
	unsigned address_bits;
	bool global_pages;    /* CR4.PGE */
	bool pdpte_registers; /* @pdpte is what a walk starts from */
	uint64_t pdpte[NR_PDPTES];
	vaddr_t twin; /* bit that tells the halves of 4 MiB apart, or 0 */
	struct paging_level level[WALK_LEVELS + 1]; /* 1 is a PTE */
};

enum paging_mode paging_mode(const struct mmu_registers *regs);

/* All but the memory and the PDPTE registers. */
void paging_init(struct paging *paging, const struct mmu_profile *profile,
		 const struct mmu_registers *regs);

/* Of that, what a load of CR3 changes. */
void paging_set_root(struct paging *paging, const struct mmu_registers *regs);

/* The entry at @at, or of ones where there is no memory. */
static inline uint64_t paging_load(const struct paging *paging, paddr_t at)
{
	bool inside = at < physmem_size(paging->mem);

	if (paging->entry_shift == 2)
		return inside ? physmem_read32(paging->mem, at) : UINT32_MAX;
	return inside ? physmem_read(paging->mem, at) : UINT64_MAX;
}

/* Load the PDPTE registers, if the mode has them.  False: a reserved bit is
 * set, which is #GP, and nothing is loaded. */
bool paging_load_pdptes(struct paging *paging);

static inline bool is_canonical(const struct paging *paging, vaddr_t va)
{
	return (va + paging->sign) >> paging->address_bits == 0;
}

#endif /* MMU_PAGING_H */

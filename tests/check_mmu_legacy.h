/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_legacy.h - a machine in a legacy paging mode. */
#ifndef TESTS_CHECK_MMU_LEGACY_H
#define TESTS_CHECK_MMU_LEGACY_H

#include "tests/check_mmu.h"

#define MEG4 (1ull << 22)

/* Its one page table serves VA, by the directory entry PDE. */
#define VA 0xc0403000u

struct legacy {
	struct machine m;
	bool pae;
	paddr_t pdpt, pd, pt; /* of VA; PAE's PDPT is 32-byte aligned only */
};

/* With CR4.PSE, EFER.NXE and global pages; PTEs are zero. */
struct legacy legacy_make(struct mmu_profile profile, bool pae);

/* Of the table for VA at this level. */
paddr_t legacy_entry(const struct legacy *l, vaddr_t va, unsigned level);
uint64_t legacy_load(const struct legacy *l, paddr_t entry);
/* Change an entry and tell. */
void legacy_set(struct legacy *l, paddr_t entry, uint64_t value);

/* Paging off; CR4 and EFER as named; then MOV CR3 and paging on. */
bool legacy_enter(struct machine *m, uint64_t cr3, uint64_t cr4,
		  uint64_t efer);

#endif /* TESTS_CHECK_MMU_LEGACY_H */

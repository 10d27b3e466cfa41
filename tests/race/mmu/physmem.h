/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * physmem.h - what stands in place of mmu/physmem.h in check_mmu_race: a
 * memory of one table, of which an entry changes under the walk, once.
 */
#ifndef MMU_PHYSMEM_H
#define MMU_PHYSMEM_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

/* Each level has the same table: entry [level] is the one of that level. */
struct physmem {
	uint64_t entry[512];
	paddr_t change_at;  /* once somebody wants to set a bit
			       there ... */
	uint64_t change_to; /* ... this is what is there */
	bool changed;
};

uint64_t physmem_size(const struct physmem *mem);
uint64_t physmem_read(const struct physmem *mem, paddr_t at);
uint32_t physmem_read32(const struct physmem *mem, paddr_t at);
bool physmem_cmpxchg(struct physmem *mem, paddr_t at, uint64_t *old,
		     uint64_t value);
bool physmem_cmpxchg32(struct physmem *mem, paddr_t at, uint64_t *old,
		       uint64_t value);

#endif /* MMU_PHYSMEM_H */

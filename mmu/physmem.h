/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * physmem.h - simulated physical memory: one sparse host mapping.
 *
 * Zero at first; the host gives memory only for pages that are touched.
 * Addresses are asserted to be inside; an access is aligned to its
 * size.
 */
#ifndef MMU_PHYSMEM_H
#define MMU_PHYSMEM_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

/* NULL with errno set if the host refuses. */
struct physmem *physmem_create(uint64_t bytes);
void physmem_destroy(struct physmem *mem);
uint64_t physmem_size(const struct physmem *mem);

uint64_t physmem_read(const struct physmem *mem, paddr_t at);
void physmem_write(struct physmem *mem, paddr_t at, uint64_t value);
/* If the word at @at is *@old store @value, true; else *@old = what is. */
bool physmem_cmpxchg(struct physmem *mem, paddr_t at, uint64_t *old,
		     uint64_t value);
/* The same for 4 bytes; the other half of the word is not touched. */
uint32_t physmem_read32(const struct physmem *mem, paddr_t at);
bool physmem_cmpxchg32(struct physmem *mem, paddr_t at, uint64_t *old,
		       uint64_t value);
/* Host address of @at, good to the end of its 4 KiB frame. */
void *physmem_pointer(struct physmem *mem, paddr_t at);

#endif /* MMU_PHYSMEM_H */

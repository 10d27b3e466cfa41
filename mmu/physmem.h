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

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "mmu/mmu.h"

struct sparse_maps;

struct physmem {
	uint64_t bytes;
	unsigned char *base;
	struct sparse_maps *maps;
};

/* Of @bytes so many are @sparse: of those little is touched.  NULL with errno
 * set if the host refuses. */
struct physmem *physmem_create(struct sparse_maps *maps, uint64_t bytes,
			       uint64_t sparse);
void physmem_destroy(struct physmem *mem);
static inline uint64_t physmem_size(const struct physmem *mem)
{
	return mem->bytes;
}

/* Words are copied, not cast: software sees the same bytes as other types. */
static inline unsigned char *physmem_word(const struct physmem *mem, paddr_t at,
					  size_t size)
{
	/* Memory is whole frames: what is aligned is inside to its end. */
	assert(at % size == 0 && at < mem->bytes);
	(void)size;
	return mem->base + at;
}

static inline uint64_t physmem_read(const struct physmem *mem, paddr_t at)
{
	uint64_t value;

	memcpy(&value, physmem_word(mem, at, sizeof(value)), sizeof(value));
	return value;
}

static inline void physmem_write(struct physmem *mem, paddr_t at,
				 uint64_t value)
{
	memcpy(physmem_word(mem, at, sizeof(value)), &value, sizeof(value));
}

/* If the word at @at is *@old store @value, true; else *@old = what is. */
static inline bool physmem_cmpxchg(struct physmem *mem, paddr_t at,
				   uint64_t *old, uint64_t value)
{
	uint64_t found = physmem_read(mem, at);

	if (found != *old) {
		*old = found;
		return false;
	}
	physmem_write(mem, at, value);
	return true;
}

/* The same for 4 bytes; the other half of the word is not touched. */
uint32_t physmem_read32(const struct physmem *mem, paddr_t at);
bool physmem_cmpxchg32(struct physmem *mem, paddr_t at, uint64_t *old,
		       uint64_t value);
/* Host address of @at, good to the end of its 4 KiB frame. */
static inline void *physmem_pointer(struct physmem *mem, paddr_t at)
{
	assert(at < mem->bytes);
	return mem->base + at;
}

#endif /* MMU_PHYSMEM_H */

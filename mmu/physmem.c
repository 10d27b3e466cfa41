/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * physmem.c - simulated physical memory: one sparse host mapping.
 *
 * One simulator runs on one thread, so a compare and exchange needs no more
 * than a compare and a store.
 */
#include "config.h"

#include "mmu/physmem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/sparse.h"

struct physmem *physmem_create(struct sparse_maps *maps, uint64_t bytes,
			       uint64_t sparse)
{
	struct physmem *mem = malloc(sizeof(*mem));

	if (!mem)
		return NULL;
	mem->maps = maps;
	mem->bytes = bytes;
	mem->base = sparse_map_for(maps, bytes - sparse, bytes);
	if (!mem->base) {
		free(mem);
		errno = ENOMEM;
		return NULL;
	}
	return mem;
}

void physmem_destroy(struct physmem *mem)
{
	if (!mem)
		return;
	sparse_unmap(mem->maps, mem->base, mem->bytes);
	free(mem);
}

uint32_t physmem_read32(const struct physmem *mem, paddr_t at)
{
	uint32_t value;

	memcpy(&value, physmem_word(mem, at, sizeof(value)), sizeof(value));
	return value;
}

bool physmem_cmpxchg32(struct physmem *mem, paddr_t at, uint64_t *old,
		       uint64_t value)
{
	uint32_t found = physmem_read32(mem, at), stored = (uint32_t)value;

	if (found != *old) {
		*old = found;
		return false;
	}
	memcpy(physmem_word(mem, at, sizeof(stored)), &stored, sizeof(stored));
	return true;
}

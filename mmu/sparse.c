/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sparse.c - zeroed host memory that costs only what is touched.
 *
 *   a map:    0 ........ used .................. own .......... frames
 *   is zeroed |  by hand  |  the host drops pages  |  by hand, if small  |
 */
#include "config.h"

#include "mmu/sparse.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

/* ---- maps that are kept ------------------------------------------------ */

/* So much is zeroed sooner than its pages are dropped and had anew. */
#define BY_HAND (UINT64_C(64) << 10)
/* Or a multiple of what the host has. */
#define PAGE UINT64_C(4096)

/* Have the host drop what is in the pages of @base from @from to @to. */
static bool drop(char *base, uint64_t from, uint64_t to)
{
#ifdef __linux__
	return from >= to ||
	       madvise(base + from, (size_t)(to - from), MADV_DONTNEED) == 0;
#else
	(void)base;
	return from >= to;
#endif
}

static bool clean(const struct sparse_maps *maps, const struct sparse_map *map)
{
	uint64_t frames = maps->frames ? maps->frames : 1;
	uint64_t each = map->bytes / frames;
	uint64_t from = (maps->used * each + PAGE - 1) / PAGE * PAGE;
	uint64_t to = maps->own * each / PAGE * PAGE;

	if (map->bytes - to > BY_HAND)
		to = map->bytes;
	if (from > to)
		from = to;
	if (!drop(map->base, from, to))
		return false;
	memset(map->base, 0, (size_t)from);
	memset((char *)map->base + to, 0, (size_t)(map->bytes - to));
	return true;
}

static bool keep(struct sparse_maps *maps, struct sparse_map map)
{
	if (!maps || maps->count == SPARSE_MAPS || !clean(maps, &map))
		return false;
	maps->map[maps->count++] = map;
	return true;
}

static void *kept(struct sparse_maps *maps, uint64_t bytes)
{
	for (unsigned i = maps ? maps->count : 0; i-- > 0;) {
		struct sparse_map found = maps->map[i];

		if (found.bytes != bytes)
			continue;
		maps->map[i] = maps->map[--maps->count];
		return found.base;
	}
	return NULL;
}

void sparse_maps_free(struct sparse_maps *maps)
{
	while (maps->count) {
		struct sparse_map *map = &maps->map[--maps->count];

		munmap(map->base, (size_t)map->bytes);
	}
}

/* ---- maps -------------------------------------------------------------- */

void *sparse_map(struct sparse_maps *maps, uint64_t bytes)
{
	void *base = kept(maps, bytes);

	if (base)
		return base;
	if (bytes == 0 || bytes > SIZE_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	base = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return base == MAP_FAILED ? NULL : base;
}

#define LARGE_MEMORY (UINT64_C(256) << 20)

void *sparse_map_for(struct sparse_maps *maps, uint64_t memory, uint64_t bytes)
{
	void *base = sparse_map(maps, bytes);

#ifdef MADV_HUGEPAGE
	/* Only advice: without, all is as right. */
	if (base && memory >= LARGE_MEMORY)
		(void)madvise(base, (size_t)bytes, MADV_HUGEPAGE);
#else
	(void)memory;
#endif
	return base;
}

void sparse_unmap(struct sparse_maps *maps, void *base, uint64_t bytes)
{
	if (base && !keep(maps, (struct sparse_map){ base, bytes }))
		munmap(base, (size_t)bytes);
}

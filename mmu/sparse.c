/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sparse.c - zeroed host memory that costs only what is touched. */
#include "config.h"

#include "mmu/sparse.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

void *sparse_map(uint64_t bytes)
{
	void *base;

	if (bytes == 0 || bytes > SIZE_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	base = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return base == MAP_FAILED ? NULL : base;
}

#define LARGE_MEMORY (UINT64_C(256) << 20)

void *sparse_map_for(uint64_t memory, uint64_t bytes)
{
	void *base = sparse_map(bytes);

#ifdef MADV_HUGEPAGE
	/* Only advice: without, all is as right. */
	if (base && memory >= LARGE_MEMORY)
		(void)madvise(base, (size_t)bytes, MADV_HUGEPAGE);
#else
	(void)memory;
#endif
	return base;
}

void sparse_unmap(void *base, uint64_t bytes)
{
	if (base)
		munmap(base, (size_t)bytes);
}

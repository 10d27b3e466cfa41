/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sparse.h - zeroed host memory that costs only what is touched. */
#ifndef MMU_SPARSE_H
#define MMU_SPARSE_H

#include <stdint.h>

#define SPARSE_MAPS 16

/*
 * Maps that were let go of and are zero again, for who wants one of their size:
 * the host need not find new pages for machines that come and go.  All 0 at
 * first; NULL where one is asked for: none are kept.
 */
struct sparse_maps {
	struct sparse_map {
		void *base;
		uint64_t bytes;
	} map[SPARSE_MAPS];
	unsigned count;
	/* Each depicts so many frames, the first @own of which are touched
	 * up to @used: if more is, to zero it takes longer. */
	uint64_t frames, own, used;
};
void sparse_maps_free(struct sparse_maps *maps);

/* Page-aligned and zero; NULL with errno set if the host refuses. */
void *sparse_map(struct sparse_maps *maps, uint64_t bytes);
/* The same for what depicts so much simulated @memory: where that is large, the
 * host is asked for large pages.  Less of its time goes into its own TLB then,
 * and a touched word costs 2 MiB instead of 4 KiB. */
void *sparse_map_for(struct sparse_maps *maps, uint64_t memory, uint64_t bytes);
/* NULL is allowed. */
void sparse_unmap(struct sparse_maps *maps, void *base, uint64_t bytes);

#endif /* MMU_SPARSE_H */

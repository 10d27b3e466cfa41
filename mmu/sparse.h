/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sparse.h - zeroed host memory that costs only what is touched. */
#ifndef MMU_SPARSE_H
#define MMU_SPARSE_H

#include <stdint.h>

/* Page-aligned and zero; NULL with errno set if the host refuses. */
void *sparse_map(uint64_t bytes);
/* The same for what depicts so much simulated @memory: where that is large, the
 * host is asked for large pages.  Less of its time goes into its own TLB then,
 * and a touched word costs 2 MiB instead of 4 KiB. */
void *sparse_map_for(uint64_t memory, uint64_t bytes);
/* NULL is allowed. */
void sparse_unmap(void *base, uint64_t bytes);

#endif /* MMU_SPARSE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - small numbers that are lent and come back: grant references of a
 * frontend, pages of a backend, places in a ring.
 */
#ifndef WORKLOADS_POOL_H
#define WORKLOADS_POOL_H

#include <stdbool.h>
#include <stdint.h>

/* Which free number is lent next: it decides how soon one is used again. */
enum pool_order {
	POOL_LIFO, /* the one that came back last */
	POOL_FIFO, /* the one that came back first */
};

struct pool {
	enum pool_order order;
	uint32_t size; /* numbers are 0 .. size - 1 */
	uint32_t free;
	uint32_t head;	  /* of the free ones, in number[] */
	uint32_t *number; /* a circle of `size` */
	bool *lent;	  /* by number */
};

/* All numbers free; lent as 0, 1, 2 ... at first.  false: no memory. */
bool pool_init(struct pool *pool, enum pool_order order, uint32_t size);
void pool_fini(struct pool *pool);
/* The pool must not be empty, or full. */
uint32_t pool_take(struct pool *pool);
void pool_put(struct pool *pool, uint32_t number);
/* Assert the invariants of pool.c. */
void pool_check(const struct pool *pool);

#endif /* WORKLOADS_POOL_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - small numbers that are lent and come back: grant references of a
 * frontend, pages of a backend, places in a ring.
 */
#ifndef WORKLOADS_POOL_H
#define WORKLOADS_POOL_H

#include <assert.h>
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
};

/* All numbers free; lent as 0, 1, 2 ... at first.  false: no memory. */
bool pool_init(struct pool *pool, enum pool_order order, uint32_t size);
void pool_fini(struct pool *pool);
/* Position of the @i-th free number. */
static inline uint32_t pool_at(const struct pool *pool, uint32_t i)
{
	uint32_t at = pool->head + i;

	return at < pool->size ? at : at - pool->size;
}

/* The free number whose turn it is: the pool must not be empty. */
static inline uint32_t pool_take(struct pool *pool)
{
	uint32_t head = pool->head;

	assert(pool->free > 0);
	pool->free--;
	if (pool->order == POOL_LIFO)
		return pool->number[pool->free]; /* (2) of pool.c */
	pool->head = pool_at(pool, 1);
	return pool->number[head];
}

/* Take @count of a LIFO pool, which it must have: the first is at [-1] of what
 * this returns, the next at [-2] ..., until one is put back. */
static inline const uint32_t *pool_take_down(struct pool *pool, uint32_t count)
{
	const uint32_t *end = pool->number + pool->free; /* (2) of pool.c */

	assert(count <= pool->free && pool->order == POOL_LIFO);
	pool->free -= count;
	return end;
}

/* @count at once, which the pool must have. */
void pool_take_many(struct pool *pool, uint32_t *numbers, uint32_t count);

/* @number must be lent. */
static inline void pool_put(struct pool *pool, uint32_t number)
{
	assert(pool->free < pool->size);
	pool->number[pool_at(pool, pool->free++)] = number;
}

/* All @count of them must be lent; @numbers[0] comes back first. */
void pool_put_many(struct pool *pool, const uint32_t *numbers, uint32_t count);
/* Assert the invariants of pool.c. */
void pool_check(const struct pool *pool);

#endif /* WORKLOADS_POOL_H */

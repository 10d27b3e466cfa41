/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - small numbers that are lent and come back.
 *
 *              head          head + free
 *                |                |
 *     number [ . 4 9 2 . . . . . . . ]  (a circle)
 *                ^     ^
 *           FIFO takes LIFO takes, both put after
 *
 * Invariants, checked by pool_check():
 *  (1) A number is lent or among the free ones, once.
 *  (2) What is last in, first out, begins at 0.
 */
#include "config.h"

#include "workloads/pool.h"

#include <assert.h>
#include <stdlib.h>

bool pool_init(struct pool *pool, enum pool_order order, uint32_t size)
{
	*pool = (struct pool){ .order = order, .size = size, .free = size };
	pool->number = calloc(size, sizeof(*pool->number));
	pool->lent = calloc(size, sizeof(*pool->lent));
	if (!pool->number || !pool->lent)
		return false;
	for (uint32_t i = 0; i < size; i++)
		pool->number[i] = order == POOL_LIFO ? size - 1 - i : i;
	return true;
}

void pool_fini(struct pool *pool)
{
	free(pool->number);
	free(pool->lent);
}

void pool_take_many(struct pool *pool, uint32_t *numbers, uint32_t count)
{
	bool *lent = pool->lent;

	assert(count <= pool->free);
	if (pool->order == POOL_FIFO) {
		for (uint32_t i = 0; i < count; i++)
			numbers[i] = pool_take(pool);
		return;
	}
	for (const uint32_t *last = pool->number + pool->free,
			    *end = last - count;
	     last > end; numbers++) {
		*numbers = *--last;	 /* (2) */
		assert(!lent[*numbers]); /* (1) */
		lent[*numbers] = true;
	}
	pool->free -= count;
}

void pool_put_many(struct pool *pool, const uint32_t *numbers, uint32_t count)
{
	const uint32_t size = pool->size;
	uint32_t *to = pool->number + pool->free;
	bool *lent = pool->lent;

	if (pool->order == POOL_FIFO) {
		for (uint32_t i = 0; i < count; i++)
			pool_put(pool, numbers[i]);
		return;
	}
	for (const uint32_t *end = numbers + count; numbers < end; numbers++) {
		assert(*numbers < size && lent[*numbers]); /* (1) */
		lent[*numbers] = false;
		*to++ = *numbers; /* (2) */
	}
	pool->free += count;
}

void pool_check(const struct pool *pool)
{
	uint32_t lent = 0;

	for (uint32_t i = 0; i < pool->size; i++)
		lent += pool->lent[i];
	assert(lent + pool->free == pool->size);	 /* (1) */
	assert(pool->order == POOL_FIFO || !pool->head); /* (2) */
	for (uint32_t i = 0; i < pool->free; i++)
		assert(!pool->lent[pool->number[pool_at(pool, i)]]);
}

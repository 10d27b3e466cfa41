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
 *  (1) A number is free once at most; those that are not are lent.
 *  (2) What is last in, first out, begins at 0.
 */
#include "config.h"

#include "workloads/pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool pool_init(struct pool *pool, enum pool_order order, uint32_t size)
{
	*pool = (struct pool){ .order = order, .size = size, .free = size };
	pool->number = calloc(size, sizeof(*pool->number));
	if (!pool->number)
		return false;
	for (uint32_t i = 0; i < size; i++)
		pool->number[i] = order == POOL_LIFO ? size - 1 - i : i;
	return true;
}

void pool_fini(struct pool *pool)
{
	free(pool->number);
}

void pool_take_many(struct pool *pool, uint32_t *numbers, uint32_t count)
{
	const uint32_t *last;

	if (pool->order == POOL_FIFO) {
		for (uint32_t i = 0; i < count; i++)
			numbers[i] = pool_take(pool);
		return;
	}
	last = pool_take_down(pool, count);
	for (uint32_t i = 0; i < count; i++)
		numbers[i] = *--last;
}

void pool_put_many(struct pool *pool, const uint32_t *numbers, uint32_t count)
{
	uint32_t *to;

	assert(count <= pool->size - pool->free);
	if (pool->order == POOL_FIFO) {
		for (uint32_t i = 0; i < count; i++)
			pool_put(pool, numbers[i]);
		return;
	}
	to = pool->number + pool->free; /* (2) */
	pool->free += count;
	memcpy(to, numbers, count * sizeof(*to));
}

void pool_check(const struct pool *pool)
{
	bool *seen = calloc(pool->size, sizeof(*seen));

	assert(pool->free <= pool->size);
	assert(pool->order == POOL_FIFO || !pool->head); /* (2) */
	for (uint32_t i = 0; seen && i < pool->free; i++) {
		uint32_t number = pool->number[pool_at(pool, i)];

		assert(number < pool->size && !seen[number]); /* (1) */
		seen[number] = true;
	}
	free(seen);
}

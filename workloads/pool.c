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

/* Position of the @i-th free number. */
static uint32_t pool_at(const struct pool *pool, uint32_t i)
{
	uint32_t at = pool->head + i;

	return at < pool->size ? at : at - pool->size;
}

/* The free number whose turn it is, removed from the circle. */
static uint32_t pool_next(struct pool *pool)
{
	uint32_t head = pool->head;

	pool->free--;
	if (pool->order == POOL_LIFO)
		return pool->number[pool->free]; /* (2) */
	pool->head = pool_at(pool, 1);
	return pool->number[head];
}

uint32_t pool_take(struct pool *pool)
{
	uint32_t number;

	assert(pool->free > 0);
	number = pool_next(pool);
	assert(!pool->lent[number]); /* (1) */
	pool->lent[number] = true;
	return number;
}

void pool_put(struct pool *pool, uint32_t number)
{
	assert(number < pool->size && pool->lent[number]); /* (1) */
	pool->lent[number] = false;
	pool->number[pool_at(pool, pool->free++)] = number;
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

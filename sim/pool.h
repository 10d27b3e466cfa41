/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - threads that work off a list, and what the thread that waits for
 * them hears of it.
 *
 * While a pool exists SIGINT, SIGTERM and SIGHUP arrive as events instead.
 */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pool_event {
	POOL_ITEM,			/* one is done */
	POOL_TIMEOUT,
	POOL_SIGNAL,
	POOL_EMPTY,			/* all are done, and were told */
};

struct pool;

/*
 * Let up to @threads threads call @work(@data, item) for each of the @count
 * @items, in about that order.  They have to outlive the pool, which may
 * order them anew.  0 or -errno.
 */
int pool_start(struct pool **pool, unsigned threads, size_t *items,
	       size_t count, void (*work)(void *data, size_t item),
	       void *data);
/* Order those that no thread has begun, as qsort_r() does: @compare gets
 * pointers to items, and @data. */
void pool_sort(struct pool *pool,
	       int (*compare)(const void *, const void *, void *), void *data);
/* What happens next, within @ms milliseconds: *@what is the item, or the
 * signal's number.  What its work has written can be read. */
enum pool_event pool_wait(struct pool *pool, int ms, size_t *what);
/* Begin no more items, wait for those that run, and free the pool. */
void pool_stop(struct pool *pool);

/* CPUs that this process may use. */
unsigned pool_cpus(void);

#endif /* SIM_POOL_H */

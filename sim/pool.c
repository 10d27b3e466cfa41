/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - threads that work off a list.
 *
 *   items ---> worker --.
 *         ---> worker ---+--> done, eventfd ---> pool_wait()
 *   SIGINT, SIGTERM ----------------- signalfd --'
 *
 * (1) told <= finished <= taken <= count
 * (2) a worker holds the lock while it takes an item and while it tells of
 *     one, not while it works
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sim/pool.h"

struct pool {
	void (*work)(void *data, size_t item);
	void *data;
	size_t *item; /* those not taken: under the lock */
	size_t count;
	pthread_t *thread;
	unsigned threads;
	int done_fd, signal_fd;
	sigset_t mask; /* of the thread that waits, before */

	pthread_mutex_t lock; /* of all below */
	size_t taken, finished, told;
	size_t *done; /* items, as they finished */
};

unsigned pool_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	return 1; /* more than a cpu_set_t has: let -j say */
}

/* ---- workers --------------------------------------------------------------
 */

static bool take(struct pool *pool, size_t *item)
{
	bool any;

	pthread_mutex_lock(&pool->lock);
	any = pool->taken < pool->count;
	if (any)
		*item = pool->item[pool->taken++];
	pthread_mutex_unlock(&pool->lock);
	return any;
}

static void tell(struct pool *pool, size_t item)
{
	uint64_t one = 1;

	pthread_mutex_lock(&pool->lock);
	pool->done[pool->finished++] = item;
	assert(pool->told <= pool->finished && pool->finished <= pool->taken);
	pthread_mutex_unlock(&pool->lock);
	/* It counts, and is not full before 2^64 - 2. */
	while (write(pool->done_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void *worker(void *data)
{
	struct pool *pool = data;
	size_t item;

	while (take(pool, &item)) {
		pool->work(pool->data, item);
		tell(pool, item);
	}
	return NULL;
}

/* ---- the thread that waits -------------------------------------------------
 */

static void block_signals(struct pool *pool)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, &pool->mask);
	pool->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int start_threads(struct pool *pool, unsigned threads)
{
	int rc = 0;

	while (pool->threads < threads && rc == 0) {
		rc = pthread_create(&pool->thread[pool->threads], NULL, worker,
				    pool);
		pool->threads += rc == 0;
	}
	/* Fewer are enough. */
	return pool->threads ? 0 : -rc;
}

static int prepare(struct pool *pool, unsigned threads)
{
	/* One more each: nothing to do is no mistake. */
	pool->thread = calloc(threads + 1, sizeof(*pool->thread));
	pool->done = calloc(pool->count + 1, sizeof(*pool->done));
	if (!pool->thread || !pool->done)
		return -ENOMEM;
	pool->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->done_fd < 0)
		return -errno;
	block_signals(pool);
	if (pool->signal_fd < 0)
		return -errno;
	return threads ? start_threads(pool, threads) : 0;
}

int pool_start(struct pool **result, unsigned threads, size_t *items,
	       size_t count, void (*work)(void *data, size_t item), void *data)
{
	struct pool *pool = calloc(1, sizeof(*pool));
	int rc;

	if (!pool)
		return -ENOMEM;
	*pool = (struct pool){
		.work = work,
		.data = data,
		.item = items,
		.count = count,
		.done_fd = -1,
		.signal_fd = -1,
	};
	pthread_mutex_init(&pool->lock, NULL);
	pthread_sigmask(SIG_BLOCK, NULL, &pool->mask);
	rc = prepare(pool, threads < count ? threads : (unsigned)count);
	if (rc < 0)
		pool_stop(pool);
	else
		*result = pool;
	return rc;
}

void pool_sort(struct pool *pool,
	       int (*compare)(const void *, const void *, void *), void *data)
{
	pthread_mutex_lock(&pool->lock);
	qsort_r(pool->item + pool->taken, pool->count - pool->taken,
		sizeof(*pool->item), compare, data);
	pthread_mutex_unlock(&pool->lock);
}

static bool next_done(struct pool *pool, size_t *item)
{
	bool any;

	pthread_mutex_lock(&pool->lock);
	any = pool->told < pool->finished;
	if (any)
		*item = pool->done[pool->told++];
	pthread_mutex_unlock(&pool->lock);
	return any;
}

/* A signal that has arrived, or 0. */
static size_t next_signal(const struct pool *pool)
{
	struct signalfd_siginfo info;

	if (read(pool->signal_fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return info.ssi_signo;
}

enum pool_event pool_wait(struct pool *pool, int ms, size_t *what)
{
	struct pollfd fds[] = {
		{ .fd = pool->signal_fd, .events = POLLIN },
		{ .fd = pool->done_fd, .events = POLLIN },
	};
	uint64_t count;

	*what = next_signal(pool);
	if (*what)
		return POOL_SIGNAL;
	if (next_done(pool, what))
		return POOL_ITEM;
	if (pool->told == pool->count)
		return POOL_EMPTY;
	poll(fds, 2, ms);
	*what = next_signal(pool);
	if (*what)
		return POOL_SIGNAL;
	/* Emptied first: what finishes now wakes the next wait. */
	if (read(pool->done_fd, &count, sizeof(count)) < 0)
		count = 0;
	return next_done(pool, what) ? POOL_ITEM : POOL_TIMEOUT;
}

void pool_stop(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->taken = pool->count;
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->threads; i++)
		pthread_join(pool->thread[i], NULL);
	if (pool->signal_fd >= 0)
		close(pool->signal_fd);
	if (pool->done_fd >= 0)
		close(pool->done_fd);
	pthread_sigmask(SIG_SETMASK, &pool->mask, NULL);
	pthread_mutex_destroy(&pool->lock);
	free(pool->thread);
	free(pool->done);
	free(pool);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * due.h - what will be finished, and when: a queue by time, and by order of
 * arrival within one time.
 */
#ifndef WORKLOADS_DUE_H
#define WORKLOADS_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times are nanoseconds.  At the end of time they stay there. */
static inline uint64_t time_after(uint64_t time, uint64_t delay)
{
	return delay < UINT64_MAX - time ? time + delay : UINT64_MAX;
}

static inline uint64_t time_later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#define DUE_MAX 512

struct due {
	uint64_t time;
	uint64_t arrival; /* counts up */
	uint32_t what;	  /* the user's */
};

struct due_queue {
	uint64_t arrivals; /* ever */
	size_t count;
	struct due heap[DUE_MAX];
};

/* There must be room, or something in it. */
void due_push(struct due_queue *queue, uint64_t time, uint32_t what);
uint32_t due_pop(struct due_queue *queue);

/* Assert the invariant of due.c. */
void due_check(const struct due_queue *queue);

/* When the first is due; it must be there. */
static inline uint64_t due_time(const struct due_queue *queue)
{
	return queue->heap[0].time;
}

#endif /* WORKLOADS_DUE_H */

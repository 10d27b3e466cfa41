/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * due.c - what will be finished, and when: a binary heap.
 *
 *            heap[0]            the first that is due
 *           /       \
 *       heap[1]   heap[2]       children of i: 2i + 1, 2i + 2
 *
 * Invariant, checked by due_check(): no entry is due before its parent, where
 * "before" is by time, then by arrival; so the order is the same on every
 * machine.
 */
#include "config.h"

#include "workloads/due.h"

#include <assert.h>

static bool due_before(const struct due *a, const struct due *b)
{
	return a->time != b->time ? a->time < b->time : a->arrival < b->arrival;
}

void due_check(const struct due_queue *queue)
{
	for (size_t i = 1; i < queue->count; i++)
		assert(!due_before(&queue->heap[i], &queue->heap[(i - 1) / 2]));
}

static void due_swap(struct due_queue *queue, size_t i, size_t j)
{
	struct due due = queue->heap[i];

	queue->heap[i] = queue->heap[j];
	queue->heap[j] = due;
}

void due_push(struct due_queue *queue, uint64_t time, uint32_t what)
{
	size_t i = queue->count++;

	assert(i < DUE_MAX);
	queue->heap[i] = (struct due){ time, queue->arrivals++, what };
	for (; i && due_before(&queue->heap[i], &queue->heap[(i - 1) / 2]);
	     i = (i - 1) / 2)
		due_swap(queue, i, (i - 1) / 2);
}

/* The child of @i that is due first, or count. */
static size_t due_child(const struct due_queue *queue, size_t i)
{
	size_t child = 2 * i + 1;

	if (child >= queue->count)
		return queue->count;
	if (child + 1 < queue->count &&
	    due_before(&queue->heap[child + 1], &queue->heap[child]))
		child++;
	return child;
}

uint32_t due_pop(struct due_queue *queue)
{
	uint32_t what = queue->heap[0].what;
	size_t i = 0, child;

	assert(queue->count);
	queue->heap[0] = queue->heap[--queue->count];
	while ((child = due_child(queue, i)) < queue->count &&
	       due_before(&queue->heap[child], &queue->heap[i])) {
		due_swap(queue, i, child);
		i = child;
	}
	return what;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes.c - what changed in the caches of all CPUs between two looks.
 *
 * Both looks are lists in one order, which a merge compares.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/changes.h"

/* Room for one more of @size; false without memory. */
static bool make_room(void **list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 256;
	void *bigger;

	if (count < *room)
		return true;
	bigger = realloc(*list, more * size);
	if (!bigger)
		return false;
	*list = bigger;
	*room = more;
	return true;
}

/* ---- a look -------------------------------------------------------------- */

struct visit {
	struct looks *looks;
	unsigned cpu;
};

static void note(void *data, const struct mmu_cached *what)
{
	struct visit *visit = data;
	struct looks *looks = visit->looks;
	void *list = looks->now;

	if (!make_room(&list, looks->nr_now, &looks->room_now,
		       sizeof(*looks->now))) {
		looks->error = -ENOMEM;
		return;
	}
	looks->now = list;
	looks->now[looks->nr_now++] = (struct held){ visit->cpu, *what };
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Which of two is first; 0 if one would replace the other. */
static int compare(const void *left, const void *right)
{
	const struct held *a = left, *b = right;
	int order = compare_u64(a->cpu, b->cpu);

	if (!order)
		order = compare_u64(a->what.cache, b->what.cache);
	if (!order)
		order = compare_u64(a->what.va, b->what.va);
	if (!order)
		order = compare_u64(a->what.size, b->what.size);
	if (!order)
		order = compare_u64(a->what.pcid, b->what.pcid);
	return order ? order : compare_u64(a->what.global, b->what.global);
}

static void look(struct looks *looks, const struct mmu *mmu, unsigned cpus)
{
	struct visit visit = { .looks = looks };
	struct held *before = looks->before;
	size_t room = looks->room_before;

	looks->before = looks->now;
	looks->nr_before = looks->nr_now;
	looks->room_before = looks->room_now;
	looks->now = before;
	looks->nr_now = 0;
	looks->room_now = room;
	for (visit.cpu = 0; visit.cpu < cpus; visit.cpu++)
		mmu_each_cached(mmu, visit.cpu, note, &visit);
	if (looks->nr_now)
		qsort(looks->now, looks->nr_now, sizeof(*looks->now), compare);
}

/* ---- comparing ----------------------------------------------------------- */

static void add(struct looks *looks, enum change_kind kind,
		const struct held *held)
{
	void *list = looks->change;

	if (!make_room(&list, looks->count, &looks->room,
		       sizeof(*looks->change))) {
		looks->error = -ENOMEM;
		return;
	}
	looks->change = list;
	looks->change[looks->count++] = (struct change){ kind, *held };
}

static bool same_content(const struct mmu_cached *a, const struct mmu_cached *b)
{
	return a->paddr == b->paddr && a->entry == b->entry &&
	       a->writable == b->writable && a->user == b->user &&
	       a->executable == b->executable && a->dirty == b->dirty;
}

static void compare_content(struct looks *looks, const struct held *before,
			    const struct held *now)
{
	if (!same_content(&before->what, &now->what))
		add(looks, CHANGE_UPDATED, now);
	else if (before->what.stale_since == MMU_NOT_STALE &&
		 now->what.stale_since != MMU_NOT_STALE)
		add(looks, CHANGE_STALE, now);
}

/* NULL: there are no more. */
static const struct held *held_at(const struct held *held, size_t i,
				  size_t count)
{
	return i < count ? &held[i] : NULL;
}

int looks_update(struct looks *looks, const struct mmu *mmu, unsigned cpus)
{
	size_t b = 0, n = 0;

	look(looks, mmu, cpus);
	looks->count = 0;
	while (b < looks->nr_before || n < looks->nr_now) {
		const struct held *before = held_at(looks->before, b,
						    looks->nr_before);
		const struct held *now = held_at(looks->now, n, looks->nr_now);
		int order;

		if (!before)
			order = 1;
		else if (!now)
			order = -1;
		else
			order = compare(before, now);
		if (order < 0)
			add(looks, CHANGE_DROPPED, before);
		else if (order > 0)
			add(looks, CHANGE_FILLED, now);
		else
			compare_content(looks, before, now);
		b += order <= 0;
		n += order >= 0;
	}
	return looks->error;
}

void looks_forget(struct looks *looks)
{
	looks->count = 0;
}

void looks_free(struct looks *looks)
{
	free(looks->before);
	free(looks->now);
	free(looks->change);
}

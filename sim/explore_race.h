/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_race.h - the steps of a schedule, and which of them race.
 *
 * Two steps depend on each other if they touched a thing in ways that do not
 * go together.  They race if, besides, nothing between makes the one come
 * before the other: then another schedule has them the other way round.
 */
#ifndef SIM_EXPLORE_RACE_H
#define SIM_EXPLORE_RACE_H

#include "sim/explore.h"

/* What a step touched, for good. */
struct race_touches {
	struct touch *touch;
	unsigned count;
	bool all;
	uint64_t signature; /* two without a common bit are independent */
};
/* 0, -ENOMEM. */
int race_touches_keep(struct race_touches *to, const struct touches *from);
bool race_depend(const struct race_touches *a, const struct race_touches *b);
/* ... by a lock, which keeps the one out until the other lets go. */
bool race_depend_by_lock(const struct race_touches *a,
			 const struct race_touches *b);
/* ... as @drain is a drain of what the other stored, or waits for: they come in
 * no other order. */
bool race_depend_by_drain(const struct race_touches *drain,
			  const struct race_touches *other);

/* Where a choice was, and the step that was taken. */
struct race_node {
	uint32_t enabled, todo, done, asleep; /* threads */
	unsigned thread;		      /* that ran */
	/* By thread: the step that it took from here, or sleeps before. */
	struct race_touches step[EXPLORE_THREADS];
	/* How many steps of each thread come before this one or are it. */
	uint16_t clock[EXPLORE_THREADS];
};

struct race_path {
	struct race_node *node;
	size_t count, room;
	uint32_t drains; /* threads whose steps others may have to wait for */
	uint32_t ahead;	 /* threads whose steps come at any moment, if at all */
};
/* One more node, all 0; NULL if out of memory. */
struct race_node *race_path_add(struct race_path *path);
/* Leave @count. */
void race_path_cut(struct race_path *path, size_t count);
/* The last step was just taken: set its clock, and at each node from which one
 * begins that races with it, let the other way round be done. */
void race_path_note(struct race_path *path);

#endif /* SIM_EXPLORE_RACE_H */

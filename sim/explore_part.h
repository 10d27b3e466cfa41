/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_part.h - steps of a schedule put together where nobody came between.
 */
#ifndef SIM_EXPLORE_PART_H
#define SIM_EXPLORE_PART_H

#include "sim/explore.h"

/* Steps of one event in a row. */
struct explore_part {
	size_t number;		/* from 1 */
	size_t next;		/* step after it */
	unsigned thread;
	const struct event *event;
	bool begins, ends, wrong;
	uint32_t nth;		/* crossing from where it was, before which it
				   stops */
	enum crossing at;
};

/* From one part, or from all 0, to the next; false after the last. */
bool explore_part_next(const struct explore_found *found,
		       struct explore_part *part);

#endif /* SIM_EXPLORE_PART_H */

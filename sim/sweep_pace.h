/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_pace.h - what the cells of a sweep took, and what others will take.
 */
#ifndef SIM_SWEEP_PACE_H
#define SIM_SWEEP_PACE_H

#include "sim/sweep.h"

/* The cells that have one value on one axis. */
struct pace_value {
	size_t left, done;
	double seconds; /* of those done */
};

struct pace {
	const struct sweep *sweep;
	struct pace_value *of[SWEEP_MAX_AXES]; /* by axis and value */
	struct pace_value all;
};

/* No cell is left yet, and none done.  0 or -ENOMEM; free it in any case. */
int pace_init(struct pace *pace, const struct sweep *sweep);
void pace_free(struct pace *pace);

/* @cell shall run. */
void pace_expect(struct pace *pace, size_t cell);
/* @cell, which was expected, took @seconds. */
void pace_note(struct pace *pace, size_t cell, double seconds);

/*
 * The seconds that @cell may take: the mean of the cells that have one of its
 * values, where that is largest.  Infinite while one of its values is new.
 */
double pace_guess(const struct pace *pace, size_t cell);
/* The seconds of work that are left, once a cell is done: those of a trace
 * take what those of it took, or what all did. */
double pace_left(const struct pace *pace);

#endif /* SIM_SWEEP_PACE_H */

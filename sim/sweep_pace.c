/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_pace.c - what the cells of a sweep took, and what others will take.
 *
 *   cell done -> its trace, machine, parameters, policy -> means -> guesses
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "sim/sweep_pace.h"

int pace_init(struct pace *pace, const struct sweep *sweep)
{
	*pace = (struct pace){ .sweep = sweep };
	for (size_t i = 0; i < sweep->nr_axes; i++) {
		pace->of[i] = calloc(sweep->axis[i].count, sizeof(**pace->of));
		if (!pace->of[i])
			return -ENOMEM;
	}
	return 0;
}

void pace_free(struct pace *pace)
{
	for (size_t i = 0; i < SWEEP_MAX_AXES; i++)
		free(pace->of[i]);
}

static struct pace_value *value_of(const struct pace *pace, size_t cell,
				   size_t axis)
{
	return &pace->of[axis][sweep_value(pace->sweep, cell, axis) -
			       pace->sweep->axis[axis].value];
}

void pace_expect(struct pace *pace, size_t cell)
{
	pace->all.left++;
	for (size_t i = 0; i < pace->sweep->nr_axes; i++)
		value_of(pace, cell, i)->left++;
}

static void note(struct pace_value *value, double seconds)
{
	value->left--;
	value->done++;
	value->seconds += seconds;
}

void pace_note(struct pace *pace, size_t cell, double seconds)
{
	note(&pace->all, seconds);
	for (size_t i = 0; i < pace->sweep->nr_axes; i++)
		note(value_of(pace, cell, i), seconds);
}

static double mean(const struct pace_value *value, double unknown)
{
	return value->done ? value->seconds / (double)value->done : unknown;
}

double pace_guess(const struct pace *pace, size_t cell)
{
	double most = 0;

	for (size_t i = 0; i < pace->sweep->nr_axes; i++)
		most = fmax(most, mean(value_of(pace, cell, i), INFINITY));
	return most;
}

double pace_left(const struct pace *pace)
{
	const double any = mean(&pace->all, 0);
	double left = 0;

	for (size_t i = 0; i < pace->sweep->axis[AXIS_TRACE].count; i++) {
		const struct pace_value *trace = &pace->of[AXIS_TRACE][i];

		left += mean(trace, any) * (double)trace->left;
	}
	return left;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_part.c - steps of a schedule put together.
 *
 *   steps   0a 0b 1c 0d 0e         a, b: of one hypercall ...
 *   parts   0ab   1c 0de           each is an event of a trace
 */
#include "sim/explore_part.h"

/* Crossings that the event of step @at had come to before it. */
static uint32_t crossed_before(const struct explore_found *found, size_t at)
{
	const struct explore_step *step = &found->step[at];

	if (step->begins)
		return 0;
	while (at-- > 0)
		if (found->step[at].thread == step->thread)
			break;
	return found->step[at].crossed;
}

bool explore_part_next(const struct explore_found *found,
		       struct explore_part *part)
{
	size_t at = part->next, first = at;
	const struct explore_step *step = &found->step[at];

	if (at == found->steps)
		return false;
	*part = (struct explore_part){
		.number = part->number + 1,
		.thread = step->thread,
		.event = step->event,
		.begins = step->begins,
	};
	do {
		step = &found->step[at];
		part->wrong |= !found->at_end && at == found->wrong;
		at++;
	} while (at < found->steps && !step->ends &&
		 found->step[at].thread == part->thread);
	part->ends = step->ends;
	part->at = step->at;
	part->nth = step->crossed - crossed_before(found, first);
	part->next = at;
	return true;
}

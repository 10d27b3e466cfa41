/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect.c - what a trace says that the results must be. */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "sim/state.h"

bool sim_expects(const struct sim *sim, const struct event *event)
{
	const char *policy = event->expect.policy;

	if (!policy)
		policy = sim->header->policy->name;
	return strcmp(policy, "any") == 0 ||
	       strcmp(policy, sim->policy->name) == 0;
}

bool sim_expects_violations(const struct sim *sim, const struct event *event)
{
	if (event->kind != EVENT_expect || !sim_expects(sim, event))
		return false;
	for (size_t i = 0; i < event->expect.count; i++)
		if (event->expect.list[i].counter == COUNTER_oracle_violations)
			return true;
	return false;
}

/* "3", "3 or more", "3 or less", "3 to 5" */
static void describe(const struct expectation *e, char *text, size_t size)
{
	if (e->min == e->max)
		snprintf(text, size, "%.15g", e->min);
	else if (e->max >= DBL_MAX)
		snprintf(text, size, "%.15g or more", e->min);
	else if (e->min <= 0)
		snprintf(text, size, "%.15g or less", e->max);
	else
		snprintf(text, size, "%.15g to %.15g", e->min, e->max);
}

/*
 * Exact numbers are of the machine that a trace was written for: another one
 * walks ahead, or forgets earlier.  What holds on all is that nothing was
 * unsafe, and what the trace gives a range for.
 */
static bool holds_here(const struct sim *sim, const struct expectation *e)
{
	bool is_safety = e->counter == COUNTER_oracle_violations && e->max <= 0;

	return !sim->header->other_machine || e->min < e->max || is_safety;
}

static void compare(struct sim *sim, struct place place,
		    const struct expectation *e)
{
	double value = results_value(&sim->results, (enum counter)e->counter);
	char wanted[80];

	if (!holds_here(sim, e)) {
		sim->results.elsewhere++;
		return;
	}
	if (!results_know(&sim->results, (enum counter)e->counter)) {
		sim->results.skipped++;
		return;
	}
	sim->results.expected++;
	if (value >= e->min && value <= e->max)
		return;
	sim->results.failed++;
	describe(e, wanted, sizeof(wanted));
	place.line = e->line;
	place.column = e->column;
	diag_error(sim->failed, place, "'%s' is %.15g, expected %s (policy %s)",
		   counter_info[e->counter].path, value, wanted,
		   sim->policy->name);
}

int ev_expect(struct sim *sim, const struct event *event)
{
	if (!sim_expects(sim, event))
		return 0;
	sim_tally(sim);
	for (size_t i = 0; i < event->expect.count; i++)
		compare(sim, event->place, &event->expect.list[i]);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_drain.c - what has to get into memory before a step of another
 * thread.
 *
 *   CPU 1:  walk ------ A bit waits        drains:  .--> memory
 *   CPU 2:                    exchange ... waits ---' .... goes on
 *
 * A step that does not go on while something waits has that drain by itself.
 * Told apart from it, as a step of the thread that drains, which comes right
 * before it, it is the same whether it was chosen or was due.  So whoever
 * compares schedules need not try each drain at each moment.
 */
#include "config.h"

#include "sim/explore.h"

void explore_drain_before(struct explore_exec *exec, struct waiting *waiting)
{
	const struct trace_header *header = exec->plan->header;

	exec->drained = 0;
	for (unsigned i = 0; header->memory == MEMORY_TSO && i < header->cpus;
	     i++)
		waiting[i] = turns_waiting(exec->sim, (int)i);
}

static bool is_same_late(const struct waiting *a, const struct waiting *b)
{
	return a->late && b->late && a->late_entry == b->late_entry &&
	       a->late_value == b->late_value;
}

/* The older of @waiting is in memory now. */
static void drained(struct explore_exec *exec, int cpu,
		    const struct waiting *waiting)
{
	int thread = explore_drain_of(exec->plan, cpu);

	if (thread < 0 || exec->drained == EXPLORE_DRAINED) {
		turns_touch_drain(exec->sim, cpu, waiting, &exec->touches);
		return;
	}
	exec->drain[exec->drained++] = (struct explore_drain){
		.thread = (unsigned)thread,
		.cpu = cpu,
		.waiting = *waiting,
	};
}

/* An A bit waits since this step; of a store the step has told. */
static void late(struct explore_exec *exec, int cpu, paddr_t entry)
{
	touches_add(&exec->touches,
		    (struct touch){ TOUCH_LATE, TOUCH_WRITE, (uint64_t)cpu });
	touches_add(&exec->touches,
		    (struct touch){ TOUCH_LATE_AT, TOUCH_UPDATE, entry });
}

static void compare(struct explore_exec *exec, int cpu, struct waiting before)
{
	struct waiting after = turns_waiting(exec->sim, cpu);
	bool same = is_same_late(&before, &after);

	if (before.late && !same) {
		drained(exec, cpu, &before);
		before.late = false;
	}
	if (before.stored && !after.stored && !before.late)
		drained(exec, cpu, &before);
	if (after.late && !same)
		late(exec, cpu, after.late_entry);
}

void explore_drain_after(struct explore_exec *exec, unsigned thread,
			 const struct waiting *waiting)
{
	const struct trace_header *header = exec->plan->header;
	const struct explore_thread *t = &exec->plan->thread[thread];

	if (t->drains) {
		exec->touches.count = 0;
		turns_touch_drain(exec->sim, t->cpu, &waiting[t->cpu],
				  &exec->touches);
		return;
	}
	for (unsigned i = 0; header->memory == MEMORY_TSO && i < header->cpus;
	     i++)
		compare(exec, (int)i, waiting[i]);
}

bool explore_drains_again(const struct explore_exec *exec, unsigned number)
{
	const struct waiting *waiting = &exec->drain[number].waiting;

	return waiting->late && waiting->stored;
}

void explore_drain_touches(const struct explore_exec *exec, unsigned number,
			   struct touches *touches)
{
	const struct explore_drain *drain = &exec->drain[number];

	touches->count = 0;
	touches->all = false;
	turns_touch_drain(exec->sim, drain->cpu, &drain->waiting, touches);
}

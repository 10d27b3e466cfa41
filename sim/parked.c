/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parked.c - hypercalls that go on later: preempted, stopped, or awaited.
 *
 *   call_run() --stopped, preempted under a name--> parked
 *        ^     --over, to be resumed for all that-> parked
 *        `------------- call_resume() ---------------'
 *
 * Invariant, checked by sim_check(): no two of them have one name.
 */
#include <errno.h>

#include "sim/state.h"

static void park(struct call *call)
{
	call->next = call->sim->calls.parked;
	call->sim->calls.parked = call;
}

/* A trace that had it stop will resume it, though it is over. */
static void retire(struct call *call, bool awaited)
{
	call->stop = (struct stop){ CROSS_any, 0 };
	call->over = awaited;
	if (awaited)
		park(call);
	else
		call_put(call);
}

int call_run(struct call *call)
{
	bool awaited = call->stop.nth;
	int rc, points;

	do {
		rc = call_go(call);
	} while (rc == GNTTAB_PREEMPTED && call->name.name < 0);
	if (rc == CALL_STOPPED) {
		park(call);
		return 0;
	}
	if (rc == GNTTAB_PREEMPTED) {
		rc = call_account(call, call->nr_ops - call->left.count);
		park(call);
		return rc;
	}
	rc = call_account(call, call->nr_ops);
	points = points_drop(&call->sim->points, call, call->sim->diags);
	retire(call, awaited);
	return rc < 0 ? rc : points;
}

int calls_finish(struct sim *sim)
{
	int rc = 0;

	for (struct call **at = &sim->calls.parked; *at && rc == 0;) {
		struct call *call = *at;

		if ((!call->strand && !call->out) || call->stuck) {
			at = &call->next;
			continue;
		}
		*at = call->next;
		call->stop = (struct stop){ CROSS_any, 0 };
		rc = call_run(call);
		at = &sim->calls.parked;
	}
	return rc;
}

static struct call **find_parked(struct sim *sim, struct label name)
{
	struct call **at = &sim->calls.parked;

	while (*at && !label_is((*at)->name, name))
		at = &(*at)->next;
	return *at ? at : NULL;
}

bool call_is_parked(struct sim *sim, struct label name)
{
	return find_parked(sim, name);
}

/* ---- going on -------------------------------------------------------- */

/* A hypercall that is stopped half-way stays where it is. */
static struct cpu *cpu_of_stopped(struct call *call, const struct event *event)
{
	if (event->cpu == CPU_ANY || event->cpu == (int)call->cpu->number)
		return call->cpu;
	diag_error(call->sim->diags, event->place,
		   "this hypercall is stopped on CPU %u, and cannot move",
		   call->cpu->number);
	return NULL;
}

/* The CPU that goes on with @call: the one that the event names, or where
 * it was, or any that runs its domain now. */
static struct cpu *cpu_to_resume(struct call *call, const struct event *event)
{
	struct event wanted = *event;

	if (call->strand || call->out)
		return cpu_of_stopped(call, event);
	if (event->cpu == CPU_ANY && call->cpu->running == call->domain)
		return call->cpu;
	wanted.domain = call->domain->id;
	return cpu_of_event(call->sim, &wanted);
}

int call_resume(struct sim *sim, const struct event *event)
{
	struct call **at = find_parked(sim, event->call);
	struct call *call;
	struct cpu *cpu;
	int rc;

	if (!at) {
		diag_error(sim->diags, event->place,
			   "no call of this name is preempted");
		return -EBADMSG;
	}
	call = *at;
	if (call->over) {
		*at = call->next;
		retire(call, event->stop.nth);
		return 0;
	}
	cpu = cpu_to_resume(call, event);
	if (!cpu)
		return -EBADMSG;
	call->cpu = cpu;
	call->stop = event->stop;
	rc = points_take(&call->sim->points, call, call->sim->diags);
	if (rc < 0)
		return rc;
	*at = call->next;
	return call_run(call);
}

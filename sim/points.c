/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * points.c - waiting for a point inside a hypercall.
 *
 * Invariant, checked by sim_check(): a point belongs to no call yet, or to one
 * that runs or is parked; those of a call that is over are gone.
 */
#include <errno.h>
#include <stdlib.h>

#include "sim/state.h"

int points_add(struct points *points, const struct point *point)
{
	size_t more = points->room ? 2 * points->room : 16;
	struct point *bigger;

	if (points->count == points->room) {
		bigger = realloc(points->point, more * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		points->point = bigger;
		points->room = more;
	}
	points->point[points->count++] = *point;
	return 0;
}

void points_destroy(struct points *points)
{
	free(points->point);
}

static bool is_for(const struct point *p, const struct call *call)
{
	if (p->call)
		return false;
	return p->cpu == CPU_ANY || p->cpu == (int)call->cpu->number;
}

int points_claim(struct points *points, struct call *call, struct diags *diags)
{
	for (size_t i = 0; i < points->count; i++) {
		struct point *p = &points->point[i];

		if (!is_for(p, call))
			continue;
		if (p->target == call->cpu) {
			diag_error(diags, p->place,
				   "CPU %u cannot switch inside its own "
				   "hypercall",
				   call->cpu->number);
			diag_hint(diags, "'preempt' it, and 'resume' it later");
			return -EBADMSG;
		}
		p->at += p->kind == POINT_FAULT ? call->copies : call->points;
		p->call = call;
	}
	return 0;
}

static void switch_meanwhile(const struct point *p)
{
	if (!p->target->call) {
		cpu_switch(p->target, p->to);
		return;
	}
	cpu_is_busy(p->target, p->place);
	p->target->sim->error = -EBADMSG;
}

bool points_find(struct points *points, struct call *call, bool fault)
{
	uint32_t at = fault ? call->copies : call->points;
	bool wanted = false;

	for (size_t i = 0; i < points->count; i++) {
		struct point *p = &points->point[i];

		if (p->call != call || p->at != at ||
		    (p->kind == POINT_FAULT) != fault)
			continue;
		p->reached = true;
		if (p->kind == POINT_SWITCH)
			switch_meanwhile(p);
		else
			wanted = true;
	}
	return wanted;
}

static void complain(const struct point *p, const struct call *call,
		     struct diags *diags)
{
	if (p->kind == POINT_FAULT)
		diag_error(diags, p->place,
			   "the hypercall makes no guest copy %u: it made %u",
			   p->at, call->copies);
	else
		diag_error(diags, p->place,
			   "the hypercall has no preemption point %u: it has "
			   "%u",
			   p->at, call->points);
}

int points_forget(struct points *points, const struct call *call,
		  struct diags *diags)
{
	size_t left = 0;
	int rc = 0;

	for (size_t i = 0; i < points->count; i++) {
		const struct point *p = &points->point[i];

		if (p->call != call) {
			points->point[left++] = *p;
		} else if (!p->reached) {
			complain(p, call, diags);
			rc = -EBADMSG;
		}
	}
	points->count = left;
	return rc;
}

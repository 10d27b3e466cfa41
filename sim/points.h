/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * points.h - what a trace has happen inside a hypercall.
 *
 * `fault`, `preempt` and `schedule` with a point are written before the
 * hypercall that they are about, and wait for it here.
 */
#ifndef SIM_POINTS_H
#define SIM_POINTS_H

#include "sim/event.h"

struct call;
struct cpu;
struct domain;

enum point_kind {
	POINT_PREEMPT, /* preemption is wanted there */
	POINT_FAULT,   /* that guest copy fails */
	POINT_SWITCH,  /* another CPU switches meanwhile */
};

struct point {
	enum point_kind kind;
	int cpu;	   /* whose next hypercall, or CPU_ANY */
	uint32_t at;	   /* preemption point or copy, from 1 */
	struct call *call; /* once that has begun */
	bool reached;
	struct cpu *target; /* POINT_SWITCH: switches to ... */
	struct domain *to;  /* ... this, or to idle */
	struct place place;
};

struct points {
	struct point *point;
	size_t count, room;
};

/* 0, -ENOMEM. */
int points_add(struct points *points, const struct point *point);
void points_destroy(struct points *points);

/* @call begins or goes on, and what waits for it counts from here.
 * 0, or -EBADMSG after an error. */
int points_claim(struct points *points, struct call *call, struct diags *diags)
	__attribute__((cold));
static inline int points_take(struct points *points, struct call *call,
			      struct diags *diags)
{
	return points->count ? points_claim(points, call, diags) : 0;
}
/* @call is at a preemption point, or (@fault) at a guest copy: let happen
 * what is due.  Is it preempted, or does the copy fail? */
bool points_find(struct points *points, struct call *call, bool fault)
	__attribute__((cold));
static inline bool points_reach(struct points *points, struct call *call,
				bool fault)
{
	return points->count && points_find(points, call, fault);
}
/* @call is over.  0, or -EBADMSG after an error: something waits in vain. */
int points_forget(struct points *points, const struct call *call,
		  struct diags *diags) __attribute__((cold));
static inline int points_drop(struct points *points, const struct call *call,
			      struct diags *diags)
{
	return points->count ? points_forget(points, call, diags) : 0;
}

#endif /* SIM_POINTS_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pinning.h - frames that are about to become page tables.
 *
 *   pin_table {call: p}  --first step-->  open  --second step-->  a table
 *                                          other CPUs run    resume {call: p}
 *
 * Without a name both steps are one event.  page.h has the steps.
 */
#ifndef SIM_PINNING_H
#define SIM_PINNING_H

#include "sim/event.h"
#include "sim/frame.h"

struct sim;
struct cpu;
struct domain;

struct pinning {
	struct pinning *next;
	struct label name;
	struct cpu *by;		/* flushes who may hold what the frame was */
	struct domain *domain;	/* its owner */
	uint64_t gfn;
	mfn_t mfn;
	enum frame_type type;	/* that it becomes */
};

/* Is one of this name to be resumed? */
bool pinning_is_open(const struct sim *sim, struct label name);
/* The second step of the one that @event names, which is open. */
int pinning_resume(struct sim *sim, const struct event *event);
/* What is open at the end of a trace becomes tables, where it still can. */
void pinnings_finish(struct sim *sim);
void pinnings_destroy(struct sim *sim);

#endif /* SIM_PINNING_H */

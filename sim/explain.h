/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.h - one trace through one simulator, each step told.
 */
#ifndef SIM_EXPLAIN_H
#define SIM_EXPLAIN_H

#include "sim/cmd.h"
#include "sim/run_override.h"
#include "sim/tell.h"

struct explain_config {
	const char *trace;
	struct run_override over;
	uint64_t from, to;		/* the events to tell, by number */
	const struct teller *teller;
	FILE *out;
	bool color;
};

/* Run the trace up to event ->to and tell its events from ->from on.
 * Mistakes and failed expectations go to stderr. */
enum status explain_trace(const struct explain_config *config);

/* One access by a CPU. */
struct walk_request_of {
	unsigned cpu;
	vaddr_t va;
	enum mmu_access access;
};
/* Run the trace up to event ->to without a word, and tell this access. */
enum status explain_walk(const struct explain_config *config,
			 const struct walk_request_of *walk);

/* ---- for who has a simulator of its own ---------------------------------- */

/* A sim's steps, on their way to a teller. */
struct narrator {
	struct sim *sim;
	struct tale tale;
	struct looks looks;
	struct past *past;		/* a ring of the newest events */
	size_t inspected;		/* lines before this event */
};

/* 0 or -ENOMEM. */
int narrator_init(struct narrator *narrator, struct sim *sim,
		  const struct teller *teller, FILE *to, bool color);
void narrator_free(struct narrator *narrator);
/* @event is about to happen. */
void narrator_note(struct narrator *narrator, const struct event *event);
/* Tell from here on, or no more: 0 or -ENOMEM. */
int narrator_start(struct narrator *narrator);
void narrator_stop(struct narrator *narrator);

#endif /* SIM_EXPLAIN_H */

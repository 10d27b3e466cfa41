/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim.h - one simulated machine under one policy: the library's front.
 *
 *     struct sim --- struct mmu        the hardware
 *        |    \----- struct domain[]   guests: memory, tables, grant_table
 *        |---------- struct cpu[]      what each CPU runs
 *        |---------- struct oracle     what must never happen
 *        `---------- struct results    counted so far
 *
 * Several in one process are independent of each other.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "sim/results.h"
#include "sim/series.h"
#include "sim/trace.h"

struct sim;
struct spares;

struct sim_config {
	const struct trace_header *header;	/* must outlive the sim */
	const struct gnttab_policy *policy;
	uint64_t seed;
	const char *trace;			/* its name in the results, or
						   NULL; must outlive the sim */
	size_t buckets;				/* of the results' series, at
						   most: a power of two from 2
						   to SERIES_MAX; 0: no series */
	bool no_oracle;				/* nothing is checked, and some
						   counters mean nothing */
	const char *file;			/* the file of places in them, or
						   NULL: as events say */
	struct spares *spares;			/* to take from what others left,
						   or NULL; must outlive the
						   sim */
};

/* 0; -EINVAL: the domains' memory is more than the machine can address;
 * -ENOMEM. */
int sim_create(struct sim **sim, const struct sim_config *config);
void sim_destroy(struct sim *sim);

/*
 * Let @event happen.  0; -EBADMSG with @diags filled when the event cannot
 * be: no CPU runs the domain, a frame is past the domain's memory ...; or
 * -ENOMEM.
 * Failed expectations go to @failed, and are not errors of the input.
 */
int sim_event(struct sim *sim, const struct event *event, struct diags *diags,
	      struct diags *failed);
/* After the last event: the checks at quiescence. */
void sim_finish(struct sim *sim);

/* Assert the invariants of all that a simulator consists of, between two
 * events. */
void sim_check(const struct sim *sim);

/* Counted so far; brought up to date by each call. */
const struct results *sim_results(struct sim *sim);

#endif /* SIM_SIM_H */

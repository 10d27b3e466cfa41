/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore.h - every order in which CPUs can run what a trace has them do.
 *
 *   trace --> plan --> search ----> execution: a machine, one schedule
 *                        ^  |             |
 *                        |  `- prefixes   `-> steps, what they touched
 *                        `--- happens-before hash, visited <--'
 *                        `--> first violation --> story, trace
 */
#ifndef SIM_EXPLORE_H
#define SIM_EXPLORE_H

#include <stdio.h>

#include "sim/cmd.h"
#include "sim/hb.h"
#include "sim/progress.h"
#include "sim/run_override.h"
#include "sim/spares.h"
#include "sim/trace.h"
#include "sim/turns.h"

#define EXPLORE_NO_BOUND UINT64_MAX

struct explore_config {
	const char *trace;
	struct run_override over;	/* its machine and policy */
	uint64_t preemptions;		/* at most */
	uint64_t depth;			/* steps of a schedule with choices */
	uint64_t schedules;		/* at most, also those given up half-way */
	uint64_t seconds;
	unsigned memory;		/* enum trace_memory, from 1; 0: the
					   trace's own */
	unsigned ahead;			/* explore_plan.ahead, from 1; 0: the
					   trace's own */
	bool no_reduction;		/* each crossing, each order */
	bool levels;			/* by preemptions, up to the last */
	bool states;			/* they tell outcomes apart, too */
};

/* Read, search, and tell to @out; what is found goes to @path as a trace,
 * unless that is NULL. */
enum status explore_trace(const struct explore_config *config, FILE *out,
			  const char *path, struct progress *progress);

/* ---- what is explored ------------------------------------------------- */

#define EXPLORE_THREADS 16

/* Events in their order; they and their operations are the list's own. */
struct explore_events {
	struct event *event;
	size_t count, room;
};

/* One CPU, or a domain that changes its grant table and runs on none. */
struct explore_thread {
	int cpu;			/* or CPU_ANY */
	int domain;			/* then this one */
	bool drains;			/* what that CPU has stored */
	bool ahead;			/* its walks to one page, for nothing */
	struct explore_events events;
};

struct explore_plan {
	const struct explore_config *config;
	struct trace *trace;
	const struct trace_header *header;
	struct trace_header other;	/* it, with config->memory */
	const struct gnttab_policy *policy;
	struct explore_events setup;
	struct explore_thread thread[EXPLORE_THREADS];
	unsigned threads;
	unsigned ahead;			/* walks of each CPU to each page */
	unsigned ahead_pages;
	bool ahead_leaves;		/* to entries of which no upper one
					   changes */
	struct diags mistakes;
};

/* 0; -EBADMSG with plan->mistakes filled; or -errno.  To be freed always. */
int explore_plan_read(struct explore_plan *plan,
		      const struct explore_config *config);
void explore_plan_free(struct explore_plan *plan);
/* The thread that has what @cpu stored get into memory; -1: there is none. */
int explore_drain_of(const struct explore_plan *plan, int cpu);
/* Add a copy of @event: 0, -ENOMEM. */
int explore_append(struct explore_events *list, const struct event *event);
/* The threads that walk ahead, if any: 0, -EBADMSG, -ENOMEM. */
int explore_add_ahead(struct explore_plan *plan);

/* "CPU 1" */
struct explore_name {
	char text[24];
};
struct explore_name explore_thread_name(const struct explore_thread *thread);

/* ---- one schedule ----------------------------------------------------- */

/* A thread ran for a while. */
struct explore_step {
	unsigned thread;
	const struct event *event;
	bool begins, ends;		/* the event */
	uint32_t crossed;		/* crossings since the event began */
	enum crossing at;		/* it stopped before this one */
	bool wrong;			/* something broke in it */
	bool preempts;			/* who ran before could have gone on */
};

/* What had to drain before the step. */
struct explore_drain {
	unsigned thread;
	int cpu;
	struct waiting waiting;		/* the older of it */
};
#define EXPLORE_DRAINED EXPLORE_THREADS

struct explore_exec {
	const struct explore_plan *plan;
	struct sim *sim;
	struct diags diags, failed;
	char first[400];		/* what broke first, in words */
	struct {
		size_t next;		/* event */
		bool in_call;		/* is under way */
		uint64_t hash;		/* of its last step */
	} at[EXPLORE_THREADS];
	int last;			/* the thread that ran last, or -1 */
	struct explore_step *step;
	size_t steps, room;
	uint64_t number;		/* of the next event */
	struct touches touches;		/* of the last step, but for ... */
	struct explore_drain drain[EXPLORE_DRAINED];
	unsigned drained;
	struct hb hb;
};

/* 0; -EBADMSG with exec->diags filled; -errno.  To be freed always. */
int explore_exec_start(struct explore_exec *exec,
		       const struct explore_plan *plan,
		       struct spares *spares);
int explore_exec_step(struct explore_exec *exec, unsigned thread);
/* After the last step: the checks at quiescence. */
void explore_exec_finish(struct explore_exec *exec);
void explore_exec_free(struct explore_exec *exec);
/* Has it nothing left to do?  Can it do something now? */
bool explore_is_over(const struct explore_exec *exec, unsigned thread);
bool explore_can_run(const struct explore_exec *exec, unsigned thread);
/* Would a step of it keep another CPU from going on that could? */
bool explore_preempts(const struct explore_exec *exec, unsigned thread);

/* Around a step of @thread: @waiting, of each CPU, is for the second to compare
 * with; it fills exec->drain and adds to exec->touches. */
void explore_drain_before(struct explore_exec *exec, struct waiting *waiting);
void explore_drain_after(struct explore_exec *exec, unsigned thread,
			 const struct waiting *waiting);
/* Can its thread drain more, right after it? */
bool explore_drains_again(const struct explore_exec *exec, unsigned number);
void explore_drain_touches(const struct explore_exec *exec, unsigned number,
			   struct touches *touches);

/* ---- the search ------------------------------------------------------- */

enum explore_end {
	EXPLORE_ALL,			/* there is nothing more to run */
	EXPLORE_PREEMPTIONS, EXPLORE_DEPTH, EXPLORE_SCHEDULES, EXPLORE_TIME,
};

/* How a schedule ended. */
struct explore_outcome {
	bool deadlock;
	uint64_t violations, stale, refused, performed, avoided;
	uint64_t state;			/* turns_state(), or 0 */
};
#define EXPLORE_OUTCOMES 256

struct explore_found {
	bool yes;
	uint64_t preemptions;
	struct explore_outcome outcome;
	uint64_t all_stale;		/* as the counter has it */
	char first[400];		/* in words */
	struct explore_step *step;
	size_t steps, wrong;		/* number of the step that broke it */
	bool at_end;			/* none did: the audit found it */
};

struct explored {
	enum explore_end end;
	uint64_t schedules;		/* run to their end */
	uint64_t runs;			/* the same, and those given up */
	uint64_t states;		/* that were told apart */
	uint64_t different;		/* schedules to their end, likewise */
	uint64_t preemptions;		/* all schedules with as many were run */
	bool any_level;			/* ... if there is such a number */
	bool by_races;			/* then the rest, in any order */
	uint64_t waiting;		/* prefixes that were not run */
	struct explore_outcome outcome[EXPLORE_OUTCOMES];
	unsigned outcomes;
	struct explore_found found;
	struct diags diags;		/* of -EBADMSG */
};

/* 0, -EBADMSG, -errno; @explored is to be freed always. */
int explore_search(const struct explore_plan *plan, struct explored *explored,
		   struct progress *progress);
void explored_free(struct explored *explored);

/* ---- what is said ----------------------------------------------------- */

void explore_tell(const struct explore_plan *plan,
		  const struct explored *explored, FILE *out);
/* The schedule that was found, as a trace; 0, -errno. */
int explore_save(const struct explore_plan *plan,
		 const struct explore_found *found, FILE *to);

#endif /* SIM_EXPLORE_H */

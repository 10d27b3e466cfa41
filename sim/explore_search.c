/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_search.c - all schedules, those with fewer preemptions first.
 *
 *   level 0   no CPU is stopped before it has to wait or is done
 *   level 1   one is stopped once, anywhere          each a prefix of steps,
 *   level 2   ...                                    run from the start
 *
 * A schedule is followed to its end unless it comes to a state that was seen:
 * one with the same happens-before relation, the same CPU having run last.
 * Levels are taken in their order, so the state was seen with no more
 * preemptions than now, and what follows from it is known to be looked at.
 * The first level with a violation is finished, so that the one that is told
 * has the fewest preemptions and then the fewest steps.  After level 1 the
 * rest is left to explore_dpor.c, which ends at the first violation.
 *
 * Sources: as in hb.c; M. Musuvathi, S. Qadeer, Iterative Context Bounding for
 * Systematic Testing of Multithreaded Programs, PLDI 2007.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/explore.h"
#include "sim/explore_search.h"

/* With so many the search goes by levels; then it is by races. */
#define LEVELS 2

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

/* ---- how a schedule ended -------------------------------------------- */

static struct explore_outcome
outcome_of(const struct search *s, struct explore_exec *exec, bool deadlock)
{
	struct turns_wrong wrong = turns_wrong(exec->sim);
	const struct results *r = sim_results(exec->sim);

	return (struct explore_outcome){
		.deadlock = deadlock,
		.violations = wrong.violations,
		.stale = wrong.stale,
		.refused = exec->failed.count,
		.performed = r->count[COUNTER_flush_performed],
		.avoided = r->count[COUNTER_flush_avoided],
		.state = s->config->states ? turns_state(exec->sim) : 0,
	};
}

static int compare(const struct explore_outcome *a,
		   const struct explore_outcome *b)
{
	const uint64_t x[] = { a->deadlock, a->violations, a->stale,
			       a->refused,  a->performed,  a->avoided,
			       a->state };
	const uint64_t y[] = { b->deadlock, b->violations, b->stale,
			       b->refused,  b->performed,  b->avoided,
			       b->state };

	for (size_t i = 0; i < sizeof(x) / sizeof(*x); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/* Keep them sorted, each once. */
static void add_outcome(struct explored *explored,
			const struct explore_outcome *outcome)
{
	unsigned at = 0;

	while (at < explored->outcomes &&
	       compare(&explored->outcome[at], outcome) < 0)
		at++;
	if ((at < explored->outcomes &&
	     compare(&explored->outcome[at], outcome) == 0) ||
	    explored->outcomes == EXPLORE_OUTCOMES)
		return;
	memmove(&explored->outcome[at + 1], &explored->outcome[at],
		(explored->outcomes++ - at) * sizeof(*outcome));
	explored->outcome[at] = *outcome;
}

static size_t first_wrong(const struct explore_exec *exec)
{
	size_t at = 0;

	while (at < exec->steps && !exec->step[at].wrong)
		at++;
	return at;
}

/* How often was one stopped that could have gone on? */
static uint64_t preemptions(const struct explore_exec *exec)
{
	uint64_t count = 0;

	for (size_t i = 0; i < exec->steps; i++)
		count += exec->step[i].preempts;
	return count;
}

/* The schedule breaks something: the one to tell, if it is the shortest. */
static void keep_found(struct search *s, struct explore_exec *exec,
		       const struct explore_outcome *outcome)
{
	struct explore_found *found = &s->explored->found;
	size_t wrong = first_wrong(exec);

	if (found->yes && found->wrong <= wrong)
		return;
	found->yes = true;
	found->preemptions = preemptions(exec);
	found->outcome = *outcome;
	found->all_stale =
		sim_results(exec->sim)->count[COUNTER_oracle_stale_uses];
	found->wrong = wrong;
	found->at_end = wrong == exec->steps;
	snprintf(found->first, sizeof(found->first), "%s",
		 *exec->first ? exec->first
			      : "who has not ended waits for what never comes");
	free(found->step);
	found->step = exec->step;
	found->steps = exec->steps;
	exec->step = NULL;
	exec->steps = exec->room = 0;
}

/* ---- one schedule ---------------------------------------------------- */

/* Who goes on if nobody is preempted, or -1. */
static int who_runs(const struct explore_exec *exec)
{
	if (exec->last >= 0 && explore_can_run(exec, (unsigned)exec->last))
		return exec->last;
	for (unsigned i = 0; i < exec->plan->threads; i++)
		if (explore_can_run(exec, i))
			return (int)i;
	return -1;
}

static bool is_over(const struct explore_exec *exec)
{
	for (unsigned i = 0; i < exec->plan->threads; i++)
		if (!explore_is_over(exec, i))
			return false;
	return true;
}

/* Remember to run what @exec did, and then @thread. */
static int push(struct search *s, const struct explore_exec *exec,
		unsigned thread, bool preempts)
{
	struct explore_stack *stack = preempts ? &s->later : &s->now;
	uint8_t *to = explore_stack_push(stack, exec->steps + 1);

	if (!to)
		return -ENOMEM;
	for (size_t i = 0; i < exec->steps; i++)
		to[i] = (uint8_t)exec->step[i].thread;
	to[exec->steps] = (uint8_t)thread;
	return 0;
}

/* With one preemption more?  So are, at the end, walks ahead in other orders,
 * which nobody is left to see. */
static bool is_later(const struct explore_exec *exec, unsigned thread)
{
	return exec->plan->thread[thread].ahead ||
	       explore_preempts(exec, thread);
}

/* Remember what else than @chosen could run now. */
static int push_others(struct search *s, const struct explore_exec *exec,
		       unsigned chosen)
{
	int rc = 0;

	for (unsigned i = exec->plan->threads; rc == 0 && i-- > 0;)
		if (i != chosen && explore_can_run(exec, i))
			rc = push(s, exec, i, is_later(exec, i));
	return rc;
}

static int has_been_here(struct search *s, const struct explore_exec *exec)
{
	uint64_t state = hb_mix(exec->hb.total, (uint64_t)(exec->last + 1));
	int rc;

	if (s->config->no_reduction) {
		s->explored->states++;
		return 0;
	}
	rc = explore_set_add(&s->seen, state);
	s->explored->states += rc > 0;
	return rc < 0 ? rc : !rc;
}

/* Run on to the end: 0, or 1 to give it up; what else could be done on the
 * way is remembered. */
static int follow(struct search *s, struct explore_exec *exec)
{
	bool choose = true;
	int rc = 0, next;

	while (rc == 0 && !is_over(exec)) {
		rc = choose ? has_been_here(s, exec) : 0;
		next = who_runs(exec);
		if (rc || next < 0)
			break;
		if (choose && exec->steps >= s->config->depth) {
			s->explored->end = EXPLORE_DEPTH;
			choose = false;
		}
		if (choose)
			rc = push_others(s, exec, (unsigned)next);
		if (rc == 0)
			rc = explore_exec_step(exec, (unsigned)next);
		/* What is broken cannot break in another way. */
		choose &= !(exec->steps && exec->step[exec->steps - 1].wrong);
	}
	return rc;
}

int search_end_schedule(struct search *s, struct explore_exec *exec)
{
	bool deadlock = !is_over(exec);
	struct explore_outcome outcome;

	s->explored->schedules++;
	if (explore_set_add(&s->ends, exec->hb.total) < 0)
		return -ENOMEM;
	explore_exec_finish(exec);
	outcome = outcome_of(s, exec, deadlock);
	add_outcome(s->explored, &outcome);
	if (outcome.deadlock || outcome.violations || outcome.stale ||
	    outcome.refused)
		keep_found(s, exec, &outcome);
	return 0;
}

static int run_prefix(struct search *s, const struct explore_prefix *prefix)
{
	struct explore_exec exec;
	int rc = explore_exec_start(&exec, s->plan, &s->spares);

	s->explored->runs++;
	for (size_t i = 0; rc == 0 && i < prefix->steps; i++)
		rc = explore_exec_step(&exec, prefix->thread[i]);
	if (rc == 0)
		rc = follow(s, &exec);
	if (rc == 0)
		rc = search_end_schedule(s, &exec);
	if (rc == -EBADMSG)
		s->explored->diags = exec.diags;
	explore_exec_free(&exec);
	return rc < 0 ? rc : 0;
}

/* ---- all of them ----------------------------------------------------- */

bool search_must_end(struct search *s)
{
	progress_update(s->progress, s->config->trace, 0, 0, s->explored->runs);
	if (s->explored->runs >= s->config->schedules)
		s->explored->end = EXPLORE_SCHEDULES;
	else if (clock_ns() >= s->until)
		s->explored->end = EXPLORE_TIME;
	else
		return false;
	return true;
}

static int run_level(struct search *s)
{
	struct explore_prefix prefix;
	int rc = 0;

	while (rc == 0 && s->now.count) {
		if (search_must_end(s))
			return 1;
		prefix = explore_stack_pop(&s->now);
		rc = run_prefix(s, &prefix);
		free(prefix.thread);
	}
	return rc;
}

/* Is there no bound on preemptions, and may what is independent be left out?
 */
static bool goes_on(const struct explore_config *config)
{
	return config->preemptions == EXPLORE_NO_BOUND &&
	       !config->no_reduction && !config->levels;
}

/* All prefixes of this level were run: those of the next one, if any. */
static bool next_level(struct search *s)
{
	struct explore_stack empty = s->now;

	if (s->explored->end == EXPLORE_ALL ||
	    s->explored->end == EXPLORE_DEPTH) {
		s->explored->any_level = true;
		s->explored->preemptions = s->level;
	}
	if (s->explored->found.yes || !s->later.count)
		return false;
	if (s->level == LEVELS - 1 && goes_on(s->config))
		return false;
	if (s->level == s->config->preemptions) {
		s->explored->end = EXPLORE_PREEMPTIONS;
		return false;
	}
	s->now = s->later;
	s->later = empty;
	s->level++;
	return true;
}

int explore_search(const struct explore_plan *plan, struct explored *explored,
		   struct progress *progress)
{
	const struct explore_config *config = plan->config;
	struct search s = {
		.plan = plan,
		.config = config,
		.explored = explored,
		.progress = progress,
		.until = UINT64_MAX,
	};
	const struct explore_prefix nothing = { NULL, 0 };
	int rc;

	memset(explored, 0, sizeof(*explored));
	if (config->seconds != EXPLORE_NO_BOUND)
		s.until = clock_ns() + config->seconds * UINT64_C(1000000000);
	rc = run_prefix(&s, &nothing);
	do {
		if (rc == 0)
			rc = run_level(&s);
	} while (rc == 0 && next_level(&s));
	if (rc == 0 && s.later.count && !explored->found.yes &&
	    goes_on(config)) {
		explore_stack_free(&s.later);
		s.later = (struct explore_stack){ NULL, 0, 0 };
		rc = explore_dpor(&s);
		s.explored->by_races = true;
	}
	explored->waiting = s.now.count + s.later.count;
	spares_free(&s.spares);
	explored->different = s.ends.count;
	explore_set_free(&s.ends);
	explore_set_free(&s.seen);
	explore_stack_free(&s.now);
	explore_stack_free(&s.later);
	return rc > 0 ? 0 : rc;
}

void explored_free(struct explored *explored)
{
	free(explored->found.step);
}

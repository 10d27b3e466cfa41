/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_exec.c - one schedule, step by step, on a machine of its own.
 *
 * A step of a CPU is an event, or a hypercall's way to the next crossing of
 * the seam where it matters whether others ran before.
 *
 * Rules:
 *  (1) A thread that wants a lock which another one holds is not run, so that
 *      nobody is pushed ahead to let go of it.
 *  (2) A walk ahead that would find no page is as good as none, where upper
 *      entries stay as they are: it is run at the end, when nobody is left to
 *      see what it finds.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/explore.h"

/* The name of the hypercall that a thread is in; traces have no such. */
static struct label call_name(unsigned thread)
{
	return (struct label){ INT32_MAX, thread };
}

/* May it stop half-way? */
static bool is_call(const struct event *event)
{
	static const bool stops[EVENT_KINDS] = {
		[EVENT_map] = true,	 [EVENT_unmap] = true,
		[EVENT_copy] = true,	 [EVENT_unmap_and_replace] = true,
		[EVENT_transfer] = true, [EVENT_read] = true,
		[EVENT_write] = true,	 [EVENT_fetch] = true,
	};

	return stops[event->kind];
}

static const struct event *event_of(const struct explore_exec *exec,
				    unsigned thread)
{
	return &exec->plan->thread[thread].events.event[exec->at[thread].next];
}

bool explore_is_over(const struct explore_exec *exec, unsigned thread)
{
	const struct explore_thread *t = &exec->plan->thread[thread];

	if (t->drains)
		return !turns_may_drain(exec->sim, t->cpu);
	return exec->at[thread].next == t->events.count;
}

/* Are there handles for what @event unmaps? */
static bool has_handles(const struct explore_exec *exec,
			const struct event *event)
{
	for (size_t i = 0; i < event->nr_ops; i++)
		if (event->ops[i].label.name >= 0 &&
		    !turns_is_bound(exec->sim, event->ops[i].label))
			return false;
	return true;
}

/* Is it a CPU, or a domain, that runs what the trace says? */
static bool is_program(const struct explore_thread *thread)
{
	return !thread->drains && !thread->ahead;
}

static bool any_program_is_left(const struct explore_exec *exec)
{
	for (unsigned i = 0; i < exec->plan->threads; i++)
		if (is_program(&exec->plan->thread[i]) &&
		    !explore_is_over(exec, i))
			return true;
	return false;
}

/* Would a walk ahead find no page, now (2)?  Brute force has such walks, too,
 * unless it tells apart what is cached in the end. */
static bool finds_nothing(const struct explore_exec *exec,
			  const struct event *walk)
{
	const struct explore_config *config = exec->plan->config;

	return exec->plan->ahead_leaves &&
	       (!config->no_reduction || config->states) &&
	       any_program_is_left(exec) &&
	       !turns_finds_page(exec->sim, walk->cpu, walk->access.at);
}

bool explore_can_run(const struct explore_exec *exec, unsigned thread)
{
	const struct event *event;

	if (explore_is_over(exec, thread))
		return false;
	if (exec->at[thread].in_call)
		return !turns_call(exec->sim, call_name(thread))
				.waits; /* (1) */
	event = event_of(exec, thread);
	if (event->kind == EVENT_drain)
		return true;
	if (exec->plan->thread[thread].ahead && finds_nothing(exec, event))
		return false;
	if (!is_call(event) && !turns_may_happen(exec->sim, event))
		return false;
	if (event->kind == EVENT_unmap ||
	    event->kind == EVENT_unmap_and_replace)
		return has_handles(exec, event);
	return event->kind != EVENT_revoke ||
	       turns_may_revoke(exec->sim, event);
}

static bool any_program_can_run(const struct explore_exec *exec)
{
	for (unsigned i = 0; i < exec->plan->threads; i++)
		if (is_program(&exec->plan->thread[i]) &&
		    explore_can_run(exec, i))
			return true;
	return false;
}

bool explore_preempts(const struct explore_exec *exec, unsigned thread)
{
	const struct explore_thread *t = &exec->plan->thread[thread];

	if (t->ahead)
		return any_program_can_run(exec);
	return !t->drains && exec->last >= 0 && exec->last != (int)thread &&
	       explore_can_run(exec, (unsigned)exec->last);
}

/* ---- running --------------------------------------------------------- */

static int run_setup(struct explore_exec *exec)
{
	const struct explore_events *setup = &exec->plan->setup;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < setup->count; i++)
		rc = sim_event(exec->sim, &setup->event[i], &exec->diags,
			       &exec->failed);
	exec->number = setup->count;
	return rc;
}

int explore_exec_start(struct explore_exec *exec,
		       const struct explore_plan *plan, struct spares *spares)
{
	struct sim_config config = {
		.header = plan->header,
		.policy = plan->policy,
		.seed = plan->header->seed,
		.trace = plan->config->trace,
		.spares = spares,
	};
	int rc;

	memset(exec, 0, sizeof(*exec));
	exec->plan = plan;
	exec->last = -1;
	rc = sim_create(&exec->sim, &config);
	if (rc == 0)
		rc = run_setup(exec);
	if (rc == 0)
		turns_note(exec->sim, &exec->touches);
	return rc;
}

void explore_exec_free(struct explore_exec *exec)
{
	if (exec->sim)
		sim_destroy(exec->sim);
	hb_free(&exec->hb);
	free(exec->step);
}

static struct explore_step *new_step(struct explore_exec *exec)
{
	size_t more = exec->room ? 2 * exec->room : 64;
	struct explore_step *bigger;

	if (exec->steps == exec->room) {
		bigger = realloc(exec->step, more * sizeof(*bigger));
		if (!bigger)
			return NULL;
		exec->step = bigger;
		exec->room = more;
	}
	exec->step[exec->steps] = (struct explore_step){ 0 };
	return &exec->step[exec->steps++];
}

/* What the simulator is to do for this step of @thread. */
static struct event next_event(const struct explore_exec *exec, unsigned thread)
{
	struct event event = *event_of(exec, thread);
	bool all = exec->plan->config->no_reduction;

	if (!is_call(&event))
		return event;
	if (exec->at[thread].in_call)
		event = (struct event){
			.kind = EVENT_resume,
			.place = event.place,
			.cpu = CPU_ANY,
			.domain = DOMAIN_NONE,
		};
	event.call = call_name(thread);
	event.stop = (struct stop){ all ? CROSS_any : CROSS_SHARED, 1 };
	return event;
}

/* A hypercall that is over waits to be told so. */
static int retire(struct explore_exec *exec, unsigned thread)
{
	const struct event event = {
		.kind = EVENT_resume,
		.cpu = CPU_ANY,
		.domain = DOMAIN_NONE,
		.call = call_name(thread),
	};

	return sim_event(exec->sim, &event, &exec->diags, &exec->failed);
}

static int account(struct explore_exec *exec, unsigned thread,
		   struct explore_step *step)
{
	struct turns_call call = { .over = true };

	if (is_call(step->event))
		call = turns_call(exec->sim, call_name(thread));
	step->crossed = call.crossed;
	step->at = call.at;
	step->ends = call.over;
	exec->at[thread].in_call = !step->ends;
	if (!step->ends)
		return 0;
	exec->at[thread].next += !exec->plan->thread[thread].drains;
	return is_call(step->event) ? retire(exec, thread) : 0;
}

static uint64_t wrongs(struct explore_exec *exec)
{
	struct turns_wrong wrong = turns_wrong(exec->sim);

	return wrong.violations + wrong.stale + exec->failed.count;
}

/* Something broke just now, which was fine before: in words. */
static void keep_words(struct explore_exec *exec)
{
	const char *words = turns_wrong(exec->sim).first;
	const struct diags *failed = &exec->failed;

	if (!*words && failed->count && failed->count <= DIAG_MAX)
		words = failed->diag[failed->count - 1].text;
	if (!*exec->first)
		snprintf(exec->first, sizeof(exec->first), "%s", words);
}

void explore_exec_finish(struct explore_exec *exec)
{
	uint64_t before = wrongs(exec);

	turns_forget_words(exec->sim);
	sim_finish(exec->sim);
	if (wrongs(exec) != before)
		keep_words(exec);
}

static int add_to_order(struct explore_exec *exec, unsigned thread,
			const struct touches *touches)
{
	return hb_add(&exec->hb, thread, exec->at[thread].hash, touches,
		      &exec->at[thread].hash);
}

/* The step, after what had to drain before it. */
static int order(struct explore_exec *exec, unsigned thread)
{
	struct touches touches;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < exec->drained; i++) {
		explore_drain_touches(exec, i, &touches);
		rc = add_to_order(exec, exec->drain[i].thread, &touches);
	}
	return rc ? rc : add_to_order(exec, thread, &exec->touches);
}

int explore_exec_step(struct explore_exec *exec, unsigned thread)
{
	struct explore_step *step = new_step(exec);
	struct event event = next_event(exec, thread);
	uint64_t before = wrongs(exec);
	struct waiting waiting[MMU_MAX_CPUS];
	int rc;

	if (!step)
		return -ENOMEM;
	step->thread = thread;
	step->event = event_of(exec, thread);
	step->begins = !exec->at[thread].in_call;
	step->preempts = explore_preempts(exec, thread);
	event.number = exec->number++;
	exec->touches.count = 0;
	exec->touches.all = false;
	turns_forget_words(exec->sim);
	explore_drain_before(exec, waiting);
	rc = sim_event(exec->sim, &event, &exec->diags, &exec->failed);
	if (rc == 0)
		rc = account(exec, thread, step);
	if (rc < 0)
		return rc;
	step->wrong = wrongs(exec) != before;
	if (step->wrong)
		keep_words(exec);
	if (is_program(&exec->plan->thread[thread]))
		exec->last = (int)thread;
	explore_drain_after(exec, thread, waiting);
	return order(exec, thread);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_plan.c - a trace as what happens first and what each CPU then does.
 *
 *   events before `parallel`  ---> setup, in their order
 *   events after it           ---> one thread for each CPU
 *   expect, inspect           ---> nothing: an order of their own has no
 *                                  meaning where all orders are run
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/explore.h"

static int copy_ops(struct event *event)
{
	size_t bytes = event->nr_ops * sizeof(*event->ops);
	struct op *ops;

	if (!event->nr_ops)
		return 0;
	ops = malloc(bytes);
	if (!ops)
		return -ENOMEM;
	memcpy(ops, event->ops, bytes);
	event->ops = ops;
	return 0;
}

int explore_append(struct explore_events *list, const struct event *event)
{
	size_t more = list->room ? 2 * list->room : 16;
	struct event *bigger;

	if (list->count == list->room) {
		bigger = realloc(list->event, more * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		list->event = bigger;
		list->room = more;
	}
	list->event[list->count] = *event;
	if (copy_ops(&list->event[list->count]) < 0)
		return -ENOMEM;
	list->count++;
	return 0;
}

static void free_events(struct explore_events *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->event[i].nr_ops)
			free(list->event[i].ops);
	free(list->event);
}

/* A granter writes its table without a CPU that is simulated. */
static bool needs_no_cpu(const struct event *event)
{
	return event->kind == EVENT_grant || event->kind == EVENT_revoke;
}

static int may_be_parallel(struct explore_plan *plan, const struct event *event)
{
	struct diags *diags = &plan->mistakes;

	if (event->kind == EVENT_resume || event->stop.nth ||
	    event->call.name >= 0) {
		diag_error(diags, event->place,
			   "after 'parallel' no hypercall is stopped by hand");
		diag_hint(diags, "leave out 'call', 'before', 'nth' and "
				 "'resume'");
		return -EBADMSG;
	}
	if (event->kind == EVENT_parallel) {
		diag_error(diags, event->place, "'parallel' is given twice");
		return -EBADMSG;
	}
	if (event->cpu != CPU_ANY || needs_no_cpu(event))
		return 0;
	diag_error(diags, event->place,
		   "after 'parallel' an event needs its 'cpu'");
	return -EBADMSG;
}

/* Where the domain of @event runs at first, if anywhere. */
static int cpu_for(const struct explore_plan *plan, const struct event *event)
{
	const struct trace_header *header = plan->header;

	for (size_t i = 0; i < header->nr_schedule; i++)
		if (header->schedule[i].domain == event->domain)
			return (int)header->schedule[i].cpu;
	return CPU_ANY;
}

static struct explore_thread *new_thread(struct explore_plan *plan,
					 const struct event *event, int cpu,
					 int domain)
{
	struct explore_thread *thread = &plan->thread[plan->threads];

	if (plan->threads == EXPLORE_THREADS) {
		diag_error(&plan->mistakes, event->place,
			   "more than %d CPUs and domains act after "
			   "'parallel'",
			   EXPLORE_THREADS);
		return NULL;
	}
	plan->threads++;
	thread->cpu = cpu;
	thread->domain = domain;
	return thread;
}

static struct explore_thread *thread_of(struct explore_plan *plan,
					const struct event *event)
{
	int cpu = event->cpu == CPU_ANY ? cpu_for(plan, event) : event->cpu;
	int domain = cpu == CPU_ANY ? event->domain : DOMAIN_NONE;
	struct explore_thread *thread;

	for (unsigned i = 0; i < plan->threads; i++) {
		thread = &plan->thread[i];
		if (thread->cpu == cpu && thread->domain == domain)
			return thread;
	}
	return new_thread(plan, event, cpu, domain);
}

static int add_parallel(struct explore_plan *plan, const struct event *event)
{
	struct explore_thread *thread;

	if (may_be_parallel(plan, event) < 0)
		return -EBADMSG;
	thread = thread_of(plan, event);
	return thread ? explore_append(&thread->events, event) : -EBADMSG;
}

static int add(struct explore_plan *plan, const struct event *event,
	       bool *parallel)
{
	if (event->kind == EVENT_expect || event->kind == EVENT_inspect)
		return 0;
	if (*parallel)
		return add_parallel(plan, event);
	if (event->kind != EVENT_parallel)
		return explore_append(&plan->setup, event);
	*parallel = true;
	if (!plan->config->ahead)
		plan->ahead = (unsigned)event->parallel.speculate;
	return 0;
}

static int read_events(struct explore_plan *plan)
{
	bool parallel = false;
	struct event *event;
	int rc;

	while ((rc = trace_next(plan->trace, &event)) > 0) {
		rc = add(plan, event, &parallel);
		if (rc < 0)
			return rc;
	}
	if (rc < 0 || plan->threads)
		return rc;
	diag_error(&plan->mistakes, (struct place){ plan->config->trace, 1, 1 },
		   parallel ? "nothing follows 'parallel'"
			    : "no event 'parallel' says where CPUs begin to "
			      "run at the same time");
	diag_hint(&plan->mistakes, "put '- parallel: {}' before the events of "
				   "which all orders are to be run");
	return -EBADMSG;
}

/* What a CPU has stored drains on its own. */
static int add_drain(struct explore_plan *plan, int cpu)
{
	struct event event = { .kind = EVENT_drain,
			       .place.file = plan->config->trace,
			       .cpu = cpu,
			       .domain = DOMAIN_NONE };
	struct explore_thread *thread = new_thread(plan, &event, cpu,
						   DOMAIN_NONE);

	if (!thread)
		return -EBADMSG;
	thread->drains = true;
	return explore_append(&thread->events, &event);
}

int explore_drain_of(const struct explore_plan *plan, int cpu)
{
	for (unsigned i = 0; i < plan->threads; i++)
		if (plan->thread[i].drains && plan->thread[i].cpu == cpu)
			return (int)i;
	return -1;
}

static int add_drains(struct explore_plan *plan)
{
	unsigned threads = plan->threads;
	int rc = 0;

	if (plan->header->memory == MEMORY_SC)
		return 0;
	for (unsigned i = 0; rc == 0 && i < threads; i++)
		if (plan->thread[i].cpu != CPU_ANY &&
		    explore_drain_of(plan, plan->thread[i].cpu) < 0)
			rc = add_drain(plan, plan->thread[i].cpu);
	return rc;
}

int explore_plan_read(struct explore_plan *plan,
		      const struct explore_config *config)
{
	int rc;

	memset(plan, 0, sizeof(*plan));
	plan->config = config;
	rc = trace_open(&plan->trace, config->trace, config->over.machine, 0,
			&plan->mistakes);
	if (rc < 0)
		return rc;
	plan->header = trace_header(plan->trace);
	if (config->memory) {
		plan->other = *plan->header;
		plan->other.memory = (enum trace_memory)(config->memory - 1);
		plan->header = &plan->other;
	}
	plan->policy = run_policy(&config->over, plan->header->policy);
	plan->ahead = config->ahead ? config->ahead - 1 : 0;
	rc = read_events(plan);
	if (rc == 0)
		rc = explore_add_ahead(plan);
	return rc < 0 ? rc : add_drains(plan);
}

void explore_plan_free(struct explore_plan *plan)
{
	free_events(&plan->setup);
	for (unsigned i = 0; i < plan->threads; i++)
		free_events(&plan->thread[i].events);
	if (plan->trace)
		trace_close(plan->trace);
}

struct explore_name explore_thread_name(const struct explore_thread *thread)
{
	struct explore_name name;

	if (thread->cpu == CPU_ANY)
		snprintf(name.text, sizeof(name.text), "domain %d",
			 thread->domain);
	else
		snprintf(name.text, sizeof(name.text), "CPU %d", thread->cpu);
	return name;
}

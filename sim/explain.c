/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.c - one trace through one simulator, each step told.
 *
 *   event 0 ... from-1     from ... to     to+1 ...
 *   run, not watched       run, told       not read
 *
 * A trace that was read to its end is judged as if it were replayed; of a part
 * only what that part expects.  Who has not seen the end is not told the
 * answer, either.
 *
 * Memory does not grow with the trace.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sim/explain.h"
#include "sim/output.h"
#include "sim/replay.h"
#include "sim/sim.h"

struct explain {
	const struct explain_config *config;
	const struct walk_request_of *walk; /* or NULL */
	struct trace *trace;
	struct sim *sim;
	struct narrator narrator;
	struct diags mistakes, failed;
	bool telling;
	bool ended;		  /* every event was run */
	bool violations_expected; /* an `expect:` speaks of them */
	uint64_t events;
};

static int open_all(struct explain *e)
{
	const struct explain_config *config = e->config;
	const struct trace_header *header;
	struct sim_config sim_config = { .trace = config->trace };
	int rc = trace_open(&e->trace, config->trace, config->over.machine,
			    config->over.cpus, &e->mistakes);

	if (rc < 0)
		return rc;
	header = trace_header(e->trace);
	sim_config.header = header;
	sim_config.policy = run_policy(&config->over, header->policy);
	sim_config.seed = run_seed(&config->over, header->seed);
	rc = sim_create(&e->sim, &sim_config);
	if (rc < 0)
		return rc;
	return narrator_init(&e->narrator, e->sim, config->teller, config->out,
			     config->color);
}

static void close_all(struct explain *e)
{
	narrator_free(&e->narrator);
	if (e->sim)
		sim_destroy(e->sim);
	if (e->trace)
		trace_close(e->trace);
}

static int run_event(struct explain *e, const struct event *event)
{
	int rc = 0;

	if (!e->walk && !e->telling && event->number >= e->config->from) {
		e->telling = true;
		rc = narrator_start(&e->narrator);
	}
	narrator_note(&e->narrator, event);
	if (sim_expects_violations(e->sim, event))
		e->violations_expected = true;
	if (rc == 0)
		rc = sim_event(e->sim, event, &e->mistakes, &e->failed);
	return rc < 0 ? rc : e->narrator.looks.error;
}

static int run_events(struct explain *e)
{
	struct event *event;
	int rc;

	while ((rc = trace_next(e->trace, &event)) > 0) {
		if (event->number > e->config->to)
			return 0;
		e->events++;
		rc = run_event(e, event);
		if (rc < 0)
			return rc;
	}
	e->ended = rc == 0;
	return rc;
}

/* More mistakes, of what will not be run any more. */
static void read_on(struct explain *e)
{
	struct event *event;

	while (e->mistakes.count < DIAG_MAX && trace_next(e->trace, &event) > 0)
		;
}

static int tell_walk_of(struct explain *e)
{
	const struct walk_request_of *walk = e->walk;
	int rc;

	if (walk->cpu >= sim_cpus(e->sim)) {
		diag_error(&e->mistakes, (struct place){ NULL, 0, 0 },
			   "there is no CPU %u: the machine has %u", walk->cpu,
			   sim_cpus(e->sim));
		return -EINVAL;
	}
	rc = narrator_start(&e->narrator);
	if (rc == 0)
		sim_access(e->sim, walk->cpu, walk->va, walk->access);
	return rc;
}

static int tell(struct explain *e)
{
	const struct trace_header *header = trace_header(e->trace);
	const struct results *results = sim_results(e->sim);
	const struct tale_head head = {
		.trace = e->config->trace,
		.title = results->title,
		.policy = results->policy,
		.machine = results->machine,
		.question = e->walk ? "" : header->question,
	};
	struct tale *tale = &e->narrator.tale;
	int rc;

	tale->teller->begin(tale, &head);
	rc = run_events(e);
	if (rc == 0 && e->walk)
		rc = tell_walk_of(e);
	if (rc == -EBADMSG)
		read_on(e);
	if (e->ended && !e->walk && header->answer[0])
		tale->answer = header->answer;
	if (rc == 0)
		tale->teller->end(tale);
	return rc;
}

static enum status judge(struct explain *e)
{
	enum status status;

	if (e->ended && !e->walk) {
		narrator_stop(&e->narrator);
		sim_finish(e->sim);
		status = replay_judge(sim_results(e->sim), &e->failed,
				      e->violations_expected, stderr);
		replay_tell_unchecked(sim_results(e->sim), stderr);
		return status;
	}
	diag_print(&e->failed, stderr);
	return e->failed.count ? STATUS_FAILED : STATUS_OK;
}

static enum status run(struct explain *e)
{
	enum status status = STATUS_OK;
	int rc = open_all(e);

	if (rc == 0)
		rc = tell(e);
	if (rc == -EBADMSG || rc == -EINVAL) {
		diag_print(&e->mistakes, stderr);
		status = rc == -EINVAL ? STATUS_USAGE : STATUS_REJECTED;
	} else if (rc < 0) {
		status = io_error("explain", e->config->trace, rc);
	} else {
		status = judge(e);
	}
	close_all(e);
	return status;
}

enum status explain_trace(const struct explain_config *config)
{
	struct explain e = { .config = config };
	enum status status = run(&e);

	if (status <= STATUS_FAILED && config->from >= e.events && e.events)
		fprintf(stderr,
			"tlbsim: %s: nothing to tell: the last event is "
			"%" PRIu64 "\n",
			config->trace, e.events - 1);
	return status;
}

enum status explain_walk(const struct explain_config *config,
			 const struct walk_request_of *walk)
{
	struct explain e = { .config = config, .walk = walk };

	return run(&e);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.c - one trace through one simulator per policy.
 *
 *                        /-> sim (upstream) -> results
 *   trace -> event ------+-> sim (xs70)     -> results
 *                        \-> sim (xs8)      -> results
 *
 * After the first mistake nothing runs any more: the rest of the trace is
 * read only to name its other mistakes.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/output.h"
#include "sim/replay.h"
#include "sim/sim.h"
#include "sim/step.h"

#define PROGRESS_EVERY 4096 /* events; a power of two */

/* The trace under one policy. */
struct run {
	struct sim *sim;
	const struct gnttab_policy *policy;
	bool violations_expected; /* an `expect:` speaks of them */
	struct diags failed;
};

struct replay {
	const char *path;
	const struct replay_config *config;
	FILE *messages;
	struct trace *trace;
	struct run *run;
	size_t runs;
	uint64_t events;
	struct diags mistakes;
	struct progress *progress;
};

size_t replay_runs(const struct replay_config *config)
{
	return config->nr_policies ? config->nr_policies : 1;
}

static int create_runs(struct replay *replay,
		       const struct replay_config *config)
{
	const struct trace_header *header = trace_header(replay->trace);
	struct sim_config sim_config = {
		.header = header,
		.seed = run_seed(&config->over, header->seed),
		.no_oracle = config->no_oracle,
		.trace = config->name ? config->name : replay->path,
		.file = config->name,
		.buckets = config->buckets,
	};
	struct run *run;
	int rc = 0;

	replay->runs = replay_runs(config);
	replay->run = calloc(replay->runs, sizeof(*replay->run));
	if (!replay->run)
		return -ENOMEM;
	for (size_t i = 0; i < replay->runs && rc == 0; i++) {
		run = &replay->run[i];
		run->policy = config->nr_policies ? config->policies[i]
						  : header->policy;
		sim_config.policy = run->policy;
		rc = sim_create(&run->sim, &sim_config);
	}
	return rc;
}

static void destroy(struct replay *replay)
{
	for (size_t i = 0; replay->run && i < replay->runs; i++)
		if (replay->run[i].sim)
			sim_destroy(replay->run[i].sim);
	free(replay->run);
	if (replay->trace)
		trace_close(replay->trace);
}

/* ---- events --------------------------------------------------------- */

static inline struct run *end_of_runs(const struct replay *replay)
{
	return replay->run + replay->runs;
}

static void note_expected(struct replay *replay, const struct event *event)
{
	for (struct run *run = replay->run; run < end_of_runs(replay); run++)
		if (sim_expects_violations(run->sim, event))
			run->violations_expected = true;
}

static int run_event(struct replay *replay, const struct event *event)
{
	int rc = 0;

	if (event->kind == EVENT_expect) {
		if (replay->config->ignore_expect)
			return 0;
		note_expected(replay, event);
	}
	for (struct run *run = replay->run;
	     run < end_of_runs(replay) && rc == 0; run++)
		rc = sim_event(run->sim, event, &replay->mistakes,
			       &run->failed);
	return rc;
}

static void show_progress(struct replay *replay)
{
	uint64_t total, done;

	if (replay->events++ % PROGRESS_EVERY != 0)
		return;
	done = trace_position(replay->trace, &total);
	progress_update(replay->progress, replay->path, done, total,
			replay->events);
}

/* 0, -EBADMSG when there are mistakes, or -errno. */
static int run_events(struct replay *replay)
{
	struct event *event;
	int rc, outcome = 0;

	while (replay->mistakes.count < DIAG_MAX) {
		rc = trace_next(replay->trace, &event);
		if (rc == 0)
			break;
		if (rc == 1 && outcome == 0)
			rc = run_event(replay, event);
		if (rc < 0)
			outcome = rc;
		if (rc < 0 && rc != -EBADMSG)
			break;
		show_progress(replay);
	}
	return outcome;
}

/* ---- outcome -------------------------------------------------------- */

/* What of the trace's expectations this run cannot answer. */
void replay_tell_unchecked(const struct results *results, FILE *messages)
{
	if (results->skipped)
		fprintf(messages,
			"tlbsim: %s: policy %s: %zu %s not checked, for want "
			"of the oracle\n",
			results->trace, results->policy, results->skipped,
			results->skipped == 1 ? "expectation was"
					      : "expectations were");
	if (results->elsewhere)
		fprintf(messages,
			"tlbsim: %s: policy %s: %zu exact %s not checked, "
			"being of the trace's own machine\n",
			results->trace, results->policy, results->elsewhere,
			results->elsewhere == 1 ? "expectation was"
						: "expectations were");
}

enum status replay_judge(const struct results *results,
			 const struct diags *failed, bool violations_expected,
			 FILE *messages)
{
	uint64_t violations = results->count[COUNTER_oracle_violations];

	diag_print(failed, messages);
	if (violations && !violations_expected)
		fprintf(messages,
			"tlbsim: %s: policy %s broke %" PRIu64 " %s\n",
			results->trace, results->policy, violations,
			violations == 1 ? "invariant" : "invariants");
	if (failed->count || (violations && !violations_expected))
		return STATUS_FAILED;
	return STATUS_OK;
}

static enum status judge(const struct replay *replay, const struct run *run,
			 const struct results *results)
{
	enum status status;

	if (replay->config->ignore_expect)
		return STATUS_OK;
	status = replay_judge(results, &run->failed, run->violations_expected,
			      replay->messages);
	if (!replay->config->no_notes)
		replay_tell_unchecked(results, replay->messages);
	return status;
}

static enum status failure(struct replay *replay, int rc)
{
	if (rc == -EBADMSG) {
		diag_print(&replay->mistakes, replay->messages);
		return STATUS_REJECTED;
	}
	return io_error_to(replay->messages, "replay", replay->path, rc);
}

static enum status finish(struct replay *replay, struct results *results)
{
	enum status status = STATUS_OK, one;
	struct results now;

	for (size_t i = 0; i < replay->runs; i++) {
		sim_finish(replay->run[i].sim);
		now = *sim_results(replay->run[i].sim);
		now.parameter = replay->config->parameter;
		now.nr_parameters = replay->config->nr_parameters;
		one = judge(replay, &replay->run[i], &now);
		if (one > status)
			status = one;
		if (results_copy(&results[i], &now) < 0)
			return failure(replay, -ENOMEM);
		results[i].passed = one == STATUS_OK;
	}
	return status;
}

enum status replay_trace(const char *path, const struct replay_config *config,
			 struct progress *progress, struct results *results)
{
	struct replay replay = {
		.path = path,
		.config = config,
		.messages = config->messages ? config->messages : stderr,
		.progress = progress,
	};
	const struct trace_override override = {
		.machine = config->over.machine,
		.cpus = config->over.cpus,
		.setting = config->setting,
		.nr_settings = config->nr_settings,
	};
	enum status status;
	int rc = trace_open_with(&replay.trace, path, &override,
				 &replay.mistakes);

	if (rc == 0)
		rc = create_runs(&replay, config);
	if (rc == 0)
		rc = run_events(&replay);
	progress_clear(progress);
	status = rc < 0 ? failure(&replay, rc) : finish(&replay, results);
	destroy(&replay);
	return status;
}

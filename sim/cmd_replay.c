/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_replay.c - `tlbsim replay`: run traces and report.
 */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gnttab/policy.h"
#include "sim/options.h"
#include "sim/profile.h"
#include "sim/replay.h"
#include "sim/report.h"
#include "sim/series.h"

#define MAX_POLICIES 64

enum {
	KEY_SERIES = 0x300,
	KEY_NO_ORACLE,
};

/* Buckets in one page, so that it stays small enough to be sent; and of one
 * run in it, however many there are. */
#define PAGE_BUCKETS 8192
#define PAGE_BUCKETS_MIN 16

struct options {
	char **traces;
	size_t nr_traces;
	const struct gnttab_policy *policies[MAX_POLICIES];
	struct replay_config config;
	struct report_options report;
	bool series;
};

static const struct argp_option option_table[] = {
	{ NULL, 0, NULL, 0, "What runs:", 1 },
	{ "policy", 'p', "P[,P...]", 0,
	  "flush policies to run side by side, "
	  "or 'all'; see 'tlbsim list policies' (default: the trace's own)" },
	{ "machine", 'm', "NAME|FILE", 0,
	  "machine profile; see 'tlbsim list "
	  "machines' (default: the trace's own)" },
	{ "cpus", OPTION_CPUS, "N", 0, "simulated CPUs" },
	{ "seed", OPTION_SEED, "N", 0, "of random choices" },
	{ "no-oracle", KEY_NO_ORACLE, NULL, 0,
	  "do not check that what is skipped was safe: faster, and results "
	  "say so" },
	{ "series", KEY_SERIES, NULL, 0,
	  "add counters over time and batches by size to JSON; HTML always "
	  "has them" },
	{ 0 },
};

static const char doc[] =
	"Run traces (.yaml, .yaml.gz, or '-' for stdin) and report what the "
	"flushes cost, which of them a policy avoids, and whether that was "
	"safe.\v"
	"A trace is rejected as a whole: then nothing is reported of any.";

/* ---- --policy ------------------------------------------------------- */

static void add_policy(struct argp_state *state, struct options *o,
		       const struct gnttab_policy *policy)
{
	for (size_t i = 0; i < o->config.nr_policies; i++)
		if (o->policies[i] == policy)
			argp_error(state, "policy '%s' given twice",
				   policy->name);
	if (o->config.nr_policies == MAX_POLICIES)
		argp_error(state, "too many policies");
	o->policies[o->config.nr_policies++] = policy;
}

static void reject_policy(struct argp_state *state, const char *name)
{
	const char *names[MAX_POLICIES + 2] = { "all" };
	const struct gnttab_policy *policy;

	for (size_t i = 0; i < MAX_POLICIES; i++) {
		policy = gnttab_policy_at(i);
		if (!policy)
			break;
		names[i + 1] = policy->name;
	}
	options_choice(state, "policy", name, names);
}

static void add_all_policies(struct argp_state *state, struct options *o)
{
	const struct gnttab_policy *policy;

	for (size_t i = 0; (policy = gnttab_policy_at(i)); i++)
		add_policy(state, o, policy);
}

static void add_named_policy(struct argp_state *state, struct options *o,
			     const char *name)
{
	const struct gnttab_policy *policy = gnttab_policy_find(name);

	if (policy)
		add_policy(state, o, policy);
	else if (strcmp(name, "all") == 0)
		add_all_policies(state, o);
	else
		reject_policy(state, name);
}

static void add_policies(struct argp_state *state, struct options *o,
			 char *list)
{
	char *name;

	while ((name = strsep(&list, ",")))
		add_named_policy(state, o, name);
}

/* ---- the command ---------------------------------------------------- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->report;
		break;
	case 'p':
		add_policies(state, o, arg);
		break;
	case KEY_NO_ORACLE:
		o->config.no_oracle = true;
		break;
	case KEY_SERIES:
		o->series = true;
		break;
	case ARGP_KEY_ARGS:
		o->traces = &state->argv[state->next];
		o->nr_traces = (size_t)(state->argc - state->next);
		break;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no trace given");
		break;
	case ARGP_KEY_SUCCESS:
		if (o->series && !o->report.format->series)
			argp_error(state,
				   "--series needs JSON or HTML, not "
				   "%s",
				   o->report.format->name);
		break;
	default:
		return options_run(key, arg, state, &o->config.over);
	}
	return 0;
}

static const struct argp_child children[] = {
	{ &report_argp, 0, NULL, 2 },
	{ 0 },
};

static const struct argp argp = { option_table, parse, "TRACE...", doc,
				  children };

static int is_name(void *data, const char *name, const char *path)
{
	(void)path;
	return strcmp(data, name) == 0;
}

/* A name that no profile has is a usage error, a bad file is rejected. */
static enum status check_machine(const char *name)
{
	struct diags diags = { .count = 0 };
	struct profile profile;
	char wanted[64];
	int rc = profile_load(name, &profile, (struct place){ NULL, 0, 0 },
			      &diags);

	if (rc == 0)
		return STATUS_OK;
	diag_print(&diags, stderr);
	snprintf(wanted, sizeof(wanted), "%s", name);
	if (strpbrk(name, "/.") || profile_each(is_name, wanted))
		return STATUS_REJECTED;
	return STATUS_USAGE;
}

/* A page has as much as there is room for. */
static size_t buckets(const struct options *o)
{
	size_t runs = o->nr_traces * replay_runs(&o->config);
	size_t room = SERIES_MAX;

	if (o->report.format != &report_html)
		return o->series ? SERIES_MAX : 0;
	while (room > PAGE_BUCKETS_MIN && room * runs > PAGE_BUCKETS)
		room /= 2;
	return room;
}

static enum status replay_all(const struct options *o, struct results *results)
{
	struct progress progress = progress_start(
		STDERR_FILENO, o->report.progress && !o->report.quiet);
	size_t runs = replay_runs(&o->config);
	enum status status = STATUS_OK, one;

	for (size_t i = 0; i < o->nr_traces; i++) {
		one = replay_trace(o->traces[i], &o->config, &progress,
				   &results[i * runs]);
		if (one > status)
			status = one;
	}
	return status;
}

/* The report is written when every trace could be run to its end. */
static enum status replay_and_report(const struct options *o,
				     struct results *results,
				     struct output *output)
{
	struct report report = {
		.results = results,
		.traces = o->nr_traces,
		.policies = replay_runs(&o->config),
	};
	enum status status = replay_all(o, results), written;

	if (status > STATUS_FAILED) {
		output_discard(output);
		return status;
	}
	written = report_write(&report, &o->report, output);
	return written > status ? written : status;
}

static enum status prepare_and_replay(const struct options *o)
{
	size_t count = o->nr_traces * replay_runs(&o->config);
	struct results *results;
	struct output output;
	enum status status = report_open(&output, &o->report);

	if (status != STATUS_OK)
		return status;
	results = calloc(count, sizeof(*results));
	if (!results) {
		output_discard(&output);
		return io_error("hold the results of", o->traces[0], -ENOMEM);
	}
	status = replay_and_report(o, results, &output);
	for (size_t i = 0; i < count; i++)
		results_free(&results[i]);
	free(results);
	return status;
}

static enum status replay(int argc, char **argv)
{
	struct options o = { .nr_traces = 0 };
	enum status status = STATUS_OK;

	options_parse(&argp, argc, argv, &o);
	o.config.policies = o.policies;
	o.config.buckets = buckets(&o);
	if (o.config.over.machine)
		status = check_machine(o.config.over.machine);
	return status == STATUS_OK ? prepare_and_replay(&o) : status;
}

const struct command cmd_replay = {
	.name = "replay",
	.summary = "run traces and report flushes, avoided flushes and safety",
	.run = replay,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_explore.c - `tlbsim explore`: every order in which CPUs can run.
 */
#include "config.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/explore.h"
#include "sim/header.h"
#include "sim/options.h"
#include "sim/output.h"

enum {
	KEY_PREEMPTIONS = 0x300,
	KEY_DEPTH,
	KEY_SCHEDULES,
	KEY_TIME,
	KEY_MEMORY,
	KEY_SPECULATE,
	KEY_NO_REDUCTION,
	KEY_LEVELS,
	KEY_NO_PROGRESS,
};

struct options {
	struct explore_config config;
	const char *output;
	bool no_progress;
};

static const struct argp_option table[] = {
	{ NULL, 0, NULL, 0, "What runs:", 1 },
	{ "policy", 'p', "P", 0, "flush policy (default: the trace's own)" },
	{ "machine", 'm', "NAME|FILE", 0,
	  "machine profile (default: the trace's own)" },
	{ "memory", KEY_MEMORY, "sc|tso", 0,
	  "when stores to page tables are seen (default: the trace's own)" },
	{ "speculate", KEY_SPECULATE, "N", 0,
	  "each CPU walks ahead to each page N times, for no instruction, "
	  "whenever that can matter (default: the trace's own)" },
	{ NULL, 0, NULL, 0, "How far:", 2 },
	{ "preemptions", KEY_PREEMPTIONS, "N", 0,
	  "stop CPUs that could go on at most N times in a schedule" },
	{ "depth", KEY_DEPTH, "N", 0,
	  "run other orders of the first N steps only" },
	{ "schedules", KEY_SCHEDULES, "N", 0, "begin at most N schedules" },
	{ "time", KEY_TIME, "SECONDS", 0, "end after so long" },
	{ "no-reduction", KEY_NO_REDUCTION, NULL, 0,
	  "each order of each crossing, also where none can matter" },
	{ "levels", KEY_LEVELS, NULL, 0,
	  "go on by the number of preemptions after 1, too: slower" },
	{ NULL, 0, NULL, 0, "How it is told:", 3 },
	{ "output", 'o', "FILE", 0,
	  "write the schedule that is found to FILE, a trace" },
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0,
	  "no line on the terminal that says how far it is" },
	{ 0 },
};

static const char doc[] =
	"Run the events of a trace that stand after 'parallel' in every order "
	"that its CPUs can have them happen in, hypercalls being stopped at "
	"each crossing of the seam where that can matter, and tell the "
	"shortest schedule that breaks something.";

static error_t parse_bound(int key, char *arg, struct argp_state *state)
{
	struct explore_config *c = &((struct options *)state->input)->config;

	switch (key) {
	case KEY_PREEMPTIONS:
		c->preemptions = options_number(state, "--preemptions", arg, 0,
						INT32_MAX);
		break;
	case KEY_DEPTH:
		c->depth = options_number(state, "--depth", arg, 0, INT32_MAX);
		break;
	case KEY_SCHEDULES:
		c->schedules = options_number(state, "--schedules", arg, 1,
					      INT64_MAX);
		break;
	case KEY_TIME:
		c->seconds = options_number(state, "--time", arg, 1, INT32_MAX);
		break;
	default:
		return options_run(key, arg, state, &c->over);
	}
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->output = arg;
		break;
	case KEY_MEMORY:
		o->config.memory = 1 + options_choice(state, "memory model",
						      arg, trace_memory_names);
		break;
	case KEY_SPECULATE:
		o->config.ahead = 1 + (unsigned)options_number(
					      state, "--speculate", arg, 0,
					      PARALLEL_MAX_AHEAD);
		break;
	case KEY_NO_REDUCTION:
		o->config.no_reduction = true;
		break;
	case KEY_LEVELS:
		o->config.levels = true;
		break;
	case KEY_NO_PROGRESS:
		o->no_progress = true;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			argp_error(state, "one trace at a time");
		o->config.trace = arg;
		break;
	case ARGP_KEY_END:
		if (!o->config.trace)
			argp_error(state, "no trace given");
		else if (o->output && strcmp(o->config.trace, "-") == 0)
			argp_error(state, "what is read from stdin cannot be "
					  "read again for --output");
		break;
	default:
		return parse_bound(key, arg, state);
	}
	return 0;
}

static const struct argp argp = { table, parse, "TRACE", doc, NULL };

static enum status run(int argc, char **argv)
{
	struct options o = { .config = {
				     .preemptions = EXPLORE_NO_BOUND,
				     .depth = EXPLORE_NO_BOUND,
				     .schedules = EXPLORE_NO_BOUND,
				     .seconds = EXPLORE_NO_BOUND,
			     } };
	struct progress progress;

	options_parse(&argp, argc, argv, &o);
	progress = progress_start(STDERR_FILENO, !o.no_progress);
	return explore_trace(&o.config, stdout, o.output, &progress);
}

const struct command cmd_explore = {
	.name = "explore",
	.summary = "run every order of a trace's CPUs, and tell what breaks",
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_explain.c - `tlbsim explain` and `tlbsim walk`: what happens, in words.
 */
#include "config.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "sim/explain.h"
#include "sim/options.h"
#include "sim/report.h"

enum {
	KEY_FROM = 0x300,
	KEY_TO,
	KEY_COLOR,
	KEY_CPU,
	KEY_ACCESS,
};

struct options {
	struct explain_config config;
	struct walk_request_of walk;
	const char *address, *output;
	enum color color;
};

/* What both commands have. */
static const struct argp_option common_table[] = {
	{ NULL, 0, NULL, 0, "What runs:", 1 },
	{ "policy", 'p', "P", 0, "flush policy (default: the trace's own)" },
	{ "machine", 'm', "NAME|FILE", 0,
	  "machine profile (default: the trace's own)" },
	{ "cpus", OPTION_CPUS, "N", 0, "simulated CPUs" },
	{ "seed", OPTION_SEED, "N", 0, "of random choices" },
	{ NULL, 0, NULL, 0, "How it is told:", 2 },
	{ "format", 'f', "text|json|html|perfetto", 0,
	  "whatever the suffix says" },
	{ "output", 'o', "FILE", 0,
	  "write to FILE, in the format of its suffix (.txt .json .html "
	  ".perfetto.json); '-' "
	  "is "
	  "stdout" },
	REPORT_COLOR_OPTION(KEY_COLOR),
	{ 0 },
};

static const struct argp_option explain_table[] = {
	{ NULL, 0, NULL, 0, "What is told:", 1 },
	{ "from", KEY_FROM, "N", 0, "begin with event N, counted from 0" },
	{ "to", KEY_TO, "N", 0, "end with event N; what follows is not read" },
	{ 0 },
};

static const struct argp_option walk_table[] = {
	{ NULL, 0, NULL, 0, "Which translation:", 1 },
	{ "cpu", KEY_CPU, "N", 0, "the CPU that translates (default: 0)" },
	{ "access", KEY_ACCESS, "read|write|fetch", 0, "default: read" },
	{ "to", KEY_TO, "N", 0,
	  "after event N, counted from 0 (default: after the last)" },
	{ 0 },
};

static const char explain_doc[] =
	"Tell each event of a trace (.yaml, .yaml.gz, or '-' for stdin): the "
	"levels that are walked, bits before and after, what is cached and "
	"what has to go for it, the decision to flush and its reason, stale "
	"uses with the event that they did not see.\v"
	"workloads/lessons/ has a course in such traces, which begins with "
	"l01-walk-and-a.yaml; -o lesson.html makes a page of one, to step "
	"through.";
static const char walk_doc[] =
	"Run a trace and tell one translation of ADDRESS then, level by level: "
	"bits before and after, rights, what is cached, what it costs.";

/* ---- parsing ------------------------------------------------------------- */

static const struct teller *find_teller(struct argp_state *state,
					const char *name)
{
	const char *names[8] = { NULL };

	for (size_t i = 0; tellers[i]; i++)
		names[i] = tellers[i]->name;
	return tellers[options_choice(state, "format", name, names)];
}

static bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The longest suffix decides. */
static const struct teller *teller_of_suffix(const char *path)
{
	const struct teller *best = NULL;

	for (size_t i = 0; tellers[i]; i++)
		if (ends_in(path, tellers[i]->suffix) &&
		    (!best ||
		     strlen(tellers[i]->suffix) > strlen(best->suffix)))
			best = tellers[i];
	return best;
}

/* As that of a report: of the suffix, if there is one. */
static const struct teller *teller_of_path(struct argp_state *state,
					   const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *dot = path ? strrchr(slash ? slash : path, '.') : NULL;
	const struct teller *teller;

	if (output_is_stdout(path) || !dot)
		return tellers[0];
	teller = teller_of_suffix(path);
	if (!teller)
		argp_error(state,
			   "no format has the suffix of '%s'; use .txt, .json, "
			   ".html, .perfetto.json or --format",
			   path);
	return teller;
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'f':
		o->config.teller = find_teller(state, arg);
		break;
	case 'o':
		o->output = arg;
		break;
	case KEY_COLOR:
		o->color = report_color_choice(state, arg);
		break;
	case ARGP_KEY_END:
		if (!o->config.teller)
			o->config.teller = teller_of_path(state, o->output);
		break;
	default:
		return options_run(key, arg, state, &o->config.over);
	}
	return 0;
}

static error_t parse_explain(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = o;
		break;
	case KEY_FROM:
		o->config.from = options_number(state, "--from", arg, 0,
						INT64_MAX);
		break;
	case KEY_TO:
		o->config.to = options_number(state, "--to", arg, 0, INT64_MAX);
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			argp_error(state, "one trace at a time");
		o->config.trace = arg;
		break;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no trace given");
		break;
	case ARGP_KEY_END:
		if (o->config.from > o->config.to)
			argp_error(state, "--from is after --to");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static error_t parse_walk(int key, char *arg, struct argp_state *state)
{
	static const char *const accesses[] = { "read", "write", "fetch",
						NULL };
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = o;
		break;
	case KEY_TO:
		o->config.to = options_number(state, "--to", arg, 0, INT64_MAX);
		break;
	case KEY_CPU:
		o->walk.cpu = (unsigned)options_number(state, "--cpu", arg, 0,
						       MMU_MAX_CPUS - 1);
		break;
	case KEY_ACCESS:
		o->walk.access = (enum mmu_access)options_choice(
			state, "access", arg, accesses);
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			o->config.trace = arg;
		else if (state->arg_num == 1)
			o->walk.va = options_number(state, "ADDRESS", arg, 0,
						    UINT64_MAX);
		else
			argp_error(state, "one address at a time");
		break;
	case ARGP_KEY_END:
		if (state->arg_num < 2)
			argp_error(state, "a trace and an address are needed");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp common_argp = { common_table, parse_common };
static const struct argp_child children[] = {
	{ &common_argp, 0, NULL, 2 },
	{ 0 },
};
static const struct argp explain_argp = { explain_table, parse_explain, "TRACE",
					  explain_doc, children };
static const struct argp walk_argp = { walk_table, parse_walk, "TRACE ADDRESS",
				       walk_doc, children };

/* ---- running ------------------------------------------------------------- */

static enum status explain_options(struct options *o)
{
	return explain_trace(&o->config);
}

static enum status walk_options(struct options *o)
{
	return explain_walk(&o->config, &o->walk);
}

static enum status run(const struct argp *argp, int argc, char **argv,
		       enum status (*tell)(struct options *))
{
	struct options o = { .config = { .to = UINT64_MAX } };
	struct output output;
	enum status status, written;

	options_parse(argp, argc, argv, &o);
	status = output_begin(&output, o.output);
	if (status != STATUS_OK)
		return status;
	o.config.out = output.stream;
	o.config.color = report_use_color(o.color, o.output);
	status = tell(&o);
	if (status > STATUS_FAILED) {
		output_discard(&output);
		return status;
	}
	written = output_end(&output, 0, false);
	return written > status ? written : status;
}

static enum status explain(int argc, char **argv)
{
	return run(&explain_argp, argc, argv, explain_options);
}

static enum status walk(int argc, char **argv)
{
	return run(&walk_argp, argc, argv, walk_options);
}

const struct command cmd_explain = {
	.name = "explain",
	.summary = "tell each event in words: walks, caches, flush decisions",
	.run = explain,
};

const struct command cmd_walk = {
	.name = "walk",
	.summary = "tell one translation at the end of a trace, level by level",
	.run = walk,
};

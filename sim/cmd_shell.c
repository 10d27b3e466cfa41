/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_shell.c - `tlbsim shell`: one machine by hand.
 */
#include "config.h"

#include <argp.h>
#include <stdio.h>

#include "sim/options.h"
#include "sim/output.h"
#include "sim/report.h"
#include "sim/shell.h"

enum {
	KEY_COLOR = 0x300,
	KEY_TO,
};

struct options {
	struct shell_config config;
	enum color color;
};

static const struct argp_option option_table[] = {
	{ "to", KEY_TO, "N", 0,
	  "go on by hand after event N of TRACE, counted from 0 (default: "
	  "after the last)" },
	{ "script", 's', "FILE", 0, "read commands from FILE, not stdin" },
	{ "policy", 'p', "P", 0,
	  "flush policy (default: that of TRACE, or upstream)" },
	{ "machine", 'm', "NAME|FILE", 0,
	  "machine profile (default: that of TRACE, or ivybridge-ep)" },
	{ "cpus", OPTION_CPUS, "N", 0,
	  "simulated CPUs (default: those of TRACE, or 1)" },
	{ "seed", OPTION_SEED, "N", 0, "of random choices" },
	REPORT_COLOR_OPTION(KEY_COLOR),
	{ 0 },
};

static const char doc[] =
	"Let events happen one by one, as they are typed, and tell each as "
	"'tlbsim explain' does.  TRACE (.yaml, .yaml.gz) happens first, "
	"without a word, on the machine that it says; without, there is domain "
	"0, which every CPU runs, and a guest, domain 1, of 64M each.  "
	"Commands come from standard input; 'help' shows them.\v"
	"A script ends at its first mistake.";

static void check_files(struct argp_state *state,
			const struct shell_config *config)
{
	if (config->trace && output_is_stdout(config->trace) &&
	    output_is_stdout(config->script))
		argp_error(state, "commands come from standard input; give "
				  "them with --script");
	if (!config->trace && config->to != UINT64_MAX)
		argp_error(state, "--to needs a trace");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_TO:
		o->config.to = options_number(state, "--to", arg, 0, INT64_MAX);
		break;
	case 's':
		o->config.script = arg;
		break;
	case KEY_COLOR:
		o->color = report_color_choice(state, arg);
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			argp_error(state, "one trace at a time");
		o->config.trace = arg;
		break;
	case ARGP_KEY_END:
		check_files(state, &o->config);
		break;
	default:
		return options_run(key, arg, state, &o->config.over);
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "[TRACE]", doc };

static enum status run(int argc, char **argv)
{
	struct options o = { .config = { .out = stdout, .to = UINT64_MAX } };

	options_parse(&argp, argc, argv, &o);
	o.config.color = report_use_color(o.color, NULL);
	return shell_run(&o.config);
}

const struct command cmd_shell = {
	.name = "shell",
	.summary = "one machine by hand: type events, see what they do",
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_options.c - the command line of `tlbsim sweep`.
 *
 * Source of the variables: sbatch(1) of Slurm, "OUTPUT ENVIRONMENT
 * VARIABLES".
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/options.h"
#include "sim/pool.h"
#include "sim/sweep_options.h"

#define MAX_JOBS 1024

enum {
	KEY_COLOR = 0x500,
	KEY_LIST,
	KEY_MERGE,
	KEY_NO_PROGRESS,
	KEY_PROGRESS,
	KEY_RESTART,
	KEY_RESUME,
	KEY_SHARD,
};

static const struct argp_option option_table[] = {
	{ NULL, 0, NULL, 0, "What runs:", 1 },
	{ "jobs", 'j', "N", 0, "cells at a time (default: CPUs)" },
	{ "list", KEY_LIST, NULL, 0, "only show the cells and their numbers" },
	{ "shard", KEY_SHARD, "I/N|auto|auto/N", 0,
	  "run every N-th cell, from the I-th, and write a part of the results "
	  "to the file of -o; auto: as the task of a Slurm job array that this "
	  "is" },
	{ "merge", KEY_MERGE, NULL, 0,
	  "run nothing: join the parts that are given" },
	{ "resume", KEY_RESUME, NULL, 0,
	  "go on where a run with the same -o was ended, if it was" },
	{ "restart", KEY_RESTART, NULL, 0, "forget that run" },
	{ NULL, 0, NULL, 0, "What is reported:", 2 },
	{ "output", 'o', "FILE", 0,
	  "write to FILE, in the format of its suffix (.txt .json .jsonl "
	  ".csv); '-' is stdout" },
	{ "format", 'f', "text|json|jsonl|csv", 0, "whatever the suffix says" },
	{ "quiet", 'q', NULL, 0, "show no results; the exit status tells" },
	REPORT_COLOR_OPTION(KEY_COLOR),
	{ "progress", KEY_PROGRESS, NULL, 0,
	  "show how far it is, also where that is no terminal" },
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0, "do not" },
	{ 0 },
};

static const char doc[] =
	"Run every trace on every machine under every policy with every value "
	"of some parameters, as SWEEP.yaml says, on all cores.\v"
	"A cell that fails is named, and the others go on.";

static const struct report_format *const formats[] = {
	&report_text, &report_json, &report_json_lines, &report_csv, NULL,
};

/* ---- --shard ------------------------------------------------------------- */

/* A variable that Slurm sets for the tasks of an array. */
static uint64_t slurm_number(struct argp_state *state, const char *name)
{
	const char *text = getenv(name);

	if (!text)
		argp_error(
			state,
			"--shard=auto: no %s: this is no task of a Slurm job "
			"array",
			name);
	return options_number(state, name, text ? text : "", 0, UINT32_MAX);
}

/* The number that the task has among those of its array. */
static struct shard shard_of_array(struct argp_state *state)
{
	uint64_t id = slurm_number(state, "SLURM_ARRAY_TASK_ID");
	uint64_t min = slurm_number(state, "SLURM_ARRAY_TASK_MIN");
	uint64_t count = slurm_number(state, "SLURM_ARRAY_TASK_COUNT");

	if (id < min || id - min >= count)
		argp_error(state,
			   "--shard=auto: task %u of an array with gaps; use "
			   "--shard=auto/N",
			   (unsigned)id);
	return (struct shard){ id - min + 1, count };
}

static struct shard make_shard(struct argp_state *state, const char *text,
			       uint64_t number, const char *of)
{
	uint64_t count = options_number(state, "--shard", of, 1,
					SWEEP_MAX_CELLS);

	if (number < 1 || number > count)
		argp_error(state, "--shard: '%s': there is no shard %u", text,
			   (unsigned)number);
	return (struct shard){ number, count };
}

static struct shard read_shard(struct argp_state *state, const char *text)
{
	const char *slash = strchr(text, '/');
	char number[24];

	if (strcmp(text, "auto") == 0)
		return shard_of_array(state);
	if (!slash)
		argp_error(state, "--shard: '%s' is not I/N", text);
	if (strncmp(text, "auto/", 5) == 0)
		return make_shard(state, text,
				  slurm_number(state, "SLURM_ARRAY_TASK_ID"),
				  slash + 1);
	snprintf(number, sizeof(number), "%.*s", (int)(slash - text), text);
	return make_shard(
		state, text,
		options_number(state, "--shard", number, 0, SWEEP_MAX_CELLS),
		slash + 1);
}

/* ---- all of it ----------------------------------------------------------- */

static void set_mode(struct argp_state *state, struct sweep_options *o,
		     enum sweep_mode mode)
{
	if (o->mode != SWEEP_RUN)
		argp_error(state, "--list or --merge, not both");
	o->mode = mode;
}

static void set_journal(struct argp_state *state, struct sweep_options *o,
			enum sweep_journal journal)
{
	if (o->journal != JOURNAL_REFUSE && o->journal != journal)
		argp_error(state, "--resume or --restart, not both");
	o->journal = journal;
}

/* What does not go together. */
static void check(struct argp_state *state, struct sweep_options *o)
{
	if (o->mode != SWEEP_MERGE && o->nr_files > 1)
		argp_error(state, "one sweep at a time");
	if (o->mode == SWEEP_MERGE && o->shard.of)
		argp_error(state, "--merge joins all shards");
	if (o->mode != SWEEP_RUN && o->journal != JOURNAL_REFUSE)
		argp_error(state, "--resume and --restart are for runs");
	if (o->mode == SWEEP_RUN && output_is_stdout(o->output) &&
	    (o->shard.of || o->journal != JOURNAL_REFUSE))
		argp_error(state, "--%s needs a file: -o FILE",
			   o->shard.of ? "shard" : "resume");
	if (o->mode == SWEEP_RUN && o->shard.of && o->format)
		argp_error(state, "a part of the results has a format of its "
				  "own; --format goes with --merge");
	if (!o->format && !(o->mode == SWEEP_RUN && o->shard.of))
		o->format = report_format_of_path(state, formats, o->output);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct sweep_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		*o = (struct sweep_options){ .jobs = pool_cpus() };
		break;
	case 'j':
		o->jobs = (unsigned)options_number(state, "--jobs", arg, 1,
						   MAX_JOBS);
		break;
	case 'o':
		o->output = arg;
		break;
	case 'f':
		o->format = report_find_format(state, formats, arg);
		break;
	case 'q':
		o->quiet = true;
		break;
	case KEY_COLOR:
		o->color = report_color_choice(state, arg);
		break;
	case KEY_LIST:
		set_mode(state, o, SWEEP_LIST);
		break;
	case KEY_MERGE:
		set_mode(state, o, SWEEP_MERGE);
		break;
	case KEY_NO_PROGRESS:
		o->no_progress = true;
		break;
	case KEY_PROGRESS:
		o->force_progress = true;
		break;
	case KEY_RESTART:
		set_journal(state, o, JOURNAL_RESTART);
		break;
	case KEY_RESUME:
		set_journal(state, o, JOURNAL_RESUME);
		break;
	case KEY_SHARD:
		o->shard = read_shard(state, arg);
		break;
	case ARGP_KEY_ARGS:
		o->files = &state->argv[state->next];
		o->nr_files = (size_t)(state->argc - state->next);
		break;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no sweep given");
		break;
	case ARGP_KEY_END:
		check(state, o);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

const struct argp sweep_argp = { option_table, parse,
				 "SWEEP.yaml\n--merge PART...", doc };

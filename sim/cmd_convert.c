/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_convert.c - `tlbsim convert`: a trace in another form.
 */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/convert.h"
#include "sim/options.h"
#include "sim/output.h"

enum { KEY_NO_PROGRESS = 0x300, KEY_LINES };

/* By index of form_names. */
static const struct trace_form *const forms[] = { &convert_yaml,
						  &convert_binary };
#define FORMS (sizeof(forms) / sizeof(*forms))
static const char *const form_names[FORMS + 1] = { "yaml", "binary" };

struct options {
	const char *output;
	struct convert_job job;
	bool gzip, no_progress;
};

static const struct argp_option option_table[] = {
	{ "format", 'f', "yaml|binary", 0,
	  "what to write (default: as OUT ends, in .yaml or .tlbt)" },
	{ "lines", KEY_LINES, "A..B", 0,
	  "only these events, counted from 1 as places in a binary trace are, "
	  "one for each line; also A, A.. and ..B" },
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0, "show no progress" },
	{ 0 },
};

static const char doc[] =
	"Write the trace IN, YAML or binary, as OUT: .yaml, .tlbt (binary), "
	"packed if .gz follows; '-' is stdin or stdout.  The whole trace is "
	"checked as for a replay, but nothing is run.  With --lines only "
	"those and the header are written, and what follows is not read.";

/* Does @path, without its last @skip bytes, end in @suffix? */
static bool has_suffix(const char *path, size_t skip, const char *suffix)
{
	size_t length = strlen(path) - skip, wanted = strlen(suffix);

	return length > wanted &&
	       memcmp(path + length - wanted, suffix, wanted) == 0;
}

static void choose_form(struct options *o, struct argp_state *state)
{
	size_t skip;

	o->gzip = output_is_gzip(o->output);
	skip = o->gzip ? 3 : 0;
	for (size_t i = 0; i < FORMS && !o->job.form; i++)
		if (has_suffix(o->output, skip, forms[i]->suffix))
			o->job.form = forms[i];
	if (!o->job.form)
		argp_error(state,
			   "'%s' ends neither in .yaml nor in .tlbt; say "
			   "--format",
			   o->output);
}

/* What stands in @text at one side of the dots. */
static uint64_t parse_end(struct argp_state *state, const char *text,
			  uint64_t otherwise)
{
	return text[0] ? options_number(state, "lines", text, 1, UINT64_MAX)
		       : otherwise;
}

static void parse_lines(struct convert_job *job, struct argp_state *state,
			char *text)
{
	char *dots = strstr(text, "..");

	if (dots)
		*dots = '\0';
	job->first = parse_end(state, text, dots ? 1 : 0);
	job->last = dots ? parse_end(state, dots + 2, UINT64_MAX) : job->first;
	if (!job->first || job->last < job->first)
		argp_error(state, "--lines takes A..B, A not above B");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'f':
		o->job.form =
			forms[options_choice(state, "format", arg, form_names)];
		break;
	case KEY_LINES:
		parse_lines(&o->job, state, arg);
		break;
	case KEY_NO_PROGRESS:
		o->no_progress = true;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			o->job.path = arg;
		else if (state->arg_num == 1)
			o->output = arg;
		else
			argp_error(state, "one trace at a time");
		break;
	case ARGP_KEY_END:
		if (!o->output)
			argp_error(state, "no %s given",
				   o->job.path ? "output" : "trace");
		choose_form(o, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "IN OUT", doc };

static enum status run(int argc, char **argv)
{
	struct options o = { .output = NULL };
	struct convert_job *job = &o.job;
	struct diags diags = { .count = 0 };
	struct progress progress;
	struct output output;
	int rc;

	options_parse(&argp, argc, argv, &o);
	progress = progress_start(STDERR_FILENO, !o.no_progress);
	rc = output_open_stream(&output, o.output);
	if (rc < 0)
		return io_error("write", o.output, rc);
	job->to = output.stream;
	job->progress = &progress;
	rc = convert(job, &diags);
	progress_clear(&progress);
	if (rc == 0)
		return output_end(&output, 0, o.gzip);
	output_discard(&output);
	if (rc != -EBADMSG)
		return io_error(job->wrote ? "write" : "read",
				job->wrote ? o.output : job->path, rc);
	diag_print(&diags, stderr);
	return STATUS_REJECTED;
}

const struct command cmd_convert = {
	.name = "convert",
	.summary = "write a trace in another form",
	.run = run,
};

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

enum { KEY_NO_PROGRESS = 0x300 };

/* By index of form_names. */
static const struct trace_form *const forms[] = { &convert_yaml,
						  &convert_binary };
#define FORMS (sizeof(forms) / sizeof(*forms))
static const char *const form_names[FORMS + 1] = { "yaml", "binary" };

struct options {
	const char *input, *output;
	const struct trace_form *form;
	bool gzip, no_progress;
};

static const struct argp_option option_table[] = {
	{ "format", 'f', "yaml|binary", 0,
	  "what to write (default: as OUT ends, in .yaml or .tlbt)" },
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0, "show no progress" },
	{ 0 },
};

static const char doc[] =
	"Write the trace IN, YAML or binary, as OUT: .yaml, .tlbt (binary), "
	"packed if .gz follows; '-' is stdin or stdout.  The whole trace is "
	"checked as for a replay, but nothing is run.";

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
	for (size_t i = 0; i < FORMS && !o->form; i++)
		if (has_suffix(o->output, skip, forms[i]->suffix))
			o->form = forms[i];
	if (!o->form)
		argp_error(state,
			   "'%s' ends neither in .yaml nor in .tlbt; say "
			   "--format",
			   o->output);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'f':
		o->form =
			forms[options_choice(state, "format", arg, form_names)];
		break;
	case KEY_NO_PROGRESS:
		o->no_progress = true;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			o->input = arg;
		else if (state->arg_num == 1)
			o->output = arg;
		else
			argp_error(state, "one trace at a time");
		break;
	case ARGP_KEY_END:
		if (!o->output)
			argp_error(state, "no %s given",
				   o->input ? "output" : "trace");
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
	struct options o = { .input = NULL };
	struct diags diags = { .count = 0 };
	struct progress progress;
	struct output output;
	bool wrote;
	int rc;

	options_parse(&argp, argc, argv, &o);
	progress = progress_start(STDERR_FILENO, !o.no_progress);
	rc = output_open_stream(&output, o.output);
	if (rc < 0)
		return io_error("write", o.output, rc);
	rc = convert(o.input, o.form, output.stream, &progress, &diags, &wrote);
	progress_clear(&progress);
	if (rc == 0)
		return output_end(&output, 0, o.gzip);
	output_discard(&output);
	if (rc != -EBADMSG)
		return io_error(wrote ? "write" : "read",
				wrote ? o.output : o.input, rc);
	diag_print(&diags, stderr);
	return STATUS_REJECTED;
}

const struct command cmd_convert = {
	.name = "convert",
	.summary = "write a trace in another form",
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.c - the options of reports, and where a report goes.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/options.h"
#include "sim/output.h"
#include "sim/report.h"

const struct report_format *const report_formats[] = {
	&report_text, &report_json,    &report_json_lines, &report_csv,
	&report_tap,  &report_summary, &report_html,	   NULL,
};

enum {
	KEY_COLOR = 0x200,
	KEY_NO_PROGRESS,
	KEY_TAP,
	KEY_SUMMARY,
};

static const struct argp_option option_table[] = {
	{ NULL, 0, NULL, 0, "What is reported:" },
	{ "output", 'o', "FILE", 0,
	  "write to FILE, in the format of its "
	  "suffix (.txt .json .jsonl .csv .tap .html); '-' is stdout" },
	{ "format", 'f', "text|json|jsonl|csv|tap|summary|html", 0,
	  "whatever the suffix says" },
	{ "tap", KEY_TAP, NULL, 0, "short for --format=tap" },
	{ "summary", KEY_SUMMARY, NULL, 0,
	  "short for --format=summary: a line for each trace" },
	{ "verbose", 'v', NULL, 0, "show every counter" },
	{ "quiet", 'q', NULL, 0, "show no results; the exit status tells" },
	REPORT_COLOR_OPTION(KEY_COLOR),
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0,
	  "no progress line on the terminal" },
	{ 0 },
};

static const char *const colors[] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
	NULL,
};

enum color report_color_choice(struct argp_state *state, const char *text)
{
	return options_choice(state, "color", text, colors);
}

#define MAX_FORMATS 16

const struct report_format *
report_find_format(struct argp_state *state,
		   const struct report_format *const *formats, const char *name)
{
	const char *names[MAX_FORMATS] = { NULL };

	for (size_t i = 0; formats[i]; i++)
		names[i] = formats[i]->name;
	return formats[options_choice(state, "format", name, names)];
}

/* A summary is asked for by name: no file is expected to end so. */
static void refuse_suffix(struct argp_state *state,
			  const struct report_format *const *formats,
			  const char *path)
{
	const char *suffixes[MAX_FORMATS] = { NULL };
	char all[80];

	for (size_t i = 0, count = 0; formats[i]; i++)
		if (formats[i] != &report_summary)
			suffixes[count++] = formats[i]->suffix;
	join_names(all, sizeof(all), suffixes);
	argp_error(state,
		   "no format has the suffix of '%s'; use %s or --format", path,
		   all);
}

const struct report_format *
report_format_of_path(struct argp_state *state,
		      const struct report_format *const *formats,
		      const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *dot = path ? strrchr(slash ? slash : path, '.') : NULL;

	if (output_is_stdout(path) || !dot)
		return &report_text;
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->suffix, dot) == 0)
			return formats[i];
	refuse_suffix(state, formats, path);
	return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		*o = (struct report_options){ .progress = true };
		break;
	case 'o':
		o->output = arg;
		break;
	case 'f':
		o->format = report_find_format(state, report_formats, arg);
		break;
	case KEY_TAP:
		o->format = &report_tap;
		break;
	case KEY_SUMMARY:
		o->format = &report_summary;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case KEY_COLOR:
		o->color = report_color_choice(state, arg);
		break;
	case KEY_NO_PROGRESS:
		o->progress = false;
		break;
	case ARGP_KEY_END:
		if (!o->format)
			o->format = report_format_of_path(state, report_formats,
							  o->output);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

const struct argp report_argp = { option_table, parse };

static bool set_and_not_empty(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0];
}

bool report_use_color(enum color color, const char *output)
{
	const char *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return output_is_stdout(output) && isatty(STDOUT_FILENO) &&
	       !set_and_not_empty("NO_COLOR") &&
	       !(term && strcmp(term, "dumb") == 0);
}

enum status report_open(struct output *output,
			const struct report_options *options)
{
	return output_begin(output, options->output);
}

enum status report_write(struct report *report,
			 const struct report_options *options,
			 struct output *output)
{
	int rc;

	report->verbose = options->verbose;
	report->color = report_use_color(options->color, options->output);
	rc = options->format->write(report, output->stream);
	if (rc < 0 || !options->quiet || !output_is_stdout(options->output))
		return output_end(output, rc, false);
	output_discard(output);
	return STATUS_OK;
}

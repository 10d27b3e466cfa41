/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_compare.c - `tlbsim compare`: two files of results, for regression
 * benchmarks.
 */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/compare.h"
#include "sim/compare_bench.h"
#include "sim/json_in.h"
#include "sim/options.h"
#include "sim/output.h"
#include "sim/report.h"

enum { KEY_COLOR = 0x400 };

static const struct compare_format *const formats[] = {
	&compare_text, &compare_json, &compare_junit, &compare_markdown, NULL,
};

struct options {
	const char *base, *now, *output;
	const struct compare_format *format;
	struct tolerances tolerances;
	double share; /* of a time, that all tolerate */
	enum color color;
	bool verbose, quiet;
};

static const struct argp_option option_table[] = {
	{ "tolerance", 't', "[WHAT=]N[%]", 0,
	  "how far a counter may move the wrong way: by a count, or by a share "
	  "of what it was; WHAT is a counter or a group of them, and may be "
	  "given again (default 0; the oracle's have to be named)" },
	{ "output", 'o', "FILE", 0,
	  "write to FILE, in the format of its suffix (.txt .json .xml .md); "
	  "'-' is stdout" },
	{ "format", 'f', "text|json|junit|markdown", 0,
	  "whatever the suffix says" },
	{ "verbose", 'v', NULL, 0, "also runs where nothing moved" },
	{ "quiet", 'q', NULL, 0, "print nothing; the exit status tells" },
	REPORT_COLOR_OPTION(KEY_COLOR),
	{ 0 },
};

static const char doc[] =
	"Compare the results of 'tlbsim replay -o FILE.json', run by run: "
	"trace, policy, machine and seed.  Print what moved, by how much, and "
	"whether that is worse.  Of two files of 'tlbsim bench', medians are "
	"compared: what is slower by more than the runs spread is worse.\v"
	"Exit status: 0 nothing is worse; 1 a counter moved the wrong way by "
	"more than its tolerance, or a run of BASE is missing in NEW.  "
	"Counters that say what was run (grant.map_ops ...) are wrong either "
	"way.";

static const struct compare_format *find_format(struct argp_state *state,
						const char *name)
{
	const char *names[8] = { NULL };

	for (size_t i = 0; formats[i]; i++)
		names[i] = formats[i]->name;
	return formats[options_choice(state, "format", name, names)];
}

static const struct compare_format *format_of_path(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	for (size_t i = 0; dot && formats[i]; i++)
		if (strcmp(formats[i]->suffix, dot) == 0)
			return formats[i];
	return &compare_text;
}

static void add_tolerance(struct argp_state *state, struct options *o,
			  const char *text)
{
	const char *wrong = tolerance_parse(&o->tolerances, text);
	const char *names[COUNTERS + 1] = { NULL };
	char name[64];
	struct hint hint;

	if (!wrong && !strchr(text, '=') && strchr(text, '%'))
		o->share = strtod(text, NULL) / 100;
	if (!wrong)
		return;
	for (enum counter i = 0; i < COUNTERS; i++)
		names[i] = counter_info[i].path;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "="), text);
	hint = hint_nearest(name, names);
	argp_error(state, "--tolerance '%s': %s%s", text, wrong, hint.text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 't':
		add_tolerance(state, o, arg);
		break;
	case 'o':
		o->output = arg;
		break;
	case 'f':
		o->format = find_format(state, arg);
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
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			argp_error(state, "two files at a time");
		*(state->arg_num ? &o->now : &o->base) = arg;
		break;
	case ARGP_KEY_END:
		if (!o->now)
			argp_error(state, "two files are needed");
		if (!o->format)
			o->format = format_of_path(o->output);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "BASE.json NEW.json",
				  doc };

static enum status rejected(const struct diags *diags, const char *path, int rc)
{
	if (rc != -EBADMSG)
		return io_error("read", path, rc);
	diag_print(diags, stderr);
	return STATUS_REJECTED;
}

static enum status load(const char *path, json_t **json)
{
	struct diags diags = { .count = 0 };
	int rc = json_in_load(path, json, &diags);

	if (rc == 0)
		return STATUS_OK;
	*json = NULL;
	return rejected(&diags, path, rc);
}

/* ---- results --------------------------------------------------------- */

/* @json is @file's, or nobody's. */
static enum status read_file(struct result_file *file, const char *path,
			     json_t *json)
{
	struct diags diags = { .count = 0 };
	int rc = result_file_of(file, path, json, &diags);

	return rc == 0 ? STATUS_OK : rejected(&diags, path, rc);
}

static enum status write_comparison(const struct comparison *comparison,
				    const struct options *o)
{
	struct output output;
	enum status status = output_begin(&output, o->output);
	int rc;

	if (status != STATUS_OK)
		return status;
	rc = o->format->write(comparison, o->verbose,
			      report_use_color(o->color, o->output),
			      output.stream);
	return output_end(&output, rc, false);
}

static enum status compare_files(const struct result_file *base,
				 const struct result_file *now,
				 const struct options *o)
{
	struct comparison comparison;
	enum status status, written = STATUS_OK;
	int rc = compare(&comparison, base, now, &o->tolerances);

	if (rc < 0)
		return io_error("compare", o->now, rc);
	status = comparison_failed(&comparison) ? STATUS_FAILED : STATUS_OK;
	if (!o->quiet || !output_is_stdout(o->output))
		written = write_comparison(&comparison, o);
	comparison_free(&comparison);
	return written > status ? written : status;
}

static enum status compare_results(const struct options *o, json_t *base_json,
				   json_t *now_json)
{
	struct result_file base, now;
	enum status status = read_file(&base, o->base, base_json);
	enum status other = read_file(&now, o->now, now_json);

	if (status == STATUS_OK && other == STATUS_OK) {
		status = compare_files(&base, &now, o);
		other = STATUS_OK;
	}
	result_file_free(&base);
	result_file_free(&now);
	return other > status ? other : status;
}

/* ---- benchmarks ------------------------------------------------------ */

static enum status write_benchmarks(const struct bench_comparison *comparison,
				    const struct options *o)
{
	struct output output;
	enum status status = output_begin(&output, o->output);
	int rc;

	if (status != STATUS_OK)
		return status;
	if (o->format == &compare_json)
		rc = bench_comparison_json(comparison, output.stream);
	else
		rc = bench_comparison_text(
			comparison, report_use_color(o->color, o->output),
			output.stream);
	return output_end(&output, rc, false);
}

static enum status compare_benchmarks(const struct options *o,
				      const json_t *base, const json_t *now)
{
	struct bench_comparison comparison;
	struct diags diags = { .count = 0 };
	enum status status, written = STATUS_OK;
	int rc;

	if (o->format != &compare_text && o->format != &compare_json) {
		fputs("tlbsim compare: benchmarks are compared as text or "
		      "JSON\n",
		      stderr);
		return STATUS_USAGE;
	}
	rc = bench_compare(&comparison, base, o->base, now, o->now, o->share,
			   &diags);
	if (rc < 0)
		return rejected(&diags, o->now, rc);
	status = bench_comparison_failed(&comparison) ? STATUS_FAILED
						      : STATUS_OK;
	if (!o->quiet || !output_is_stdout(o->output))
		written = write_benchmarks(&comparison, o);
	bench_comparison_free(&comparison);
	return written > status ? written : status;
}

/* ---- either ---------------------------------------------------------- */

static enum status compare_command(int argc, char **argv)
{
	struct options o = { .base = NULL };
	json_t *base, *now;
	enum status status, other;

	options_parse(&argp, argc, argv, &o);
	status = load(o.base, &base);
	other = load(o.now, &now);
	if (status == STATUS_OK && other == STATUS_OK && !bench_is(base) &&
	    !bench_is(now))
		return compare_results(&o, base, now);
	if (status == STATUS_OK && other == STATUS_OK)
		status = compare_benchmarks(&o, base, now);
	json_decref(base);
	json_decref(now);
	return other > status ? other : status;
}

const struct command cmd_compare = {
	.name = "compare",
	.summary = "say what moved between two files of results, and if it is "
		   "worse",
	.run = compare_command,
};

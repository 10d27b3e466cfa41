/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_import.c - `tlbsim import`: a foreign file in, a trace out.
 */
#include "config.h"

#include <argp.h>
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/importer.h"
#include "sim/options.h"
#include "sim/output.h"
#include "sim/progress.h"

#define MAX_FORMATS 32
/* Of what an importer's options are read into. */
#define MAX_SIZE 1024

struct options {
	const struct importer *importer;
	const char *input;
	const char *output;
	char *given[IMPORT_MAX_OPTIONS];
	size_t nr_given;
	bool no_progress;
};

enum { KEY_NO_PROGRESS = 0x500 };

static const struct argp_option option_table[] = {
	{ "option", 'O', "NAME=VALUE", 0,
	  "something that the file cannot know; 'tlbsim list -v importers' "
	  "shows what each format takes" },
	{ "output", 'o', "FILE", 0, "write to FILE, packed if it ends in .gz" },
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0,
	  "no progress line on the terminal" },
	{ 0 },
};

static const char doc[] =
	"Turn a file of another tool into a trace on stdout ('-' as FILE is "
	"stdin).  See 'tlbsim list importers'.";

static const struct importer *find(struct argp_state *state, const char *name)
{
	const char *names[MAX_FORMATS + 1] = { NULL };

	for (size_t i = 0; sim_importers[i] && i < MAX_FORMATS; i++)
		names[i] = sim_importers[i]->name;
	return sim_importers[options_choice(state, "format", name, names)];
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'O':
		if (o->nr_given == IMPORT_MAX_OPTIONS)
			argp_error(state, "too many options");
		o->given[o->nr_given++] = arg;
		break;
	case 'o':
		o->output = arg;
		break;
	case KEY_NO_PROGRESS:
		o->no_progress = true;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			o->importer = find(state, arg);
		else if (state->arg_num == 1)
			o->input = arg;
		else
			argp_error(state, "one file at a time");
		break;
	case ARGP_KEY_END:
		if (!o->input)
			argp_error(state, "%s",
				   o->importer ? "no file given"
					       : "no format given");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "FORMAT FILE", doc };

static FILE *open_input(const char *path)
{
	return strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
}

static enum status convert(const struct options *o,
			   const struct import_job *job, FILE *file,
			   struct progress *progress)
{
	struct diags diags = { .count = 0 };
	struct output output;
	int rc = output_open(&output, o->output);

	if (rc < 0)
		return io_error("write", o->output, rc);
	rc = o->importer->run(job, file, output.stream, &diags);
	progress_clear(progress);
	if (rc == 0)
		return output_end(&output, 0, output_is_gzip(o->output));
	output_discard(&output);
	if (rc != -EBADMSG)
		return io_error("read", o->input, rc);
	diag_print(&diags, stderr);
	return STATUS_REJECTED;
}

static enum status open_and_convert(const struct options *o,
				    const struct import_job *job)
{
	struct progress progress = progress_start(STDERR_FILENO,
						  !o->no_progress);
	FILE *file = open_input(o->input), *watched;
	enum status status;

	if (!file)
		return io_error("read", o->input, -errno);
	watched = progress_file(&progress, file, o->input);
	status = convert(o, job, watched ? watched : file, &progress);
	fclose(watched ? watched : file);
	return status;
}

static enum status import(int argc, char **argv)
{
	_Alignas(max_align_t) char values[MAX_SIZE];
	struct options o = { .input = NULL };
	struct diags diags = { .count = 0 };
	char made_by[512];
	struct import_job job = { .made_by = made_by, .options = values };

	options_parse(&argp, argc, argv, &o);
	assert(o.importer->size <= sizeof(values));
	if (!import_options(o.importer, o.given, o.nr_given, values, made_by,
			    sizeof(made_by), &diags)) {
		diag_print(&diags, stderr);
		return STATUS_USAGE;
	}
	job.path = o.input;
	return open_and_convert(&o, &job);
}

const struct command cmd_import = {
	.name = "import",
	.summary = "turn a file of another tool into a trace",
	.run = import,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_import.c - `tlbsim import`: a foreign file in, a trace out.
 */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/importer.h"
#include "sim/options.h"
#include "sim/output.h"

#define MAX_FORMATS 32

struct options {
	const struct importer *importer;
	const char *input;
	const char *output;
};

static const struct argp_option option_table[] = {
	{ "output", 'o', "FILE", 0, "write to FILE, packed if it ends in .gz" },
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
	case 'o':
		o->output = arg;
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

static bool ends_in_gz(const char *path)
{
	size_t length = path ? strlen(path) : 0;

	return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

static enum status convert(const struct options *o)
{
	struct diags diags = { .count = 0 };
	struct output output;
	int rc = output_open(&output, o->output);

	if (rc < 0)
		return io_error("write", o->output, rc);
	rc = o->importer->run(o->input, output.stream, &diags);
	if (rc == 0) {
		rc = output_commit(&output, ends_in_gz(o->output));
		return rc < 0 ? io_error("write", o->output, rc) : STATUS_OK;
	}
	output_discard(&output);
	if (rc != -EBADMSG)
		return io_error("read", o->input, rc);
	diag_print(&diags, stderr);
	return STATUS_REJECTED;
}

static enum status import(int argc, char **argv)
{
	struct options o = { .input = NULL };

	options_parse(&argp, argc, argv, &o);
	return convert(&o);
}

const struct command cmd_import = {
	.name = "import",
	.summary = "turn a file of another tool into a trace",
	.run = import,
};

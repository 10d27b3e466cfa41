/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_generate.c - `tlbsim generate`: a synthetic workload, seeded.
 */
#include "config.h"

#include <argp.h>
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "sim/generator.h"
#include "sim/options.h"
#include "sim/output.h"

#define MAX_GENERATORS 8
/* Of what a generator's options fill. */
#define MAX_SIZE 1024

struct options {
	const struct importer *generator;
	const char *output;
	char *given[IMPORT_MAX_OPTIONS];
	size_t nr_given;
};

static const struct argp_option option_table[] = {
	{ "option", 'O', "NAME=VALUE", 0,
	  "the same as NAME=VALUE; 'tlbsim list -v generators' shows what each "
	  "takes" },
	{ "output", 'o', "FILE", 0, "write to FILE, packed if it ends in .gz" },
	{ 0 },
};

static const char doc[] =
	"Write a synthetic workload as a trace on stdout.  Equal values give "
	"equal bytes.  See 'tlbsim list generators'.";

static const struct importer *find(struct argp_state *state, const char *name)
{
	const char *names[MAX_GENERATORS + 1] = { NULL };

	for (size_t i = 0; sim_generators[i] && i < MAX_GENERATORS; i++)
		names[i] = sim_generators[i]->name;
	return sim_generators[options_choice(state, "generator", name, names)];
}

static void add_given(struct options *o, struct argp_state *state, char *arg)
{
	if (o->nr_given == IMPORT_MAX_OPTIONS)
		argp_error(state, "too many options");
	o->given[o->nr_given++] = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'O':
		add_given(o, state, arg);
		break;
	case 'o':
		o->output = arg;
		break;
	case ARGP_KEY_ARG:
		if (o->generator)
			add_given(o, state, arg);
		else
			o->generator = find(state, arg);
		break;
	case ARGP_KEY_END:
		if (!o->generator)
			argp_error(state, "no generator given");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse,
				  "GENERATOR [NAME=VALUE]...", doc };

static enum status write_trace(const struct options *o,
			       const struct import_job *job)
{
	struct diags diags = { .count = 0 };
	struct output output;
	int rc = output_open_stream(&output, o->output);

	if (rc < 0)
		return io_error("write", o->output, rc);
	rc = o->generator->run(job, NULL, output.stream, &diags);
	if (rc == 0)
		return output_end(&output, 0, output_is_gzip(o->output));
	output_discard(&output);
	if (rc != -EBADMSG)
		return io_error("write", o->output, rc);
	diag_print(&diags, stderr);
	return STATUS_USAGE;
}

static enum status generate(int argc, char **argv)
{
	_Alignas(max_align_t) char values[MAX_SIZE];
	struct options o = { .generator = NULL };
	struct diags diags = { .count = 0 };
	char made_by[512];
	struct import_job job = { .made_by = made_by, .options = values };

	options_parse(&argp, argc, argv, &o);
	assert(o.generator->size <= sizeof(values));
	if (!import_options(o.generator, o.given, o.nr_given, values, made_by,
			    sizeof(made_by), &diags)) {
		diag_print(&diags, stderr);
		return STATUS_USAGE;
	}
	return write_trace(&o, &job);
}

const struct command cmd_generate = {
	.name = "generate",
	.summary = "write a synthetic workload, seeded",
	.run = generate,
};

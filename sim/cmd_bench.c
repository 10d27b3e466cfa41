/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_bench.c - `tlbsim bench`: how fast this program is.
 */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/bench.h"
#include "sim/options.h"
#include "sim/output.h"
#include "sim/progress.h"

#define STANDARD_MACHINE "generic"
#define STANDARD_RUNS 9
#define QUICK_RUNS 3

enum { KEY_LIST = 0x400, KEY_RUNS, KEY_QUICK, KEY_VECTORS, KEY_NO_PROGRESS };

const struct benchmark *const bench_tables[] = { bench_memory, bench_grants,
						 bench_parse, bench_recording,
						 NULL };

struct options {
	struct bench_options bench;
	const char *machine, *output;
	const struct benchmark *chosen[BENCH_MAX];
	size_t nr_chosen;
	unsigned runs; /* 0: as many as usual */
	bool list, json, no_progress;
};

static const struct argp_option option_table[] = {
	{ "machine", 'm', "NAME|FILE", 0,
	  "the profile to simulate (default " STANDARD_MACHINE ")" },
	{ "runs", KEY_RUNS, "N", 0, "time each so often (default 9, quick 3)" },
	{ "quick", KEY_QUICK, NULL, 0, "an eighth of the work" },
	{ "vectors", KEY_VECTORS, "best|single|none|avx2|avx512", 0,
	  "how references are simulated: as this processor can best, singly, "
	  "or by many without vectors or with those" },
	{ "list", KEY_LIST, NULL, 0, "show what there is to run, and leave" },
	{ "output", 'o', "FILE", 0,
	  "write to FILE, as JSON if it ends in .json" },
	{ "format", 'f', "text|json", 0, "whatever the suffix says" },
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0,
	  "no progress line on the terminal" },
	{ 0 },
};

static const char doc[] =
	"Time this program: standard streams of references through the "
	"simulated TLBs.  Without a name, all benchmarks are run.";

/* ---- which --------------------------------------------------------------- */

/* All benchmarks, in order; their number. */
static size_t collect(const struct benchmark **all)
{
	size_t count = 0;

	for (size_t t = 0; bench_tables[t]; t++)
		for (const struct benchmark *b = bench_tables[t];
		     b->name && count < BENCH_MAX; b++)
			all[count++] = b;
	return count;
}

static void choose(struct argp_state *state, struct options *o,
		   const char *name)
{
	const struct benchmark *all[BENCH_MAX];
	const char *names[BENCH_MAX + 1] = { NULL };
	size_t count = collect(all);

	for (size_t i = 0; i < count; i++)
		names[i] = all[i]->name;
	if (o->nr_chosen == BENCH_MAX)
		argp_error(state, "too many benchmarks");
	o->chosen[o->nr_chosen++] =
		all[options_choice(state, "benchmark", name, names)];
}

static bool wants_json(struct argp_state *state, const char *name)
{
	static const char *const names[] = { "text", "json", NULL };

	return options_choice(state, "format", name, names) == 1;
}

static enum mmu_batching find_batching(struct argp_state *state,
				       const char *name)
{
	static const char *const names[] = {
		[MMU_BEST] = "best",	 [MMU_ONE_BY_ONE] = "single",
		[MMU_PLAIN] = "none",	 [MMU_AVX2] = "avx2",
		[MMU_AVX512] = "avx512", NULL,
	};
	unsigned found = options_choice(state, "kind of vectors", name, names);

	if (found > mmu_best_batching())
		argp_error(state, "this processor has no %s", name);
	return (enum mmu_batching)found;
}

static bool ends_in_json(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && strcmp(dot, ".json") == 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'm':
		o->machine = arg;
		break;
	case 'o':
		o->output = arg;
		o->json |= ends_in_json(arg);
		break;
	case 'f':
		o->json = wants_json(state, arg);
		break;
	case KEY_RUNS:
		o->runs = (unsigned)options_number(state, "runs", arg, 1,
						   BENCH_RUNS_MAX);
		break;
	case KEY_QUICK:
		o->bench.quick = true;
		break;
	case KEY_VECTORS:
		o->bench.batching = find_batching(state, arg);
		break;
	case KEY_LIST:
		o->list = true;
		break;
	case KEY_NO_PROGRESS:
		o->no_progress = true;
		break;
	case ARGP_KEY_ARG:
		choose(state, o, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "[BENCHMARK]...", doc };

static enum status list(void)
{
	const struct benchmark *all[BENCH_MAX];
	size_t count = collect(all);

	for (size_t i = 0; i < count; i++)
		printf("%-10s %s\n", all[i]->name, all[i]->text);
	return STATUS_OK;
}

/* ---- running ------------------------------------------------------------- */

static enum status write_results(const struct options *o,
				 const struct bench_result *results)
{
	struct output output;
	enum status status = output_begin(&output, o->output);
	int rc;

	if (status != STATUS_OK)
		return status;
	rc = (o->json ? bench_write_json
		      : bench_write_text)(results, o->nr_chosen, output.stream);
	return output_end(&output, rc, false);
}

static enum status run_all(const struct options *o,
			   struct bench_result *results)
{
	struct progress progress = progress_start(STDERR_FILENO,
						  !o->no_progress);

	for (size_t i = 0; i < o->nr_chosen; i++) {
		int rc;

		progress_update(&progress, o->chosen[i]->name, i, o->nr_chosen,
				0);
		rc = bench_time(o->chosen[i], &o->bench, o->runs, &results[i]);
		if (rc == 0)
			continue;
		progress_clear(&progress);
		return io_error("run", o->chosen[i]->name, rc);
	}
	progress_clear(&progress);
	return write_results(o, results);
}

static enum status bench(int argc, char **argv)
{
	struct options o = { .machine = STANDARD_MACHINE };
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	struct bench_result *results;
	struct profile profile;
	enum status status;

	options_parse(&argp, argc, argv, &o);
	if (o.list)
		return list();
	if (profile_load(o.machine, &profile, nowhere, &diags) < 0) {
		diag_print(&diags, stderr);
		return STATUS_REJECTED;
	}
	o.bench.profile = &profile;
	if (!o.nr_chosen)
		o.nr_chosen = collect(o.chosen);
	if (!o.runs)
		o.runs = o.bench.quick ? QUICK_RUNS : STANDARD_RUNS;
	results = calloc(o.nr_chosen, sizeof(*results));
	if (!results)
		return io_error("run", "bench", -ENOMEM);
	status = run_all(&o, results);
	free(results);
	return status;
}

const struct command cmd_bench = {
	.name = "bench",
	.summary = "time this program with standard streams",
	.run = bench,
};

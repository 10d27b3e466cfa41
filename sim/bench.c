/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.c - runs of one benchmark.
 *
 * The median of the runs is what counts: others on the machine make some of
 * them slower, nothing makes one faster.  How far runs differ is said by the
 * median of the absolute deviations from it, which one slow run does not move.
 */
#include "config.h"

#include "sim/bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static int order(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t middle(const uint64_t *sorted, unsigned count)
{
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

uint64_t bench_median(const struct bench_result *result)
{
	return middle(result->ns, result->runs);
}

uint64_t bench_spread(const struct bench_result *result)
{
	uint64_t median = bench_median(result), off[BENCH_RUNS_MAX];

	for (unsigned i = 0; i < result->runs; i++)
		off[i] = result->ns[i] > median ? result->ns[i] - median
						: median - result->ns[i];
	qsort(off, result->runs, sizeof(off[0]), order);
	return middle(off, result->runs);
}

static bool time_run(const struct benchmark *benchmark, void *state,
		     struct bench_result *result)
{
	uint64_t start, done;

	benchmark->reset(state);
	start = now();
	done = benchmark->run(state);
	result->ns[result->runs++] = now() - start;
	return done == result->operations;
}

static int run_all(const struct benchmark *benchmark, void *state,
		   unsigned runs, struct bench_result *result)
{
	benchmark->reset(state);
	result->operations = benchmark->run(state);
	if (!result->operations)
		return -EIO;
	if (benchmark->counters)
		result->counters = benchmark->counters(state);
	while (result->runs < runs)
		if (!time_run(benchmark, state, result))
			return -EIO;
	qsort(result->ns, runs, sizeof(result->ns[0]), order);
	return 0;
}

int bench_time(const struct benchmark *benchmark,
	       const struct bench_options *options, unsigned runs,
	       struct bench_result *result)
{
	void *state;
	int rc;

	*result = (struct bench_result){
		.benchmark = benchmark,
		.machine = options->profile->mmu.name,
	};
	rc = benchmark->prepare(benchmark, options, &state);
	if (rc < 0)
		return rc;
	rc = run_all(benchmark, state, runs, result);
	benchmark->finish(state);
	return rc;
}

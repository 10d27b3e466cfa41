/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.h - what `tlbsim bench` times.
 *
 *     prepare                     once; not timed
 *     reset, run                  a fresh machine: not timed, counted
 *     reset, run   reset, run ... each run is timed
 *     finish
 */
#ifndef SIM_BENCH_H
#define SIM_BENCH_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/profile.h"

/* What a user chose. */
struct bench_options {
	const struct profile *profile;
	bool quick; /* an eighth of the work */
	enum mmu_batching batching;
};

struct benchmark {
	const char *name;
	const char *text; /* one line */
	const char *unit; /* of what run() counts: "references" */
	/* *@state is what the others get.  0, -errno. */
	int (*prepare)(const struct benchmark *benchmark,
		       const struct bench_options *options, void **state);
	/* Make all as it was before the first run. */
	void (*reset)(void *state);
	/* The number of things done; 0: it failed. */
	uint64_t (*run)(void *state);
	/* Of all runs so far; NULL if it has no MMU. */
	struct mmu_counters (*counters)(const void *state);
	void (*finish)(void *state);
};

/* Each until a name is NULL. */
extern const struct benchmark bench_memory[], bench_grants[], bench_parse[],
	bench_recording[];

/* All of them, NULL-terminated; and as many at most. */
#define BENCH_MAX 64
extern const struct benchmark *const bench_tables[];

#define BENCH_RUNS_MAX 99

struct bench_result {
	const struct benchmark *benchmark;
	const char *machine;
	uint64_t operations;	 /* of each run */
	unsigned runs;
	uint64_t ns[BENCH_RUNS_MAX]; /* of each, sorted */
	struct mmu_counters counters; /* of the first, which is not timed */
};

/* Run it @runs times.  0, -errno. */
int bench_time(const struct benchmark *benchmark,
	       const struct bench_options *options, unsigned runs,
	       struct bench_result *result);

/* In ns; the spread is the median distance to the median. */
uint64_t bench_median(const struct bench_result *result);
uint64_t bench_spread(const struct bench_result *result);

/* @count results to @to.  0, -ENOMEM. */
int bench_write_text(const struct bench_result *results, size_t count,
		     FILE *to);
int bench_write_json(const struct bench_result *results, size_t count,
		     FILE *to);

#endif /* SIM_BENCH_H */

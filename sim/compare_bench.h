/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_bench.h - two files of `tlbsim bench`: what got slower?
 */
#ifndef SIM_COMPARE_BENCH_H
#define SIM_COMPARE_BENCH_H

#include <jansson.h>

#include "sim/compare.h"
#include "sim/diag.h"

/* A benchmark on a machine, as one file has it; in ns for one operation. */
struct bench_time {
	const char *benchmark, *machine;
	int64_t operations;		/* of each run */
	double median, mad;		/* median distance to the median */
};

struct bench_pair {
	struct bench_time base, now;	/* .benchmark NULL: it has none */
	double allowed;			/* that may be between the medians */
	enum verdict verdict;		/* of a pair */
};

struct bench_comparison {
	struct bench_pair *pair;
	size_t count, worse, missing;
};

/* Is @json, with anything in it, of `tlbsim bench`? */
bool bench_is(const json_t *json);

/*
 * Compare @base with @now, which must outlive @comparison and are called so in
 * errors.  A median may be @share of what it was greater, or as much as the
 * runs of both spread, whichever is more.  0; -EBADMSG with @diags filled; or
 * -ENOMEM.
 */
int bench_compare(struct bench_comparison *comparison, const json_t *base,
		  const char *base_path, const json_t *now,
		  const char *now_path, double share, struct diags *diags);
void bench_comparison_free(struct bench_comparison *comparison);
bool bench_comparison_failed(const struct bench_comparison *comparison);

/* 0, -ENOMEM. */
int bench_comparison_text(const struct bench_comparison *comparison, bool color,
			  FILE *to);
int bench_comparison_json(const struct bench_comparison *comparison, FILE *to);

#endif /* SIM_COMPARE_BENCH_H */

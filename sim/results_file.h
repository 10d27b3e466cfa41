/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results_file.h - results read back from a JSON file, to be compared.
 */
#ifndef SIM_RESULTS_FILE_H
#define SIM_RESULTS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "sim/diag.h"
#include "sim/results.h"

/* Percents are kept as whole numbers, so that equal files are equal. */
#define RESULT_PERCENT_UNIT 1000000

/* One object of schema "tlbsim-result/1". */
struct result {
	const char *trace, *policy, *machine;
	unsigned quirks;
	uint64_t seed;
	char *parameters;		/* "update=plain cpus=2", or "" */
	bool has[COUNTERS];		/* an older program knew fewer */
	uint64_t value[COUNTERS];	/* percents in RESULT_PERCENT_UNITs */
};

/* In the order of the file; no two are of the same run. */
struct result_file {
	const char *path;		/* as given */
	size_t count;
	struct result *result;
	void *memory;			/* what the names point into */
};

/*
 * Read @path ("-": stdin), which may be packed with gzip.  0; -EBADMSG with
 * the reasons in @diags; or -errno.  Free it only after 0.
 */
int result_file_read(struct result_file *file, const char *path,
		     struct diags *diags);
/* The same of what was read of it, which it takes over. */
int result_file_of(struct result_file *file, const char *path, json_t *json,
		   struct diags *diags);
void result_file_free(struct result_file *file);

/* Order of runs: by trace, policy, machine, quirks, seed, parameters; 0 is the same run. */
int result_order(const struct result *a, const struct result *b);

#endif /* SIM_RESULTS_FILE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_run.h - the cells of a sweep, run on all cores.
 */
#ifndef SIM_SWEEP_RUN_H
#define SIM_SWEEP_RUN_H

#include "sim/progress.h"
#include "sim/sweep_part.h"

struct sweep_run {
	const struct sweep *sweep;
	struct shard shard;
	unsigned jobs;			/* cells at a time */
	struct outcomes *outcomes;	/* those that are done are not run */
	struct journal *journal;	/* gets each that is; NULL: none */
	struct progress *progress;
};

/*
 * Run the cells of the shard; say on stderr, in the order of their numbers,
 * what failed, of those that were done before as well.  STATUS_OK, or
 * STATUS_IO when that could not be done or written down; what became of the
 * cells is in the outcomes.  A signal that ends programs does that here, too,
 * after the journal is safe.
 */
enum status sweep_run(const struct sweep_run *run);

/* "cell 7 (a.yaml, zen5, update=plain, xs8)" */
void sweep_describe(const struct sweep *sweep, size_t cell, FILE *to);

#endif /* SIM_SWEEP_RUN_H */

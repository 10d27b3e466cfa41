/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * series.h - results over time: counters by stretch of events, and the sizes
 * of batches.
 *
 *   event   0    width   2*width           events
 *           |------|-------|-- ...  --|------|
 *            sum[0] sum[1]         sum[count-1]: a total
 *
 * Memory does not grow with the run: what is full is merged pair by pair.
 */
#ifndef SIM_SERIES_H
#define SIM_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "sim/results.h"

#define SERIES_MAX 512		/* buckets; a power of two */
#define SERIES_OPS 32		/* operations in a batch, at most */

/* What is followed, of SIM_COUNTERS. */
#define SIM_SERIES(X)                                                         \
	X(cycles_total)                                                       \
	X(tlb_lookups)                                                        \
	X(tlb_l1_hits)                                                        \
	X(tlb_l1_misses)                                                      \
	X(tlb_l2_hits)                                                        \
	X(tlb_l2_misses)                                                      \
	X(flush_batches)                                                      \
	X(flush_performed)                                                    \
	X(flush_avoided)                                                      \
	X(flush_false)                                                        \
	X(flush_ipis)                                                         \
	X(oracle_violations)                                                  \
	X(oracle_stale_uses)

enum {
#define X(name) SERIES_##name,
	SIM_SERIES(X)
#undef X
	SERIES_COUNTERS
};
extern const enum counter series_counter[SERIES_COUNTERS];

/* Of batches of one size. */
struct series_size {
	uint64_t performed, avoided;
};

struct series {
	uint64_t events;		/* so far */
	uint64_t width;			/* events of a bucket, but of the last */
	size_t count;			/* buckets */
	uint64_t sum[SERIES_MAX][SERIES_COUNTERS]; /* up to each one's end */
	struct series_size size[SERIES_OPS + 1]; /* by operations, from 1 */
};

/* Of bucket @bucket alone. */
uint64_t series_value(const struct series *series, size_t bucket,
		      unsigned counter);

#endif /* SIM_SERIES_H */

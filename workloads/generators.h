/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generators.h - the generators, one file each, and what they share. */
#ifndef WORKLOADS_GENERATORS_H
#define WORKLOADS_GENERATORS_H

#include "sim/generator.h"
#include "workloads/dist.h"

extern const struct importer generate_blkback, generate_memory,
	generate_netback;

/* Items or events in a document: a reader holds one at a time. */
#define GENERATE_DOCUMENT 65536

/*
 * "1:3,11,256:2" in @text, values with weights, which are 1 if not given:
 * false after adding an error that names @what.  Each value is @unit ("" or
 * 's': a time) from @min to @max.
 */
bool generate_dist(const char *text, const char *what, bool is_time,
		   uint64_t min, uint64_t max, struct dist *dist,
		   struct diags *diags);

/* true @percent times of a hundred. */
static inline bool generate_percent(struct rng *rng, uint64_t percent)
{
	return rng_below(rng, 100) < percent;
}

/* The first document up to the events or blocks of a driver's. */
void generate_head(FILE *out, const struct import_job *job, const char *name);

#endif /* WORKLOADS_GENERATORS_H */

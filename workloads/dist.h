/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dist.h - seeded random numbers, and distributions to draw from: one value,
 * or a list of {value: ..., weight: ...}.
 */
#ifndef WORKLOADS_DIST_H
#define WORKLOADS_DIST_H

#include "sim/node.h"

struct rng {
	uint64_t state;
};

static inline struct rng rng_seeded(uint64_t seed)
{
	return (struct rng){ seed };
}
/* Any 64 bits. */
uint64_t rng_next(struct rng *rng);
/* 0 .. @below - 1; @below is at least 1. */
uint32_t rng_below(struct rng *rng, uint32_t below);
/* true with probability @share, 0.0 .. 1.0. */
bool rng_chance(struct rng *rng, double share);

#define DIST_MAX 64

struct dist {
	uint32_t count; /* of values; at least 1 */
	uint64_t value[DIST_MAX];
	uint32_t upto[DIST_MAX]; /* weights so far, this one included */
};

/* One value for ever. */
struct dist dist_of(uint64_t value);
/* A single value draws nothing from @rng. */
uint64_t dist_draw(const struct dist *dist, struct rng *rng);

/* Reads one value; false after adding an error. */
typedef bool dist_value(void *arg, const struct node *node, uint64_t *value,
			struct diags *diags);
bool dist_read(const struct node *node, struct dist *dist, dist_value *read,
	       void *arg, struct diags *diags);
/* A dist_value for times; @arg is not used. */
dist_value dist_time;

#endif /* WORKLOADS_DIST_H */

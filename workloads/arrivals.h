/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arrivals.h - when requests or packets come, and how long they take.
 * Generated ones come one at a time: any number of them needs no memory.
 */
#ifndef WORKLOADS_ARRIVALS_H
#define WORKLOADS_ARRIVALS_H

#include "workloads/dist.h"

/*
 * Time goes forward: from one item of a list to the next, and within each.
 * @before is the `at` of the item above; false after adding an error.
 */
bool arrivals_check(const struct node *item, uint64_t at, uint64_t before,
		    bool done_given, uint64_t done, struct diags *diags);

/* Of a `generate:` mapping. */
struct arrivals {
	uint64_t count;	     /* still to come */
	uint64_t burst;	     /* that come together */
	uint64_t left;	     /* of the present burst */
	uint64_t at;	     /* of the present burst, nanoseconds */
	struct dist gap;     /* between bursts */
	struct dist service; /* from start to completion */
	uint64_t seed;
	struct rng rng;
};

/* The keys of every `generate:`, for the tables of its readers: @into has a
 * member `arrivals`, and nodes `gap` and `service`. */
/* clang-format off */
#define ARRIVALS_FIELDS(into)                                                 \
	{ .name = "count", .type = FIELD_U64, .required = true, .min = 1,     \
	  .offset = offsetof(into, arrivals.count) },                         \
	{ .name = "burst", .type = FIELD_U64, .min = 1, .max = 1000000,       \
	  .offset = offsetof(into, arrivals.burst) },                         \
	{ .name = "seed", .type = FIELD_U64,                                  \
	  .offset = offsetof(into, arrivals.seed) },                          \
	{ .name = "gap", .type = FIELD_NODE, .offset = offsetof(into, gap) }, \
	{ .name = "service", .type = FIELD_NODE,                              \
	  .offset = offsetof(into, service) }
/* clang-format on */

/* Before the table is read: what the keys default to. */
struct arrivals arrivals_default(uint64_t seed, uint64_t service);
/* After it: the nodes, each of which may be NULL; and ready to draw. */
bool arrivals_start(struct arrivals *arrivals, const struct node *gap,
		    const struct node *service, struct diags *diags);
/* When the next one comes: true with *@at, or false after the last. */
bool arrivals_next(struct arrivals *arrivals, uint64_t *at);

#endif /* WORKLOADS_ARRIVALS_H */

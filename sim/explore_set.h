/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_set.h - states that were seen, and prefixes of schedules to run.
 */
#ifndef SIM_EXPLORE_SET_H
#define SIM_EXPLORE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of hashes. */
struct explore_set {
	uint64_t *slot;	 /* 0: empty */
	size_t count, room; /* a power of two */
};
/* 1: it was added; 0: it was there; -ENOMEM. */
int explore_set_add(struct explore_set *set, uint64_t hash);
void explore_set_free(struct explore_set *set);

/* The threads of a schedule's first steps, in their order. */
struct explore_prefix {
	uint8_t *thread;
	size_t steps;
};
struct explore_stack {
	struct explore_prefix *prefix;
	size_t count, room;
};
/* A prefix of @steps for the caller to fill in, or NULL. */
uint8_t *explore_stack_push(struct explore_stack *stack, size_t steps);
/* The newest, which is the caller's to free; there is one. */
struct explore_prefix explore_stack_pop(struct explore_stack *stack);
void explore_stack_free(struct explore_stack *stack);

#endif /* SIM_EXPLORE_SET_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_set.c - a hash table of hashes, and a stack of prefixes.
 *
 * Invariant: (1) a quarter of the table is empty, so that a search ends.
 */
#include "sim/explore_set.h"

#include <errno.h>
#include <stdlib.h>

/* ---- hashes ---------------------------------------------------------- */

/* Where @hash is, or would be. */
static uint64_t *find(const struct explore_set *set, uint64_t hash)
{
	size_t at = hash & (set->room - 1);

	while (set->slot[at] && set->slot[at] != hash)
		at = (at + 1) & (set->room - 1);
	return &set->slot[at];
}

static int grow(struct explore_set *set)
{
	struct explore_set bigger = {
		.count = set->count,
		.room = set->room ? 2 * set->room : 1024,
	};

	bigger.slot = calloc(bigger.room, sizeof(*bigger.slot));
	if (!bigger.slot)
		return -ENOMEM;
	for (size_t i = 0; i < set->room; i++)
		if (set->slot[i])
			*find(&bigger, set->slot[i]) = set->slot[i];
	free(set->slot);
	*set = bigger;
	return 0;
}

int explore_set_add(struct explore_set *set, uint64_t hash)
{
	uint64_t *slot;

	if (4 * set->count >= 3 * set->room && grow(set) < 0) /* (1) */
		return -ENOMEM;
	hash = hash ? hash : 1;
	slot = find(set, hash);
	if (*slot)
		return 0;
	*slot = hash;
	set->count++;
	return 1;
}

void explore_set_free(struct explore_set *set)
{
	free(set->slot);
}

/* ---- prefixes -------------------------------------------------------- */

uint8_t *explore_stack_push(struct explore_stack *stack, size_t steps)
{
	size_t more = stack->room ? 2 * stack->room : 64;
	struct explore_prefix *bigger;
	uint8_t *thread = malloc(steps);

	if (stack->count == stack->room && thread) {
		bigger = realloc(stack->prefix, more * sizeof(*bigger));
		if (!bigger) {
			free(thread);
			return NULL;
		}
		stack->prefix = bigger;
		stack->room = more;
	}
	if (thread)
		stack->prefix[stack->count++] = (struct explore_prefix){
			.thread = thread,
			.steps = steps,
		};
	return thread;
}

struct explore_prefix explore_stack_pop(struct explore_stack *stack)
{
	return stack->prefix[--stack->count];
}

void explore_stack_free(struct explore_stack *stack)
{
	while (stack->count)
		free(stack->prefix[--stack->count].thread);
	free(stack->prefix);
}

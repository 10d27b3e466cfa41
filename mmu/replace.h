/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replace.h - which way of a set to give up.
 *
 * A policy keeps replace_state_size() bytes for each set.  To add one: a
 * value of enum mmu_replacement, its row in replace.c, and a case below if
 * a hit changes its state.
 */
#ifndef MMU_REPLACE_H
#define MMU_REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mmu/profile.h"

/* Can @policy order so many ways? */
bool replace_suits(enum mmu_replacement policy, unsigned ways);
size_t replace_state_size(enum mmu_replacement policy, unsigned ways);
/* The state of a set that was never used; @seed is of its random choices. */
void replace_reset(enum mmu_replacement policy, uint8_t *state, unsigned ways,
		   uint64_t seed);
/* The way to give up in a full set. */
unsigned replace_victim(enum mmu_replacement policy, const uint8_t *state,
			unsigned ways);
/* @way got a new translation. */
void replace_filled(enum mmu_replacement policy, uint8_t *state, unsigned ways,
		    unsigned way);

/* Up to a vector of ways each has its age, which are a permutation of 0 ..
 * ways-1; 0 is the youngest.  What is left of the vector is older than all. */
#define REPLACE_VECTOR 16
#define REPLACE_NO_AGE 127
static inline void replace_rejuvenate_by_age(uint8_t *state, unsigned ways,
					     unsigned way)
{
	uint8_t age = state[way];

	if (age == 0)
		return;
	for (unsigned i = 0; i < ways; i++)
		state[i] += state[i] < age;
	state[way] = 0;
}

/* Of more ways each knows who is next older and who is next younger: a ring, in
 * which the oldest is younger than the youngest.  However many there are, little
 * changes, and next to nothing where the oldest becomes the youngest. */
static inline uint8_t *replace_older(uint8_t *state)
{
	return state;
}

static inline uint8_t *replace_younger(uint8_t *state, unsigned ways)
{
	return state + ways;
}

static inline uint8_t *replace_youngest(uint8_t *state, unsigned ways)
{
	return state + 2 * ways;
}

static inline unsigned replace_oldest_in_ring(const uint8_t *state,
					      unsigned ways)
{
	return state[ways + state[2 * ways]];
}

static inline void replace_rejuvenate_in_ring(uint8_t *state, unsigned ways,
					      unsigned way)
{
	uint8_t *older = replace_older(state);
	uint8_t *younger = replace_younger(state, ways);
	uint8_t below = older[way], above = younger[way], oldest;
	uint8_t youngest = *replace_youngest(state, ways);

	if (youngest == way)
		return;
	younger[below] = above;
	older[above] = below;
	oldest = younger[youngest]; /* no more @way */
	older[way] = youngest;
	younger[way] = oldest;
	younger[youngest] = (uint8_t)way;
	older[oldest] = (uint8_t)way;
	*replace_youngest(state, ways) = (uint8_t)way;
}

/* The oldest, which becomes the youngest. */
static inline unsigned replace_turn_ring(uint8_t *state, unsigned ways)
{
	unsigned way = replace_oldest_in_ring(state, ways);

	*replace_youngest(state, ways) = (uint8_t)way;
	return way;
}

static inline void replace_rejuvenate(uint8_t *state, unsigned ways,
				      unsigned way)
{
	if (ways <= REPLACE_VECTOR)
		replace_rejuvenate_by_age(state, ways, way);
	else
		replace_rejuvenate_in_ring(state, ways, way);
}

/* Bit n of @nodes is node n of a heap whose root is 1; it is set when the
 * next victim is to the right.  All on the path turn away from @way, which is
 * the leaf ways + way: who is above a leaf, and who of those turns right. */
struct replace_path {
	uint64_t above, right;
};
extern const struct replace_path replace_paths[128];

static inline uint64_t replace_turn(uint64_t nodes, unsigned ways, unsigned way)
{
	const struct replace_path *path = &replace_paths[ways + way];

	return (nodes & ~path->above) | path->right;
}

/* The leaf that the nodes point to. */
static inline unsigned replace_follow(uint64_t nodes, unsigned ways)
{
	unsigned node = 1;

#pragma GCC unroll 6
	for (unsigned left = ways; left > 1; left /= 2)
		node = 2 * node + (nodes >> node & 1);
	return node - ways;
}

/* The same, and those on the path turn away from it. */
static inline unsigned replace_follow_and_turn(uint64_t *nodes, unsigned ways)
{
	uint64_t turned = *nodes;
	unsigned node = 1;

#pragma GCC unroll 6
	for (unsigned left = ways; left > 1; left /= 2) {
		turned ^= UINT64_C(1) << node;
		node = 2 * node + (*nodes >> node & 1);
	}
	*nodes = turned;
	return node - ways;
}

static inline unsigned replace_victim_tree(const uint8_t *state, unsigned ways)
{
	uint64_t nodes;

	memcpy(&nodes, state, sizeof(nodes));
	return replace_follow(nodes, ways);
}

static inline void replace_touch_tree(uint8_t *state, unsigned ways,
				      unsigned way)
{
	uint64_t nodes;

	memcpy(&nodes, state, sizeof(nodes));
	nodes = replace_turn(nodes, ways, way);
	memcpy(state, &nodes, sizeof(nodes));
}

/* The group used last, then the tree of each group. */
#define REPLACE_GROUPS 3
#define REPLACE_GROUP_WAYS 4
static inline void replace_touch_groups(uint8_t *state, unsigned way)
{
	unsigned group = way / REPLACE_GROUP_WAYS;

	state[0] = (uint8_t)group;
	state[1 + group] = (uint8_t)replace_turn(state[1 + group],
						 REPLACE_GROUP_WAYS,
						 way % REPLACE_GROUP_WAYS);
}

static inline unsigned replace_victim_groups(const uint8_t *state)
{
	unsigned group = state[0] + 1 == REPLACE_GROUPS ? 0 : state[0] + 1;

	return group * REPLACE_GROUP_WAYS +
	       replace_follow(state[1 + group], REPLACE_GROUP_WAYS);
}

/* The upper bits, scaled: there is no division. */
static inline unsigned replace_victim_random(const uint8_t *state,
					     unsigned ways)
{
	uint64_t random;

	memcpy(&random, state, sizeof(random));
	return (unsigned)((random >> 32) * ways >> 32);
}

static inline void replace_draw_again(uint8_t *state)
{
	uint64_t random;

	memcpy(&random, state, sizeof(random));
	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	memcpy(state, &random, sizeof(random));
}

/* @way served an access. */
static inline void replace_touch(enum mmu_replacement policy, uint8_t *state,
				 unsigned ways, unsigned way)
{
	switch (policy) {
	case MMU_LRU:
		replace_rejuvenate(state, ways, way);
		break;
	case MMU_TREE_PLRU:
		replace_touch_tree(state, ways, way);
		break;
	case MMU_MRU_PLRU:
		replace_touch_groups(state, way);
		break;
	case MMU_RANDOM:
	case MMU_FIFO:
		break;
	}
}

/* Assert that a set's state is one that the policy can reach. */
void replace_check(enum mmu_replacement policy, const uint8_t *state,
		   unsigned ways);

#endif /* MMU_REPLACE_H */

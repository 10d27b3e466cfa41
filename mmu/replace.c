/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replace.c - which way of a set to give up.
 *
 *   tree-PLRU of 4 ways:      1          0: victim is left, 1: right
 *                           /   \
 *                          2     3
 *                         / \   / \
 *                        w0 w1 w2 w3
 *
 *   mru-PLRU of 12 ways: three such trees side by side; the victim is in
 *   the one after that of the way used last, 0 after 2.
 *
 * FIFO is LRU that takes no notice of hits.  Random keeps a generator for
 * each set, so that what one set does never depends on another.
 *
 * Invariants, checked by replace_check():
 *  (1) LRU, FIFO up to a vector of ways: the ages of a set are a permutation
 *      of 0 .. ways-1, and what is left of the vector has none.
 *  (2) LRU, FIFO of more: each way is once in the ring, both ways round.
 *  (3) tree-PLRU: no bit but those of the ways-1 nodes is set.
 *  (4) mru-PLRU: the group is one of three; (3) holds of each tree.
 *  (5) random: the generator is not stuck at 0.
 *
 * Sources: TLB;DR (USENIX Security 2022) and its tool, vusec/tlbdr, for
 * mru-PLRU, there "(MRU+1)%3-PLRU4"; G. Marsaglia, "Xorshift RNGs", Journal
 * of Statistical Software 8 (2003).
 */
#include "config.h"

#include "mmu/replace.h"

#include <assert.h>

static bool any_suits(unsigned ways)
{
	return ways <= MMU_TLB_MAX_WAYS;
}

/* A whole vector, so that it can be loaded and stored as such. */
static size_t lru_state_size(unsigned ways)
{
	return ways <= REPLACE_VECTOR ? REPLACE_VECTOR : 2 * ways + 1;
}

static void lru_reset_ages(uint8_t *state, unsigned ways)
{
	memset(state, REPLACE_NO_AGE, REPLACE_VECTOR);
	for (unsigned way = 0; way < ways; way++)
		state[way] = (uint8_t)(ways - 1 - way);
}

static void lru_reset_ring(uint8_t *state, unsigned ways)
{
	for (unsigned way = 0; way < ways; way++) {
		unsigned next = way + 1 < ways ? way + 1 : 0;

		replace_younger(state, ways)[way] = (uint8_t)next;
		replace_older(state)[next] = (uint8_t)way;
	}
	*replace_youngest(state, ways) = (uint8_t)(ways - 1);
}

static void lru_reset(uint8_t *state, unsigned ways, uint64_t seed)
{
	(void)seed;
	if (ways <= REPLACE_VECTOR)
		lru_reset_ages(state, ways);
	else
		lru_reset_ring(state, ways);
}

static unsigned lru_victim(const uint8_t *state, unsigned ways)
{
	unsigned oldest = 0;

	if (ways > REPLACE_VECTOR)
		return replace_oldest_in_ring(state, ways);
	for (unsigned way = 1; way < ways; way++)
		if (state[way] > state[oldest])
			oldest = way;
	return oldest;
}

static void lru_check_ages(const uint8_t *state, unsigned ways)
{
	bool seen[REPLACE_VECTOR] = { false };

	for (unsigned way = 0; way < ways; way++) {
		assert(state[way] < ways && !seen[state[way]]); /* (1) */
		seen[state[way]] = true;
	}
	for (size_t i = ways; i < REPLACE_VECTOR; i++)
		assert(state[i] == REPLACE_NO_AGE);
}

static void lru_check_ring(const uint8_t *older, unsigned ways)
{
	const uint8_t *younger = older + ways;
	unsigned youngest = younger[ways], way = youngest;

	for (unsigned count = 0; count < ways; count++, way = older[way]) {
		assert(count == 0 || way != youngest); /* (2) */
		assert(way < ways && younger[older[way]] == way);
	}
	assert(way == youngest);
}

static void lru_check(const uint8_t *state, unsigned ways)
{
	if (ways <= REPLACE_VECTOR)
		lru_check_ages(state, ways);
	else
		lru_check_ring(state, ways);
}

/* clang-format off */
/* Of node n; what is shifted beyond the root is bit 0, and falls away. */
#define ROOT_ON(bits) ((bits) & ~UINT64_C(1))
#define ABOVE(n)							\
	ROOT_ON(UINT64_C(1) << ((n) >> 1) | UINT64_C(1) << ((n) >> 2) |	\
		UINT64_C(1) << ((n) >> 3) | UINT64_C(1) << ((n) >> 4) |	\
		UINT64_C(1) << ((n) >> 5) | UINT64_C(1) << ((n) >> 6))
#define IS_LEFT(n) (~(uint64_t)(n) & 1)
#define RIGHT(n)							  \
	ROOT_ON(IS_LEFT(n) << ((n) >> 1) | IS_LEFT((n) >> 1) << ((n) >> 2) | \
		IS_LEFT((n) >> 2) << ((n) >> 3) |			  \
		IS_LEFT((n) >> 3) << ((n) >> 4) |			  \
		IS_LEFT((n) >> 4) << ((n) >> 5) |			  \
		IS_LEFT((n) >> 5) << ((n) >> 6))
#define NODE(n) { ABOVE(n), RIGHT(n) }
#define NODES_4(n) NODE(n), NODE((n) + 1), NODE((n) + 2), NODE((n) + 3)
#define NODES_16(n)							\
	NODES_4(n), NODES_4((n) + 4), NODES_4((n) + 8), NODES_4((n) + 12)
#define NODES_64(n)							   \
	NODES_16(n), NODES_16((n) + 16), NODES_16((n) + 32), NODES_16((n) + 48)

const struct replace_path replace_paths[128] = { NODES_64(0), NODES_64(64) };
/* clang-format on */

static bool tree_suits(unsigned ways)
{
	return ways <= 64 && (ways & (ways - 1)) == 0;
}

static size_t tree_state_size(unsigned ways)
{
	(void)ways;
	return sizeof(uint64_t);
}

static void tree_reset(uint8_t *state, unsigned ways, uint64_t seed)
{
	(void)seed;
	memset(state, 0, tree_state_size(ways));
}

static void tree_check(const uint8_t *state, unsigned ways)
{
	uint64_t nodes;

	memcpy(&nodes, state, sizeof(nodes));
	assert((nodes & 1) == 0);
	assert(ways == 64 || nodes >> ways == 0); /* (3) */
}

static bool groups_suit(unsigned ways)
{
	return ways == REPLACE_GROUPS * REPLACE_GROUP_WAYS;
}

static size_t groups_state_size(unsigned ways)
{
	(void)ways;
	return 1 + REPLACE_GROUPS;
}

static void groups_reset(uint8_t *state, unsigned ways, uint64_t seed)
{
	(void)seed;
	memset(state, 0, groups_state_size(ways));
}

static unsigned groups_victim(const uint8_t *state, unsigned ways)
{
	(void)ways;
	return replace_victim_groups(state);
}

static void groups_check(const uint8_t *state, unsigned ways)
{
	(void)ways;
	assert(state[0] < REPLACE_GROUPS); /* (4) */
	for (unsigned group = 0; group < REPLACE_GROUPS; group++)
		assert(!(state[1 + group] & 1) &&
		       !(state[1 + group] >> REPLACE_GROUP_WAYS));
}

static size_t random_state_size(unsigned ways)
{
	(void)ways;
	return sizeof(uint64_t);
}

static void random_reset(uint8_t *state, unsigned ways, uint64_t seed)
{
	(void)ways;
	seed = seed ? seed : 1; /* (5) */
	memcpy(state, &seed, sizeof(seed));
}

static void random_check(const uint8_t *state, unsigned ways)
{
	uint64_t random;

	(void)ways;
	memcpy(&random, state, sizeof(random));
	assert(random); /* (5) */
}

static const struct policy {
	bool (*suits)(unsigned ways);
	size_t (*state_size)(unsigned ways);
	void (*reset)(uint8_t *state, unsigned ways, uint64_t seed);
	unsigned (*victim)(const uint8_t *state, unsigned ways);
	void (*check)(const uint8_t *state, unsigned ways);
} policies[] = {
	[MMU_LRU] = { any_suits, lru_state_size, lru_reset, lru_victim,
		      lru_check },
	[MMU_TREE_PLRU] = { tree_suits, tree_state_size, tree_reset,
			    replace_victim_tree, tree_check },
	[MMU_MRU_PLRU] = { groups_suit, groups_state_size, groups_reset,
			   groups_victim, groups_check },
	[MMU_RANDOM] = { any_suits, random_state_size, random_reset,
			 replace_victim_random, random_check },
	[MMU_FIFO] = { any_suits, lru_state_size, lru_reset, lru_victim,
		       lru_check },
};

bool replace_suits(enum mmu_replacement policy, unsigned ways)
{
	return policies[policy].suits(ways);
}

size_t replace_state_size(enum mmu_replacement policy, unsigned ways)
{
	return policies[policy].state_size(ways);
}

void replace_reset(enum mmu_replacement policy, uint8_t *state, unsigned ways,
		   uint64_t seed)
{
	policies[policy].reset(state, ways, seed);
}

unsigned replace_victim(enum mmu_replacement policy, const uint8_t *state,
			unsigned ways)
{
	return policies[policy].victim(state, ways);
}

void replace_filled(enum mmu_replacement policy, uint8_t *state, unsigned ways,
		    unsigned way)
{
	switch (policy) {
	case MMU_LRU:
	case MMU_TREE_PLRU:
	case MMU_MRU_PLRU:
		replace_touch(policy, state, ways, way);
		break;
	case MMU_RANDOM:
		replace_draw_again(state);
		break;
	case MMU_FIFO:
		replace_rejuvenate(state, ways, way);
		break;
	}
}

void replace_check(enum mmu_replacement policy, const uint8_t *state,
		   unsigned ways)
{
	policies[policy].check(state, ways);
}

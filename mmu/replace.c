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
 * Invariants, checked by replace_check():
 *  (1) LRU: the ages of a set are a permutation of 0 .. ways-1.
 *  (2) tree-PLRU: no bit but those of the ways-1 nodes is set.
 */
#include "config.h"

#include "mmu/replace.h"

#include <assert.h>

static bool lru_suits(unsigned ways)
{
	return ways <= MMU_TLB_MAX_WAYS;
}

static size_t lru_state_size(unsigned ways)
{
	return ways;
}

static void lru_reset(uint8_t *state, unsigned ways)
{
	for (unsigned way = 0; way < ways; way++)
		state[way] = (uint8_t)(ways - 1 - way);
}

static unsigned lru_victim(const uint8_t *state, unsigned ways)
{
	unsigned oldest = 0;

	for (unsigned way = 1; way < ways; way++)
		if (state[way] > state[oldest])
			oldest = way;
	return oldest;
}

static void lru_check(const uint8_t *state, unsigned ways)
{
	bool seen[MMU_TLB_MAX_WAYS] = { false };

	for (unsigned way = 0; way < ways; way++) {
		assert(state[way] < ways && !seen[state[way]]); /* (1) */
		seen[state[way]] = true;
	}
}

static bool tree_suits(unsigned ways)
{
	return ways <= 64 && (ways & (ways - 1)) == 0;
}

static size_t tree_state_size(unsigned ways)
{
	(void)ways;
	return sizeof(uint64_t);
}

static void tree_reset(uint8_t *state, unsigned ways)
{
	memset(state, 0, tree_state_size(ways));
}

static unsigned tree_victim(const uint8_t *state, unsigned ways)
{
	uint64_t nodes;
	unsigned node = 1;

	memcpy(&nodes, state, sizeof(nodes));
	while (node < ways)
		node = 2 * node + (nodes >> node & 1);
	return node - ways;
}

static void tree_check(const uint8_t *state, unsigned ways)
{
	uint64_t nodes;

	memcpy(&nodes, state, sizeof(nodes));
	assert((nodes & 1) == 0);
	assert(ways == 64 || nodes >> ways == 0); /* (2) */
}

static const struct policy {
	bool (*suits)(unsigned ways);
	size_t (*state_size)(unsigned ways);
	void (*reset)(uint8_t *state, unsigned ways);
	unsigned (*victim)(const uint8_t *state, unsigned ways);
	void (*check)(const uint8_t *state, unsigned ways);
} policies[] = {
	[MMU_LRU] = { lru_suits, lru_state_size, lru_reset, lru_victim,
		      lru_check },
	[MMU_TREE_PLRU] = { tree_suits, tree_state_size, tree_reset,
			    tree_victim, tree_check },
};

bool replace_suits(enum mmu_replacement policy, unsigned ways)
{
	return policies[policy].suits(ways);
}

size_t replace_state_size(enum mmu_replacement policy, unsigned ways)
{
	return policies[policy].state_size(ways);
}

void replace_reset(enum mmu_replacement policy, uint8_t *state, unsigned ways)
{
	policies[policy].reset(state, ways);
}

unsigned replace_victim(enum mmu_replacement policy, const uint8_t *state,
			unsigned ways)
{
	return policies[policy].victim(state, ways);
}

void replace_check(enum mmu_replacement policy, const uint8_t *state,
		   unsigned ways)
{
	policies[policy].check(state, ways);
}

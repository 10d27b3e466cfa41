/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_vectors.c - which way is given up, against permutation vectors.
 *
 * Measured on an Intel processor, the output that the TLB;DR tool's README
 * (vusec/tlbdr) prints for its second level, data and instruction cache.
 * Ways stand in the order in which misses would take them, last first; a hit
 * of the one at place `hit` leaves at place j what was at place vector[j].
 */
#include "config.h"

#include <string.h>

#include "mmu/replace.h"
#include "tests/check_mmu.h"

#define VECTOR_WAYS 12

static const struct vector {
	enum mmu_replacement policy;
	unsigned ways, hit;
	unsigned vector[VECTOR_WAYS];
} vectors[] = {
	{ MMU_MRU_PLRU, 12, 0, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } },
	{ MMU_MRU_PLRU, 12, 1, { 1, 2, 0, 4, 5, 3, 7, 8, 6, 10, 11, 9 } },
	{ MMU_MRU_PLRU, 12, 2, { 2, 0, 1, 5, 3, 4, 8, 6, 7, 11, 9, 10 } },
	{ MMU_MRU_PLRU, 12, 3, { 3, 1, 2, 0, 4, 5, 9, 7, 8, 6, 10, 11 } },
	{ MMU_MRU_PLRU, 12, 4, { 4, 2, 0, 1, 5, 3, 10, 8, 6, 7, 11, 9 } },
	{ MMU_MRU_PLRU, 12, 5, { 5, 0, 1, 2, 3, 4, 11, 6, 7, 8, 9, 10 } },
	{ MMU_MRU_PLRU, 12, 6, { 6, 1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11 } },
	{ MMU_MRU_PLRU, 12, 7, { 7, 2, 0, 4, 5, 3, 1, 8, 6, 10, 11, 9 } },
	{ MMU_MRU_PLRU, 12, 8, { 8, 0, 1, 5, 3, 4, 2, 6, 7, 11, 9, 10 } },
	{ MMU_MRU_PLRU, 12, 9, { 9, 1, 2, 0, 4, 5, 3, 7, 8, 6, 10, 11 } },
	{ MMU_MRU_PLRU, 12, 10, { 10, 2, 0, 1, 5, 3, 4, 8, 6, 7, 11, 9 } },
	{ MMU_MRU_PLRU, 12, 11, { 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } },
	{ MMU_TREE_PLRU, 4, 0, { 0, 1, 2, 3 } },
	{ MMU_TREE_PLRU, 4, 1, { 1, 0, 3, 2 } },
	{ MMU_TREE_PLRU, 4, 2, { 2, 1, 0, 3 } },
	{ MMU_TREE_PLRU, 4, 3, { 3, 0, 1, 2 } },
	{ MMU_TREE_PLRU, 8, 0, { 0, 1, 2, 3, 4, 5, 6, 7 } },
	{ MMU_TREE_PLRU, 8, 1, { 1, 0, 3, 2, 5, 4, 7, 6 } },
	{ MMU_TREE_PLRU, 8, 2, { 2, 1, 0, 3, 6, 5, 4, 7 } },
	{ MMU_TREE_PLRU, 8, 3, { 3, 0, 1, 2, 7, 4, 5, 6 } },
	{ MMU_TREE_PLRU, 8, 4, { 4, 1, 2, 3, 0, 5, 6, 7 } },
	{ MMU_TREE_PLRU, 8, 5, { 5, 0, 3, 2, 1, 4, 7, 6 } },
	{ MMU_TREE_PLRU, 8, 6, { 6, 1, 0, 3, 2, 5, 4, 7 } },
	{ MMU_TREE_PLRU, 8, 7, { 7, 0, 1, 2, 3, 4, 5, 6 } },
};

#define VECTOR_STATE (2 * (MMU_TLB_MAX_WAYS + 1)) /* of any policy */

/* The ways in the order of the vectors: whom misses would take, backwards. */
static void order_of(const struct vector *v, const uint8_t *state,
		     unsigned order[VECTOR_WAYS])
{
	uint8_t copy[VECTOR_STATE];
	unsigned seen = 0;

	memcpy(copy, state, sizeof(copy));
	for (unsigned place = v->ways; place-- > 0;) {
		order[place] = replace_victim(v->policy, copy, v->ways);
		replace_filled(v->policy, copy, v->ways, order[place]);
		ck_assert_msg(!(seen & 1u << order[place]),
			      "%u ways: misses take %u twice", v->ways,
			      order[place]);
		seen |= 1u << order[place];
	}
}

static void check_hit(const struct vector *v, const uint8_t *state)
{
	unsigned before[VECTOR_WAYS], after[VECTOR_WAYS];
	uint8_t copy[VECTOR_STATE];

	memcpy(copy, state, sizeof(copy));
	order_of(v, copy, before);
	replace_touch(v->policy, copy, v->ways, before[v->hit]);
	order_of(v, copy, after);
	for (unsigned place = 0; place < v->ways; place++)
		ck_assert_msg(after[place] == before[v->vector[place]],
			      "%u ways, hit at %u: place %u is %u, not %u",
			      v->ways, v->hit, place, after[place],
			      before[v->vector[place]]);
}

START_TEST(hit_permutes_the_ways_as_was_measured)
{
	const struct vector *v = &vectors[_i];
	uint8_t state[VECTOR_STATE] = { 0 };
	uint64_t random = 88172645463325252ull;

	ck_assert_uint_le(replace_state_size(v->policy, v->ways),
			  sizeof(state));
	replace_reset(v->policy, state, v->ways, 0);
	for (unsigned i = 0; i < 1000; i++) {
		check_hit(v, state);
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		replace_touch(v->policy, state, v->ways,
			      (unsigned)(random >> 32) % v->ways);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, hit_permutes_the_ways_as_was_measured, 0,
			    ROWS(vectors));
}

int main(void)
{
	return run_suite("mmu vectors", add);
}

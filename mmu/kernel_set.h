/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_set.h - one set of a cache, for mmu/kernel.c: who is the victim, and a
 * fill.
 *
 * All is inlined there, with ways and policy known to the compiler where the
 * shape of a cache says so.
 */
#ifndef MMU_KERNEL_SET_H
#define MMU_KERNEL_SET_H

#include "mmu/kernel_find.h"

/* What is known of a cache when this file is compiled; 0 ways: nothing is. */
struct shape {
	unsigned ways;
	enum mmu_replacement replacement;
	bool linear; /* no bits above are folded into the number of a set */
	bool banked; /* there are two such caches: level 2 */
	bool full;   /* it is one set */
};

static always_inline unsigned ways_of(struct shape shape, const struct tlb *tlb)
{
	return shape.ways ? shape.ways : tlb->ways;
}

static always_inline enum mmu_replacement policy_of(struct shape shape,
						    const struct tlb *tlb)
{
	return shape.ways ? shape.replacement : tlb->replacement;
}

typedef int8_t ages __attribute__((vector_size(REPLACE_VECTOR)));

/* From 16 - n on: 16 bytes of ones, but the n-th of zeros. */
static const uint8_t but_one[2 * REPLACE_VECTOR]
	__attribute__((aligned(2 * REPLACE_VECTOR))) = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};

/* Who was younger than @age gets older, and the youngest is whom @others has
 * not; true is -1. */
static always_inline void make_older(uint8_t *state, ages age,
				     const uint8_t *others)
{
	ages all, mask;

	memcpy(&all, state, sizeof(all));
	memcpy(&mask, others, sizeof(mask));
	all = (all - (ages)(all < age)) & mask;
	memcpy(state, &all, sizeof(all));
}

static always_inline void touch_lru(uint8_t *state, unsigned ways, unsigned way)
{
	if (ways <= REPLACE_VECTOR)
		make_older(state, (ages){ 0 } + (int8_t)state[way],
			   but_one + REPLACE_VECTOR - way);
	else
		replace_rejuvenate_in_ring(state, ways, way);
}

static const ages ways_in_order = { 0, 1, 2,  3,  4,  5,  6,  7,
				    8, 9, 10, 11, 12, 13, 14, 15 };

/* Whose bytes are all ones, one bit each. */
static always_inline unsigned lanes_of(ages is)
{
#ifdef __SSE2__
	return (unsigned)_mm_movemask_epi8((__m128i)is);
#else
	unsigned found = 0;

	for (unsigned i = 0; i < REPLACE_VECTOR; i++)
		found |= (unsigned)(is[i] != 0) << i;
	return found;
#endif
}

/* The oldest becomes the youngest: all get older, and it too old. */
static always_inline unsigned turn_oldest(uint8_t *state, unsigned ways)
{
	ages limit = (ages){ 0 } + (int8_t)ways, all, oldest;

	if (ways > REPLACE_VECTOR)
		return replace_turn_ring(state, ways);
	memcpy(&all, state, sizeof(all));
	all -= (ages)(ways_in_order < limit);
	oldest = (ages)(all == limit);
#ifdef __AVX512VL__
	__asm__("" : "+x"(oldest)); /* not a mask, and that a vector again */
#endif
	all &= ~oldest;
	memcpy(state, &all, sizeof(all));
	return (unsigned)__builtin_ctz(lanes_of(oldest));
}

static always_inline unsigned turn_tree(uint8_t *state, unsigned ways)
{
	uint64_t nodes;
	unsigned way;

	memcpy(&nodes, state, sizeof(nodes));
	way = replace_follow_and_turn(&nodes, ways);
	memcpy(state, &nodes, sizeof(nodes));
	return way;
}

/* Bytes of state for each set. */
static always_inline size_t state_size_of(struct shape shape,
					  const struct tlb *tlb)
{
	if (shape.ways && shape.replacement == MMU_LRU &&
	    shape.ways <= REPLACE_VECTOR)
		return REPLACE_VECTOR;
	if (shape.ways && (shape.replacement == MMU_TREE_PLRU ||
			   shape.replacement == MMU_RANDOM))
		return sizeof(uint64_t);
	return tlb->state_size;
}

static always_inline uint8_t *state_of(const struct tlb *tlb, size_t set,
				       struct shape shape)
{
	return tlb->state + set * state_size_of(shape, tlb);
}

static always_inline void touch(const struct tlb *tlb, size_t set, unsigned way,
				struct shape shape)
{
	uint8_t *state = state_of(tlb, set, shape);

	if (policy_of(shape, tlb) == MMU_LRU)
		touch_lru(state, ways_of(shape, tlb), way);
	else
		replace_touch(policy_of(shape, tlb), state, ways_of(shape, tlb),
			      way);
}

static always_inline void note_filled(const struct tlb *tlb, size_t set,
				      unsigned way, struct shape shape)
{
	enum mmu_replacement policy = policy_of(shape, tlb);

	if (policy == MMU_RANDOM)
		replace_draw_again(state_of(tlb, set, shape));
	else if (policy == MMU_FIFO)
		replace_filled(policy, state_of(tlb, set, shape),
			       ways_of(shape, tlb), way);
	else
		touch(tlb, set, way, shape);
}

/* The way that a full set gives up, for what is filled into it now. */
static always_inline unsigned turn_victim(const struct tlb *tlb, size_t set,
					  struct shape shape)
{
	enum mmu_replacement policy = policy_of(shape, tlb);
	uint8_t *state = state_of(tlb, set, shape);
	unsigned ways = ways_of(shape, tlb), way;

	if (policy == MMU_LRU)
		return turn_oldest(state, ways);
	if (policy == MMU_TREE_PLRU)
		return turn_tree(state, ways);
	if (policy == MMU_MRU_PLRU)
		way = replace_victim_groups(state);
	else if (policy == MMU_RANDOM)
		way = replace_victim_random(state, ways);
	else
		way = replace_victim(policy, state, ways);
	note_filled(tlb, set, way, shape);
	return way;
}

/* What is above the page number in @key is above all masks, too. */
static always_inline size_t set_of(const struct tlb *tlb, uint64_t key,
				   struct shape shape)
{
	uint64_t page = key >> 12;

	if (shape.full)
		return 0;
	if (!shape.linear)
		page ^= page >> tlb->fold_shift & tlb->fold_mask;
	return page & tlb->set_mask;
}

/* A way of a full set, whose translation goes: mostly another of 4K. */
static always_inline unsigned evict(struct tlb *tlb, size_t set,
				    const uint64_t *tags, struct shape shape)
{
	unsigned way = turn_victim(tlb, set, shape);

	if (unlikely(tag_size(tags[way]) != MMU_4K)) {
		tlb->held[tag_size(tags[way])]--;
		tlb->held[MMU_4K]++;
	}
	return way;
}

/* An empty way, or NO_WAY. */
static always_inline unsigned occupy(struct kernel *k, struct tlb *tlb,
				     size_t set, const uint64_t *tags,
				     struct shape shape)
{
	unsigned way = find_way(tags, ways_of(shape, tlb), 0);

	if (way == NO_WAY)
		return way;
	tlb->occupied[set / 64] |= 1ull << set % 64;
	tlb->held[MMU_4K]++;
	tlb->vacant--;
	k->into_empty++;
	note_filled(tlb, set, way, shape);
	return way;
}

/* What is not there goes into an empty way, or for another one. */
static always_inline void fill(struct kernel *k, struct tlb *tlb, size_t set,
			       uint64_t tag, const struct tlb_payload *what,
			       struct shape shape)
{
	unsigned ways = ways_of(shape, tlb), way = NO_WAY;
	size_t first = set * ways;

	if (unlikely(tlb->vacant))
		way = occupy(k, tlb, set, tlb->tags + first, shape);
	if (way == NO_WAY)
		way = evict(tlb, set, tlb->tags + first, shape);
	tlb->tags[first + way] = tag;
	if (ways > TLB_WAYS_WITHOUT_BRIEFS)
		put_brief(tlb->briefs + set * tlb_briefs_of(ways), way,
			  tag_brief(tag));
	tlb->payload[first + way] = *what;
}

#endif /* MMU_KERNEL_SET_H */

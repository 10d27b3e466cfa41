/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_set.h - one set of a cache, for mmu/kernel.c: which way has a tag,
 * who is the victim, and a fill.
 *
 * All is inlined there, with ways and policy known to the compiler where the
 * shape of a cache says so.
 */
#ifndef MMU_KERNEL_SET_H
#define MMU_KERNEL_SET_H

#include "mmu/kernel.h"

#include <string.h>

#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#define always_inline inline __attribute__((always_inline))

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

/* A mask as a number, in a register from here on: what a comparison gave and
 * was widened gcc 12 may spill as 8 bits, and load as 64. */
#ifdef __AVX512VL__
static always_inline unsigned bits_of(__mmask8 mask)
{
	unsigned bits = mask;

	__asm__("" : "+r"(bits));
	return bits;
}
#endif

/* Which of four tags are @key, one bit each. */
static always_inline unsigned match4(const uint64_t *tags, uint64_t key)
{
#ifdef __AVX512VL__
	return bits_of(_mm256_cmpeq_epi64_mask(
		_mm256_loadu_si256((const __m256i *)tags),
		_mm256_set1_epi64x((long long)key)));
#elif defined(__AVX2__)
	__m256i found = _mm256_cmpeq_epi64(
		_mm256_loadu_si256((const __m256i *)tags),
		_mm256_set1_epi64x((long long)key));

	return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(found));
#else
	unsigned found = 0;

	for (unsigned i = 0; i < 4; i++)
		found |= (unsigned)(tags[i] == key) << i;
	return found;
#endif
}

/* Which of eight. */
static always_inline uint64_t match8(const uint64_t *tags, uint64_t key)
{
#ifdef __AVX512VL__
	return bits_of(_mm512_cmpeq_epi64_mask(
		_mm512_loadu_si512(tags), _mm512_set1_epi64((long long)key)));
#else
	return match4(tags, key) | match4(tags + 4, key) << 4;
#endif
}

#define NO_WAY (~0u)

static always_inline unsigned first_of(uint64_t found)
{
	return found ? (unsigned)__builtin_ctzll(found) : NO_WAY;
}

/* The first way with @key; the usual numbers without a loop. */
static always_inline unsigned find_way(const uint64_t *tags, unsigned ways,
				       uint64_t key)
{
	unsigned i = 0;

	if (ways == 4)
		return first_of(match4(tags, key));
	if (ways == 6)
		return first_of(match4(tags, key) | match4(tags + 2, key) << 2);
	if (ways == 8)
		return first_of(match8(tags, key));
	if (ways == 12)
		return first_of(match8(tags, key) |
				(uint64_t)match4(tags + 8, key) << 8);
	if (ways == 16)
		return first_of(match8(tags, key) | match8(tags + 8, key) << 8);
	for (; i + 4 <= ways; i += 4)
		if (match4(tags + i, key))
			return i + first_of(match4(tags + i, key));
	for (; i < ways; i++)
		if (tags[i] == key)
			return i;
	return NO_WAY;
}

/* ---- where there are many ways ------------------------------------------- */

#if defined(__AVX512BW__)
#define BRIEF_LANES 32
#elif defined(__AVX2__)
#define BRIEF_LANES 16
#else
#define BRIEF_LANES 8
#endif
typedef uint16_t briefs_vector __attribute__((vector_size(2 * BRIEF_LANES)));

/* From lane 0 on. */
static const uint16_t lane_numbers[TLB_BRIEFS] = {
	0,  1,	2,  3,	4,  5,	6,  7,	8,  9,	10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};

/* Which of a block of briefs are @brief, one bit each. */
static always_inline uint64_t match_briefs(const uint16_t *briefs,
					   uint16_t brief)
{
#if defined(__AVX512BW__)
	return _mm512_cmpeq_epi16_mask(_mm512_loadu_si512(briefs),
				       _mm512_set1_epi16((short)brief));
#elif defined(__AVX2__)
	const __m256i *at = (const __m256i *)briefs;
	__m256i wanted = _mm256_set1_epi16((short)brief);
	__m256i a = _mm256_cmpeq_epi16(_mm256_loadu_si256(at), wanted);
	__m256i b = _mm256_cmpeq_epi16(_mm256_loadu_si256(at + 1), wanted);

	/* Packed by halves: a, b, a, b. */
	a = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8);
	return (uint32_t)_mm256_movemask_epi8(a);
#elif defined(__SSE2__)
	const __m128i *at = (const __m128i *)briefs;
	__m128i wanted = _mm_set1_epi16((short)brief);
	uint64_t found = 0;

	for (unsigned i = 0; i < TLB_BRIEFS / 16; i++, at += 2) {
		__m128i a = _mm_cmpeq_epi16(_mm_loadu_si128(at), wanted);
		__m128i b = _mm_cmpeq_epi16(_mm_loadu_si128(at + 1), wanted);

		a = _mm_packs_epi16(a, b);
		found |= (uint64_t)_mm_movemask_epi8(a) << 16 * i;
	}
	return found;
#else
	uint64_t found = 0;

	for (unsigned i = 0; i < TLB_BRIEFS; i++)
		found |= (uint64_t)(briefs[i] == brief) << i;
	return found;
#endif
}

/* As wide as it is loaded: a narrow store would stall the next search. */
static always_inline void put_brief(uint16_t *briefs, unsigned way,
				    uint16_t brief)
{
	briefs_vector all, lane;

	briefs += way / BRIEF_LANES * BRIEF_LANES;
	memcpy(&all, briefs, sizeof(all));
	memcpy(&lane, lane_numbers, sizeof(lane));
	lane = (briefs_vector)(lane == (uint16_t)(way % BRIEF_LANES));
	all = (all & ~lane) | (lane & brief);
	memcpy(briefs, &all, sizeof(all));
}

/* The first way with @key.  What has another tag's brief is rare. */
static always_inline unsigned find_by_brief(const struct tlb *tlb, size_t set,
					    unsigned ways, uint64_t key)
{
	const uint16_t *briefs = tlb->briefs + set * tlb_briefs_of(ways);
	const uint64_t *tags = tlb->tags + set * ways;
	uint64_t found[2] = { 0 }; /* of 64 ways each */
	unsigned way;

#pragma GCC unroll 4
	for (unsigned i = 0; i < ways; i += TLB_BRIEFS)
		found[i / 64] |= match_briefs(briefs + i, tag_brief(key))
				 << i % 64;
	if (!(found[0] | found[1]))
		return NO_WAY;
	way = found[0] ? first_of(found[0]) : 64 + first_of(found[1]);
	if (likely(way < ways && tags[way] == key))
		return way;
	return find_way(tags, ways, key);
}

/* The first way of a set with @key. */
static always_inline unsigned find_in_set(const struct tlb *tlb, size_t set,
					  unsigned ways, uint64_t key)
{
	if (ways > TLB_WAYS_WITHOUT_BRIEFS)
		return find_by_brief(tlb, set, ways, key);
	return find_way(tlb->tags + set * ways, ways, key);
}

/* The way that serves @key, of which there is one at most. */
static always_inline unsigned serving(const struct kernel *k,
				      const struct tlb *tlb, size_t set,
				      unsigned ways, uint64_t key)
{
	unsigned way = find_in_set(tlb, set, ways, key);

	if (way == NO_WAY && k->globals)
		way = find_in_set(tlb, set, ways,
				  (key & TAG_PLACE) | TAG_GLOBAL);
	return way;
}

/* ---- replacement --------------------------------------------------------- */

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

/* Who is as old as @age, one bit each. */
static always_inline unsigned match_age(ages all, ages age)
{
	ages is = (ages)(all == age);
#ifdef __SSE2__
	return (unsigned)_mm_movemask_epi8((__m128i)is);
#else
	unsigned found = 0;

	for (unsigned i = 0; i < REPLACE_VECTOR; i++)
		found |= (unsigned)(is[i] != 0) << i;
	return found;
#endif
}

/* The oldest becomes the youngest. */
static always_inline unsigned turn_oldest(uint8_t *state, unsigned ways)
{
	ages oldest = (ages){ 0 } + (int8_t)(ways - 1), all;
	unsigned way;

	if (ways > REPLACE_VECTOR) {
		way = replace_oldest_in_ring(state, ways);
		replace_rejuvenate_in_ring(state, ways, way);
		return way;
	}
	memcpy(&all, state, sizeof(all));
	way = (unsigned)__builtin_ctz(match_age(all, oldest));
	all = (all - (ages)(all < oldest)) & ~(ages)(all == oldest);
	memcpy(state, &all, sizeof(all));
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
		way = replace_victim_tree(state, ways);
	else if (policy == MMU_MRU_PLRU)
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
			       uint64_t tag, const struct translation *what,
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

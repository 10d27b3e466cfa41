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

#define unlikely(condition) __builtin_expect(!!(condition), 0)
#define always_inline inline __attribute__((always_inline))

/* What is known of a cache when this file is compiled; 0 ways: nothing is. */
struct shape {
	unsigned ways;
	enum mmu_replacement replacement;
	bool linear; /* no bits above are folded into the number of a set */
	bool banked; /* there are two such caches: level 2 */
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

#if defined(__AVX2__) && !defined(__AVX512VL__)
static always_inline __m256i equal4(const uint64_t *tags, __m256i key)
{
	return _mm256_cmpeq_epi64(_mm256_loadu_si256((const __m256i *)tags),
				  key);
}
#endif

/* Is one of sixteen it?  Less than to ask which. */
static always_inline bool match_any16(const uint64_t *tags, uint64_t key)
{
#if defined(__AVX2__) && !defined(__AVX512VL__)
	__m256i wanted = _mm256_set1_epi64x((long long)key);
	__m256i a = _mm256_or_si256(equal4(tags, wanted),
				    equal4(tags + 4, wanted));
	__m256i b = _mm256_or_si256(equal4(tags + 8, wanted),
				    equal4(tags + 12, wanted));

	a = _mm256_or_si256(a, b);
	return !_mm256_testz_si256(a, a);
#else
	return match8(tags, key) | match8(tags + 8, key);
#endif
}

/* The first way with @key; the usual numbers without a loop. */
static always_inline unsigned find_way(const uint64_t *tags, unsigned ways,
				       uint64_t key)
{
	unsigned i = 0;

	if (ways == 4)
		return first_of(match4(tags, key));
	if (ways == 8)
		return first_of(match8(tags, key));
	if (ways == 12)
		return first_of(match8(tags, key) |
				(uint64_t)match4(tags + 8, key) << 8);
#pragma GCC unroll 8
	for (; i + 16 <= ways; i += 16)
		if (match_any16(tags + i, key))
			return i + first_of(match8(tags + i, key) |
					    match8(tags + i + 8, key) << 8);
	for (; i + 4 <= ways; i += 4)
		if (match4(tags + i, key))
			return i + first_of(match4(tags + i, key));
	for (; i < ways; i++)
		if (tags[i] == key)
			return i;
	return NO_WAY;
}

/* The way that serves @key, of which there is one at most. */
static always_inline unsigned serving(const struct kernel *k,
				      const uint64_t *tags, unsigned ways,
				      uint64_t key)
{
	unsigned way = find_way(tags, ways, key);

	if (way == NO_WAY && k->globals)
		way = find_way(tags, ways, (key & TAG_PLACE) | TAG_GLOBAL);
	return way;
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
	ages age = (ages){ 0 } + (int8_t)state[way];

	if (ways <= REPLACE_VECTOR) {
		make_older(state, age, but_one + REPLACE_VECTOR - way);
		return;
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < ways; i += REPLACE_VECTOR) {
		unsigned at = way - i < REPLACE_VECTOR ? way - i
						       : REPLACE_VECTOR;

		make_older(state + i, age, but_one + REPLACE_VECTOR - at);
	}
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

/* The oldest of the vector at @state, if it is there, becomes the youngest; who
 * that is, one bit. */
static always_inline uint64_t turn_vector(uint8_t *state, ages oldest)
{
	unsigned found;
	ages all;

	memcpy(&all, state, sizeof(all));
	found = match_age(all, oldest);
	all = (all - (ages)(all < oldest)) & ~(ages)(all == oldest);
	memcpy(state, &all, sizeof(all));
	return found;
}

/* The oldest becomes the youngest. */
static always_inline unsigned turn_oldest(uint8_t *state, unsigned ways)
{
	ages oldest = (ages){ 0 } + (int8_t)(ways - 1);
	uint64_t found[2] = { 0 }; /* of 64 ways each */

#pragma GCC unroll 8
	for (unsigned i = 0; i < ways; i += REPLACE_VECTOR)
		found[i / 64] |= turn_vector(state + i, oldest) << i % 64;
	if (ways <= 64 || found[0])
		return (unsigned)__builtin_ctzll(found[0]);
	return 64 + (unsigned)__builtin_ctzll(found[1]);
}

/* Bytes of state for each set. */
static always_inline size_t state_size_of(struct shape shape,
					  const struct tlb *tlb)
{
	if (shape.ways && shape.replacement == MMU_LRU &&
	    shape.ways <= REPLACE_VECTOR)
		return REPLACE_VECTOR;
	if (shape.ways && shape.replacement == MMU_TREE_PLRU)
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

	if (policy == MMU_RANDOM || policy == MMU_FIFO)
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
	size_t first = set * ways_of(shape, tlb);
	unsigned way = NO_WAY;

	if (unlikely(tlb->vacant))
		way = occupy(k, tlb, set, tlb->tags + first, shape);
	if (way == NO_WAY)
		way = evict(tlb, set, tlb->tags + first, shape);
	tlb->tags[first + way] = tag;
	tlb->payload[first + way] = *what;
}

#endif /* MMU_KERNEL_SET_H */

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

#define always_inline inline __attribute__((always_inline))

/* What is known of a cache when this file is compiled; 0 ways: nothing is. */
struct shape {
	unsigned ways;
	enum mmu_replacement replacement;
	bool linear; /* no bits above are folded into the number of a set */
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

/* Which of four tags are @key, one bit each. */
static always_inline unsigned match4(const uint64_t *tags, uint64_t key)
{
#if defined(__AVX512VL__)
	return _mm256_cmpeq_epi64_mask(
		_mm256_loadu_si256((const __m256i *)tags),
		_mm256_set1_epi64x((long long)key));
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
#ifdef __AVX512F__
	return _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(tags),
				       _mm512_set1_epi64((long long)key));
#else
	return match4(tags, key) | match4(tags + 4, key) << 4;
#endif
}

/* Which of @ways tags, 64 at most; the usual numbers without a loop. */
static always_inline uint64_t match(const uint64_t *tags, unsigned ways,
				    uint64_t key)
{
	uint64_t found = 0;
	unsigned i = 0;

	if (ways == 4)
		return match4(tags, key);
	if (ways == 12)
		return match8(tags, key) | match4(tags + 8, key) << 8;
	for (; i + 4 <= ways; i += 4)
		found |= (uint64_t)match4(tags + i, key) << i;
	for (; i < ways; i++)
		found |= (uint64_t)(tags[i] == key) << i;
	return found;
}

/* The ways that serve @key, of which there is one at most. */
static always_inline uint64_t serving(const uint64_t *tags, unsigned ways,
				      uint64_t key)
{
	uint64_t found = match(tags, ways, key);

	return found ? found
		     : match(tags, ways, (key & TAG_PLACE) | TAG_GLOBAL);
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

/* Who was younger gets older; true is -1. */
static always_inline void touch_lru(uint8_t *state, unsigned way)
{
	ages all, others, age = (ages){ 0 } + (int8_t)state[way];

	memcpy(&all, state, sizeof(all));
	memcpy(&others, but_one + REPLACE_VECTOR - way, sizeof(others));
	all = (all - (ages)(all < age)) & others;
	memcpy(state, &all, sizeof(all));
}

static always_inline bool is_vector(enum mmu_replacement policy, unsigned ways)
{
	return policy == MMU_LRU && ways <= REPLACE_VECTOR;
}

static always_inline uint8_t *state_of(const struct tlb *tlb, size_t set,
				       struct shape shape)
{
	if (is_vector(policy_of(shape, tlb), ways_of(shape, tlb)))
		return tlb->state + set * REPLACE_VECTOR;
	return tlb->state + set * tlb->state_size;
}

static always_inline void touch(const struct tlb *tlb, size_t set, unsigned way,
				struct shape shape)
{
	uint8_t *state = state_of(tlb, set, shape);

	if (is_vector(policy_of(shape, tlb), ways_of(shape, tlb)))
		touch_lru(state, way);
	else
		replace_touch(policy_of(shape, tlb), state, ways_of(shape, tlb),
			      way);
}

static always_inline void note_filled(const struct tlb *tlb, size_t set,
				      unsigned way, struct shape shape)
{
	uint8_t *state = state_of(tlb, set, shape);

	if (is_vector(policy_of(shape, tlb), ways_of(shape, tlb)))
		touch_lru(state, way);
	else
		replace_filled(policy_of(shape, tlb), state,
			       ways_of(shape, tlb), way);
}

static always_inline unsigned victim(const struct tlb *tlb, size_t set,
				     struct shape shape)
{
	const uint8_t *state = state_of(tlb, set, shape);
	unsigned ways = ways_of(shape, tlb);

#ifdef __SSE2__
	if (is_vector(policy_of(shape, tlb), ways)) {
		__m128i all = _mm_loadu_si128((const __m128i *)state);
		__m128i old = _mm_set1_epi8((char)(ways - 1));

		return (unsigned)__builtin_ctz(
			(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(all, old)));
	}
#endif
	return replace_victim(policy_of(shape, tlb), state, ways);
}

static always_inline size_t set_of(const struct tlb *tlb, uint64_t key,
				   struct shape shape)
{
	uint64_t page = (key & TAG_PAGE) >> 12;

	if (!shape.linear)
		page ^= page >> tlb->fold_shift & tlb->fold_mask;
	return page & tlb->set_mask;
}

/* What is not there goes into an empty way, or for another one. */
static always_inline void fill(struct kernel *k, struct tlb *tlb, size_t set,
			       uint64_t tag, const struct translation *what,
			       struct shape shape)
{
	unsigned ways = ways_of(shape, tlb), way;
	uint64_t *tags = tlb->tags + set * ways;
	uint64_t empty = match(tags, ways, 0);

	if (empty) {
		way = (unsigned)__builtin_ctzll(empty);
		tlb->occupied[set / 64] |= 1ull << set % 64;
	} else {
		way = victim(tlb, set, shape);
		tlb->held[tag_size(tags[way])]--;
		k->evictions++;
	}
	tlb->held[MMU_4K]++;
	tags[way] = tag;
	tlb->payload[set * ways + way] = *what;
	note_filled(tlb, set, way, shape);
	k->fills++;
}

#endif /* MMU_KERNEL_SET_H */

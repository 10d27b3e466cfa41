/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_find.h - which way of a set has a tag, for mmu/kernel.c: all tags are
 * compared at once where there are few ways, and briefs of them where there are
 * many; and how many references are to one page.
 */
#ifndef MMU_KERNEL_FIND_H
#define MMU_KERNEL_FIND_H

#include "mmu/kernel.h"

#include <string.h>

#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#define always_inline inline __attribute__((always_inline))

/* ---- where there are few ways -------------------------------------------- */

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
#ifdef __AVX512BW__
	__m512i all;

	briefs += way / BRIEF_LANES * BRIEF_LANES;
	all = _mm512_mask_set1_epi16(_mm512_loadu_si512(briefs),
				     1u << way % BRIEF_LANES, (short)brief);
	_mm512_storeu_si512(briefs, all);
#else
	briefs_vector all, lane;

	briefs += way / BRIEF_LANES * BRIEF_LANES;
	memcpy(&all, briefs, sizeof(all));
	memcpy(&lane, lane_numbers, sizeof(lane));
	lane = (briefs_vector)(lane == (uint16_t)(way % BRIEF_LANES));
	all = (all & ~lane) | (lane & brief);
	memcpy(briefs, &all, sizeof(all));
#endif
}

/* A call, so that nothing is kept ready for it. */
__attribute__((noinline)) static unsigned
find_slowly(const uint64_t *tags, unsigned ways, uint64_t key)
{
	return find_way(tags, ways, key);
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
	return find_slowly(tags, ways, key);
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

/* ---- references ---------------------------------------------------------- */

/* How many of @refs, at most @count, share @page under @mask. */
static always_inline size_t run_length(const uint64_t *refs, size_t count,
				       uint64_t page, uint64_t mask)
{
	size_t i = 0;

#ifdef __AVX2__
	__m256i wanted = _mm256_set1_epi64x((long long)page);
	__m256i bits = _mm256_set1_epi64x((long long)mask);

	for (; i + 8 <= count; i += 8) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(refs + i));
		__m256i b = _mm256_loadu_si256((const __m256i *)(refs + i + 4));

		a = _mm256_xor_si256(_mm256_and_si256(a, bits), wanted);
		b = _mm256_xor_si256(_mm256_and_si256(b, bits), wanted);
		a = _mm256_or_si256(a, b);
		if (!_mm256_testz_si256(a, a))
			break;
	}
#endif
	while (i < count && (refs[i] & mask) == page)
		i++;
	return i;
}

#endif /* MMU_KERNEL_FIND_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - the quick way through many accesses.
 *
 *   the page of the last one? ---- yes: nothing to do but count
 *     | no
 *   4K cache of level 1 ---------- hit: touch it
 *     | miss; a later reference's leaf entry is fetched ahead
 *   4K cache of level 2 ---------- hit: touch it, fill level 1
 *     | miss
 *   walk, four or five loads ----- fill both, leave footprints
 *
 * Whatever is not as simple as that ends the run, and mmu_access() makes that
 * access: another size of page, a bit in the way, an upper entry with A clear,
 * a fault.  So this file decides nothing; it is what mmu_access() does where
 * only one thing can happen, and tests/check_mmu_many.c compares them.
 *
 * Why it is quick:
 *  - all tags of a set are compared at once, as far as vectors are wide;
 *  - ages of a set of LRU are one vector of 16 bytes, stored whole: a narrow
 *    store would stall the next wide load;
 *  - counters are local, and costs follow from them at the end;
 *  - what hits pay for stale translations is a bit of the mask that is tested
 *    anyway.  The rest is paid at fills: a bit for the entry, and a footprint
 *    at the frame, which is fetched ahead and written 16 fills later.
 */
#include "config.h"

#include "mmu/kernel_walk.h"

#ifndef KERNEL_RUN
#define KERNEL_RUN kernel_run_plain
#endif

#define AHEAD 24 /* references */
#define NO_PAGE UINT64_MAX

/* ---- one access ---------------------------------------------------------- */

/* Level 2 has it: fill level 1.  False: not by us, and nothing changed. */
static always_inline bool hit_again(struct kernel *k, const struct lane *lane,
				    size_t l1_set, size_t set, unsigned way,
				    struct translation *what, struct shape s1,
				    struct shape s2)
{
	struct tlb *l2 = lane->l2;
	size_t slot = set * ways_of(s2, l2) + way;
	uint64_t tag = l2->tags[slot];

	*what = l2->payload[slot];
	if ((what->target & lane->slow) ||
	    ((tag & TAG_GLOBAL) && k->global_apart))
		return false;
	touch(l2, set, way, s2);
	k->l2_hits++;
	fill(k, lane->l1, l1_set, tag, what, s1);
	return true;
}

/* Level 1 has not got it: fill it from level 2, if that has, or by a walk.
 * The translation; 0: not by us. */
static always_inline uint64_t miss(struct kernel *k, const struct lane *lane,
				   vaddr_t va, size_t l1_set, struct shape s1,
				   struct shape s2)
{
	uint64_t key = (va & TAG_PAGE) | k->space, found = 0, tag = key;
	struct tlb *l2 = lane->l2;
	struct translation what;
	size_t set = 0;
	bool global;

	if (l2) {
		set = set_of(l2, key, s2);
		found = serving(l2->tags + set * ways_of(s2, l2),
				ways_of(s2, l2), key);
	}
	k->l1_misses++;
	if (found && hit_again(k, lane, l1_set, set,
			       (unsigned)__builtin_ctzll(found), &what, s1, s2))
		return what.target;
	if (found || !k->walks || !walk(k, lane, va, &what, &global)) {
		k->l1_misses--;
		return 0;
	}
	if (global)
		tag = (key & TAG_PLACE) | TAG_GLOBAL;
	leave_at_frame(k, what.target & TARGET_PAGE, tag & TAG_PLACE);
	k->walked++;
	if (l2)
		fill(k, l2, set, tag, &what, s2);
	fill(k, lane->l1, l1_set, tag, &what, s1);
	return what.target;
}

typedef uint64_t miss_function(struct kernel *k, const struct lane *lane,
			       vaddr_t va, size_t l1_set);

/* The translation of @ref, looked up; 0: not by us. */
static always_inline uint64_t translate(struct kernel *k, const uint64_t *ref,
					size_t left, struct shape s1,
					miss_function *miss_of_shape)
{
	const struct lane *lane = &k->lane[*ref & MMU_REF_ACCESS];
	uint64_t key = (*ref & TAG_PAGE) | k->space, found, target;
	struct tlb *l1 = lane->l1;
	unsigned ways, way;
	size_t set;

	if (!l1 || (*ref + k->sign) >> k->address_bits)
		return 0;
	ways = ways_of(s1, l1);
	set = set_of(l1, key, s1);
	found = serving(l1->tags + set * ways, ways, key);
	if (!found) {
		fetch_ahead(k, ref[left > AHEAD ? AHEAD : 0]);
		return miss_of_shape(k, lane, *ref, set);
	}
	way = (unsigned)__builtin_ctzll(found);
	target = l1->payload[set * ways + way].target;
	if (target & lane->slow)
		return 0;
	touch(l1, set, way, s1);
	return target;
}

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

static always_inline size_t run(struct kernel *k, const uint64_t *refs,
				size_t count, struct shape s1,
				miss_function *miss_of_shape)
{
	const uint64_t *ref = refs, *end = refs + count, mask = k->same_mask;
	uint64_t page = NO_PAGE, target = 0;

	while (ref < end) {
		if ((*ref & mask) != page) {
			target = translate(k, ref, (size_t)(end - ref), s1,
					   miss_of_shape);
			if (!target)
				break;
			page = *ref++ & mask;
			continue;
		}
		/* Twice the same: nothing of replacement changes. */
		if (target & k->lane[*ref & MMU_REF_ACCESS].slow)
			break;
		ref++;
		if (!(target & k->slow_data))
			ref += run_length(ref, (size_t)(end - ref), page, mask);
	}
	leave_at_frames(k);
	return (size_t)(ref - refs);
}

/* ---- by shape ------------------------------------------------------------ */

/* Level 1 and level 2 of those that are worth code of their own: the geometry
 * by which simulators are compared, and Intel's since Nehalem; and any. */
#define SHAPES(shape)                                                          \
	shape(lru_lru, 4, MMU_LRU, 12, MMU_LRU)                                \
		shape(plru_plru, 4, MMU_TREE_PLRU, 4, MMU_TREE_PLRU)           \
			shape(plru_mru, 4, MMU_TREE_PLRU, 12, MMU_MRU_PLRU)    \
				shape(any, 0, MMU_LRU, 0, MMU_LRU)

static bool has_shape(const struct tlb *tlb, struct shape shape)
{
	if (!shape.ways)
		return true;
	return tlb && tlb->ways == shape.ways &&
	       tlb->replacement == shape.replacement &&
	       (!shape.linear || !tlb->fold_mask);
}

static bool all_have(const struct kernel *k, struct shape s1, struct shape s2)
{
	for (unsigned access = 0; access < MMU_ACCESSES; access++)
		if (!has_shape(k->lane[access].l1, s1) ||
		    !has_shape(k->lane[access].l2, s2))
			return false;
	return true;
}

/* A miss is a call, so that what a hit needs stays in registers. */
#define DEFINE(name, ways1, policy1, ways2, policy2)                           \
	static const struct shape name##_1 = { ways1, policy1, ways1 != 0 };   \
	static const struct shape name##_2 = { ways2, policy2, false };        \
	__attribute__((noinline)) static uint64_t miss_##name(                 \
		struct kernel *k, const struct lane *lane, vaddr_t va,         \
		size_t l1_set)                                                 \
	{                                                                      \
		return miss(k, lane, va, l1_set, name##_1, name##_2);          \
	}                                                                      \
	static size_t run_##name(struct kernel *k, const uint64_t *refs,       \
				 size_t count)                                 \
	{                                                                      \
		return run(k, refs, count, name##_1, miss_##name);             \
	}
SHAPES(DEFINE)

size_t KERNEL_RUN(struct kernel *k, const uint64_t *refs, size_t count)
{
#define RUN_IF(name, ...)                                                      \
	if (all_have(k, name##_1, name##_2))                                   \
		return run_##name(k, refs, count);
	SHAPES(RUN_IF)
#undef RUN_IF
	return 0;
}

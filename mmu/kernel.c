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

#include "mmu/kernel.h"

#include <string.h>

#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#ifndef KERNEL_RUN
#define KERNEL_RUN kernel_run_plain
#endif

#define AHEAD 24 /* references */
#define NO_PAGE UINT64_MAX
#define always_inline inline __attribute__((always_inline))

/* ---- one set ------------------------------------------------------------- */

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

/* ---- footprints ---------------------------------------------------------- */

static void leave_at_frames(struct kernel *k)
{
	for (unsigned i = 0; i < k->nr_notes; i++)
		footprint_leave_at_frame(&k->mmu->footprints, k->note[i].frame,
					 cpu_bit(k->cpu), k->note[i].place);
	k->nr_notes = 0;
}

static always_inline void leave_at_frame(struct kernel *k, paddr_t frame,
					 uint64_t place)
{
	if (frame >= k->bytes)
		return;
	__builtin_prefetch(&k->mmu->footprints.of_frame[frame / 4096], 1);
	if (k->nr_notes == KERNEL_NOTES)
		leave_at_frames(k);
	k->note[k->nr_notes].frame = frame;
	k->note[k->nr_notes].place = place;
	k->nr_notes++;
}

/* ---- page tables --------------------------------------------------------- */

static always_inline uint64_t load(const struct kernel *k, paddr_t at)
{
	uint64_t value;

	memcpy(&value, k->memory + at, sizeof(value));
	return value;
}

static always_inline void store(const struct kernel *k, paddr_t at,
				uint64_t value)
{
	memcpy(k->memory + at, &value, sizeof(value));
}

static always_inline paddr_t entry_of(paddr_t table, vaddr_t va, unsigned shift)
{
	return table + (va >> shift & 511) * 8;
}

/*
 * The table of the leaf of an address, found once and remembered for the rest
 * of the call, in which nobody but this CPU changes anything, and it only sets
 * A and D: then A is set in all entries above, they take no rights away, and
 * the footprints there are left.
 */
static always_inline uint64_t known_as(const struct kernel *k, vaddr_t va)
{
	return va >> 21 << KERNEL_CALL_BITS | k->call;
}

static always_inline size_t known_at(vaddr_t va)
{
	return va >> 21 & (KERNEL_TABLES - 1);
}

/* What is remembered from other calls is good enough for this. */
static always_inline void fetch_ahead(const struct kernel *k, vaddr_t va)
{
	uint64_t table = k->cpu->known.table[known_at(va)];

	__builtin_prefetch(k->memory + entry_of(table * 4096, va, 12), 1);
}

/* What the entries above the leaf say. */
struct path {
	paddr_t entry[WALK_LEVELS + 1];
	uint64_t taken; /* TARGET_ bits */
};

/* Down to the leaf's table; false unless every entry leads to a table and has
 * A set. */
static bool descend(const struct kernel *k, vaddr_t va, struct path *path)
{
	const struct paging *paging = &k->cpu->paging;
	paddr_t table = paging->root;
	uint64_t all = ~0ull, any = 0;

	for (unsigned l = paging->levels; l > 1; l--) {
		const struct paging_level *level = &paging->level[l];
		uint64_t value;

		path->entry[l] = entry_of(table, va, 12 + 9 * (l - 1));
		value = load(k, path->entry[l]);
		table = value & PTE_FRAME;
		if ((value & (PTE_P | PTE_A)) != (PTE_P | PTE_A) ||
		    (value & (level->maps_page | level->reserved[0])) ||
		    table >= k->bytes)
			return false;
		all &= value;
		any |= value;
	}
	path->entry[1] = entry_of(table, va, 12);
	path->taken = (~all & (PTE_RW | PTE_US)) | (any & PTE_XD);
	return true;
}

static void leave_on_path(struct kernel *k, vaddr_t va, const struct path *path)
{
	struct footprints *prints = &k->mmu->footprints;
	uint64_t region = TAG_VALID | (va & TAG_PAGE & ~(511ull << 12));

	footprint_leave(prints, path->entry[1], cpu_bit(k->cpu), region);
	for (unsigned l = k->cpu->paging.levels; l > 1; l--)
		footprint_leave(prints, path->entry[l], cpu_bit(k->cpu),
				SEVERAL_PLACES);
}

/* The leaf's value as a translation; 0: it is none, or denies the access. */
static always_inline uint64_t target_of(const struct kernel *k,
					const struct lane *lane, uint64_t value,
					uint64_t taken)
{
	uint64_t target = taken | (~value & (PTE_RW | PTE_US)) |
			  (value & PTE_XD) | (value & PTE_FRAME);

	if ((value & (PTE_P | k->reserved)) != PTE_P)
		return 0;
	if (!(target & TARGET_SUPERVISOR))
		target |= TARGET_USER |
			  target_of_key(value >> PTE_KEY_SHIFT & 15);
	return target & lane->denied_by ? 0 : target;
}

/* As walk_tables() does it.  False: nothing was changed, it has to. */
static always_inline bool walk(struct kernel *k, const struct lane *lane,
			       vaddr_t va, struct translation *what,
			       bool *global)
{
	struct known_tables *known = &k->cpu->known;
	size_t at = known_at(va);
	struct path path = { .taken = 0 };
	uint64_t value, missing;
	bool is_known = known->as[at] == known_as(k, va);

	if (is_known)
		path.entry[1] = entry_of(known->table[at] * 4096ull, va, 12);
	else if (!descend(k, va, &path))
		return false;
	value = load(k, path.entry[1]);
	what->target = target_of(k, lane, value, path.taken);
	*global = value & k->global;
	if (!what->target || (*global && k->global_apart))
		return false;
	missing = lane->set_leaf & ~value;
	if (missing) {
		value |= missing;
		store(k, path.entry[1], value);
		k->a_set += (missing & PTE_A) != 0;
		k->d_set += (missing & PTE_D) != 0;
	}
	what->target |= ~value & TARGET_CLEAN;
	what->entry = path.entry[1];
	what->stale_since = MMU_NOT_STALE;
	if (is_known) {
		footprint_mark(&k->mmu->footprints, path.entry[1]);
	} else {
		leave_on_path(k, va, &path);
		known->table[at] = (uint32_t)(path.entry[1] / 4096);
		known->as[at] = path.taken ? 0 : known_as(k, va);
	}
	return true;
}

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

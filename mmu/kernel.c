/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - the quick way through many accesses.
 *
 *   the page of the last one? ---- yes: nothing to do but count
 *     | no
 *   4K cache of level 1 ---------- hit: touch it
 *     | miss; a later reference's leaf entry is fetched ahead
 *   4K caches of level 2 --------- hit: touch it, fill level 1
 *     | miss
 *   walk: the table of the leaf is known, or found by three or four loads;
 *     |   cached upper entries are used and filled as the machine would
 *   fill both, leave footprints
 *
 * A write that finds D clear walks and fills both again.  Whatever is not as
 * simple as that ends the run, and mmu_access() makes that access: another size
 * of page, a bit in the way, an upper entry with A clear or stale, a fault.  So
 * this file decides nothing; it is what mmu_access() does where only one thing
 * can happen, and tests/check_mmu_many.c compares them.
 *
 * Why it is quick:
 *  - all tags of a set are compared at once, as far as vectors are wide;
 *  - ages of a set of LRU are one vector of 16 bytes, stored whole: a narrow
 *    store would stall the next wide load;
 *  - how a tree of bits turns away from a way is looked up;
 *  - where a PDE is cached is remembered with the table that it leads to, and
 *    the tag there tells whether it still is: neither takes a search;
 *  - little is counted: the rest, and costs, follow from that at the end;
 *  - what a cache has never had, global pages or an empty way in it, is not
 *    looked for;
 *  - most leaves differ from the last one in no more than the frame, A and D:
 *    what follows from the rest is kept;
 *  - what hits pay for stale translations is a bit of the mask that is tested
 *    anyway.  Footprints are left once in a call for each leaf: a bit for the
 *    entry, and a word at the frame, which is fetched ahead, and looked at 16
 *    such leaves later.
 */
#include "config.h"

#include "mmu/kernel_walk.h"

#ifndef KERNEL_RUN
#define KERNEL_RUN kernel_run_plain
#endif

#define AHEAD 24 /* references */
#define NO_PAGE UINT64_MAX
/* No target: one is of a user's page or a supervisor's. */
#define REWALK TARGET_STALE

/* ---- one access ---------------------------------------------------------- */

/* Has level @level a larger page there? */
__attribute__((noinline)) static bool has_larger(const struct kernel *k,
						 const struct lane *lane,
						 unsigned level, vaddr_t va)
{
	const struct route *route = lane->route[level];

	for (unsigned i = 1; i < route->count; i++) {
		uint64_t key = tag_make(va, route->at[i].size, k->cpu->pcid,
					false);

		if (route->at[i].size != MMU_4K &&
		    route->at[i].tlb->held[route->at[i].size] &&
		    tlb_lookup(route->at[i].tlb, key) != TLB_NOWHERE)
			return true;
	}
	return false;
}

/* A way of one cache. */
struct spot {
	struct tlb *tlb;
	size_t set;
	unsigned way; /* or NO_WAY */
};

static always_inline struct spot look_in(const struct kernel *k,
					 struct tlb *tlb, uint64_t key,
					 struct shape shape)
{
	size_t set = set_of(tlb, key, shape);
	unsigned ways = ways_of(shape, tlb);

	return (struct spot){ tlb, set, serving(k, tlb, set, ways, key) };
}

/* A cache of level 2 has it: fill level 1.  0: not by us, and nothing changed.
 */
static always_inline uint64_t hit_again(struct kernel *k,
					const struct lane *lane, size_t l1_set,
					struct spot spot, struct shape s1,
					struct shape s2)
{
	struct tlb *l2 = spot.tlb;
	size_t slot = spot.set * ways_of(s2, l2) + spot.way;
	struct tlb_payload what = l2->payload[slot];
	uint64_t tag = l2->tags[slot];

	if (unlikely(what.target & lane->slow))
		return what.target & lane->slow & ~TARGET_CLEAN ? 0 : REWALK;
	if (unlikely(tag & TAG_GLOBAL)) {
		if (k->global_apart)
			return 0;
		lane->l1->has_globals = true;
	}
	touch(l2, spot.set, spot.way, s2);
	k->l2_hits++;
	fill(k, lane->l1, l1_set, tag, &what, s1);
	return what.target;
}

static always_inline uint64_t tag_of(uint64_t key, bool global)
{
	return global ? (key & TAG_PLACE) | TAG_GLOBAL : key;
}

static always_inline bool is_banked(const struct lane *lane, struct shape s2)
{
	return s2.ways ? s2.banked : lane->bank != NULL;
}

/* Where in level 2 it goes, which has not got it: mmu/fill.c says why. */
static always_inline struct tlb *choose_bank(const struct lane *lane,
					     uint64_t key)
{
	struct tlb *bank[] = { lane->l2, lane->bank };

	for (unsigned i = 0; i < MMU_BANKS; i++)
		if (unlikely(bank[i]->vacant) && tlb_has_room(bank[i], key))
			return bank[i];
	return bank[__builtin_parityll(key & TAG_PAGE)];
}

/* Level 1 has not got it: fill it from level 2, if that has, or by a walk.
 * The translation; 0: not by us; REWALK: level 2 has it with D clear. */
static always_inline uint64_t miss(struct kernel *k, struct lane *lane,
				   vaddr_t va, size_t l1_set, struct shape s1,
				   struct shape s2)
{
	uint64_t key = (va & TAG_PAGE) | k->space, tag;
	struct spot spot = { .tlb = lane->l2 };
	struct tlb_payload what;

	if (unlikely(lane->others[0]) && has_larger(k, lane, 0, va))
		return 0;
	if (s2.ways || spot.tlb) {
		spot = look_in(k, spot.tlb, key, s2);
		if (spot.way != NO_WAY)
			return hit_again(k, lane, l1_set, spot, s1, s2);
	}
	if (unlikely(lane->others[1]) && has_larger(k, lane, 1, va))
		return 0;
	if (is_banked(lane, s2)) {
		spot = look_in(k, lane->bank, key, s2);
		if (spot.way != NO_WAY)
			return hit_again(k, lane, l1_set, spot, s1, s2);
		spot.tlb = choose_bank(lane, key);
		spot.set = set_of(spot.tlb, key, s2);
	}
	if (!walk(k, lane, va, key, &what))
		return 0;
	tag = tag_of(key, lane->kind.global);
	if (s2.ways || spot.tlb)
		fill(k, spot.tlb, spot.set, tag, &what, s2);
	else
		k->not_filled++;
	fill(k, lane->l1, l1_set, tag, &what, s1);
	return what.target;
}

static const struct shape any_shape = { .ways = 0 };

/* A fill that replaces what serves @key. */
static void refill(struct kernel *k, struct tlb *tlb, uint64_t key,
		   uint64_t tag, const struct tlb_payload *what)
{
	size_t slot = tlb_lookup(tlb, key);

	if (slot != TLB_NOWHERE)
		tlb_drop_slot(tlb, slot);
	fill(k, tlb, set_of(tlb, key, any_shape), tag, what, any_shape);
}

/* Where in level 2 it is, or goes. */
static struct tlb *bank_of(const struct lane *lane, uint64_t key)
{
	if (!lane->bank || tlb_lookup(lane->l2, key) != TLB_NOWHERE)
		return lane->l2;
	if (tlb_lookup(lane->bank, key) != TLB_NOWHERE)
		return lane->bank;
	return choose_bank(lane, key);
}

/* Level @level has it with D clear, for a write: walk, and fill both. */
__attribute__((noinline)) static uint64_t
rewalk(struct kernel *k, struct lane *lane, vaddr_t va, unsigned level)
{
	uint64_t key = (va & TAG_PAGE) | k->space;
	struct tlb_payload what;

	if (!walk(k, lane, va, key, &what))
		return 0;
	k->clean[level]++;
	if (lane->l2)
		refill(k, bank_of(lane, key), key,
		       tag_of(key, lane->kind.global), &what);
	else
		k->not_filled++;
	refill(k, lane->l1, key, tag_of(key, lane->kind.global), &what);
	return what.target;
}

/* The translation of @ref by @lane, looked up; 0: not by us. */
static always_inline uint64_t translate(struct kernel *k, struct lane *lane,
					const uint64_t *ref, size_t left,
					struct shape s1, struct shape s2)
{
	uint64_t key = (*ref & TAG_PAGE) | k->space, target;
	struct tlb *l1 = lane->l1;
	unsigned ways, way;
	size_t set;

	if (unlikely((*ref + k->sign) & k->outside))
		return 0;
	ways = ways_of(s1, l1);
	set = set_of(l1, key, s1);
	way = serving(k, l1, set, ways, key);
	if (unlikely(way == NO_WAY)) {
		fetch_ahead(k, ref[left > AHEAD ? AHEAD : 0]);
		target = miss(k, lane, *ref, set, s1, s2);
		if (unlikely(target == REWALK))
			target = rewalk(k, lane, *ref, 1);
		return target;
	}
	target = l1->payload[set * ways + way].target;
	if (unlikely(target & lane->slow))
		return target & lane->slow & ~TARGET_CLEAN
			       ? 0
			       : rewalk(k, lane, *ref, 0);
	touch(l1, set, way, s1);
	return target;
}

/* Intel's stores have a cache of their own in level 1 since Ice Lake. */
static const struct shape store_1 = {
	.ways = 16,
	.replacement = MMU_TREE_PLRU,
	.linear = true,
	.full = true,
};
static const struct shape store_2 = {
	.ways = 8,
	.replacement = MMU_TREE_PLRU,
	.banked = true,
};

/* Where a lane does not fit the shape. */
__attribute__((noinline)) static uint64_t translate_any(struct kernel *k,
							struct lane *lane,
							const uint64_t *ref,
							size_t left)
{
	if (!lane->l1)
		return 0;
	if (lane->fits_store)
		return translate(k, lane, ref, left, store_1, store_2);
	return translate(k, lane, ref, left, any_shape, any_shape);
}

/* The last translation; if writes have a level 1 of their own, theirs, too. */
struct latest {
	uint64_t page, target;
};

/* How many of @refs are made by the latest translations, of which @own was used
 * just now. */
static always_inline size_t go_on(const struct kernel *k, const uint64_t *refs,
				  size_t count, const struct latest *latest,
				  const struct latest *own, bool apart)
{
	uint64_t mask = k->same_mask;

	if (apart && (latest[0].page ^ latest[1].page) == MMU_WRITE &&
	    !(latest[0].target & k->lane[MMU_READ].slow) &&
	    !(latest[1].target & k->lane[MMU_WRITE].slow))
		return run_length(refs, count, own->page & ~1ull, mask & ~1ull);
	if (own->target & k->slow_data)
		return 0;
	return run_length(refs, count, own->page, mask);
}

static always_inline size_t run(struct kernel *k, const uint64_t *refs,
				size_t count, struct shape s1, struct shape s2)
{
	const uint64_t *ref = refs, *end = refs + count, mask = k->same_mask;
	const bool apart = !s1.ways || s2.banked; /* maybe */
	struct latest latest[2] = { { NO_PAGE, 0 }, { NO_PAGE, 0 } }, *own;
	struct lane *lane;
	size_t left;
	uint64_t va;

	while (ref < end) {
		va = *ref;
		lane = &k->lane[va & MMU_REF_ACCESS];
		own = &latest[apart ? va & k->apart : 0];
		if ((va & mask) != own->page ||
		    unlikely(own->target & lane->slow)) {
			left = (size_t)(end - ref);
			own->target = unlikely(!lane->fits)
					      ? translate_any(k, lane, ref,
							      left)
					      : translate(k, lane, ref, left,
							  s1, s2);
			if (!own->target)
				break;
			own->page = va & mask;
			ref++;
			continue;
		}
		/* Twice the same: nothing of replacement changes. */
		ref++;
		ref += go_on(k, ref, (size_t)(end - ref), latest, own, apart);
	}
	return (size_t)(ref - refs);
}

/* ---- by shape ------------------------------------------------------------ */

/* Level 1 and level 2, for data, of those that are worth code of their own: the
 * geometry by which simulators are compared, Intel's since Nehalem, AMD's. */
enum { LINEAR = 1, BANKED = 2 }; /* of level 2 */
/* clang-format off */
#define SHAPES(shape)                                                  \
	shape(lru_lru, 4, MMU_LRU, 12, MMU_LRU, LINEAR)                \
	shape(plru_plru, 4, MMU_TREE_PLRU, 4, MMU_TREE_PLRU, 0)        \
	shape(plru_wide, 4, MMU_TREE_PLRU, 8, MMU_TREE_PLRU, 0)        \
	shape(plru_lru, 4, MMU_TREE_PLRU, 6, MMU_LRU, 0)               \
	shape(plru_mru, 4, MMU_TREE_PLRU, 12, MMU_MRU_PLRU, 0)         \
	shape(plru_banked, 4, MMU_TREE_PLRU, 8, MMU_TREE_PLRU, BANKED) \
	shape(lru_banked, 6, MMU_LRU, 8, MMU_TREE_PLRU, BANKED)        \
	shape(full_plru, 64, MMU_LRU, 8, MMU_TREE_PLRU, 0)             \
	shape(full_lru, 72, MMU_LRU, 12, MMU_LRU, LINEAR)              \
	shape(full_random, 96, MMU_LRU, 16, MMU_RANDOM, 0)
/* clang-format on */

static bool has_shape(const struct tlb *tlb, struct shape shape)
{
	return tlb && tlb->ways == shape.ways &&
	       tlb->replacement == shape.replacement &&
	       (!shape.linear || !tlb->fold_mask) &&
	       (!shape.full || !tlb->set_mask);
}

static bool fits(const struct lane *lane, struct shape s1, struct shape s2)
{
	return has_shape(lane->l1, s1) && has_shape(lane->l2, s2) &&
	       (s2.banked ? has_shape(lane->bank, s2) : !lane->bank);
}

/* Which lanes fit; false if reads do not. */
static bool fit(struct kernel *k, struct shape s1, struct shape s2)
{
	for (unsigned access = 0; access < MMU_ACCESSES; access++)
		k->lane[access].fits = fits(&k->lane[access], s1, s2);
	return k->lane[MMU_READ].fits;
}

#define DEFINE(name, ways1, policy1, ways2, policy2, flags)                    \
	static const struct shape name##_1 = {                                 \
		.ways = ways1,                                                 \
		.replacement = policy1,                                        \
		.linear = true,                                                \
		.full = ways1 > 16,                                            \
	};                                                                     \
	static const struct shape name##_2 = {                                 \
		.ways = ways2,                                                 \
		.replacement = policy2,                                        \
		.linear = (flags)&LINEAR,                                      \
		.banked = (flags)&BANKED,                                      \
	};                                                                     \
	__attribute__((noinline, flatten)) static size_t run_##name(           \
		struct kernel *k, const uint64_t *refs, size_t count)          \
	{                                                                      \
		return run(k, refs, count, name##_1, name##_2);                \
	}
SHAPES(DEFINE)

size_t KERNEL_RUN(struct kernel *k, const uint64_t *refs, size_t count)
{
	struct lane *store = &k->lane[MMU_WRITE];

	store->fits_store = fits(store, store_1, store_2);
#define RUN_IF(name, ...)                                                      \
	if (fit(k, name##_1, name##_2))                                        \
		return run_##name(k, refs, count);
	SHAPES(RUN_IF)
#undef RUN_IF
	for (unsigned access = 0; access < MMU_ACCESSES; access++)
		k->lane[access].fits = k->lane[access].l1;
	return run(k, refs, count, any_shape, any_shape);
}

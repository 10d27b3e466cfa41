/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tlb.c - one translation cache.
 *
 *   set = page number mod sets      way 0   way 1   ...  way n-1
 *                            set 0 [ tag ] [ tag ]  ... [ tag ]
 *                            set 1 [ tag ] [ tag ]  ... [ tag ]
 *
 * or, where that is measured, with as many page number bits above XORed in.
 *
 * One without limit has the same shape: it spreads pages by a multiplicative
 * hash, and takes more sets, or more ways when one page has many address
 * spaces, rather than give up a translation.
 *
 * Invariants, checked by tlb_check():
 *  (1) Two valid ways of a set never match the same page and address space,
 *      a global translation counting for all of them.
 *  (2) A valid way is in the set that its page belongs to, and of a size that
 *      the cache serves.
 *  (3) It never records P=0 or a reserved bit, since only a walk that was
 *      found good is cached; so it is of a user or a supervisor page, and its
 *      address is aligned to its size.
 *  (4) A way that is marked stale has a stamp.
 *  (5) @held counts the valid ways, @vacant the others; each set with a valid
 *      one has its @occupied bit.
 *  (6) Of a cache that knows so many PCIDs only, a way that is not global has
 *      a known one.
 *  (7) A piece of a 1G page is not beside the whole of it.
 *  (8) Where a way is global, @has_globals is set.
 *  (9) A valid way has the brief of its tag, where there are briefs.
 *
 * Sources: SDM vol. 3A, "Translation Lookaside Buffers (TLBs)", "Global
 * Pages", "Process-Context Identifiers (PCIDs)"; APM vol. 2, "Translation-
 * Lookaside Buffer (TLB)".
 */
#include "config.h"

#include "mmu/tlb.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INFINITE_SETS 64
#define INFINITE_WAYS 8
#define GOLDEN_RATIO 0x9e3779b97f4a7c15ull /* 2^64 / phi, made odd */
#define LINE 64

/* S. Vigna's splitmix64: near seeds give unlike numbers. */
static uint64_t mix(uint64_t seed)
{
	seed += GOLDEN_RATIO;
	seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9ull;
	seed = (seed ^ seed >> 27) * 0x94d049bb133111ebull;
	return seed ^ seed >> 31;
}

static void *allocate(size_t count, size_t size)
{
	size_t bytes = (count * size + LINE) & ~(size_t)(LINE - 1);
	void *block = aligned_alloc(LINE, bytes);

	if (block)
		memset(block, 0, bytes);
	return block;
}

int tlb_allocate(struct tlb *tlb)
{
	size_t sets = tlb_sets(tlb), slots = sets * tlb->ways;

	tlb->vacant = slots;
	tlb->tags = allocate(slots, sizeof(*tlb->tags));
	tlb->briefs = allocate(sets * tlb_briefs_of(tlb->ways),
			       sizeof(*tlb->briefs));
	tlb->payload = allocate(slots, sizeof(*tlb->payload));
	tlb->stale_since = allocate(slots, sizeof(*tlb->stale_since));
	tlb->state = allocate(sets, tlb->state_size);
	tlb->occupied = allocate((sets + 63) / 64, sizeof(*tlb->occupied));
	if (tlb->tags && tlb->briefs && tlb->payload && tlb->stale_since &&
	    tlb->state && tlb->occupied)
		return 0;
	tlb_fini(tlb);
	return -ENOMEM;
}

void tlb_fini(struct tlb *tlb)
{
	free(tlb->tags);
	free(tlb->briefs);
	free(tlb->payload);
	free(tlb->stale_since);
	free(tlb->state);
	free(tlb->occupied);
	tlb->tags = NULL;
	tlb->briefs = NULL;
	tlb->payload = NULL;
	tlb->stale_since = NULL;
	tlb->state = NULL;
	tlb->occupied = NULL;
}

static unsigned set_bits(const struct mmu_tlb_geometry *geometry)
{
	return (unsigned)__builtin_ctz(geometry->sets);
}

/* What is smashed is kept as 2M pages, not as it is. */
static bool is_smashing(const struct mmu_tlb_geometry *geometry)
{
	return (geometry->sizes & 1u << MMU_2M) &&
	       !(geometry->sizes & 1u << MMU_1G);
}

static bool is_in_range(const struct mmu_tlb_geometry *geometry)
{
	if ((geometry->smashes_1g && !is_smashing(geometry)) ||
	    geometry->pcids[false] > MMU_MAX_KNOWN_PCIDS ||
	    geometry->pcids[true] > MMU_MAX_KNOWN_PCIDS)
		return false;
	if (geometry->infinite)
		return true;
	return geometry->sets && !(geometry->sets & (geometry->sets - 1)) &&
	       geometry->ways && geometry->ways <= MMU_TLB_MAX_WAYS &&
	       geometry->sets <= MMU_TLB_MAX_ENTRIES / geometry->ways &&
	       geometry->fold <= set_bits(geometry) &&
	       replace_suits(geometry->replacement, geometry->ways);
}

/* Every set has its own sequence of random choices. */
static void reset_replacement(struct tlb *tlb, uint64_t seed)
{
	for (size_t set = 0; set < tlb_sets(tlb); set++)
		replace_reset(tlb->replacement,
			      tlb->state + set * tlb->state_size, tlb->ways,
			      mix(seed + set * GOLDEN_RATIO));
}

int tlb_init(struct tlb *tlb, const struct mmu_tlb_geometry *geometry,
	     uint64_t seed)
{
	int err;

	memset(tlb, 0, sizeof(*tlb));
	if (!is_in_range(geometry))
		return -EINVAL;
	tlb->level = geometry->level;
	tlb->sizes = geometry->sizes;
	tlb->accesses = geometry->accesses;
	tlb->infinite = geometry->infinite;
	tlb->replacement = geometry->replacement;
	tlb->smashes_1g = geometry->smashes_1g;
	tlb->limits_pcids = geometry->limits_pcids;
	memcpy(tlb->pcids, geometry->pcids, sizeof(tlb->pcids));
	tlb_reset_pcids(tlb, 0);
	if (tlb->infinite) {
		tlb->set_mask = INFINITE_SETS - 1;
		tlb->ways = INFINITE_WAYS;
		tlb->multiplier = GOLDEN_RATIO;
		tlb->shift = 32;
		return tlb_allocate(tlb);
	}
	tlb->set_mask = geometry->sets - 1;
	tlb->ways = geometry->ways;
	tlb->multiplier = 1;
	tlb->fold_shift = set_bits(geometry);
	tlb->fold_mask = (1ull << geometry->fold) - 1;
	tlb->state_size = (unsigned)replace_state_size(tlb->replacement,
						       tlb->ways);
	err = tlb_allocate(tlb);
	if (!err)
		reset_replacement(tlb, seed);
	return err;
}

/* ---- one slot ---------------------------------------------------------- */

static uint16_t *brief_at(const struct tlb *tlb, size_t set, size_t slot)
{
	return tlb->briefs + set * tlb_briefs_of(tlb->ways) +
	       (slot - set * tlb->ways);
}

void tlb_put(struct tlb *tlb, size_t slot, uint64_t tag,
	     const struct translation *what)
{
	size_t set = tlb_set_of(tlb, tag);

	tlb->tags[slot] = tag;
	if (tlb_briefs_of(tlb->ways))
		*brief_at(tlb, set, slot) = tag_brief(tag);
	tlb->payload[slot] = (struct tlb_payload){ what->target, what->entry };
	tlb->stale_since[slot] = what->stale_since;
	tlb->held[tag_size(tag)]++;
	tlb->vacant--;
	tlb->occupied[set / 64] |= 1ull << set % 64;
	tlb->has_pieces |= (what->target & TARGET_PIECE) != 0;
	tlb->has_globals |= (tag & TAG_GLOBAL) != 0;
}

/* Do both serve some access alike? */
static bool overlaps(uint64_t a, uint64_t b)
{
	if ((a ^ b) & TAG_PLACE)
		return false;
	return (a | b) & TAG_GLOBAL || !((a ^ b) & TAG_PCID);
}

/* The 1G page that @tag is a piece of. */
static uint64_t whole_of(uint64_t tag)
{
	return tag_make(tag_va(tag), MMU_1G, tag & TAG_PCID, tag & TAG_GLOBAL);
}

/* What must hold of a valid way. */
static void check_slot(const struct tlb *tlb, size_t set, size_t slot)
{
	uint64_t tag = tlb->tags[slot];
	const struct tlb_payload *what = &tlb->payload[slot];
	enum mmu_page_size size = tag_size(tag);
	bool user = what->target & TARGET_USER;
	bool supervisor = what->target & TARGET_SUPERVISOR;
	bool stale = what->target & TARGET_STALE;

	assert(tag & TAG_VALID);
	assert(tlb_set_of(tlb, tag) == set); /* (2) */
	assert(tlb->sizes & 1u << size);
	assert(user != supervisor); /* (3) */
	assert(!(what->target & TARGET_PAGE & page_offset_mask(size)));
	assert(!stale || tlb->stale_since[slot] != MMU_NOT_STALE); /* (4) */
	assert((tag & TAG_GLOBAL) ||
	       tlb_knows_pcid(tlb, tag & TAG_PCID)); /* (6) */
	assert(!(what->target & TARGET_PIECE) ||
	       !tlb_has(tlb, whole_of(tag)));		 /* (7) */
	assert(!(tag & TAG_GLOBAL) || tlb->has_globals); /* (8) */
	assert(!tlb_briefs_of(tlb->ways) ||
	       *brief_at(tlb, set, slot) == tag_brief(tag)); /* (9) */
	assert(tlb->occupied[set / 64] & 1ull << set % 64);  /* (5) */
	for (size_t other = set * tlb->ways; other < (set + 1) * tlb->ways;
	     other++)
		assert(other == slot || !tlb->tags[other] ||
		       !overlaps(tlb->tags[other], tag)); /* (1) */
}

/* ---- fill ---------------------------------------------------------------- */

/* A way for @tag without giving one up; what it replaces goes (1). */
static size_t make_room(struct tlb *tlb, uint64_t tag)
{
	size_t first = tlb_set_of(tlb, tag) * tlb->ways;
	size_t room = TLB_NOWHERE;

	for (size_t slot = first + tlb->ways; slot-- > first;) {
		if (tlb->tags[slot] && overlaps(tlb->tags[slot], tag))
			tlb_drop_slot(tlb, slot);
		if (!tlb->tags[slot])
			room = slot;
	}
	return room;
}

size_t tlb_find_empty(const struct tlb *tlb, uint64_t tag)
{
	size_t first = tlb_set_of(tlb, tag) * tlb->ways;

	for (unsigned way = 0; way < tlb->ways; way++)
		if (!tlb->tags[first + way])
			return first + way;
	return TLB_NOWHERE;
}

bool tlb_has(const struct tlb *tlb, uint64_t tag)
{
	size_t first = tlb_set_of(tlb, tag) * tlb->ways;

	for (unsigned way = 0; way < tlb->ways; way++)
		if (tlb->tags[first + way] &&
		    overlaps(tlb->tags[first + way], tag))
			return true;
	return false;
}

bool tlb_has_room(const struct tlb *tlb, uint64_t tag)
{
	return tlb->infinite || tlb_find_empty(tlb, tag) != TLB_NOWHERE;
}

static size_t victim(struct tlb *tlb, uint64_t tag)
{
	size_t set = tlb_set_of(tlb, tag);

	if (tlb->infinite)
		return set * tlb->ways;
	return set * tlb->ways +
	       replace_victim(tlb->replacement,
			      tlb->state + set * tlb->state_size, tlb->ways);
}

static void note_fill(struct tlb *tlb, uint64_t tag, size_t slot)
{
	size_t set = tlb_set_of(tlb, tag);

	if (!tlb->infinite)
		replace_filled(tlb->replacement,
			       tlb->state + set * tlb->state_size, tlb->ways,
			       (unsigned)(slot - set * tlb->ways));
}

/* Those that serve accesses as a whole page with @tag would. */
static void drop_pieces_of(struct tlb *tlb, uint64_t tag)
{
	uint64_t space = TAG_GLOBAL | TAG_PCID;

	if (tag & TAG_GLOBAL) {
		tlb_drop_pieces(tlb, tag_va(tag), 0, 0);
		return;
	}
	tlb_drop_pieces(tlb, tag_va(tag), space, tag & space);
	tlb_drop_pieces(tlb, tag_va(tag), TAG_GLOBAL, TAG_GLOBAL);
}

/* The whole goes for a piece, and the pieces for the whole (7). */
static void drop_other_forms(struct tlb *tlb, uint64_t tag,
			     const struct translation *what)
{
	if (what->target & TARGET_PIECE)
		make_room(tlb, whole_of(tag));
	else if (tlb->has_pieces && tag_size(tag) == MMU_1G)
		drop_pieces_of(tlb, tag);
}

bool tlb_fill(struct tlb *tlb, uint64_t tag, const struct translation *what)
{
	size_t slot;
	bool evicted;

	drop_other_forms(tlb, tag, what);
	slot = make_room(tlb, tag);
	while (slot == TLB_NOWHERE && tlb->infinite && tlb_grow(tlb))
		slot = tlb_find_empty(tlb, tag);
	evicted = slot == TLB_NOWHERE;
	if (evicted) {
		slot = victim(tlb, tag);
		tlb_drop_slot(tlb, slot);
	}
	tlb_put(tlb, slot, tag, what);
	note_fill(tlb, tag, slot);
#ifdef ENABLE_CHECKS
	check_slot(tlb, tlb_set_of(tlb, tag), slot);
#endif
	return evicted;
}

/* ---- invariants ------------------------------------------------------- */

static void check_set(const struct tlb *tlb, size_t set)
{
	for (size_t slot = set * tlb->ways; slot < (set + 1) * tlb->ways;
	     slot++)
		if (tlb->tags[slot])
			check_slot(tlb, set, slot);
	if (!tlb->infinite)
		replace_check(tlb->replacement,
			      tlb->state + set * tlb->state_size, tlb->ways);
}

void tlb_check(const struct tlb *tlb)
{
	size_t held[MMU_PAGE_SIZES] = { 0 };
	size_t slots = tlb_sets(tlb) * tlb->ways;

	for (size_t slot = 0; slot < slots; slot++)
		if (tlb->tags[slot])
			held[tag_size(tlb->tags[slot])]++;
	assert(!memcmp(held, tlb->held, sizeof(held))); /* (5) */
	assert(held[MMU_4K] + held[MMU_2M] + held[MMU_1G] + tlb->vacant ==
	       slots);
	for (size_t set = 0; set < tlb_sets(tlb); set++)
		check_set(tlb, set);
}

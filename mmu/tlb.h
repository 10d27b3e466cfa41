/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tlb.h - one translation cache: sets x ways, tags apart from payload.
 *
 * A tag has all that a lookup compares:
 *
 *   63  62 61  60   59..57  56 ............... 12  11 .... 0
 *  [ V][ size][ G ][  -   ][ linear page number  ][  PCID   ]
 *
 * and PCID is 0 under G: a global translation serves every PCID, so that a
 * lookup compares with two keys.  0 is an empty way.
 *
 * Of a cache with many ways, each valid one has a brief of its tag beside, a
 * hash of 16 bits, so that who looks at many at once finds more in a vector.
 */
#ifndef MMU_TLB_H
#define MMU_TLB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/replace.h"
#include "mmu/rights.h"
#include "mmu/walk.h"

#define TAG_VALID (1ull << 63)
#define TAG_SIZE_SHIFT 61
#define TAG_GLOBAL (1ull << 60)
#define TAG_PAGE 0x01fffffffffff000ull
#define TAG_PCID 0xfffull
/* What names a translation whatever the address space. */
#define TAG_PLACE (TAG_VALID | 3ull << TAG_SIZE_SHIFT | TAG_PAGE)

#define TLB_NOWHERE SIZE_MAX

/* More ways than this have briefs; of each set they fill whole blocks. */
#define TLB_WAYS_WITHOUT_BRIEFS 15
#define TLB_BRIEFS 32

/* What a tag leads to. */
struct translation {
	uint64_t target;      /* the TARGET_ word of mmu/rights.h */
	paddr_t entry;	      /* of the leaf that it was filled from */
	uint64_t stale_since; /* or MMU_NOT_STALE */
};

/* The same in a cache.  Few are stale, so the stamps of those are apart, and
 * what each fill stores is small. */
struct tlb_payload {
	uint64_t target;
	paddr_t entry;
};

struct tlb {
	/* A lookup needs these. */
	uint64_t *tags;
	uint16_t *briefs; /* in rows of tlb_briefs_of() */
	struct tlb_payload *payload;
	uint64_t *stale_since; /* of those with TARGET_STALE */
	uint8_t *state; /* of replacement */
	uint64_t set_mask;
	uint64_t fold_mask;  /* page ^= page >> fold_shift & fold_mask */
	uint64_t multiplier; /* set = page * multiplier >> shift */
	unsigned shift;
	unsigned fold_shift;
	unsigned ways;
	unsigned state_size; /* bytes of @state for each set */
	enum mmu_replacement replacement;
	bool infinite;
	/* Valid ways by page size. */
	size_t held[MMU_PAGE_SIZES];
	size_t vacant; /* ways that are not valid */
	/* One bit for each set that may have a valid way. */
	uint64_t *occupied;
	/* May some way hold a piece of a 1G page, or a global page? */
	bool has_pieces, has_globals;
	/* The PCIDs that it knows, the newest first; only if it limits them. */
	unsigned nr_known;
	uint16_t known[MMU_MAX_KNOWN_PCIDS + 1];
	/* Configuration. */
	unsigned level, sizes, accesses;
	bool smashes_1g, limits_pcids;
	unsigned pcids[2];
};

static inline uint64_t tag_make(vaddr_t va, enum mmu_page_size size,
				unsigned pcid, bool global)
{
	return TAG_VALID | (uint64_t)size << TAG_SIZE_SHIFT |
	       (va & TAG_PAGE & ~page_offset_mask(size)) |
	       (global ? TAG_GLOBAL : pcid);
}

static inline uint16_t tag_brief(uint64_t tag)
{
	return (uint16_t)(tag * 0x9e3779b97f4a7c15ull >> 48); /* 2^64 / phi */
}

/* Of a set; 0: none. */
static inline size_t tlb_briefs_of(unsigned ways)
{
	if (ways <= TLB_WAYS_WITHOUT_BRIEFS)
		return 0;
	return (ways + TLB_BRIEFS - 1) / TLB_BRIEFS * TLB_BRIEFS;
}

static inline enum mmu_page_size tag_size(uint64_t tag)
{
	return (enum mmu_page_size)(tag >> TAG_SIZE_SHIFT & 3);
}

static inline vaddr_t tag_va(uint64_t tag)
{
	return (vaddr_t)((int64_t)(tag << 7) >> 7) & ~0xfffull;
}

static inline size_t tlb_set_of(const struct tlb *tlb, uint64_t tag)
{
	uint64_t page = (tag & TAG_PAGE) >> page_shift(tag_size(tag));

	page ^= page >> tlb->fold_shift & tlb->fold_mask;
	return page * tlb->multiplier >> tlb->shift & tlb->set_mask;
}

/* The slot that serves @key, a tag that is not global; or TLB_NOWHERE. */
static inline size_t tlb_lookup(const struct tlb *tlb, uint64_t key)
{
	uint64_t global = (key & TAG_PLACE) | TAG_GLOBAL;
	size_t slot = tlb_set_of(tlb, key) * tlb->ways;
	size_t end = slot + tlb->ways;

	for (; slot < end; slot++)
		if (tlb->tags[slot] == key || tlb->tags[slot] == global)
			return slot;
	return TLB_NOWHERE;
}

/* @slot served @key. */
static inline void tlb_touch(struct tlb *tlb, uint64_t key, size_t slot)
{
	size_t set = tlb_set_of(tlb, key);

	if (!tlb->infinite)
		replace_touch(tlb->replacement,
			      tlb->state + set * tlb->state_size, tlb->ways,
			      (unsigned)(slot - set * tlb->ways));
}

/* 0, -EINVAL for a geometry out of range, -ENOMEM.  On error nothing is left
 * to free.  @seed is of random choices. */
int tlb_init(struct tlb *tlb, const struct mmu_tlb_geometry *geometry,
	     uint64_t seed);
void tlb_fini(struct tlb *tlb);

/* Is there one that a fill of @tag replaces, or an empty way for it? */
bool tlb_has(const struct tlb *tlb, uint64_t tag);
bool tlb_has_room(const struct tlb *tlb, uint64_t tag);
/* Put a translation where it belongs; true if another had to go. */
bool tlb_fill(struct tlb *tlb, uint64_t tag, const struct translation *what);

static inline struct translation tlb_translation(const struct tlb *tlb,
						 size_t slot)
{
	const struct tlb_payload *kept = &tlb->payload[slot];

	return (struct translation){
		.target = kept->target,
		.entry = kept->entry,
		.stale_since = kept->target & TARGET_STALE
				       ? tlb->stale_since[slot]
				       : MMU_NOT_STALE,
	};
}

static inline void tlb_drop_slot(struct tlb *tlb, size_t slot)
{
	tlb->held[tag_size(tlb->tags[slot])]--;
	tlb->vacant++;
	tlb->tags[slot] = 0;
}

/* Arrays for as many sets and ways as @tlb says; 0 or -ENOMEM. */
int tlb_allocate(struct tlb *tlb);
/* An empty way for @tag, or TLB_NOWHERE; and fill it. */
size_t tlb_find_empty(const struct tlb *tlb, uint64_t tag);
void tlb_put(struct tlb *tlb, size_t slot, uint64_t tag,
	     const struct translation *what);

/* ---- tlb_grow.c --------------------------------------------------------- */

/* At least twice the size, of one without limit; false if the host has no
 * memory. */
bool tlb_grow(struct tlb *tlb);

/* ---- tlb_drop.c --------------------------------------------------------- */

/* Drop what serves @va in the address space of @pcid, global or not, and all
 * pieces of the page that it is in. */
void tlb_drop_page(struct tlb *tlb, vaddr_t va, unsigned pcid);
/* Drop every tag whose bits under @mask are @value; 0, 0 is all. */
void tlb_drop_where(struct tlb *tlb, uint64_t mask, uint64_t value);
/* Drop pieces of the 1G page around @va, likewise. */
void tlb_drop_pieces(struct tlb *tlb, vaddr_t va, uint64_t mask,
		     uint64_t value);

/* MOV CR3 has loaded @pcid: forget those that are one too many. */
void tlb_load_pcid(struct tlb *tlb, unsigned pcid, bool no_flush);
/* Only @pcid is in use from here on. */
void tlb_reset_pcids(struct tlb *tlb, unsigned pcid);
bool tlb_knows_pcid(const struct tlb *tlb, unsigned pcid);

/* ---- all of it ---------------------------------------------------------- */

static inline size_t tlb_sets(const struct tlb *tlb)
{
	return tlb->set_mask + 1;
}
/* The first set from @set on that may have a valid way, or tlb_sets(). */
size_t tlb_next_set(const struct tlb *tlb, size_t set);

static inline bool tlb_is_empty(const struct tlb *tlb)
{
	return !tlb->held[MMU_4K] && !tlb->held[MMU_2M] && !tlb->held[MMU_1G];
}

/* Assert the numbered invariants of tlb.c. */
void tlb_check(const struct tlb *tlb);

#endif /* MMU_TLB_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tlb_drop.c - what leaves a translation cache other than to make room.
 *
 * A cache may keep a 1G page as pieces of 2M (AMD says that it is smashed).
 * Each piece serves only its part, but they all go with the page.
 *
 * A cache may know only some PCIDs at a time, and forgets the one that was
 * loaded longest ago:
 *
 *   MOV CR3 to PCID 7    [3][9][7][1]  -->  [7][3][9][1]
 *   then to PCID 2       [7][3][9][1]  -->  [2][7][3][9], 1 is dropped
 *
 * One that knows none drops all at every MOV CR3, the no-flush bit or not.
 * Global translations are of no PCID and stay.
 *
 * Sources: SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches", "Details of TLB Use"; WikiChip on Zen 2 for smashed pages; TLB;DR
 * (USENIX Security 2022), "PCIDs", and its tool's printed results for 4 PCIDs
 * in the second level, true LRU among them, none in the data cache, and in the
 * instruction cache 1, or 3 with the no-flush bit.
 */
#include "config.h"

#include <string.h>

#include "mmu/rights.h"
#include "mmu/tlb.h"

size_t tlb_next_set(const struct tlb *tlb, size_t set)
{
	size_t sets = tlb_sets(tlb);

	while (set < sets) {
		uint64_t rest = tlb->occupied[set / 64] >> set % 64;

		if (rest)
			return set + (size_t)__builtin_ctzll(rest);
		set = (set | 63) + 1;
	}
	return sets;
}

/* ---- by tag -------------------------------------------------------------- */

static void drop_in_set(struct tlb *tlb, size_t set, uint64_t mask,
			uint64_t value)
{
	size_t first = set * tlb->ways;
	bool left = false;

	for (size_t slot = first; slot < first + tlb->ways; slot++) {
		if (!tlb->tags[slot])
			continue;
		if ((tlb->tags[slot] & mask) == value)
			tlb_drop_slot(tlb, slot);
		else
			left = true;
	}
	if (!left)
		tlb->occupied[set / 64] &= ~(1ull << set % 64);
}

/* Whatever it is.  Sets remember what was used: that stays. */
static void drop_all(struct tlb *tlb)
{
	size_t row = tlb->ways * sizeof(*tlb->tags), set;

	tlb->has_pieces = tlb->has_globals = false;
	if (tlb_is_empty(tlb))
		return;
	for (set = tlb_next_set(tlb, 0); set < tlb_sets(tlb);
	     set = tlb_next_set(tlb, set + 1)) {
		memset(&tlb->tags[set * tlb->ways], 0, row);
		tlb->occupied[set / 64] &= ~(1ull << set % 64);
	}
	memset(tlb->held, 0, sizeof(tlb->held));
	tlb->vacant = tlb_sets(tlb) * tlb->ways;
}

void tlb_drop_where(struct tlb *tlb, uint64_t mask, uint64_t value)
{
	size_t set;

	if (!mask) {
		drop_all(tlb);
		return;
	}
	for (set = tlb_next_set(tlb, 0); set < tlb_sets(tlb);
	     set = tlb_next_set(tlb, set + 1))
		drop_in_set(tlb, set, mask, value);
}

/* ---- a page, in one piece or several ------------------------------------- */

static bool is_piece_of(const struct tlb *tlb, size_t slot, vaddr_t whole)
{
	uint64_t tag = tlb->tags[slot];

	return tag && (tlb->payload[slot].target & TARGET_PIECE) &&
	       (tag_va(tag) & ~page_offset_mask(MMU_1G)) == whole;
}

void tlb_drop_pieces(struct tlb *tlb, vaddr_t va, uint64_t mask, uint64_t value)
{
	vaddr_t whole = va & ~page_offset_mask(MMU_1G);
	size_t slots = tlb_sets(tlb) * tlb->ways;

	if (!tlb->has_pieces)
		return;
	for (size_t slot = 0; slot < slots; slot++)
		if (is_piece_of(tlb, slot, whole) &&
		    (tlb->tags[slot] & mask) == value)
			tlb_drop_slot(tlb, slot);
}

void tlb_drop_page(struct tlb *tlb, vaddr_t va, unsigned pcid)
{
	for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
		uint64_t key;
		size_t slot;

		if (!tlb->held[size])
			continue;
		key = tag_make(va, (enum mmu_page_size)size, pcid, false);
		slot = tlb_lookup(tlb, key);
		if (slot != TLB_NOWHERE)
			tlb_drop_slot(tlb, slot); /* there is no second */
	}
	tlb_drop_pieces(tlb, va, TAG_GLOBAL | TAG_PCID, pcid);
	tlb_drop_pieces(tlb, va, TAG_GLOBAL, TAG_GLOBAL);
}

/* ---- PCIDs ---------------------------------------------------------- */

void tlb_reset_pcids(struct tlb *tlb, unsigned pcid)
{
	tlb->nr_known = 1;
	tlb->known[0] = (uint16_t)pcid;
}

/* Where @pcid is among the known ones, or their number. */
static unsigned find_known(const struct tlb *tlb, unsigned pcid)
{
	unsigned i = 0;

	while (i < tlb->nr_known && tlb->known[i] != pcid)
		i++;
	return i;
}

bool tlb_knows_pcid(const struct tlb *tlb, unsigned pcid)
{
	return !tlb->limits_pcids || find_known(tlb, pcid) < tlb->nr_known;
}

/* To the front; there may be one too many then. */
static void make_newest(struct tlb *tlb, unsigned pcid)
{
	unsigned at = find_known(tlb, pcid);

	if (at == tlb->nr_known)
		tlb->nr_known++;
	memmove(&tlb->known[1], &tlb->known[0], at * sizeof(tlb->known[0]));
	tlb->known[0] = (uint16_t)pcid;
}

void tlb_load_pcid(struct tlb *tlb, unsigned pcid, bool no_flush)
{
	if (!tlb->limits_pcids)
		return;
	make_newest(tlb, pcid);
	while (tlb->nr_known > tlb->pcids[no_flush])
		tlb_drop_where(tlb, TAG_GLOBAL | TAG_PCID,
			       tlb->known[--tlb->nr_known]);
	if (tlb->nr_known == 0)
		tlb_reset_pcids(tlb, pcid);
}

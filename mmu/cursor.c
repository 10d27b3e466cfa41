/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cursor.c - go through what one CPU has cached. */
#include "config.h"

#include "mmu/cursor.h"

/* The next set of the cache that is worth a look, or their number. */
static size_t next_set(const struct cursor *cursor, const struct tlb *tlb)
{
	size_t only;

	if (cursor->place == SEVERAL_PLACES)
		return tlb_next_set(tlb, cursor->set);
	only = tlb_set_of(tlb, cursor->place);
	if (cursor->set > only || !tlb->held[tag_size(cursor->place)])
		return tlb_sets(tlb);
	return only;
}

/* Go to the next set, in this cache or one of those after it. */
static bool enter_set(struct cursor *cursor)
{
	while (cursor->nr < cursor->cpu->nr_tlbs) {
		const struct tlb *tlb = &cursor->cpu->tlb[cursor->nr];
		size_t set = next_set(cursor, tlb);

		if (set < tlb_sets(tlb)) {
			cursor->set = set + 1;
			cursor->slot = set * tlb->ways;
			cursor->end = cursor->slot + tlb->ways;
			return true;
		}
		cursor->nr++;
		cursor->set = 0;
	}
	return false;
}

/* What is left of the set: go to the first that is wanted. */
static bool find_slot(struct cursor *cursor)
{
	const uint64_t *tags = cursor->cpu->tlb[cursor->nr].tags;
	bool any = cursor->place == SEVERAL_PLACES;
	uint64_t mask = any ? TAG_VALID : TAG_PLACE;
	uint64_t wanted = any ? TAG_VALID : cursor->place;
	size_t slot = cursor->slot, end = cursor->end;

	while (slot < end && (tags[slot] & mask) != wanted)
		slot++;
	cursor->at = slot;
	cursor->slot = slot + 1;
	return slot < end;
}

bool cursor_next(struct cursor *cursor)
{
	do {
		if (cursor->slot < cursor->end && find_slot(cursor))
			return true;
	} while (enter_set(cursor));
	return false;
}

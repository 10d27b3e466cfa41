/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor.h - go through what one CPU has cached.
 *
 *	struct cursor at = cursor_at(cpu, place);
 *
 *	while (cursor_next(&at))
 *		... cursor_tag(&at), cursor_payload(&at) ...
 *
 * Nothing may be filled or dropped meanwhile.
 */
#ifndef MMU_CURSOR_H
#define MMU_CURSOR_H

#include "mmu/cpu.h"

struct cursor {
	const struct mmu_cpu *cpu;
	uint64_t place;
	unsigned nr;	  /* of the cache */
	unsigned after;	  /* of one place: the cache to look into next */
	size_t set;	  /* of all: the set */
	size_t slot, end; /* what is left of this one */
	size_t at;	  /* where the cursor is */
};

/* All that is cached under @place, or all if that is SEVERAL_PLACES. */
static inline struct cursor cursor_at(const struct mmu_cpu *cpu, uint64_t place)
{
	return (struct cursor){ .cpu = cpu, .place = place };
}

/* The tags of what depends on the entry at @entry of @table, of which such a
 * footprint is left. */
static inline uint64_t cursor_place(const struct footprint *table,
				    paddr_t entry)
{
	if (table->place == SEVERAL_PLACES)
		return SEVERAL_PLACES;
	return table->place | entry / 8 % 512
				      << page_shift(tag_size(table->place));
}

/* What is left of the set: go to the first that is wanted. */
static inline bool cursor_find(struct cursor *cursor, uint64_t mask,
			     uint64_t wanted)
{
	const uint64_t *tags = cursor->cpu->tlb[cursor->nr].tags;
	size_t slot = cursor->slot, end = cursor->end;

	while (slot < end && (tags[slot] & mask) != wanted)
		slot++;
	cursor->at = slot;
	cursor->slot = slot + 1;
	return slot < end;
}

bool cursor_next_anywhere(struct cursor *cursor);

/* There is one set of each cache to look into. */
static inline bool cursor_enter_cache(struct cursor *cursor)
{
	const struct mmu_cpu *cpu = cursor->cpu;
	unsigned size = tag_size(cursor->place), nr = cursor->after;

	while (nr < cpu->nr_tlbs && !cpu->tlb[nr].held[size])
		nr++;
	if (nr == cpu->nr_tlbs)
		return false;
	cursor->nr = nr;
	cursor->after = nr + 1;
	cursor->slot = tlb_set_of(&cpu->tlb[nr], cursor->place) *
		       cpu->tlb[nr].ways;
	cursor->end = cursor->slot + cpu->tlb[nr].ways;
	return true;
}

static inline bool cursor_next_at_place(struct cursor *cursor)
{
	do {
		if (cursor->slot < cursor->end &&
		    cursor_find(cursor, TAG_PLACE, cursor->place))
			return true;
	} while (cursor_enter_cache(cursor));
	return false;
}

static inline bool cursor_next(struct cursor *cursor)
{
	return cursor->place == SEVERAL_PLACES ? cursor_next_anywhere(cursor)
					       : cursor_next_at_place(cursor);
}

static inline uint64_t cursor_tag(const struct cursor *cursor)
{
	return cursor->cpu->tlb[cursor->nr].tags[cursor->at];
}

static inline struct tlb_payload *cursor_payload(const struct cursor *cursor)
{
	return &cursor->cpu->tlb[cursor->nr].payload[cursor->at];
}

#endif /* MMU_CURSOR_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor.h - go through what one CPU has cached.
 *
 *	struct cursor at = cursor_at(cpu, place);
 *
 *	while (cursor_next(&at))
 *		... cursor_tag(&at), cursor_translation(&at) ...
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
	size_t set;	  /* the next to look into */
	size_t slot, end; /* what is left of this one */
	size_t at;	  /* where the cursor is */
};

/* All that is cached under @place, or all if that is SEVERAL_PLACES. */
static inline struct cursor cursor_at(const struct mmu_cpu *cpu, uint64_t place)
{
	return (struct cursor){ .cpu = cpu, .place = place };
}

bool cursor_next(struct cursor *cursor);

static inline uint64_t cursor_tag(const struct cursor *cursor)
{
	return cursor->cpu->tlb[cursor->nr].tags[cursor->at];
}

static inline struct translation *
cursor_translation(const struct cursor *cursor)
{
	return &cursor->cpu->tlb[cursor->nr].payload[cursor->at];
}

#endif /* MMU_CURSOR_H */

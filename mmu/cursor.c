/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cursor.c - go through what one CPU has cached. */
#include "config.h"

#include "mmu/cursor.h"

/* Go to the next set with something in it, in this cache or one after it. */
static bool enter_set(struct cursor *cursor)
{
	for (; cursor->nr < cursor->cpu->nr_tlbs; cursor->nr++) {
		const struct tlb *tlb = &cursor->cpu->tlb[cursor->nr];
		size_t set = tlb_next_set(tlb, cursor->set);

		if (set < tlb_sets(tlb)) {
			cursor->set = set + 1;
			cursor->slot = set * tlb->ways;
			cursor->end = cursor->slot + tlb->ways;
			return true;
		}
		cursor->set = 0;
	}
	return false;
}

bool cursor_next_anywhere(struct cursor *cursor)
{
	do {
		if (cursor->slot < cursor->end &&
		    cursor_find(cursor, TAG_VALID, TAG_VALID))
			return true;
	} while (enter_set(cursor));
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tlb_grow.c - room in a translation cache without limit. */
#include "config.h"

#include <string.h>

#include "mmu/tlb.h"

static bool move_all(struct tlb *to, const struct tlb *from)
{
	size_t slots = tlb_sets(from) * from->ways;

	for (size_t slot = 0; slot < slots; slot++) {
		struct translation what = tlb_translation(from, slot);
		size_t empty;

		if (!from->tags[slot])
			continue;
		empty = tlb_find_empty(to, from->tags[slot]);
		if (empty == TLB_NOWHERE)
			return false;
		tlb_put(to, empty, from->tags[slot], &what);
	}
	return true;
}

/* A full set in a sparse cache is one page in many address spaces: more sets
 * would not part them. */
static bool needs_ways(const struct tlb *tlb)
{
	size_t held = tlb->held[MMU_4K] + tlb->held[MMU_2M] + tlb->held[MMU_1G];

	return held < tlb_sets(tlb) * tlb->ways / 8;
}

bool tlb_grow(struct tlb *tlb)
{
	struct tlb bigger = *tlb;

	do {
		if (needs_ways(tlb))
			bigger.ways *= 2;
		else
			bigger.set_mask = 2 * bigger.set_mask + 1;
		memset(bigger.held, 0, sizeof(bigger.held));
		if (tlb_allocate(&bigger))
			return false;
		if (move_all(&bigger, tlb)) {
			tlb_fini(tlb);
			*tlb = bigger;
			return true;
		}
		tlb_fini(&bigger);
	} while (true);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - the page walk of 4-level and 5-level paging.
 *
 *   va  63..57  56..48  47..39  38..30  29..21  20..12  11..0
 *       sign    PML5    PML4    PDPT    PD      PT      offset
 *                 |       |       |       |       |
 *   CR3 -> [PML5E] -> [PML4E] -> [PDPTE] -> [PDE] -> [PTE] -> 4 KiB page
 *          level 5    level 4    level 3    level 2   level 1
 *                                   \ PS=1    \ PS=1
 *                                    1 GiB     2 MiB
 *
 * With 4 levels it begins at the PML4E, and bit 47 is the sign; from a
 * paging-structure cache, below the entry that was cached.
 *
 * Invariants:
 *  (1) An entry with P=0 or with a reserved bit set ends the walk, and neither
 *      A nor D is set in it.
 *  (2) The walk goes below an entry, or ends in WALK_FOUND, only after A is
 *      set in it; the leaf's D too, for a write.
 *  (3) Nothing is set in a leaf that denies the access.
 *  (4) A bit is set only in the very value that was examined.
 *
 * A walk that faults may leave A set in the entries above: manuals allow
 * either, this is the one that follows the order of the reads.
 *
 * Sources: SDM vol. 3A, "4-Level Paging and 5-Level Paging", "Accessed and
 * Dirty Flags", "Page-Fault Exceptions"; APM vol. 2, "Long-Mode Page
 * Translation", "Accessed (A) Bit".
 */
#include "config.h"

#include "mmu/walk.h"

#include <string.h>

#include "mmu/physmem.h"
#include "mmu/rights.h"

/* Bits first..last, both included. */
static uint64_t bits(unsigned last, unsigned first)
{
	return last < first ? 0 : (~0ull >> (63 - last)) & (~0ull << first);
}

/*
 *                maps a table        maps a page
 *   PML5E, PML4E bit 7               -
 *   PDPTE        -                   29..13; bit 7 itself without 1 GiB pages
 *   PDE          -                   20..13
 *   PTE          -                   -  (bit 7 is PAT)
 * and everywhere 51..MAXPHYADDR, and bit 63 without EFER.NXE.
 */
void paging_set_reserved(struct paging *paging,
			 const struct mmu_profile *profile, uint64_t efer)
{
	uint64_t all = bits(51, profile->maxphyaddr);

	if (!(efer & EFER_NXE))
		all |= PTE_XD;
	for (unsigned level = 1; level <= WALK_LEVELS; level++) {
		paging->reserved[level][0] = all;
		paging->reserved[level][1] = all;
	}
	paging->reserved[5][1] |= PTE_PS;
	paging->reserved[4][1] |= PTE_PS;
	paging->reserved[3][1] |= bits(29, 13);
	if (!profile->page_1g)
		paging->reserved[3][1] |= PTE_PS;
	paging->reserved[2][1] |= bits(20, 13);
}

/* Where there is no memory a bus answers with ones. */
static uint64_t load(const struct paging *paging, paddr_t at)
{
	if (at >= physmem_size(paging->mem))
		return ~0ull;
	return physmem_read(paging->mem, at);
}

/* Set @wanted in the entry just read; false if it changed meanwhile (4). */
static bool set_bits(const struct paging *paging, struct walk *walk,
		     uint64_t wanted)
{
	uint64_t missing = wanted & ~walk->value;
	uint64_t with = walk->value | wanted;

	if (!missing)
		return true;
	if (!physmem_cmpxchg(paging->mem, walk->entry[walk->level],
			     &walk->value, with))
		return false;
	walk->value = with;
	walk->a_set += (missing & PTE_A) != 0;
	walk->d_set += (missing & PTE_D) != 0;
	return true;
}

static unsigned index_of(vaddr_t va, unsigned level)
{
	return va >> (12 + 9 * (level - 1)) & 511;
}

static bool maps_page(unsigned level, uint64_t value)
{
	return level == 1 || (value & PTE_PS);
}

/* What one entry takes away from the rights of the path. */
static uint64_t taken_away(uint64_t value)
{
	return (~value & (PTE_RW | PTE_US)) | (value & PTE_XD);
}

static void reach_leaf(const struct paging *paging, struct walk *walk)
{
	uint64_t value = walk->value;

	walk->size = (enum mmu_page_size)(walk->level - 1);
	walk->global = paging->global_pages && (value & PTE_G);
	walk->target |= value & PTE_FRAME & ~page_offset_mask(walk->size);
	walk->target |= ~value & TARGET_CLEAN;
	if (!(walk->target & TARGET_SUPERVISOR))
		walk->target |= TARGET_USER |
				target_of_key(value >> PTE_KEY_SHIFT & 15);
}

enum step { STEP_DOWN, STEP_END, STEP_AGAIN };

static enum step end(struct walk *walk, enum walk_end how)
{
	walk->end = how;
	return STEP_END;
}

/* Examine the leaf in walk->value. */
static enum step step_leaf(const struct paging *paging,
			   const struct walk_request *request,
			   struct walk *walk)
{
	uint64_t above = walk->target;

	walk->target |= taken_away(walk->value);
	reach_leaf(paging, walk);
	if (walk->target & request->denied_by)
		return end(walk, WALK_DENIED); /* (3) */
	if (!set_bits(paging, walk, request->set_leaf)) {
		walk->target = above;
		return STEP_AGAIN;
	}
	walk->target &= ~(walk->value & TARGET_CLEAN);
	return end(walk, WALK_FOUND);
}

/* Examine the entry in walk->value. */
static enum step step(const struct paging *paging,
		      const struct walk_request *request, struct walk *walk)
{
	uint64_t value = walk->value;
	bool page = maps_page(walk->level, value);

	if (!(value & PTE_P))
		return end(walk, WALK_NOT_PRESENT); /* (1) */
	if (value & paging->reserved[walk->level][page])
		return end(walk, WALK_RESERVED);
	if (page)
		return step_leaf(paging, request, walk);
	if (!set_bits(paging, walk, request->set_upper))
		return STEP_AGAIN;
	walk->target |= taken_away(value);
	return STEP_DOWN;
}

void walk_tables(const struct paging *paging,
		 const struct walk_request *request, struct walk *walk)
{
	paddr_t table = paging->root;
	enum step next = STEP_DOWN;

	memset(walk, 0, sizeof(*walk));
	walk->level = paging->levels + 1;
	if (request->below) {
		walk->level = request->below;
		walk->target = request->through & ~TARGET_PAGE;
		table = request->through & TARGET_PAGE;
	}
	walk->top = walk->level - 1;
	while (next == STEP_DOWN) {
		paddr_t at = table + 8 * index_of(request->va, --walk->level);

		walk->entry[walk->level] = at;
		walk->value = load(paging, at);
		walk->loads++;
		do
			next = step(paging, request, walk);
		while (next == STEP_AGAIN);
		table = walk->value & PTE_FRAME;
		walk->through[walk->level] = walk->target | table;
	}
}

void walk_look(const struct paging *paging, vaddr_t va, struct walk *walk)
{
	struct walk_request request = { .va = va };

	walk_tables(paging, &request, walk);
}

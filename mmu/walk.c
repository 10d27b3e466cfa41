/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - the page walk, in every paging mode.
 *
 * With 5 levels; the other modes begin further down, and mmu/paging.c has what
 * is different about their entries:
 *
 *   va  63..57  56..48  47..39  38..30  29..21  20..12  11..0
 *       sign    PML5    PML4    PDPT    PD      PT      offset
 *                 |       |       |       |       |
 *   CR3 -> [PML5E] -> [PML4E] -> [PDPTE] -> [PDE] -> [PTE] -> 4 KiB page
 *          level 5    level 4    level 3    level 2   level 1
 *                                   \ PS=1    \ PS=1
 *                                    1 GiB     2 MiB
 *
 * From a paging-structure cache it begins below the entry that was cached.
 *
 * Rules:
 *  (1) An entry with P=0 or with a reserved bit set ends the walk, and neither
 *      A nor D is set in it.
 *  (2) The walk goes below an entry, or ends in WALK_FOUND, only after A is
 *      set in it; the leaf's D too, for a write.
 *  (3) Nothing is set in a leaf that denies the access.
 *  (4) A bit is set only in the very value that was examined.
 *  (5) In a guest, no bit is set in a leaf whose page cannot be reached.
 *
 * A walk that faults may leave A set in the entries above: manuals allow
 * either, this is the one that follows the order of the reads.
 *
 * Sources: SDM vol. 3A, "Hierarchical Paging Structures", "Accessed and Dirty
 * Flags", "Page-Fault Exceptions"; APM vol. 2, "Long-Mode Page
 * Translation", "Accessed (A) Bit".
 */
#include "config.h"

#include "mmu/walk.h"

#include <string.h>

#include "mmu/physmem.h"
#include "mmu/rights.h"

static bool exchange(const struct paging *paging, paddr_t at, uint64_t *old,
		     uint64_t value)
{
	if (paging->entry_shift == 2)
		return physmem_cmpxchg32(paging->mem, at, old, value);
	return physmem_cmpxchg(paging->mem, at, old, value);
}

bool walk_set(const struct paging *paging, struct walk *walk, uint64_t wanted)
{
	uint64_t missing = wanted & paging->level[walk->level].flags &
			   ~walk->value;
	uint64_t with = walk->value | missing;

	if (!missing)
		return true;
	if (!exchange(paging, walk->entry[walk->level], &walk->value, with))
		return false;
	walk->value = with;
	walk->a_set += (missing & PTE_A) != 0;
	walk->d_set += (missing & PTE_D) != 0;
	return true;
}

/* The same, when @request comes to it. */
static bool set(const struct paging *paging, const struct walk_request *request,
		struct walk *walk, uint64_t wanted)
{
	if (wanted & paging->level[walk->level].flags & ~walk->value)
		walk_step(request, walk, MMU_STEP_SET);
	return walk_set(paging, walk, wanted);
}

/* What one entry takes away from the rights of the path. */
static uint64_t taken_away(const struct paging_level *level, uint64_t value)
{
	return ((~value & (PTE_RW | PTE_US)) | (value & PTE_XD)) &
	       level->rights;
}

static void reach_leaf(const struct paging *paging, vaddr_t va,
		       struct walk *walk)
{
	const struct paging_level *level = &paging->level[walk->level];
	uint64_t value = walk->value;

	walk->size = (enum mmu_page_size)(walk->level - 1);
	walk->global = paging->global_pages && (value & PTE_G);
	walk->target |= (value & level->frame) |
			(value & level->frame_pse36) << PSE36_SHIFT |
			(va & level->inside);
	walk->target |= ~value & TARGET_CLEAN;
	if (!(walk->target & TARGET_SUPERVISOR))
		walk->target |= TARGET_USER |
				target_of_key(value >> PTE_KEY_SHIFT & 15);
}

/* ---- in a guest ---------------------------------------------------------- */

static bool looks_only(const struct walk_request *request)
{
	return !request->set_upper;
}

static bool translate(const struct nested *nested,
		      const struct nested_request *request, struct walk *walk)
{
	nested_translate(nested, request, &walk->nested);
	walk->loads += walk->nested.loads;
	walk->a_set += walk->nested.a_set;
	walk->d_set += walk->nested.d_set;
	return walk->nested.end == NESTED_OK;
}

/* Where the entry at guest-physical *@at is. */
static bool reach_entry(const struct paging *paging,
			const struct walk_request *request, struct walk *walk,
			paddr_t *at)
{
	struct nested_request nested = {
		.gpa = *at,
		.table = true,
		.look = looks_only(request),
	};

	nested.wants = paging->nested->table_wants;
	walk->value = 0;
	if (!translate(paging->nested, &nested, walk))
		return false;
	walk->table = walk->nested;
	*at = walk->nested.paddr;
	return true;
}

/* To set @wanted in the entry just read is a write. */
static bool may_set_bits(const struct paging *paging, struct walk *walk,
			 uint64_t wanted)
{
	uint64_t flags = paging->level[walk->level].flags;

	if (!paging->nested || !(wanted & flags & ~walk->value))
		return true;
	if (nested_may_write(&walk->table))
		return true;
	walk->nested = walk->table;
	return false;
}

/* The page is the smaller one of the guest's and the host's. */
static bool reach_page(const struct paging *paging,
		       const struct walk_request *request, struct walk *walk)
{
	uint64_t inside = request->va & page_offset_mask(walk->size);
	struct nested_request nested = {
		.gpa = (walk->target & TARGET_PAGE) | inside,
		.wants = request->wants,
		.look = looks_only(request),
	};
	const struct nested_answer *host = &walk->nested;

	if (!translate(paging->nested, &nested, walk))
		return false;
	if (host->size < walk->size) {
		walk->pieces_of = paging->level[walk->level].shift;
		walk->size = host->size;
	}
	walk->target &= ~TARGET_PAGE;
	walk->target |= host->paddr & TARGET_PAGE &
			~page_offset_mask(walk->size);
	if (!(host->rights & NESTED_WRITE))
		walk->target |= TARGET_HOST_READONLY;
	if (!(host->rights & NESTED_FETCH))
		walk->target |= TARGET_XD;
	return true;
}

/* ---- one entry ----------------------------------------------------------- */

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

	walk->target |= taken_away(&paging->level[walk->level], walk->value);
	reach_leaf(paging, request->va, walk);
	if (walk->target & request->denied_by)
		return end(walk, WALK_DENIED); /* (3) */
	if (!may_set_bits(paging, walk, request->set_leaf) ||
	    (paging->nested && !reach_page(paging, request, walk)))
		return end(walk, WALK_NESTED);
	if (!set(paging, request, walk, request->set_leaf)) {
		walk->target = above;
		return STEP_AGAIN;
	}
	walk->target &= ~(walk->value & TARGET_CLEAN);
	if (walk->nested.clean)
		walk->target |= TARGET_CLEAN;
	return end(walk, WALK_FOUND);
}

/* Examine the entry in walk->value. */
static enum step step(const struct paging *paging,
		      const struct walk_request *request, struct walk *walk)
{
	const struct paging_level *level = &paging->level[walk->level];
	uint64_t value = walk->value;
	bool page = value & level->maps_page;

	if (!(value & PTE_P))
		return end(walk, WALK_NOT_PRESENT); /* (1) */
	if (value & level->reserved[page])
		return end(walk, WALK_RESERVED);
	if (page)
		return step_leaf(paging, request, walk);
	if (!may_set_bits(paging, walk, request->set_upper))
		return end(walk, WALK_NESTED);
	if (!set(paging, request, walk, request->set_upper))
		return STEP_AGAIN;
	walk->target |= taken_away(level, value);
	return STEP_DOWN;
}

/* Stand above the first entry to read, whose table is returned. */
static paddr_t start(const struct paging *paging,
		     const struct walk_request *request, struct walk *walk)
{
	paddr_t table = request->root;

	walk->level = paging->levels + 1;
	if (request->below) {
		walk->level = request->below;
		walk->target = request->through & ~TARGET_PAGE;
		table = request->through & TARGET_PAGE;
	} else if (paging->pdpte_registers) {
		walk->value = paging->pdpte[request->va >> 30 & 3];
		table = walk->value & PTE_FRAME;
	}
	walk->top = walk->level - 1;
	return table;
}

static bool starts_nowhere(const struct paging *paging,
			   const struct walk_request *request,
			   const struct walk *walk)
{
	return paging->pdpte_registers && !request->below &&
	       !(walk->value & PTE_P);
}

void walk_tables(const struct paging *paging,
		 const struct walk_request *request, struct walk *walk)
{
	enum step next = STEP_DOWN;
	paddr_t table;

	memset(walk, 0, sizeof(*walk));
	table = start(paging, request, walk);
	if (starts_nowhere(paging, request, walk))
		next = end(walk, WALK_NOT_PRESENT);
	while (next == STEP_DOWN) {
		unsigned shift = paging->level[--walk->level].shift;
		uint64_t index = request->va >> shift & paging->index_mask;
		paddr_t at = table + (index << paging->entry_shift);

		if (paging->nested &&
		    !reach_entry(paging, request, walk, &at)) {
			end(walk, WALK_NESTED);
			return;
		}
		walk->entry[walk->level] = at;
		walk_step(request, walk, MMU_STEP_READ);
		walk->value = paging_load(paging, at);
		walk->loads++;
		do
			next = step(paging, request, walk);
		while (next == STEP_AGAIN);
		table = walk->value & PTE_FRAME;
		walk->through[walk->level] = walk->target | table;
	}
}

void walk_look(const struct paging *paging, paddr_t root, vaddr_t va,
	       struct walk *walk)
{
	struct walk_request request = { .va = va, .root = root };

	walk_tables(paging, &request, walk);
}

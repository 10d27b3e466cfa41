/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perform.c - perform a case on the hardware behind hw.h, or on the model.
 *
 *   store entries, top first --> registers --> INVLPG, MOV CR3 --> access
 *                        A and D <-- load entries <----------------+
 *
 * A late PDPTE is stored after MOV CR3, and before that is absent.
 *
 * The invalidations are those that the manuals ask of software which changes
 * any entry, so what the case finds is decided by memory alone (SDM vol. 3A,
 * "Recommended Invalidation").
 */
#include "mmu/x86.h"
#include "tests/metal/hw.h"

uint32_t metal_ad(uint64_t entry, unsigned level)
{
	unsigned a = (entry & PTE_A) != 0, d = (entry & PTE_D) != 0;

	return (a | d << 1) << (2 * (level - 1));
}

/* Entries of 32-bit paging are halves of words. */
static unsigned half_of(const struct metal_case *c, uint64_t at)
{
	return metal_levels(c) == 2 && (at & 4) ? 32 : 0;
}

static uint64_t load_entry(struct metal_hw *hw, const struct metal_case *c,
			   unsigned level)
{
	uint64_t at = metal_entry_at(c->va, level, metal_levels(c));
	uint64_t word = metal_hw_load(hw, at & ~7ull);

	if (metal_levels(c) == 2)
		return (uint32_t)(word >> half_of(c, at));
	return word;
}

static void store_entry(struct metal_hw *hw, const struct metal_case *c,
			unsigned level, uint64_t entry)
{
	uint64_t at = metal_entry_at(c->va, level, metal_levels(c));

	if (metal_levels(c) == 2) {
		uint64_t word = metal_hw_load(hw, at & ~7ull);

		word &= ~((uint64_t)UINT32_MAX << half_of(c, at));
		entry = word | entry << half_of(c, at);
	}
	metal_hw_store(hw, at & ~7ull, entry);
}

/* What became of the entry at @level that was @before? */
static void look_back(struct metal_hw *hw, const struct metal_case *c,
		      unsigned level, struct metal_result *result)
{
	uint64_t before = c->entry[level];
	uint64_t now = load_entry(hw, c, level);

	result->ad |= metal_ad(now, level);
	if ((now & ~(PTE_A | PTE_D)) != (before & ~(PTE_A | PTE_D)) ||
	    (before & ~now))
		result->flags &= ~METAL_INTACT;
}

static void store_entries(struct metal_hw *hw, const struct metal_case *c)
{
	for (unsigned level = metal_levels(c); level >= c->leaf; level--)
		store_entry(hw, c, level, c->entry[level]);
	if (c->late)
		store_entry(hw, c, 3, 0);
	if (metal_levels(c) == 3)
		metal_hw_store(hw, metal_other_pdpte_at(c->va), c->other_pdpte);
}

/* So that the next case finds the tables empty. */
static void clear_entries(struct metal_hw *hw, const struct metal_case *c)
{
	for (unsigned level = metal_levels(c); level >= c->leaf; level--)
		store_entry(hw, c, level, 0);
	if (metal_levels(c) == 3)
		metal_hw_store(hw, metal_other_pdpte_at(c->va), 0);
}

void metal_perform_case(struct metal_hw *hw, const struct metal_case *c,
			struct metal_result *result)
{
	store_entries(hw, c);
	metal_hw_control(hw, c->control, c->pkru);
	metal_hw_invlpg(hw, c->va);
	metal_hw_mov_cr3(hw);
	if (c->late)
		metal_hw_store_late(hw, metal_entry_at(c->va, 3, 3),
				    c->entry[3]);
	metal_hw_access(hw, c->va, c->op, c->user, result);

	result->ad = 0;
	result->flags |= METAL_INTACT;
	for (unsigned level = c->leaf; level <= metal_levels(c); level++)
		look_back(hw, c, level, result);
	clear_entries(hw, c);
}

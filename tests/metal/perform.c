/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perform.c - perform a case on the hardware behind hw.h, or on the model.
 *
 *   store entries, top first --> registers --> INVLPG, MOV CR3 --> access
 *                        A and D <-- load entries <----------------+
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

/* What became of the entry at @level that was @before? */
static void look_back(struct metal_hw *hw, const struct metal_case *c,
		      unsigned level, struct metal_result *result)
{
	uint64_t before = c->entry[level];
	uint64_t now = metal_hw_load(
		hw, metal_entry_at(c->va, level, metal_levels(c)));

	result->ad |= metal_ad(now, level);
	if ((now & ~(PTE_A | PTE_D)) != (before & ~(PTE_A | PTE_D)) ||
	    (before & ~now))
		result->flags &= ~METAL_INTACT;
}

static void store_entries(struct metal_hw *hw, const struct metal_case *c)
{
	unsigned levels = metal_levels(c);

	for (unsigned level = levels; level >= c->leaf; level--)
		metal_hw_store(hw, metal_entry_at(c->va, level, levels),
			       c->entry[level]);
}

/* So that the next case finds the tables empty. */
static void clear_entries(struct metal_hw *hw, const struct metal_case *c)
{
	unsigned levels = metal_levels(c);

	for (unsigned level = levels; level >= c->leaf; level--)
		metal_hw_store(hw, metal_entry_at(c->va, level, levels), 0);
}

void metal_perform_case(struct metal_hw *hw, const struct metal_case *c,
			struct metal_result *result)
{
	store_entries(hw, c);
	metal_hw_control(hw, c->control, c->pkru);
	metal_hw_invlpg(hw, c->va);
	metal_hw_mov_cr3(hw);
	metal_hw_access(hw, c->va, c->op, c->user, result);

	result->ad = 0;
	result->flags |= METAL_INTACT;
	for (unsigned level = c->leaf; level <= metal_levels(c); level++)
		look_back(hw, c, level, result);
	clear_entries(hw, c);
}

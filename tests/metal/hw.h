/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw.h - the seam between cases and what performs them.
 *
 * In the image: the machine that it runs on (machine.c).  On the host: the
 * model (model.c).  perform.c drives either, so that both see the same
 * stores, the same invalidations and the same access, in the same order.
 */
#ifndef METAL_HW_H
#define METAL_HW_H

#include "tests/metal/metal.h"

struct metal_hw;

/* One word of physical memory: table entries and cells. */
uint64_t metal_hw_load(struct metal_hw *hw, uint64_t paddr);
void metal_hw_store(struct metal_hw *hw, uint64_t paddr, uint64_t value);

/* Registers for the accesses that follow; @control: METAL_WP ... */
void metal_hw_control(struct metal_hw *hw, uint32_t control, uint32_t pkru);
void metal_hw_invlpg(struct metal_hw *hw, uint64_t va);
/* In a legacy mode, part of the next access: it may end there, with #GP. */
void metal_hw_mov_cr3(struct metal_hw *hw);
/* After that MOV CR3, if it does not fault, and before the access. */
void metal_hw_store_late(struct metal_hw *hw, uint64_t paddr, uint64_t value);
/* CR4.PGE toggled. */
void metal_hw_flush_all(struct metal_hw *hw);

/* Fills vector, error and flags (but METAL_INTACT) of @result. */
void metal_hw_access(struct metal_hw *hw, uint64_t va, enum metal_op op,
		     bool user, struct metal_result *result);

/* ---- perform.c, over the above ------------------------------------------ */

/* Tables built, registers set, everything about @c->va invalidated, one
 * access, A and D read back. */
void metal_perform_case(struct metal_hw *hw, const struct metal_case *c,
			struct metal_result *result);

#endif /* METAL_HW_H */

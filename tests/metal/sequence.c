/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sequence.c - the named sequences, and how to perform one.
 *
 *   PML4E -> PDPTE -> PDE -> PTE -> cell         every sequence starts here,
 *                     \..... other PTE -> other  A and D clear, nothing cached
 *
 * Sources: SDM vol. 3A, "Accessed and Dirty Flags" and, under "Caching
 * Translation Information", the section that each row names; APM vol. 2,
 * "TLB Management".
 */
#include "mmu/x86.h"
#include "tests/metal/sequence.h"

#define PERMIT (PTE_P | PTE_RW | PTE_US)
#define OLD_PTE ((METAL_CELL & ~0xfffull) | PERMIT)
#define NEW_PTE ((METAL_OTHER_CELL & ~0xfffull) | PERMIT)
#define PDE(table) ((table) | PERMIT)

#define VA ((1ull << 39) | (5ull << 30) | METAL_CELL)

#define AD "Accessed and Dirty Flags"
#define MUST "Recommended Invalidation"
#define NEED_NOT "Optional Invalidation"
#define OPS "Operations that Invalidate TLBs and Paging-Structure Caches"

#define SET(value)                                                             \
	{                                                                      \
		.kind = METAL_SET, .level = 1, .entry = (value)                \
	}
#define SET_PDE(value)                                                         \
	{                                                                      \
		.kind = METAL_SET, .level = 2, .entry = (value)                \
	}
#define SET_OTHER(value)                                                       \
	{                                                                      \
		.kind = METAL_SET_OTHER_PTE, .entry = (value)                  \
	}
#define INVLPG                                                                 \
	{                                                                      \
		.kind = METAL_INVLPG                                           \
	}
#define MOV_CR3                                                                \
	{                                                                      \
		.kind = METAL_MOV_CR3                                          \
	}
#define FLUSH_ALL                                                              \
	{                                                                      \
		.kind = METAL_FLUSH_ALL                                        \
	}
#define DO(what, may)                                                          \
	{                                                                      \
		.kind = METAL_ACCESS, .op = METAL_OP_##what,                   \
		.permitted = (may)                                             \
	}

#define OLD METAL_OLD
#define NEW METAL_NEW
#define FAULT METAL_FAULT

/* clang-format off */
static const struct metal_sequence sequences[] = {
	{ "a remapped page may be old until INVLPG", MUST, METAL_WP, {
		DO(READ, OLD), SET(NEW_PTE), DO(READ, OLD | NEW),
		INVLPG, DO(READ, NEW) } },
	{ "a remapped page may be old until MOV CR3", OPS, METAL_WP, {
		DO(READ, OLD), SET(NEW_PTE), DO(READ, OLD | NEW),
		MOV_CR3, DO(READ, NEW) } },
	{ "a remapped page may be written old until INVLPG", MUST, METAL_WP, {
		DO(WRITE, OLD), SET(NEW_PTE), DO(WRITE, OLD | NEW),
		INVLPG, DO(WRITE, NEW) } },
	{ "a remapped page may be fetched old until INVLPG", MUST, METAL_WP, {
		DO(FETCH, OLD), SET(NEW_PTE), DO(FETCH, OLD | NEW),
		INVLPG, DO(FETCH, NEW) } },
	{ "an unmapped page may be read until INVLPG", MUST, METAL_WP, {
		DO(READ, OLD), SET(0), DO(READ, OLD | FAULT),
		INVLPG, DO(READ, FAULT) } },
	{ "an unmapped page may be written until INVLPG", MUST, METAL_WP, {
		DO(WRITE, OLD), SET(0), DO(WRITE, OLD | FAULT),
		INVLPG, DO(WRITE, FAULT) } },
	{ "a protected page may be written until INVLPG", MUST, METAL_WP, {
		DO(WRITE, OLD), SET(OLD_PTE & ~PTE_RW), DO(WRITE, OLD | FAULT),
		INVLPG, DO(WRITE, FAULT) } },
	{ "a page may be executed after XD until INVLPG", MUST,
	  METAL_WP | METAL_NXE, {
		DO(FETCH, OLD), SET(OLD_PTE | PTE_XD), DO(FETCH, OLD | FAULT),
		INVLPG, DO(FETCH, FAULT) } },
	{ "a page just made present is found at once", NEED_NOT, METAL_WP, {
		SET(0), INVLPG, DO(READ, FAULT), SET(OLD_PTE),
		DO(READ, OLD) } },
	{ "a page just made writable faults at most once", NEED_NOT,
	  METAL_WP, {
		SET(OLD_PTE & ~PTE_RW), DO(READ, OLD), SET(OLD_PTE),
		DO(WRITE, OLD | FAULT), DO(WRITE, OLD) } },
	{ "a page just made executable faults at most once", NEED_NOT,
	  METAL_WP | METAL_NXE, {
		SET(OLD_PTE | PTE_XD), DO(READ, OLD), SET(OLD_PTE),
		DO(FETCH, OLD | FAULT), DO(FETCH, OLD) } },
	{ "a fault drops the entry that it came from", OPS, METAL_WP, {
		SET(OLD_PTE & ~PTE_RW), DO(READ, OLD), SET(NEW_PTE & ~PTE_RW),
		DO(WRITE, FAULT), DO(READ, NEW) } },
	{ "A may stay clear until INVLPG", AD, METAL_WP, {
		DO(READ, OLD | METAL_A_SET), SET(OLD_PTE),
		DO(READ, OLD | METAL_A_SET | METAL_A_CLEAR),
		INVLPG, DO(READ, OLD | METAL_A_SET) } },
	{ "D may stay clear until INVLPG", AD, METAL_WP, {
		DO(WRITE, OLD | METAL_D_SET), SET(OLD_PTE | PTE_A),
		DO(WRITE, OLD | METAL_D_SET | METAL_D_CLEAR),
		INVLPG, DO(WRITE, OLD | METAL_D_SET) } },
	{ "A of a PDE may stay clear until INVLPG", AD, METAL_WP, {
		DO(READ, OLD | METAL_PDE_A_SET), SET_PDE(PDE(METAL_TEST_PT)),
		DO(READ, OLD | METAL_PDE_A_SET | METAL_PDE_A_CLEAR),
		INVLPG, DO(READ, OLD | METAL_PDE_A_SET) } },
	{ "a write through a clean cached entry sets D", AD, METAL_WP, {
		DO(READ, OLD | METAL_A_SET | METAL_D_CLEAR),
		DO(WRITE, OLD | METAL_A_SET | METAL_D_SET) } },
	{ "a global page may outlive MOV CR3, not INVLPG", OPS,
	  METAL_WP | METAL_PGE, {
		SET(OLD_PTE | PTE_G), DO(READ, OLD), SET(NEW_PTE | PTE_G),
		MOV_CR3, DO(READ, OLD | NEW), INVLPG, DO(READ, NEW) } },
	{ "a global page does not outlive a change of PGE", OPS,
	  METAL_WP | METAL_PGE, {
		SET(OLD_PTE | PTE_G), DO(READ, OLD), SET(NEW_PTE | PTE_G),
		FLUSH_ALL, DO(READ, NEW) } },
	{ "G means nothing while PGE is clear", "Global Pages", METAL_WP, {
		SET(OLD_PTE | PTE_G), DO(READ, OLD), SET(NEW_PTE | PTE_G),
		MOV_CR3, DO(READ, NEW) } },
	{ "a changed PDE may be old until INVLPG", MUST, METAL_WP, {
		SET_OTHER(NEW_PTE), DO(READ, OLD),
		SET_PDE(PDE(METAL_OTHER_PT)), DO(READ, OLD | NEW),
		INVLPG, DO(READ, NEW) } },
	{ "a table replaced by a large page is gone by INVLPG", MUST,
	  METAL_WP, {
		DO(READ, OLD), SET_PDE(0), INVLPG, DO(READ, FAULT),
		SET_PDE((METAL_OTHER_CELL & ~0x1fffffull) | PERMIT | PTE_PS),
		DO(READ, NEW) } },
};
/* clang-format on */

unsigned metal_nr_sequences(void)
{
	return sizeof(sequences) / sizeof(sequences[0]);
}

const struct metal_sequence *metal_sequence(unsigned i)
{
	return &sequences[i];
}

unsigned metal_sight(const struct metal_result *result)
{
	unsigned sight = 0;

	if (result->vector != METAL_DONE)
		sight |= METAL_FAULT;
	else if (result->flags & METAL_CELL_USED)
		sight |= METAL_OLD;
	else if (result->flags & METAL_OTHER_USED)
		sight |= METAL_NEW;
	sight |= result->ad & 1 ? METAL_A_SET : METAL_A_CLEAR;
	sight |= result->ad & 2 ? METAL_D_SET : METAL_D_CLEAR;
	sight |= result->ad & 4 ? METAL_PDE_A_SET : METAL_PDE_A_CLEAR;
	return sight;
}

#define LEVELS 4 /* of every sequence */

static uint64_t entry_at(unsigned level)
{
	return metal_entry_at(VA, level, LEVELS);
}

static void start(struct metal_hw *hw, uint32_t control)
{
	metal_hw_store(hw, entry_at(4), PDE(METAL_TEST_PDPT));
	metal_hw_store(hw, entry_at(3), PDE(METAL_TEST_PD));
	metal_hw_store(hw, entry_at(2), PDE(METAL_TEST_PT));
	metal_hw_store(hw, entry_at(1), OLD_PTE);
	metal_hw_control(hw, control, 0);
	metal_hw_flush_all(hw);
}

static void observe(struct metal_hw *hw, enum metal_op op,
		    struct metal_result *result)
{
	metal_hw_access(hw, VA, op, false, result);
	result->flags |= METAL_INTACT; /* steps change them */
	result->ad = 0;
	for (unsigned level = 1; level <= LEVELS; level++) {
		uint64_t entry = metal_hw_load(hw, entry_at(level));

		result->ad |= metal_ad(entry, level);
	}
}

/* Whether @step is an access: then @result is filled. */
static bool perform(struct metal_hw *hw, const struct metal_step *step,
		    struct metal_result *result)
{
	uint64_t offset = entry_at(1) & 0xfff;

	switch (step->kind) {
	case METAL_SET:
		metal_hw_store(hw, entry_at(step->level), step->entry);
		return false;
	case METAL_SET_OTHER_PTE:
		metal_hw_store(hw, METAL_OTHER_PT + offset, step->entry);
		return false;
	case METAL_INVLPG:
		metal_hw_invlpg(hw, VA);
		return false;
	case METAL_MOV_CR3:
		metal_hw_mov_cr3(hw);
		return false;
	case METAL_FLUSH_ALL:
		metal_hw_flush_all(hw);
		return false;
	case METAL_ACCESS:
		observe(hw, step->op, result);
		return true;
	case METAL_END_OF_SEQUENCE:
		break;
	}
	return false;
}

unsigned metal_perform_sequence(struct metal_hw *hw,
				const struct metal_sequence *sequence,
				struct metal_result *result)
{
	unsigned n = 0;

	start(hw, sequence->control);
	for (unsigned i = 0; i < METAL_MAX_STEPS; i++)
		if (perform(hw, &sequence->step[i], &result[n]))
			n++;
	return n;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sequence.h - named cases of more than one access: what may be stale when.
 *
 * Where the manuals leave a choice a step permits several observations, so
 * machine and model need not agree, but neither may do anything else.
 */
#ifndef METAL_SEQUENCE_H
#define METAL_SEQUENCE_H

#include "tests/metal/hw.h"

#define METAL_MAX_STEPS 10
#define METAL_MAX_OBSERVATIONS METAL_MAX_STEPS

enum metal_step_kind {
	METAL_END_OF_SEQUENCE,
	METAL_SET,		/* store to the entry at a level */
	METAL_SET_OTHER_PTE,	/* ... to the one in METAL_OTHER_PT */
	METAL_INVLPG,
	METAL_MOV_CR3,
	METAL_FLUSH_ALL,
	METAL_ACCESS,
};

/* What an access may show; one of each group that is not all zero. */
enum metal_sight {
	METAL_OLD = 0x01,	/* served by the cell */
	METAL_NEW = 0x02,	/* by the other cell */
	METAL_FAULT = 0x04,
	METAL_A_SET = 0x08,	/* in the PTE, after the access */
	METAL_A_CLEAR = 0x10,
	METAL_D_SET = 0x20,
	METAL_D_CLEAR = 0x40,
	METAL_PDE_A_SET = 0x80,
	METAL_PDE_A_CLEAR = 0x100,
};

struct metal_step {
	enum metal_step_kind kind;
	unsigned level;			/* METAL_SET */
	uint64_t entry;			/* METAL_SET, METAL_SET_OTHER_PTE */
	enum metal_op op;		/* METAL_ACCESS, supervisor */
	unsigned permitted;		/* METAL_ACCESS: enum metal_sight */
};

struct metal_sequence {
	const char *name;		/* a claim */
	const char *source;		/* section title that decides */
	uint32_t control;
	struct metal_step step[METAL_MAX_STEPS];
};

unsigned metal_nr_sequences(void);
const struct metal_sequence *metal_sequence(unsigned i);

/* What @result shows, as a mask of enum metal_sight. */
unsigned metal_sight(const struct metal_result *result);
/* Observations, at most METAL_MAX_OBSERVATIONS. */
unsigned metal_perform_sequence(struct metal_hw *hw,
				const struct metal_sequence *sequence,
				struct metal_result *result);

#endif /* METAL_SEQUENCE_H */

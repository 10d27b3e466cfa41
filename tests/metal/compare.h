/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare.h - one reference against the model.
 */
#ifndef METAL_COMPARE_H
#define METAL_COMPARE_H

#include "tests/metal/known.h"
#include "tests/metal/reference.h"

/* What the references said about one case, all of them together: did one
 * agree, and which programs performed it. */
enum { METAL_AGREED = 1, METAL_PERFORMED = 2 };

static inline uint16_t metal_performed_by(unsigned program)
{
	return (uint16_t)(METAL_PERFORMED << program);
}

struct metal_tally {
	uint64_t done;		/* cases that do not fault in the model */
	uint64_t same;		/* cases with the model's result */
	uint64_t permitted;	/* with another that the manual permits */
	uint64_t wrong;		/* in which the reference is known to be wrong */
	uint64_t unknown;	/* that differ in a way not listed */
	uint64_t skipped;	/* not possible on that machine */
	uint64_t by_row[METAL_MAX_KNOWN];
	uint64_t old;		/* accesses served old where they may be */
	uint64_t wrong_sights;	/* accesses of sequences, known to be wrong */
};

/* False if anything is not as it must be; says what on stdout.  @said has
 * one element for each case; references that are the same program, set up in
 * another way, have one number in @program. */
bool metal_compare(const struct reference *r, unsigned program,
		   struct metal_tally *tally, uint16_t *said);

#endif /* METAL_COMPARE_H */

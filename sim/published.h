/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * published.h - what was measured on real machines, and what the simulated
 * ones do.
 */
#ifndef SIM_PUBLISHED_H
#define SIM_PUBLISHED_H

#include "sim/profile.h"

/* Hundredths: 9600 is 96 pages, 275 is a ratio of 2.75. */
struct published {
	const char *machine;		/* `name` of the profile */
	const char *quantity;		/* "pages in L1, stride 2" */
	const char *value;		/* as it was published, in words */
	unsigned min, max;		/* what is accepted */
	int (*measure)(const struct profile *machine, unsigned stride,
		       unsigned *hundredths);
	unsigned stride;
};

/* The @i-th row, those of a machine one after the other; NULL past the
 * last. */
const struct published *published_at(size_t i);
/* Simulate it: 0, or what curve_measure() returned. */
int published_measure(const struct published *row,
		      const struct profile *machine, unsigned *hundredths);

#endif /* SIM_PUBLISHED_H */

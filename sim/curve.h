/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * curve.h - what an access of a pointer chase costs on a machine.
 */
#ifndef SIM_CURVE_H
#define SIM_CURVE_H

#include "sim/profile.h"

struct curve_request {
	unsigned pages, stride;		/* 4K pages, so many from one to
					   the next */
	unsigned warm, rounds;		/* rounds that do not count, that do */
};

struct curve_point {
	uint64_t accesses, l1_misses, walks;
	uint64_t cycles;		/* of translation */
};

/*
 * Run a `chase:` of loads on a simulated machine of its own.  0; -EINVAL when
 * the machine has no room for the pages; -ENOMEM.
 */
int curve_measure(const struct profile *machine,
		  const struct curve_request *request,
		  struct curve_point *point);

#endif /* SIM_CURVE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generator.h - a trace out of numbers.  Implemented in workloads/.
 */
#ifndef SIM_GENERATOR_H
#define SIM_GENERATOR_H

#include "sim/importer.h"

/*
 * A generator is an importer without a file: `tlbsim generate NAME` runs it
 * with options as an importer's, a job that has no path, and NULL for the
 * file.  NULL-terminated; defined in workloads/generators.c.
 */
extern const struct importer *const sim_generators[];

#endif /* SIM_GENERATOR_H */

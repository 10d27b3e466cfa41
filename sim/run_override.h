/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_override.h - what is said from outside of how a trace is run.
 */
#ifndef SIM_RUN_OVERRIDE_H
#define SIM_RUN_OVERRIDE_H

#include <stdbool.h>
#include <stdint.h>

struct gnttab_policy;

/* All zero: as the trace says.  Its header keeps what it has for policy and
 * seed: expectations are of the one, drivers draw from the other. */
struct run_override {
	const char *machine;		/* or NULL */
	const struct gnttab_policy *policy;	/* or NULL */
	unsigned cpus;			/* or 0 */
	bool seed_given;
	uint64_t seed;
};

/* What is run with, where the trace's own is @own. */
static inline const struct gnttab_policy *
run_policy(const struct run_override *over, const struct gnttab_policy *own)
{
	return over->policy ? over->policy : own;
}

static inline uint64_t run_seed(const struct run_override *over, uint64_t own)
{
	return over->seed_given ? over->seed : own;
}

#endif /* SIM_RUN_OVERRIDE_H */

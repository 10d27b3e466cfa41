/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_search.h - what the two ways to search have in common.
 */
#ifndef SIM_EXPLORE_SEARCH_H
#define SIM_EXPLORE_SEARCH_H

#include "sim/explore.h"
#include "sim/explore_set.h"

struct search {
	const struct explore_plan *plan;
	const struct explore_config *config;
	struct explored *explored;
	struct progress *progress;
	struct explore_set seen;
	struct explore_set ends;
	struct explore_stack now, later; /* this level, the next one */
	uint64_t level;
	uint64_t until; /* ns */
	struct spares spares;
};

/* A schedule has run as far as it can: account for it.  0, -ENOMEM. */
int search_end_schedule(struct search *s, struct explore_exec *exec);
/* Is there a bound that is reached? */
bool search_must_end(struct search *s);
/* All schedules, but for the order of what is independent, up to the first
 * that breaks something.  0, 1 if a bound was reached, -EBADMSG, -errno. */
int explore_dpor(struct search *s);

#endif /* SIM_EXPLORE_SEARCH_H */

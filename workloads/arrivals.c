/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arrivals.c - when requests or packets come.
 *
 *     |<--- gap --->|<--- gap --->|
 *     xxx           xxx           xxx      burst: 3
 */
#include "config.h"

#include "workloads/arrivals.h"
#include "workloads/due.h"

bool arrivals_check(const struct node *item, uint64_t at, uint64_t before,
		    bool done_given, uint64_t done, struct diags *diags)
{
	if (at < before) {
		diag_error(diags, node_get(item, "at")->place,
			   "'at' is before that of the item above");
		return false;
	}
	if (done_given && done < at) {
		diag_error(diags, node_get(item, "done")->place,
			   "'done' is before 'at'");
		return false;
	}
	return true;
}

struct arrivals arrivals_default(uint64_t seed, uint64_t service)
{
	return (struct arrivals){
		.burst = 1,
		.gap = dist_of(0),
		.service = dist_of(service),
		.seed = seed,
	};
}

bool arrivals_start(struct arrivals *arrivals, const struct node *gap,
		    const struct node *service, struct diags *diags)
{
	bool good = true;

	if (gap)
		good = dist_read(gap, &arrivals->gap, dist_time, NULL, diags);
	if (service)
		good = dist_read(service, &arrivals->service, dist_time, NULL,
				 diags) &&
		       good;
	arrivals->left = arrivals->burst;
	arrivals->rng = rng_seeded(arrivals->seed);
	return good;
}

bool arrivals_next(struct arrivals *arrivals, uint64_t *at)
{
	if (!arrivals->count)
		return false;
	if (!arrivals->left) {
		arrivals->left = arrivals->burst;
		arrivals->at = time_after(
			arrivals->at,
			dist_draw(&arrivals->gap, &arrivals->rng));
	}
	arrivals->count--;
	arrivals->left--;
	*at = arrivals->at;
	return true;
}

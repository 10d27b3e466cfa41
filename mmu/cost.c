/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cost.c - cycles, from the record of what was done.
 *
 *   served by    charged
 *   L1           l1_hit
 *   L2           l1_hit + l2_hit
 *   a walk       l1_hit + l2_hit + walk
 *                + walk_load for each load after the first
 *                + a_set, d_set for each bit set
 *                + page_fault if it ended in one
 *
 * An entry that must be walked again, to set D or because it denies the
 * access, pays as a walk.  Measured walk latencies are differences to a
 * second-level hit, hence the sum.
 */
#include "config.h"

#include "mmu/cost.h"

uint32_t cost_of_walk(const struct mmu_costs *costs,
		      const struct mmu_work *work)
{
	if (work->served != MMU_BY_WALK)
		return 0;
	return costs->walk + costs->walk_load * (work->loads - 1) +
	       costs->a_set * work->a_set + costs->d_set * work->d_set +
	       (work->page_fault ? costs->page_fault : 0);
}

uint32_t cost_of_access(const struct mmu_costs *costs,
			const struct mmu_work *work)
{
	uint32_t cycles = costs->l1_hit;

	if (work->served != MMU_BY_L1)
		cycles += costs->l2_hit;
	return cycles + cost_of_walk(costs, work);
}

uint64_t cost_of_walks(const struct mmu_costs *costs,
		       const struct mmu_works *works)
{
	return works->walks * costs->walk +
	       (works->loads - works->walks) * costs->walk_load +
	       works->a_set * costs->a_set + works->d_set * costs->d_set;
}

uint64_t cost_of_misses(const struct mmu_costs *costs,
			const struct mmu_works *works)
{
	return (works->l2_hits + works->walks) *
	       ((uint64_t)costs->l1_hit + costs->l2_hit);
}

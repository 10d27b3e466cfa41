/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cost.h - cycles, from the record of what was done. */
#ifndef MMU_COST_H
#define MMU_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

/* What one access took. */
struct mmu_work {
	enum mmu_served served;
	bool page_fault;
	unsigned loads, a_set, d_set; /* of the walk, if there was one */
};

/* The part beyond a second-level miss. */
uint32_t cost_of_walk(const struct mmu_costs *costs,
		      const struct mmu_work *work);
uint32_t cost_of_access(const struct mmu_costs *costs,
			const struct mmu_work *work);

/* The same of many accesses that ended well. */
struct mmu_works {
	uint64_t l2_hits, walks;
	uint64_t loads, a_set, d_set; /* of the walks */
};
uint64_t cost_of_walks(const struct mmu_costs *costs,
		       const struct mmu_works *works);
/* Up to there: what is charged for not being in level 1. */
uint64_t cost_of_misses(const struct mmu_costs *costs,
			const struct mmu_works *works);

#endif /* MMU_COST_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_psc.h - pages that have more or fewer upper entries in common, on
 * a machine that caches these and nothing else.
 */
#ifndef TESTS_CHECK_MMU_PSC_H
#define TESTS_CHECK_MMU_PSC_H

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull
#define OTHER_FRAME 0x2000000ull

/* One page in each of two tables of a directory, and farther away. */
#define VA 0x10000ull
#define BESIDE (VA + PAGE)	   /* the same PDE */
#define NEXT_TABLE (VA + MEG2)	   /* the same PDPTE */
#define NEXT_DIRECTORY (VA + GIG1) /* the same PML4E */
#define FAR_AWAY (VA + (1ull << 39))

static inline struct mmu_profile profile_pscs(unsigned entries)
{
	struct mmu_profile profile = profile_bare();

	for (unsigned level = 2; level < MMU_PSC_LEVELS; level++)
		profile.psc[level] = entries;
	return profile;
}

static inline struct machine machine_pscs(struct mmu_profile profile)
{
	static const vaddr_t pages[] = { VA, BESIDE, NEXT_TABLE, NEXT_DIRECTORY,
					 FAR_AWAY };
	struct machine m = machine_make(profile, 1);

	for (int i = 0; i < ROWS(pages); i++)
		machine_map(&m, pages[i], (FRAME + i * PAGE) | USER_RW);
	return m;
}

static inline struct machine machine_unlimited(void)
{
	return machine_pscs(profile_pscs(MMU_PSC_UNLIMITED));
}

#endif /* TESTS_CHECK_MMU_PSC_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_quirks.h - pages beside each other on a machine that has quirks.
 */
#ifndef TESTS_CHECK_MMU_QUIRKS_H
#define TESTS_CHECK_MMU_QUIRKS_H

#include "tests/check_mmu.h"

#define VA 0x10000ull /* the first of four that may be coalesced */
#define NEXT (VA + PAGE)
#define FRAME 0x1000000ull

static inline struct machine machine_with(unsigned quirks, unsigned cpus)
{
	struct mmu_profile profile = profile_everything();

	profile.quirks = quirks;
	for (unsigned level = 2; level < MMU_PSC_LEVELS; level++)
		profile.psc[level] = MMU_PSC_UNLIMITED;
	return machine_make(profile, cpus);
}

/* Pages from VA on, to frames from FRAME on. */
static inline paddr_t map_pages(struct machine *m, unsigned pages,
				uint64_t flags)
{
	for (unsigned i = 0; i < pages; i++)
		machine_map(m, VA + i * PAGE, (FRAME + i * PAGE) | flags);
	return machine_entry(m, VA, 1);
}

static inline uint64_t value_of(struct machine *m, vaddr_t va)
{
	return physmem_read(m->mem, machine_entry(m, va, 1));
}

static inline bool holds(struct machine *m, vaddr_t va)
{
	return mmu_holders_of_entry(m->mmu, machine_entry(m, va, 1)).any;
}

static inline struct mmu_result read_by(struct machine *m, unsigned cpu,
					vaddr_t va)
{
	return mmu_access(m->mmu, cpu, va, MMU_READ, MMU_SUPERVISOR);
}

#endif /* TESTS_CHECK_MMU_QUIRKS_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_world.h - one machine for each profile, in lockstep. */
#ifndef TESTS_CHECK_MMU_WORLD_H
#define TESTS_CHECK_MMU_WORLD_H

#include "tests/check_mmu_pages.h"

/* Two address spaces, PCIDs 1 and 2, each with all pages; those from BOTH on
 * are under the same tables in both, and may be global. */
struct world {
	struct random random;
	unsigned count;
	struct machine m[MAX_PROFILES]; /* tables at the same addresses */
	const char *name[MAX_PROFILES];
	paddr_t root[2]; /* of level 4 */
	paddr_t top[2];	 /* for CR3: of level 4 or 5 */
	bool five_levels;
	bool pcids[CPUS];     /* CR4.PCIDE */
	unsigned space[CPUS]; /* loaded */
	unsigned good;	      /* accesses that did not fault */
};

void world_make(struct world *w, const struct profiles *profiles,
		uint64_t seed);
/* Assert that all machines have the same tables, and nothing is stale. */
void world_check(struct world *w);

/* On all machines: a register; the tables of a space, with CR3_NOFLUSH or 0;
 * CR4.PCIDE. */
void world_set_register(struct world *w, unsigned cpu, enum mmu_register reg,
			uint64_t value);
void world_load_space(struct world *w, unsigned cpu, unsigned space,
		      uint64_t how);
void world_toggle_pcids(struct world *w, unsigned cpu);

/* Drop everything, each machine in another way. */
void world_flush_cpu(struct world *w, unsigned cpu);
void world_flush(struct world *w);

/* Drop a page on every CPU. */
enum way {
	BY_INVLPG,
	BY_INVLPGB,
	BY_ADDRESS, /* from here on, what is not global */
	BY_CONTEXT,
	BY_NOT_GLOBAL,
	BY_RELOAD,
	WAYS,
};

/* One that suffices for @page. */
enum way world_way(struct world *w, unsigned page);
void world_drop_page(struct world *w, unsigned page, enum way way);

#endif /* TESTS_CHECK_MMU_WORLD_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_pages.h - pages, profiles and accesses for seeded random tests. */
#ifndef TESTS_CHECK_MMU_PAGES_H
#define TESTS_CHECK_MMU_PAGES_H

#include "tests/check_mmu.h"

#define STEPS 6000
#define CPUS 2
#define SMALL_PAGES 12			/* of 4 KiB */
#define OWN_PAGES 8			/* of them; the others are in both
					   address spaces */
#define BOTH (1ull << 39)		/* from there on */
#define PAGES (SMALL_PAGES + 3)		/* and two of 2 MiB, one of 1 GiB */
#define MAX_PROFILES 64
#define FRAMES 3			/* that a page may lead to */

struct random {
	uint64_t state;
};

struct random random_seed(uint64_t seed);
unsigned below(struct random *random, unsigned limit);
bool one_in(struct random *random, unsigned chances);

/* Profiles to tell apart: some of the tests' own, of which the first caches
 * nothing, and every shipped one, with the features of the first: what is left
 * of them is how they cache. */
struct profiles {
	unsigned count;
	struct mmu_profile list[MAX_PROFILES];
};
struct profiles every_profile(void);

enum mmu_page_size size_of(unsigned page);
vaddr_t va_of(unsigned page);
/* Each page has frames of its own, so that one tells whose it is. */
paddr_t frame_of(unsigned page, unsigned frame);
/* A value for the page's leaf entry, mostly a good one. */
uint64_t random_leaf(struct random *random, unsigned page);

/* Two address spaces with tables for all pages, and no page present. */
void make_spaces(struct machine *m, paddr_t root[2]);
/* Put each below a table of level 5, and every CPU into that mode; those
 * tables. */
void use_five_levels(struct machine *m, const paddr_t root[2], paddr_t top[2]);

struct access {
	unsigned cpu, page;
	vaddr_t va;
	enum mmu_access access;
	enum mmu_privilege privilege;
};

struct access random_access(struct random *random);
struct mmu_result do_access(struct machine *m, const struct access *access);

#endif /* TESTS_CHECK_MMU_PAGES_H */

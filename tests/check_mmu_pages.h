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
#define FRAMES 3			/* that a page may lead to */

struct random {
	uint64_t state;
};

struct random random_seed(uint64_t seed);
unsigned below(struct random *random, unsigned limit);
bool one_in(struct random *random, unsigned chances);

/* The first caches nothing. */
#define MACHINES 6
struct mmu_profile profile_number(unsigned number);

enum mmu_page_size size_of(unsigned page);
vaddr_t va_of(unsigned page);
/* Each page has frames of its own, so that one tells whose it is. */
paddr_t frame_of(unsigned page, unsigned frame);
/* A value for the page's leaf entry, mostly a good one. */
uint64_t random_leaf(struct random *random, unsigned page);

/* Two address spaces with tables for all pages, and no page present. */
void make_spaces(struct machine *m, paddr_t root[2]);

struct access {
	unsigned cpu, page;
	vaddr_t va;
	enum mmu_access access;
	bool user;
};

struct access random_access(struct random *random);
struct mmu_result do_access(struct machine *m, const struct access *access);

#endif /* TESTS_CHECK_MMU_PAGES_H */

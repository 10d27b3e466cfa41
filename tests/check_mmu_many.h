/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_many.h - a machine of two CPUs and three address spaces whose
 * entries change, likewise in each that is made: for tests that compare.
 */
#ifndef TESTS_CHECK_MMU_MANY_H
#define TESTS_CHECK_MMU_MANY_H

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/profile.h"

#define MEMORY (UINT64_C(64) << 20)
#define PAGE 4096
#define SPACES 3
#define PLACES 8   /* in each space, far apart, */
#define REGIONS 14 /* of 2M in each, */
#define PAGES 64   /* that are used in each */

struct machine {
	struct mmu *mmu;
	struct physmem *mem;
	paddr_t next;
	paddr_t root[SPACES];
};

/* A random number, and an address that is often used. */
uint64_t draw(uint64_t *state);
vaddr_t address(uint64_t drawn);

void make_machine(struct machine *m, const struct profile *profile,
		  enum mmu_batching batching);
/* What else happens: entries change, translations are dropped, registers are
 * loaded; by what was @drawn. */
void disturb(struct machine *m, unsigned cpu, uint64_t drawn, uint64_t stamp);

#endif /* TESTS_CHECK_MMU_MANY_H */

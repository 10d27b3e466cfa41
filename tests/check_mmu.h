/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu.h - a small machine with page tables, for the tests of mmu/. */
#ifndef TESTS_CHECK_MMU_H
#define TESTS_CHECK_MMU_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "tests/suite.h"

#define PAGE 4096ull
#define MEG2 (1ull << 21)
#define GIG1 (1ull << 30)

#define USER_RW (PTE_P | PTE_RW | PTE_US)
#define KERNEL_RW (PTE_P | PTE_RW)

#define DATA (1u << MMU_READ | 1u << MMU_WRITE)
#define CODE (1u << MMU_FETCH)
#define ANY_ACCESS (DATA | CODE)
#define ONLY_4K (1u << MMU_4K)
#define ONLY_2M (1u << MMU_2M)
#define ONLY_1G (1u << MMU_1G)
#define ANY_SIZE (ONLY_4K | ONLY_2M | ONLY_1G)

/* Every cost is another power of ten, so that a sum says what it is of. */
extern const struct mmu_costs decimal_costs;

/* Intel-like, all features, without TLBs; then with one more each. */
struct mmu_profile profile_bare(void);
void profile_add(struct mmu_profile *profile, unsigned level, unsigned sizes,
		 unsigned accesses, unsigned sets, unsigned ways,
		 enum mmu_replacement replacement);
void profile_add_infinite(struct mmu_profile *profile, unsigned level);
/* The extremes, and a two-level one of few entries. */
struct mmu_profile profile_nothing(void);
struct mmu_profile profile_everything(void);
struct mmu_profile profile_of_vendor(enum mmu_vendor vendor); /* everything */
struct mmu_profile profile_small(void);

struct machine {
	struct mmu *mmu;
	struct physmem *mem;
	paddr_t free;			/* the next frame for a table */
	paddr_t root;			/* of the first address space, loaded
					   into each CPU */
	uint64_t stamp;			/* of the newest change */
};

/* Tables grow from 1 MiB; frames from 16 MiB on are the test's. */
struct machine machine_make(struct mmu_profile profile, unsigned cpus);
struct machine machine_make_seeded(struct mmu_profile profile, unsigned cpus,
				   uint64_t seed);
void machine_free(struct machine *m);
paddr_t machine_table(struct machine *m);

/* Map @va under @root by a leaf of @size with the value @leaf, and user
 * writable tables above as needed; the leaf's address. */
paddr_t machine_map_at(struct machine *m, paddr_t root, vaddr_t va,
		       enum mmu_page_size size, uint64_t leaf);
paddr_t machine_map(struct machine *m, vaddr_t va, uint64_t leaf);
/* A machine that maps so many 4K pages from 0 on, @stride pages apart, each to
 * the same frame. */
struct machine machine_with_pages(struct mmu_profile profile, unsigned pages,
				  unsigned stride);
/* The entry for @va at @level, under the first root. */
paddr_t machine_entry(const struct machine *m, vaddr_t va, unsigned level);
/* Change an entry and tell; the stamp. */
uint64_t machine_set(struct machine *m, paddr_t entry, uint64_t value);

struct mmu_result machine_read(struct machine *m, vaddr_t va);
struct mmu_result machine_write(struct machine *m, vaddr_t va);
struct mmu_result machine_fetch(struct machine *m, vaddr_t va);
/* Is it cached?  By reading it, which caches it. */
bool machine_was_cached(struct machine *m, unsigned cpu, vaddr_t va);
/* Of reads of so many pages, @stride pages apart, from 0 on: those of a second
 * round that are served so. */
unsigned machine_count_hits(struct machine *m, unsigned pages, unsigned stride,
			    enum mmu_served by);

/* Set the bits of @set in a register and clear those of @clear. */
bool machine_change(struct machine *m, enum mmu_register reg, uint64_t set,
		    uint64_t clear);

#endif /* TESTS_CHECK_MMU_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - the page walk: what it reads, sets and finds.
 */
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/nested.h"
#include "mmu/paging.h"

/* What the access wants of the entries. */
struct walk_request {
	vaddr_t va;
	paddr_t root; /* table to begin with: CR3's */
	/* Begin below an entry of this level, which led to that table by a
	 * path with these rights: as in walk.through[].  0: at the root. */
	unsigned below;
	uint64_t through;
	uint64_t denied_by; /* TARGET_ bits that forbid it */
	unsigned wants;	    /* NESTED_ bits of the page, of a guest's */
	uint64_t set_upper; /* PTE_A, or 0 to change nothing */
	uint64_t set_leaf;  /* PTE_A, PTE_D */
	const struct mmu_steps *steps; /* whom to tell of them, or NULL, and */
	unsigned cpu;		       /* whose they are */
};

enum walk_end {
	WALK_FOUND,
	WALK_NOT_PRESENT,
	WALK_RESERVED,
	WALK_DENIED,
	WALK_NESTED, /* for what walk.nested says */
};

struct walk {
	enum walk_end end;
	unsigned level;			/* of the last entry read */
	uint64_t value;			/* of it, as it is now */
	unsigned top;			/* level of the first one */
	paddr_t entry[WALK_LEVELS + 1]; /* by level, from @level to @top */
	/* Of those above @level: the next table, with TARGET_ bits that the
	 * path down to there took away. */
	uint64_t through[WALK_LEVELS + 1];
	uint64_t target;	 /* TARGET_ bits of the path so far, and
				    the page when the leaf was reached */
	enum mmu_page_size size; /* when the leaf was reached: of what
				    is cached, half of a 4 MiB page */
	bool global;		 /* likewise */
	unsigned pieces_of;	 /* log2 of the guest's page, if the host's
				    is smaller */
	/* In a guest: to the latest table; what WALK_NESTED is for, or to
	 * the page. */
	struct nested_answer table, nested;
	/* The record of work. */
	unsigned loads, a_set, d_set;
};

static inline unsigned page_shift(enum mmu_page_size size)
{
	return 12 + 9 * size;
}

static inline uint64_t page_offset_mask(enum mmu_page_size size)
{
	return (1ull << page_shift(size)) - 1;
}

/* The walk is about to take a step at the last entry, or to read one. */
static inline void walk_step(const struct walk_request *request,
			     const struct walk *walk, enum mmu_step kind)
{
	if (request->steps)
		request->steps->take(
			request->steps,
			&(struct mmu_walk_step){ kind, request->cpu,
						 walk->level,
						 walk->entry[walk->level],
						 walk->value });
}

void walk_tables(const struct paging *paging,
		 const struct walk_request *request, struct walk *walk);

/* Set the A and D bits of @wanted in the last entry read; false if it is not
 * as it was read: then nothing is set, and walk->value is what is there. */
bool walk_set(const struct paging *paging, struct walk *walk, uint64_t wanted);

/* Look only, from @root: set nothing, ask for no right. */
void walk_look(const struct paging *paging, paddr_t root, vaddr_t va,
	       struct walk *walk);

#endif /* MMU_WALK_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle_walk.h - what the manuals say one access does, case by case.
 *
 * Takes the four entries by value, as a reader with a pencil would: no
 * memory, no addresses, no caches.
 */
#ifndef TESTS_ORACLE_WALK_H
#define TESTS_ORACLE_WALK_H

#include <stdbool.h>
#include <stdint.h>

enum oracle_mode { ORACLE_4_LEVEL, ORACLE_PAE, ORACLE_32_BIT };
enum oracle_access { ORACLE_READ, ORACLE_WRITE, ORACLE_FETCH };

/* In legacy modes the walk begins at the PDE. */
struct oracle_case {
	enum oracle_mode mode;
	bool pse; /* of 32-bit paging */
	uint64_t entry[5]; /* [4] PML4E, [3] PDPTE, [2] PDE,
			      [1] PTE */
	bool wp, nxe, smep, smap, ac, pke;
	uint32_t pkru;
	unsigned maxphyaddr;
	bool page_1g;
	enum oracle_access access;
	bool user;
	bool implicit; /* made by the processor itself */
};

struct oracle_answer {
	bool fault;
	uint32_t code;
	unsigned leaf;	   /* level of the entry that maps the
			      page, when there is no fault */
	uint64_t entry[5]; /* afterwards */
};

struct oracle_answer oracle_walk(const struct oracle_case *c);

#endif /* TESTS_ORACLE_WALK_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model_guests.h - seeded random guests, of the grant logic and of the naive
 * model of it at once.
 */
#ifndef TESTS_MODEL_GUESTS_H
#define TESTS_MODEL_GUESTS_H

#include "tests/model_gnttab.h"

struct pair {
	struct fake_machine *m;
	struct model md;
	uint64_t seed;
	unsigned operations;
	bool map_heavy;
	unsigned refs;				     /* entries in use */
	unsigned seen[14];			     /* statuses, negated */
	unsigned commands[GNTTABOP_cache_flush + 1]; /* that succeeded */
	/* where each handle was mapped */
	uint64_t addr[FAKE_DOMAINS][MODEL_HANDLES];
};

unsigned below(struct pair *p, unsigned n);
bool one_in(struct pair *p, unsigned n);
/* Fails the test unless @got is @want. */
void same(const char *what, unsigned i, uint64_t got, uint64_t want);
/* Most is done by domain 0, as in life. */
domid_t some_mapper(struct pair *p);

/* What guests do without a hypercall. */
void do_fill_memory(struct pair *p);
void do_grant(struct pair *p);
void do_touch(struct pair *p);
void do_rewrite(struct pair *p);
void do_schedule(struct pair *p);
void do_populate(struct pair *p);

/* A hypercall of both; what it returns and writes is compared. */
void do_call(struct pair *p);

#endif /* TESTS_MODEL_GUESTS_H */

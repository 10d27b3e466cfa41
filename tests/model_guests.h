/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model_guests.h - seeded random guests, of the grant logic and of the naive
 * model of it at once.
 */
#ifndef TESTS_MODEL_GUESTS_H
#define TESTS_MODEL_GUESTS_H

#include "tests/model_gnttab.h"

#define MODEL_OPS 70	   /* in a hypercall */
#define MODEL_LIST_AT 8192 /* numbers of frames go here, in its arguments */

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

/* What to do next; of how many operations at most. */
unsigned some_cmd(struct pair *p);
unsigned op_limit(unsigned cmd);
/* One, for @d; @before is the one before it, or NULL. */
void op_make(struct pair *p, domid_t d, unsigned cmd, void *op,
	     const void *before);
/* What became of it; GNTST_okay where there is no status. */
int16_t op_status(unsigned cmd, const void *op);

/* A hypercall of both; what it returns and writes is compared. */
void do_call(struct pair *p);

#endif /* TESTS_MODEL_GUESTS_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * driver_run.h - a driver's block of a trace, run event by event.
 *
 *   domain 0   hardware domain, 64M, 64 grant frames
 *   domain 1   guest, 1M, 64 grant frames
 *   domain 2   guest, 1M, 1 grant frame: 504 references for use
 *   domain 3   guest, 1M, 64 grant frames
 */
#ifndef TESTS_DRIVER_RUN_H
#define TESTS_DRIVER_RUN_H

#include "workloads/drivers.h"
#include "workloads/script.h"

#define LABEL 7 /* the name of the block's handles */

/* The trace that a block stands in: CPUs 0 and 1, seed 1. */
extern const struct trace_header driver_header;

struct run {
	const struct driver *driver;
	struct yaml_in *in;
	struct diags diags;
	void *instance; /* NULL: the block was refused */
	char path[32];
};

/* @block is the text of the block's mapping; in driver_header's trace, or in
 * @header's, which is to live as long as the run. */
void run_open(struct run *run, const char *driver, const char *block);
void run_open_in(struct run *run, const struct trace_header *header,
		 const char *driver, const char *block);
void run_close(struct run *run);
/* The next event, of a block that must have been taken: 1, or 0. */
int run_next(struct run *run, struct event *event);
/* How many events of @kind come before the first unmap, which is *@event. */
unsigned run_to_unmap(struct run *run, enum event_kind kind,
		      struct event *event);

/*
 * A block, and the events that it must make, one a line:
 *
 *     grant N [ro]     N references        map N [ro]    one hypercall
 *     revoke N                             unmap N
 *     copy N                               read N*M [at O]  N loads, M apart,
 *                                          from offset O of a page
 */
struct sequence {
	const char *claim, *driver, *block, *events;
};
void check_sequence(const struct sequence *row);

/* The first @want addresses and references that a block maps, in order. */
void mapped_at(const char *driver, const char *block, uint64_t *at,
	       grant_ref_t *ref, size_t want);

/* A number of its own for each page that a backend maps. */
static inline unsigned page_of(uint64_t address)
{
	return address / 4096 % 65536;
}

#endif /* TESTS_DRIVER_RUN_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strand.h - a function that can be left half-way and gone on with later.
 *
 * It has a stack of its own and runs on the thread of whoever has it go: the
 * two take turns, so nothing needs a lock and all is deterministic.
 */
#ifndef SIM_STRAND_H
#define SIM_STRAND_H

#include <stdbool.h>

struct strand;

/* Stacks that are kept to be used again: as many as there were strands at a
 * time.  All 0 at first. */
struct strands {
	struct strand *spare;
};
void strands_free(struct strands *strands);

/* Will run @run(@arg) when it is told to go; its stack comes from @strands and
 * goes back there, unless that is NULL.  NULL if out of memory. */
struct strand *strand_create(struct strands *strands, void (*run)(void *),
			     void *arg);
/* Let it run until it pauses (false) or its function returns (true). */
bool strand_go(struct strand *strand);
/* Is it waiting for strand_go()? */
bool strand_waits(const struct strand *strand);
/* From inside: leave, and return when it goes on. */
void strand_pause(struct strand *strand);
/* Its function has returned, or is left where it is for good: what it would
 * have freed later is the caller's to free. */
void strand_destroy(struct strand *strand);

#endif /* SIM_STRAND_H */

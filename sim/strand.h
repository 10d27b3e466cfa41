/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strand.h - a function that can be left half-way and gone on with later.
 *
 * It runs on a thread of its own, but never at the same time as whoever has it
 * go: the two take turns, so nothing needs a lock and all is deterministic.
 */
#ifndef SIM_STRAND_H
#define SIM_STRAND_H

#include <stdbool.h>

struct strand;

/* Will run @run(@arg) when it is told to go; NULL if out of memory. */
struct strand *strand_create(void (*run)(void *), void *arg);
/* Let it run until it pauses (false) or its function returns (true). */
bool strand_go(struct strand *strand);
/* Is it waiting for strand_go()? */
bool strand_waits(const struct strand *strand);
/* From inside: leave, and return when it goes on. */
void strand_pause(struct strand *strand);
/* Its function has returned. */
void strand_destroy(struct strand *strand);

#endif /* SIM_STRAND_H */

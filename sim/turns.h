/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turns.h - what a scheduler of a simulated machine's CPUs asks it.
 *
 * CPUs take turns: an event, or a hypercall's part up to a stop, is one.
 */
#ifndef SIM_TURNS_H
#define SIM_TURNS_H

#include "sim/buffer.h"
#include "sim/crossing.h"
#include "sim/sim.h"
#include "sim/touch.h"

/* A hypercall that a trace has named. */
struct turns_call {
	bool there;	  /* stopped, preempted, or over and to be resumed */
	bool over;
	bool waits;	  /* for a lock that another CPU holds */
	uint32_t crossed; /* crossings of the seam that it came to */
	enum crossing at; /* the last of them */
};
struct turns_call turns_call(const struct sim *sim, struct label name);

/* Has a handle been bound to @label? */
bool turns_is_bound(const struct sim *sim, struct label label);

/* Does @event, which happens at once, wait for no lock and no walk? */
bool turns_may_happen(const struct sim *sim, const struct event *event);

/* Is nothing in use of what @event revokes?  Guests wait for that. */
bool turns_may_revoke(struct sim *sim, const struct event *event);

/* Would @cpu find a page at @at, if it walked there for no instruction? */
bool turns_finds_page(const struct sim *sim, int cpu, uint64_t at);

/* Has @cpu stored what is not in memory yet?  What is that, and what does it
 * touch when the older of it gets there? */
bool turns_may_drain(const struct sim *sim, int cpu);
struct waiting turns_waiting(const struct sim *sim, int cpu);
void turns_touch_drain(const struct sim *sim, int cpu,
		       const struct waiting *waiting, struct touches *touches);

/* What went wrong so far. */
struct turns_wrong {
	uint64_t violations;
	uint64_t stale; /* accesses by an outdated translation, but for those
			   that could have come before its unmap's flush */
	const char *first; /* in words, or "", since turns_forget_words() */
};
struct turns_wrong turns_wrong(struct sim *sim);
void turns_forget_words(struct sim *sim);

/* A hash of what guests and CPUs have in the end: what became of operations,
 * entries and status words, whose translations are cached. */
uint64_t turns_state(struct sim *sim);

/* From now on add to @touches whatever is touched; NULL: no more. */
void turns_note(struct sim *sim, struct touches *touches);

#endif /* SIM_TURNS_H */

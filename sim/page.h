/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.h - frames of memory: who uses them, who owns them, who is next.
 */
#ifndef SIM_PAGE_H
#define SIM_PAGE_H

#include "sim/pinning.h"

struct sim;
struct cpu;
struct domain;

/* References are taken and dropped in page_use.h; this is page_hold() for
 * writing, of a frame without a type that was used otherwise last. */
bool page_hold_typed(struct sim *sim, mfn_t mfn);

/* The memory that @gfn of @d leads to is no longer its own: free now, or when
 * the last reference is dropped. */
void page_give_up(struct domain *d, uint64_t gfn);
/* @cpu finds fresh memory for @gfn of @d, which leads nowhere; false: none is
 * left. */
bool page_alloc(struct cpu *cpu, struct domain *d, uint64_t gfn);

/* An empty frame, which nobody uses, becomes a page table: it takes the type,
 * then who may hold what it was is flushed; until XSA-401 the other way
 * round.  False: it is used, and stays what it is. */
bool page_pin_begin(const struct pinning *pinning);
bool page_pin_end(const struct pinning *pinning);
/* False: it is not one. */
bool page_unpin(struct sim *sim, mfn_t mfn);

/* machine_frame_steal(), machine_frame_assign(), machine_frame_place(). */
int16_t page_steal(struct domain *d, uint64_t gfn, mfn_t *mfn);
bool page_assign(struct domain *d, mfn_t mfn);
void page_place(struct domain *d, uint64_t gfn, mfn_t mfn);
/* Free a stolen one, which nobody uses, and whoever owns it. */
void page_free(struct sim *sim, mfn_t mfn);

#endif /* SIM_PAGE_H */

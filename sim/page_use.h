/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_use.h - references on frames: each grant operation takes and drops some.
 *
 * What seldom comes of that is page.c's.
 */
#ifndef SIM_PAGE_USE_H
#define SIM_PAGE_USE_H

#include "sim/state.h"

/* The last use of a frame as what it was has ended: (3) of page.c. */
static inline void page_end_type(struct sim *sim, struct frame *frame,
				 enum frame_type was)
{
	frame->was = (uint8_t)was;
	frame->stamp = sim->clock.now;
}

/* Would a reference of @kind make @frame what it was not before? */
static inline bool page_is_new(const struct frame *frame,
			       enum machine_hold kind)
{
	return kind == MACHINE_HOLD_WRITABLE && frame->type == FRAME_UNTYPED &&
	       frame->was != FRAME_WRITABLE;
}

/* Take a reference on @frame, which is @mfn.  False: not to be written by
 * anybody, with nothing taken. */
static inline bool page_hold(struct sim *sim, struct frame *frame, mfn_t mfn,
			     enum machine_hold kind)
{
	if (page_is_new(frame, kind))
		return page_hold_typed(sim, mfn);
	return frame_hold(frame, kind);
}

/* Drop one; of a frame that is to go, the last frees it. */
static inline void page_drop(struct sim *sim, mfn_t mfn, enum machine_hold kind)
{
	struct frame *frame = frames_at(&sim->frames, mfn);

	frame_drop(frame, kind);
	if (kind != MACHINE_HOLD && !frame->type_refs)
		page_end_type(sim, frame, FRAME_WRITABLE);
	if (!frame->refs && frame->leaving)
		page_free(sim, mfn);
}

#endif /* SIM_PAGE_USE_H */

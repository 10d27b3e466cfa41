/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - what the hypervisor knows of each frame of machine memory.
 *
 *   frame 0       FRAMES_OWN            domain 0's memory   domain 1's ...
 *   |unused| tables, shared frames |....|===================|====...
 *           given out one by one         in one piece each, aligned to 2M
 *                                        or 1G so that large pages fit
 */
#ifndef SIM_FRAME_H
#define SIM_FRAME_H

#include <assert.h>

#include "gnttab/machine.h"

/* Frames for page tables and shared grant frames: 4 GiB of them. */
#define FRAMES_OWN (UINT64_C(1) << 20)
#define FRAME_BYTES 4096u

/* What a frame is used as; a page table's is its level. */
enum frame_type {
	FRAME_UNTYPED,
	FRAME_L1,
	FRAME_L2,
	FRAME_L3,
	FRAME_L4,
	FRAME_WRITABLE, /* data, mapped writable somewhere */
	FRAME_SHARED,	/* of a domain's grant table or its status */
	FRAME_FREE,	/* given back */
};

struct frame {
	union {
		struct domain *owner; /* of frames given out and moved; other
					 memory is known by its place */
		uint64_t next;	      /* of free memory: the next one */
	};
	uint32_t refs;	      /* beyond that of being owned; of a free
				 frame: the next one */
	uint32_t type_refs;   /* uses as FRAME_WRITABLE */
	uint32_t stamp;	      /* when it fell out of use, by the flush clock */
	uint32_t locker;      /* of a page table that is being changed: CPU
				 number + 1 */
	uint16_t index;	      /* of a shared frame: where it was last seen
				 in its table */
	uint8_t type;	      /* enum frame_type */
	uint8_t was;	      /* of memory that is untyped: its last type */
	bool moved : 1;	      /* memory that its first owner gave up */
	bool pinned : 1;      /* memory that its owner made a table */
	bool leaving : 1;     /* memory that is free without references */
	bool suspect : 1;     /* the oracle has it on its list */
	bool linked : 1;      /* a page table: an entry led or leads here */
	bool aliased : 1;     /* ... and another one, or again */
};
_Static_assert(sizeof(struct frame) == 32, "none lies across two cache lines");

struct sparse_maps;

struct frames {
	struct sparse_maps *maps; /* where its memory comes from */
	struct frame *frame; /* by machine frame number */
	uint64_t count;
	uint64_t next; /* the next to give out, if none was given back */
	uint32_t free; /* the first of those; 0: none */
	uint64_t heap; /* the first of the free memory; 0: none */
};

/* 0 or -ENOMEM.  The host gives memory only for what is used. */
int frames_create(struct frames *frames, struct sparse_maps *maps,
		  uint64_t count);
void frames_destroy(struct frames *frames);

/* A frame of the hypervisor's own for @owner; false when all are in use. */
bool frame_alloc(struct frames *frames, struct domain *owner,
		 enum frame_type type, mfn_t *mfn);

/* Give back a frame from frame_alloc(), which has no references. */
void frame_free(struct frames *frames, mfn_t mfn);

static inline struct frame *frames_at(const struct frames *frames, mfn_t mfn)
{
	assert(mfn.n < frames->count);
	return &frames->frame[mfn.n];
}

static inline bool frame_is_table(const struct frame *frame)
{
	return frame->type >= FRAME_L1 && frame->type <= FRAME_L4;
}

/* References, checked by nobody: the caller knows the owner.  (1) and (2) are
 * of frame.c. */
static inline bool frame_hold(struct frame *frame, enum machine_hold kind)
{
	if (kind == MACHINE_HOLD_WRITABLE) {
		if (frame_is_table(frame)) /* (1) */
			return false;
		if (frame->type == FRAME_UNTYPED)
			frame->type = FRAME_WRITABLE;
		frame->type_refs++;
	}
	frame->refs++;
	return true;
}

static inline void frame_drop(struct frame *frame, enum machine_hold kind)
{
	assert(frame->refs > 0);
	frame->refs--;
	if (kind == MACHINE_HOLD)
		return;
	assert(frame->type_refs > 0); /* (2) */
	if (--frame->type_refs == 0 && frame->type == FRAME_WRITABLE)
		frame->type = FRAME_UNTYPED;
}

#endif /* SIM_FRAME_H */

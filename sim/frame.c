/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.c - reference counts and types of machine frames.
 *
 * Invariants, checked by sim_check():
 *  (1) A frame is a page table, or it is mapped writable, never both: a
 *      writable reference is refused on a table, and tables are frames that
 *      no guest frame number leads to.
 *  (2) type_refs <= refs: whoever holds the type holds the frame.
 *
 * Source: the two counts of struct page_info, xen/include/asm-x86/mm.h.
 */
#include <assert.h>
#include <errno.h>

#include "mmu/sparse.h"
#include "sim/frame.h"

int frames_create(struct frames *frames, struct sparse_maps *maps,
		  uint64_t count)
{
	assert(count > FRAMES_OWN);
	frames->maps = maps;
	frames->frame = sparse_map(maps, count * sizeof(*frames->frame));
	if (!frames->frame)
		return -ENOMEM;
	frames->count = count;
	frames->next = 1;
	return 0;
}

void frames_destroy(struct frames *frames)
{
	sparse_unmap(frames->maps, frames->frame,
		     frames->count * sizeof(*frames->frame));
	frames->frame = NULL;
}

bool frame_alloc(struct frames *frames, struct domain *owner,
		 enum frame_type type, mfn_t *mfn)
{
	struct frame *frame;

	if (frames->free) {
		mfn->n = frames->free;
		frames->free = frames->frame[mfn->n].refs;
	} else if (frames->next < FRAMES_OWN) {
		mfn->n = frames->next++;
	} else {
		return false;
	}
	frame = &frames->frame[mfn->n];
	*frame = (struct frame){ .owner = owner, .type = (uint8_t)type };
	return true;
}

void frame_free(struct frames *frames, mfn_t mfn)
{
	struct frame *frame = &frames->frame[mfn.n];

	assert(!frame->refs && !frame->type_refs);
	*frame = (struct frame){ .refs = frames->free, .type = FRAME_FREE };
	frames->free = (uint32_t)mfn.n;
}

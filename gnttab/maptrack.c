/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * maptrack.c - handles, first in first out.
 *
 *   head                                tail
 *    |                                   |
 *   [free] -> [free] -> [free] -> ... [sentinel]
 *    taken next                       never taken: put() writes its link
 *
 * A frame is added when only the sentinel is left, so of N frames
 * N * 256 - 1 handles can be in use.
 *
 * Invariants, checked by gnttab_check():
 *  (1) The list from head to tail holds each entry with flags 0 once, and no
 *      other.
 *  (2) An entry in use has a host or a device part.
 *  (3) The last entry of the list is that of the tail.
 *
 * Source: xen/common/grant_table.c (get_maptrack_handle,
 * put_maptrack_handle), Xen master c447b7308b13; there with a list for each
 * virtual CPU.
 */
#include "gnttab/maptrack.h"

#include <errno.h>
#include <stdlib.h>

int maptrack_init(struct maptrack *mt, unsigned max_frames)
{
	mt->frames = calloc(max_frames, sizeof(*mt->frames));
	if (!mt->frames && max_frames)
		return -ENOMEM;
	mt->max_frames = max_frames;
	mt->head = mt->tail = MAPTRACK_NONE;
	return 0;
}

void maptrack_fini(struct maptrack *mt)
{
	for (unsigned i = 0; i < mt->limit / MAPTRACK_PER_FRAME; i++)
		free(mt->frames[i]);
	free(mt->frames);
}

/* A new frame goes before the sentinel. */
static __attribute__((noinline, cold)) bool maptrack_grow(struct maptrack *mt)
{
	const grant_handle_t first = mt->limit;
	struct maptrack_entry *frame, *end;

	if (first / MAPTRACK_PER_FRAME == mt->max_frames)
		return false;
	frame = calloc(MAPTRACK_PER_FRAME, sizeof(*frame));
	if (!frame)
		return false;
	for (unsigned i = 0; i < MAPTRACK_PER_FRAME; i++)
		frame[i].ref = first + i + 1;
	end = &frame[MAPTRACK_PER_FRAME - 1];
	end->ref = mt->head;
	if (mt->tail == MAPTRACK_NONE) {
		mt->tail = first + MAPTRACK_PER_FRAME - 1;
		mt->last = end; /* (3) */
	}
	mt->head = first;
	mt->frames[first / MAPTRACK_PER_FRAME] = frame;
	mt->limit += MAPTRACK_PER_FRAME;
	return true;
}

struct maptrack_entry *maptrack_take(struct cpu *cpu, struct maptrack *mt,
				     grant_handle_t *handle)
{
	struct maptrack_entry *e = NULL;

	machine_lock(cpu, &mt->lock);
	if (mt->head != mt->tail || maptrack_grow(mt)) {
		*handle = mt->head;
		e = maptrack_entry(mt, mt->head);
		mt->head = e->ref;
	}
	machine_unlock(cpu, &mt->lock);
	return e;
}

void maptrack_put(struct cpu *cpu, struct maptrack *mt, grant_handle_t handle,
		  struct maptrack_entry *e)
{
	machine_lock(cpu, &mt->lock);
	e->ref = MAPTRACK_NONE;
	mt->last->ref = handle;
	mt->last = e; /* (3) */
	mt->tail = handle;
	machine_unlock(cpu, &mt->lock);
}

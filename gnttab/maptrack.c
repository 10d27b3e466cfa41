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
	for (unsigned i = 0; i < mt->nr_frames; i++)
		free(mt->frames[i]);
	free(mt->frames);
}

/* A new frame goes before the sentinel. */
static __attribute__((noinline, cold)) bool maptrack_grow(struct maptrack *mt)
{
	grant_handle_t first = maptrack_limit(mt);
	struct maptrack_entry *frame;

	if (mt->nr_frames == mt->max_frames)
		return false;
	frame = calloc(MAPTRACK_PER_FRAME, sizeof(*frame));
	if (!frame)
		return false;
	for (unsigned i = 0; i < MAPTRACK_PER_FRAME; i++)
		frame[i].ref = first + i + 1;
	frame[MAPTRACK_PER_FRAME - 1].ref = mt->head;
	if (mt->tail == MAPTRACK_NONE)
		mt->tail = first + MAPTRACK_PER_FRAME - 1;
	mt->head = first;
	mt->frames[mt->nr_frames++] = frame;
	return true;
}

grant_handle_t maptrack_take(struct cpu *cpu, struct maptrack *mt)
{
	grant_handle_t handle = MAPTRACK_NONE;

	machine_lock(cpu, &mt->lock);
	if (mt->head != mt->tail || maptrack_grow(mt)) {
		handle = mt->head;
		mt->head = maptrack_entry(mt, handle)->ref;
	}
	machine_unlock(cpu, &mt->lock);
	return handle;
}

void maptrack_put(struct cpu *cpu, struct maptrack *mt, grant_handle_t handle)
{
	machine_lock(cpu, &mt->lock);
	maptrack_entry(mt, handle)->ref = MAPTRACK_NONE;
	maptrack_entry(mt, mt->tail)->ref = handle;
	mt->tail = handle;
	machine_unlock(cpu, &mt->lock);
}

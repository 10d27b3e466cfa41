/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * maptrack.h - handles: what a mapper has mapped of others.
 */
#ifndef GNTTAB_MAPTRACK_H
#define GNTTAB_MAPTRACK_H

#include "gnttab/machine.h"

/* Xen's entries are 16 bytes as well: the note is where a vCPU is there. */
#define MAPTRACK_PER_FRAME 256
/* Not a handle. */
#define MAPTRACK_NONE UINT32_MAX

struct maptrack_entry {
	grant_ref_t ref; /* of a free entry: the next one */
	uint16_t flags;	 /* GNTMAP_*, 0 while free */
	domid_t granter;
	uint64_t note; /* the policy's, on the host part */
};

struct maptrack {
	struct machine_lock lock;
	unsigned nr_frames, max_frames;
	struct maptrack_entry **frames; /* max_frames */
	grant_handle_t head, tail;	/* free list, MAPTRACK_NONE at first */
};

/* 0, or -ENOMEM. */
int maptrack_init(struct maptrack *mt, unsigned max_frames);
void maptrack_fini(struct maptrack *mt);

/* Handles are below this. */
static inline unsigned maptrack_limit(const struct maptrack *mt)
{
	return mt->nr_frames * MAPTRACK_PER_FRAME;
}

/* Of a handle below the limit. */
static inline struct maptrack_entry *maptrack_entry(const struct maptrack *mt,
						    grant_handle_t handle)
{
	return &mt->frames[handle / MAPTRACK_PER_FRAME]
			  [handle % MAPTRACK_PER_FRAME];
}

/* The handle that has been free for longest, or MAPTRACK_NONE.  Its flags
 * stay 0 until the caller sets them. */
grant_handle_t maptrack_take(struct cpu *cpu, struct maptrack *mt);
/* Give back a handle; its flags are 0. */
void maptrack_put(struct cpu *cpu, struct maptrack *mt, grant_handle_t handle);

#endif /* GNTTAB_MAPTRACK_H */

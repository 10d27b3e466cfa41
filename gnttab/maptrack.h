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
	unsigned limit; /* handles are below this: those of all frames */
	unsigned max_frames;
	struct maptrack_entry **frames; /* max_frames */
	grant_handle_t head, tail;	/* free list, MAPTRACK_NONE at first */
	struct maptrack_entry *last;	/* that of the tail */
};

/* 0, or -ENOMEM. */
int maptrack_init(struct maptrack *mt, unsigned max_frames);
void maptrack_fini(struct maptrack *mt);

/* Handles are below this. */
static inline unsigned maptrack_limit(const struct maptrack *mt)
{
	return mt->limit;
}

/* Of a handle below the limit. */
static inline struct maptrack_entry *maptrack_entry(const struct maptrack *mt,
						    grant_handle_t handle)
{
	return &mt->frames[handle / MAPTRACK_PER_FRAME]
			  [handle % MAPTRACK_PER_FRAME];
}

/* The entry of *@handle, which has been free for longest, or NULL.  Its flags
 * stay 0 until the caller sets them. */
struct maptrack_entry *maptrack_take(struct cpu *cpu, struct maptrack *mt,
				     grant_handle_t *handle);
/* Give back @handle; the flags of its entry @e are 0. */
void maptrack_put(struct cpu *cpu, struct maptrack *mt, grant_handle_t handle,
		  struct maptrack_entry *e);

#endif /* GNTTAB_MAPTRACK_H */

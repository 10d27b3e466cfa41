/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * looked.h - the handles and pins that a hypercall looks at.
 *
 * They are the grant logic's own memory, which no call of the seam is about:
 * which of them a part of a hypercall wrote is seen by comparing.  A handle
 * that it names it may read at any time, since it has to before it knows what
 * to lock; pins it is taken to read under their lock alone.
 */
#ifndef SIM_LOOKED_H
#define SIM_LOOKED_H

#include "gnttab/gnttab.h"
#include "sim/touch.h"

struct call;

struct looked_at {
	enum touch_what what;
	const struct grant_table *table;
	uint32_t number; /* a handle, or a reference */
	uint64_t id, seen;
};

#define LOOKED_MAX (2 * GNTTAB_UNMAP_BATCH)

struct looked {
	struct looked_at at[LOOKED_MAX];
	unsigned count;
	bool more; /* than there is room for */
};

/* Another hypercall begins. */
static inline void looked_forget(struct looked *looked)
{
	looked->count = 0;
	looked->more = false;
}
/* @call has read the operation @op of @len bytes; it is about to write it. */
void looked_up(struct call *call, const void *op, size_t len);
void looked_stored(struct call *call, const void *op, size_t len);
/* It goes on; it stops, or is over: tell what it may have read and wrote. */
void looked_before(struct call *call);
void looked_after(struct call *call);

#endif /* SIM_LOOKED_H */

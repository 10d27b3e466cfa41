/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes.h - what changed in the caches of all CPUs between two looks.
 */
#ifndef SIM_CHANGES_H
#define SIM_CHANGES_H

#include <stddef.h>

#include "mmu/look.h"

enum change_kind {
	CHANGE_FILLED,
	CHANGE_UPDATED,			/* the same page, anew */
	CHANGE_STALE,			/* memory says otherwise now */
	CHANGE_DROPPED,
};

/* Something that a CPU has cached. */
struct held {
	unsigned cpu;
	struct mmu_cached what;
};

struct change {
	enum change_kind kind;
	struct held held;
};

struct looks {
	struct held *before, *now;	/* in order */
	size_t nr_before, nr_now, room_before, room_now;
	struct change *change;		/* by CPU, cache, address */
	size_t count, room;
	int error;			/* -ENOMEM once that was met */
};

/* Look at all CPUs again: ->change is what is new since the last look.
 * 0 or -ENOMEM. */
int looks_update(struct looks *looks, const struct mmu *mmu, unsigned cpus);
/* Nothing has changed. */
void looks_forget(struct looks *looks);
void looks_free(struct looks *looks);

#endif /* SIM_CHANGES_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * touch.h - what of the state that CPUs share a part of a schedule touched.
 *
 * Two parts that touched nothing in common, or both in a way that goes
 * together, lead to the same state in either order.
 */
#ifndef SIM_TOUCH_H
#define SIM_TOUCH_H

#include <stdbool.h>
#include <stdint.h>

enum touch_what {
	TOUCH_ENTRY,  /* a leaf entry, by its address */
	TOUCH_WORD,   /* a status word, by its address */
	TOUCH_FRAME,  /* the counts of a frame, by its number */
	TOUCH_LOCK,   /* a lock, by its domain's place and its number there */
	TOUCH_WALK,   /* who interrupts a CPU or is in an access on it, by its
			 number */
	TOUCH_TABLE,  /* the lock of a table's frame, by its number */
	TOUCH_TLB,    /* all that a CPU has cached, by its number */
	TOUCH_FLUSH,  /* that it dropped that, by its number */
	TOUCH_HELD,   /* who has cached a frame, and who has zapped it and not
			 accounted for that, by its number */
	TOUCH_HANDLE, /* a handle, by its domain's place and its number */
	TOUCH_PINS,   /* what is pinned through a reference, likewise */
	TOUCH_BUFFER, /* what a CPU has stored and is not in memory, by its
			 number */
	TOUCH_LATE,   /* the A bit of a CPU's walk that is not, likewise */
	TOUCH_LATE_AT, /* any CPU's, by the address of the entry */
	TOUCH_NAMES,  /* which handles have a name in the trace */
};

/* Of one kind, the first two go together. */
enum touch_how { TOUCH_READ, TOUCH_UPDATE, TOUCH_WRITE };

struct touch {
	enum touch_what what;
	enum touch_how how;
	uint64_t id;
};

#define TOUCHES_MAX 96

struct touches {
	struct touch touch[TOUCHES_MAX];
	unsigned count;
	bool all; /* whatever there is */
};

/* Add one; a thing that is touched in two ways is as good as written. */
void touches_add(struct touches *touches, struct touch touch)
	__attribute__((cold));

#endif /* SIM_TOUCH_H */

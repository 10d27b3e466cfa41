/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_pattern.h - the patterns of a block.  Private to binary_event.c.
 *
 * What an event or an operation is, but for the values that its pattern leaves
 * open, is the same each time: it is read from its line once, and kept.
 */
#ifndef SIM_BINARY_PATTERN_H
#define SIM_BINARY_PATTERN_H

#include "sim/binary.h"
#include "sim/event_read.h"

#define PATTERN_HOLES 16

/* Where the value of a hole goes. */
enum hole_home { HOLE_EVENT, HOLE_OP, HOLE_LABEL, HOLE_AS };

/* A '#' of a pattern. */
struct hole {
	const unsigned char *at, *end;	/* of its values */
	uint64_t last;			/* before it was shifted */
	uint8_t shift;
	/* Once the pattern is known: */
	uint8_t width;
	uint16_t offset;
	enum hole_home home;
	uint64_t min, max, align;	/* align: bits that must be 0 */
};

enum pattern_state {
	PATTERN_NEW,			/* was not read yet */
	PATTERN_KNOWN,			/* event and op are it */
	PATTERN_LINE,			/* to be read as a line each time */
};

struct pattern {
	const char *text;
	size_t length;
	enum pattern_state state;
	bool more;			/* an operation of the event before */
	unsigned nr_holes;
	struct hole *hole;		/* in patterns.hole */
	struct event event;
	struct op op;
};

struct patterns {
	struct pattern *pattern;
	struct hole *hole;
	size_t count, room, holes, hole_room;
};

/* Read them from @at on, up to the columns: NULL, or what is wrong. */
const char *patterns_read(struct patterns *patterns, const unsigned char **at,
			  const unsigned char *end, int *error);
void patterns_free(struct patterns *patterns);

/* Whether @pattern can be kept, of an event that was just read by @reader and
 * had @op for it, or NULL. */
void pattern_learn(struct pattern *pattern, struct event_reader *reader,
		   const struct op *op);

#endif /* SIM_BINARY_PATTERN_H */

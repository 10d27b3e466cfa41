/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - events that differ in nothing but numbers.
 *
 *   "unmap domain=0 handle=h[#] at=#"     what was read of such a line once,
 *                           3      0x1000     and numbers put into it
 *
 * What an event or an operation is, but for the numbers that its pattern leaves
 * open, is the same each time: it is read from its line once, and kept.  The
 * numbers are held against the limits that reading would hold them against;
 * what is outside of them is for a reader to read, who says why.  So nothing
 * about any kind of event is written here.
 */
#ifndef SIM_PATTERN_H
#define SIM_PATTERN_H

#include "sim/event_read.h"

#define PATTERN_HOLES 16

/* Where the number of a hole goes. */
enum hole_home {
	HOLE_EVENT, HOLE_OP, HOLE_LABEL, HOLE_AS,
	HOLE_END,			/* of the range that the one before
					   begins: into no field */
};

/* A '#' of a pattern. */
struct hole {
	enum hole_home home;
	uint16_t offset, width;
	uint64_t min, max, align;	/* align: bits that must be 0 */
	uint64_t step;			/* of a range, with an end or without;
					   0: one number */
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
	unsigned nr_holes;
	bool ranges;			/* each of its keys that can be one is */
	uint32_t call;			/* it has one operation, and may stand
					   in a call with others that have this
					   number; 0: neither */
	struct hole hole[PATTERN_HOLES];	/* once it is known */
	struct event event;
	struct op op;
};

/* @pattern is to be read as a line each time. */
static inline void pattern_is_line(struct pattern *pattern)
{
	pattern->state = PATTERN_LINE;
	pattern->call = 0;
}

/* Find out whether @pattern can be kept, of an event that was just read by
 * @reader and had @op for it, or NULL. */
void pattern_learn(struct pattern *pattern, struct event_reader *reader,
		   const struct op *op);

/* The event at hand: patterns of its operations, and their numbers. */
struct parts {
	struct pattern **pattern;
	size_t count, room;
	uint64_t *value;
	size_t values, value_room;
};

/* @array, of *@room elements of @size, with room for @wanted; NULL: no memory,
 * and it is as it was. */
void *array_grow(void *array, size_t wanted, size_t *room, size_t size);

bool parts_grow(struct parts *parts);
/* Room for one more pattern and its numbers. */
static inline bool parts_make_room(struct parts *parts)
{
	return (parts->count < parts->room &&
		parts->values + PATTERN_HOLES <= parts->value_room) ||
	       parts_grow(parts);
}
void parts_free(struct parts *parts);
/*
 * The event that they are, on line @line, its first operation at column 0,
 * others at their number; valid as long as the first pattern and until the next
 * event.  NULL: it has to be read.
 */
struct event *parts_fill(const struct parts *parts, struct event_reader *reader,
			 uint32_t line);

#endif /* SIM_PATTERN_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary_pattern.h - the patterns of a block and the numbers that belong into
 * them.  Private to binary_event.c. */
#ifndef SIM_BINARY_PATTERN_H
#define SIM_BINARY_PATTERN_H

#include "sim/binary.h"
#include "sim/pattern.h"

/* The values of a '#'. */
struct values {
	const unsigned char *at, *end;
	uint64_t last;			/* before it was shifted */
	uint8_t shift;
};

struct block_pattern {
	struct pattern pattern;
	bool more;			/* an operation of the event before */
	struct values *values;		/* of each hole, in patterns.values */
};

struct patterns {
	struct block_pattern *pattern;
	struct values *values;
	size_t count, room, holes, hole_room;
};

/* Read them from @at on, up to the tokens: NULL, or what is wrong. */
const char *patterns_read(struct patterns *patterns, const unsigned char **at,
			  const unsigned char *end, int *error);
void patterns_free(struct patterns *patterns);

#endif /* SIM_BINARY_PATTERN_H */

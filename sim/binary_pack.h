/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary_pack.h - lines of events into what a block holds.  Private to the
 * writer of binary traces. */
#ifndef SIM_BINARY_PACK_H
#define SIM_BINARY_PACK_H

#include "sim/event.h"
#include "sim/labels.h"

/* Bytes that grow. */
struct bytes {
	unsigned char *data;
	size_t length, room;
	bool failed;			/* no memory; what came is lost */
};
void bytes_add(struct bytes *bytes, const void *data, size_t length);
void bytes_add_varint(struct bytes *bytes, uint64_t value);
void bytes_free(struct bytes *bytes);

/* The values in one place of a pattern. */
struct column {
	uint64_t *value;
	size_t count, room;
};

#define PACK_COLUMNS 16			/* of one pattern; no line has more */

struct pattern_column {
	unsigned columns;
	struct column column[PACK_COLUMNS];
};

struct pack {
	struct labels *patterns;	/* text to number */
	struct pattern_column *of;	/* by number */
	size_t nr_patterns, room;
	struct bytes tokens, text;	/* text: of the pattern at hand */
	uint64_t value[PACK_COLUMNS];	/* the same */
	unsigned values;
	uint32_t events;
	size_t held;			/* values of all of them */
};

/* 0 or -ENOMEM. */
int pack_init(struct pack *pack);
void pack_free(struct pack *pack);
/* Add a line of an event of @kind.  0 or -ENOMEM. */
int pack_add(struct pack *pack, enum event_kind kind, const char *line,
	     size_t length);
/* Is it time to write a block? */
bool pack_is_full(const struct pack *pack);
/* All of them into @to, and start anew.  0 or -ENOMEM. */
int pack_take(struct pack *pack, struct bytes *to);

#endif /* SIM_BINARY_PACK_H */

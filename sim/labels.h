/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labels.h - the names that a trace gave, and which elements of each are
 * bound.  "h" is an array: h[0], h[1] ...
 */
#ifndef SIM_LABELS_H
#define SIM_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LABELS_MAX_INDEX ((16u << 20) - 1)
#define LABELS_MAX_NAME 63

struct labels {
	struct label_name {
		char *text;		/* NULL: reserved */
		uint32_t length;	/* one past the last bound element */
		uint32_t room;		/* of bits, in words */
		uint64_t *bits;
	} *name;			/* by number */
	size_t count, room;
	uint32_t *slot;
	size_t nr_slots;		/* a power of two */
	size_t bytes;			/* of all bits */
};

struct labels *labels_create(void);
void labels_destroy(struct labels *labels);

/* The number of the name @text, new or known; -ENOMEM.  Numbers are dense. */
int32_t labels_intern(struct labels *labels, const char *text, size_t length);
/* A number that no text has, or -ENOMEM. */
int32_t labels_reserve(struct labels *labels);

/* Of the name; NULL if it was reserved. */
const char *labels_text(const struct labels *labels, int32_t name);

/* Bind elements @from .. @from + @count - 1 of @name; if @anew, unbind all
 * others.  0; -ENOMEM; -E2BIG when labels take too much memory. */
int labels_bind(struct labels *labels, int32_t name, uint32_t from,
		size_t count, bool anew);
/* The same for one more element. */
static inline int labels_bind_one(struct labels *labels, int32_t number,
				  uint32_t index)
{
	struct label_name *name = &labels->name[number];

	if (index / 64 >= name->room)
		return labels_bind(labels, number, index, 1, false);
	name->bits[index / 64] |= UINT64_C(1) << index % 64;
	if (index >= name->length)
		name->length = index + 1;
	return 0;
}
static inline bool labels_is_bound(const struct labels *labels, int32_t number,
				   uint32_t index)
{
	const struct label_name *name = &labels->name[number];

	return index < name->length && name->bits[index / 64] >> index % 64 & 1;
}
/* One past the last bound element; 0 if none is. */
uint32_t labels_length(const struct labels *labels, int32_t name);
/* The first element of @from .. @to that is not bound, or -1. */
int64_t labels_unbound(const struct labels *labels, int32_t name, uint32_t from,
		       uint32_t to);

/* Bound names, for hints: at most @room - 1, NULL at the end. */
void labels_names(const struct labels *labels, const char **names, size_t room);

#endif /* SIM_LABELS_H */

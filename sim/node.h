/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.h - one piece of YAML as a tree, with the place of every scalar.
 *
 * A trace is never held as a tree: the reader builds one for the item at
 * hand (an event, a header, a driver block) in an arena that the next item
 * reuses.
 */
#ifndef SIM_NODE_H
#define SIM_NODE_H

#include "sim/diag.h"

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };

struct node {
	enum node_kind kind;
	struct place place;
	const char *text;		/* scalar: NUL-terminated */
	size_t length;			/* of text */
	bool plain;			/* scalar without quotes or block mark */
	size_t count;			/* items of a sequence, pairs of a mapping */
	struct node *first;		/* items; or key, value, key, value ... */
	struct node *next;		/* the sibling */
};

/* The value of @key in @mapping, or NULL. */
const struct node *node_get(const struct node *mapping, const char *key);

/* Add "expected @what, found ..."; always false. */
bool node_expected(const struct node *node, const char *what,
		   struct diags *diags);

/* Is it a list?  An error if not. */
bool node_is_list(const struct node *node, struct diags *diags);
/* A text into @to, which has @room bytes with the 0; an error if it is longer,
 * or none. */
bool node_copy(const struct node *node, char *to, size_t room,
	       struct diags *diags);

/* What a scalar must be.  Each returns false after adding an error. */

/* Decimal, 0x, suffix K M G (powers of 1024); within @min .. @max. */
bool node_u64(const struct node *node, uint64_t min, uint64_t max,
	      uint64_t *value, struct diags *diags);
bool node_i64(const struct node *node, int64_t min, int64_t max,
	      int64_t *value, struct diags *diags);
bool node_real(const struct node *node, double min, double max, double *value,
	       struct diags *diags);
/* A time in nanoseconds: a number with ns, us, ms or s; plain is ns. */
bool node_time(const struct node *node, uint64_t *value, struct diags *diags);
bool node_bool(const struct node *node, bool *value, struct diags *diags);
/* One of @names (NULL-terminated); the index. */
bool node_choice(const struct node *node, const char *const *names,
		 unsigned *value, struct diags *diags);

/* "A..B" (both included), "X.." (counts up alongside), or "X". */
struct range {
	uint64_t from, to;		/* from == to if not closed */
	bool open;			/* "X.." */
	bool closed;			/* "A..B" */
};
bool node_range(const struct node *node, uint64_t max, struct range *value,
		struct diags *diags);

/*
 * A mapping read by a table.  Unknown and duplicate keys, missing required
 * ones and values out of range are errors with their place; all of them are
 * found before returning.
 */
enum field_type {
	FIELD_U64,			/* uint64_t, min .. max */
	FIELD_U32,			/* uint32_t */
	FIELD_I64,			/* int64_t; min and max unused */
	FIELD_REAL,			/* double; min .. max as integers */
	FIELD_TIME,			/* uint64_t, nanoseconds */
	FIELD_BOOL,			/* bool */
	FIELD_CHOICE,			/* unsigned, index in names */
	FIELD_RANGE,			/* struct range, up to max */
	FIELD_TEXT,			/* const char *, in the node's arena */
	FIELD_NODE,			/* const struct node *, as it is */
};

struct field {
	const char *name;		/* NULL ends the table */
	enum field_type type;
	size_t offset;			/* in the struct that is filled */
	bool required;
	uint64_t min, max;		/* max 0: no limit */
	const char *const *names;	/* FIELD_CHOICE */
	size_t given;			/* offset of a bool to set when the key
					   is there; 0: none */
};
bool node_read(const struct node *mapping, const struct field *fields,
	       void *into, struct diags *diags);

#endif /* SIM_NODE_H */

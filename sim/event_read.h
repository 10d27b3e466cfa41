/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_read.h - from keys and values, in whatever form they come, to a
 * struct event.
 *
 *   event_yaml.c: a mapping --.
 *                              >-- begin, { { set }, end_op }, end
 *   bulk.c: a line -----------'           |        |        |
 *                              event_value.c  event_ops.c  event_read.c
 *
 * Errors are added to diags; there is an event if none were.
 */
#ifndef SIM_EVENT_READ_H
#define SIM_EVENT_READ_H

#include "sim/event_keys.h"
#include "sim/event_expect.h"
#include "sim/labels.h"
#include "sim/trace.h"

/* Operations of one event. */
#define EVENT_MAX_OPS (1u << 20)

enum value_kind {
	VALUE_ONE,			/* "X", "h[3]" */
	VALUE_CLOSED,			/* "A..B", "h", "h[2..4]" */
	VALUE_OPEN,			/* "X..": beside a closed one */
	VALUE_FOLLOW,			/* `as: h`: as many as there are */
};

/* A value as it was read. */
struct value {
	uint64_t from, to;		/* to: of VALUE_CLOSED */
	enum value_kind kind;
	int32_t name;			/* of a label, or -1 */
	uint32_t line, column;
};

/* Text of the input, and where it is. */
struct word {
	const char *text;
	size_t length;
	uint32_t line, column;
};

#define EVENT_RECENT 64		/* a power of two */

struct event_reader {
	const struct trace_header *header;
	struct diags *diags;
	const char *file;		/* for places */
	struct labels *handles, *calls;
	const struct event_form *form;
	bool first_op_done;		/* only keys of operations from here */
	bool no_ops;			/* a scalar "[]": there are none */
	key_set given;			/* keys so far, of the event and of
					   the operation at hand */
	struct value value[KEYS];
	struct event event;
	struct place op_place;		/* of the operation at hand */
	struct op *ops;			/* event.nr_ops of them are used */
	size_t room;
	struct expect_list expect;
	size_t errors;			/* there were before the event */
	int error;			/* of the host: -errno, or 0 */
	/* Keys and kinds that were found last, by a hash of their names. */
	uint8_t recent_key[EVENT_RECENT], recent_kind[EVENT_RECENT];
};

/* 0 or -ENOMEM. */
int event_reader_init(struct event_reader *reader,
		      const struct trace_header *header, struct diags *diags,
		      const char *file);
void event_reader_free(struct event_reader *reader);

/* The kind of event that is called @name, or EVENT_KINDS. */
enum event_kind event_kind_of(struct event_reader *reader,
			      const struct word *name);
/* Add an error: there is no event called @name. */
void event_unknown(struct event_reader *reader, const struct word *name);
/* An event starts at its name. */
void event_begin(struct event_reader *reader, enum event_kind kind,
		 const struct word *name);
/* It has this key. */
void event_set(struct event_reader *reader, const struct word *key,
	       const struct word *value);
/* A list of operations: keys of one operation do not belong beside it. */
void event_stray_op(struct event_reader *reader, struct place place);
/* One operation is complete. */
void event_end_op(struct event_reader *reader);
/* All of it is: reader->event is the event. */
void event_end(struct event_reader *reader);

/* Which key of the event is @word?  KEYS after adding an error. */
enum event_key_id event_key_of(struct event_reader *reader,
			       const struct word *word);
/* Note that @key is given; false if it was already. */
bool event_give(struct event_reader *reader, enum event_key_id key,
		const struct word *word);

/* The value of @key is unknown: it fits whatever is beside it. */
void event_no_value(struct event_reader *reader, enum event_key_id key);
/* The place of @word, or of a value. */
struct place event_place_of(const struct event_reader *reader,
			    const struct word *word);
struct place event_place_at(const struct event_reader *reader,
			    const struct value *value);

/* Write a value where the table says that it goes, in @base. */
static inline void event_store(void *base, const struct event_key *key,
			       uint64_t value)
{
	void *to = (char *)base + key->offset;

	switch (key->width) {
	case 1:
		*(uint8_t *)to = (uint8_t)value;
		break;
	case 2:
		*(uint16_t *)to = (uint16_t)value;
		break;
	case 4:
		*(uint32_t *)to = (uint32_t)value;
		break;
	case 8:
		*(uint64_t *)to = value;
		break;
	}
}

/* Is @key there? */
static inline bool event_given(const struct event_reader *reader,
			       enum event_key_id key)
{
	return reader->given >> key & 1;
}

/* The truth value of @key, or @otherwise. */
static inline bool event_flag(const struct event_reader *reader,
			      enum event_key_id key, bool otherwise)
{
	return event_given(reader, key) ? reader->value[key].from : otherwise;
}

/* ---- event_value.c ---------------------------------------------------- */

/* The value of @key; false after adding an error. */
bool event_value(struct event_reader *reader, enum event_key_id key,
		 const struct word *word);

/* A CPU's number out of @word. */
bool event_cpu(struct event_reader *reader, const struct word *word,
	       uint64_t *cpu);

/* ---- event_ops.c ------------------------------------------------------ */

/* Append the operations that the given keys stand for, starting from
 * @first, which has what is the same in all; false after adding an error. */
bool event_spread(struct event_reader *reader, const struct op *first);

/* Make room for @more operations behind those that there are; false after
 * adding an error, or noting one. */
bool event_make_room(struct event_reader *reader, uint64_t more);

/* What a value of @key must not exceed in the event that was read last, for
 * its operation @op, and what it must be a multiple of. */
uint64_t event_limit(const struct event_reader *reader, enum event_key_id key,
		     const struct op *op);
uint64_t event_alignment(const struct event_reader *reader,
			 enum event_key_id key);
/* How far apart neighbours in a range of @key are; 0: it has one value for all
 * operations. */
uint64_t event_step(const struct event_reader *reader, enum event_key_id key);

/* ---- event_finish.c --------------------------------------------------- */

/* Fill in what the keys of the event, which are all right, mean. */
void event_finish(struct event_reader *reader);

/* ---- the two forms ----------------------------------------------------- */

/* An item of `events:`. */
void event_read_node(struct event_reader *reader, const struct node *item);
/* A line of a block; true if there is anything on it but a comment. */
bool event_read_line(struct event_reader *reader, const char *text,
		     const char *end, struct place place);

#endif /* SIM_EVENT_READ_H */

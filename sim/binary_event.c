/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_event.c - what a block of a binary trace holds into events.
 *
 *   token -> pattern -- known --> its event, values put into it
 *                    `- not ----> the line it stands for -> bulk.c -> event
 *
 * A pattern is known from when its first event was read as a line: see
 * pattern.h.  So a file means what its lines mean.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary_event.h"
#include "sim/binary_pattern.h"

#define DAMAGED_TOKENS "its tokens are damaged"
#define DAMAGED_VALUES "its values are damaged"

struct binary_events {
	struct event_reader *reader;
	const char *name; /* of the file */
	struct patterns patterns;
	const unsigned char *token, *end; /* not read yet */
	struct block_pattern *ahead;	  /* read, but not used; or NULL */
	uint32_t left;			  /* events of the block */
	uint32_t number;		  /* of the event, from 1 */
	struct parts parts;
	char *line;
	size_t line_room;
};

struct binary_events *binary_events_create(struct event_reader *reader)
{
	struct binary_events *e = calloc(1, sizeof(*e));

	if (e)
		e->reader = reader;
	return e;
}

void binary_events_destroy(struct binary_events *e)
{
	if (!e)
		return;
	patterns_free(&e->patterns);
	parts_free(&e->parts);
	free(e->line);
	free(e);
}

/* The next token becomes e->ahead; false: it is none. */
static inline bool look_ahead(struct binary_events *e)
{
	uint64_t number;

	e->ahead = NULL;
	if (e->token == e->end)
		return true;
	if (!binary_get_varint(&e->token, e->end, &number) ||
	    number >= e->patterns.count)
		return false;
	e->ahead = &e->patterns.pattern[number];
	return true;
}

const char *binary_events_start(struct binary_events *e,
				const struct binary_block *block,
				const char *name)
{
	const unsigned char *at = block->bytes, *end = at + block->length;
	const char *problem = patterns_read(&e->patterns, &at, end,
					    &e->reader->error);
	uint64_t length;

	if (problem)
		return problem;
	binary_get_varint(&at, end, &length);
	e->name = name;
	e->token = at;
	e->end = at + length;
	e->left = block->events;
	e->number = (uint32_t)block->before;
	if (!look_ahead(e) || !e->ahead != !e->left ||
	    (e->ahead && e->ahead->more))
		return DAMAGED_TOKENS;
	return NULL;
}

/* ---- values ------------------------------------------------------------- */

static inline bool take_value(struct values *values, uint64_t *value)
{
	uint64_t code;

	if (!binary_get_varint(&values->at, values->end, &code))
		return false;
	values->last += binary_unzigzag(code);
	*value = values->last << values->shift;
	return true;
}

/* Take the values of the pattern ahead, which the event at hand has. */
static const char *take_pattern(struct binary_events *e)
{
	struct block_pattern *block = e->ahead;
	unsigned holes = block->pattern.nr_holes;
	struct values *values = block->values;
	struct parts *parts = &e->parts;
	uint64_t *value;

	if (!parts_make_room(parts)) {
		e->reader->error = -ENOMEM;
		return "";
	}
	value = parts->value + parts->values;
	parts->pattern[parts->count++] = &block->pattern;
	parts->values += holes;
	for (unsigned i = 0; i < holes; i++)
		if (!take_value(&values[i], &value[i]))
			return DAMAGED_VALUES;
	return look_ahead(e) ? NULL : DAMAGED_TOKENS;
}

/* ---- lines --------------------------------------------------------------- */

/* The text of one pattern with its values; the longest number has 20 digits. */
static char *put_text(char *to, const struct pattern *pattern, bool more,
		      const uint64_t *value)
{
	const char *from = pattern->text, *end = from + pattern->length;

	if (more)
		from = memchr(from, ' ', pattern->length);
	for (; from < end; from++)
		if (*from == '#')
			to += sprintf(to, "%" PRIu64, *value++);
		else
			*to++ = *from;
	return to;
}

static bool make_line_room(struct binary_events *e)
{
	size_t length = 0;
	char *bigger;

	for (size_t i = 0; i < e->parts.count; i++)
		length += e->parts.pattern[i]->length +
			  20ul * e->parts.pattern[i]->nr_holes + 1;
	bigger = array_grow(e->line, length, &e->line_room, 1);
	if (bigger)
		e->line = bigger;
	return bigger;
}

static void number_ops(struct binary_events *e)
{
	struct event *event = &e->reader->event;

	event->place.column = 0;
	for (size_t i = 0; i < event->nr_ops; i++) {
		event->ops[i].line = e->number;
		event->ops[i].column = event->nr_ops == 1 ? 0 : (uint32_t)i + 1;
	}
}

/* What was just read tells what its patterns are. */
static void learn(struct binary_events *e)
{
	const struct event *event = &e->reader->event;
	const struct parts *parts = &e->parts;
	const struct op *op;

	for (size_t i = 0; i < parts->count; i++) {
		if (parts->pattern[i]->state != PATTERN_NEW)
			continue;
		/* Of one, the operations are ranges. */
		if (event->nr_ops != parts->count && parts->count > 1) {
			pattern_is_line(parts->pattern[i]);
			continue;
		}
		op = event->nr_ops ? &event->ops[i] : NULL;
		pattern_learn(parts->pattern[i], e->reader, op);
		if (event->nr_ops > parts->count && !parts->pattern[i]->ranges)
			pattern_is_line(parts->pattern[i]);
	}
}

static __attribute__((noinline)) struct event *
read_line(struct binary_events *e)
{
	struct event_reader *reader = e->reader;
	size_t errors = reader->diags->count;
	const uint64_t *value = e->parts.value;
	char *end;

	if (!make_line_room(e)) {
		reader->error = -ENOMEM;
		return NULL;
	}
	end = e->line;
	for (size_t i = 0; i < e->parts.count; i++) {
		end = put_text(end, e->parts.pattern[i], i > 0, value);
		value += e->parts.pattern[i]->nr_holes;
	}
	if (!event_read_line(reader, e->line, end,
			     (struct place){ e->name, e->number, 1 }))
		diag_error(reader->diags,
			   (struct place){ e->name, e->number, 1 },
			   "an empty event");
	if (reader->diags->count == errors && !reader->error) {
		number_ops(e);
		learn(e);
	}
	return &reader->event;
}

/* ---- events -------------------------------------------------------------- */

int binary_events_next(struct binary_events *e, struct event **event,
		       const char **problem)
{
	if (e->left == 0)
		return 0;
	e->left--;
	e->number++;
	e->parts.count = e->parts.values = 0;
	do {
		*problem = take_pattern(e);
		if (*problem)
			return -EBADMSG;
	} while (e->ahead && e->ahead->more);
	if (!e->ahead != !e->left) {
		*problem = DAMAGED_TOKENS;
		return -EBADMSG;
	}
	*event = parts_fill(&e->parts, e->reader, e->number);
	if (!*event)
		*event = read_line(e);
	return 1;
}

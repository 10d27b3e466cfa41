/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pattern.c - events that differ in nothing but numbers. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/pattern.h"

/* ---- what a pattern means ------------------------------------------------ */

/* The value of @key is a hole and nothing else. */
static bool learn_number(struct hole *hole, enum event_key_id id,
			 struct event_reader *reader, const struct op *op)
{
	const struct event_key *key = &event_keys[id];

	if (key->home == HOME_NONE ||
	    (key->type != VALUE_NUMBER && key->type != VALUE_RANGE))
		return false;
	hole->home = key->home == HOME_EVENT ? HOLE_EVENT : HOLE_OP;
	hole->width = key->width;
	hole->offset = key->offset;
	hole->min = key->min;
	hole->max = event_limit(reader, id, op);
	hole->align = event_alignment(reader, id) - 1;
	return true;
}

/* "h[#]" */
static bool learn_label(struct hole *hole, enum event_key_id id)
{
	hole->home = id == KEY_as ? HOLE_AS : HOLE_LABEL;
	hole->min = hole->align = 0;
	hole->max = LABELS_MAX_INDEX;
	return id == KEY_as || id == KEY_handle;
}

/* Names are bound, or looked up, each time anew. */
static bool is_kept(const struct event_key *key, const char *mark)
{
	if (key->type == VALUE_HANDLE || key->type == VALUE_AS)
		return mark;
	return key->type != VALUE_CALL && key->type != VALUE_PARKED;
}

/* "key=value"; false: it is not of a kind that can be kept. */
static bool learn_word(struct pattern *pattern, unsigned *holes,
		       const char *word, size_t length,
		       struct event_reader *reader, const struct op *op)
{
	const char *equals = memchr(word, '=', length);
	const char *mark = memchr(word, '#', length);
	key_set keys = reader->form->keys | reader->form->op_keys;
	enum event_key_id id;

	if (!equals)
		return true;
	id = event_find_key(keys, word, (size_t)(equals - word));
	if (id == KEYS || !is_kept(&event_keys[id], mark))
		return false;
	if (!mark)
		return !memchr(equals, '.', (size_t)(word + length - equals));
	if (equals + 1 == mark && mark + 1 == word + length)
		return learn_number(&pattern->hole[(*holes)++], id, reader, op);
	if (mark + 2 == word + length && mark[-1] == '[' && mark[1] == ']')
		return learn_label(&pattern->hole[(*holes)++], id);
	return false;
}

static bool learn_words(struct pattern *pattern, struct event_reader *reader,
			const struct op *op)
{
	const char *at = pattern->text, *end = at + pattern->length, *blank;
	unsigned holes = 0;

	for (; at < end; at = blank + 1) {
		blank = memchr(at, ' ', (size_t)(end - at));
		if (!blank)
			blank = end;
		if (!learn_word(pattern, &holes, at, (size_t)(blank - at),
				reader, op))
			return false;
	}
	return holes == pattern->nr_holes;
}

void pattern_learn(struct pattern *pattern, struct event_reader *reader,
		   const struct op *op)
{
	pattern->state = PATTERN_LINE;
	if (reader->event.kind == EVENT_expect ||
	    !learn_words(pattern, reader, op))
		return;
	pattern->state = PATTERN_KNOWN;
	pattern->event = reader->event;
	pattern->event.place.column = 0;
	pattern->event.ops = NULL;
	if (!op)
		return;
	pattern->op = *op;
	pattern->event.ops = &pattern->op;
	pattern->event.nr_ops = 1;
}

/* ---- numbers ------------------------------------------------------------- */

static inline void store(void *base, const struct hole *hole, uint64_t value)
{
	void *to = (char *)base + hole->offset;

	if (hole->width == 8)
		*(uint64_t *)to = value;
	else if (hole->width == 4)
		*(uint32_t *)to = (uint32_t)value;
	else
		*(uint16_t *)to = (uint16_t)value;
}

/* Put @value where it belongs; false: it may not be there. */
static inline bool put_value(struct event_reader *reader,
			     const struct hole *hole, uint64_t value,
			     struct event *event, struct op *op)
{
	if (value > hole->max || value < hole->min || value & hole->align)
		return false;
	switch (hole->home) {
	case HOLE_EVENT:
		store(event, hole, value);
		return true;
	case HOLE_OP:
		store(op, hole, value);
		return true;
	case HOLE_LABEL:
		op->label.index = (uint32_t)value;
		return labels_unbound(reader->handles, op->label.name,
				      (uint32_t)value, (uint32_t)value) < 0;
	case HOLE_AS:
		op->as.index = (uint32_t)value;
		return labels_bind(reader->handles, op->as.name,
				   (uint32_t)value, 1, false) == 0;
	}
	return false;
}

static bool put_values(struct event_reader *reader,
		       const struct pattern *pattern, const uint64_t *value,
		       struct event *event, struct op *op)
{
	bool ok = true;

	for (unsigned i = 0; i < pattern->nr_holes; i++)
		ok &= put_value(reader, &pattern->hole[i], value[i], event, op);
	return ok;
}

static struct event *fill_one(const struct parts *parts,
			      struct event_reader *reader, uint32_t line)
{
	struct pattern *pattern = parts->pattern[0];

	if (pattern->state != PATTERN_KNOWN ||
	    !put_values(reader, pattern, parts->value, &pattern->event,
			&pattern->op))
		return NULL;
	pattern->event.place.line = pattern->op.line = line;
	return &pattern->event;
}

/* Do all go on with the first one, and are known? */
static bool is_known_call(const struct parts *parts)
{
	const struct pattern *first = parts->pattern[0];

	if (first->state != PATTERN_KNOWN || !first->event.nr_ops)
		return false;
	for (size_t i = 1; i < parts->count; i++) {
		const struct pattern *p = parts->pattern[i];

		if (p->state != PATTERN_KNOWN || !p->event.nr_ops ||
		    p->event.kind != first->event.kind ||
		    p->event.domain != first->event.domain)
			return false;
	}
	return true;
}

static struct event *fill_call(const struct parts *parts,
			       struct event_reader *reader, uint32_t line)
{
	struct event *event = &reader->event;
	const uint64_t *value = parts->value;

	if (!is_known_call(parts))
		return NULL;
	event->nr_ops = 0;
	if (!event_make_room(reader, parts->count))
		return NULL;
	*event = parts->pattern[0]->event;
	for (size_t i = 0; i < parts->count; i++) {
		struct op *op = &reader->ops[i];

		*op = parts->pattern[i]->op;
		op->line = line;
		op->column = (uint32_t)i + 1;
		if (!put_values(reader, parts->pattern[i], value, event, op))
			return NULL;
		value += parts->pattern[i]->nr_holes;
	}
	event->ops = reader->ops;
	event->nr_ops = parts->count;
	event->place.line = line;
	return event;
}

struct event *parts_fill(const struct parts *parts, struct event_reader *reader,
			 uint32_t line)
{
	return parts->count == 1 ? fill_one(parts, reader, line)
				 : fill_call(parts, reader, line);
}

void *array_grow(void *array, size_t wanted, size_t *room, size_t size)
{
	size_t more = *room ? *room : 256;
	void *bigger;

	if (wanted <= *room)
		return array;
	while (more < wanted)
		more *= 2;
	bigger = realloc(array, more * size);
	if (bigger)
		*room = more;
	return bigger;
}

bool parts_grow(struct parts *parts)
{
	void *bigger;

	bigger = array_grow(parts->pattern, parts->count + 1, &parts->room,
			    sizeof(*parts->pattern));
	if (!bigger)
		return false;
	parts->pattern = bigger;
	bigger = array_grow(parts->value, parts->values + PATTERN_HOLES,
			    &parts->value_room, sizeof(*parts->value));
	if (!bigger)
		return false;
	parts->value = bigger;
	return true;
}

void parts_free(struct parts *parts)
{
	free(parts->pattern);
	free(parts->value);
}

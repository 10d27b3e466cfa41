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
	hole->step = 0;
	return true;
}

/* "#..#" or "#..", of @length bytes. */
static bool learn_range(struct pattern *pattern, unsigned *holes,
			const char *text, size_t length, enum event_key_id id,
			struct event_reader *reader, const struct op *op)
{
	struct hole *hole = &pattern->hole[*holes];

	if ((length != 3 && length != 4) || memcmp(text, "#..#", length) != 0 ||
	    !learn_number(hole, id, reader, op))
		return false;
	hole->step = event_step(reader, id);
	*holes += 1;
	if (length == 4) {
		hole[1] = *hole;
		hole[1].home = HOLE_END;
		*holes += 1;
	}
	return hole->home == HOLE_OP && hole->step;
}

/* "h[#]" */
static bool learn_label(struct hole *hole, enum event_key_id id)
{
	hole->home = id == KEY_as ? HOLE_AS : HOLE_LABEL;
	hole->min = hole->align = hole->step = 0;
	hole->max = LABELS_MAX_INDEX;
	return id == KEY_as || id == KEY_handle;
}

/* Labels without an index are bound, or looked up, each time anew.  The name
 * of a call stays bound once it was. */
static bool is_kept(const struct event_key *key, const char *mark)
{
	return mark || (key->type != VALUE_HANDLE && key->type != VALUE_AS);
}

/* Of a pattern that is being learnt. */
struct words {
	unsigned holes;
	unsigned spread, ranges; /* keys that can be ranges, that are */
};

/* "key=value"; false: it is not of a kind that can be kept. */
static bool learn_word(struct pattern *pattern, struct words *words,
		       const char *word, size_t length,
		       struct event_reader *reader, const struct op *op)
{
	const char *end = word + length;
	const char *equals = memchr(word, '=', length);
	const char *mark = memchr(word, '#', length);
	key_set keys = reader->form->keys | reader->form->op_keys;
	enum event_key_id id;

	if (!equals)
		return true;
	id = event_find_key(keys, word, (size_t)(equals - word));
	if (id == KEYS || !is_kept(&event_keys[id], mark))
		return false;
	words->spread += event_step(reader, id) != 0;
	if (!mark)
		return !memchr(equals, '.', (size_t)(end - equals));
	if (equals + 1 == mark && mark + 1 == end)
		return learn_number(&pattern->hole[words->holes++], id, reader,
				    op);
	if (mark + 2 == end && mark[-1] == '[' && mark[1] == ']')
		return learn_label(&pattern->hole[words->holes++], id);
	words->ranges++;
	return equals + 1 == mark &&
	       learn_range(pattern, &words->holes, mark, (size_t)(end - mark),
			   id, reader, op);
}

/* Beside a range, what could be one has to be: one value goes with a range of
 * one operation alone. */
static bool learn_words(struct pattern *pattern, struct event_reader *reader,
			const struct op *op)
{
	const char *at = pattern->text, *end = at + pattern->length, *blank;
	struct words words = { .holes = 0 };

	for (; at < end; at = blank + 1) {
		blank = memchr(at, ' ', (size_t)(end - at));
		if (!blank)
			blank = end;
		if (!learn_word(pattern, &words, at, (size_t)(blank - at),
				reader, op))
			return false;
	}
	pattern->ranges = words.ranges;
	return words.holes == pattern->nr_holes &&
	       (!words.ranges || words.ranges == words.spread);
}

/* Operations of one call are of one kind, and of one domain. */
static uint32_t call_of(const struct event *event)
{
	return ((uint32_t)event->kind + 1) << 16 | (domid_t)event->domain;
}

void pattern_learn(struct pattern *pattern, struct event_reader *reader,
		   const struct op *op)
{
	pattern_is_line(pattern);
	pattern->ranges = false;
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
	if (!pattern->ranges)
		pattern->call = call_of(&pattern->event);
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

/* The same where it is part of a label, or of nothing. */
static inline bool put_aside(struct event_reader *reader,
			     const struct hole *hole, uint32_t index,
			     struct op *op)
{
	struct labels *labels = reader->handles;

	if (hole->home == HOLE_LABEL) {
		op->label.index = index;
		return labels_is_bound(labels, op->label.name, index);
	}
	if (hole->home != HOLE_AS)
		return true;
	op->as.index = index;
	return labels_bind_one(labels, op->as.name, index) == 0;
}

/* Put @value where it belongs; false: it may not be there. */
static inline bool put_value(struct event_reader *reader,
			     const struct hole *hole, uint64_t value,
			     struct event *event, struct op *op)
{
	if (value > hole->max || value < hole->min || value & hole->align)
		return false;
	if (hole->home == HOLE_OP)
		store(op, hole, value);
	else if (hole->home == HOLE_EVENT)
		store(event, hole, value);
	else
		return put_aside(reader, hole, (uint32_t)value, op);
	return true;
}

static inline bool put_values(struct event_reader *reader,
			      const struct pattern *pattern,
			      const uint64_t *value, struct event *event,
			      struct op *op)
{
	const struct hole *hole = pattern->hole;
	const struct hole *end = hole + pattern->nr_holes;

	for (; hole < end; hole++)
		if (!put_value(reader, hole, *value++, event, op))
			return false;
	return true;
}

/* Operations that the ranges of @pattern are, 0 if they do not agree or are
 * not right. */
static uint64_t count_ops(const struct pattern *pattern, const uint64_t *value)
{
	uint64_t count = 0, length;

	for (unsigned i = 1; i < pattern->nr_holes; i++) {
		const struct hole *hole = &pattern->hole[i];

		if (hole->home != HOLE_END)
			continue;
		length = (value[i] - value[i - 1]) / hole->step + 1;
		if (value[i] < value[i - 1] || length > EVENT_MAX_OPS ||
		    (value[i] - value[i - 1]) % hole->step ||
		    (count && length != count))
			return 0;
		count = length;
	}
	return count;
}

/* One operation after another, as the first is but for its ranges. */
static bool spread(const struct pattern *pattern, const uint64_t *value,
		   struct op *ops, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		ops[i] = pattern->op;
		ops[i].column = count == 1 ? 0 : (uint32_t)i + 1;
	}
	for (unsigned h = 0; h < pattern->nr_holes; h++) {
		const struct hole *hole = &pattern->hole[h];

		if (hole->home != HOLE_OP || !hole->step)
			continue;
		if (count - 1 > (hole->max - value[h]) / hole->step)
			return false;
		for (uint64_t i = 0; i < count; i++)
			store(&ops[i], hole, value[h] + i * hole->step);
	}
	return true;
}

/* @pattern has the first numbers of its ranges. */
static __attribute__((noinline)) struct event *
fill_ranges(struct event_reader *reader, struct pattern *pattern,
	    const uint64_t *value)
{
	uint64_t count = count_ops(pattern, value);
	struct event *event = &reader->event;

	event->nr_ops = 0;
	if (!count || !event_make_room(reader, count) ||
	    !spread(pattern, value, reader->ops, count))
		return NULL;
	*event = pattern->event;
	event->ops = reader->ops;
	event->nr_ops = count;
	return event;
}

static __attribute__((noinline)) struct event *
fill_call(const struct parts *parts, struct event_reader *reader, uint32_t line)
{
	struct pattern **at = parts->pattern, **end = at + parts->count;
	const uint32_t call = (*at)->call;
	const uint64_t *value = parts->value;
	struct event *event = &reader->event;
	struct op *op;

	event->nr_ops = 0;
	if (!call || !event_make_room(reader, parts->count))
		return NULL;
	*event = (*at)->event;
	event->place.line = line;
	event->ops = op = reader->ops;
	event->nr_ops = parts->count;
	for (uint32_t column = 1; at < end; column++, op++) {
		const struct pattern *pattern = *at++;

		if (pattern->call != call)
			return NULL;
		*op = pattern->op;
		op->line = line;
		op->column = column;
		if (!put_values(reader, pattern, value, event, op))
			return NULL;
		value += pattern->nr_holes;
	}
	return event;
}

struct event *parts_fill(const struct parts *parts, struct event_reader *reader,
			 uint32_t line)
{
	struct pattern *pattern = parts->pattern[0];

	if (parts->count > 1)
		return fill_call(parts, reader, line);
	if (pattern->state != PATTERN_KNOWN ||
	    !put_values(reader, pattern, parts->value, &pattern->event,
			&pattern->op))
		return NULL;
	pattern->event.place.line = pattern->op.line = line;
	if (pattern->ranges)
		return fill_ranges(reader, pattern, parts->value);
	return &pattern->event;
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

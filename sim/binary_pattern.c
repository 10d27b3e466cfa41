/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary_pattern.c - the patterns of a block: see binary.h. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary_pattern.h"

/* ---- reading them ------------------------------------------------------ */

/* Make room for one more in an array. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room ? 2 * *room : 64;
	void *bigger;

	if (count < *room)
		return array;
	bigger = realloc(array, wanted * size);
	if (bigger)
		*room = wanted;
	return bigger;
}

/* The name, then ";" where it goes on with an event. */
static bool goes_on(const char *text, size_t length)
{
	const char *blank = memchr(text, ' ', length);

	return blank && blank + 1 < text + length && blank[1] == ';';
}

static struct hole *add_hole(struct patterns *p)
{
	struct hole *hole = grow(p->hole, p->holes, &p->hole_room,
				 sizeof(*hole));

	if (!hole)
		return NULL;
	p->hole = hole;
	hole += p->holes++;
	memset(hole, 0, sizeof(*hole));
	return hole;
}

/* The shift and the length of each '#'; the length is kept in last until the
 * columns are found. */
static const char *read_holes(struct patterns *p, struct pattern *pattern,
			      const unsigned char **at,
			      const unsigned char *end, int *error)
{
	for (size_t i = 0; i < pattern->length; i++) {
		struct hole *hole;

		if (pattern->text[i] != '#')
			continue;
		hole = add_hole(p);
		if (!hole) {
			*error = -ENOMEM;
			return "";
		}
		if (*at == end || **at > 63 ||
		    ++pattern->nr_holes > PATTERN_HOLES)
			return "its patterns are damaged";
		hole->shift = *(*at)++;
		if (!binary_get_varint(at, end, &hole->last))
			return "its patterns are damaged";
	}
	return NULL;
}

static const char *read_pattern(struct patterns *p, const unsigned char **at,
				const unsigned char *end, int *error)
{
	struct pattern *pattern = grow(p->pattern, p->count, &p->room,
				       sizeof(*pattern));
	uint64_t length;

	if (!pattern) {
		*error = -ENOMEM;
		return "";
	}
	p->pattern = pattern;
	if (!binary_get_varint(at, end, &length) ||
	    length > (uint64_t)(end - *at) || memchr(*at, '\n', length))
		return "its patterns are damaged";
	pattern += p->count++;
	pattern->text = (const char *)*at;
	pattern->length = length;
	pattern->state = PATTERN_NEW;
	pattern->more = goes_on(pattern->text, length);
	pattern->nr_holes = 0;
	*at += length;
	return read_holes(p, pattern, at, end, error);
}

/* The columns come in the order of the holes, after the tokens. */
static const char *find_columns(struct patterns *p, const unsigned char *at,
				const unsigned char *end)
{
	struct hole *hole = p->hole;

	for (size_t i = 0; i < p->count; i++) {
		p->pattern[i].hole = hole;
		hole += p->pattern[i].nr_holes;
	}
	for (size_t i = 0; i < p->holes; i++) {
		hole = &p->hole[i];
		if (hole->last > (uint64_t)(end - at))
			return "its values are damaged";
		hole->at = at;
		hole->end = at += hole->last;
		hole->last = 0;
	}
	return at == end ? NULL : "its values are damaged";
}

const char *patterns_read(struct patterns *p, const unsigned char **at,
			  const unsigned char *end, int *error)
{
	const char *problem = NULL;
	const unsigned char *tokens;
	uint64_t count, length;

	p->count = p->holes = 0;
	if (!binary_get_varint(at, end, &count) || count > BINARY_PATTERNS_MAX)
		return "its patterns are damaged";
	for (; count && !problem; count--)
		problem = read_pattern(p, at, end, error);
	if (problem)
		return problem;
	tokens = *at;
	if (!binary_get_varint(&tokens, end, &length) ||
	    length > (uint64_t)(end - tokens))
		return "its tokens are damaged";
	return find_columns(p, tokens + length, end);
}

void patterns_free(struct patterns *p)
{
	free(p->pattern);
	free(p->hole);
}

/* ---- learning what they mean ------------------------------------------- */

/* The value of @key is a hole and nothing else. */
static bool learn_number(struct hole *hole, enum event_key_id id,
			 struct event_reader *reader, const struct op *op)
{
	const struct event_key *key = &event_keys[id];

	if (key->home == HOME_NONE ||
	    (key->type != VALUE_NUMBER && key->type != VALUE_RANGE))
		return false;
	hole->home = key->home == HOME_EVENT ? HOLE_EVENT : HOLE_OP;
	hole->width = (uint8_t)key->width;
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

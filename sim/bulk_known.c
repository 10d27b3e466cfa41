/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bulk_known.c - lines of a block that are like others before them.
 *
 *   "unmap domain=0 handle=h[3] ; handle=h[4]"
 *    |---- pattern ----------|---- another --|
 *
 * A recording has many lines and few kinds of them: up to its numbers, most of
 * a line is compared with a pattern instead of being read.  Patterns hang in
 * short lists by their first characters, the one that was used last in front.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/bulk_known.h"
#include "sim/number.h"
#include "sim/pattern.h"

#define LISTS 64    /* a power of two */
#define LIST_MAX 12 /* patterns in one */
#define TEXT_MAX 240

struct known {
	struct known *next;
	struct pattern pattern;
	/* Of the text, between its holes. */
	uint8_t piece[PATTERN_HOLES + 1];
	char text[TEXT_MAX];
};

struct known_lines {
	struct known *list[LISTS];
	struct parts parts;
};

struct known_lines *known_lines_create(void)
{
	return calloc(1, sizeof(struct known_lines));
}

void known_lines_destroy(struct known_lines *lines)
{
	struct known *next;

	if (!lines)
		return;
	for (size_t i = 0; i < LISTS; i++)
		for (struct known *k = lines->list[i]; k; k = next) {
			next = k->next;
			free(k);
		}
	parts_free(&lines->parts);
	free(lines);
}

/* Where patterns are that begin as @at does. */
static struct known **list_of(struct known_lines *lines, const char *at,
			      const char *end)
{
	unsigned hash = 0;

	for (int i = 0; i < 4 && at < end; i++)
		hash = hash * 5 + (unsigned char)*at++;
	return &lines->list[hash % LISTS];
}

/* ---- reading ---------------------------------------------------------------
 */

/* Where @known ends at @at, with its numbers in @value; NULL: it is not
 * there. */
static const char *match(const struct known *known, const char *at,
			 const char *end, uint64_t *value)
{
	const char *text = known->text;

	for (unsigned i = 0;; i++) {
		size_t length = known->piece[i];

		if ((size_t)(end - at) < length ||
		    memcmp(at, text, length) != 0)
			return NULL;
		at += length;
		text += length + 1;
		if (i == known->pattern.nr_holes)
			break;
		if (number_next(&at, end, &value[i]) != NUMBER_OK)
			return NULL;
	}
	return at == end || *at == ';' ? at : NULL;
}

/* Add the pattern that is at @at to the parts: where it ends, or NULL. */
static const char *take_pattern(struct known_lines *lines, const char *at,
				const char *end)
{
	struct known **list = list_of(lines, at, end), **link = list, *known;
	struct parts *parts = &lines->parts;
	const char *after;

	for (; (known = *link); link = &known->next) {
		after = match(known, at, end, parts->value + parts->values);
		if (!after)
			continue;
		*link = known->next;
		known->next = *list;
		*list = known;
		parts->pattern[parts->count++] = &known->pattern;
		parts->values += known->pattern.nr_holes;
		return after;
	}
	return NULL;
}

/* Columns of operations, which start after a ';' and blanks; those of a range
 * start where it does. */
static void set_columns(struct event *event, const char *text, const char *end,
			struct place place)
{
	const char *at = text;

	event->place = place;
	for (size_t i = 0; i < event->nr_ops; i++) {
		const char *after = memchr(at, ';', (size_t)(end - at));

		event->ops[i].column = place.column + (uint32_t)(at - text);
		if (!after)
			continue;
		for (at = after + 1; at < end && *at == ' ';)
			at++;
	}
}

struct event *known_lines_read(struct known_lines *lines,
			       struct event_reader *reader, const char *text,
			       const char *end, struct place place)
{
	const char *at = text;
	struct event *event;

	lines->parts.count = lines->parts.values = 0;
	do {
		if (!parts_make_room(&lines->parts))
			return NULL;
		at = take_pattern(lines, at + (at > text), end);
		if (!at)
			return NULL;
	} while (at < end);
	event = parts_fill(&lines->parts, reader, place.line);
	if (event)
		set_columns(event, text, end, place);
	return event;
}

/* ---- learning ---------------------------------------------------------------
 */

/* Do values of the key @word .. @end vary from event to event? */
static bool varies(const struct event_form *form, const char *word,
		   const char *end)
{
	enum event_key_id key = event_find_key(form->keys | form->op_keys, word,
					       (size_t)(end - word));

	return key != KEYS && event_key_varies(&event_keys[key]);
}

/* Begin with a pattern that has no text. */
static void clear(struct known *known)
{
	known->pattern.text = known->text;
	known->pattern.length = 0;
	known->pattern.nr_holes = 0;
	memset(known->piece, 0, sizeof(known->piece));
}

/* Add a character; false: there is no room. */
static bool add(struct known *known, char c)
{
	if (known->pattern.length == TEXT_MAX)
		return false;
	known->text[known->pattern.length++] = c;
	if (c != '#')
		known->piece[known->pattern.nr_holes]++;
	else
		known->pattern.nr_holes++;
	return true;
}

/* What @at .. @end is without the numbers that vary; false: it cannot be
 * kept. */
static bool make_text(struct known *known, const struct event_form *form,
		      const char *at, const char *end)
{
	const char *word = at;
	bool open = false;
	uint64_t value;

	clear(known);
	while (at < end) {
		char c = *at++;

		if (c == ' ')
			word = at;
		if (c == '=')
			open = varies(form, word, at - 1);
		if (!add(known, c))
			return false;
		if (!open || (c != '=' && c != '[' && c != '.') || at == end ||
		    *at < '0' || *at > '9')
			continue;
		if (known->pattern.nr_holes == PATTERN_HOLES ||
		    number_next(&at, end, &value) != NUMBER_OK ||
		    !add(known, '#'))
			return false;
	}
	return true;
}

/* A place in the list of patterns that begin as @at does: a new one, or that
 * of the one that was not used for longest. */
static struct known *make_known(struct known_lines *lines, const char *at,
				const char *end)
{
	struct known **list = list_of(lines, at, end), **link = list, *known;
	unsigned count = 0;

	for (; *link && (*link)->next; link = &(*link)->next)
		count++;
	if (count + 1 < LIST_MAX) {
		known = malloc(sizeof(*known));
	} else {
		known = *link;
		*link = NULL;
	}
	if (!known)
		return NULL;
	known->next = *list;
	*list = known;
	return known;
}

static void drop_first(struct known **list)
{
	struct known *known = *list;

	*list = known->next;
	free(known);
}

/* The text at @at is @single: all of the line. */
static void learn_pattern(struct known_lines *lines,
			  struct event_reader *reader, const char *at,
			  const char *end, const struct op *op, bool single)
{
	uint64_t value[PATTERN_HOLES];
	struct known *known;

	for (known = *list_of(lines, at, end); known; known = known->next)
		if (match(known, at, end, value) == end)
			return;
	known = make_known(lines, at, end);
	if (!known)
		return;
	if (make_text(known, reader->form, at, end))
		pattern_learn(&known->pattern, reader, op);
	else
		known->pattern.state = PATTERN_LINE;
	if (reader->event.nr_ops > 1 && single && !known->pattern.ranges)
		known->pattern.state = PATTERN_LINE;
	if (known->pattern.state != PATTERN_KNOWN)
		drop_first(list_of(lines, at, end));
}

static size_t count_pieces(const char *text, const char *end)
{
	size_t count = 1;

	for (; (text = memchr(text, ';', (size_t)(end - text))); text++)
		count++;
	return count;
}

void known_lines_learn(struct known_lines *lines, struct event_reader *reader,
		       const char *text, const char *end)
{
	const struct event *event = &reader->event;
	const char *at = text, *after;

	if (*text == ' ' || memchr(text, '#', (size_t)(end - text)))
		return;
	/* Of one piece, the operations are ranges. */
	if (event->nr_ops != count_pieces(text, end) &&
	    memchr(text, ';', (size_t)(end - text)))
		return;
	for (size_t i = 0; at < end; i++, at = after + (after < end)) {
		after = memchr(at, ';', (size_t)(end - at));
		if (!after)
			after = end;
		learn_pattern(lines, reader, at, after,
			      event->nr_ops ? &event->ops[i] : NULL,
			      at == text && after == end);
	}
}

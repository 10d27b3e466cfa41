/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bulk.c - a line of a block to an event.
 *
 *   unmap domain=0 handle=h[3] at=0x1000 ; handle=h[4] at=0x2000  # comment
 *   name  key=value ...                  ; next operation
 *
 * This is the fast way in: nothing is copied and nothing is allocated.
 */
#include <string.h>

#include "sim/event_read.h"
#include "sim/input.h"

struct line {
	const char *at, *end;
	const char *start;  /* of columns */
	struct place place; /* of start */
};

/* What ends a word. */
enum { BLANK = 1, SEPARATOR = 2, EQUALS = 4 };
static const unsigned char ends[256] = {
	['\t'] = BLANK,
	[' '] = BLANK,
	[';'] = SEPARATOR,
	['='] = EQUALS,
};

static void skip_blanks(struct line *line)
{
	while (line->at < line->end && (*line->at == ' ' || *line->at == '\t'))
		line->at++;
}

static bool is_over(const struct line *line)
{
	return line->at == line->end || *line->at == '#';
}

/* Take what goes up to one of @stops. */
static struct word take_word(struct line *line, unsigned stops)
{
	const char *at = line->at;
	struct word word = { .text = at,
			     .line = line->place.line,
			     .column = line->place.column +
				       (uint32_t)(at - line->start) };

	while (at < line->end && !(ends[(unsigned char)*at] & stops))
		at++;
	word.length = (size_t)(at - word.text);
	line->at = at;
	return word;
}

static struct place place_of(const struct line *line)
{
	struct place place = line->place;

	place.column += (uint32_t)(line->at - line->start);
	return place;
}

/* The end of an operation, which another one follows. */
static void next_op(struct event_reader *reader, struct line *line)
{
	if (!reader->form->hypercall)
		diag_error(reader->diags, place_of(line),
			   "'%s' has no operations for ';' to separate",
			   event_names[reader->event.kind]);
	else
		event_end_op(reader);
	line->at++;
	skip_blanks(line);
	reader->op_place = place_of(line);
}

static void read_pair(struct event_reader *reader, struct line *line)
{
	struct word key = take_word(line, BLANK | SEPARATOR | EQUALS);
	struct word value;

	if (line->at == line->end || *line->at != '=') {
		diag_expected(reader->diags, event_place_of(reader, &key),
			      "key=value", key.text, key.length);
		return;
	}
	line->at++;
	value = take_word(line, BLANK | SEPARATOR);
	event_set(reader, &key, &value);
}

static void read_body(struct event_reader *reader, struct line *line)
{
	bool several = false;

	for (;;) {
		skip_blanks(line);
		if (is_over(line))
			break;
		if (*line->at == ';') {
			next_op(reader, line);
			several = true;
		} else {
			read_pair(reader, line);
		}
	}
	if (several && reader->form->hypercall)
		event_end_op(reader);
	event_end(reader);
}

static void check_comment(struct event_reader *reader, struct line *line)
{
	size_t length = (size_t)(line->end - line->at);
	size_t valid = input_valid(line->at, length);

	line->at += valid;
	if (valid < length)
		diag_error(reader->diags, place_of(line),
			   "neither UTF-8 nor printable");
}

bool event_read_line(struct event_reader *reader, const char *text,
		     const char *end, struct place place)
{
	struct line line = { text, end, text, place };
	enum event_kind kind;
	struct word name;

	skip_blanks(&line);
	if (is_over(&line)) {
		check_comment(reader, &line);
		return false;
	}
	name = take_word(&line, BLANK | SEPARATOR);
	kind = event_kind_of(reader, &name);
	if (kind == EVENT_KINDS) {
		event_unknown(reader, &name);
		return true;
	}
	event_begin(reader, kind, &name);
	read_body(reader, &line);
	check_comment(reader, &line);
	return true;
}

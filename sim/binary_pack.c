/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_pack.c - lines of events into what a block holds: see binary.h.
 *
 *   "unmap domain=0 handle=h[3] ; handle=h[4]"
 *      -> "unmap domain=0 handle=h[#]"  3
 *      -> "unmap ; handle=h[#]"         4
 *
 * Which values leave their pattern depends on the type of the key alone: those
 * that count, not those that choose.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary.h"
#include "sim/binary_pack.h"
#include "sim/event_keys.h"
#include "sim/number.h"

/* Values in a block, about. */
#define VALUES_FULL (1u << 19)

/* ---- bytes ----------------------------------------------------------- */

static bool bytes_reserve(struct bytes *bytes, size_t more)
{
	size_t room = bytes->room ? bytes->room : 4096;
	unsigned char *data;

	if (bytes->length + more <= bytes->room)
		return true;
	while (room < bytes->length + more)
		room *= 2;
	data = realloc(bytes->data, room);
	if (!data) {
		bytes->failed = true;
		return false;
	}
	bytes->data = data;
	bytes->room = room;
	return true;
}

void bytes_add(struct bytes *bytes, const void *data, size_t length)
{
	if (!bytes_reserve(bytes, length))
		return;
	if (length)
		memcpy(bytes->data + bytes->length, data, length);
	bytes->length += length;
}

void bytes_add_varint(struct bytes *bytes, uint64_t value)
{
	if (bytes_reserve(bytes, BINARY_VARINT_MAX))
		bytes->length += binary_put_varint(bytes->data + bytes->length,
						   value);
}

void bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ .data = NULL };
}

/* ---- a pattern out of a line ------------------------------------------ */

/* What ends a number. */
static const char *number_end(const char *at, const char *end)
{
	while (at < end && *at != '.' && *at != ']')
		at++;
	return at;
}

/* A value that counts: each number in it leaves a '#'. */
static void add_numbers(struct pack *pack, const char *at, const char *end)
{
	const char *bracket = memchr(at, '[', (size_t)(end - at));
	const char *after;
	uint64_t value;

	if (*at < '0' || *at > '9') {
		after = bracket ? bracket + 1 : end;
		bytes_add(&pack->text, at, (size_t)(after - at));
		at = after;
	}
	while (at < end) {
		after = number_end(at, end);
		if (pack->values < PACK_COLUMNS && after > at &&
		    number_u64(at, after, &value) == NUMBER_OK) {
			pack->value[pack->values++] = value;
			bytes_add(&pack->text, "#", 1);
		} else {
			bytes_add(&pack->text, at, (size_t)(after - at));
		}
		for (at = after; at < end && (*at == '.' || *at == ']'); at++)
			bytes_add(&pack->text, at, 1);
	}
}

/* "key=value" or the name of the event. */
static void add_word(struct pack *pack, const struct event_form *form,
		     const char *word, const char *end)
{
	const char *equals = memchr(word, '=', (size_t)(end - word));
	enum event_key_id key = KEYS;

	if (equals)
		key = event_find_key(form->keys | form->op_keys, word,
				     (size_t)(equals - word));
	if (key == KEYS || equals + 1 == end ||
	    !event_key_varies(&event_keys[key])) {
		bytes_add(&pack->text, word, (size_t)(end - word));
		return;
	}
	bytes_add(&pack->text, word, (size_t)(equals + 1 - word));
	add_numbers(pack, equals + 1, end);
}

static const char *word_end(const char *at, const char *end)
{
	const char *blank = memchr(at, ' ', (size_t)(end - at));

	return blank ? blank : end;
}

/* ---- columns ----------------------------------------------------------- */

static bool add_value(struct column *column, uint64_t value)
{
	size_t room = column->room ? 2 * column->room : 64;
	uint64_t *bigger;

	if (column->count == column->room) {
		bigger = realloc(column->value, room * sizeof(*bigger));
		if (!bigger)
			return false;
		column->value = bigger;
		column->room = room;
	}
	column->value[column->count++] = value;
	return true;
}

/* Room for the columns of pattern @number, which is new if it is the next. */
static struct pattern_column *pattern_at(struct pack *pack, size_t number)
{
	size_t room = pack->room ? 2 * pack->room : 64;
	struct pattern_column *bigger;

	if (number == pack->room) {
		bigger = realloc(pack->of, room * sizeof(*bigger));
		if (!bigger)
			return NULL;
		pack->of = bigger;
		pack->room = room;
	}
	if (number == pack->nr_patterns) {
		memset(&pack->of[number], 0, sizeof(*pack->of));
		pack->of[number].columns = pack->values;
		pack->nr_patterns++;
	}
	return &pack->of[number];
}

/* The pattern is complete. */
static int end_pattern(struct pack *pack)
{
	struct pattern_column *of;
	int32_t number;

	if (pack->text.failed)
		return -ENOMEM;
	number = labels_intern(pack->patterns, (const char *)pack->text.data,
			       pack->text.length);
	of = number < 0 ? NULL : pattern_at(pack, (size_t)number);
	if (!of)
		return -ENOMEM;
	bytes_add_varint(&pack->tokens, (uint64_t)number);
	for (unsigned i = 0; i < pack->values; i++)
		if (!add_value(&of->column[i], pack->value[i]))
			return -ENOMEM;
	pack->held += pack->values + 1;
	pack->text.length = 0;
	pack->values = 0;
	return pack->tokens.failed ? -ENOMEM : 0;
}

int pack_add(struct pack *pack, enum event_kind kind, const char *line,
	     size_t length)
{
	const struct event_form *form = &event_forms[kind];
	const char *end = line + length, *name_end = word_end(line, end);
	size_t name = (size_t)(name_end - line);
	const char *at, *after;
	int rc;

	bytes_add(&pack->text, line, name);
	for (at = name_end; at < end; at = after) {
		after = word_end(++at, end);
		if (*at == ';') {
			rc = end_pattern(pack);
			if (rc < 0)
				return rc;
			bytes_add(&pack->text, line, name);
		}
		bytes_add(&pack->text, " ", 1);
		add_word(pack, form, at, after);
	}
	pack->events++;
	return end_pattern(pack);
}

bool pack_is_full(const struct pack *pack)
{
	return pack->events == BINARY_EVENTS_MAX || pack->held >= VALUES_FULL;
}

/* ---- all of a block ---------------------------------------------------- */

/* Zeros at the low end that all values have. */
static unsigned common_shift(const struct column *column)
{
	uint64_t any = 0;

	for (size_t i = 0; i < column->count; i++)
		any |= column->value[i];
	return any ? (unsigned)__builtin_ctzll(any) : 0;
}

static void code_column(const struct column *column, unsigned shift,
			struct bytes *to)
{
	uint64_t last = 0, value;

	for (size_t i = 0; i < column->count; i++) {
		value = column->value[i] >> shift;
		bytes_add_varint(to, binary_zigzag(value - last));
		last = value;
	}
}

/* A pattern's text, and its columns behind those of the others. */
static void take_pattern(const struct pack *pack, size_t number,
			 struct bytes *to, struct bytes *columns)
{
	const char *text = labels_text(pack->patterns, (int32_t)number);
	const struct pattern_column *of = &pack->of[number];
	size_t length = strlen(text), before;
	unsigned char shift;

	bytes_add_varint(to, length);
	bytes_add(to, text, length);
	for (unsigned i = 0; i < of->columns; i++) {
		before = columns->length;
		shift = (unsigned char)common_shift(&of->column[i]);
		code_column(&of->column[i], shift, columns);
		bytes_add(to, &shift, 1);
		bytes_add_varint(to, columns->length - before);
	}
}

static void free_columns(struct pack *pack)
{
	for (size_t i = 0; i < pack->nr_patterns; i++)
		for (unsigned j = 0; j < pack->of[i].columns; j++)
			free(pack->of[i].column[j].value);
	labels_destroy(pack->patterns);
	pack->patterns = NULL;
	pack->nr_patterns = 0;
}

static int start_anew(struct pack *pack)
{
	free_columns(pack);
	pack->tokens.length = 0;
	pack->events = 0;
	pack->held = 0;
	return pack_init(pack);
}

int pack_take(struct pack *pack, struct bytes *to)
{
	struct bytes columns = { .data = NULL };
	bool failed;

	to->length = 0;
	bytes_add_varint(to, pack->nr_patterns);
	for (size_t i = 0; i < pack->nr_patterns; i++)
		take_pattern(pack, i, to, &columns);
	bytes_add_varint(to, pack->tokens.length);
	bytes_add(to, pack->tokens.data, pack->tokens.length);
	bytes_add(to, columns.data, columns.length);
	failed = to->failed || columns.failed;
	bytes_free(&columns);
	return failed ? -ENOMEM : start_anew(pack);
}

int pack_init(struct pack *pack)
{
	pack->patterns = labels_create();
	return pack->patterns ? 0 : -ENOMEM;
}

void pack_free(struct pack *pack)
{
	free_columns(pack);
	free(pack->of);
	bytes_free(&pack->tokens);
	bytes_free(&pack->text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary_pattern.c - the patterns of a block: see binary.h. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary_pattern.h"

/* The name, then ";" where it goes on with an event. */
static bool goes_on(const char *text, size_t length)
{
	const char *blank = memchr(text, ' ', length);

	return blank && blank + 1 < text + length && blank[1] == ';';
}

static struct values *add_values(struct patterns *p)
{
	struct values *new = array_grow(p->values, p->holes + 1, &p->hole_room,
					sizeof(*new));

	if (!new)
		return NULL;
	p->values = new;
	new += p->holes++;
	memset(new, 0, sizeof(*new));
	return new;
}

/* The shift and the length of each '#'; the length is kept in last until the
 * columns are found. */
static const char *read_holes(struct patterns *p, struct pattern *pattern,
			      const unsigned char **at,
			      const unsigned char *end, int *error)
{
	for (size_t i = 0; i < pattern->length; i++) {
		struct values *values;

		if (pattern->text[i] != '#')
			continue;
		values = add_values(p);
		if (!values) {
			*error = -ENOMEM;
			return "";
		}
		if (*at == end || **at > 63 ||
		    ++pattern->nr_holes > PATTERN_HOLES)
			return "its patterns are damaged";
		values->shift = *(*at)++;
		if (!binary_get_varint(at, end, &values->last))
			return "its patterns are damaged";
	}
	return NULL;
}

static const char *read_pattern(struct patterns *p, const unsigned char **at,
				const unsigned char *end, int *error)
{
	struct block_pattern *block = array_grow(p->pattern, p->count + 1,
						 &p->room, sizeof(*block));
	struct pattern *pattern;
	uint64_t length;

	if (!block) {
		*error = -ENOMEM;
		return "";
	}
	p->pattern = block;
	if (!binary_get_varint(at, end, &length) ||
	    length > (uint64_t)(end - *at) || memchr(*at, '\n', length))
		return "its patterns are damaged";
	block += p->count++;
	pattern = &block->pattern;
	pattern->text = (const char *)*at;
	pattern->length = length;
	pattern->state = PATTERN_NEW;
	pattern->call = 0;
	block->more = goes_on(pattern->text, length);
	pattern->nr_holes = 0;
	*at += length;
	return read_holes(p, pattern, at, end, error);
}

/* The columns come in the order of the holes, after the tokens. */
static const char *find_columns(struct patterns *p, const unsigned char *at,
				const unsigned char *end)
{
	struct values *values;
	size_t used = 0;

	/* without any hole there is no array to point into */
	for (size_t i = 0; i < p->count; i++) {
		p->pattern[i].values = p->holes ? p->values + used : NULL;
		used += p->pattern[i].pattern.nr_holes;
	}
	for (size_t i = 0; i < p->holes; i++) {
		values = &p->values[i];
		if (values->last > (uint64_t)(end - at))
			return "its values are damaged";
		values->at = at;
		values->end = at += values->last;
		values->last = 0;
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
	free(p->values);
}

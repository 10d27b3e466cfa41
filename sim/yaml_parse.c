/* SPDX-License-Identifier: GPL-2.0-or-later */
/* yaml_parse.c - libyaml's events out of an input. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/yaml_parse.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Does the line at @at open a block of @key: "key: |", then "+" or "-", then
 * a comment? */
static bool opens_block(const char *at, const char *end, const char *key)
{
	size_t length = strlen(key);
	const char *mark;

	if ((size_t)(end - at) < length || memcmp(at, key, length) != 0)
		return false;
	at += length;
	if (at == end || *at++ != ':')
		return false;
	for (mark = at; at < end && is_blank(*at);)
		at++;
	if (at == mark || at == end || *at++ != '|')
		return false;
	if (at < end && (*at == '+' || *at == '-'))
		at++;
	for (mark = at; at < end && is_blank(*at);)
		at++;
	return at == end || *at == '\n' || *at == '\r' ||
	       (*at == '#' && at != mark);
}

/* Look at a line before the parser gets it. */
static void look_for_block(struct yaml_parse *parse)
{
	const char *line;
	long length;

	if (!parse->block || input_column(parse->input) != 1)
		return;
	length = input_peek(parse->input, &line);
	if (length <= 0 || !opens_block(line, line + length, parse->block))
		return;
	parse->block_line = true;
	parse->block_at = input_line_number(parse->input);
}

/* ---- the text itself ---------------------------------------------------- */

static void keep(struct yaml_kept *kept, const char *text, size_t length)
{
	size_t room = kept->room ? kept->room : 4096;
	char *bigger;

	while (room < kept->length + length)
		room *= 2;
	if (room > kept->room) {
		bigger = realloc(kept->text, room);
		kept->failed |= !bigger;
		if (!bigger)
			return;
		kept->text = bigger;
		kept->room = room;
	}
	memcpy(kept->text + kept->length, text, length);
	kept->length += length;
}

void yaml_parse_drop_kept(struct yaml_parse *parse)
{
	struct yaml_kept *kept = &parse->kept;
	uint32_t line = parse->lines_before +
			(uint32_t)parse->event.end_mark.line + 1;
	const char *at = kept->text, *newline;

	for (; kept->length && kept->line < line; kept->line++) {
		newline = memchr(at, '\n', kept->length);
		if (!newline)
			break;
		kept->length -= (size_t)(newline + 1 - at);
		at = newline + 1;
	}
	if (at != kept->text)
		memmove(kept->text, at, kept->length);
}

/* ---- the parser --------------------------------------------------------- */

static int read_handler(void *data, unsigned char *buffer, size_t size,
			size_t *got)
{
	struct yaml_parse *parse = data;
	const char *text;
	long length;

	*got = 0;
	if (parse->block_next)
		return 1;
	look_for_block(parse);
	parse->before_part += parse->part_length;
	parse->part_length = 0;
	parse->part_line = input_line_number(parse->input);
	parse->part_column = input_column(parse->input);
	if (parse->block_line)
		length = input_part(parse->input, size, &text);
	else
		length = input_lines(parse->input, size,
				     parse->block ? parse->block[0] : '\0',
				     &text);
	if (length < 0) {
		parse->read_error = length;
		return 0;
	}
	if (length > 0)
		memcpy(buffer, text, (size_t)length);
	parse->part = text;
	parse->part_length = (size_t)length;
	if (length > 0 && parse->kept.on)
		keep(&parse->kept, text, (size_t)length);
	*got = (size_t)length;
	if (length == 0 || text[length - 1] == '\n')
		parse->block_next = parse->block_line;
	parse->unbroken += (size_t)length;
	parse->too_long = parse->unbroken > YAML_SCALAR_MAX;
	return !parse->too_long;
}

int yaml_parse_start(struct yaml_parse *parse)
{
	if (!yaml_parser_initialize(&parse->parser))
		return parse->dead = -ENOMEM;
	parse->running = true;
	parse->block_line = parse->block_next = false;
	parse->lines_before = input_line_number(parse->input) - 1;
	parse->kept.line = parse->lines_before + 1;
	parse->kept.length = 0;
	parse->part_length = parse->before_part = 0;
	yaml_parser_set_encoding(&parse->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input(&parse->parser, read_handler, parse);
	return 0;
}

void yaml_parse_stop(struct yaml_parse *parse)
{
	if (!parse->running)
		return;
	yaml_event_delete(&parse->event);
	yaml_parser_delete(&parse->parser);
	parse->running = parse->peeked = false;
}

int yaml_parse_input_error(struct yaml_parse *parse, long error)
{
	struct place place = { parse->name, input_line_number(parse->input),
			       input_column(parse->input) };

	parse->dead = (int)error;
	if (error == -EBADMSG)
		diag_error(parse->diags, place, "%s",
			   input_problem(parse->input));
	return parse->dead;
}

/* Say what the parser did not like. */
static int syntax_error(struct yaml_parse *parse)
{
	const yaml_parser_t *parser = &parse->parser;
	struct place place = yaml_parse_place_of(parse, &parser->problem_mark);

	parse->dead = -EBADMSG;
	if (parser->context)
		diag_error(parse->diags, place, "%s %s", parser->problem,
			   parser->context);
	else
		diag_error(parse->diags, place, "%s", parser->problem);
	return -EBADMSG;
}

/* Where in the part that it got last the parser found no character. */
static struct place bad_character(const struct yaml_parse *parse)
{
	size_t offset = parse->parser.problem_offset - parse->before_part;
	struct place place = { parse->name, parse->part_line,
			       parse->part_column };

	for (size_t i = 0; i < offset && i < parse->part_length; i++) {
		/* bytes after the first of a character do not count */
		place.column += (parse->part[i] & 0xc0) != 0x80;
		if (parse->part[i] != '\n')
			continue;
		place.line++;
		place.column = 1;
	}
	return place;
}

static int parse_error(struct yaml_parse *parse)
{
	const yaml_parser_t *parser = &parse->parser;

	if (parser->error == YAML_MEMORY_ERROR)
		return parse->dead = -ENOMEM;
	if (parse->read_error)
		return yaml_parse_input_error(parse, parse->read_error);
	if (parser->error != YAML_READER_ERROR)
		return syntax_error(parse);
	if (parse->too_long)
		diag_error(parse->diags,
			   yaml_parse_place_of(parse, &parser->mark),
			   "longer than 16 MiB");
	else
		diag_error(parse->diags, bad_character(parse),
			   "not a character of YAML");
	return parse->dead = -EBADMSG;
}

/* Ends hold nothing, and most starts; every other event is one of those. */
static bool holds_memory(const yaml_event_t *event)
{
	if (event->type == YAML_MAPPING_END_EVENT ||
	    event->type == YAML_SEQUENCE_END_EVENT)
		return false;
	return event->type != YAML_MAPPING_START_EVENT ||
	       event->data.mapping_start.anchor ||
	       event->data.mapping_start.tag;
}

int yaml_parse_peek_new(struct yaml_parse *parse)
{
	if (parse->dead)
		return parse->dead;
	if (holds_memory(&parse->event))
		yaml_event_delete(&parse->event);
	if (!yaml_parser_parse(&parse->parser, &parse->event))
		return parse_error(parse);
	parse->unbroken = 0;
	parse->peeked = true;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * yaml_in.c - documents, keys and trees out of libyaml's events.
 *
 *   STREAM-START { DOCUMENT-START MAPPING-START
 *                      { key value } MAPPING-END DOCUMENT-END } STREAM-END
 *
 * After a literal block that was read line by line, the rest of its document
 * arrives as a stream of its own: a document without "---" in front goes on
 * with the mapping.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/yaml_parse.h"

struct yaml_in {
	struct yaml_parse parse;
	size_t indent; /* of the block's lines; 0: unknown */
	bool over;     /* the block's document ended with "..." */
	char *own;     /* name of the file, if it is not the caller's */
};

int yaml_in_of(struct yaml_in **result, struct input *input, const char *name,
	       const char *block, struct diags *diags)
{
	struct yaml_in *in = calloc(1, sizeof(*in));
	int ret;

	if (!in) {
		input_close(input);
		return -ENOMEM;
	}
	in->parse.arena.limit = YAML_ITEM_MAX;
	in->parse.name = name;
	in->parse.block = block;
	in->parse.diags = diags;
	in->parse.input = input;
	ret = yaml_parse_start(&in->parse);
	if (ret < 0) {
		yaml_in_close(in);
		return ret;
	}
	*result = in;
	return 0;
}

int yaml_in_open(struct yaml_in **result, const char *path, const char *block,
		 struct diags *diags)
{
	char *name = strdup(strcmp(path, "-") == 0 ? "<stdin>" : path);
	struct input *input;
	int ret = name ? input_open(&input, path) : -ENOMEM;

	if (ret == 0)
		ret = yaml_in_of(result, input, name, block, diags);
	if (ret < 0)
		free(name);
	else
		(*result)->own = name;
	return ret;
}

void yaml_in_close(struct yaml_in *in)
{
	yaml_parse_stop(&in->parse);
	input_close(in->parse.input);
	arena_free(&in->parse.arena);
	free(in->parse.kept.text);
	free(in->own);
	free(in);
}

const char *yaml_in_name(const struct yaml_in *in)
{
	return in->parse.name;
}

void yaml_in_forget(struct yaml_in *in)
{
	arena_reset(&in->parse.arena);
	if (in->parse.kept.on)
		yaml_parse_drop_kept(&in->parse);
}

void yaml_in_keep(struct yaml_in *in)
{
	in->parse.kept.on = true;
}

/* Where line @line of what was kept starts, or its end. */
static const char *kept_line(const struct yaml_kept *kept, uint32_t line)
{
	const char *at = kept->text, *end = at + kept->length, *newline;

	for (uint32_t i = kept->line; i < line && at < end; i++) {
		newline = memchr(at, '\n', (size_t)(end - at));
		at = newline ? newline + 1 : end;
	}
	return at;
}

int yaml_in_text(struct yaml_in *in, uint32_t from, uint32_t to,
		 const char **text, size_t *length)
{
	const struct yaml_kept *kept = &in->parse.kept;
	struct place next;
	int ret;

	if (!to) {
		ret = yaml_parse_peek(&in->parse);
		if (ret < 0)
			return ret;
		next = yaml_parse_place(&in->parse);
		/* a last line may have no end */
		to = next.line + (next.column > 1);
	}
	if (kept->failed)
		return -ENOMEM;
	*text = kept_line(kept, from);
	*length = (size_t)(kept_line(kept, to) - *text);
	return 1;
}

uint64_t yaml_in_position(const struct yaml_in *in, uint64_t *total)
{
	return input_position(in->parse.input, total);
}

int yaml_in_tree(struct yaml_in *in, struct node **node)
{
	return yaml_parse_tree(&in->parse, node);
}

/* ---- documents ------------------------------------------------------- */

/* At the start of a document: go into its mapping. */
static int enter_document(struct yaml_in *in)
{
	int ret = yaml_parse_next(&in->parse);
	const yaml_event_t *event = &in->parse.event;

	if (ret < 0)
		return ret;
	ret = yaml_parse_next(&in->parse);
	if (ret < 0)
		return ret;
	yaml_parse_refuse(&in->parse);
	if (event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0)
		return 0;
	if (event->type != YAML_MAPPING_START_EVENT)
		return yaml_parse_fatal(&in->parse,
					"a document must be a mapping");
	return 1;
}

int yaml_in_document(struct yaml_in *in)
{
	int ret;

	while ((ret = yaml_parse_peek(&in->parse)) == 0) {
		if (in->parse.event.type == YAML_STREAM_END_EVENT)
			return 0;
		if (in->parse.event.type != YAML_DOCUMENT_START_EVENT) {
			in->parse.peeked = false;
			continue;
		}
		ret = enter_document(in);
		if (ret)
			break;
	}
	return ret;
}

/* What follows a block: more of the document?  1 or 0. */
static int go_on_with_document(struct yaml_in *in)
{
	const yaml_event_t *event = &in->parse.event;
	int ret = yaml_parse_next(&in->parse); /* the start of the stream */

	if (ret == 0)
		ret = yaml_parse_peek(&in->parse);
	if (ret < 0 || event->type != YAML_DOCUMENT_START_EVENT)
		return ret;
	if (in->over || !event->data.document_start.implicit)
		return 0;
	return enter_document(in);
}

int yaml_in_key(struct yaml_in *in, struct node **key)
{
	struct node *node;
	int ret = yaml_parse_peek(&in->parse);

	if (ret == 0 && in->parse.event.type == YAML_STREAM_START_EVENT) {
		ret = go_on_with_document(in);
		if (ret <= 0)
			return ret;
		ret = yaml_parse_peek(&in->parse);
	}
	if (ret < 0)
		return ret;
	if (in->parse.event.type == YAML_MAPPING_END_EVENT)
		return 0;
	if (in->parse.event.type != YAML_SCALAR_EVENT)
		return yaml_parse_fatal(&in->parse, "a key must be a word");
	ret = yaml_parse_build(&in->parse, 0, &node);
	*key = node;
	return ret < 0 ? ret : 1;
}

/* Is the event the scalar that yaml_in_line() has to read? */
static bool is_block(const struct yaml_in *in)
{
	const yaml_event_t *event = &in->parse.event;

	return in->parse.block_next && event->type == YAML_SCALAR_EVENT &&
	       event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE &&
	       yaml_parse_place(&in->parse).line == in->parse.block_at;
}

int yaml_in_value(struct yaml_in *in, enum yaml_value *kind)
{
	const yaml_event_t *event = &in->parse.event;
	int ret = yaml_parse_peek(&in->parse);

	if (ret < 0)
		return ret;
	*kind = YAML_TREE;
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		yaml_parse_refuse(&in->parse);
		in->parse.peeked = false;
		*kind = YAML_LIST;
	} else if (is_block(in)) {
		yaml_parse_refuse(&in->parse);
		yaml_parse_stop(&in->parse);
		in->indent = 0;
		in->over = false;
		*kind = YAML_BLOCK;
	}
	return 1;
}

int yaml_in_item(struct yaml_in *in, struct node **node)
{
	int ret = yaml_parse_peek(&in->parse);

	if (ret < 0)
		return ret;
	if (in->parse.event.type == YAML_SEQUENCE_END_EVENT) {
		in->parse.peeked = false;
		return 0;
	}
	return yaml_parse_tree(&in->parse, node);
}

/* ---- blocks ---------------------------------------------------------- */

static int end_block(struct yaml_in *in, long error)
{
	if (error < 0)
		return yaml_parse_input_error(&in->parse, error);
	return yaml_parse_start(&in->parse);
}

/* Take the indentation off; it is that of the block's first line. */
static void strip_indent(struct yaml_in *in, struct yaml_line *line,
			 size_t spaces)
{
	if (in->indent == 0)
		in->indent = spaces;
	if (spaces < in->indent) {
		line->place.column = (uint32_t)spaces + 1;
		diag_error(in->parse.diags, line->place,
			   "less indented than the first line of the block");
	} else {
		spaces = in->indent;
	}
	line->text += spaces;
	line->place.column = (uint32_t)spaces + 1;
}

static const char *without_end(const char *text, const char *end)
{
	if (end > text && end[-1] == '\n')
		end--;
	if (end > text && end[-1] == '\r')
		end--;
	return end;
}

/* "...", which a parser does not expect as the first thing. */
static bool ends_document(const struct yaml_line *line)
{
	size_t length = (size_t)(line->end - line->text);

	return length >= 3 && memcmp(line->text, "...", 3) == 0 &&
	       (length == 3 || line->text[3] == ' ');
}

/* The next line that is not blank, without taking it: 1, and *@spaces is its
 * indentation; 0 at the end of the file; or an error. */
static long peek_line(struct yaml_in *in, struct yaml_line *line,
		      size_t *length, size_t *spaces)
{
	struct input *input = in->parse.input;
	const char *at;
	long ret;

	for (;;) {
		ret = input_peek(input, &line->text);
		if (ret <= 0)
			return ret;
		*length = (size_t)ret;
		line->end = without_end(line->text, line->text + ret);
		for (at = line->text; at < line->end && *at == ' ';)
			at++;
		if (at < line->end)
			break;
		input_take(input, *length);
	}
	*spaces = (size_t)(at - line->text);
	return 1;
}

int yaml_in_line(struct yaml_in *in, struct yaml_line *line)
{
	size_t spaces, length;
	long ret;

	if (in->parse.dead)
		return in->parse.dead;
	ret = peek_line(in, line, &length, &spaces);
	if (ret <= 0)
		return end_block(in, ret);
	if (spaces == 0) {
		in->over = ends_document(line);
		if (in->over)
			input_take(in->parse.input, length);
		return end_block(in, 0);
	}
	line->place.file = in->parse.name;
	line->place.line = input_line_number(in->parse.input);
	input_take(in->parse.input, length);
	strip_indent(in, line, spaces);
	return 1;
}

/* ---- whole files ----------------------------------------------------- */

static int load(struct yaml_in *in, struct node **root)
{
	size_t errors = in->parse.diags->count;
	int ret = yaml_in_document(in);

	if (ret == 0)
		return yaml_parse_fatal(&in->parse, "an empty file");
	if (ret > 0)
		ret = yaml_parse_rest(&in->parse, root);
	if (ret > 0)
		ret = yaml_in_document(in);
	if (ret > 0)
		return yaml_parse_fatal(&in->parse, "a second document");
	if (ret < 0)
		return ret;
	return in->parse.diags->count == errors ? 0 : -EBADMSG;
}

int yaml_in_load(struct yaml_in **in, const char *path, struct node **root,
		 struct diags *diags)
{
	int ret = yaml_in_open(in, path, NULL, diags);

	if (ret < 0)
		return ret;
	ret = load(*in, root);
	if (ret < 0)
		yaml_in_close(*in);
	return ret;
}

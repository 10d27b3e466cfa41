/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace_binary.c - a trace that is binary, or names a file that is.
 *
 *   trace.tlbt   text: header    trace.yaml   header
 *                evnt                         bulk: FILE -> text (left aside)
 *                text: blkback:                             evnt
 *                ...                          ...
 *
 * YAML in a block is read as YAML in a file is, then the next block is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace_pieces.h"
#include "sim/trace_read.h"

/* A copy of @name that lives as long as the trace, or NULL. */
static const char *add_name(struct trace *trace, const char *folder,
			    size_t folder_length, const char *name)
{
	size_t length = strlen(name) + 1;
	struct file_name *new = malloc(sizeof(*new) + folder_length + length);

	if (!new)
		return NULL;
	memcpy(new->text, folder, folder_length);
	memcpy(new->text + folder_length, name, length);
	new->next = trace->names;
	trace->names = new;
	return new->text;
}

/* ---- files --------------------------------------------------------------- */

static int open_yaml(struct trace *trace, struct input *input, const char *name)
{
	int ret = yaml_in_of(&trace->yaml, input, name, "events", trace->diags);

	if (ret == 0 && trace->pieces)
		yaml_in_keep(trace->yaml);
	return ret;
}

/* YAML that is in a block. */
static int open_text(struct trace *trace, const struct binary_block *block)
{
	struct input *input;
	int ret = input_of_text(&input, block->bytes, block->length);

	if (ret < 0)
		return ret;
	return open_yaml(trace, input, binary_reader_name(trace->binary));
}

/* The first block, which has the header. */
static int read_first(struct trace *trace, const struct binary_block **block)
{
	int ret = binary_next_block(trace->binary, block);

	if (ret < 0)
		return ret;
	if (ret == 0) {
		diag_error(trace->diags,
			   (struct place){ binary_reader_name(trace->binary), 0,
					   0 },
			   "an empty file");
		return -EBADMSG;
	}
	if ((*block)->kind == BINARY_TEXT)
		return 0;
	binary_bad_block(trace->binary, "events before the header");
	return -EBADMSG;
}

int trace_open_file(struct trace *trace, const char *path)
{
	const char *name = add_name(trace, "", 0,
				    strcmp(path, "-") == 0 ? "<stdin>" : path);
	const struct binary_block *block;
	struct input *input;
	int ret = name ? input_open(&input, path) : -ENOMEM;

	trace->name = name;
	if (ret < 0)
		return ret;
	/* what cannot be read tells the reader of YAML so */
	if (binary_is(input) <= 0)
		return open_yaml(trace, input, name);
	ret = binary_reader_open(&trace->binary, input, name, trace->diags);
	if (ret == 0)
		ret = read_first(trace, &block);
	return ret < 0 ? ret : open_text(trace, block);
}

void trace_close_files(struct trace *trace)
{
	struct file_name *next;

	binary_events_destroy(trace->events);
	if (trace->binary)
		binary_reader_close(trace->binary);
	if (trace->yaml)
		yaml_in_close(trace->yaml);
	if (trace->around)
		yaml_in_close(trace->around);
	for (; trace->names; trace->names = next) {
		next = trace->names->next;
		free(trace->names);
	}
}

/* ---- bulk: FILE ---------------------------------------------------------- */

/* The file that @value names, relative to the file that says so. */
static const char *bulk_path(struct trace *trace, const struct node *value)
{
	const char *file = value->place.file;
	const char *slash = value->text[0] == '/' ? NULL : strrchr(file, '/');

	return add_name(trace, file, slash ? (size_t)(slash + 1 - file) : 0,
			value->text);
}

static int cannot_open(struct trace *trace, const struct node *value, int error)
{
	if (error == 0 || error == -ENOMEM)
		return error;
	diag_error(trace->diags, value->place, "cannot read '%s': %s",
		   diag_quote(value->text, value->length).text,
		   strerror(-error));
	return 0;
}

/* The input that @value names, if that is a binary trace. */
static int open_named(struct trace *trace, const struct node *value,
		      const char *path, struct input **input)
{
	int ret = input_open(input, path);

	if (ret < 0)
		return ret;
	ret = binary_is(*input);
	if (ret == 0)
		diag_error(trace->diags, value->place,
			   "'%s' is not a binary trace",
			   diag_quote(value->text, value->length).text);
	if (ret == 0)
		diag_hint(trace->diags, "'tlbsim convert' makes one");
	if (ret <= 0)
		input_close(*input);
	return ret;
}

static int open_bulk(struct trace *trace, const struct node *value)
{
	const char *path = bulk_path(trace, value);
	const struct binary_block *block;
	struct input *input;
	int ret = path ? open_named(trace, value, path, &input) : -ENOMEM;

	if (ret <= 0)
		return cannot_open(trace, value, ret);
	ret = binary_reader_open(&trace->binary, input, path, trace->diags);
	if (ret == 0)
		ret = read_first(trace, &block);
	if (ret < 0)
		return ret;
	trace->around = trace->yaml;
	trace->seen_around = trace->seen;
	trace->yaml = NULL;
	trace->state = BLOCKS;
	return 0;
}

int trace_start_bulk(struct trace *trace)
{
	struct node *value;
	int ret = yaml_in_tree(trace->yaml, &value);

	if (ret < 0 || !value)
		return ret < 0 ? ret : 0;
	if (value->kind != NODE_SCALAR || !value->length)
		node_expected(value, "the name of a file", trace->diags);
	else if (trace->binary)
		diag_error(trace->diags, trace->key->place,
			   "'bulk' in a binary trace");
	else
		return open_bulk(trace, value);
	return 0;
}

/* ---- blocks -------------------------------------------------------------- */

uint64_t trace_pass_over(struct trace *trace, uint64_t event)
{
	return trace->binary ? binary_pass_over(trace->binary, event) : 0;
}

void trace_end_yaml(struct trace *trace)
{
	trace->state = EXPECTS;
	if (!trace->binary)
		return;
	yaml_in_close(trace->yaml);
	trace->yaml = NULL;
	trace->state = BLOCKS;
}

/* After the last block. */
static void end_blocks(struct trace *trace)
{
	trace->state = EXPECTS;
	if (!trace->around)
		return;
	binary_events_destroy(trace->events);
	binary_reader_close(trace->binary);
	trace->events = NULL;
	trace->binary = NULL;
	trace->yaml = trace->around;
	trace->around = NULL;
	trace->seen = trace->seen_around;
	trace->in_document = true;
	trace->state = KEYS_NEXT;
}

static int bad_block(struct trace *trace, const char *problem)
{
	if (trace->reader.error)
		return trace->reader.error;
	binary_bad_block(trace->binary, problem);
	return -EBADMSG;
}

static int start_block(struct trace *trace)
{
	const struct binary_block *block;
	const char *problem;
	int ret = binary_next_block(trace->binary, &block);

	if (ret == 0)
		end_blocks(trace);
	if (ret <= 0)
		return ret;
	if (block->kind == BINARY_TEXT) {
		trace->state = KEYS_NEXT;
		return open_text(trace, block);
	}
	if (!trace->events)
		trace->events = binary_events_create(&trace->reader);
	if (!trace->events)
		return -ENOMEM;
	problem = binary_events_start(trace->events, block,
				      binary_reader_name(trace->binary));
	return problem ? bad_block(trace, problem) : 0;
}

int trace_next_of_blocks(struct trace *trace)
{
	const char *problem;
	int ret = 0;

	if (trace->events)
		ret = binary_events_next(trace->events, &trace->event,
					 &problem);
	if (ret == 0)
		return start_block(trace);
	return ret < 0 ? bad_block(trace, problem) : ret;
}

/* ---- pieces -------------------------------------------------------------- */

/* Lines can only be taken whole. */
static bool starts_line(struct trace *trace, const struct node *key)
{
	if (key->place.column == 1)
		return true;
	diag_error(trace->diags, key->place,
		   "'%s' does not stand at the start of a line", key->text);
	return false;
}

int trace_header_text(struct trace *trace, const char **text, size_t *length)
{
	const struct node *key = trace->key;

	if (key && !starts_line(trace, key))
		return -EBADMSG;
	return yaml_in_text(trace->yaml, 1, key ? key->place.line : 0, text,
			    length);
}

int trace_take_text(struct trace *trace)
{
	int ret;

	if (!trace->pieces || !starts_line(trace, trace->key))
		return 0;
	ret = yaml_in_text(trace->yaml, trace->key->place.line, 0, &trace->text,
			   &trace->text_length);
	return ret < 0 ? ret : TRACE_PIECE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_in.c - JSON out of a file, plain or packed with gzip.
 *
 * Source of the format: RFC 8259.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "sim/input.h"
#include "sim/json_in.h"

/* ---- bytes ---------------------------------------------------------- */

struct source {
	struct input *input;
	long status; /* the last of input_part() */
};

static size_t next_bytes(void *buffer, size_t room, void *data)
{
	struct source *source = data;
	const char *text;

	source->status = input_part(source->input, room, &text);
	if (source->status < 0)
		return (size_t)-1;
	if (source->status > 0)
		memcpy(buffer, text, (size_t)source->status);
	return (size_t)source->status;
}

/* The parser stops at what it does not like, and says where. */
static void reject_syntax(const char *path, const json_error_t *error,
			  struct diags *diags)
{
	struct place place = { path, 0, 0 };

	if (error->line > 0)
		place.line = (uint32_t)error->line;
	if (error->column > 0)
		place.column = (uint32_t)error->column;
	diag_error(diags, place, "not JSON: %s", error->text);
}

/* The input itself could not be read on. */
static int reject_input(struct input *input, const char *path, long status,
			struct diags *diags)
{
	struct place place = { path, input_line_number(input),
			       input_column(input) };

	if (status == -EBADMSG)
		diag_error(diags, place, "%s", input_problem(input));
	return (int)status;
}

static int reject_json(const char *path, const json_error_t *error,
		       struct diags *diags)
{
	if (json_error_code(error) == json_error_out_of_memory)
		return -ENOMEM;
	reject_syntax(path, error, diags);
	return -EBADMSG;
}

static int parse_value(struct input *input, const char *path, json_t **json,
		       struct diags *diags)
{
	struct source source = { input, 0 };
	json_error_t error;

	*json = json_load_callback(next_bytes, &source, JSON_REJECT_DUPLICATES,
				   &error);
	if (*json)
		return 0;
	if (source.status < 0)
		return reject_input(input, path, source.status, diags);
	return reject_json(path, &error, diags);
}

/* ---- lines ---------------------------------------------------------- */

static int parse_line(const char *text, size_t length, uint32_t number,
		      const char *path, json_t *array, struct diags *diags)
{
	json_error_t error;
	json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);

	if (json)
		return json_array_append_new(array, json) < 0 ? -ENOMEM : 0;
	error.line = (int)number;
	return reject_json(path, &error, diags);
}

static int parse_lines(struct input *input, const char *path, json_t **json,
		       struct diags *diags)
{
	const char *text;
	long length;
	int rc = 0;

	*json = json_array();
	if (!*json)
		return -ENOMEM;
	while (rc == 0 && (length = input_peek(input, &text)) > 0) {
		rc = parse_line(text, (size_t)length, input_line_number(input),
				path, *json, diags);
		input_take(input, (size_t)length);
	}
	if (rc == 0 && length < 0)
		rc = reject_input(input, path, length, diags);
	if (rc < 0)
		json_decref(*json);
	return rc;
}

/* Objects in lines, unless the first one is only the beginning of a value. */
static int parse_from(struct input *input, const char *path, json_t **json,
		      struct diags *diags)
{
	const char *text;
	long length = input_peek(input, &text);

	if (length > 1 && text[0] == '{' && strncmp(text, "{\n", 2) != 0)
		return parse_lines(input, path, json, diags);
	return parse_value(input, path, json, diags);
}

int json_in_load(const char *path, json_t **json, struct diags *diags)
{
	struct input *input;
	int rc = input_open(&input, path);

	if (rc < 0)
		return rc;
	rc = parse_from(input, path, json, diags);
	input_close(input);
	return rc;
}

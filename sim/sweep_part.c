/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_part.c - a part of a sweep out of its file, and into it. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sweep_part.h"

struct reader {
	const char *path;
	bool lenient;
	json_t *header;	    /* as it is read */
	struct shard shard; /* that it names */
	struct outcomes *outcomes;
};

static int refuse(const struct reader *reader, size_t line, const char *problem)
{
	fprintf(stderr, "tlbsim: %s:%zu: %s\n", reader->path, line, problem);
	return -EBADMSG;
}

/* The line as JSON, or NULL: it is not as it was written. */
static json_t *parse(const char *text, size_t length)
{
	json_error_t error;

	return text ? json_loadb(text, length, JSON_REJECT_DUPLICATES, &error)
		    : NULL;
}

/* ---- the first line ---------------------------------------------------------
 */

/* Returns 1: no other line is wanted. */
static int read_header(void *data, size_t number, const char *text,
		       size_t length)
{
	struct reader *reader = data;

	reader->header = parse(text, length);
	if (reader->header && part_cells(reader->header))
		return 1;
	return refuse(reader, number, "no part of a sweep");
}

int part_read_header(const char *path, json_t **header)
{
	struct reader reader = { .path = path };
	int rc = journal_read(path, read_header, &reader);

	*header = reader.header;
	if (rc >= 0)
		return 0;
	json_decref(reader.header);
	return rc;
}

/* ---- the others ---------------------------------------------------------- */

static int read_cell(const struct reader *reader, size_t number,
		     const json_t *line)
{
	size_t cell = 1;
	int rc = outcome_read(reader->outcomes, line, &cell);

	if (rc == -EBADMSG)
		return refuse(reader, number, "no outcome of a cell");
	if (rc == -EEXIST)
		return refuse(reader, number, "a cell for the second time");
	if (rc == 0 && !shard_has(&reader->shard, cell))
		return refuse(reader, number, "a cell of another shard");
	return rc;
}

static int read_line(void *data, size_t number, const char *text, size_t length)
{
	struct reader *reader = data;
	json_t *line;
	int rc;

	if (number == 1)
		return 0;
	line = parse(text, length);
	if (!line && !reader->lenient)
		return refuse(reader, number, "a damaged line");
	if (!line) {
		refuse(reader, number, "a damaged line, its cell runs again");
		return 0;
	}
	rc = read_cell(reader, number, line);
	json_decref(line);
	return rc;
}

int part_read_cells(const char *path, const json_t *header, bool lenient,
		    struct outcomes *outcomes)
{
	struct reader reader = { .path = path,
				 .lenient = lenient,
				 .shard = part_shard(header),
				 .outcomes = outcomes };

	return journal_read(path, read_line, &reader);
}

/* ---- writing ------------------------------------------------------------- */

static int put_line(char *line, FILE *to)
{
	if (!line)
		return -ENOMEM;
	journal_write(to, line);
	free(line);
	return 0;
}

int part_write(const json_t *header, const struct outcomes *outcomes, FILE *to)
{
	int rc = put_line(part_header_line(header), to);

	for (size_t i = 0; i < outcomes->count && rc == 0; i++)
		if (outcomes->of[i].done)
			rc = put_line(outcome_line(i + 1, &outcomes->of[i]),
				      to);
	return rc;
}

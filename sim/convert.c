/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * convert.c - a trace written again, in another form.
 *
 *   trace -> header, YAML -----------------------> form
 *         `> event -> event_write() -> its lines --^
 *
 * Both forms get the same lines.  So converting back and forth once more
 * changes no byte.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary_write.h"
#include "sim/convert.h"
#include "sim/event_write.h"
#include "sim/trace_pieces.h"

/* A reader holds one block: see tlbsim-trace(5). */
#define BLOCK_LINES 65536
#define PROGRESS_EVERY 16384 /* events; a power of two */

/* ---- YAML ---------------------------------------------------------------- */

struct yaml_sink {
	FILE *to;
	unsigned lines; /* in the block; 0: there is none */
};

static void *yaml_create(FILE *to)
{
	struct yaml_sink *sink = calloc(1, sizeof(*sink));

	if (sink)
		sink->to = to;
	return sink;
}

static int yaml_head(void *data, const char *text, size_t length)
{
	struct yaml_sink *sink = data;

	fwrite(text, 1, length, sink->to);
	return 0;
}

static int yaml_text(void *data, const char *text, size_t length)
{
	struct yaml_sink *sink = data;

	fputs("---\n", sink->to);
	fwrite(text, 1, length, sink->to);
	sink->lines = 0;
	return 0;
}

static int yaml_line(void *data, unsigned kind, const char *line, size_t length)
{
	struct yaml_sink *sink = data;

	(void)kind;
	if (sink->lines == BLOCK_LINES)
		sink->lines = 0;
	if (sink->lines++ == 0)
		fputs("---\nevents: |\n", sink->to);
	fputs("  ", sink->to);
	fwrite(line, 1, length, sink->to);
	fputc('\n', sink->to);
	return 0;
}

static int yaml_end(void *data)
{
	(void)data;
	return 0;
}

const struct trace_form convert_yaml = {
	.name = "yaml",
	.suffix = ".yaml",
	.create = yaml_create,
	.head = yaml_head,
	.text = yaml_text,
	.line = yaml_line,
	.end = yaml_end,
	.destroy = free,
};

/* ---- binary -------------------------------------------------------------- */

static void *binary_create(FILE *to)
{
	struct binary_writer *writer;

	return binary_writer_create(&writer, to) == 0 ? writer : NULL;
}

static int binary_text(void *writer, const char *text, size_t length)
{
	return binary_write_text(writer, text, length);
}

static int binary_line(void *writer, unsigned kind, const char *line,
		       size_t length)
{
	return binary_write_line(writer, (enum event_kind)kind, line, length);
}

static int binary_end(void *writer)
{
	return binary_write_end(writer);
}

static void binary_destroy(void *writer)
{
	binary_writer_destroy(writer);
}

const struct trace_form convert_binary = {
	.name = "binary",
	.suffix = ".tlbt",
	.create = binary_create,
	.head = binary_text,
	.text = binary_text,
	.line = binary_line,
	.end = binary_end,
	.destroy = binary_destroy,
};

/* ---- all of a trace ------------------------------------------------------ */

struct conversion {
	struct convert_job *job;
	uint64_t line; /* of events: the last, written or not */
	void *sink;
	struct trace *trace;
	FILE *lines; /* of the event at hand, in memory */
	char *text;
	size_t length;
};

/* @text with an end of its last line, which may lack it: 0 or -errno. */
static int pass_text(int (*pass)(void *, const char *, size_t), void *sink,
		     const char *text, size_t length)
{
	char *copy;
	int rc;

	if (length && text[length - 1] == '\n')
		return pass(sink, text, length);
	copy = malloc(length + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, length);
	copy[length] = '\n';
	rc = pass(sink, copy, length + 1);
	free(copy);
	return rc;
}

/* The next line of an event, if it is wanted. */
static int pass_line(struct conversion *c, unsigned kind, const char *line,
		     size_t length)
{
	c->line++;
	if (c->job->last && (c->line < c->job->first || c->line > c->job->last))
		return 0;
	return c->job->form->line(c->sink, kind, line, length);
}

/* Some events take several lines, which are as many events from then on. */
static int pass_event(struct conversion *c, const struct event *event)
{
	const struct event_labels labels = trace_labels(c->trace);
	char *line, *end;
	int rc = 0;

	rewind(c->lines);
	event_write(c->lines, event, &labels, NULL);
	if (fflush(c->lines) == EOF)
		return -ENOMEM;
	for (line = c->text; rc == 0 && line < c->text + c->length;
	     line = end + 1) {
		end = memchr(line, '\n', (size_t)(c->text + c->length - line));
		rc = pass_line(c, event->kind, line, (size_t)(end - line));
	}
	return rc;
}

static void show_progress(const struct conversion *c, uint64_t events)
{
	uint64_t total, done = trace_position(c->trace, &total);

	progress_update(c->job->progress, c->job->path, done, total, events);
}

static int pass_piece(struct conversion *c, const struct trace_piece *piece)
{
	if (piece->event)
		return pass_event(c, piece->event);
	if (c->job->last)
		return 0;
	return pass_text(c->job->form->text, c->sink, piece->text,
			 piece->length);
}

static bool is_past(const struct conversion *c)
{
	return c->job->last && c->line >= c->job->last;
}

static int pass_pieces(struct conversion *c)
{
	struct trace_piece piece;
	uint64_t events = 0;
	int rc, outcome = 0;

	while (!is_past(c) && (rc = trace_next_piece(c->trace, &piece)) != 0) {
		if (rc < 0 && rc != -EBADMSG)
			return rc;
		if (rc < 0)
			outcome = rc;
		if (outcome < 0)
			continue;
		c->job->wrote = true;
		rc = pass_piece(c, &piece);
		if (rc < 0)
			return rc;
		c->job->wrote = false;
		if (events++ % PROGRESS_EVERY == 0)
			show_progress(c, events);
	}
	return outcome;
}

static int too_short(const struct conversion *c, struct diags *diags)
{
	diag_error(diags, (struct place){ c->job->path, 0, 0 },
		   "no line %" PRIu64 " of events: there %s %" PRIu64,
		   c->job->first, c->line == 1 ? "is" : "are", c->line);
	return -EBADMSG;
}

static int pass_all(struct conversion *c, struct diags *diags)
{
	size_t length;
	const char *text;
	int rc = trace_header_text(c->trace, &text, &length);

	if (rc < 0)
		return rc;
	rc = pass_text(c->job->form->head, c->sink, text, length);
	if (rc == 0 && c->job->last)
		c->line = trace_pass_over(c->trace, c->job->first);
	if (rc == 0)
		rc = pass_pieces(c);
	if (rc < 0)
		return rc;
	if (c->line < c->job->first)
		return too_short(c, diags);
	c->job->wrote = true;
	return c->job->form->end(c->sink);
}

int convert(struct convert_job *job, struct diags *diags)
{
	struct conversion c = { .job = job };
	int rc = trace_open_pieces(&c.trace, job->path, diags);

	job->wrote = false;
	if (rc < 0)
		return rc;
	c.sink = job->form->create(job->to);
	c.lines = open_memstream(&c.text, &c.length);
	rc = c.sink && c.lines ? pass_all(&c, diags) : -ENOMEM;
	if (c.lines)
		fclose(c.lines);
	free(c.text);
	if (c.sink)
		job->form->destroy(c.sink);
	trace_close(c.trace);
	return rc;
}

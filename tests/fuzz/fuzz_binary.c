/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_binary.c - any bytes as a block of a binary trace, whose checksum is
 * right: its events are read to the end, or refused.  And as its index: what
 * that says is believed when it is sought in, and then found out.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary.h"
#include "sim/binary_write.h"
#include "sim/trace_pieces.h"
#include "tests/fuzz/fuzz.h"
#include "tests/text_file.h"

static const char header[] =
	"tlbsim: 1\nmachine: small\ncpus: 2\ndomains:\n"
	"  - {id: 0, name: dom0, hardware: true, memory: 4M}\n"
	"  - {id: 1, name: guest, memory: 4M}\n";

/* A trace that is being written: its header is. */
struct making {
	struct binary_writer *writer;
	FILE *to;
	char *bytes;
	size_t length;
};

static void begin(struct making *m)
{
	m->to = open_memstream(&m->bytes, &m->length);
	if (!m->to || binary_writer_create(&m->writer, m->to) < 0)
		abort();
	binary_write_text(m->writer, header, strlen(header));
}

static struct text_file end(struct making *m)
{
	struct text_file file;

	binary_writer_destroy(m->writer);
	fclose(m->to);
	file = text_file_of(m->bytes, m->length, false);
	free(m->bytes);
	return file;
}

static struct text_file make(const uint8_t *data, size_t size, uint32_t events)
{
	struct making m;

	begin(&m);
	binary_write_block(m.writer, BINARY_EVENTS, data, size, events);
	binary_write_end(m.writer);
	return end(&m);
}

static void read_events(struct trace *trace, const struct diags *diags)
{
	struct event *event;
	int rc;

	while ((rc = trace_next(trace, &event)) != 0) {
		assert(rc > 0 || rc == -EBADMSG);
		/* whoever got an error gets no event after it */
		assert(rc < 0 ? diags->count : !diags->count);
	}
}

/* A trace whose index is @data, with a tail that names it. */
static struct text_file make_index(const uint8_t *data, size_t size)
{
	static const char line[] = "read cpu=0 at=0x1000";
	unsigned char tail[BINARY_TAIL];
	struct making m;

	begin(&m);
	binary_write_line(m.writer, EVENT_read, line, strlen(line));
	binary_write_text(m.writer, "events: []\n", 11);
	fflush(m.to);
	binary_put64(tail, m.length);
	memcpy(tail + 8, BINARY_END_MAGIC, BINARY_MAGIC_LENGTH);
	binary_write_block(m.writer, BINARY_INDEX, data, size, 0);
	fwrite(tail, 1, sizeof(tail), m.to);
	return end(&m);
}

static void seek_event(const uint8_t *data, size_t size, uint64_t event)
{
	struct text_file file = make_index(data, size);
	struct diags diags = { 0 };
	struct trace_piece piece;
	const char *text;
	struct trace *trace;
	size_t length;
	int rc;

	if (trace_open_pieces(&trace, file.path, &diags) < 0 ||
	    trace_header_text(trace, &text, &length) < 0)
		abort();
	trace_pass_over(trace, event);
	while ((rc = trace_next_piece(trace, &piece)) != 0)
		assert(rc > 0 || rc == -EBADMSG);
	trace_close(trace);
	text_file_close(&file);
}

/* The first byte is the number of events. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *top = getenv("top_srcdir");
	struct diags diags = { 0 };
	struct text_file file;
	struct trace *trace;
	char path[4096];

	if (size == 0)
		return 0;
	snprintf(path, sizeof(path), "%s/tests/machines", top ? top : ".");
	setenv("TLBSIM_MACHINES", path, 1);
	file = make(data + 1, size - 1, data[0]);
	if (trace_open(&trace, file.path, NULL, 0, &diags) < 0)
		abort();
	read_events(trace, &diags);
	trace_close(trace);
	text_file_close(&file);
	seek_event(data + 1, size - 1, data[0]);
	return 0;
}

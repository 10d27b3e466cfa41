/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_binary.c - any bytes as a block of a binary trace, whose checksum is
 * right: its events are read to the end, or refused.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary_write.h"
#include "sim/trace.h"
#include "tests/fuzz/fuzz.h"
#include "tests/text_file.h"

static const char header[] =
	"tlbsim: 1\nmachine: small\ncpus: 2\ndomains:\n"
	"  - {id: 0, name: dom0, hardware: true, memory: 4M}\n"
	"  - {id: 1, name: guest, memory: 4M}\n";

static struct text_file make(const uint8_t *data, size_t size, uint32_t events)
{
	struct binary_writer *writer;
	struct text_file file;
	size_t length;
	char *bytes;
	FILE *to = open_memstream(&bytes, &length);

	if (!to || binary_writer_create(&writer, to) < 0)
		abort();
	binary_write_text(writer, header, strlen(header));
	binary_write_block(writer, BINARY_EVENTS, data, size, events);
	binary_write_end(writer);
	binary_writer_destroy(writer);
	fclose(to);
	file = text_file_of(bytes, length, false);
	free(bytes);
	return file;
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
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block_trace.c - requests to a disk, as a trace with `blkback:` blocks.
 *
 *     blkback:
 *       driver: modern
 *       requests:
 *         - {op: read, bytes: 131072, at: 0, done: 254000}
 *
 * A block holds so many requests that a reader's memory stays small; at its
 * end the driver is idle.  Times begin with the first request.  What was read
 * in one piece is split after @segments pages, as a guest splits it: its data
 * begins at a page, for all that a log of requests tells.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/block_trace.h"

#define PAGE 4096
#define SECTOR 512
#define BLOCK_REQUESTS 4096

const char *const block_drivers[] = { "modern", "linux-3.16", NULL };
const char *const block_units[] = { "us", "ms", "ns", NULL };

static void begin_item(struct block_trace *trace)
{
	const struct block_options *options = trace->options;

	writer_item(&trace->writer);
	if (trace->writer.items > 1)
		return;
	fprintf(trace->body, "blkback:\n  driver: %s\n",
		block_drivers[options->driver]);
	if (options->persistent)
		fputs("  persistent: true\n", trace->body);
	fputs("  requests:\n", trace->body);
}

static void put(struct block_trace *trace, const struct block_request *request,
		uint64_t bytes)
{
	uint64_t at = request->at - trace->first, end = request->end;

	end = request->ended && end > request->at
		      ? end - trace->first
		      : at + trace->options->service;
	begin_item(trace);
	fprintf(trace->body,
		"    - {op: %s, bytes: %" PRIu64 ", at: %" PRIu64
		", done: %" PRIu64 "}\n",
		request->write ? "write" : "read", bytes, at, end);
}

void block_trace_add(struct block_trace *trace,
		     const struct block_request *request)
{
	struct block_request now = *request;
	uint64_t most = trace->options->segments * PAGE, bytes, part;

	if (!trace->any)
		trace->first = now.at;
	/* Clocks of CPUs differ by a little. */
	if (trace->any && now.at < trace->last)
		now.at = trace->last;
	trace->any = true;
	trace->last = now.at;
	trace->unended += !now.ended;
	bytes = (now.bytes + SECTOR - 1) / SECTOR * SECTOR;
	for (; bytes; bytes -= part) {
		part = bytes < most ? bytes : most;
		put(trace, &now, part);
	}
}

static void write_head(const struct block_trace *trace, const char *importer,
		       const struct import_job *job, FILE *out)
{
	writer_head(out, importer, "requests to a disk", job);
	fputs("domains:\n"
	      "  - {id: 0, name: dom0, hardware: true, paging: pv, "
	      "memory: 64M}\n"
	      "  - {id: 1, name: guest, paging: pv, memory: 64M}\n"
	      "incomplete:\n"
	      "  - \"how a guest's file system would have merged and aligned "
	      "these requests\"\n",
	      out);
	writer_note(out, trace->unended,
		    "requests without an end: it is assumed");
	writer_note(out, trace->unmatched,
		    "ends without a beginning: left out");
	writer_note(out, trace->left_out,
		    "actions that move no data (flush, discard ...): left out");
}

static int write_out(struct block_trace *trace, const char *importer,
		     const struct import_job *job, FILE *out,
		     struct diags *diags)
{
	int rc = writer_end(&trace->writer);

	if (rc < 0)
		return rc;
	if (!trace->any) {
		diag_error(diags, (struct place){ job->path, 0, 0 },
			   "no read and no write in it");
		return -EBADMSG;
	}
	write_head(trace, importer, job, out);
	return writer_copy(trace->body, out);
}

int block_trace_import(const struct block_format *format,
		       const struct import_job *job, FILE *file, FILE *out,
		       struct diags *diags)
{
	struct source *in = source_open(file, job->path);
	struct block_trace trace = { .options = job->options,
				     .body = tmpfile() };
	int rc = trace.body ? -ENOMEM : -errno;

	trace.writer = writer_start(trace.body, "", BLOCK_REQUESTS);
	if (in && trace.body)
		rc = format->read(&trace, in, job, diags);
	if (rc == 0)
		rc = diags->count ? -EBADMSG
				  : write_out(&trace, format->importer, job,
					      out, diags);
	if (trace.body)
		fclose(trace.body);
	source_close(in);
	return rc;
}

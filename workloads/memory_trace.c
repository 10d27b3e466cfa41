/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_trace.c - references of a program, as a trace.
 *
 *     map_page domain=0 at=0x401000 frame=0       when a page is first used
 *     fetch cpu=0 at=0x4014f0 user=true
 *
 * What is remembered is the set of pages, nothing of the references, so that
 * a file of any length is read in the memory that its program needed pages.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "workloads/memory_trace.h"
#include "workloads/source.h"

#define PAGE 4096
#define FIRST_ROOM 1024
#define BLOCK_EVENTS 65536
/* The lower half of a 48-bit address space: what a program has. */
#define USER_END (UINT64_C(1) << 47)

static const char *const names[] = {
	[REFERENCE_READ] = "read",
	[REFERENCE_WRITE] = "write",
	[REFERENCE_FETCH] = "fetch",
};

/* ---- the set of pages ----------------------------------------------- */

/* Fibonacci hashing: the golden ratio spreads what is next to each other. */
static size_t slot_of(const struct memory_trace *trace, uint64_t key)
{
	size_t slot = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) &
		      (trace->room - 1);

	while (trace->page[slot] && trace->page[slot] != key)
		slot = (slot + 1) & (trace->room - 1);
	return slot;
}

static int grow(struct memory_trace *trace)
{
	uint64_t *old = trace->page;
	size_t room = trace->room;
	uint64_t *page = calloc(2 * room, sizeof(*page));

	if (!page)
		return -ENOMEM;
	trace->page = page;
	trace->room = 2 * room;
	for (size_t i = 0; i < room; i++)
		if (old[i])
			page[slot_of(trace, old[i])] = old[i];
	free(old);
	return 0;
}

/* ---- one page of a reference ---------------------------------------- */

static int map(struct memory_trace *trace, uint64_t page, struct place place,
	       struct diags *diags)
{
	/* 0 is no key, but page 0 may be used. */
	uint64_t key = page + 1;
	size_t slot = slot_of(trace, key);

	if (trace->page[slot])
		return 0;
	if ((trace->used + 1) * PAGE > trace->options->memory) {
		diag_error(diags, place,
			   "page 0x%" PRIx64 " does not fit into the memory "
			   "of the domain",
			   page * PAGE);
		diag_hint(diags, "-O memory=SIZE gives it more");
		return -EBADMSG;
	}
	trace->page[slot] = key;
	writer_item(&trace->writer);
	fprintf(trace->writer.to,
		"  map_page domain=0 at=0x%" PRIx64 " frame=%zu\n", page * PAGE,
		trace->used++);
	return trace->used * 2 > trace->room ? grow(trace) : 0;
}

static unsigned cpu_of(struct memory_trace *trace, uint64_t thread)
{
	unsigned n = 0;

	while (n < trace->nr_threads && trace->thread[n] != thread)
		n++;
	if (n == trace->nr_threads && n < 64)
		trace->thread[trace->nr_threads++] = thread;
	/* As many as there may be CPUs are told apart by when they came. */
	return (unsigned)((n < 64 ? n : thread) % trace->options->cpus);
}

int memory_trace_add(struct memory_trace *trace, uint64_t thread,
		     enum reference kind, uint64_t at, uint64_t length,
		     struct place place, struct diags *diags)
{
	uint64_t end = at + (length ? length : 1);
	unsigned cpu = cpu_of(trace, thread);
	int rc = 0;

	if (at >= USER_END || end > USER_END || length > PAGE) {
		diag_error(diags, place,
			   "%" PRIu64 " bytes at 0x%" PRIx64
			   " are no reference of a program",
			   length, at);
		return -EBADMSG;
	}
	for (; at < end && rc == 0; at = (at / PAGE + 1) * PAGE) {
		rc = map(trace, at / PAGE, place, diags);
		if (rc < 0)
			break;
		writer_item(&trace->writer);
		fprintf(trace->writer.to,
			"  %s cpu=%u at=0x%" PRIx64 " user=true\n", names[kind],
			cpu, at);
	}
	return rc;
}

/* ---- a whole file --------------------------------------------------- */

static int start(struct memory_trace *trace, FILE *to,
		 const struct memory_format *format,
		 const struct import_job *job)
{
	const struct memory_options *options = job->options;

	*trace = (struct memory_trace){ .options = options,
					.room = FIRST_ROOM };
	trace->page = calloc(trace->room, sizeof(*trace->page));
	if (!trace->page)
		return -ENOMEM;
	writer_head(to, format->importer, format->what, job);
	fprintf(to,
		"cpus: %" PRIu64 "\ndomains:\n  - {id: 0, name: program, "
		"hardware: true, paging: pv, memory: %" PRIu64 "}\n",
		options->cpus, options->memory);
	trace->writer = writer_start(to, "events: |\n", BLOCK_EVENTS);
	return 0;
}

/* Errors do not end it before there are too many. */
static int read_lines(struct memory_trace *trace, struct source *in,
		      const struct memory_format *format, struct diags *diags)
{
	char *text;
	int rc;

	while ((rc = source_next(in, &text, diags)) > 0) {
		rc = format->line(trace, text, source_place(in), diags);
		if (rc < 0 && (rc != -EBADMSG || diags->count >= DIAG_MAX))
			return rc;
	}
	if (rc == 0 && trace->used == 0 && !diags->count)
		diag_error(diags, source_place(in),
			   "no reference to memory in it");
	return rc == 0 && diags->count ? -EBADMSG : rc;
}

int memory_trace_import(const struct memory_format *format,
			const struct import_job *job, FILE *file, FILE *out,
			struct diags *diags)
{
	struct source *in = source_open(file, job->path);
	struct memory_trace trace;
	int rc = -ENOMEM;

	if (in)
		rc = start(&trace, out, format, job);
	if (rc == 0) {
		rc = read_lines(&trace, in, format, diags);
		free(trace.page);
		if (rc == 0)
			rc = writer_end(&trace.writer);
	}
	source_close(in);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block_trace.h - requests to a disk, as a trace with `blkback:` blocks: what
 * blkback would have been asked if a guest had made them.
 */
#ifndef WORKLOADS_BLOCK_TRACE_H
#define WORKLOADS_BLOCK_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/source.h"
#include "workloads/writer.h"

/* What a log of requests does not know. */
struct block_options {
	unsigned driver;    /* index of block_drivers */
	uint64_t segments;  /* pages that a guest puts into one request */
	uint64_t service;   /* ns, of what has no completion */
	uint64_t depth;	    /* requests under way, of what has no times */
	unsigned time_unit; /* of fio's times: index of block_units */
	bool persistent;
};

extern const char *const block_drivers[], *const block_units[];

/* clang-format off */
#define BLOCK_OPTIONS                                                         \
	{ { .name = "driver", .type = FIELD_CHOICE, .names = block_drivers,   \
	    .offset = offsetof(struct block_options, driver) },               \
	  "modern", "version of the driver: modern, linux-3.16" },            \
	{ { .name = "segments", .type = FIELD_U64, .min = 1, .max = 256,      \
	    .offset = offsetof(struct block_options, segments) },             \
	  "32", "pages in a request; up to 11 need no descriptor page" },     \
	{ { .name = "persistent", .type = FIELD_BOOL,                         \
	    .offset = offsetof(struct block_options, persistent) },           \
	  "false", "persistent grants" },                                     \
	{ { .name = "service", .type = FIELD_TIME,                            \
	    .offset = offsetof(struct block_options, service) },              \
	  "100us", "from start to end of a request whose end is unknown" }
/* clang-format on */

struct block_request {
	bool write;
	uint64_t bytes;
	uint64_t at; /* ns */
	bool ended;
	uint64_t end; /* ns */
};

struct block_trace {
	const struct block_options *options;
	FILE *body; /* what follows the header */
	struct writer writer;
	uint64_t last, first; /* times of the latest and of the first */
	bool any;
	/* What could not be put into the trace, for its header. */
	uint64_t left_out, unended, unmatched;
};

/* Add one, in the order of time; it is split as a guest would split it. */
void block_trace_add(struct block_trace *trace,
		     const struct block_request *request);

/* What differs between files. */
struct block_format {
	const char *importer;	/* its name */
	/* Add all of @in.  0; -EBADMSG with @diags filled; -errno. */
	int (*read)(struct block_trace *trace, struct source *in,
		    const struct import_job *job, struct diags *diags);
};
/* The whole of an importer's run(). */
int block_trace_import(const struct block_format *format,
		       const struct import_job *job, FILE *file, FILE *out,
		       struct diags *diags);

#endif /* WORKLOADS_BLOCK_TRACE_H */

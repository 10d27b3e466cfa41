/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_trace.h - references of a program, as a trace: a domain with one
 * address space, whose pages are mapped when they are first used.
 */
#ifndef WORKLOADS_MEMORY_TRACE_H
#define WORKLOADS_MEMORY_TRACE_H

#include "workloads/writer.h"

/* The options that the file cannot answer. */
struct memory_options {
	uint64_t memory; /* bytes of the domain */
	uint64_t cpus;
};

/* clang-format off */
#define MEMORY_OPTIONS                                                        \
	{ { .name = "memory", .type = FIELD_U64, .min = 1 << 20,              \
	    .max = UINT64_C(1) << 40,                                         \
	    .offset = offsetof(struct memory_options, memory) },              \
	  "16G", "memory of the domain; it must hold all pages that are used" }, \
	{ { .name = "cpus", .type = FIELD_U64, .min = 1, .max = 64,           \
	    .offset = offsetof(struct memory_options, cpus) },                \
	  "1", "CPUs; threads get them in turn" }
/* clang-format on */

enum reference { REFERENCE_READ, REFERENCE_WRITE, REFERENCE_FETCH };

struct memory_trace {
	const struct memory_options *options;
	struct writer writer;
	uint64_t *page;	   /* open addressing; 0 is empty */
	size_t room, used; /* room is a power of two */
	unsigned nr_threads;
	uint64_t thread[64];
};

/*
 * Thread @thread refers to @length bytes at @at, in each page once.  0;
 * -EBADMSG after adding an error at @place; -ENOMEM.
 */
int memory_trace_add(struct memory_trace *trace, uint64_t thread,
		     enum reference kind, uint64_t at, uint64_t length,
		     struct place place, struct diags *diags);

/* What differs between files of lines. */
struct memory_format {
	const char *importer;	/* its name */
	const char *what;	/* for the title */
	/* Add what @text says, if it says anything; as above. */
	int (*line)(struct memory_trace *trace, char *text,
		    struct place place, struct diags *diags);
};
/* The whole of an importer's run(). */
int memory_trace_import(const struct memory_format *format,
			const struct import_job *job, FILE *file, FILE *out,
			struct diags *diags);

#endif /* WORKLOADS_MEMORY_TRACE_H */

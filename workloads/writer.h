/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - a trace as importers write it: a header, then as many documents
 * as its length needs, so that no reader ever holds more than one block.
 */
#ifndef WORKLOADS_WRITER_H
#define WORKLOADS_WRITER_H

#include <stdint.h>
#include <stdio.h>

#include "sim/importer.h"

struct writer {
	FILE *to;
	const char *open;	/* what begins a block */
	uint64_t items;		/* in the present block */
	uint64_t most;		/* ... that it takes */
};

/* "# Made by: ...", tlbsim: and title: of the header; @what is imported. */
void writer_head(FILE *to, const char *importer, const char *what,
		 const struct import_job *job);

/* Begin an item, of a block that @open begins: "events: |\n". */
struct writer writer_start(FILE *to, const char *open, uint64_t most);
void writer_item(struct writer *writer);
/* 0, or -errno of what was written. */
int writer_end(const struct writer *writer);

/* An item of `incomplete:`, if @count is not 0. */
void writer_note(FILE *to, uint64_t count, const char *text);
/* All of @from, whose header was not known before its end: 0 or -errno. */
int writer_copy(FILE *from, FILE *to);

#endif /* WORKLOADS_WRITER_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_write.h - lines of events and pieces of YAML into a binary trace.
 */
#ifndef SIM_BINARY_WRITE_H
#define SIM_BINARY_WRITE_H

#include <stdio.h>

#include "sim/binary.h"
#include "sim/event.h"

struct binary_writer;

/* Begin a file.  0 or -ENOMEM. */
int binary_writer_create(struct binary_writer **writer, FILE *to);
void binary_writer_destroy(struct binary_writer *writer);

/* YAML; the first is the header.  0, -ENOMEM, or -EFBIG: more than a block
 * can hold. */
int binary_write_text(struct binary_writer *writer, const char *text,
		      size_t length);
/* A line as event_write() makes it, of an event of @kind, without its end.
 * As above. */
int binary_write_line(struct binary_writer *writer, enum event_kind kind,
		      const char *line, size_t length);
/* A block of @kind that holds @data, whatever that is, right away. */
int binary_write_block(struct binary_writer *writer, enum binary_kind kind,
		       const void *data, size_t length, uint32_t events);
/* The end of the file; errors of the stream are the caller's to look for. */
int binary_write_end(struct binary_writer *writer);

#endif /* SIM_BINARY_WRITE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the file that an importer reads: lines, or bytes, unpacked.
 */
#ifndef WORKLOADS_SOURCE_H
#define WORKLOADS_SOURCE_H

#include <stdint.h>
#include <stdio.h>

#include "sim/diag.h"

struct source;

/* Read @file, packed or not, as @path in messages.  NULL: no memory. */
struct source *source_open(FILE *file, const char *path);
void source_close(struct source *in);

/* The next line without its end, NUL-terminated, until the next call: 1; 0 at
 * the end; -EBADMSG with @diags filled; -errno. */
int source_next(struct source *in, char **line, struct diags *diags);
/* The start of the line given out last. */
struct place source_place(const struct source *in);

/* Up to @room bytes: how many; 0 only at the end; -EBADMSG, -errno as above. */
long source_bytes(struct source *in, void *to, size_t room,
		  struct diags *diags);
/* All @length bytes, or 0 if there are none at all.  A part of them is an
 * error: the file ends in the middle of @what. */
int source_record(struct source *in, void *to, size_t length, const char *what,
		  struct diags *diags);
/* Bytes given out so far, for messages about files without lines. */
uint64_t source_offset(const struct source *in);

#endif /* WORKLOADS_SOURCE_H */

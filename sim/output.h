/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - results go out whole or not at all.
 */
#ifndef SIM_OUTPUT_H
#define SIM_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/cmd.h"

struct output {
	FILE *stream;			/* write here */
	/* Private part. */
	const char *path;		/* as given, for messages */
	bool streams;			/* what is written is gone */
};

/*
 * Start output for @path; NULL and "-" are stdout.  What is written to
 * ->stream is invisible until output_commit().  0 or -errno, also of a
 * directory that could not take the file at the end.
 */
int output_open(struct output *output, const char *path);
/* The same, for what may be of any length: if stdout is a pipe or a socket,
 * its reader gets what is written at once, and has to look whether it is
 * whole. */
int output_open_stream(struct output *output, const char *path);

/*
 * Make the output appear: on stdout, in a device, or as a regular file,
 * which is written beside its name and renamed, so that no reader and no
 * signal sees half of it.  @gzip packs it; equal contents give equal bytes.
 * 0 or -errno.  @output is closed either way.
 */
int output_commit(struct output *output, bool gzip);

/* Drop what was written. */
void output_discard(struct output *output);

bool output_is_stdout(const char *path);
/* Does the name ask for @gzip? */
bool output_is_gzip(const char *path);

/*
 * The same for commands, which say on stderr what went wrong: STATUS_OK or
 * STATUS_IO.  output_end() makes the output appear if what wrote it returned
 * 0, and drops it if that was -errno.
 */
enum status output_begin(struct output *output, const char *path);
enum status output_end(struct output *output, int rc, bool gzip);

/* Say on stderr that @path ("-": stdin or stdout) could not be read or written
 * (@verb), for the error -@rc; but a reader that has gone away knows it.
 * STATUS_IO. */
enum status io_error(const char *verb, const char *path, int rc);
/* The same on @to. */
enum status io_error_to(FILE *to, const char *verb, const char *path, int rc);

/* At exit: a stdout that could not be written is STATUS_IO. */
void close_stdout(void);

#endif /* SIM_OUTPUT_H */

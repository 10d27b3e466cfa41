/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_part.h - a part of a sweep as a file: the journal of a run, or what
 * one of several machines has done.
 *
 *     {"schema":"tlbsim-sweep/1",...}      what sweep, which shard of it
 *     {"cell":1,...}                       what became of a cell
 *     ...
 *
 * Each line with its checksum, see journal.h.
 */
#ifndef SIM_SWEEP_PART_H
#define SIM_SWEEP_PART_H

#include "sim/journal.h"
#include "sim/sweep.h"
#include "sim/sweep_outcome.h"

/* Every @of-th cell, from the @number-th. */
struct shard {
	size_t number, of;		/* 1 <= number <= of */
};

static inline bool shard_has(const struct shard *shard, size_t cell)
{
	return (cell - 1) % shard->of == shard->number - 1;
}

/*
 * What a part is of: a checksum of all that the sweep says, of each trace and
 * each machine profile, and the program's version; a new object in *@header.
 * 0, or -errno of a file, whose name is put on stderr.
 */
int part_header(const struct sweep *sweep, const struct shard *shard,
		json_t **header);
/* As a line of a journal, to be freed; NULL: no memory. */
char *part_header_line(const json_t *header);

/* Why two headers are not of the same sweep ("trace 'a.yaml' has changed"),
 * or an empty text. */
struct part_difference {
	char text[240];
};
struct part_difference part_compare(const json_t *was, const json_t *is);

/*
 * What the first line of @path says, to be freed, in *@header; NULL: there is
 * no whole line yet.  0; -EBADMSG: no part of a sweep, as stderr says; or
 * -errno.
 */
int part_read_header(const char *path, json_t **header);
/*
 * What the other lines say, into @outcomes, made for that sweep.  A damaged
 * line is an error; or, if @lenient, told of and passed over.
 */
int part_read_cells(const char *path, const json_t *header, bool lenient,
		    struct outcomes *outcomes);

/* The shard that a header names. */
struct shard part_shard(const json_t *header);
/* Cells of the whole sweep; 0: it is no header. */
size_t part_cells(const json_t *header);

/*
 * Join the parts of a sweep, which have to be all of it, each once, and none
 * of another.  STATUS_OK, and @outcomes has all cells; or the status of the
 * program, with the reasons on stderr.
 */
enum status part_merge(char **paths, size_t count, struct outcomes *outcomes);

/* Write @outcomes as a part.  0 or -ENOMEM; errors of @to stay in it. */
int part_write(const json_t *header, const struct outcomes *outcomes, FILE *to);

#endif /* SIM_SWEEP_PART_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_file.h - binary traces for tests, right and wrong ones.
 */
#ifndef TESTS_BINARY_FILE_H
#define TESTS_BINARY_FILE_H

#include <stdio.h>

#include "sim/binary_write.h"
#include "tests/trace_story.h"

/* The header of all of them; domain 2 has little memory. */
extern const char binary_head[];
/* Each pattern more than once: as a line, and known.  Ends with NULL. */
extern const char *const binary_lines[];

struct made {
	char *bytes;			/* to be freed */
	size_t length;
};

/* A file that has its header, and its end. */
struct binary_writer *binary_begin(struct made *made, FILE **to);
void binary_finish(struct binary_writer *writer, FILE *to);
/* One with @lines, which end with NULL. */
struct made binary_of(const char *const *lines);
/* One with a block of @events that holds @data, whatever it is. */
struct made binary_of_raw(const void *data, size_t length, uint32_t events);

/* Where block @number of it is. */
size_t binary_offset_of(const struct made *made, unsigned number);

/* What such a file tells; an error has a reason. */
struct story binary_story(const char *bytes, size_t length);
struct story binary_story_of(const char *path);
/* The first thing that was wrong has @what in its text. */
void ck_wrong(const struct story *story, const char *what);

#endif /* TESTS_BINARY_FILE_H */

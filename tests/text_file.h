/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text_file.h - a text in memory that can be opened like a file.
 */
#ifndef TESTS_TEXT_FILE_H
#define TESTS_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct text_file {
	int fd;
	char path[32];
};

/* @bytes of @length as a file, gzipped or as they are. */
struct text_file text_file_of(const void *bytes, size_t length, bool gzip);
/* The same of a text. */
struct text_file text_file(const char *text);
/* Leave only the first @length bytes of the file. */
void text_file_cut(const struct text_file *file, size_t length);
void text_file_close(const struct text_file *file);

#endif /* TESTS_TEXT_FILE_H */

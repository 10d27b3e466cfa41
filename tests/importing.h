/* SPDX-License-Identifier: GPL-2.0-or-later */
/* importing.h - what tests of the importer need: a recording in, text out. */
#ifndef TESTS_IMPORTING_H
#define TESTS_IMPORTING_H

#include <stddef.h>

#include "sim/diag.h"

struct outcome {
	int rc;
	char *text;
	size_t length;
	struct diags diags;
};

/* Import a file of these bytes, called in.txt; free o->text. */
void import_bytes(struct outcome *o, const void *bytes, size_t length);
void import_text(struct outcome *o, const char *text);

/* tests/@folder/@name.@suffix, and of the folder recordings; to be freed. */
char *read_text_of(const char *folder, const char *name, const char *suffix);
char *read_recording(const char *name, const char *suffix);

/* "line:column: text" of the first error, until the next call. */
const char *error_of(const struct outcome *o);
/* Where @got and @want are alike no more, until the next call; NULL if they
 * are one. */
const char *difference(const char *got, const char *want);

#endif /* TESTS_IMPORTING_H */

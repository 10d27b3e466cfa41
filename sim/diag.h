/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.h - what is wrong with an input, and where.
 *
 * Readers add to a list; only main prints it.  A list keeps the first
 * DIAG_MAX entries and counts the rest.
 */
#ifndef SIM_DIAG_H
#define SIM_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define DIAG_MAX 20

/* A place in a file; lines and columns count from 1, 0 is unknown. */
struct place {
	const char *file;		/* or NULL */
	uint32_t line, column;
};

struct diag {
	char file[160];			/* a copy; the end of it if longer */
	uint32_t line, column;
	char text[200];
	char hint[120];			/* "did you mean 'x'?", or empty */
};

struct diags {
	struct diag diag[DIAG_MAX];
	size_t count;			/* all that were added */
};

/* No capital, no full stop; the subject in single quotes. */
void diag_error(struct diags *diags, struct place place, const char *format,
		...) __attribute__((format(printf, 3, 4)));
/* Add a hint to the newest entry. */
void diag_hint(struct diags *diags, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Hint at the name among @names (NULL-terminated) nearest to @wrong, if one
 * is near enough to be meant. */
void diag_nearest(struct diags *diags, const char *wrong,
		  const char *const *names);

/* What @text of @length bytes looks like inside an error: cut when long.
 * diag_error(..., "expected a number, found '%s'", diag_quote(t, n).text) */
struct diag_quote {
	char text[48];
};
struct diag_quote diag_quote(const char *text, size_t length);

/* "expected @what, found '...'", or nothing. */
void diag_expected(struct diags *diags, struct place place, const char *what,
		   const char *text, size_t length);

/* "tlbsim: FILE:LINE:COLUMN: text (hint)", one line each. */
void diag_print(const struct diags *diags, FILE *to);

#endif /* SIM_DIAG_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input.h - the bytes of a file or of stdin, gunzipped if need be.
 */
#ifndef SIM_INPUT_H
#define SIM_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest line that input_line() gives, with its end. */
#define INPUT_LINE_MAX (1 << 20)

struct input;

/* Open @path; "-" is stdin.  0 or -errno. */
int input_open(struct input **input, const char *path);
/* A copy of @text as an input.  0 or -ENOMEM. */
int input_of_text(struct input **input, const void *text, size_t length);
void input_close(struct input *input);

/*
 * The rest of the current line with its '\n', at most @most bytes of it, in
 * *@text until the next call: its length; 0 at the end of the file; -EBADMSG
 * when what comes next cannot be in a text file or cannot be unpacked, as
 * input_problem() says; or -errno.
 */
long input_part(struct input *input, size_t most, const char **text);
/* The same, and as many lines after it as fit and are there already, up to one
 * that begins with @stop. */
long input_lines(struct input *input, size_t most, char stop,
		 const char **text);
/* A whole line with its '\n' (the last may have none), whose bytes are not
 * looked at; as above, but it is not taken. */
long input_peek(struct input *input, const char **text);
/* Take the line of @length that input_peek() gave. */
void input_take(struct input *input, size_t length);
const char *input_problem(const struct input *input);

/* Bytes of a file that is no text, up to @most, without taking them: how many
 * there are, fewer than @most only at the end; -EBADMSG or -errno as above. */
long input_look(struct input *input, size_t most, const char **bytes);
/* Take @length of these; lines are not counted any more. */
void input_skip(struct input *input, size_t length);
/* The same of a file that can be read anywhere, which is not packed: @length
 * bytes at @offset; false: it is another, or ends before. */
bool input_read_at(const struct input *input, uint64_t offset, void *bytes,
		   size_t length);
/* Go on at @offset of such a file; false: it cannot. */
bool input_seek(struct input *input, uint64_t offset);
/* Its size in bytes; 0: it is another. */
uint64_t input_plain_size(const struct input *input);

/* Can it be read beside another thread, as reading waits for nobody? */
bool input_is_file(const struct input *input);

/* Where the next byte is, from 1. */
uint32_t input_line_number(const struct input *input);
uint32_t input_column(const struct input *input);

/* Bytes of the file used so far; *@total is its size, or 0. */
uint64_t input_position(const struct input *input, uint64_t *total);

/* ---- input_text.c -------------------------------------------------------- */

/* How many bytes of @text may be in a YAML stream: UTF-8, and no control
 * characters but tab and line ends. */
size_t input_valid(const char *text, size_t length);

#endif /* SIM_INPUT_H */

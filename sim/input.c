/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input.c - the bytes of a file, line by line, through one buffer.
 *
 *   file --gzread--> | used | start ....... end |      room |
 *
 * zlib passes on files that are not compressed as they are.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/input.h"

#define FIRST_ROOM (64 << 10)

struct input {
	gzFile file;
	int fd;		   /* of it, which is its own */
	uint64_t size;	   /* of the file, or 0 */
	size_t start, end; /* of what is in the buffer */
	bool at_end;	   /* nothing more comes from the file */
	int error;	   /* why, or 0 */
	const char *problem;
	uint32_t line, column; /* of buffer[start], from 1 and 0 */
	char *buffer;
	size_t room; /* of buffer; grows with the longest line */
};

static uint64_t file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size
							  : 0;
}

static gzFile open_file(const char *path, int *fd)
{
	bool is_stdin = strcmp(path, "-") == 0;
	gzFile file;

	*fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return NULL;
	file = gzdopen(*fd, "rb");
	if (!file)
		close(*fd);
	return file;
}

int input_open(struct input **input, const char *path)
{
	struct input *in = calloc(1, sizeof(*in));
	int error;

	if (!in)
		return -ENOMEM;
	in->line = 1;
	in->room = FIRST_ROOM;
	in->buffer = malloc(in->room);
	errno = ENOMEM;
	if (in->buffer)
		in->file = open_file(path, &in->fd);
	if (!in->file) {
		error = errno;
		free(in->buffer);
		free(in);
		return -error;
	}
	in->size = file_size(in->fd);
	gzbuffer(in->file, 64 << 10);
	*input = in;
	return 0;
}

int input_of_text(struct input **input, const void *text, size_t length)
{
	struct input *in = calloc(1, sizeof(*in));

	if (!in)
		return -ENOMEM;
	in->line = 1;
	in->room = length + 1;
	in->end = length;
	in->at_end = true;
	in->buffer = malloc(in->room);
	if (!in->buffer) {
		free(in);
		return -ENOMEM;
	}
	memcpy(in->buffer, text, length);
	*input = in;
	return 0;
}

void input_close(struct input *in)
{
	if (in->file)
		gzclose(in->file);
	free(in->buffer);
	free(in);
}

static void note_error(struct input *in)
{
	int code, saved = errno;

	gzerror(in->file, &code);
	if (code == Z_OK || code == Z_STREAM_END)
		return;
	in->error = code == Z_ERRNO	  ? -saved
		    : code == Z_MEM_ERROR ? -ENOMEM
					  : -EBADMSG;
	in->problem = code == Z_BUF_ERROR ? "the compressed file ends too early"
					  : "the compressed file is damaged";
}

/* Make room behind what is there, which moves to the start. */
static bool make_room(struct input *in)
{
	char *buffer;

	memmove(in->buffer, in->buffer + in->start, in->end - in->start);
	in->end -= in->start;
	in->start = 0;
	if (in->end < in->room)
		return true;
	buffer = realloc(in->buffer, in->room * 2);
	if (!buffer)
		return false;
	in->buffer = buffer;
	in->room *= 2;
	return true;
}

/* Read on from the file. */
static void fill(struct input *in)
{
	unsigned room;
	int got;

	if (!make_room(in)) {
		in->at_end = true;
		in->error = -ENOMEM;
		return;
	}
	room = (unsigned)(in->room - in->end);
	got = gzread(in->file, in->buffer + in->end, room);
	if (got > 0)
		in->end += (size_t)got;
	if (got == (int)room)
		return;
	in->at_end = true;
	note_error(in);
}

/* Make @want bytes be there, or all that is left. */
static size_t ensure(struct input *in, size_t want)
{
	while (in->end - in->start < want && !in->at_end)
		fill(in);
	return in->end - in->start;
}

void input_take(struct input *in, size_t length)
{
	bool ends = in->buffer[in->start + length - 1] == '\n';

	in->start += length;
	in->column = ends ? 0 : in->column + (uint32_t)length;
	in->line += ends;
}

static long nothing(struct input *in, const char *problem)
{
	if (problem) {
		in->problem = problem;
		return -EBADMSG;
	}
	return in->error;
}

/* The bytes up to and with the line's end, at most @most. */
static size_t line_length(const struct input *in, size_t most)
{
	const char *from = in->buffer + in->start;
	size_t have = in->end - in->start;
	const char *newline;

	if (have > most)
		have = most;
	newline = memchr(from, '\n', have);
	return newline ? (size_t)(newline - from) + 1 : have;
}

/* Long enough for a character to be whole. */
#define PART_MIN 4

/* Lengthen a part of @length bytes by whole lines; *@lines is how many lines
 * it ends then. */
static size_t add_lines(const struct input *in, size_t length, size_t most,
			char stop, uint32_t *lines)
{
	const char *at = in->buffer + in->start + length;
	const char *end = in->buffer + in->end, *newline;

	if (most < in->end - in->start)
		end = in->buffer + in->start + most;
	*lines = at[-1] == '\n';
	while (at[-1] == '\n' && at < end && *at != stop) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			break;
		at = newline + 1;
		++*lines;
	}
	return (size_t)(at - in->buffer) - in->start;
}

/* Take @valid bytes of a part, which may be fewer than were wanted. */
static long take_part(struct input *in, const char *text, size_t length,
		      uint32_t lines)
{
	size_t valid = input_valid(text, length);

	if (valid == 0)
		return nothing(in, "neither UTF-8 nor printable");
	if (valid < length) {
		/* up to where the trouble is, line by line */
		length = line_length(in, valid);
		lines = text[length - 1] == '\n';
	}
	in->start += length;
	in->line += lines;
	in->column = text[length - 1] == '\n' ? 0
					      : in->column + (uint32_t)length;
	return (long)length;
}

long input_part(struct input *in, size_t most, const char **text)
{
	size_t length;

	if (ensure(in, PART_MIN) == 0)
		return nothing(in, NULL);
	*text = in->buffer + in->start;
	length = line_length(in, most);
	return take_part(in, *text, length, (*text)[length - 1] == '\n');
}

long input_lines(struct input *in, size_t most, char stop, const char **text)
{
	uint32_t lines;
	size_t length;

	if (ensure(in, PART_MIN) == 0)
		return nothing(in, NULL);
	*text = in->buffer + in->start;
	length = add_lines(in, line_length(in, most), most, stop, &lines);
	return take_part(in, *text, length, lines);
}

/* Is a line of @length all there? */
static bool is_whole(const struct input *in, size_t length)
{
	return length && in->buffer[in->start + length - 1] == '\n';
}

long input_peek(struct input *in, const char **text)
{
	size_t length = line_length(in, INPUT_LINE_MAX);

	while (!is_whole(in, length) && length < INPUT_LINE_MAX &&
	       !in->at_end) {
		fill(in);
		length = line_length(in, INPUT_LINE_MAX);
	}
	*text = in->buffer + in->start;
	if (is_whole(in, length))
		return (long)length;
	if (length == 0 || in->error)
		return nothing(in, NULL);
	if (length == INPUT_LINE_MAX)
		return nothing(in, "a line longer than 1 MiB");
	return (long)length;
}

long input_look(struct input *in, size_t most, const char **bytes)
{
	size_t have = ensure(in, most);

	*bytes = in->buffer + in->start;
	if (have < most && in->error)
		return in->error;
	return (long)(have < most ? have : most);
}

void input_skip(struct input *in, size_t length)
{
	in->start += length;
}

uint64_t input_plain_size(const struct input *in)
{
	return in->file && gzdirect(in->file) ? in->size : 0;
}

bool input_read_at(const struct input *in, uint64_t offset, void *bytes,
		   size_t length)
{
	uint64_t size = input_plain_size(in);

	return length <= size && offset <= size - length &&
	       pread(in->fd, bytes, length, (off_t)offset) == (ssize_t)length;
}

bool input_seek(struct input *in, uint64_t offset)
{
	if (offset > input_plain_size(in) ||
	    gzseek(in->file, (z_off_t)offset, SEEK_SET) != (z_off_t)offset)
		return false;
	in->start = in->end = 0;
	in->at_end = false;
	return true;
}

bool input_is_file(const struct input *in)
{
	return in->size;
}

const char *input_problem(const struct input *in)
{
	return in->problem;
}

uint32_t input_line_number(const struct input *in)
{
	return in->line;
}

uint32_t input_column(const struct input *in)
{
	return in->column + 1;
}

uint64_t input_position(const struct input *in, uint64_t *total)
{
	z_off_t offset = in->file ? gzoffset(in->file) : 0;

	*total = in->size;
	return offset < 0 ? 0 : (uint64_t)offset;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - bytes or lines out of a file that may be packed.
 *
 *   file -> raw (packed bytes) -> text (a window of what it says) -> line
 *                                                               \-> bytes
 *
 * gzip and xz are recognised by their first bytes; files that were joined
 * after packing are read as one.  Formats: RFC 1952, "The .xz File Format".
 */
#include "config.h"

#include "workloads/source.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define RAW_SIZE 65536
#define LINE_MAX_LENGTH 4095
#define TEXT_SIZE (RAW_SIZE + LINE_MAX_LENGTH + 1)
/* xz -9 needs 65 MiB to unpack. */
#define XZ_MEMORY (UINT64_C(256) << 20)

enum packing { UNKNOWN, PLAIN, GZIP, XZ };

struct source {
	FILE *file;
	const char *path;
	uint32_t line; /* the last one given out */
	enum packing packing;
	bool raw_end;	/* nothing more to read */
	bool text_end;	/* nothing more to unpack */
	bool in_member; /* gzip: between header and trailer */
	z_stream gzip;
	lzma_stream xz;
	size_t raw_at, raw_length;
	size_t text_at, text_length;
	uint64_t given; /* bytes that source_bytes() gave out */
	unsigned char raw[RAW_SIZE];
	char text[TEXT_SIZE];
};

struct source *source_open(FILE *file, const char *path)
{
	struct source *in = calloc(1, sizeof(*in));

	if (!in)
		return NULL;
	in->file = file;
	in->path = path;
	in->xz = (lzma_stream)LZMA_STREAM_INIT;
	return in;
}

void source_close(struct source *in)
{
	if (!in)
		return;
	if (in->packing == GZIP)
		inflateEnd(&in->gzip);
	lzma_end(&in->xz);
	free(in);
}

struct place source_place(const struct source *in)
{
	return (struct place){ in->path, in->line, 1 };
}

static int bad(const struct source *in, struct diags *diags, const char *what)
{
	struct place place = { in->path, in->line + 1, 1 };

	diag_error(diags, place, "%s", what);
	return -EBADMSG;
}

/* Have raw bytes, unless there are no more. */
static int refill(struct source *in)
{
	if (in->raw_at < in->raw_length || in->raw_end)
		return 0;
	in->raw_at = 0;
	in->raw_length = fread(in->raw, 1, RAW_SIZE, in->file);
	if (in->raw_length < RAW_SIZE) {
		if (ferror(in->file))
			return errno ? -errno : -EIO;
		in->raw_end = true;
	}
	return 0;
}

static int recognise(struct source *in)
{
	static const unsigned char gzip[] = { 0x1f, 0x8b },
				   xz[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };

	in->packing = PLAIN;
	if (in->raw_length >= sizeof(gzip) &&
	    !memcmp(in->raw, gzip, sizeof(gzip))) {
		if (inflateInit2(&in->gzip, 16 + MAX_WBITS) != Z_OK)
			return -ENOMEM;
		in->packing = GZIP;
		in->in_member = true;
	} else if (in->raw_length >= sizeof(xz) &&
		   !memcmp(in->raw, xz, sizeof(xz))) {
		if (lzma_stream_decoder(&in->xz, XZ_MEMORY,
					LZMA_CONCATENATED) != LZMA_OK)
			return -ENOMEM;
		in->packing = XZ;
	}
	return 0;
}

static int unpack_plain(struct source *in, char *to, size_t *room)
{
	size_t n = in->raw_length - in->raw_at;

	if (n > *room)
		n = *room;
	memcpy(to, in->raw + in->raw_at, n);
	in->raw_at += n;
	*room -= n;
	in->text_end = !n && in->raw_end;
	return 0;
}

static int unpack_gzip(struct source *in, char *to, size_t *room,
		       struct diags *diags)
{
	size_t length = in->raw_length - in->raw_at;
	int end;

	if (!length) {
		in->text_end = true;
		return in->in_member
			       ? bad(in, diags, "the gzip file is cut off here")
			       : 0;
	}
	if (!in->in_member && inflateReset(&in->gzip) != Z_OK)
		return -ENOMEM;
	in->in_member = true;
	in->gzip.next_in = in->raw + in->raw_at;
	in->gzip.avail_in = (uInt)length;
	in->gzip.next_out = (unsigned char *)to;
	in->gzip.avail_out = (uInt)*room;
	end = inflate(&in->gzip, Z_NO_FLUSH);
	in->raw_at = in->raw_length - in->gzip.avail_in;
	*room = in->gzip.avail_out;
	if (end == Z_MEM_ERROR)
		return -ENOMEM;
	if (end == Z_STREAM_END)
		in->in_member = false;
	else if (end != Z_OK && end != Z_BUF_ERROR)
		return bad(in, diags, "the gzip file is damaged here");
	return 0;
}

static int unpack_xz(struct source *in, char *to, size_t *room,
		     struct diags *diags)
{
	lzma_ret end;

	in->xz.next_in = in->raw + in->raw_at;
	in->xz.avail_in = in->raw_length - in->raw_at;
	in->xz.next_out = (unsigned char *)to;
	in->xz.avail_out = *room;
	end = lzma_code(&in->xz, in->raw_end ? LZMA_FINISH : LZMA_RUN);
	in->raw_at = in->raw_length - in->xz.avail_in;
	*room = in->xz.avail_out;
	if (end == LZMA_STREAM_END)
		in->text_end = true;
	else if (end == LZMA_MEM_ERROR)
		return -ENOMEM;
	else if (end == LZMA_BUF_ERROR)
		return bad(in, diags, "the xz file is cut off here");
	else if (end == LZMA_MEMLIMIT_ERROR)
		return bad(in, diags,
			   "the xz file needs over 256 MiB to unpack");
	else if (end != LZMA_OK)
		return bad(in, diags, "the xz file is damaged here");
	return 0;
}

static int unpack(struct source *in, char *to, size_t *room,
		  struct diags *diags)
{
	int error = refill(in);

	if (!error && in->packing == UNKNOWN)
		error = recognise(in);
	if (error)
		return error;
	switch (in->packing) {
	case UNKNOWN:
	case PLAIN:
		return unpack_plain(in, to, room);
	case GZIP:
		return unpack_gzip(in, to, room, diags);
	case XZ:
		return unpack_xz(in, to, room, diags);
	}
	return 0;
}

static char *line_end(struct source *in)
{
	return memchr(in->text + in->text_at, '\n',
		      in->text_length - in->text_at);
}

/* Have a whole line in the window, or as much as there is. */
static int fill(struct source *in, struct diags *diags)
{
	size_t room;
	int error;

	memmove(in->text, in->text + in->text_at,
		in->text_length - in->text_at);
	in->text_length -= in->text_at;
	in->text_at = 0;
	while (!in->text_end && !line_end(in) &&
	       in->text_length <= LINE_MAX_LENGTH) {
		room = TEXT_SIZE - in->text_length;
		error = unpack(in, in->text + in->text_length, &room, diags);
		if (error)
			return error;
		in->text_length = TEXT_SIZE - room;
	}
	return 0;
}

int source_next(struct source *in, char **line, struct diags *diags)
{
	char *end = line_end(in);
	int error;

	if (!end) {
		error = fill(in, diags);
		if (error)
			return error;
		end = line_end(in);
	}
	if (!end && in->text_at == in->text_length)
		return 0;
	*line = in->text + in->text_at;
	if (!end && in->text_length < LINE_MAX_LENGTH)
		return bad(in, diags, "the last line is cut off");
	if (!end || end - *line > LINE_MAX_LENGTH)
		return bad(in, diags, "the line is over 4095 bytes long");
	if (memchr(*line, 0, (size_t)(end - *line)))
		return bad(in, diags, "the line holds a NUL byte");
	*end = 0;
	in->text_at = (size_t)(end + 1 - in->text);
	in->line++;
	return 1;
}

long source_bytes(struct source *in, void *to, size_t room, struct diags *diags)
{
	size_t length;
	int error;

	if (in->text_at == in->text_length) {
		in->text_at = in->text_length = 0;
		while (!in->text_end && !in->text_length) {
			length = TEXT_SIZE;
			error = unpack(in, in->text, &length, diags);
			if (error)
				return error;
			in->text_length = TEXT_SIZE - length;
		}
	}
	length = in->text_length - in->text_at;
	if (length > room)
		length = room;
	memcpy(to, in->text + in->text_at, length);
	in->text_at += length;
	in->given += length;
	return (long)length;
}

int source_record(struct source *in, void *to, size_t length, const char *what,
		  struct diags *diags)
{
	size_t have = 0;
	long n = 1;

	while (have < length && n > 0) {
		n = source_bytes(in, (char *)to + have, length - have, diags);
		if (n < 0)
			return (int)n;
		have += (size_t)n;
	}
	if (have == 0)
		return 0;
	if (have == length)
		return 1;
	diag_error(diags, (struct place){ in->path, 0, 0 },
		   "the file ends in the middle of %s, at byte %llu", what,
		   (unsigned long long)in->given);
	return -EBADMSG;
}

uint64_t source_offset(const struct source *in)
{
	return in->given;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_file.c - a text in memory that can be opened like a file. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/text_file.h"

/* What goes wrong here is no claim of any test. */
static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static void put_gzip(int fd, const void *bytes, size_t length)
{
	gzFile file = gzdopen(dup(fd), "wb");

	must(file, "gzdopen");
	must(length == 0 || gzwrite(file, bytes, (unsigned)length) > 0,
	     "gzwrite");
	must(gzclose(file) == Z_OK, "gzclose");
}

static void put_plain(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(fd, bytes, length);

		must(put > 0, "write");
		bytes += put;
		length -= (size_t)put;
	}
}

struct text_file text_file_of(const void *bytes, size_t length, bool gzip)
{
	struct text_file file = { .fd = memfd_create("text", 0) };

	must(file.fd >= 0, "memfd_create");
	if (gzip)
		put_gzip(file.fd, bytes, length);
	else
		put_plain(file.fd, bytes, length);
	snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", file.fd);
	return file;
}

struct text_file text_file(const char *text)
{
	return text_file_of(text, strlen(text), false);
}

void text_file_cut(const struct text_file *file, size_t length)
{
	must(ftruncate(file->fd, (off_t)length) == 0, "ftruncate");
}

void text_file_close(const struct text_file *file)
{
	close(file->fd);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* writer.c - a trace as importers write it. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "workloads/writer.h"

/* A title has 200 bytes. */
#define MAX_NAME 120

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
}

/* Fit for a comment, and between double quotes. */
static void put_name(FILE *to, const char *name)
{
	for (size_t i = 0; name[i] && i < MAX_NAME; i++) {
		if (name[i] == '"' || name[i] == '\\')
			fputc('\\', to);
		fputc(isprint((unsigned char)name[i]) ? name[i] : '?', to);
	}
}

void writer_head(FILE *to, const char *importer, const char *what,
		 const struct import_job *job)
{
	fprintf(to, "# Made by: tlbsim import %s %s", importer, job->made_by);
	put_name(to, base_name(job->path));
	fprintf(to, "\ntlbsim: 1\ntitle: \"%s, ", what);
	put_name(to, base_name(job->path));
	fputs("\"\n", to);
}

struct writer writer_start(FILE *to, const char *open, uint64_t most)
{
	return (struct writer){ .to = to, .open = open, .most = most };
}

void writer_item(struct writer *writer)
{
	if (writer->items == writer->most)
		writer->items = 0;
	if (writer->items++ == 0)
		fprintf(writer->to, "---\n%s", writer->open);
}

int writer_end(const struct writer *writer)
{
	return ferror(writer->to) ? (errno ? -errno : -EIO) : 0;
}

void writer_note(FILE *to, uint64_t count, const char *text)
{
	if (count)
		fprintf(to, "  - \"%" PRIu64 " %s\"\n", count, text);
}

int writer_copy(FILE *from, FILE *to)
{
	char buffer[16384];
	size_t n;

	if (fflush(from) || fseek(from, 0, SEEK_SET))
		return -errno;
	while ((n = fread(buffer, 1, sizeof(buffer), from)))
		if (fwrite(buffer, 1, n, to) != n)
			return errno ? -errno : -EIO;
	return ferror(from) ? -EIO : 0;
}

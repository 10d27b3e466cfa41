/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_drmemtrace.c - `tlbsim import drmemtrace`: what a program referred
 * to, as the view tool of DynamoRIO's drmemtrace prints it.
 *
 *     1  0:  342625 <marker: version 7>
 *     9  1:  342625 ifetch   3 byte(s) @ 0x00007fd1a06c2290 48 89 e7 ...
 *    12  2:  342625 write    8 byte(s) @ 0x00007ffc1d3a8b98 by PC 0x...
 *
 * Only what is needed is looked for, so that versions with other columns are
 * read too: a number before the word that says what it is, the thread; after
 * it the size, "byte(s) @" and the address.  Lines without such a word are
 * markers, headings and the tool's summary.
 *
 * Source: DynamoRIO documentation, "Trace Format" and "View Tool".
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/importers.h"
#include "workloads/memory_trace.h"

static const struct word {
	const char *name;
	enum reference kind;
} words[] = {
	{ " ifetch ", REFERENCE_FETCH },
	{ " read ", REFERENCE_READ },
	{ " write ", REFERENCE_WRITE },
};

#define SIZE_END " byte(s) @ 0x"

/* The number that ends before @end, as of a thread: digits, maybe after a
 * 'T'; 0 if there is none. */
static uint64_t number_before(const char *text, const char *end)
{
	const char *first;

	while (end > text && end[-1] == ' ')
		end--;
	for (first = end; first > text && isdigit((unsigned char)first[-1]);)
		first--;
	return first < end ? strtoull(first, NULL, 10) : 0;
}

static bool parse_rest(const char *text, uint64_t *length, uint64_t *at)
{
	char *end;

	text += strspn(text, " ");
	if (!isdigit((unsigned char)*text))
		return false;
	*length = strtoull(text, &end, 10);
	if (strncmp(end, SIZE_END, strlen(SIZE_END)) != 0)
		return false;
	text = end + strlen(SIZE_END);
	errno = 0;
	*at = strtoull(text, &end, 16);
	return errno == 0 && end > text && (*end == '\0' || *end == ' ');
}

static int read_line(struct memory_trace *trace, char *text, struct place place,
		     struct diags *diags)
{
	const char *found = NULL;
	uint64_t length, at;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words) && !found; i++)
		found = strstr(text, words[i].name);
	if (!found || !strstr(found, "byte(s)"))
		return 0;
	if (parse_rest(found + strlen(words[i - 1].name), &length, &at))
		return memory_trace_add(trace, number_before(text, found),
					words[i - 1].kind, at, length, place,
					diags);
	diag_error(diags, place, "expected 'N byte(s) @ 0xADDRESS' after '%s'",
		   words[i - 1].name + 1);
	return -EBADMSG;
}

static const struct memory_format format = {
	.importer = "drmemtrace",
	.what = "a program's references",
	.line = read_line,
};

static int import(const struct import_job *job, FILE *file, FILE *out,
		  struct diags *diags)
{
	return memory_trace_import(&format, job, file, out, diags);
}

static const struct import_option options[] = {
	MEMORY_OPTIONS,
	{ .standard = NULL },
};

const struct importer import_drmemtrace = {
	.name = "drmemtrace",
	.text = "a program's memory references as drmemtrace's view tool "
		"prints them",
	.options = options,
	.size = sizeof(struct memory_options),
	.run = import,
};

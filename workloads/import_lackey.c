/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_lackey.c - `tlbsim import lackey`: what a program referred to, as
 * `valgrind --tool=lackey --trace-mem=yes` prints it.
 *
 *     I  004014f0,2        instruction
 *      L 1fff000710,8      load
 *      S 1fff000708,8      store
 *      M 0421c7cc,4        both
 *     ==15044== ...        not of the trace
 *
 * The addresses are hexadecimal, the sizes decimal.
 * Source: the Valgrind manual, "Lackey: an example tool".
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/importers.h"
#include "workloads/memory_trace.h"

struct line {
	char kind;
	uint64_t at, length;
};

/* Digits of @base and then @end: the value, and what follows in *@text. */
static bool number(char **text, int base, char end, uint64_t *value)
{
	char *rest;

	if (!strchr("0123456789abcdef", **text) || !**text)
		return false;
	errno = 0;
	*value = strtoull(*text, &rest, base);
	if (errno || *rest != end)
		return false;
	*text = rest + (end != '\0');
	return true;
}

static bool parse(char *text, struct line *line)
{
	char *at = text + 3;

	if (strlen(text) < 4 || text[2] != ' ')
		return false;
	line->kind = text[0] == 'I' ? 'I' : text[1];
	if (text[0] != (line->kind == 'I' ? 'I' : ' ') ||
	    (line->kind == 'I' && text[1] != ' '))
		return false;
	return strchr("ILSM", line->kind) && number(&at, 16, ',', &line->at) &&
	       number(&at, 10, '\0', &line->length);
}

static int add(struct memory_trace *trace, const struct line *line,
	       struct place place, struct diags *diags)
{
	int rc = 0;

	if (line->kind == 'I')
		return memory_trace_add(trace, 0, REFERENCE_FETCH, line->at,
					line->length, place, diags);
	if (line->kind != 'S')
		rc = memory_trace_add(trace, 0, REFERENCE_READ, line->at,
				      line->length, place, diags);
	if (line->kind != 'L' && rc == 0)
		rc = memory_trace_add(trace, 0, REFERENCE_WRITE, line->at,
				      line->length, place, diags);
	return rc;
}

static int read_line(struct memory_trace *trace, char *text, struct place place,
		     struct diags *diags)
{
	struct line line;

	if (!text[0] || strncmp(text, "==", 2) == 0 ||
	    strncmp(text, "--", 2) == 0)
		return 0;
	if (parse(text, &line))
		return add(trace, &line, place, diags);
	diag_error(diags, place,
		   "expected a line like ' L 1fff000710,8', found '%s'",
		   diag_quote(text, strlen(text)).text);
	return -EBADMSG;
}

static const struct memory_format format = {
	.importer = "lackey",
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

const struct importer import_lackey = {
	.name = "lackey",
	.text = "a program's memory references from "
		"valgrind --tool=lackey --trace-mem=yes",
	.options = options,
	.size = sizeof(struct memory_options),
	.run = import,
};

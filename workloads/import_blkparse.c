/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_blkparse.c - `tlbsim import blkparse`: the text that blkparse prints
 * by default, of which requests given to a driver and their ends are used.
 *
 *   8,0  3  1  0.000000000  697  D  WS 223490 + 8 [kjournald]
 *   8,0  3  2  0.000412200    0  C  WS 223490 + 8 [0]
 *   device cpu sequence seconds pid action rwbs sector + sectors [who]
 *
 * Other actions tell how a request came to be, and are passed over; so is
 * the summary at the end, which begins with "CPU" or "Total".
 *
 * Source: blkparse(1), "Trace Actions", "Default Output".
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/block_pending.h"
#include "workloads/importers.h"

#define SECTOR 512
#define MAX_SECTORS (UINT64_C(1) << 23)

struct line {
	uint64_t device, at, sector, sectors;
	char action;
	char rwbs[12];
};

/* Digits, then one of @ends: the value; the text after them. */
static const char *number(const char *text, const char *ends, uint64_t *value)
{
	char *end;

	text += strspn(text, " \t");
	if (!isdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno || (*end && !strchr(ends, *end)) ||
	    (!*end && !strchr(ends, '\n')))
		return NULL;
	return *end ? end + 1 : end;
}

/* "SECONDS.NANOSECONDS" */
static const char *time_of(const char *text, uint64_t *at)
{
	uint64_t seconds, ns;

	text = number(text, ".", &seconds);
	text = text ? number(text, " ", &ns) : NULL;
	if (!text || ns > 999999999 || seconds > 1000000000)
		return NULL;
	*at = seconds * 1000000000 + ns;
	return text;
}

/* Up to the letters of what kind of request it is. */
static const char *parse_head(const char *text, struct line *line)
{
	uint64_t major, minor, ignored;
	size_t length;

	text = number(text, ",", &major);
	text = text ? number(text, " ", &minor) : NULL;
	text = text ? number(text, " ", &ignored) : NULL;
	text = text ? number(text, " ", &ignored) : NULL;
	text = text ? time_of(text, &line->at) : NULL;
	text = text ? number(text, " ", &ignored) : NULL;
	if (!text)
		return NULL;
	line->device = major << 32 | minor;
	text += strspn(text, " ");
	line->action = *text;
	length = strcspn(text, " ");
	text += length;
	return length ? text + strspn(text, " ") : NULL;
}

static bool parse_range(const char *text, struct line *line)
{
	size_t length = strcspn(text, " ");

	if (!length || length >= sizeof(line->rwbs))
		return false;
	memcpy(line->rwbs, text, length);
	line->rwbs[length] = '\0';
	text = number(text + length, " ", &line->sector);
	if (!text || *text != '+')
		return false;
	return number(text + 1, " \n", &line->sectors) &&
	       line->sectors <= MAX_SECTORS;
}

/* Flushes, discards and commands move no data of a page. */
static bool moves_data(const struct line *line)
{
	return line->sectors && !strpbrk(line->rwbs, "DN") &&
	       strpbrk(line->rwbs, "RW");
}

static void take(struct block_pending *pending, const struct line *line)
{
	struct block_request request = {
		.write = strchr(line->rwbs, 'W') != NULL,
		.bytes = line->sectors * SECTOR,
		.at = line->at,
	};

	if (!moves_data(line))
		pending->trace->left_out += line->action == 'D';
	else if (line->action == 'D')
		pending_begin(pending, line->device, line->sector, &request);
	else
		pending_end(pending, line->device, line->sector, request.write,
			    line->at);
}

static bool is_summary(const char *text)
{
	return strncmp(text, "CPU", 3) == 0 || strncmp(text, "Total", 5) == 0;
}

/* A flush has no sector: "FN [kworker]". */
static bool has_range(const char *text)
{
	return strstr(text, " + ") != NULL;
}

static void read_line(struct block_pending *pending, const char *text,
		      struct place place, struct diags *diags)
{
	struct line line = { .at = 0 };
	const char *rest = parse_head(text, &line);

	if (!rest)
		diag_error(diags, place,
			   "expected a line like '8,0 3 1 0.000000000 697 D W "
			   "223490 + 8 [name]', found '%s'",
			   diag_quote(text, strlen(text)).text);
	else if (!strchr("CD", line.action))
		return;
	else if (!has_range(rest))
		pending->trace->left_out += line.action == 'D';
	else if (parse_range(rest, &line))
		take(pending, &line);
	else
		diag_error(diags, place,
			   "expected 'RWBS SECTOR + SECTORS', found '%s'",
			   diag_quote(rest, strlen(rest)).text);
}

static int read_all(struct block_trace *trace, struct source *in,
		    const struct import_job *job, struct diags *diags)
{
	struct block_pending *pending = pending_new(trace);
	char *text;
	int rc = -ENOMEM;

	(void)job;
	while (pending && (rc = source_next(in, &text, diags)) > 0) {
		if (is_summary(text)) {
			rc = 0;
			break;
		}
		if (text[strspn(text, " \t\r")])
			read_line(pending, text, source_place(in), diags);
		if (diags->count >= DIAG_MAX) {
			rc = -EBADMSG;
			break;
		}
	}
	pending_finish(pending);
	return rc;
}

static const struct block_format format = {
	.importer = "blkparse",
	.read = read_all,
};

static int import(const struct import_job *job, FILE *file, FILE *out,
		  struct diags *diags)
{
	return block_trace_import(&format, job, file, out, diags);
}

static const struct import_option options[] = {
	BLOCK_OPTIONS,
	{ .standard = NULL },
};

const struct importer import_blkparse = {
	.name = "blkparse",
	.text = "requests to disks from the text of blkparse",
	.options = options,
	.size = sizeof(struct block_options),
	.run = import,
};

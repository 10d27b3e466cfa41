/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_fio.c - `tlbsim import fio`: what fio's write_iolog wrote.
 *
 *     fio version 2 iolog           fio version 3 iolog
 *     /dev/sda add                  0 /dev/sda add
 *     /dev/sda open                 20 /dev/sda open
 *     /dev/sda read 0 4096          591 /dev/sda read 0 4096
 *     /dev/sda wait 1000 0
 *
 * Neither says when a request ended.  Version 2 does not say when one began,
 * unless it waits: as many as `depth` are under way, and the next begins when
 * one ends.  A file's name has no blanks, or fio could not read it either.
 *
 * Source: fio(1), "Trace File Format v2", "Trace File Format v3"; the unit of
 * the times of version 3 is not documented, fio 3.33 writes microseconds.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/block_trace.h"
#include "workloads/importers.h"

#define MAX_DEPTH 256
/* The most bytes of one request: fio's own are smaller by far. */
#define MAX_BYTES (UINT64_C(1) << 32)
#define MAX_WORDS 6

struct fio {
	struct block_trace *trace;
	unsigned version;
	uint64_t clock;		 /* version 2: ns that were waited for */
	uint64_t end[MAX_DEPTH]; /* version 2: of the last @depth, in turn */
	uint64_t requests;
};

/* What a line says. */
struct action {
	const char *name;
	uint64_t time, offset, length;
	bool has_range;
};

static const char *const moves[] = { "read", "write", NULL };
static const char *const others[] = { "add",	  "open", "close", "sync",
				      "datasync", "trim", NULL };

static bool is_one_of(const char *word, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(word, *names) == 0)
			return true;
	return false;
}

static size_t split(char *text, char *word[MAX_WORDS])
{
	size_t count = 0;
	char *save = NULL, *next = strtok_r(text, " \t\r", &save);

	for (; next && count < MAX_WORDS; count++) {
		word[count] = next;
		next = strtok_r(NULL, " \t\r", &save);
	}
	return count;
}

static bool number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return isdigit((unsigned char)*text) && !*end && !errno;
}

static bool parse(const struct fio *fio, char *text, struct action *action)
{
	char *words[MAX_WORDS] = { NULL }, **word = words;
	size_t count = split(text, words);

	*action = (struct action){ .name = NULL };
	if (fio->version == 3) {
		if (!count || !number(*word, &action->time))
			return false;
		word++;
		count--;
	}
	if (count != 2 && count != 4)
		return false;
	action->name = word[1];
	action->has_range = count == 4;
	return count == 2 || (number(word[2], &action->offset) &&
			      number(word[3], &action->length));
}

static const uint64_t unit_ns[] = { 1000, 1000000, 1 };

/* When it begins, and, of a request without times, ends. */
static void give_times(struct fio *fio, const struct action *action,
		       struct block_request *request)
{
	const struct block_options *options = fio->trace->options;
	uint64_t *slot = &fio->end[fio->requests++ % options->depth];

	if (fio->version == 3) {
		request->at = action->time * unit_ns[options->time_unit];
		return;
	}
	if (*slot > fio->clock)
		fio->clock = *slot;
	request->at = fio->clock;
	*slot = request->at + options->service;
}

static bool add(struct fio *fio, const struct action *action)
{
	struct block_request request = {
		.write = action->name[0] == 'w',
		.bytes = action->length,
	};

	if (!action->has_range || !action->length ||
	    action->length > MAX_BYTES ||
	    action->time > UINT64_MAX / 2 / 1000000)
		return false;
	give_times(fio, action, &request);
	block_trace_add(fio->trace, &request);
	return true;
}

static bool do_action(struct fio *fio, const struct action *action)
{
	if (is_one_of(action->name, moves))
		return add(fio, action);
	if (strcmp(action->name, "wait") == 0 && fio->version == 2 &&
	    action->offset < UINT64_MAX / 4000) {
		fio->clock += action->offset * 1000;
		return true;
	}
	fio->trace->left_out += action->has_range ||
				strstr(action->name, "sync") != NULL;
	return is_one_of(action->name, others);
}

static bool read_version(struct fio *fio, const char *text, struct place place,
			 struct diags *diags)
{
	if (strcmp(text, "fio version 2 iolog") == 0)
		fio->version = 2;
	else if (strcmp(text, "fio version 3 iolog") == 0)
		fio->version = 3;
	else
		diag_error(diags, place,
			   "expected 'fio version 2 iolog' or 'fio version 3 "
			   "iolog', found '%s'",
			   diag_quote(text, strlen(text)).text);
	return fio->version != 0;
}

static void read_line(struct fio *fio, char *text, struct place place,
		      struct diags *diags)
{
	struct diag_quote quote = diag_quote(text, strlen(text));
	struct action action;

	if (!text[strspn(text, " \t\r")])
		return;
	if (!parse(fio, text, &action) || !do_action(fio, &action))
		diag_error(diags, place,
			   "expected '%sFILE ACTION [OFFSET LENGTH]' with an "
			   "action of fio's, found '%s'",
			   fio->version == 3 ? "TIME " : "", quote.text);
}

static int read_all(struct block_trace *trace, struct source *in,
		    const struct import_job *job, struct diags *diags)
{
	struct fio fio = { .trace = trace };
	char *text;
	int rc;

	(void)job;
	while ((rc = source_next(in, &text, diags)) > 0) {
		if (!fio.version &&
		    !read_version(&fio, text, source_place(in), diags))
			return -EBADMSG;
		if (source_place(in).line > 1)
			read_line(&fio, text, source_place(in), diags);
		if (diags->count >= DIAG_MAX)
			return -EBADMSG;
	}
	return rc;
}

static const struct block_format format = {
	.importer = "fio",
	.read = read_all,
};

static int import(const struct import_job *job, FILE *file, FILE *out,
		  struct diags *diags)
{
	return block_trace_import(&format, job, file, out, diags);
}

/* clang-format off */
static const struct import_option options[] = {
	BLOCK_OPTIONS,
	{ { .name = "depth", .type = FIELD_U64, .min = 1, .max = MAX_DEPTH,
	    .offset = offsetof(struct block_options, depth) },
	  "32", "requests under way at a time, in a log without times" },
	{ { .name = "time-unit", .type = FIELD_CHOICE, .names = block_units,
	    .offset = offsetof(struct block_options, time_unit) },
	  "us", "of the times of version 3: us, ms or ns" },
	{ .standard = NULL },
};
/* clang-format on */

const struct importer import_fio = {
	.name = "fio",
	.text = "requests to disks from fio's write_iolog, version 2 or 3",
	.options = options,
	.size = sizeof(struct block_options),
	.run = import,
};

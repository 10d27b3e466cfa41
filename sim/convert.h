/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * convert.h - a trace written again, in another form.
 */
#ifndef SIM_CONVERT_H
#define SIM_CONVERT_H

#include <stdio.h>

#include "sim/diag.h"
#include "sim/progress.h"

/* A form that traces have. */
struct trace_form {
	const char *name;		/* of --format */
	const char *suffix;		/* of files */
	/* A sink that writes to @to; NULL: no memory. */
	void *(*create)(FILE *to);
	/* The header; then keys with their values; both as whole lines of
	 * YAML.  These return 0 or -errno. */
	int (*head)(void *sink, const char *text, size_t length);
	int (*text)(void *sink, const char *text, size_t length);
	/* An event, of @kind, as event_write() writes it, without its end. */
	int (*line)(void *sink, unsigned kind, const char *line,
		    size_t length);
	int (*end)(void *sink);
	void (*destroy)(void *sink);
};
extern const struct trace_form convert_yaml, convert_binary;

struct convert_job {
	const char *path; /* of a trace */
	const struct trace_form *form;
	FILE *to;
	struct progress *progress;
	/* The lines of events, from 1, to which it is cut, with its header and
	 * nothing else; last 0: the whole trace. */
	uint64_t first, last;
	bool wrote; /* what failed was writing, not reading */
};

/* Do that.  0; -EBADMSG with @diags filled; or -errno. */
int convert(struct convert_job *job, struct diags *diags);

#endif /* SIM_CONVERT_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - results written down, one format per file report_FORMAT.c.
 */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/output.h"
#include "sim/results.h"

/* Of @traces traces, each under @policies policies, trace by trace. */
struct report {
	const struct results *results;
	size_t traces, policies;
	bool verbose;			/* every counter */
	bool color;
};

struct report_format {
	const char *name;
	const char *suffix;		/* of a file in this format */
	const char *text;		/* one line for `tlbsim list formats` */
	bool series;			/* it has those of results */
	/* 0 or -ENOMEM; errors of @to are the caller's to look for. */
	int (*write)(const struct report *report, FILE *to);
};

extern const struct report_format report_text, report_json, report_json_lines,
	report_csv, report_tap, report_summary, report_html;
/* What JSON has, laid out as Jansson's @flags say; 0 or -ENOMEM. */
int report_json_write(const struct report *report, size_t flags, FILE *to);
/* All of them, NULL-terminated; text first. */
extern const struct report_format *const report_formats[];
/* The one of @formats, NULL-terminated, that is called @name, or that the
 * suffix of @path says: of NULL, "-" and names without, as of devices, it is
 * text.  A usage error if there is none. */
const struct report_format *
report_find_format(struct argp_state *state,
		   const struct report_format *const *formats,
		   const char *name);
const struct report_format *
report_format_of_path(struct argp_state *state,
		      const struct report_format *const *formats,
		      const char *path);

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
/* The row of --color in a table of options, with its key. */
#define REPORT_COLOR_OPTION(key)                                              \
	{ "color", key, "WHEN", 0,                                            \
	  "always, never or auto: on a terminal, unless NO_COLOR is set or "  \
	  "TERM is dumb" }
/* What follows --color; a mistake is a usage error. */
enum color report_color_choice(struct argp_state *state, const char *text);
/* Whether what goes to @output (NULL: stdout) is to be in colour. */
bool report_use_color(enum color color, const char *output);

/* The options of every command that reports. */
struct report_options {
	const struct report_format *format;
	const char *output;		/* NULL: stdout */
	enum color color;
	bool progress;
	bool quiet, verbose;
};
/* The table for them; its input is a struct report_options. */
extern const struct argp report_argp;

/*
 * Start the output before the work, so that one that cannot be written is
 * known at once; then write @report there as the options say.  Messages go
 * to stderr.
 */
enum status report_open(struct output *output,
			const struct report_options *options);
enum status report_write(struct report *report,
			 const struct report_options *options,
			 struct output *output);

#endif /* SIM_REPORT_H */

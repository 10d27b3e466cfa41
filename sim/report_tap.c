/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_tap.c - a suite of traces with `expect:` as tests: a line for each
 * trace and policy, for a test harness.
 *
 * Source: the Test Anything Protocol, version 12, which every harness takes.
 */
#include "config.h"

#include <string.h>

#include "sim/report.h"

/* A # would begin a directive, and a line is a test. */
static void put_name(FILE *to, const char *name)
{
	for (; *name; name++)
		fputc(*name == '#' || (unsigned char)*name < ' ' ? '_' : *name,
		      to);
}

static void put_test(const struct results *r, size_t number, FILE *to)
{
	fprintf(to, "%s %zu - ", r->passed ? "ok" : "not ok", number);
	put_name(to, r->trace);
	fprintf(to, ": %s on %s, %zu of %zu expectations held%s\n", r->policy,
		r->machine, r->expected - r->failed, r->expected,
		r->unchecked ? ", safety not checked" : "");
	if (!r->passed && r->first[0])
		fprintf(to, "# %s\n", r->first);
}

static int write_tap(const struct report *report, FILE *to)
{
	size_t count = report->traces * report->policies;

	fprintf(to, "1..%zu\n", count);
	for (size_t i = 0; i < count; i++)
		put_test(&report->results[i], i + 1, to);
	return 0;
}

const struct report_format report_tap = {
	.name = "tap",
	.suffix = ".tap",
	.text = "a test for each trace and policy, for a test harness",
	.write = write_tap,
};

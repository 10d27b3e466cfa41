/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_junit.c - a comparison for a CI server: a test case for each run.
 *
 * The elements that every reader of JUnit's XML takes: testsuites, testsuite,
 * testcase, failure.  A run that only the newer file has passes.
 */
#include "config.h"

#include "sim/compare.h"

/* Names are whatever was on a command line; XML 1.0 has no control
 * characters but three. */
static void put_escaped(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			fputs("&amp;", to);
		else if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '>')
			fputs("&gt;", to);
		else if (*text == '"')
			fputs("&quot;", to);
		else if ((unsigned char)*text < ' ')
			fputc('?', to);
		else
			fputc(*text, to);
	}
}

static bool has_failed(const struct pair *pair)
{
	return !pair->now || pair->verdict == VERDICT_WORSE;
}

static void put_failure(FILE *to, const struct pair *pair)
{
	fprintf(to, "      <failure message=\"%s\">",
		pair->now ? "worse" : "missing");
	for (size_t i = 0; i < pair->moves; i++) {
		const struct move *move = &pair->move[i];

		if (move->verdict == VERDICT_WORSE)
			fprintf(to, "%s: %s, %s\n",
				counter_info[move->counter].path,
				value_text(move->counter, move->from).text,
				move_text(move).text);
	}
	fputs("</failure>\n", to);
}

static void put_case(FILE *to, const struct pair *pair)
{
	const struct result *run = pair->base ? pair->base : pair->now;

	fputs("    <testcase classname=\"", to);
	put_escaped(to, run->trace);
	fputs("\" name=\"", to);
	put_escaped(to, run->policy);
	fputs(" on ", to);
	put_escaped(to, run->machine);
	if (run->parameters[0])
		fputs(" with ", to);
	put_escaped(to, run->parameters);
	fputs(has_failed(pair) ? "\">\n" : "\"/>\n", to);
	if (!has_failed(pair))
		return;
	put_failure(to, pair);
	fputs("    </testcase>\n", to);
}

static int write_junit(const struct comparison *comparison, bool verbose,
		       bool color, FILE *to)
{
	size_t failures = 0;

	(void)verbose;
	(void)color;
	for (size_t i = 0; i < comparison->count; i++)
		failures += has_failed(&comparison->pair[i]);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", to);
	fprintf(to,
		"  <testsuite name=\"tlbsim compare\" tests=\"%zu\" "
		"failures=\"%zu\" errors=\"0\">\n",
		comparison->count, failures);
	for (size_t i = 0; i < comparison->count; i++)
		put_case(to, &comparison->pair[i]);
	fputs("  </testsuite>\n</testsuites>\n", to);
	return 0;
}

const struct compare_format compare_junit = {
	.name = "junit",
	.suffix = ".xml",
	.text = "XML as of JUnit, for CI servers",
	.write = write_junit,
};

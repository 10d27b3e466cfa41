/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_csv.c - results for spreadsheets: the fields of the JSON objects,
 * their names joined with dots, one line for each trace, policy and machine.
 *
 * RFC 4180: lines end in CR LF, a field is quoted when it must be.  The items
 * of a list are joined with "; ".
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "mmu/quirks.h"
#include "sim/report.h"

static void put_quoted(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
}

static void field(FILE *to, const char *text)
{
	bool quote = strpbrk(text, ",\"\r\n") != NULL;

	fputs(quote ? ",\"" : ",", to);
	put_quoted(to, text);
	if (quote)
		fputc('"', to);
}

/* oracle.first, the only text in a group, comes last in its group. */
static bool is_last_of_oracle(enum counter i)
{
	return strcmp(counter_info[i].group, "oracle") == 0 &&
	       (i + 1 == COUNTERS ||
		strcmp(counter_info[i + 1].group, "oracle") != 0);
}

/* Those of a sweep; all its results have the same ones. */
static void write_parameter_names(FILE *to, const struct report *report)
{
	const struct results *r = report->results;
	size_t count = report->traces ? r->nr_parameters : 0;

	for (size_t i = 0; i < count; i++)
		fprintf(to, ",parameters.%s", r->parameter[i].path);
}

static void write_header(FILE *to, const struct report *report)
{
	fputs("schema,trace,policy,machine,quirks,seed", to);
	write_parameter_names(to, report);
	fputs(",incomplete", to);
	for (enum counter i = 0; i < COUNTERS; i++) {
		fprintf(to, ",%s", counter_info[i].path);
		if (is_last_of_oracle(i))
			fputs(",oracle.first", to);
	}
	fputs(",inspect\r\n", to);
}

static void write_value(FILE *to, const struct results *r, enum counter i)
{
	if (!results_know(r, i))
		fputc(',', to);
	else if (counter_info[i].type == COUNTER_percent)
		fprintf(to, ",%.6g", results_value(r, i));
	else
		fprintf(to, ",%" PRIu64, r->count[i]);
	if (is_last_of_oracle(i))
		field(to, r->first);
}

/* The @i-th item of a list that is one field. */
static void put_item(FILE *to, size_t i, const char *text)
{
	fputs(i ? "; " : "\"", to);
	put_quoted(to, text);
}

static void write_quirks(FILE *to, unsigned quirks)
{
	size_t count = 0;

	fputc(',', to);
	for (unsigned i = 0; i < MMU_QUIRKS; i++)
		if (quirks & 1u << i)
			put_item(to, count++, mmu_quirk_info[i].name);
	fputs(count ? "\"" : "", to);
}

static void write_incomplete(FILE *to, const struct results *r)
{
	fputc(',', to);
	for (size_t i = 0; i < r->nr_incomplete; i++)
		put_item(to, i, r->incomplete[i]);
	fputs(r->nr_incomplete ? "\"" : "", to);
}

static void write_inspect(FILE *to, const struct results *r)
{
	fputc(',', to);
	for (size_t i = 0; i < r->nr_inspect; i++)
		put_item(to, i, r->inspect[i]);
	fputs(r->nr_inspect ? "\"\r\n" : "\r\n", to);
}

static void write_result(FILE *to, const struct results *r)
{
	fputs("tlbsim-result/1", to);
	field(to, r->trace);
	field(to, r->policy);
	field(to, r->machine);
	write_quirks(to, r->quirks);
	fprintf(to, ",%" PRIu64, r->seed);
	for (size_t i = 0; i < r->nr_parameters; i++)
		field(to, r->parameter[i].value);
	write_incomplete(to, r);
	for (enum counter i = 0; i < COUNTERS; i++)
		write_value(to, r, i);
	write_inspect(to, r);
}

static int write_csv(const struct report *report, FILE *to)
{
	write_header(to, report);
	for (size_t i = 0; i < report->traces * report->policies; i++)
		write_result(to, &report->results[i]);
	return 0;
}

const struct report_format report_csv = {
	.name = "csv",
	.suffix = ".csv",
	.text = "one line for each result, the fields of JSON with dots",
	.write = write_csv,
};

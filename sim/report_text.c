/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_text.c - results for people.
 *
 *   a table for each trace, a column for each policy;
 *   of several traces under one policy, one line each;
 *   of several under several, the tables and then one line each as well.
 *
 * Rows carry the counters' own names, which are those of `expect:`, JSON and
 * CSV: "flush ... avoided" is flush.avoided.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "sim/report.h"
#include "sim/table.h"

/* What is shown unless all is asked for. */
enum show { SHOW_NEVER, SHOW_ALWAYS, SHOW_NONZERO };

static const enum show shown[COUNTERS] = {
	[COUNTER_grant_map_ops] = SHOW_ALWAYS,
	[COUNTER_grant_unmap_ops] = SHOW_ALWAYS,
	[COUNTER_grant_copy_ops] = SHOW_NONZERO,
	[COUNTER_grant_replace_ops] = SHOW_NONZERO,
	[COUNTER_grant_hypercalls] = SHOW_ALWAYS,
	[COUNTER_grant_failed_ops] = SHOW_NONZERO,
	[COUNTER_grant_pages_unmapped] = SHOW_ALWAYS,
	[COUNTER_grant_pages_touched] = SHOW_ALWAYS,
	[COUNTER_flush_batches] = SHOW_ALWAYS,
	[COUNTER_flush_performed] = SHOW_ALWAYS,
	[COUNTER_flush_avoided] = SHOW_ALWAYS,
	[COUNTER_flush_uncounted] = SHOW_NONZERO,
	[COUNTER_flush_ipis] = SHOW_ALWAYS,
	[COUNTER_flush_false] = SHOW_ALWAYS,
	[COUNTER_flush_at_allocation] = SHOW_NONZERO,
	[COUNTER_oracle_violations] = SHOW_ALWAYS,
	[COUNTER_oracle_stale_uses] = SHOW_ALWAYS,
	[COUNTER_tlb_lookups] = SHOW_NONZERO,
	[COUNTER_tlb_walks] = SHOW_NONZERO,
	[COUNTER_tlb_faults] = SHOW_NONZERO,
	[COUNTER_cycles_total] = SHOW_ALWAYS,
	[COUNTER_cycles_flush] = SHOW_ALWAYS,
	[COUNTER_cycles_ipi] = SHOW_ALWAYS,
};

/* Order of the groups: what people ask first comes first. */
static const char *const groups[] = { "flush", "oracle", "grant", "tlb",
				      "cycles" };
#define GROUPS (sizeof(groups) / sizeof(*groups))

/* What is red when it is not zero. */
static bool is_alarm(enum counter counter)
{
	return counter == COUNTER_oracle_violations ||
	       counter == COUNTER_oracle_stale_uses;
}

static void add_value(struct table *table, const struct results *r,
		      enum counter counter)
{
	uint64_t count = r->count[counter];
	enum paint paint = is_alarm(counter) && count ? PAINT_BAD : PAINT_NONE;

	if (counter_info[counter].type == COUNTER_percent)
		table_add_percent(table, paint, results_value(r, counter));
	else
		table_add_count(table, paint, count);
}

/* The number that all this is about; marked when it was not safe. */
static void add_avoided(struct table *table, const struct results *r)
{
	double percent = results_value(r, COUNTER_flush_avoided_percent);

	if (r->count[COUNTER_oracle_violations])
		table_add_percent(table, PAINT_BAD, percent);
	else if (percent > 0)
		table_add_percent(table, PAINT_GOOD, percent);
	else
		table_add_percent(table, PAINT_NONE, percent);
}

/* ---- one trace, policies side by side ---------------------------------- */

static bool any_nonzero(const struct results *r, size_t count,
			enum counter counter)
{
	for (size_t i = 0; i < count; i++)
		if (results_value(&r[i], counter) > 0)
			return true;
	return false;
}

static bool is_shown(const struct report *report, const struct results *r,
		     enum counter counter)
{
	if (report->verbose || shown[counter] == SHOW_ALWAYS)
		return true;
	return shown[counter] == SHOW_NONZERO &&
	       any_nonzero(r, report->policies, counter);
}

static void add_group(struct table *table, const struct report *report,
		      const struct results *r, const char *group)
{
	const char *label = group;

	for (enum counter i = 0; i < COUNTERS; i++) {
		if (strcmp(counter_info[i].group, group) != 0 ||
		    !is_shown(report, r, i))
			continue;
		if (label == group)
			table_end_row(table);
		table_add(table, PAINT_BOLD, "%s", label);
		table_add(table, PAINT_NONE, "%s", counter_info[i].name);
		for (size_t p = 0; p < report->policies; p++)
			add_value(table, &r[p], i);
		label = "";
	}
}

static void print_side_by_side(const struct report *report,
			       const struct results *r, FILE *to)
{
	struct table table = { .columns = report->policies + 2, .left = 2 };

	table_add(&table, PAINT_NONE, "%s", "");
	table_add(&table, PAINT_NONE, "%s", "");
	for (size_t p = 0; p < report->policies; p++)
		table_add(&table, PAINT_BOLD, "%s", r[p].policy);
	table_add(&table, PAINT_BOLD, "avoided");
	table_add(&table, PAINT_NONE, "of batches");
	for (size_t p = 0; p < report->policies; p++)
		add_avoided(&table, &r[p]);
	for (size_t i = 0; i < GROUPS; i++)
		add_group(&table, report, r, groups[i]);
	table_print(&table, to, report->color);
	table_free(&table);
}

static void print_title(const struct report *report, const struct results *r,
			FILE *to)
{
	if (r->title[0]) {
		paint_text(to, report->color, PAINT_BOLD, 0, r->title);
		fputc('\n', to);
	}
	fprintf(to, "%s on %s, seed %" PRIu64 "\n\n", r->trace, r->machine,
		r->seed);
}

static void print_notes(const struct report *report, const struct results *r,
			FILE *to)
{
	for (size_t i = 0; i < r->nr_incomplete; i++) {
		fputs(i ? "" : "\n", to);
		paint_text(to, report->color, PAINT_DIM, 0, "incomplete: ");
		paint_text(to, report->color, PAINT_DIM, 0, r->incomplete[i]);
		fputc('\n', to);
	}
}

static void print_first(const struct report *report, const struct results *r,
			FILE *to)
{
	bool any = false;

	for (size_t p = 0; p < report->policies; p++) {
		if (!r[p].first[0])
			continue;
		fputs(any ? "" : "\n", to);
		paint_text(to, report->color, PAINT_BAD, 0, r[p].policy);
		fprintf(to, ": %s\n", r[p].first);
		any = true;
	}
}

static void print_inspect(const struct results *r, FILE *to)
{
	if (r->nr_inspect)
		fprintf(to, "\ninspect under %s:\n", r->policy);
	for (size_t i = 0; i < r->nr_inspect; i++)
		fprintf(to, "  %s\n", r->inspect[i]);
}

static void print_trace(const struct report *report, const struct results *r,
			FILE *to)
{
	print_title(report, r, to);
	print_side_by_side(report, r, to);
	print_notes(report, r, to);
	print_first(report, r, to);
	for (size_t p = 0; p < report->policies; p++)
		print_inspect(&r[p], to);
}

/* ---- one line for each trace --------------------------------------------- */

static const enum counter line_counters[] = {
	COUNTER_flush_batches,	   COUNTER_flush_performed,
	COUNTER_flush_avoided,	   COUNTER_flush_ipis,
	COUNTER_oracle_violations, COUNTER_oracle_stale_uses,
	COUNTER_cycles_total,
};
#define LINE_COUNTERS (sizeof(line_counters) / sizeof(*line_counters))

static const char *line_header(enum counter counter)
{
	return counter == COUNTER_cycles_total ? "cycles"
					       : counter_info[counter].name;
}

static void print_lines(const struct report *report, FILE *to)
{
	struct table table = { .columns = LINE_COUNTERS + 3, .left = 2 };

	table_add(&table, PAINT_BOLD, "trace");
	table_add(&table, PAINT_BOLD, "policy");
	table_add(&table, PAINT_BOLD, "avoided");
	for (size_t i = 0; i < LINE_COUNTERS; i++)
		table_add(&table, PAINT_BOLD, "%s",
			  line_header(line_counters[i]));
	for (size_t t = 0; t < report->traces; t++) {
		const struct results *r = &report->results[t];

		table_add(&table, PAINT_NONE, "%s", r->trace);
		table_add(&table, PAINT_NONE, "%s", r->policy);
		add_avoided(&table, r);
		for (size_t i = 0; i < LINE_COUNTERS; i++)
			add_value(&table, r, line_counters[i]);
	}
	table_print(&table, to, report->color);
	table_free(&table);
}

static void print_summary(const struct report *report, FILE *to)
{
	struct table table = { .columns = report->policies + 1, .left = 1 };

	table_add(&table, PAINT_BOLD, "flushes avoided");
	for (size_t p = 0; p < report->policies; p++)
		table_add(&table, PAINT_BOLD, "%s", report->results[p].policy);
	for (size_t t = 0; t < report->traces; t++) {
		const struct results *r =
			&report->results[t * report->policies];

		table_add(&table, PAINT_NONE, "%s", r->trace);
		for (size_t p = 0; p < report->policies; p++)
			add_avoided(&table, &r[p]);
	}
	table_print(&table, to, report->color);
	table_free(&table);
}

static int write_text(const struct report *report, FILE *to)
{
	if (report->traces > 1 && report->policies == 1) {
		print_lines(report, to);
		return 0;
	}
	for (size_t t = 0; t < report->traces; t++) {
		print_trace(report, &report->results[t * report->policies], to);
		if (report->traces > 1)
			fputc('\n', to);
	}
	if (report->traces > 1)
		print_summary(report, to);
	return 0;
}

const struct report_format report_text = {
	.name = "text",
	.suffix = ".txt",
	.text = "tables, policies side by side, for people",
	.write = write_text,
};

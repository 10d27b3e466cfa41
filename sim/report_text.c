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

#include "mmu/quirks.h"
#include "sim/report.h"
#include "sim/table.h"

/* What is shown unless everything is asked for: the answer first. */
enum when {
	ALWAYS,
	ALONE,	      /* of a single trace */
	ALONE_IF_ANY, /* ... and not 0 under every policy */
};

static const struct row {
	enum counter counter;
	enum when when;
} rows[] = {
	{ COUNTER_flush_avoided_percent, ALWAYS },
	{ COUNTER_flush_batches, ALWAYS },
	{ COUNTER_flush_performed, ALWAYS },
	{ COUNTER_flush_avoided, ALWAYS },
	{ COUNTER_flush_ipis, ALWAYS },
	{ COUNTER_flush_false, ALWAYS },
	{ COUNTER_flush_uncounted, ALONE_IF_ANY },
	{ COUNTER_flush_at_allocation, ALONE_IF_ANY },
	{ COUNTER_flush_at_type_change, ALONE_IF_ANY },
	{ COUNTER_flush_p2m_syncs, ALONE_IF_ANY },
	{ COUNTER_flush_iotlb, ALONE_IF_ANY },
	{ COUNTER_flush_clock_wraps, ALONE_IF_ANY },
	{ COUNTER_oracle_violations, ALWAYS },
	{ COUNTER_oracle_stale_uses, ALWAYS },
	{ COUNTER_grant_map_ops, ALONE },
	{ COUNTER_grant_unmap_ops, ALONE },
	{ COUNTER_grant_copy_ops, ALONE_IF_ANY },
	{ COUNTER_grant_replace_ops, ALONE_IF_ANY },
	{ COUNTER_grant_hypercalls, ALONE },
	{ COUNTER_grant_failed_ops, ALONE_IF_ANY },
	{ COUNTER_grant_pages_unmapped, ALONE },
	{ COUNTER_grant_pages_touched, ALONE },
	{ COUNTER_tlb_lookups, ALONE_IF_ANY },
	{ COUNTER_tlb_walks, ALONE_IF_ANY },
	{ COUNTER_tlb_faults, ALONE_IF_ANY },
	{ COUNTER_tlb_machine_checks, ALONE_IF_ANY },
	{ COUNTER_dma_accesses, ALONE_IF_ANY },
	{ COUNTER_dma_stale_uses, ALONE_IF_ANY },
	{ COUNTER_dma_faults, ALONE_IF_ANY },
	{ COUNTER_cycles_total, ALWAYS },
	{ COUNTER_cycles_flush, ALONE },
	{ COUNTER_cycles_ipi, ALONE },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

/* What is red when it is not zero. */
static bool is_alarm(enum counter counter)
{
	return counter == COUNTER_oracle_violations ||
	       counter == COUNTER_oracle_stale_uses ||
	       counter == COUNTER_tlb_machine_checks;
}

/* The number that all this is about; red when it was not safe, and never green
 * if nobody looked. */
static enum paint paint_of_avoided(const struct results *r)
{
	if (r->unchecked)
		return PAINT_NONE;
	if (r->count[COUNTER_oracle_violations])
		return PAINT_BAD;
	return r->count[COUNTER_flush_avoided] ? PAINT_GOOD : PAINT_NONE;
}

static void add_value(struct table *table, const struct results *r,
		      enum counter counter)
{
	uint64_t count = r->count[counter];
	enum paint paint = is_alarm(counter) && count ? PAINT_BAD : PAINT_NONE;

	if (counter == COUNTER_flush_avoided_percent)
		paint = paint_of_avoided(r);
	if (!results_know(r, counter))
		table_add(table, PAINT_NONE, "not checked");
	else if (counter_info[counter].type == COUNTER_percent)
		table_add_percent(table, paint, results_value(r, counter));
	else
		table_add_count(table, paint, count);
}

/* ---- one trace, policies side by side ------------------------------- */

static bool any_nonzero(const struct report *report, const struct results *r,
			enum counter counter)
{
	for (size_t p = 0; p < report->policies; p++)
		if (results_value(&r[p], counter) > 0)
			return true;
	return false;
}

static bool is_shown(const struct report *report, const struct results *r,
		     const struct row *row)
{
	if (row->when == ALWAYS)
		return true;
	return report->traces == 1 &&
	       (row->when == ALONE || any_nonzero(report, r, row->counter));
}

/* The counters to show of @r; how many. */
static size_t choose(const struct report *report, const struct results *r,
		     enum counter chosen[COUNTERS])
{
	size_t count = 0;

	for (enum counter i = 0; i < COUNTERS && report->verbose; i++)
		chosen[count++] = i;
	for (size_t i = 0; i < ROWS && !report->verbose; i++)
		if (is_shown(report, r, &rows[i]))
			chosen[count++] = rows[i].counter;
	return count;
}

static void add_row(struct table *table, const struct report *report,
		    const struct results *r, const char *group,
		    enum counter counter)
{
	table_add(table, PAINT_BOLD, "%s", group);
	table_add(table, PAINT_NONE, "%s", counter_info[counter].name);
	for (size_t p = 0; p < report->policies; p++)
		add_value(table, &r[p], counter);
}

static void print_side_by_side(const struct report *report,
			       const struct results *r, FILE *to)
{
	struct table table = { .columns = report->policies + 2, .left = 2 };
	enum counter chosen[COUNTERS];
	size_t count = choose(report, r, chosen);
	const char *group = "", *last = "";

	table_add(&table, PAINT_NONE, "%s", "");
	table_add(&table, PAINT_NONE, "%s", "");
	for (size_t p = 0; p < report->policies; p++)
		table_add(&table, PAINT_BOLD, "%s", r[p].policy);
	for (size_t i = 0; i < count; i++, last = group) {
		group = counter_info[chosen[i]].group;
		if (i > 0 && strcmp(group, last) != 0)
			table_end_row(&table);
		add_row(&table, report, r,
			strcmp(group, last) != 0 ? group : "", chosen[i]);
	}
	table_print(&table, to, report->color);
	table_free(&table);
}

/* What is said of a machine with quirks is not said of others. */
static void print_quirks(unsigned quirks, FILE *to)
{
	const char *lead = "with the quirks ";

	if (quirks && !(quirks & (quirks - 1)))
		lead = "with the quirk ";
	for (unsigned i = 0; i < MMU_QUIRKS; i++) {
		if (!(quirks & 1u << i))
			continue;
		fprintf(to, "%s%s", lead, mmu_quirk_info[i].name);
		lead = ", ";
	}
	if (quirks)
		fputc('\n', to);
}

/* What a sweep put in place of what the trace says. */
static void print_parameters(const struct results *r, FILE *to)
{
	const char *lead = "with ";

	for (size_t i = 0; i < r->nr_parameters; i++, lead = ", ")
		fprintf(to, "%s%s=%s", lead, r->parameter[i].path,
			r->parameter[i].value);
	if (r->nr_parameters)
		fputc('\n', to);
}

static void print_title(const struct report *report, const struct results *r,
			FILE *to)
{
	if (r->title[0]) {
		paint_text(to, report->color, PAINT_BOLD, 0, r->title);
		fputc('\n', to);
	}
	fprintf(to, "%s on %s",
		strcmp(r->trace, "-") == 0 ? "standard input" : r->trace,
		r->machine);
	if (r->seed)
		fprintf(to, ", seed %" PRIu64, r->seed);
	fputc('\n', to);
	print_quirks(r->quirks, to);
	print_parameters(r, to);
	fputc('\n', to);
}

/* In full if there is one trace to look at. */
static void print_notes(const struct report *report, const struct results *r,
			FILE *to)
{
	if (!r->nr_incomplete)
		return;
	if (report->traces > 1 && !report->verbose) {
		fprintf(to, "\nincomplete in %zu ways, shown by -v\n",
			r->nr_incomplete);
		return;
	}
	fputs("\nincomplete:\n", to);
	for (size_t i = 0; i < r->nr_incomplete; i++)
		wrap_text(to, "  - ", "    ", r->incomplete[i]);
}

static void print_policy(const struct report *report, const struct results *r,
			 bool follows, FILE *to)
{
	fputs(follows ? ", " : "", to);
	paint_text(to, report->color, PAINT_BAD, 0, r->policy);
}

/* Policies that fail alike fail in one line. */
static void print_firsts(const struct report *report, const struct results *r,
			 FILE *to)
{
	const char *gap = "\n";
	size_t p, q;

	for (p = 0; p < report->policies; p++) {
		for (q = 0; strcmp(r[q].first, r[p].first) != 0; q++)
			;
		if (q < p || !r[p].first[0])
			continue;
		fputs(gap, to);
		for (; q < report->policies; q++)
			if (strcmp(r[q].first, r[p].first) == 0)
				print_policy(report, &r[q], q > p, to);
		fprintf(to, ": %s\n", r[p].first);
		gap = "";
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
	print_firsts(report, r, to);
	for (size_t p = 0; p < report->policies; p++)
		print_inspect(&r[p], to);
}

/* ---- one line for each trace ---------------------------------------- */

static const struct column {
	enum counter counter;
	const char *title;
} columns[] = {
	{ COUNTER_flush_avoided_percent, "avoided" },
	{ COUNTER_flush_batches, "batches" },
	{ COUNTER_flush_performed, "performed" },
	{ COUNTER_flush_ipis, "ipis" },
	{ COUNTER_oracle_violations, "violations" },
	{ COUNTER_oracle_stale_uses, "stale_uses" },
	{ COUNTER_cycles_total, "cycles" },
};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

/* Whether the traces did not all run on the same. */
static bool machines_differ(const struct report *report)
{
	const struct results *r = report->results;

	for (size_t t = 1; t < report->traces; t++)
		if (strcmp(r[t].machine, r[0].machine) != 0)
			return true;
	return false;
}

static void add_titles(struct table *table, const struct results *r,
		       bool machines)
{
	table_add(table, PAINT_BOLD, "trace");
	if (machines)
		table_add(table, PAINT_BOLD, "machine");
	for (size_t i = 0; i < r->nr_parameters; i++)
		table_add(table, PAINT_BOLD, "%s", r->parameter[i].path);
	table_add(table, PAINT_BOLD, "policy");
	for (size_t i = 0; i < COLUMNS; i++)
		table_add(table, PAINT_BOLD, "%s", columns[i].title);
}

/* What a line is of. */
static void add_run(struct table *table, const struct results *r, bool machines)
{
	table_add(table, PAINT_NONE, "%s", r->trace);
	if (machines)
		table_add(table, PAINT_NONE, "%s", r->machine);
	for (size_t i = 0; i < r->nr_parameters; i++)
		table_add(table, PAINT_NONE, "%s", r->parameter[i].value);
	table_add(table, PAINT_NONE, "%s", r->policy);
}

static void print_lines(const struct report *report, FILE *to)
{
	const struct results *r = report->results;
	bool machines = machines_differ(report);
	size_t left = 2 + machines + r->nr_parameters;
	struct table table = { .columns = left + COLUMNS, .left = left };

	add_titles(&table, r, machines);
	for (size_t t = 0; t < report->traces; t++) {
		add_run(&table, &r[t], machines);
		for (size_t i = 0; i < COLUMNS; i++)
			add_value(&table, &r[t], columns[i].counter);
	}
	table_print(&table, to, report->color);
	table_free(&table);
}

static void print_summary(const struct report *report, FILE *to)
{
	struct table table = { .columns = report->policies + 2, .left = 1 };

	table_add(&table, PAINT_BOLD, "flushes avoided");
	table_add(&table, PAINT_BOLD, "of batches");
	for (size_t p = 0; p < report->policies; p++)
		table_add(&table, PAINT_BOLD, "%s", report->results[p].policy);
	for (size_t t = 0; t < report->traces; t++) {
		const struct results *r =
			&report->results[t * report->policies];

		table_add(&table, PAINT_NONE, "%s", r->trace);
		add_value(&table, r, COUNTER_flush_batches);
		for (size_t p = 0; p < report->policies; p++)
			add_value(&table, &r[p], COUNTER_flush_avoided_percent);
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

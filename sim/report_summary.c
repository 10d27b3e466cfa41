/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_summary.c - many traces under many policies on one page: a line for
 * each trace, a column for each policy.
 *
 *   avoided/batches   how many of its flushes that policy left out
 *   !violations       and how often that, or something else, was not safe;
 *                     ? where nobody looked
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "sim/report.h"
#include "sim/table.h"

/* The file's name without its folder and the suffixes of traces. */
static void add_name(struct table *table, const char *trace)
{
	const char *slash = strrchr(trace, '/');
	const char *name = slash ? slash + 1 : trace;
	const char *suffix = strstr(name, ".yaml");

	table_add(table, PAINT_NONE, "%.*s",
		  (int)(suffix ? suffix - name : (long)strlen(name)), name);
}

static void add_cell(struct table *table, const struct results *r)
{
	uint64_t avoided = r->count[COUNTER_flush_avoided];
	uint64_t batches = r->count[COUNTER_flush_batches];
	uint64_t violations = r->count[COUNTER_oracle_violations];

	if (r->unchecked)
		table_add(table, PAINT_NONE, "%" PRIu64 "/%" PRIu64 " ?",
			  avoided, batches);
	else if (violations)
		table_add(table, PAINT_BAD, "%" PRIu64 "/%" PRIu64 " !%" PRIu64,
			  avoided, batches, violations);
	else
		table_add(table, avoided ? PAINT_GOOD : PAINT_NONE,
			  "%" PRIu64 "/%" PRIu64, avoided, batches);
}

static int write_summary(const struct report *report, FILE *to)
{
	struct table table = { .columns = report->policies + 1, .left = 1 };

	table_add(&table, PAINT_BOLD, "avoided/batches !violations");
	for (size_t p = 0; p < report->policies; p++)
		table_add(&table, PAINT_BOLD, "%s",
			  report->policies > 1 || report->traces == 1
				  ? report->results[p].policy
				  : "");
	for (size_t t = 0; t < report->traces; t++) {
		const struct results *r =
			&report->results[t * report->policies];

		add_name(&table, r->trace);
		for (size_t p = 0; p < report->policies; p++)
			add_cell(&table, &r[p]);
	}
	table_print(&table, to, report->color);
	table_free(&table);
	return 0;
}

const struct report_format report_summary = {
	.name = "summary",
	.suffix = ".summary",
	.text = "a line for each trace: avoided/batches, !violations",
	.write = write_summary,
};

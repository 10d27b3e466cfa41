/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_write.c - how fast it was: a table, or "tlbsim-bench/1" objects.
 */
#include "config.h"

#include <errno.h>

#include <jansson.h>

#include "sim/bench.h"
#include "sim/table.h"

/* @ns of a run, for one thing. */
static double ns_each(const struct bench_result *result, uint64_t ns)
{
	return (double)ns / (double)result->operations;
}

static double per_second(const struct bench_result *result, uint64_t ns)
{
	return 1e9 / ns_each(result, ns);
}

/* ---- text ---------------------------------------------------------------- */

static void add_head(struct table *table)
{
	static const char *const heads[] = { "benchmark", "million/s", "ns",
					     "min",	  "max",       "+-",
					     "of" };

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		table_add(table, PAINT_BOLD, "%s", heads[i]);
}

static void add_row(struct table *table, const struct bench_result *r)
{
	uint64_t median = bench_median(r);

	table_add(table, PAINT_NONE, "%s", r->benchmark->name);
	table_add(table, PAINT_NONE, "%.1f", per_second(r, median) / 1e6);
	table_add(table, PAINT_NONE, "%.2f", ns_each(r, median));
	table_add(table, PAINT_NONE, "%.2f", ns_each(r, r->ns[0]));
	table_add(table, PAINT_NONE, "%.2f", ns_each(r, r->ns[r->runs - 1]));
	table_add(table, PAINT_NONE, "%.2f", ns_each(r, bench_spread(r)));
	table_add(table, PAINT_NONE, "%s", r->benchmark->unit);
}

int bench_write_text(const struct bench_result *results, size_t count, FILE *to)
{
	struct table table = { .columns = 7, .left = 1 };

	fprintf(to,
		"machine %s; median of %u runs, +- is the median distance to "
		"it\n\n",
		results[0].machine, results[0].runs);
	add_head(&table);
	for (size_t i = 0; i < count; i++)
		add_row(&table, &results[i]);
	table_print(&table, to, false);
	table_free(&table);
	return 0;
}

/* ---- JSON ---------------------------------------------------------------- */

#define COUNTERS_SHOWN(row)                                                    \
	row(lookups) row(l1_hits) row(l1_misses) row(l1_clean) row(l2_hits)    \
		row(l2_misses) row(l2_clean) row(evictions) row(walks)         \
			row(walk_loads) row(a_set) row(d_set)

static json_t *counters(const struct mmu_counters *c)
{
	json_t *o = json_object();
	int rc = o ? 0 : -1;

#define ROW(name)                                                              \
	rc |= json_object_set_new(o, #name, json_integer((json_int_t)c->name));
	COUNTERS_SHOWN(ROW)
#undef ROW
	if (rc == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *times(const struct bench_result *r)
{
	return json_pack("{s:f, s:f, s:f, s:f}", "median",
			 ns_each(r, bench_median(r)), "min",
			 ns_each(r, r->ns[0]), "max",
			 ns_each(r, r->ns[r->runs - 1]), "mad",
			 ns_each(r, bench_spread(r)));
}

static json_t *object(const struct bench_result *r)
{
	json_t *o = json_pack(
		"{s:s, s:s, s:s, s:s, s:I, s:i, s:f, s:o}", "schema",
		"tlbsim-bench/1", "benchmark", r->benchmark->name, "machine",
		r->machine, "unit", r->benchmark->unit, "operations",
		(json_int_t)r->operations, "runs", (int)r->runs, "per_second",
		per_second(r, bench_median(r)), "ns", times(r));

	if (o && r->benchmark->counters &&
	    json_object_set_new(o, "tlb", counters(&r->counters)) < 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int bench_write_json(const struct bench_result *results, size_t count, FILE *to)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, object(&results[i])) == 0)
			continue;
		json_decref(array);
		return -ENOMEM;
	}
	/* An error of the stream stays in the stream. */
	json_dumpf(array, to, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	fputc('\n', to);
	json_decref(array);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_bench.c - two files of `tlbsim bench`: what got slower?
 *
 *       base  +- 3 mad              now  +- 3 mad
 *   ------|======|-------------------|=======|-------> ns
 *         `------ worse if these are apart ---'
 *
 * Times differ from run to run, and more so where others work as well.  The
 * median distance to the median (mad) tells how much; of what is spread as
 * chance spreads it, 3 of them are 2 standard deviations.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/compare_bench.h"
#include "sim/table.h"

#define SCHEMA "tlbsim-bench/1"
#define SPREADS 3

/* ---- reading --------------------------------------------------------- */

static bool is_row(const json_t *object)
{
	const char *schema = json_string_value(
		json_object_get(object, "schema"));

	return schema && strcmp(schema, SCHEMA) == 0;
}

bool bench_is(const json_t *json)
{
	return is_row(json_array_get(json, 0));
}

/* False after adding an error about the @i-th object of @path. */
static bool read_row(const json_t *file, const char *path, size_t i,
		     struct bench_time *row, struct diags *diags)
{
	const struct place place = { path, 0, 0 };
	json_t *object = json_array_get(file, i);
	json_int_t operations;

	if (is_row(object) &&
	    json_unpack(object, "{s:s, s:s, s:I, s:{s:F, s:F}}", "benchmark",
			&row->benchmark, "machine", &row->machine, "operations",
			&operations, "ns", "median", &row->median, "mad",
			&row->mad) == 0) {
		row->operations = operations;
		return true;
	}
	diag_error(diags, place, "result %zu: not of schema " SCHEMA, i + 1);
	return false;
}

/* ---- comparing ------------------------------------------------------- */

static bool is_same(const struct bench_time *a, const struct bench_time *b)
{
	return a->benchmark && b->benchmark &&
	       strcmp(a->benchmark, b->benchmark) == 0 &&
	       strcmp(a->machine, b->machine) == 0;
}

static void judge(struct bench_pair *pair, double share)
{
	double spread = SPREADS * (pair->base.mad + pair->now.mad);
	double by = pair->now.median - pair->base.median;

	pair->allowed = share * pair->base.median;
	if (pair->allowed < spread)
		pair->allowed = spread;
	if (by > pair->allowed)
		pair->verdict = VERDICT_WORSE;
	else if (by < -pair->allowed)
		pair->verdict = VERDICT_BETTER;
	else
		pair->verdict = by > 0 ? VERDICT_TOLERATED : VERDICT_SAME;
}

/* Put the rows of a file where those of the same benchmark are. */
static struct bench_pair *pair_of(struct bench_comparison *comparison,
				  const struct bench_time *row)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (is_same(&comparison->pair[i].base, row))
			return &comparison->pair[i];
	return &comparison->pair[comparison->count++];
}

/* Runs of another length are warmed up otherwise. */
static bool is_same_work(const struct bench_pair *pair, const char *path,
			 struct diags *diags)
{
	const struct place place = { path, 0, 0 };

	if (!pair->base.benchmark ||
	    pair->base.operations == pair->now.operations)
		return true;
	diag_error(diags, place,
		   "'%s' is not the work that it was: %lld operations, not "
		   "%lld",
		   pair->now.benchmark, (long long)pair->now.operations,
		   (long long)pair->base.operations);
	diag_hint(diags, "--quick is for both or for none");
	return false;
}

static void count(struct bench_comparison *comparison, double share)
{
	for (size_t i = 0; i < comparison->count; i++) {
		struct bench_pair *pair = &comparison->pair[i];

		if (pair->base.benchmark && pair->now.benchmark)
			judge(pair, share);
		comparison->worse += pair->verdict == VERDICT_WORSE;
		comparison->missing += !pair->now.benchmark;
	}
}

int bench_compare(struct bench_comparison *comparison, const json_t *base,
		  const char *base_path, const json_t *now,
		  const char *now_path, double share, struct diags *diags)
{
	size_t of_base = json_array_size(base), of_now = json_array_size(now);
	struct bench_time row;

	*comparison = (struct bench_comparison){ .count = 0 };
	comparison->pair = calloc(of_base + of_now, sizeof(*comparison->pair));
	if (!comparison->pair)
		return -ENOMEM;
	for (size_t i = 0; i < of_base; i++)
		if (read_row(base, base_path, i, &row, diags))
			pair_of(comparison, &row)->base = row;
	for (size_t i = 0; i < of_now; i++) {
		struct bench_pair *pair;

		if (!read_row(now, now_path, i, &row, diags))
			continue;
		pair = pair_of(comparison, &row);
		pair->now = row;
		is_same_work(pair, now_path, diags);
	}
	count(comparison, share);
	if (!diags->count)
		return 0;
	bench_comparison_free(comparison);
	return -EBADMSG;
}

void bench_comparison_free(struct bench_comparison *comparison)
{
	free(comparison->pair);
	comparison->pair = NULL;
}

bool bench_comparison_failed(const struct bench_comparison *comparison)
{
	return comparison->worse || comparison->missing;
}

/* ---- showing --------------------------------------------------------- */

static const char *state(const struct bench_pair *pair)
{
	if (!pair->now.benchmark)
		return "missing";
	return pair->base.benchmark ? verdict_names[pair->verdict] : "new";
}

static enum paint paint_of(const struct bench_pair *pair)
{
	if (!pair->now.benchmark || pair->verdict == VERDICT_WORSE)
		return PAINT_BAD;
	return pair->verdict == VERDICT_BETTER ? PAINT_GOOD : PAINT_NONE;
}

static void add_time(struct table *table, const struct bench_time *row)
{
	if (row->benchmark)
		table_add(table, PAINT_NONE, "%.2f", row->median);
	else
		table_add(table, PAINT_NONE, "-");
}

static void add_row(struct table *table, const struct bench_pair *pair)
{
	const struct bench_time *base = &pair->base, *now = &pair->now;
	const struct bench_time *row = base->benchmark ? base : now;

	table_add(table, PAINT_NONE, "%s", row->benchmark);
	table_add(table, PAINT_NONE, "%s", row->machine);
	add_time(table, base);
	add_time(table, now);
	if (base->benchmark && now->benchmark) {
		table_add(table, paint_of(pair), "%+.1f%%",
			  100 * (now->median / base->median - 1));
		table_add(table, PAINT_NONE, "%.1f%%",
			  100 * pair->allowed / base->median);
	} else {
		table_add(table, PAINT_NONE, "-");
		table_add(table, PAINT_NONE, "-");
	}
	table_add(table, paint_of(pair), "%s", state(pair));
}

int bench_comparison_text(const struct bench_comparison *comparison, bool color,
			  FILE *to)
{
	static const char *const heads[] = { "benchmark", "machine", "ns",
					     "ns now",	  "by",	     "allowed",
					     "" };
	struct table table = { .columns = 7, .left = 2 };
	bool failed = bench_comparison_failed(comparison);

	for (size_t i = 0; i < table.columns; i++)
		table_add(&table, PAINT_BOLD, "%s", heads[i]);
	for (size_t i = 0; i < comparison->count; i++)
		add_row(&table, &comparison->pair[i]);
	table_print(&table, to, color);
	table_free(&table);
	paint_text(to, color, failed ? PAINT_BAD : PAINT_GOOD, 0,
		   failed ? "worse" : "not worse");
	fprintf(to, ": %zu benchmarks, %zu worse, %zu missing\n",
		comparison->count, comparison->worse, comparison->missing);
	return 0;
}

static json_t *object_of(const struct bench_pair *pair)
{
	const struct bench_time *base = &pair->base, *now = &pair->now;
	const struct bench_time *row = base->benchmark ? base : now;

	return json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:f}", "benchmark", row->benchmark,
		"machine", row->machine, "verdict", state(pair), "from",
		base->benchmark ? json_real(base->median) : json_null(), "to",
		now->benchmark ? json_real(now->median) : json_null(),
		"allowed", pair->allowed);
}

int bench_comparison_json(const struct bench_comparison *comparison, FILE *to)
{
	json_t *array = json_array(), *all;

	for (size_t i = 0; i < comparison->count; i++)
		if (json_array_append_new(
			    array, object_of(&comparison->pair[i])) < 0) {
			json_decref(array);
			return -ENOMEM;
		}
	all = json_pack("{s:s, s:b, s:o}", "schema", "tlbsim-compare-bench/1",
			"failed", bench_comparison_failed(comparison),
			"benchmarks", array);
	if (!all)
		return -ENOMEM;
	/* An error of the stream stays in the stream. */
	json_dumpf(all, to, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	fputc('\n', to);
	json_decref(all);
	return 0;
}

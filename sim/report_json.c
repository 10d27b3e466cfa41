/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_json.c - results for programs: an array of objects, one for each
 * trace, policy and machine; schema "tlbsim-result/1".
 *
 * Counters are integers, percents reals of six digits, so that equal results
 * are equal bytes.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <jansson.h>

#include "mmu/quirks.h"
#include "sim/report.h"
#include "sim/series.h"

/* JSON is UTF-8; a file's name need not be. */
static json_t *text(const char *bytes)
{
	json_t *string = json_string(bytes);
	char *ascii;

	if (string)
		return string;
	ascii = strdup(bytes);
	if (!ascii)
		return NULL;
	for (char *c = ascii; *c; c++)
		if (!isascii((unsigned char)*c))
			*c = '?';
	string = json_string(ascii);
	free(ascii);
	return string;
}

static json_t *value(const struct results *results, enum counter counter)
{
	double value = results_value(results, counter);

	if (!results_know(results, counter))
		return json_null();
	if (counter_info[counter].type == COUNTER_percent)
		return json_real(value);
	return json_integer((json_int_t)results->count[counter]);
}

static int add_counter(json_t *object, const struct results *results,
		       enum counter counter)
{
	const struct counter_info *info = &counter_info[counter];
	json_t *group = json_object_get(object, info->group);

	if (!group) {
		group = json_object();
		if (json_object_set_new(object, info->group, group) < 0)
			return -1;
	}
	return json_object_set_new(group, info->name, value(results, counter));
}

static int add_first(json_t *object, const struct results *results)
{
	return json_object_set_new(json_object_get(object, "oracle"), "first",
				   results->first[0] ? text(results->first)
						     : json_null());
}

static json_t *incomplete(const struct results *results)
{
	json_t *list = json_array();

	for (size_t i = 0; i < results->nr_incomplete; i++)
		if (json_array_append_new(list, text(results->incomplete[i])) <
		    0)
			return NULL;
	return list;
}

static json_t *quirks(const struct results *results)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < MMU_QUIRKS; i++)
		if ((results->quirks & 1u << i) &&
		    json_array_append_new(list, text(mmu_quirk_info[i].name)) <
			    0)
			return NULL;
	return list;
}

static json_t *inspect(const struct results *results)
{
	json_t *list = json_array();

	for (size_t i = 0; i < results->nr_inspect; i++)
		if (json_array_append_new(list, text(results->inspect[i])) < 0)
			return NULL;
	return list;
}

/* ---- over time ------------------------------------------------------- */

/* What one counter did in each bucket. */
static json_t *deltas(const struct series *series, unsigned counter)
{
	json_t *list = json_array();

	for (size_t i = 0; i < series->count; i++)
		json_array_append_new(
			list, json_integer((json_int_t)series_value(series, i,
								    counter)));
	return list;
}

static json_t *over_time(const struct results *r, const struct series *series)
{
	json_t *o = json_pack("{s:I, s:I}", "events",
			      (json_int_t)series->events, "events_per_bucket",
			      (json_int_t)series->width);

	for (unsigned i = 0; i < SERIES_COUNTERS; i++)
		json_object_set_new(o, counter_info[series_counter[i]].path,
				    results_know(r, series_counter[i])
					    ? deltas(series, i)
					    : json_null());
	return o;
}

static json_t *batch_sizes(const struct series *series)
{
	json_t *list = json_array();
	const struct series_size *size;

	for (int i = 1; i <= SERIES_OPS; i++) {
		size = &series->size[i];
		if (size->performed || size->avoided)
			json_array_append_new(
				list, json_pack("{s:i, s:I, s:I}", "ops", i,
						"performed",
						(json_int_t)size->performed,
						"avoided",
						(json_int_t)size->avoided));
	}
	return list;
}

static int add_series(json_t *o, const struct results *r)
{
	if (!r->series)
		return 0;
	return json_object_set_new(o, "series", over_time(r, r->series)) |
	       json_object_set_new(o, "batch_sizes", batch_sizes(r->series));
}

/* ---- the object ------------------------------------------------------ */

static int fill(json_t *o, const struct results *r)
{
	int rc = 0;

	rc |= json_object_set_new(o, "schema", text("tlbsim-result/1"));
	rc |= json_object_set_new(o, "trace", text(r->trace));
	rc |= json_object_set_new(o, "policy", text(r->policy));
	rc |= json_object_set_new(o, "machine", text(r->machine));
	rc |= json_object_set_new(o, "quirks", quirks(r));
	rc |= json_object_set_new(o, "seed", json_integer((json_int_t)r->seed));
	rc |= json_object_set_new(o, "incomplete", incomplete(r));
	for (enum counter i = 0; i < COUNTERS; i++)
		rc |= add_counter(o, r, i);
	rc |= add_first(o, r);
	rc |= json_object_set_new(o, "inspect", inspect(r));
	rc |= add_series(o, r);
	return rc;
}

static int fill_all(json_t *array, const struct report *report)
{
	json_t *object;

	for (size_t i = 0; i < report->traces * report->policies; i++) {
		object = json_object();
		if (json_array_append_new(array, object) < 0 ||
		    fill(object, &report->results[i]) < 0)
			return -1;
	}
	return 0;
}

int report_json_write(const struct report *report, size_t flags, FILE *to)
{
	json_t *array = json_array();
	int rc = -ENOMEM;

	if (array && fill_all(array, report) == 0) {
		/* An error of the stream stays in the stream. */
		json_dumpf(array, to, flags | JSON_REAL_PRECISION(6));
		fputc('\n', to);
		rc = 0;
	}
	json_decref(array);
	return rc;
}

static int write_json(const struct report *report, FILE *to)
{
	return report_json_write(report, JSON_INDENT(2), to);
}

const struct report_format report_json = {
	.name = "json",
	.suffix = ".json",
	.text = "an array of tlbsim-result/1 objects, for programs",
	.series = true,
	.write = write_json,
};

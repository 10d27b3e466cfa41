/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results_json.c - results as a JSON object, and back.
 *
 * Counters are integers, percents reals, which are computed anew on the way
 * back.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/quirks.h"
#include "sim/results_json.h"
#include "sim/series.h"

/* JSON is UTF-8; a file's name need not be. */
json_t *results_json_text(const char *bytes)
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

/* ---- to JSON ---------------------------------------------------------- */

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
				   results->first[0]
					   ? results_json_text(results->first)
					   : json_null());
}

static json_t *incomplete(const struct results *results)
{
	json_t *list = json_array();

	for (size_t i = 0; i < results->nr_incomplete; i++)
		if (json_array_append_new(
			    list, results_json_text(results->incomplete[i])) <
		    0)
			return NULL;
	return list;
}

static json_t *quirks(const struct results *results)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < MMU_QUIRKS; i++)
		if ((results->quirks & 1u << i) &&
		    json_array_append_new(
			    list, results_json_text(mmu_quirk_info[i].name)) <
			    0)
			return NULL;
	return list;
}

static json_t *inspect(const struct results *results)
{
	json_t *list = json_array();

	for (size_t i = 0; i < results->nr_inspect; i++)
		if (json_array_append_new(
			    list, results_json_text(results->inspect[i])) < 0)
			return NULL;
	return list;
}

#define DIGITS_MAX 18 /* that an integer of JSON has for certain */

/* A decimal number becomes one, the rest is text. */
static json_t *parameter(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits && digits <= DIGITS_MAX && !text[digits] &&
	    (text[0] != '0' || digits == 1))
		return json_integer((json_int_t)strtoll(text, NULL, 10));
	return results_json_text(text);
}

/* Only results of a sweep have them. */
static int add_parameters(json_t *object, const struct results *results)
{
	json_t *all;
	int rc = 0;

	if (!results->nr_parameters)
		return 0;
	all = json_object();
	for (size_t i = 0; i < results->nr_parameters && rc == 0; i++)
		rc = json_object_set_new(
			all, results->parameter[i].path,
			parameter(results->parameter[i].value));
	return json_object_set_new(object, "parameters", all) < 0 ? -1 : rc;
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

/* ---- the object ---------------------------------------------------------- */

static int fill(json_t *o, const struct results *r)
{
	int rc = 0;

	rc |= json_object_set_new(o, "schema",
				  results_json_text(RESULT_SCHEMA));
	rc |= json_object_set_new(o, "trace", results_json_text(r->trace));
	rc |= json_object_set_new(o, "policy", results_json_text(r->policy));
	rc |= json_object_set_new(o, "machine", results_json_text(r->machine));
	rc |= json_object_set_new(o, "quirks", quirks(r));
	rc |= json_object_set_new(o, "seed", json_integer((json_int_t)r->seed));
	rc |= add_parameters(o, r);
	rc |= json_object_set_new(o, "incomplete", incomplete(r));
	for (enum counter i = 0; i < COUNTERS; i++)
		rc |= add_counter(o, r, i);
	rc |= add_first(o, r);
	rc |= json_object_set_new(o, "inspect", inspect(r));
	rc |= add_series(o, r);
	return rc;
}

json_t *results_to_json(const struct results *results)
{
	json_t *object = json_object();

	if (object && fill(object, results) < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* ---- and back ---------------------------------------------------------- */

/* The lists of an object, until results_copy() has copied them. */
struct lists {
	char **inspect;
	char (*incomplete)[200];
	struct result_parameter *parameter;
	char (*number)[24]; /* values of parameters that are numbers */
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void read_counters(struct results *results, const json_t *object)
{
	for (enum counter i = 0; i < COUNTERS; i++) {
		const struct counter_info *info = &counter_info[i];
		const json_t *group = json_object_get(object, info->group);

		if (info->type == COUNTER_count)
			results->count[i] = (uint64_t)json_integer_value(
				json_object_get(group, info->name));
	}
}

static unsigned read_quirks(const json_t *list)
{
	unsigned quirks = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		for (unsigned q = 0; q < MMU_QUIRKS; q++)
			if (name && strcmp(name, mmu_quirk_info[q].name) == 0)
				quirks |= 1u << q;
	}
	return quirks;
}

static void read_parameters(struct results *results, struct lists *lists,
			    json_t *object)
{
	const char *path;
	json_t *value;
	size_t i = 0;

	json_object_foreach(object, path, value)
	{
		const char *text = json_string_value(value);

		snprintf(lists->number[i], sizeof(lists->number[i]),
			 "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		lists->parameter[i] = (struct result_parameter){
			path, text ? text : lists->number[i]
		};
		i++;
	}
	results->nr_parameters = i;
	results->parameter = lists->parameter;
}

static int read_inspect(struct results *results, struct lists *lists,
			const json_t *list)
{
	const char *text;

	for (size_t i = 0; i < json_array_size(list); i++) {
		text = json_string_value(json_array_get(list, i));
		lists->inspect[i] = strdup(text ? text : "");
		if (!lists->inspect[i])
			return -ENOMEM;
		results->nr_inspect++;
	}
	results->inspect = lists->inspect;
	return 0;
}

static void read_incomplete(struct results *results, struct lists *lists,
			    const json_t *list)
{
	size_t count = json_array_size(list);
	const char *text;

	for (size_t i = 0; i < count; i++) {
		text = json_string_value(json_array_get(list, i));
		snprintf(lists->incomplete[i], sizeof(lists->incomplete[i]),
			 "%s", text ? text : "");
	}
	results->nr_incomplete = count;
	results->incomplete = (const char(*)[200])lists->incomplete;
}

static int read_object(struct results *results, struct lists *lists,
		       const json_t *object)
{
	const json_t *oracle = json_object_get(object, "oracle");
	int rc;

	*results = (struct results){
		.trace = text_of(object, "trace"),
		.policy = text_of(object, "policy"),
		.machine = text_of(object, "machine"),
		.quirks = read_quirks(json_object_get(object, "quirks")),
		.seed = (uint64_t)json_integer_value(
			json_object_get(object, "seed")),
		.unchecked = json_is_null(
			json_object_get(oracle, "violations")),
	};
	snprintf(results->first, sizeof(results->first), "%s",
		 text_of(oracle, "first"));
	read_counters(results, object);
	read_parameters(results, lists, json_object_get(object, "parameters"));
	read_incomplete(results, lists, json_object_get(object, "incomplete"));
	rc = read_inspect(results, lists, json_object_get(object, "inspect"));
	return rc;
}

static int make_lists(struct lists *lists, const json_t *object)
{
	size_t parameters = json_object_size(
		json_object_get(object, "parameters"));
	size_t incomplete = json_array_size(
		json_object_get(object, "incomplete"));
	size_t lines = json_array_size(json_object_get(object, "inspect"));

	/* One more each: nothing may be a NULL as well. */
	lists->parameter = calloc(parameters + 1, sizeof(*lists->parameter));
	lists->number = calloc(parameters + 1, sizeof(*lists->number));
	lists->incomplete = calloc(incomplete + 1, sizeof(*lists->incomplete));
	lists->inspect = calloc(lines + 1, sizeof(*lists->inspect));
	return lists->parameter && lists->number && lists->incomplete &&
			       lists->inspect
		       ? 0
		       : -ENOMEM;
}

static void free_lists(struct lists *lists)
{
	for (size_t i = 0; lists->inspect && lists->inspect[i]; i++)
		free(lists->inspect[i]);
	free(lists->inspect);
	free(lists->incomplete);
	free(lists->number);
	free(lists->parameter);
}

int results_from_json(struct results *results, const json_t *object)
{
	struct lists lists = { NULL };
	struct results read;
	int rc;

	if (strcmp(text_of(object, "schema"), RESULT_SCHEMA) != 0)
		return -EBADMSG;
	rc = make_lists(&lists, object);
	if (rc == 0)
		rc = read_object(&read, &lists, object);
	if (rc == 0)
		rc = results_copy(results, &read);
	free_lists(&lists);
	return rc;
}

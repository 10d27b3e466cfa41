/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results_file.c - results read back from a JSON file.
 *
 *   [ { "schema": "tlbsim-result/1", "trace": ..., "flush": { ... } }, ... ]
 *
 * or the same objects in lines.
 * Jansson keeps no places, so that what is wrong inside an object is told by
 * the number of that object and the path in it.  Members that this version
 * does not know are left alone: a newer one may have written them.
 *
 * Source of the format: RFC 8259; the schema is results_json.c's.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/quirks.h"
#include "sim/json_in.h"
#include "sim/results_file.h"
#include "sim/results_json.h"

struct reader {
	struct result_file *file;
	struct diags *diags;
	size_t number; /* of the object, from 1 */
};

/* ---- one object ----------------------------------------------------- */

static void reject(const struct reader *reader, const char *name,
		   const char *problem)
{
	const struct place place = { reader->file->path, 0, 0 };

	diag_error(reader->diags, place, "result %zu: '%s' %s", reader->number,
		   name, problem);
}

static const char *read_text(const struct reader *reader, const json_t *object,
			     const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_string(value))
		return json_string_value(value);
	reject(reader, name, value ? "is no string" : "is missing");
	return "";
}

static uint64_t read_count(const struct reader *reader, const char *name,
			   const json_t *value)
{
	if (json_is_integer(value) && json_integer_value(value) >= 0)
		return (uint64_t)json_integer_value(value);
	reject(reader, name, "is no count");
	return 0;
}

static uint64_t read_percent(const struct reader *reader, const char *name,
			     const json_t *value)
{
	double percent = json_number_value(value);

	if (json_is_number(value) && percent >= 0 && percent <= 100)
		return (uint64_t)(percent * RESULT_PERCENT_UNIT + 0.5);
	reject(reader, name, "is no percentage");
	return 0;
}

static void read_counter(const struct reader *reader, const json_t *object,
			 struct result *result, enum counter counter)
{
	const struct counter_info *info = &counter_info[counter];
	const json_t *group = json_object_get(object, info->group);
	const json_t *value = json_object_get(group, info->name);

	if (!value || json_is_null(value)) /* not checked is not there */
		return;
	result->has[counter] = true;
	if (info->type == COUNTER_percent)
		result->value[counter] = read_percent(reader, info->path,
						      value);
	else
		result->value[counter] = read_count(reader, info->path, value);
}

/* A mask by enum mmu_quirk; all that this version does not know have a bit of
 * their own.  Older files have no list. */
static unsigned read_quirks(const json_t *list)
{
	unsigned quirks = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		unsigned q = 0;

		while (q < MMU_QUIRKS &&
		       (!name || strcmp(name, mmu_quirk_info[q].name) != 0))
			q++;
		quirks |= 1u << q;
	}
	return quirks;
}

/* As JSON again, sorted: in whatever order, they are the same. */
static char *read_parameters(const json_t *object)
{
	const json_t *parameters = json_object_get(object, "parameters");
	char *text = parameters ? json_dumps(parameters,
					     JSON_COMPACT | JSON_SORT_KEYS)
				: strdup("");

	return text;
}

static int read_object(const struct reader *reader, const json_t *object,
		       struct result *result)
{
	const json_t *seed = json_object_get(object, "seed");
	const char *schema = read_text(reader, object, "schema");

	if (strcmp(schema, RESULT_SCHEMA) != 0) {
		reject(reader, "schema", "is not " RESULT_SCHEMA);
		return 0;
	}
	result->parameters = read_parameters(object);
	if (!result->parameters)
		return -ENOMEM;
	result->trace = read_text(reader, object, "trace");
	result->policy = read_text(reader, object, "policy");
	result->machine = read_text(reader, object, "machine");
	result->quirks = read_quirks(json_object_get(object, "quirks"));
	if (seed)
		result->seed = read_count(reader, "seed", seed);
	for (enum counter i = 0; i < COUNTERS; i++)
		read_counter(reader, object, result, i);
	return 0;
}

/* ---- all of them ---------------------------------------------------- */

int result_order(const struct result *a, const struct result *b)
{
	int order = strcmp(a->trace, b->trace);

	if (order == 0)
		order = strcmp(a->policy, b->policy);
	if (order == 0)
		order = strcmp(a->machine, b->machine);
	if (order == 0)
		order = (a->quirks > b->quirks) - (a->quirks < b->quirks);
	if (order == 0)
		order = (a->seed > b->seed) - (a->seed < b->seed);
	if (order == 0)
		order = strcmp(a->parameters, b->parameters);
	return order;
}

static int order_of_pointers(const void *a, const void *b)
{
	return result_order(*(const struct result *const *)a,
			    *(const struct result *const *)b);
}

static void reject_twins(const struct result_file *file,
			 const struct result **sorted, struct diags *diags)
{
	const struct place place = { file->path, 0, 0 };
	const struct result *r;

	for (size_t i = 0; i + 1 < file->count; i++) {
		r = sorted[i];
		if (result_order(r, sorted[i + 1]) == 0)
			diag_error(diags, place,
				   "two results of '%s' under '%s' on '%s'",
				   r->trace, r->policy, r->machine);
	}
}

static int check_unique(const struct result_file *file, struct diags *diags)
{
	const struct result **sorted = calloc(file->count, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < file->count; i++)
		sorted[i] = &file->result[i];
	qsort(sorted, file->count, sizeof(*sorted), order_of_pointers);
	reject_twins(file, sorted, diags);
	free(sorted);
	return 0;
}

static int read_array(struct result_file *file, const json_t *array,
		      struct diags *diags)
{
	struct reader reader = { .file = file, .diags = diags };
	int rc = 0;

	file->count = json_array_size(array);
	if (!file->count) {
		diag_error(diags, (struct place){ file->path, 0, 0 },
			   "no results in it");
		diag_hint(diags, "tlbsim replay -o FILE.json writes them");
		return -EBADMSG;
	}
	file->result = calloc(file->count, sizeof(*file->result));
	if (!file->result)
		return -ENOMEM;
	for (size_t i = 0; i < file->count && rc == 0; i++) {
		reader.number = i + 1;
		rc = read_object(&reader, json_array_get(array, i),
				 &file->result[i]);
	}
	if (rc < 0)
		return rc;
	return diags->count ? -EBADMSG : check_unique(file, diags);
}

int result_file_read(struct result_file *file, const char *path,
		     struct diags *diags)
{
	json_t *json;
	int rc = json_in_load(path, &json, diags);

	*file = (struct result_file){ .path = path };
	return rc < 0 ? rc : result_file_of(file, path, json, diags);
}

int result_file_of(struct result_file *file, const char *path, json_t *json,
		   struct diags *diags)
{
	int rc;

	*file = (struct result_file){ .path = path, .memory = json };
	rc = read_array(file, json, diags);
	if (rc == 0 && diags->count)
		rc = -EBADMSG;
	if (rc < 0)
		result_file_free(file);
	return rc;
}

void result_file_free(struct result_file *file)
{
	for (size_t i = 0; file->result && i < file->count; i++)
		free(file->result[i].parameters);
	free(file->result);
	json_decref(file->memory);
	*file = (struct result_file){ .count = 0 };
}

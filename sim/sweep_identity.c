/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_identity.c - what a part of a sweep is of: everything that its
 * results depend on, by checksum.
 *
 * Comments and the layout of the sweep's file are left out, the bytes of
 * traces and machine profiles are not.
 *
 * Source: CRC-64 as liblzma has it, that of ECMA-182.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "sim/output.h"
#include "sim/profile_find.h"
#include "sim/sweep_part.h"

#define SCHEMA "tlbsim-sweep/1"

struct sum_text {
	char text[17];
};

static struct sum_text sum_text(uint64_t sum)
{
	struct sum_text text;

	snprintf(text.text, sizeof(text.text), "%016" PRIx64, sum);
	return text;
}

static int sum_file(const char *path, uint64_t *sum)
{
	uint8_t block[65536];
	FILE *file = fopen(path, "re");
	size_t length;
	int rc = 0;

	if (!file)
		return -errno;
	*sum = 0;
	while ((length = fread(block, 1, sizeof(block), file)) > 0)
		*sum = lzma_crc64(block, length, *sum);
	if (ferror(file))
		rc = -errno;
	fclose(file);
	return rc;
}

/* Add "name": checksum of @path to @object. */
static int add_file(json_t *object, const char *name, const char *path)
{
	uint64_t sum;
	int rc = sum_file(path, &sum);

	if (rc < 0) {
		io_error("read", path, rc);
		return rc;
	}
	return json_object_set_new(object, name,
				   json_string(sum_text(sum).text)) < 0
		       ? -ENOMEM
		       : 0;
}

static int add_traces(json_t *object, const struct sweep *sweep)
{
	const struct sweep_axis *axis = &sweep->axis[AXIS_TRACE];
	int rc = 0;

	for (size_t i = 0; i < axis->count && rc == 0; i++)
		rc = add_file(object, axis->value[i].text, axis->value[i].path);
	return rc;
}

/* The machine that a trace names, if it can be found by name; one that is
 * written in the trace is part of it. */
static int add_own_machine(json_t *object, const char *trace_path)
{
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	char path[PROFILE_PATH_MAX];
	struct trace *trace;
	const char *name;
	int rc = 0;

	if (trace_open(&trace, trace_path, NULL, 0, &diags) < 0)
		return 0; /* its cells will tell */
	name = trace_header(trace)->profile.mmu.name;
	if (!json_object_get(object, name) && !strchr(name, '/') &&
	    profile_find(name, path, nowhere, &diags))
		rc = add_file(object, name, path);
	trace_close(trace);
	return rc;
}

static int add_machines(json_t *object, const struct sweep *sweep)
{
	const struct sweep_axis *traces = &sweep->axis[AXIS_TRACE];
	const struct sweep_axis *axis = &sweep->axis[AXIS_MACHINE];
	int rc = 0;

	for (size_t i = 0; i < axis->count && rc == 0; i++)
		if (axis->value[i].path)
			rc = add_file(object, axis->value[i].text,
				      axis->value[i].path);
	for (size_t i = 0; i < traces->count && rc == 0; i++)
		if (!axis->value[0].path)
			rc = add_own_machine(object, traces->value[i].path);
	return rc;
}

static int fill(json_t *o, const struct sweep *sweep, const struct shard *shard,
		json_t *traces, json_t *machines)
{
	uint64_t sum = lzma_crc64((const uint8_t *)sweep->text,
				  strlen(sweep->text), 0);
	int rc = 0;

	rc |= json_object_set_new(o, "schema", json_string(SCHEMA));
	rc |= json_object_set_new(o, "program", json_string(PACKAGE_STRING));
	rc |= json_object_set_new(o, "shard",
				  json_integer((json_int_t)shard->number));
	rc |= json_object_set_new(o, "of", json_integer((json_int_t)shard->of));
	rc |= json_object_set_new(o, "cells",
				  json_integer((json_int_t)sweep->nr_cells));
	rc |= json_object_set_new(o, "sweep", json_string(sum_text(sum).text));
	rc |= json_object_set(o, "traces", traces);
	rc |= json_object_set(o, "machines", machines);
	return rc < 0 ? -ENOMEM : 0;
}

int part_header(const struct sweep *sweep, const struct shard *shard,
		json_t **header)
{
	json_t *traces = json_object(), *machines = json_object();
	int rc;

	*header = json_object();
	rc = traces && machines && *header ? 0 : -ENOMEM;
	if (rc == 0)
		rc = add_traces(traces, sweep);
	if (rc == 0)
		rc = add_machines(machines, sweep);
	if (rc == 0)
		rc = fill(*header, sweep, shard, traces, machines);
	json_decref(traces);
	json_decref(machines);
	if (rc == 0)
		return 0;
	json_decref(*header);
	return rc;
}

char *part_header_line(const json_t *header)
{
	return json_dumps(header, JSON_COMPACT);
}

struct shard part_shard(const json_t *header)
{
	json_int_t number = json_integer_value(
		json_object_get(header, "shard"));
	json_int_t of = json_integer_value(json_object_get(header, "of"));

	if (of < 1 || number < 1 || number > of)
		return (struct shard){ 0, 0 };
	return (struct shard){ (size_t)number, (size_t)of };
}

size_t part_cells(const json_t *header)
{
	json_int_t cells = json_integer_value(json_object_get(header, "cells"));
	const char *schema = json_string_value(
		json_object_get(header, "schema"));

	if (!schema || strcmp(schema, SCHEMA) != 0 || cells < 1 ||
	    cells > SWEEP_MAX_CELLS || !part_shard(header).of)
		return 0;
	return (size_t)cells;
}

/* ---- differences -----------------------------------------------------------
 */

/* A file of the group @name that is not the same in both; or NULL. */
static const char *changed_file(const json_t *was, const json_t *is,
				const char *name)
{
	json_t *files = json_object_get(was, name), *sum;
	const char *file;

	json_object_foreach(
		files, file,
		sum) if (!json_equal(sum,
				     json_object_get(json_object_get(is, name),
						     file))) return file;
	if (json_object_size(files) !=
	    json_object_size(json_object_get(is, name)))
		return "";
	return NULL;
}

static bool same(const json_t *was, const json_t *is, const char *name)
{
	return json_equal(json_object_get(was, name),
			  json_object_get(is, name));
}

static bool tell_file(struct part_difference *d, const json_t *was,
		      const json_t *is, const char *group, const char *what)
{
	const char *file = changed_file(was, is, group);

	if (file && file[0])
		snprintf(d->text, sizeof(d->text), "%s '%s' has changed", what,
			 diag_quote(file, strlen(file)).text);
	else if (file)
		snprintf(d->text, sizeof(d->text), "there are other %ss", what);
	return file != NULL;
}

struct part_difference part_compare(const json_t *was, const json_t *is)
{
	struct part_difference d = { "" };
	const char *program = json_string_value(
		json_object_get(was, "program"));

	if (!same(was, is, "program"))
		snprintf(d.text, sizeof(d.text), "it was made by %s",
			 program ? program : "no tlbsim");
	else if (!same(was, is, "sweep"))
		snprintf(d.text, sizeof(d.text), "the sweep has changed");
	else if (tell_file(&d, was, is, "traces", "trace") ||
		 tell_file(&d, was, is, "machines", "machine"))
		return d;
	else if (!same(was, is, "cells"))
		snprintf(d.text, sizeof(d.text), "there are other cells");
	return d;
}

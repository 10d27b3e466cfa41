/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_json.c - results for programs: objects of schema "tlbsim-result/1",
 * one for each trace, policy and machine, in an array or one in each line.
 */
#include "config.h"

#include <errno.h>

#include "sim/report.h"
#include "sim/results_json.h"

static int fill_all(json_t *array, const struct report *report)
{
	for (size_t i = 0; i < report->traces * report->policies; i++)
		if (json_array_append_new(
			    array, results_to_json(&report->results[i])) < 0)
			return -1;
	return 0;
}

int report_json_write(const struct report *report, size_t flags, FILE *to)
{
	json_t *array = json_array();
	int rc = -ENOMEM;

	if (array && fill_all(array, report) == 0) {
		/* An error of the stream stays in the stream. */
		json_dumpf(array, to, flags | RESULT_JSON_FLAGS);
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

static int write_json_lines(const struct report *report, FILE *to)
{
	for (size_t i = 0; i < report->traces * report->policies; i++) {
		json_t *object = results_to_json(&report->results[i]);

		if (!object)
			return -ENOMEM;
		json_dumpf(object, to, JSON_COMPACT | RESULT_JSON_FLAGS);
		fputc('\n', to);
		json_decref(object);
	}
	return 0;
}

const struct report_format report_json = {
	.name = "json",
	.suffix = ".json",
	.text = "an array of tlbsim-result/1 objects, for programs",
	.series = true,
	.write = write_json,
};

const struct report_format report_json_lines = {
	.name = "jsonl",
	.suffix = ".jsonl",
	.text = "the same objects, one in each line",
	.series = true,
	.write = write_json_lines,
};

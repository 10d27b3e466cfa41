/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_outcome.c - what became of the cells of a sweep.
 *
 *     {"cell": 7, "status": 1, "messages": "...", "title": "...",
 *      "result": {"schema": "tlbsim-result/1", ...}}
 *
 * A report of lines that were read back is, byte for byte, that of the
 * outcomes they were made of.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/results_json.h"
#include "sim/sweep_outcome.h"

int outcomes_init(struct outcomes *outcomes, size_t count)
{
	outcomes->count = count;
	outcomes->of = calloc(count, sizeof(*outcomes->of));
	return outcomes->of ? 0 : -ENOMEM;
}

void outcomes_free(struct outcomes *outcomes)
{
	for (size_t i = 0; outcomes->of && i < outcomes->count; i++) {
		free(outcomes->of[i].messages);
		results_free(&outcomes->of[i].results);
	}
	free(outcomes->of);
	*outcomes = (struct outcomes){ .count = 0 };
}

enum status outcomes_status(const struct outcomes *outcomes)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < outcomes->count; i++)
		if (outcomes->of[i].status > status)
			status = outcomes->of[i].status;
	return status;
}

/* ---- lines ----------------------------------------------------------------
 */

static json_t *line_object(size_t cell, const struct outcome *outcome)
{
	json_t *result = json_null(), *object;
	const char *title = outcome->results.title;
	const char *messages = outcome->messages;

	if (outcome->status <= STATUS_FAILED)
		result = results_to_json(&outcome->results);
	object = json_object();
	if (json_object_set_new(object, "cell",
				json_integer((json_int_t)cell)) < 0 ||
	    json_object_set_new(object, "status",
				json_integer(outcome->status)) < 0 ||
	    json_object_set_new(object, "messages",
				results_json_text(messages ? messages : "")) <
		    0 ||
	    json_object_set_new(object, "title",
				results_json_text(title ? title : "")) < 0 ||
	    json_object_set(object, "result", result) < 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(result);
	return object;
}

char *outcome_line(size_t cell, const struct outcome *outcome)
{
	json_t *object = line_object(cell, outcome);
	char *text = object ? json_dumps(object,
					 JSON_COMPACT | RESULT_JSON_FLAGS)
			    : NULL;

	json_decref(object);
	return text;
}

/* The results of a line, with the title, which their object does not have. */
static int read_results(struct results *results, const json_t *line)
{
	const char *title = json_string_value(json_object_get(line, "title"));
	struct results bare, whole;
	int rc = results_from_json(&bare, json_object_get(line, "result"));

	if (rc < 0)
		return rc;
	whole = bare;
	whole.title = title ? title : "";
	rc = results_copy(results, &whole);
	results_free(&bare);
	return rc;
}

int outcome_read(struct outcomes *outcomes, const json_t *line, size_t *cell)
{
	json_int_t number = json_integer_value(json_object_get(line, "cell"));
	json_int_t status = json_integer_value(json_object_get(line, "status"));
	const char *messages = json_string_value(
		json_object_get(line, "messages"));
	struct outcome *outcome;
	int rc = 0;

	if (number < 1 || (uint64_t)number > outcomes->count ||
	    status < STATUS_OK || status > STATUS_REJECTED || !messages)
		return -EBADMSG;
	*cell = (size_t)number;
	outcome = &outcomes->of[number - 1];
	if (outcome->done)
		return -EEXIST;
	outcome->status = (enum status)status;
	if (outcome->status <= STATUS_FAILED)
		rc = read_results(&outcome->results, line);
	if (rc == 0 && messages[0]) {
		outcome->messages = strdup(messages);
		rc = outcome->messages ? 0 : -ENOMEM;
	}
	outcome->done = rc == 0;
	return rc;
}

/* ---- a report ---------------------------------------------------------------
 */

int outcomes_write(const struct outcomes *outcomes,
		   const struct report_format *format, bool color, FILE *to)
{
	struct results *results = calloc(outcomes->count + 1, sizeof(*results));
	struct report report = { .results = results,
				 .policies = 1,
				 .color = color };
	const struct outcome *outcome;
	int rc;

	if (!results)
		return -ENOMEM;
	for (size_t i = 0; i < outcomes->count; i++) {
		outcome = &outcomes->of[i];
		if (outcome->done && outcome->status <= STATUS_FAILED)
			results[report.traces++] = outcome->results;
	}
	rc = format->write(&report, to);
	free(results);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_html.c - results as a page to look at, or to send: the JSON objects,
 * and a script that draws them (sim/html/report.js).
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "sim/html.h"
#include "sim/report.h"

static json_t *counter(const struct counter_info *info)
{
	static const char *const types[] = {
		[COUNTER_count] = "count",
		[COUNTER_percent] = "percent",
	};

	return json_pack("{s:s, s:s, s:s}", "path", info->path, "type",
			 types[info->type], "text", info->text);
}

static json_t *counters(void)
{
	json_t *list = json_array();

	for (enum counter i = 0; i < COUNTERS; i++)
		json_array_append_new(list, counter(&counter_info[i]));
	return list;
}

/* One for each trace; null for one that has none, or none in UTF-8. */
static json_t *titles(const struct report *report)
{
	json_t *list = json_array(), *title;
	const char *text;

	for (size_t i = 0; i < report->traces; i++) {
		text = report->results[i * report->policies].title;
		title = text && text[0] ? json_string(text) : NULL;
		json_array_append_new(list, title ? title : json_null());
	}
	return list;
}

/* All but the results, as text to be freed. */
static char *describe(const struct report *report)
{
	json_t *o = json_pack("{s:s, s:o, s:I, s:o}", "version",
			      PACKAGE_VERSION, "counters", counters(),
			      "policies", (json_int_t)report->policies,
			      "titles", titles(report));
	char *text = o ? json_dumps(o, 0) : NULL;

	json_decref(o);
	return text;
}

/* What the JSON report has, on one line, as text to be freed. */
static char *results(const struct report *report)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	int rc;

	if (!to)
		return NULL;
	rc = report_json_write(report, JSON_COMPACT, to);
	if (fclose(to) == 0 && rc == 0)
		return text;
	free(text);
	return NULL;
}

static int write_html(const struct report *report, FILE *to)
{
	char *head = describe(report), *objects = results(report);
	int rc = -ENOMEM;

	if (head && objects) {
		html_begin(html_report, to);
		/* The results follow in place of the closing brace. */
		head[strlen(head) - 1] = '\0';
		html_json(head, to);
		fputs(", \"results\": ", to);
		html_json(objects, to);
		fputs("}\n", to);
		html_end(html_report, to);
		rc = 0;
	}
	free(head);
	free(objects);
	return rc;
}

const struct report_format report_html = {
	.name = "html",
	.suffix = ".html",
	.text = "a page with charts and the table, needs nothing else",
	.series = true,
	.write = write_html,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_report.c - results on paper: the same in every format. */
#include "config.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "mmu/quirks.h"
#include "sim/report.h"
#include "sim/table.h"
#include "tests/suite.h"

#define TEXT_SIZE 65536

static const char notes[][200] = {
	"7 unmaps, \"tracked=0\"",
	"more words than go on a line of seventy-nine columns, which therefore "
	"go on below",
};

/* Two policies on one trace, every count different from every other. */
static void fill(struct results results[2])
{
	static char line[] = "PML4 0x1067, PTE 0x5067";
	static char *inspect[] = { line };

	memset(results, 0, 2 * sizeof(*results));
	for (int i = 0; i < 2; i++) {
		results[i].trace = "a,b.yaml";
		results[i].title = "Two pages";
		results[i].policy = i ? "xs8" : "upstream";
		results[i].machine = "zen5";
		results[i].seed = 9;
		for (int c = 0; c < COUNTERS; c++)
			results[i].count[c] = (uint64_t)(1000 * i +
							 10000000 * c + 7);
	}
	results[0].count[COUNTER_flush_avoided] = 0;
	results[1].count[COUNTER_flush_batches] = 3;
	results[1].count[COUNTER_flush_avoided] = 2;
	results[1].nr_incomplete = 2;
	results[1].incomplete = notes;
	results[1].nr_inspect = 1;
	results[1].inspect = inspect;
	strcpy(results[1].first, "a.yaml:3: page 5 is cached");
}

static const char *render(const struct report_format *format,
			  const struct report *report)
{
	static char text[TEXT_SIZE];
	FILE *file = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(format->write(report, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	return text;
}

static struct report report_of(const struct results *results)
{
	return (struct report){
		.results = results,
		.traces = 1,
		.policies = 2,
		.verbose = true,
	};
}

/* ---- CSV, read back ----------------------------------------------------- */

/* The @n-th field of the @row-th line, both from 0. */
static void csv_field(const char *text, size_t row, size_t n, char *field)
{
	bool quoted = false;

	for (; row || n || quoted || !strchr(",\r", *text); text++) {
		ck_assert_int_ne(*text, '\0');
		if (*text == '"' && quoted && text[1] == '"')
			text++; /* "" inside quotes is one " */
		else if (*text == '"') {
			quoted = !quoted;
			continue;
		}
		if (row == 0 && n == 0)
			*field++ = *text;
		else if (!quoted && row && *text == '\n')
			row--;
		else if (!quoted && !row && *text == ',')
			n--;
	}
	*field = '\0';
}

static size_t csv_columns(const char *text)
{
	size_t columns = 1;

	for (; *text && *text != '\r'; text++)
		columns += *text == ',';
	return columns;
}

static size_t csv_column(const char *text, const char *name)
{
	char field[TEXT_SIZE];

	for (size_t i = 0; i < csv_columns(text); i++) {
		csv_field(text, 0, i, field);
		if (strcmp(field, name) == 0)
			return i;
	}
	ck_abort_msg("no column %s", name);
}

static void ck_assert_csv(const char *text, size_t row, const char *name,
			  const char *want)
{
	char field[TEXT_SIZE];

	csv_field(text, row, csv_column(text, name), field);
	ck_assert_msg(strcmp(field, want) == 0, "%s: got '%s', want '%s'", name,
		      field, want);
}

START_TEST(csv_is_rfc_4180)
{
	struct results results[2];
	struct report report = report_of(results);
	const char *text;

	fill(results);
	text = render(&report_csv, &report);
	ck_assert_csv(text, 1, "trace", "a,b.yaml");
	ck_assert_csv(text, 2, "policy", "xs8");
	ck_assert_csv(text, 1, "incomplete", "");
	ck_assert_csv(
		text, 2, "incomplete",
		"7 unmaps, \"tracked=0\"; more words than go on a line of "
		"seventy-nine columns, which therefore go on below");
	ck_assert_csv(text, 2, "oracle.first", "a.yaml:3: page 5 is cached");
	ck_assert_csv(text, 2, "inspect", "PML4 0x1067, PTE 0x5067");
	ck_assert_ptr_null(strstr(text, "\n\n"));
	for (const char *c = text; (c = strchr(c, '\n')); c++)
		ck_assert_int_eq(c[-1], '\r');
}
END_TEST

START_TEST(same_numbers_in_json_and_csv)
{
	struct results results[2];
	struct report report = report_of(results);
	const struct counter_info *info;
	json_t *array, *value;
	char want[64];

	fill(results);
	array = json_loads(render(&report_json, &report), 0, NULL);
	ck_assert_ptr_nonnull(array);
	ck_assert_uint_eq(json_array_size(array), 2);
	render(&report_csv, &report);
	for (int c = 0; c < 2 * COUNTERS; c++) {
		info = &counter_info[c % COUNTERS];
		value = json_object_get(
			json_object_get(json_array_get(array, c / COUNTERS),
					info->group),
			info->name);
		ck_assert_msg(value != NULL, "%s is missing", info->path);
		if (info->type == COUNTER_percent)
			snprintf(want, sizeof(want), "%.6g",
				 json_real_value(value));
		else
			snprintf(want, sizeof(want), "%" PRIu64,
				 (uint64_t)json_integer_value(value));
		ck_assert_csv(render(&report_csv, &report),
			      (size_t)(1 + c / COUNTERS), info->path, want);
	}
	json_decref(array);
}
END_TEST

START_TEST(same_numbers_in_text)
{
	struct results results[2];
	struct report report = report_of(results);
	struct table table;
	const char *text;

	fill(results);
	text = render(&report_text, &report);
	for (int c = 0; c < 2 * COUNTERS; c++) {
		enum counter counter = (enum counter)(c % COUNTERS);

		if (counter_info[counter].type == COUNTER_percent)
			continue;
		table = (struct table){ .columns = 1 };
		table_add_count(&table, PAINT_NONE,
				results[c / COUNTERS].count[counter]);
		ck_assert_msg(strstr(text, table.cell[0].text) != NULL,
			      "%s: no %s", counter_info[counter].path,
			      table.cell[0].text);
		table_free(&table);
	}
}
END_TEST

START_TEST(json_keeps_the_schema)
{
	static const char *const keys[] = {
		"schema", "trace",	"policy", "machine", "quirks",
		"seed",	  "incomplete", "grant",  "flush",   "oracle",
		"tlb",	  "dma",	"cycles", "inspect",
	};
	struct results results[2];
	struct report report = report_of(results);
	json_t *array, *object;
	const char *key;
	json_t *value;
	size_t i = 0;

	fill(results);
	array = json_loads(render(&report_json, &report), 0, NULL);
	object = json_array_get(array, 0);
	json_object_foreach(object, key, value)
		ck_assert_str_eq(key, keys[i++]);
	ck_assert_uint_eq(i, sizeof(keys) / sizeof(*keys));
	ck_assert_str_eq(json_string_value(json_object_get(object, "schema")),
			 "tlbsim-result/1");
	object = json_object_get(object, "oracle");
	ck_assert(json_is_null(json_object_get(object, "first")));
	object = json_object_get(json_array_get(array, 1), "oracle");
	ck_assert(json_is_string(json_object_get(object, "first")));
	json_decref(array);
}
END_TEST

START_TEST(results_under_quirks_name_them)
{
	struct results results[2];
	struct report report = report_of(results);
	json_t *array, *list;

	fill(results);
	results[1].quirks = QUIRK(LATE_A) | QUIRK(SPECULATE);
	array = json_loads(render(&report_json, &report), 0, NULL);
	list = json_object_get(json_array_get(array, 0), "quirks");
	ck_assert(json_is_array(list) && !json_array_size(list));
	list = json_object_get(json_array_get(array, 1), "quirks");
	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_str_eq(json_string_value(json_array_get(list, 1)), "late-a");
	json_decref(array);
	ck_assert_ptr_nonnull(strstr(render(&report_csv, &report),
				     ",zen5,\"speculate; late-a\",9,"));
	ck_assert_ptr_null(strstr(render(&report_text, &report), "quirk"));
	results[0].quirks = results[1].quirks;
	ck_assert_ptr_nonnull(strstr(render(&report_text, &report),
				     "with the quirks speculate, late-a\n"));
}
END_TEST

START_TEST(json_survives_a_name_that_is_not_utf_8)
{
	struct results results[2];
	struct report report = report_of(results);
	json_t *array;

	fill(results);
	results[0].trace = "caf\xe9.yaml";
	array = json_loads(render(&report_json, &report), 0, NULL);
	ck_assert_ptr_nonnull(array);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_array_get(array, 0), "trace")),
			 "caf?.yaml");
	json_decref(array);
}
END_TEST

START_TEST(text_says_what_is_incomplete_and_what_broke)
{
	struct results results[2];
	struct report report = report_of(results);
	const char *text;

	fill(results);
	text = render(&report_text, &report);
	ck_assert_ptr_null(strstr(text, "incomplete"));
	ck_assert_ptr_nonnull(strstr(text, "xs8: a.yaml:3: page 5 is cached"));
	ck_assert_ptr_nonnull(strstr(text, "\ninspect under xs8:\n  PML4"));
	results[0].nr_incomplete = 2;
	results[0].incomplete = notes;
	text = render(&report_text, &report);
	ck_assert_ptr_nonnull(
		strstr(text, "\nincomplete:\n  - 7 unmaps, \"tracked=0\"\n"));
	ck_assert_ptr_nonnull(
		strstr(text, "  - more words than go on a line of seventy-nine "
			     "columns, which therefore\n    go on below\n"));
}
END_TEST

/* Two traces, each under the same two policies. */
START_TEST(text_of_several_traces_is_short_and_ends_with_a_summary)
{
	struct results results[4];
	struct report report = report_of(results);
	const char *text;

	fill(results);
	fill(results + 2);
	results[2].trace = "b.yaml";
	results[0].nr_incomplete = 2;
	results[0].incomplete = notes;
	report.traces = 2;
	report.verbose = false;
	text = render(&report_text, &report);
	ck_assert_ptr_nonnull(
		strstr(text, "\nincomplete in 2 ways, shown by -v\n"));
	ck_assert_ptr_nonnull(
		strstr(text, "flushes avoided  of batches  upstream    xs8\n"
			     "a,b.yaml         80,000,007      0.0%  66.7%\n"
			     "b.yaml           80,000,007      0.0%  66.7%\n"));
	ck_assert_ptr_null(strstr(text, "grant "));
	report.verbose = true;
	text = render(&report_text, &report);
	ck_assert_ptr_nonnull(strstr(text, "grant "));
	ck_assert_ptr_nonnull(strstr(text, "\nincomplete:\n  - 7 unmaps"));
}
END_TEST

START_TEST(text_is_painted_only_on_request)
{
	struct results results[2];
	struct report report = report_of(results);

	fill(results);
	ck_assert_ptr_null(strchr(render(&report_text, &report), '\033'));
	report.color = true;
	ck_assert_ptr_nonnull(
		strstr(render(&report_text, &report), "\033[31m"));
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, csv_is_rfc_4180);
	tcase_add_test(tc, same_numbers_in_json_and_csv);
	tcase_add_test(tc, same_numbers_in_text);
	tcase_add_test(tc, json_keeps_the_schema);
	tcase_add_test(tc, results_under_quirks_name_them);
	tcase_add_test(tc, json_survives_a_name_that_is_not_utf_8);
	tcase_add_test(tc, text_says_what_is_incomplete_and_what_broke);
	tcase_add_test(tc,
		       text_of_several_traces_is_short_and_ends_with_a_summary);
	tcase_add_test(tc, text_is_painted_only_on_request);
}

int main(void)
{
	return run_suite("report", add);
}

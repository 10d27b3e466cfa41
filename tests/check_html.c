/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_html.c - pages are whole, and need nothing but themselves. */
#include "config.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/html.h"
#include "sim/report.h"
#include "sim/tell.h"
#include "tests/suite.h"

#define DATA_BEGIN "<script type=\"application/json\" id=\"data\">\n"

/* What @write writes, to be freed. */
static char *written(int (*write)(const struct report *, FILE *),
		     const struct report *report)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(to);
	ck_assert_int_eq(write(report, to), 0);
	ck_assert_int_eq(fclose(to), 0);
	return text;
}

/* Names that would end a script, if a browser saw them. */
static void fill(struct results results[2])
{
	static char line[] = "</script><b>PTE 0x5067";
	static char *inspect[] = { line };

	memset(results, 0, 2 * sizeof(*results));
	for (int i = 0; i < 2; i++) {
		results[i].trace = "<!--<script>.yaml";
		results[i].title = "Is a < b & \"c\"?";
		results[i].policy = i ? "xs8" : "upstream";
		results[i].machine = "zen5";
		for (int c = 0; c < COUNTERS; c++)
			results[i].count[c] = (uint64_t)(1000 * i + 7 * c);
		results[i].nr_inspect = 1;
		results[i].inspect = inspect;
	}
}

static char *report_page(const struct report_format *format)
{
	struct results results[2];
	const struct report report = {
		.results = results,
		.traces = 1,
		.policies = 2,
	};

	fill(results);
	return written(format->write, &report);
}

static json_t *data_of(const char *page)
{
	const char *begin = strstr(page, DATA_BEGIN);
	const char *end;
	json_t *data;

	ck_assert_ptr_nonnull(begin);
	begin += strlen(DATA_BEGIN);
	end = strstr(begin, "</script>");
	ck_assert_ptr_nonnull(end);
	data = json_loadb(begin, (size_t)(end - begin), 0, NULL);
	ck_assert_msg(data != NULL, "no JSON: %.*s", (int)(end - begin), begin);
	return data;
}

/* ---- tags ---------------------------------------------------------------- */

/* Elements that have no end. */
static bool is_void(const char *name)
{
	static const char *const names[] = { "meta", "link", "input", "br",
					     "!doctype" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void name_of(const char *tag, char name[32])
{
	size_t length = strcspn(tag, " />\n");

	ck_assert_uint_lt(length, 32);
	for (size_t i = 0; i < length; i++)
		name[i] = (char)tolower((unsigned char)tag[i]);
	name[length] = '\0';
}

struct open {
	char name[32][32];
	size_t count;
};

/* At the "<" of a tag; returns what is behind its ">". */
static const char *take_tag(struct open *open, const char *at)
{
	const char *end = strchr(at, '>');
	bool closes = at[1] == '/';
	char name[32];

	ck_assert_ptr_nonnull(end);
	name_of(at + 1 + closes, name);
	if (closes) {
		ck_assert_uint_gt(open->count, 0);
		ck_assert_str_eq(open->name[--open->count], name);
		return end + 1;
	}
	if (is_void(name) || end[-1] == '/')
		return end + 1;
	ck_assert_uint_lt(open->count, 32);
	strcpy(open->name[open->count++], name);
	if (strcmp(name, "script") != 0 && strcmp(name, "style") != 0)
		return end + 1;
	/* Raw text up to its own end. */
	end = strstr(end, name[1] == 'c' ? "</script>" : "</style>");
	ck_assert_ptr_nonnull(end);
	return end;
}

static void ck_assert_balanced(const char *page)
{
	struct open open = { .count = 0 };

	while ((page = strchr(page, '<')))
		page = take_tag(&open, page);
	ck_assert_uint_eq(open.count, 0);
}

/* Nothing in @page makes a browser ask for anything. */
static void ck_assert_alone(const char *page)
{
	static const char *const asking[] = {
		"http:",  "https:",  "src=",	       "@import",
		"fetch(", "import(", "XMLHttpRequest",
	};

	for (size_t i = 0; i < sizeof(asking) / sizeof(*asking); i++)
		ck_assert_msg(!strstr(page, asking[i]), "%s", asking[i]);
	for (const char *at = page; (at = strstr(at, "url(")); at++)
		ck_assert_int_eq(at[4], '#');
	for (const char *at = page; (at = strstr(at, "href=")); at++)
		ck_assert_msg(strncmp(at, "href=\"data:", 11) == 0, "%.40s",
			      at);
}

/* ---- claims -------------------------------------------------------------- */

START_TEST(every_element_of_a_report_ends)
{
	char *page = report_page(&report_html);

	ck_assert_balanced(page);
	free(page);
}
END_TEST

START_TEST(a_report_needs_nothing_else)
{
	char *page = report_page(&report_html);

	ck_assert_alone(page);
	free(page);
}
END_TEST

START_TEST(a_report_has_the_results_that_json_has)
{
	char *page = report_page(&report_html);
	char *json = report_page(&report_json);
	json_t *data = data_of(page), *wanted = json_loads(json, 0, NULL);

	ck_assert(json_equal(json_object_get(data, "results"), wanted));
	json_decref(wanted);
	json_decref(data);
	free(json);
	free(page);
}
END_TEST

START_TEST(a_report_describes_every_counter)
{
	char *page = report_page(&report_html);
	json_t *data = data_of(page);
	json_t *counters = json_object_get(data, "counters");

	ck_assert_uint_eq(json_array_size(counters), COUNTERS);
	for (enum counter i = 0; i < COUNTERS; i++)
		ck_assert_str_eq(json_string_value(json_object_get(
					 json_array_get(counters, i), "path")),
				 counter_info[i].path);
	ck_assert_str_eq(json_string_value(json_array_get(
				 json_object_get(data, "titles"), 0)),
			 "Is a < b & \"c\"?");
	json_decref(data);
	free(page);
}
END_TEST

START_TEST(no_line_of_a_page_is_left_unfilled)
{
	char *page = report_page(&report_html);

	ck_assert(!strstr(page, "\n@data"));
	ck_assert(!strstr(page, "\n@include"));
	free(page);
}
END_TEST

/* ---- lessons ------------------------------------------------------------- */

/* So many steps, told by @teller, of a trace with a name that would end a
 * script. */
static char *lesson_page(const struct teller *teller, unsigned steps)
{
	static const struct tale_head head = {
		.trace = "</script>.yaml",
		.title = "<!-- A",
		.policy = "xs8",
		.machine = "zen5",
		.question = "Is </script> a bit?",
	};
	static const struct mmu_profile profile = { .nr_tlbs = 1 };
	const struct step step = { .kind = STEP_violation, .text = "a < b" };
	const struct telling telling = { .step = &step };
	struct tale tale = { .profile = &profile, .teller = teller };
	char *text;
	size_t size;

	tale.to = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(tale.to);
	teller->begin(&tale, &head);
	for (unsigned i = 0; i < steps; i++)
		teller->step(&tale, &telling);
	tale.answer = "No </script>: <!-- A is.";
	teller->end(&tale);
	ck_assert_int_eq(fclose(tale.to), 0);
	return text;
}

START_TEST(every_element_of_a_lesson_ends)
{
	char *page = lesson_page(&teller_html, 3);

	ck_assert_balanced(page);
	free(page);
}
END_TEST

START_TEST(a_lesson_needs_nothing_else)
{
	char *page = lesson_page(&teller_html, 3);

	ck_assert_alone(page);
	free(page);
}
END_TEST

START_TEST(a_lesson_has_the_steps_that_json_has)
{
	char *page = lesson_page(&teller_html, 3);
	char *json = lesson_page(&teller_json, 3);
	json_t *data = data_of(page), *wanted = json_loads(json, 0, NULL);

	ck_assert_uint_eq(json_array_size(json_object_get(wanted, "steps")), 3);
	ck_assert_str_eq(json_string_value(json_object_get(wanted, "answer")),
			 "No </script>: <!-- A is.");
	ck_assert(json_equal(json_object_get(data, "told"), wanted));
	ck_assert_int_eq(json_integer_value(json_object_get(data, "left_out")),
			 0);
	json_decref(wanted);
	json_decref(data);
	free(json);
	free(page);
}
END_TEST

START_TEST(a_long_lesson_stays_below_2_megabytes_and_counts_the_rest)
{
	enum { STEPS = 60000 };
	char *page = lesson_page(&teller_html, STEPS);
	json_t *data = data_of(page);
	json_t *told = json_object_get(json_object_get(data, "told"), "steps");
	size_t left_out = (size_t)json_integer_value(
		json_object_get(data, "left_out"));

	ck_assert_uint_lt(strlen(page), 2000000);
	ck_assert_uint_gt(left_out, 0);
	ck_assert_uint_eq(json_array_size(told) + left_out, STEPS);
	ck_assert_ptr_nonnull(
		json_object_get(json_object_get(data, "told"), "answer"));
	json_decref(data);
	free(page);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, every_element_of_a_report_ends);
	tcase_add_test(tc, a_report_needs_nothing_else);
	tcase_add_test(tc, a_report_has_the_results_that_json_has);
	tcase_add_test(tc, a_report_describes_every_counter);
	tcase_add_test(tc, no_line_of_a_page_is_left_unfilled);
	tcase_add_test(tc, every_element_of_a_lesson_ends);
	tcase_add_test(tc, a_lesson_needs_nothing_else);
	tcase_add_test(tc, a_lesson_has_the_steps_that_json_has);
	tcase_add_test(
		tc, a_long_lesson_stays_below_2_megabytes_and_counts_the_rest);
}

int main(void)
{
	return run_suite("html", add_tests);
}

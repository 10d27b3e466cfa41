/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_compare.c - what counts as worse between two files of results. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/compare.h"
#include "tests/suite.h"
#include "tests/text_file.h"

#define RUN(trace, counters)                                                   \
	"{\"schema\": \"tlbsim-result/1\", \"trace\": \"" trace                \
	"\", \"policy\": \"xs8\", \"machine\": \"zen5\", \"seed\": "           \
	"0, " counters "}"

/* Both texts as files, read and compared. */
static void compare_texts(const char *base, const char *now,
			  const char *tolerance, struct comparison *comparison)
{
	struct text_file of_base = text_file(base), of_now = text_file(now);
	static struct result_file from, to;
	struct tolerances tolerances = { .of = { { 0, false } } };
	struct diags diags = { .count = 0 };

	/* The last comparison's; this one's runs are pointed to until then. */
	result_file_free(&from);
	result_file_free(&to);
	ck_assert_int_eq(result_file_read(&from, of_base.path, &diags), 0);
	ck_assert_int_eq(result_file_read(&to, of_now.path, &diags), 0);
	if (tolerance)
		ck_assert_ptr_null(tolerance_parse(&tolerances, tolerance));
	ck_assert_int_eq(compare(comparison, &from, &to, &tolerances), 0);
	text_file_close(&of_base);
	text_file_close(&of_now);
}

/* ---- one counter ---------------------------------------------------- */

static const struct verdict_row {
	const char *group, *name, *from, *to, *tolerance;
	enum verdict verdict;
} verdict_rows[] = {
	{ "flush", "performed", "100", "100", NULL, VERDICT_SAME },
	{ "flush", "performed", "100", "101", NULL, VERDICT_WORSE },
	{ "flush", "performed", "100", "99", NULL, VERDICT_BETTER },
	{ "flush", "avoided", "100", "99", NULL, VERDICT_WORSE },
	{ "flush", "avoided", "100", "101", NULL, VERDICT_BETTER },
	{ "grant", "map_ops", "100", "101", NULL, VERDICT_WORSE },
	{ "grant", "map_ops", "100", "99", NULL, VERDICT_WORSE },
	{ "tlb", "psc_hits", "100", "99", NULL, VERDICT_MOVED },
	{ "tlb", "psc_hits", "100", "101", NULL, VERDICT_MOVED },
	/* by a share of what it was, the limit itself included */
	{ "flush", "performed", "200", "203", "1.5%", VERDICT_TOLERATED },
	{ "flush", "performed", "200", "204", "1.5%", VERDICT_WORSE },
	{ "flush", "performed", "0", "1", "100%", VERDICT_WORSE },
	/* by a count */
	{ "flush", "performed", "200", "203", "3", VERDICT_TOLERATED },
	{ "flush", "performed", "200", "204", "3", VERDICT_WORSE },
	/* percentages in points */
	{ "flush", "avoided_percent", "65.0", "64.0", "1%", VERDICT_TOLERATED },
	{ "flush", "avoided_percent", "65.0", "63.9", "1%", VERDICT_WORSE },
	{ "flush", "avoided_percent", "65.0", "64.999999", NULL,
	  VERDICT_WORSE },
	/* by name and by group */
	{ "flush", "ipis", "100", "101", "flush.ipis=1", VERDICT_TOLERATED },
	{ "flush", "ipis", "100", "101", "flush=1", VERDICT_TOLERATED },
	{ "flush", "ipis", "100", "101", "tlb=1", VERDICT_WORSE },
	{ "flush", "ipis", "100", "101", "flush.performed=1", VERDICT_WORSE },
	/* safety has to be named */
	{ "oracle", "violations", "0", "1", "50", VERDICT_WORSE },
	{ "oracle", "violations", "0", "1", "oracle=50", VERDICT_WORSE },
	{ "oracle", "violations", "0", "1", "oracle.violations=1",
	  VERDICT_TOLERATED },
	{ "oracle", "stale_uses", "0", "1", "50", VERDICT_WORSE },
	/* where a double would see no difference */
	{ "cycles", "total", "9007199254740992", "9007199254740993", NULL,
	  VERDICT_WORSE },
};

static void run_with(char text[static 400], const struct verdict_row *row,
		     const char *value)
{
	snprintf(text, 400, "[" RUN("t", "\"%s\": {\"%s\": %s}") "]",
		 row->group, row->name, value);
}

START_TEST(counter_is_judged_by_the_way_it_moved)
{
	const struct verdict_row *row = &verdict_rows[_i];
	struct comparison comparison;
	char base[400], now[400];

	run_with(base, row, row->from);
	run_with(now, row, row->to);
	compare_texts(base, now, row->tolerance, &comparison);
	ck_assert_msg(comparison.verdicts[row->verdict] == 1,
		      "%s.%s %s -> %s (%s) is not %s", row->group, row->name,
		      row->from, row->to, row->tolerance,
		      verdict_names[row->verdict]);
	ck_assert_int_eq(comparison_failed(&comparison),
			 row->verdict == VERDICT_WORSE);
	comparison_free(&comparison);
}
END_TEST

static const char *const wrong_tolerances[] = {
	"",	     "%",	   "x",	  "-1",	   "1%%",
	"1x",	     "inf",	   "nan", "=1",	   "flush=",
	"flush.x=1", "oracle.x=1", "1=1", "1e999", "flu=1",
};

START_TEST(tolerance_that_means_nothing_is_refused)
{
	struct tolerances tolerances = { .of = { { 0, false } } };

	ck_assert_msg(tolerance_parse(&tolerances, wrong_tolerances[_i]),
		      "'%s' was taken", wrong_tolerances[_i]);
}
END_TEST

/* ---- runs ----------------------------------------------------------- */

START_TEST(run_that_is_gone_is_as_bad_as_a_worse_one)
{
	struct comparison comparison;

	compare_texts("[" RUN("a", "\"flush\": {}") ", " RUN(
			      "b", "\"flush\": {}") "]",
		      "[" RUN("b", "\"flush\": {}") "]", NULL, &comparison);
	ck_assert_uint_eq(comparison.missing, 1);
	ck_assert_uint_eq(comparison.compared, 1);
	ck_assert(comparison_failed(&comparison));
	comparison_free(&comparison);
}
END_TEST

/* Nor is one under other quirks the same run. */
START_TEST(runs_under_other_quirks_are_not_compared)
{
	static const char with[] = "[" RUN("a", "\"quirks\": [\"late-a\"]") "]";
	static const char unknown[] = "[" RUN("a",
					      "\"quirks\": [\"newer\"]") "]";
	static const char without[] = "[" RUN("a", "\"quirks\": []") "]";
	static const char older[] = "[" RUN("a", "\"x\": 0") "]";
	struct comparison c;

	compare_texts(with, without, NULL, &c);
	ck_assert_uint_eq(c.missing, 1);
	comparison_free(&c);
	compare_texts(with, unknown, NULL, &c);
	ck_assert_uint_eq(c.missing, 1);
	comparison_free(&c);
	compare_texts(with, with, NULL, &c);
	ck_assert_uint_eq(c.missing, 0);
	comparison_free(&c);
	compare_texts(older, without, NULL, &c);
	ck_assert_uint_eq(c.missing, 0);
	comparison_free(&c);
}
END_TEST

START_TEST(run_that_is_new_is_no_failure)
{
	struct comparison comparison;

	compare_texts("[" RUN("b", "\"flush\": {}") "]",
		      "[" RUN("a", "\"flush\": {}") ", " RUN(
			      "b", "\"flush\": {}") "]",
		      NULL, &comparison);
	ck_assert_uint_eq(comparison.added, 1);
	ck_assert(!comparison_failed(&comparison));
	comparison_free(&comparison);
}
END_TEST

START_TEST(counter_that_is_gone_is_worse)
{
	struct comparison comparison;

	compare_texts("[" RUN("a", "\"flush\": {\"avoided\": 0}") "]",
		      "[" RUN("a", "\"flush\": {}") "]", NULL, &comparison);
	ck_assert_uint_eq(comparison.verdicts[VERDICT_WORSE], 1);
	ck_assert_str_eq(move_text(&comparison.pair[0].move[0]).text, "gone");
	comparison_free(&comparison);
}
END_TEST

START_TEST(counter_that_is_new_is_nothing)
{
	struct comparison comparison;

	compare_texts("[" RUN("a", "\"flush\": {}") "]",
		      "[" RUN("a", "\"flush\": {\"false\": 7}") "]", NULL,
		      &comparison);
	ck_assert(!comparison_failed(&comparison));
	ck_assert_uint_eq(comparison.pair[0].moves, 0);
	comparison_free(&comparison);
}
END_TEST

/* ---- files ---------------------------------------------------------- */

static const struct file_row {
	const char *text, *problem;
	uint32_t line, column;
} file_rows[] = {
	{ "", "not JSON", 1, 0 },
	{ "[\n  {,}]", "not JSON", 2, 4 },
	{ "[]", "no results in it", 0, 0 },
	{ "{}", "result 1: 'schema' is missing", 0, 0 },
	{ "{\n}", "no results in it", 0, 0 },
	{ "{}\n[", "not JSON: ", 2, 1 },
	{ "3", "not JSON", 1, 1 },
	{ "[3]", "result 1: 'schema' is missing", 0, 0 },
	{ "[{\"schema\": \"tlbsim-result/2\"}]",
	  "result 1: 'schema' is not tlbsim-result/1", 0, 0 },
	{ "[" RUN("a", "\"flush\": {\"avoided\": -1}") "]",
	  "result 1: 'flush.avoided' is no count", 0, 0 },
	{ "[" RUN("a", "\"flush\": {\"avoided\": 1.5}") "]",
	  "result 1: 'flush.avoided' is no count", 0, 0 },
	{ "[" RUN("a", "\"flush\": {\"avoided_percent\": 101}") "]",
	  "result 1: 'flush.avoided_percent' is no percentage", 0, 0 },
	{ "[" RUN("a", "\"seed\": 1") "]", "not JSON", 1, 98 },
	{ "[" RUN("a", "\"x\": 1") ", " RUN("b", "\"x\": 1") ", " RUN(
		  "a", "\"x\": 2") "]",
	  "two results of 'a' under 'xs8' on 'zen5'", 0, 0 },
};

START_TEST(file_that_is_no_results_is_rejected_with_a_reason)
{
	const struct file_row *row = &file_rows[_i];
	struct text_file text = text_file(row->text);
	struct diags diags = { .count = 0 };
	struct result_file file;
	int rc = result_file_read(&file, text.path, &diags);

	ck_assert_int_eq(rc, -EBADMSG);
	ck_assert_uint_ge(diags.count, 1);
	ck_assert_msg(strstr(diags.diag[0].text, row->problem) ==
			      diags.diag[0].text,
		      "'%s' gives '%s'", row->text, diags.diag[0].text);
	ck_assert_uint_eq(diags.diag[0].line, row->line);
	ck_assert_uint_eq(diags.diag[0].column, row->column);
	text_file_close(&text);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, counter_is_judged_by_the_way_it_moved, 0,
			    ROWS(verdict_rows));
	tcase_add_loop_test(tc, tolerance_that_means_nothing_is_refused, 0,
			    ROWS(wrong_tolerances));
	tcase_add_test(tc, run_that_is_gone_is_as_bad_as_a_worse_one);
	tcase_add_test(tc, runs_under_other_quirks_are_not_compared);
	tcase_add_test(tc, run_that_is_new_is_no_failure);
	tcase_add_test(tc, counter_that_is_gone_is_worse);
	tcase_add_test(tc, counter_that_is_new_is_nothing);
	tcase_add_loop_test(tc,
			    file_that_is_no_results_is_rejected_with_a_reason,
			    0, ROWS(file_rows));
}

int main(void)
{
	return run_suite("compare", add);
}

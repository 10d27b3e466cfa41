/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_results.c - the table of counters and what is derived from them. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/results.h"
#include "tests/suite.h"

START_TEST(every_counter_is_found_by_its_path)
{
	char path[64];

	for (int i = 0; i < COUNTERS; i++) {
		snprintf(path, sizeof(path), "%s.%s", counter_info[i].group,
			 counter_info[i].name);
		ck_assert_str_eq(counter_info[i].path, path);
		ck_assert_int_eq(counter_find(path), i);
	}
}
END_TEST

START_TEST(a_wrong_path_is_no_counter)
{
	ck_assert_int_eq(counter_find("flush.avoid"), -1);
	ck_assert_int_eq(counter_find("avoided"), -1);
	ck_assert_int_eq(counter_find(""), -1);
}
END_TEST

static const struct percent_row {
	const char *name;
	uint64_t batches, avoided, at_allocation;
	double percent, net;
} percent_rows[] = {
	{ "nothing happened", 0, 0, 0, 0, 0 },
	{ "none avoided", 8, 0, 0, 0, 0 },
	{ "all avoided", 8, 8, 0, 100, 100 },
	{ "a quarter comes back", 8, 4, 2, 50, 25 },
	{ "more comes back than was avoided", 8, 2, 5, 25, 0 },
};

START_TEST(percents_follow_from_counts)
{
	const struct percent_row *row = &percent_rows[_i];
	struct results r = { .trace = "t" };
	double percent, net;

	r.count[COUNTER_flush_batches] = row->batches;
	r.count[COUNTER_flush_avoided] = row->avoided;
	r.count[COUNTER_flush_at_allocation] = row->at_allocation;
	percent = results_value(&r, COUNTER_flush_avoided_percent);
	net = results_value(&r, COUNTER_flush_net_avoided_percent);
	ck_assert_msg(percent == row->percent, "%s: got %g, want %g", row->name,
		      percent, row->percent);
	ck_assert_msg(net == row->net, "%s: net: got %g, want %g", row->name,
		      net, row->net);
}
END_TEST

START_TEST(a_copy_outlives_the_original)
{
	char trace[] = "a.yaml", line0[] = "walk", line1[] = "grant";
	char *inspect[] = { line0, line1 };
	char incomplete[2][200] = { "one", "two" };
	struct results from = {
		.trace = trace,
		.title = NULL,
		.policy = "xs8",
		.machine = "zen5",
		.seed = 7,
		.nr_inspect = 2,
		.inspect = inspect,
		.nr_incomplete = 2,
		.incomplete = (const char(*)[200])incomplete,
	};
	struct results to;

	from.count[COUNTER_flush_avoided] = 42;
	ck_assert_int_eq(results_copy(&to, &from), 0);
	memset(trace, 'x', sizeof(trace) - 1);
	memset(line1, 'x', sizeof(line1) - 1);
	memset(incomplete, 0, sizeof(incomplete));
	inspect[0] = NULL;
	ck_assert_str_eq(to.trace, "a.yaml");
	ck_assert_str_eq(to.title, "");
	ck_assert_str_eq(to.machine, "zen5");
	ck_assert_str_eq(to.inspect[0], "walk");
	ck_assert_str_eq(to.inspect[1], "grant");
	ck_assert_str_eq(to.incomplete[1], "two");
	ck_assert_uint_eq(to.count[COUNTER_flush_avoided], 42);
	results_free(&to);
	ck_assert_ptr_null(to.memory);
	results_free(&to);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, every_counter_is_found_by_its_path);
	tcase_add_test(tc, a_wrong_path_is_no_counter);
	tcase_add_loop_test(tc, percents_follow_from_counts, 0,
			    ROWS(percent_rows));
	tcase_add_test(tc, a_copy_outlives_the_original);
}

int main(void)
{
	return run_suite("results", add_tests);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_answers.c - what a trace asks of the machine: inspect and expect.
 */
#include <math.h>
#include <string.h>

#include "tests/rig.h"
#include "tests/suite.h"

/* ---- inspections ----------------------------------------------------- */

START_TEST(machine_sets_a_and_d_where_inspect_can_see_them)
{
	struct rig rig;
	struct event event;
	const struct results *results;

	rig_open(&rig, "upstream");
	rig_map_own(&rig, AT, 7);
	rig_access(&rig, EVENT_write, 0, AT);
	event = rig_event(&rig, EVENT_inspect);
	event.cpu = 0;
	event.inspect.kind = INSPECT_WALK;
	event.inspect.what = AT;
	event.inspect.label = NO_LABEL;
	rig_run(&rig, &event);
	results = sim_results(rig.sim);
	ck_assert_uint_eq(results->nr_inspect, 7);
	ck_assert_str_eq(results->inspect[0],
			 "walk of 0xffff880000100000 on CPU 0");
	ck_assert_ptr_nonnull(strstr(results->inspect[4],
				     "is 0x0000000100007067: P RW US A D"));
	ck_assert_ptr_nonnull(strstr(results->inspect[5],
				     "gives 0x100007000: a 4K page, writable"));
	ck_assert_ptr_nonnull(strstr(results->inspect[6],
				     "cached in L1: 0x100007000, writable"));
	rig_close(&rig);
}
END_TEST

START_TEST(inspect_tells_a_grant_and_a_handle)
{
	struct rig rig;
	struct event event;
	const struct results *results;

	rig_open_mapped(&rig, "upstream", 1, HOST);
	event = rig_event(&rig, EVENT_inspect);
	event.domain = 1;
	event.inspect.kind = INSPECT_GRANT;
	event.inspect.what = 8;
	event.inspect.label = NO_LABEL;
	rig_run(&rig, &event);
	event.domain = 0;
	event.inspect.kind = INSPECT_HANDLE;
	event.inspect.label = (struct label){ 0, 0 };
	rig_run(&rig, &event);
	rig_unmap(&rig, 0, 1);
	event.place.line = 0;
	rig_run(&rig, &event);
	results = sim_results(rig.sim);
	ck_assert_str_eq(results->inspect[0],
			 "grant 8 of domain 1: to 0, frame 0x8, pins "
			 "0x00000001, flags permit_access reading writing");
	ck_assert_ptr_nonnull(strstr(results->inspect[1],
				     " of domain 0: grant 8 of domain 1, "
				     "flags host"));
	ck_assert_ptr_nonnull(
		strstr(results->inspect[2], " of domain 0: free"));
	rig_close(&rig);
}
END_TEST

/* ---- expectations ---------------------------------------------------- */

static const struct expected {
	const char *policy; /* of the event */
	double min, max;
	size_t expected, failed;
	const char *text;
} expectations[] = {
	{ NULL, 2, 2, 1, 0, NULL },
	{ "any", 2, 2, 1, 0, NULL },
	{ "xs8", 7, 7, 0, 0, NULL },
	{ "upstream", 1, 1, 1, 1,
	  "'flush.batches' is 2, expected 1 (policy upstream)" },
	{ NULL, 3, INFINITY, 1, 1,
	  "'flush.batches' is 2, expected 3 or more (policy upstream)" },
	{ NULL, 0, 1, 1, 1,
	  "'flush.batches' is 2, expected 1 or less (policy upstream)" },
	{ NULL, 4, 5, 1, 1,
	  "'flush.batches' is 2, expected 4 to 5 (policy upstream)" },
};

START_TEST(expectation_is_held_against_the_policy_that_it_is_about)
{
	const struct expected *want = &expectations[_i];
	struct expectation expectation = {
		.counter = COUNTER_flush_batches,
		.min = want->min,
		.max = want->max,
		.line = 30,
		.column = 4,
	};
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "upstream", 2, HOST);
	rig_unmap(&rig, 0, 1);
	rig_unmap(&rig, 1, 1);
	event = rig_event(&rig, EVENT_expect);
	event.expect.list = &expectation;
	event.expect.count = 1;
	event.expect.policy = want->policy;
	rig_run(&rig, &event);
	ck_assert_uint_eq(sim_results(rig.sim)->expected, want->expected);
	ck_assert_uint_eq(sim_results(rig.sim)->failed, want->failed);
	ck_assert_uint_eq(rig.failed.count, want->failed);
	ck_assert_uint_eq(rig.diags.count, 0);
	if (want->text)
		ck_assert_str_eq(rig.failed.diag[0].text, want->text);
	rig_close(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, machine_sets_a_and_d_where_inspect_can_see_them);
	tcase_add_test(tc, inspect_tells_a_grant_and_a_handle);
	tcase_add_loop_test(
		tc, expectation_is_held_against_the_policy_that_it_is_about, 0,
		ROWS(expectations));
}

int main(void)
{
	return run_suite("sim_answers", add_tests);
}

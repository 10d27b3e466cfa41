/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_bench.c - that the standard streams hit, miss and set bits as often as
 * in a simulator that shares nothing with this one.
 *
 * That one is 60 lines of C: arrays of tags with a time stamp each, and a walk
 * of tables.  DynamoRIO's TLB simulator says the same of two of the streams at
 * 8 million references.  Of a write to a page with D clear both say that it
 * hit, here it is a walk.
 */
#include "config.h"

#include <string.h>

#include <check.h>

#include "sim/bench.h"
#include "tests/suite.h"

static const struct {
	const char *name;
	uint64_t l1_hits, l2_hits, walks, a_set, d_set;
} rows[] = {
	{ "seq64", 984375, 0, 15625, 15658, 15625 },
	{ "hot32", 999968, 0, 32, 35, 32 },
	{ "res1k", 62921, 936055, 1024, 1028, 1024 },
	{ "rand64m", 3924, 89723, 906353, 16418, 16384 },
	{ "rand4g", 59, 1406, 998535, 646165, 261078 },
	{ "zipf4g", 175247, 239173, 585580, 230223, 94053 },
};

/* By hand: 5000 requests of 11 pages, mapped and unmapped; each word of a page
 * that is touched is touched once.  Of a packet of 65226 bytes the 66 of the
 * header are copied, 16 pages mapped. */
static const struct {
	const char *name;
	uint64_t operations, lookups;
} grant_rows[] = {
	{ "direct", 5000 * 22, 0 },
	{ "unchecked", 5000 * 22, 0 },
	{ "bounced", 5000 * 22, 5000 * 11 * 512 },
	{ "copied", 5000 * (1 + 2 * 16), 0 },
};

static const struct benchmark *find_in(const struct benchmark *b,
				       const char *name)
{
	while (b->name && strcmp(b->name, name) != 0)
		b++;
	return b->name ? b : NULL;
}

static const struct benchmark *find(const char *name)
{
	return find_in(bench_memory, name);
}

static void load(const char *name, struct profile *profile)
{
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };

	ck_assert_int_eq(profile_load(name, profile, nowhere, &diags), 0);
}

START_TEST(a_stream_hits_as_elsewhere)
{
	const struct benchmark *benchmark = find(rows[_i].name);
	struct bench_options options = { .quick = true };
	struct bench_result r;
	struct profile profile;

	ck_assert_ptr_nonnull(benchmark);
	load("generic", &profile);
	options.profile = &profile;
	ck_assert_int_eq(bench_time(benchmark, &options, 1, &r), 0);
	ck_assert_uint_eq(r.operations, 1000000);
	ck_assert_uint_eq(r.counters.l1_hits + r.counters.l1_clean,
			  rows[_i].l1_hits);
	ck_assert_uint_eq(r.counters.l2_hits + r.counters.l2_clean,
			  rows[_i].l2_hits);
	ck_assert_uint_eq(r.counters.walks - r.counters.l1_clean -
				  r.counters.l2_clean,
			  rows[_i].walks);
	ck_assert_uint_eq(r.counters.a_set, rows[_i].a_set);
	ck_assert_uint_eq(r.counters.d_set, rows[_i].d_set);
}
END_TEST

START_TEST(grants_are_what_the_drivers_make_of_them)
{
	const struct benchmark *benchmark = find_in(bench_grants,
						    grant_rows[_i].name);
	struct bench_options options = { .quick = true };
	struct bench_result r;
	struct profile profile;

	ck_assert_ptr_nonnull(benchmark);
	load("generic", &profile);
	options.profile = &profile;
	ck_assert_int_eq(bench_time(benchmark, &options, 1, &r), 0);
	ck_assert_uint_eq(r.operations, grant_rows[_i].operations);
	ck_assert_uint_eq(r.counters.lookups, grant_rows[_i].lookups);
}
END_TEST

static const struct {
	const char *name;
	uint64_t events;
} parse_rows[] = {
	{ "yaml", 50000 },
	{ "libyaml", 50000 },
	{ "bulk", 250000 },
	{ "binary", 1000000 },
};

START_TEST(each_form_of_a_trace_is_read_to_its_end)
{
	const struct benchmark *benchmark = find_in(bench_parse,
						    parse_rows[_i].name);
	struct profile profile;
	struct bench_options options = { .quick = true, .profile = &profile };
	struct bench_result r;

	load("generic", &profile);
	ck_assert_ptr_nonnull(benchmark);
	ck_assert_int_eq(bench_time(benchmark, &options, 1, &r), 0);
	ck_assert_uint_eq(r.operations, parse_rows[_i].events);
}
END_TEST

/* Its 94378 events, many of them with several operations. */
START_TEST(a_recording_is_read_to_its_end_and_replayed)
{
	struct profile profile;
	struct bench_options options = { .quick = true, .profile = &profile };
	struct bench_result read, replayed;

	load("generic", &profile);
	ck_assert_int_eq(bench_time(find_in(bench_recording, "recording"),
				    &options, 1, &read),
			 0);
	ck_assert_int_eq(bench_time(find_in(bench_recording, "replayed"),
				    &options, 1, &replayed),
			 0);
	ck_assert_uint_eq(read.operations, 222212);
	ck_assert_uint_eq(replayed.operations, read.operations);
	ck_assert_uint_gt(replayed.counters.lookups, 100000);
}
END_TEST

START_TEST(the_median_and_its_spread_are_of_the_middle)
{
	struct bench_result odd = { .runs = 5, .ns = { 1, 2, 4, 9, 90 } };
	struct bench_result even = { .runs = 4, .ns = { 1, 3, 5, 100 } };

	ck_assert_uint_eq(bench_median(&odd), 4);
	ck_assert_uint_eq(bench_spread(&odd), 3); /* 0 2 3 5 86 */
	ck_assert_uint_eq(bench_median(&even), 4);
	ck_assert_uint_eq(bench_spread(&even), 2); /* 1 1 3 96 */
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, a_stream_hits_as_elsewhere, 0, ROWS(rows));
	tcase_add_loop_test(tc, grants_are_what_the_drivers_make_of_them, 0,
			    ROWS(grant_rows));
	tcase_add_loop_test(tc, each_form_of_a_trace_is_read_to_its_end, 0,
			    ROWS(parse_rows));
	tcase_add_test(tc, a_recording_is_read_to_its_end_and_replayed);
	tcase_add_test(tc, the_median_and_its_spread_are_of_the_middle);
}

int main(void)
{
	return run_suite("bench", add);
}

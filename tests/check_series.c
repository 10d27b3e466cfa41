/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_series.c - results over time add up to results. */
#include <string.h>

#include "sim/series.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define BUCKETS 8

static void open_series(struct rig *rig, const char *policy)
{
	rig_prepare(rig, policy);
	rig->buckets = BUCKETS;
	rig_start(rig);
}

static const struct series *series_of(struct rig *rig)
{
	return sim_results(rig->sim)->series;
}

/* Finish, and let the last sums be the results. */
static const struct series *finished(struct rig *rig)
{
	const struct series *s = series_of(rig);
	const struct results *results;

	sim_finish(rig->sim);
	results = sim_results(rig->sim);
	for (unsigned c = 0; c < SERIES_COUNTERS; c++)
		ck_assert_msg(s->sum[s->count - 1][c] ==
				      results->count[series_counter[c]],
			      "%s", counter_info[series_counter[c]].path);
	return s;
}

static uint64_t sized(const struct series *s, bool performed)
{
	uint64_t sum = 0;

	for (int i = 0; i <= SERIES_OPS; i++)
		sum += performed ? s->size[i].performed : s->size[i].avoided;
	return sum;
}

static void ck_assert_sizes(struct rig *rig)
{
	ck_count(rig, "flush.performed", sized(series_of(rig), true));
	ck_count(rig, "flush.avoided", sized(series_of(rig), false));
}

/* ---- buckets ------------------------------------------------------------- */

/* One lookup each event: of a bucket, as many as it has events. */
static void ck_assert_buckets(const struct series *s, uint64_t events)
{
	uint64_t begin, end;

	ck_assert_uint_eq(s->events, events);
	ck_assert_uint_le(s->count, BUCKETS);
	ck_assert_uint_eq(s->width & (s->width - 1), 0);
	ck_assert_uint_eq(s->count, (events + s->width - 1) / s->width);
	ck_assert(s->width == 1 || s->count > BUCKETS / 2);
	for (size_t i = 0; i < s->count; i++) {
		begin = i * s->width;
		end = begin + s->width < events ? begin + s->width : events;
		ck_assert_msg(series_value(s, i, SERIES_tlb_lookups) ==
				      end - begin,
			      "bucket %zu of %llu events", i,
			      (unsigned long long)events);
	}
}

START_TEST(buckets_hold_every_event_once)
{
	struct rig rig;

	for (uint64_t events = 1; events < 150; events++) {
		open_series(&rig, "xs8");
		for (uint64_t i = 0; i < events; i++)
			rig_access(&rig, EVENT_read, 0, AT);
		ck_assert_buckets(finished(&rig), events);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(a_run_of_no_event_has_no_bucket)
{
	struct rig rig;

	open_series(&rig, "xs8");
	sim_finish(rig.sim);
	ck_assert_uint_eq(series_of(&rig)->count, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(hits_are_where_they_happened)
{
	const struct series *s;
	struct rig rig;

	open_series(&rig, "xs8");
	rig_map_own(&rig, AT, 5);
	rig_access(&rig, EVENT_read, 0, AT);
	rig_access(&rig, EVENT_read, 0, AT);
	s = finished(&rig);
	ck_assert_uint_eq(s->count, 3);
	ck_assert_uint_eq(series_value(s, 1, SERIES_tlb_l1_hits), 0);
	ck_assert_uint_eq(series_value(s, 1, SERIES_tlb_l1_misses), 1);
	ck_assert_uint_eq(series_value(s, 2, SERIES_tlb_l1_hits), 1);
	ck_assert_uint_eq(series_value(s, 2, SERIES_tlb_l1_misses), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(who_asks_for_no_series_gets_none)
{
	struct rig rig;

	rig_open(&rig, "xs8");
	rig_access(&rig, EVENT_read, 0, AT);
	ck_assert_ptr_null(series_of(&rig));
	rig_close(&rig);
}
END_TEST

START_TEST(a_copy_outlives_the_simulator)
{
	struct results copy;
	struct rig rig;

	open_series(&rig, "xs8");
	rig_access(&rig, EVENT_read, 0, AT);
	finished(&rig);
	ck_assert_int_eq(results_copy(&copy, sim_results(rig.sim)), 0);
	rig_close(&rig);
	ck_assert_uint_eq(copy.series->events, 1);
	ck_assert_uint_eq(series_value(copy.series, 0, SERIES_tlb_lookups), 1);
	results_free(&copy);
}
END_TEST

/* ---- batches ------------------------------------------------------------- */

static void open_mapped(struct rig *rig, const char *policy, unsigned n)
{
	open_series(rig, policy);
	rig_grant(rig, 8, n, true);
	rig_map(rig, 8, n, AT, RO);
}

START_TEST(a_hypercall_is_batches_of_32_and_the_rest)
{
	const struct series *s;
	struct rig rig;

	for (unsigned n = 1; n <= 70; n++) {
		open_mapped(&rig, "xs8", n);
		rig_unmap(&rig, 0, n);
		s = series_of(&rig);
		for (unsigned ops = 1; ops <= SERIES_OPS; ops++)
			ck_assert_msg(s->size[ops].avoided ==
					      (ops == SERIES_OPS
						       ? n / 32
						       : ops == n % 32),
				      "%u of %u", ops, n);
		ck_assert_sizes(&rig);
		rig_finish(&rig);
	}
}
END_TEST

START_TEST(what_was_touched_is_in_the_batch_that_flushed)
{
	const struct series *s;
	struct rig rig;

	open_mapped(&rig, "xs8", 33);
	rig_access(&rig, EVENT_read, 0, AT + 32 * PAGE);
	rig_unmap(&rig, 0, 33);
	s = series_of(&rig);
	ck_assert_uint_eq(s->size[32].avoided, 1);
	ck_assert_uint_eq(s->size[32].performed, 0);
	ck_assert_uint_eq(s->size[1].performed, 1);
	ck_assert_uint_eq(s->size[1].avoided, 0);
	ck_assert_sizes(&rig);
	rig_finish(&rig);
}
END_TEST

/* CPU 0 unmaps two of one batch; CPU 1 three at a crossing of it. */
START_TEST(batches_of_two_cpus_at_once_are_told_apart)
{
	const struct label stopped = { 0, 0 };
	const struct series *s;
	struct event event;
	struct rig rig;
	uint32_t nth = 0;

	do {
		open_mapped(&rig, "upstream", 5);
		event = rig_unmap_event(&rig, 0, 0, 2);
		event.cpu = 0;
		event.call = stopped;
		event.stop = (struct stop){ CROSS_any, ++nth };
		rig_run(&rig, &event);
		event = rig_unmap_event(&rig, 0, 2, 3);
		event.cpu = 1;
		rig_run(&rig, &event);
		event = rig_event(&rig, EVENT_resume);
		event.call = stopped;
		rig_run(&rig, &event);
		s = series_of(&rig);
		ck_assert_msg(s->size[2].performed == 1 &&
				      s->size[3].performed == 1,
			      "stopped at crossing %u", nth);
		ck_assert_sizes(&rig);
		rig_close(&rig);
	} while (nth < 30);
}
END_TEST

START_TEST(a_preempted_hypercall_goes_on_with_its_next_batch)
{
	const struct series *s;
	struct event event;
	struct rig rig;

	open_mapped(&rig, "xs8", 40);
	event = rig_event(&rig, EVENT_preempt);
	event.cpu = 0;
	event.at.point = 1;
	rig_run(&rig, &event);
	rig_unmap(&rig, 0, 40);
	s = series_of(&rig);
	ck_count(&rig, "grant.hypercalls", 3);
	ck_assert_uint_eq(s->size[32].avoided, 1);
	ck_assert_uint_eq(s->size[8].avoided, 1);
	ck_assert_sizes(&rig);
	rig_finish(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, buckets_hold_every_event_once);
	tcase_add_test(tc, a_run_of_no_event_has_no_bucket);
	tcase_add_test(tc, hits_are_where_they_happened);
	tcase_add_test(tc, who_asks_for_no_series_gets_none);
	tcase_add_test(tc, a_copy_outlives_the_simulator);
	tcase_add_test(tc, a_hypercall_is_batches_of_32_and_the_rest);
	tcase_add_test(tc, what_was_touched_is_in_the_batch_that_flushed);
	tcase_add_test(tc, batches_of_two_cpus_at_once_are_told_apart);
	tcase_add_test(tc, a_preempted_hypercall_goes_on_with_its_next_batch);
}

int main(void)
{
	return run_suite("series", add_tests);
}

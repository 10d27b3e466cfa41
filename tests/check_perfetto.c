/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_perfetto.c - a run over time keeps the rules of the format: Trace
 * Event Format, "Event Types".
 */
#include "config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/explain.h"
#include "sim/replay.h"
#include "tests/suite.h"

#define CPUS 8

static const char *const traces[] = {
	"workloads/cases/c07-lazy-idle.yaml",
	"workloads/cases/p01-five-policies.yaml",
	"workloads/cases/h02-batch-of-32.yaml",
};
#define TRACES (sizeof(traces) / sizeof(*traces))
/* One that knows what things cost. */
#define MACHINE "ivybridge-ep"

static char *path_of(const char *trace)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("top_srcdir"), trace);
	return path;
}

/* The events of @trace, as an array to be let go of with *@root. */
static json_t *events_of(const char *trace, json_t **root)
{
	struct explain_config config = {
		.trace = path_of(trace),
		.over.machine = MACHINE,
		.to = UINT64_MAX,
		.teller = &teller_perfetto,
	};
	json_error_t error;
	char *text;
	size_t size;

	config.out = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(config.out);
	/* Expectations are held on the trace's own machine. */
	ck_assert_int_le(explain_trace(&config), STATUS_FAILED);
	ck_assert_int_eq(fclose(config.out), 0);
	*root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(*root != NULL, "%s", error.text);
	free(text);
	return json_object_get(*root, "traceEvents");
}

static uint64_t results_of(const char *trace, enum counter counter)
{
	const struct replay_config config = { .over.machine = MACHINE };
	struct progress progress = progress_start(-1, false);
	struct results results;
	uint64_t count;

	ck_assert_int_le(
		replay_trace(path_of(trace), &config, &progress, &results),
		STATUS_FAILED);
	count = results.count[counter];
	results_free(&results);
	return count;
}

static const char *text_of(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	ck_assert_msg(text != NULL, "no %s", key);
	return text;
}

static json_int_t number_of(const json_t *event, const char *key)
{
	const json_t *number = json_object_get(event, key);

	ck_assert_msg(json_is_integer(number), "no %s", key);
	ck_assert_int_ge(json_integer_value(number), 0);
	return json_integer_value(number);
}

static bool is_phase(const json_t *event, char phase)
{
	return text_of(event, "ph")[0] == phase;
}

static size_t count_named(const json_t *events, char phase, const char *name)
{
	const json_t *event;
	size_t i, count = 0;

	json_array_foreach(events, i, event)
		count += is_phase(event, phase) &&
			 strcmp(text_of(event, "name"), name) == 0;
	return count;
}

START_TEST(every_event_has_what_its_phase_asks_for)
{
	json_t *root, *events = events_of(traces[_i], &root), *event;
	size_t i;

	ck_assert_uint_gt(json_array_size(events), 10);
	json_array_foreach(events, i, event)
	{
		ck_assert_uint_eq(strlen(text_of(event, "ph")), 1);
		ck_assert_ptr_nonnull(
			strchr("BEXisfCM", text_of(event, "ph")[0]));
		ck_assert_ptr_nonnull(text_of(event, "name"));
		ck_assert_int_eq(number_of(event, "pid"), 1);
		ck_assert_int_ge(number_of(event, "tid"), 1);
		number_of(event, "ts");
		if (is_phase(event, 'X'))
			number_of(event, "dur");
		if (is_phase(event, 'i'))
			ck_assert_str_eq(text_of(event, "s"), "t");
		if (is_phase(event, 'C') || is_phase(event, 'M'))
			ck_assert(
				json_is_object(json_object_get(event, "args")));
	}
	json_decref(root);
}
END_TEST

/* What is open on a thread, and how far its slices go. */
struct thread {
	const char *open[8];
	size_t depth;
	json_int_t begin, end;
	bool named;
};

static void take(struct thread *thread, const json_t *event)
{
	json_int_t ts = number_of(event, "ts");

	if (is_phase(event, 'M')) {
		ck_assert(!thread->named);
		thread->named = true;
		return;
	}
	ck_assert(thread->named);
	if (!strchr("BEX", text_of(event, "ph")[0]))
		return;
	/* Time goes on; no slice reaches into the next. */
	ck_assert_int_ge(ts, thread->end);
	thread->end = ts;
	if (is_phase(event, 'X')) {
		thread->end = ts + number_of(event, "dur");
	} else if (is_phase(event, 'B')) {
		ck_assert_uint_lt(thread->depth, 8);
		thread->open[thread->depth++] = text_of(event, "name");
	} else {
		ck_assert_uint_gt(thread->depth, 0);
		ck_assert_str_eq(thread->open[--thread->depth],
				 text_of(event, "name"));
	}
}

START_TEST(slices_of_a_thread_nest_and_follow_each_other)
{
	json_t *root, *events = events_of(traces[_i], &root), *event;
	struct thread thread[CPUS + 1] = { { .depth = 0 } };
	size_t i;

	json_array_foreach(events, i, event)
	{
		ck_assert_int_le(number_of(event, "tid"), CPUS);
		take(&thread[number_of(event, "tid")], event);
	}
	for (i = 0; i <= CPUS; i++)
		ck_assert_uint_eq(thread[i].depth, 0);
	json_decref(root);
}
END_TEST

/* An arrow begins and ends once, in a slice, and does not go back. */
START_TEST(each_ipi_is_an_arrow)
{
	json_t *root, *events = events_of(traces[_i], &root), *event;
	json_int_t left[64] = { 0 };
	size_t i, id, arrows = 0, ends = 0;

	json_array_foreach(events, i, event)
	{
		if (!is_phase(event, 's') && !is_phase(event, 'f'))
			continue;
		id = (size_t)number_of(event, "id");
		ck_assert_uint_lt(id, 64);
		if (is_phase(event, 's')) {
			ck_assert_uint_eq(id, ++arrows);
			left[id] = number_of(event, "ts");
			continue;
		}
		ck_assert_uint_eq(id, ++ends);
		ck_assert_int_ge(number_of(event, "ts"), left[id]);
		ck_assert_str_eq(text_of(event, "bp"), "e");
	}
	ck_assert_uint_eq(arrows, ends);
	ck_assert_uint_eq(arrows, results_of(traces[_i], COUNTER_flush_ipis));
	ck_assert_uint_eq(arrows, count_named(events, 'X', "flush (IPI)"));
	json_decref(root);
}
END_TEST

START_TEST(decisions_and_flushes_are_those_of_the_results)
{
	json_t *root, *events = events_of(traces[_i], &root);
	uint64_t performed = results_of(traces[_i], COUNTER_flush_performed);

	ck_assert_uint_gt(performed, 0);
	ck_assert_uint_eq(count_named(events, 'i', "decision: flush"),
			  performed);
	ck_assert_uint_eq(count_named(events, 'i', "decision: no flush"),
			  results_of(traces[_i], COUNTER_flush_avoided));
	ck_assert_uint_ge(count_named(events, 'X', "flush"), performed);
	json_decref(root);
}
END_TEST

START_TEST(time_ends_with_the_sum_of_cycles)
{
	json_t *root, *events = events_of(traces[_i], &root), *event;
	json_int_t last = 0;
	size_t i;

	json_array_foreach(events, i, event) if (number_of(event, "ts") > last)
		last = number_of(event, "ts");
	ck_assert_int_gt(last, 0);
	ck_assert_uint_eq((uint64_t)last,
			  results_of(traces[_i], COUNTER_cycles_total));
	json_decref(root);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, every_event_has_what_its_phase_asks_for, 0,
			    TRACES);
	tcase_add_loop_test(tc, slices_of_a_thread_nest_and_follow_each_other,
			    0, TRACES);
	tcase_add_loop_test(tc, each_ipi_is_an_arrow, 0, TRACES);
	tcase_add_loop_test(tc, decisions_and_flushes_are_those_of_the_results,
			    0, TRACES);
	tcase_add_loop_test(tc, time_ends_with_the_sum_of_cycles, 0, TRACES);
}

int main(void)
{
	return run_suite("perfetto", add_tests);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_sweep_order.c - cells that may take long are begun before others. */
#include "config.h"

#include <math.h>
#include <pthread.h>

#include "sim/pool.h"
#include "sim/sweep_pace.h"
#include "tests/suite.h"

/* ---- what a cell may take ------------------------------------------------ */

/* Two traces by three policies: cell 1 + 3 * trace + policy. */
static struct sweep sweep_of_six(void)
{
	static uint32_t place[] = { 0, 1, 2, 3, 4, 5 };
	static struct sweep_value trace[2], policy[3];

	return (struct sweep){
		.nr_axes = 2,
		.axis = { { .count = 2, .value = trace },
			  { .count = 3, .value = policy } },
		.nr_cells = 6,
		.cell = place,
	};
}

static struct pace pace_of(const struct sweep *sweep)
{
	struct pace pace;

	ck_assert_int_eq(pace_init(&pace, sweep), 0);
	for (size_t cell = 1; cell <= sweep->nr_cells; cell++)
		pace_expect(&pace, cell);
	return pace;
}

START_TEST(what_is_new_may_take_for_ever)
{
	struct sweep sweep = sweep_of_six();
	struct pace pace = pace_of(&sweep);

	pace_note(&pace, 1, 4);
	/* The policies of 2 and 3 are new, the trace of 4. */
	for (size_t cell = 2; cell <= 6; cell++)
		ck_assert(isinf(pace_guess(&pace, cell)));
	pace_free(&pace);
}
END_TEST

START_TEST(guess_is_the_mean_of_the_slowest_value)
{
	struct sweep sweep = sweep_of_six();
	struct pace pace = pace_of(&sweep);

	pace_note(&pace, 1, 4);
	pace_note(&pace, 2, 8);
	pace_note(&pace, 4, 1);
	ck_assert_double_eq(pace_guess(&pace, 5), 8);
	ck_assert(isinf(pace_guess(&pace, 3)));
	pace_note(&pace, 6, 1);
	ck_assert_double_eq(pace_guess(&pace, 3), 6);
	pace_free(&pace);
}
END_TEST

START_TEST(time_left_is_that_of_the_traces)
{
	struct sweep sweep = sweep_of_six();
	struct pace pace = pace_of(&sweep);

	ck_assert_double_eq(pace_left(&pace), 0);
	pace_note(&pace, 1, 4);
	ck_assert_double_eq(pace_left(&pace), 2 * 4 + 3 * 4);
	pace_note(&pace, 4, 1);
	ck_assert_double_eq(pace_left(&pace), 2 * 4 + 2 * 1);
	pace_free(&pace);
}
END_TEST

/* ---- the order ----------------------------------------------------------- */

/* One worker, which begins nothing behind item 0 before the gate is open. */
struct work {
	pthread_mutex_t gate;
	size_t begun[8], count;
};

static void note_item(void *data, size_t item)
{
	struct work *work = data;

	pthread_mutex_lock(&work->gate);
	work->begun[work->count++] = item;
	pthread_mutex_unlock(&work->gate);
}

static int larger_first(const void *a, const void *b, void *data)
{
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;

	++*(unsigned *)data;
	return x > y ? -1 : x < y;
}

START_TEST(items_that_are_not_begun_are_sorted)
{
	size_t items[] = { 2, 7, 3, 9, 1 };
	struct work work = { .gate = PTHREAD_MUTEX_INITIALIZER };
	unsigned compared = 0;
	struct pool *pool;
	size_t first;

	pthread_mutex_lock(&work.gate);
	ck_assert_int_eq(pool_start(&pool, 1, items, 5, note_item, &work), 0);
	pool_sort(pool, larger_first, &compared);
	pthread_mutex_unlock(&work.gate);
	for (size_t item; pool_wait(pool, 1000, &item) != POOL_EMPTY;)
		;
	pool_stop(pool);
	ck_assert_uint_gt(compared, 0);
	ck_assert_uint_eq(work.count, 5);
	/* The worker had begun with one, or not yet. */
	first = work.begun[0];
	ck_assert(first == 2 || first == 9);
	for (size_t i = 2; i < 5; i++)
		ck_assert_uint_lt(work.begun[i], work.begun[i - 1]);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, what_is_new_may_take_for_ever);
	tcase_add_test(tc, guess_is_the_mean_of_the_slowest_value);
	tcase_add_test(tc, time_left_is_that_of_the_traces);
	tcase_add_test(tc, items_that_are_not_begun_are_sorted);
}

int main(void)
{
	return run_suite("sweep_order", add);
}

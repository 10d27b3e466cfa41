/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_chase.c - the pointer chase: which pages it maps and meets.
 */
#include "config.h"

#include <string.h>

#include "tests/driver_run.h"
#include "tests/suite.h"

#define PAGES 600
#define START (UINT64_C(1) << 40)

/* The pages that a block maps, and those that it meets, as numbers. */
struct chased {
	unsigned mapped, met;
	bool is_mapped[PAGES];
	uint32_t page[4 * PAGES];
	enum event_kind kind;
};

static void note_map(struct chased *chased, const struct event *event,
		     uint64_t step)
{
	for (size_t i = 0; i < event->nr_ops; i++) {
		uint64_t page = (event->ops[i].at - START) / step;

		ck_assert_uint_eq((event->ops[i].at - START) % step, 0);
		ck_assert_uint_lt(page, PAGES);
		ck_assert(!chased->is_mapped[page]);
		chased->is_mapped[page] = true;
		chased->mapped++;
	}
}

static void note_access(struct chased *chased, const struct event *event,
			uint64_t step)
{
	uint64_t at = event->access.at;

	chased->kind = event->kind;
	for (uint64_t i = 0; i < event->access.count; i++) {
		ck_assert_uint_lt(chased->met, 4 * PAGES);
		chased->page[chased->met++] = (uint32_t)((at - START) / step);
		at += event->access.stride;
	}
}

static void chase(struct chased *chased, const char *block, unsigned stride)
{
	struct event event;
	struct run run;

	memset(chased, 0, sizeof(*chased));
	run_open(&run, "chase", block);
	while (run_next(&run, &event)) {
		if (event.kind == EVENT_map_page)
			note_map(chased, &event, stride * UINT64_C(4096));
		else
			note_access(chased, &event, stride * UINT64_C(4096));
	}
	run_close(&run);
}

static const struct {
	const char *block;
	unsigned pages, stride, rounds;
	enum event_kind kind;
} rows[] = {
	{ "{driver: loads, pages: 1}", 1, 1, 2, EVENT_read },
	{ "{driver: loads, pages: 600, rounds: 4}", 600, 1, 4, EVENT_read },
	{ "{driver: stores, pages: 97, stride: 4}", 97, 4, 2, EVENT_write },
	{ "{driver: fetches, pages: 300, order: ascending}", 300, 1, 2,
	  EVENT_fetch },
};

START_TEST(each_round_meets_each_mapped_page_once_in_the_same_order)
{
	unsigned pages = rows[_i].pages;
	bool seen[PAGES] = { false };
	struct chased chased;

	chase(&chased, rows[_i].block, rows[_i].stride);
	ck_assert_uint_eq(chased.mapped, pages);
	ck_assert_uint_eq(chased.met, pages * rows[_i].rounds);
	ck_assert_int_eq(chased.kind, rows[_i].kind);
	for (unsigned i = 0; i < pages; i++) {
		ck_assert(!seen[chased.page[i]]);
		seen[chased.page[i]] = true;
		ck_assert(chased.is_mapped[i]);
	}
	for (unsigned i = pages; i < chased.met; i++)
		ck_assert_uint_eq(chased.page[i], chased.page[i - pages]);
}
END_TEST

START_TEST(order_is_shuffled_by_the_seed)
{
	struct chased one, again, other, ascending;

	chase(&one, "{driver: loads, pages: 100, seed: 5}", 1);
	chase(&again, "{driver: loads, pages: 100, seed: 5}", 1);
	chase(&other, "{driver: loads, pages: 100, seed: 6}", 1);
	chase(&ascending, "{driver: loads, pages: 100, order: ascending}", 1);
	ck_assert(!memcmp(one.page, again.page, sizeof(one.page)));
	ck_assert(memcmp(one.page, other.page, sizeof(one.page)));
	ck_assert(memcmp(one.page, ascending.page, sizeof(one.page)));
	for (unsigned i = 0; i < 100; i++)
		ck_assert_uint_eq(ascending.page[i], i);
}
END_TEST

START_TEST(seed_is_by_default_that_of_the_trace)
{
	struct chased trace, given;

	ck_assert_uint_eq(driver_header.seed, 1);
	chase(&trace, "{driver: loads, pages: 100}", 1);
	chase(&given, "{driver: loads, pages: 100, seed: 1}", 1);
	ck_assert(!memcmp(trace.page, given.page, sizeof(trace.page)));
}
END_TEST

static const struct {
	const char *block;
	uint32_t line, column;
} bad_rows[] = {
	{ "{pages: 1}", 1, 1 },
	{ "{driver: loads}", 1, 1 },
	{ "{driver: jumps, pages: 1}", 1, 10 },
	{ "{driver: loads, pages: 0}", 1, 24 },
	{ "{driver: loads, pages: 65537}", 1, 24 },
	{ "{driver: loads, pages: 1, stride: 0}", 1, 35 },
	{ "{driver: loads, pages: 1, rounds: 0}", 1, 35 },
	{ "{driver: loads, pages: 1, order: none}", 1, 34 },
};

START_TEST(block_out_of_range_is_refused)
{
	struct run run;

	run_open(&run, "chase", bad_rows[_i].block);
	ck_assert_ptr_null(run.instance);
	ck_assert_uint_eq(run.diags.diag[0].line, bad_rows[_i].line);
	ck_assert_uint_eq(run.diags.diag[0].column, bad_rows[_i].column);
	run_close(&run);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(
		tc, each_round_meets_each_mapped_page_once_in_the_same_order, 0,
		ROWS(rows));
	tcase_add_test(tc, order_is_shuffled_by_the_seed);
	tcase_add_test(tc, seed_is_by_default_that_of_the_trace);
	tcase_add_loop_test(tc, block_out_of_range_is_refused, 0,
			    ROWS(bad_rows));
}

int main(void)
{
	return run_suite("chase", add);
}

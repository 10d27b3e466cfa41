/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_hb.c - which schedules are the same, and what was touched. */
#include <check.h>

#include "sim/explore_set.h"
#include "sim/hb.h"
#include "tests/suite.h"

#define THINGS 3
#define BARRIER THINGS

/* One part: whose, what it touches, how. */
struct part {
	unsigned thread, thing;
	enum touch_how how;
};

/* Two schedules of a few parts. */
static const struct {
	const char *what;
	struct part one[4], other[4];
	size_t parts;
	bool same;
} pairs[] = {
	{ "different things in either order",
	  { { 0, 0, TOUCH_WRITE }, { 1, 1, TOUCH_WRITE } },
	  { { 1, 1, TOUCH_WRITE }, { 0, 0, TOUCH_WRITE } },
	  2,
	  true },
	{ "one thing, written",
	  { { 0, 0, TOUCH_WRITE }, { 1, 0, TOUCH_WRITE } },
	  { { 1, 0, TOUCH_WRITE }, { 0, 0, TOUCH_WRITE } },
	  2,
	  false },
	{ "one thing, read",
	  { { 0, 0, TOUCH_READ }, { 1, 0, TOUCH_READ } },
	  { { 1, 0, TOUCH_READ }, { 0, 0, TOUCH_READ } },
	  2,
	  true },
	{ "one thing, updated",
	  { { 0, 0, TOUCH_UPDATE }, { 1, 0, TOUCH_UPDATE } },
	  { { 1, 0, TOUCH_UPDATE }, { 0, 0, TOUCH_UPDATE } },
	  2,
	  true },
	{ "one thing, read and updated",
	  { { 0, 0, TOUCH_READ }, { 1, 0, TOUCH_UPDATE } },
	  { { 1, 0, TOUCH_UPDATE }, { 0, 0, TOUCH_READ } },
	  2,
	  false },
	{ "reads of which one comes after a write",
	  { { 0, 0, TOUCH_READ }, { 1, 0, TOUCH_WRITE }, { 2, 0, TOUCH_READ } },
	  { { 2, 0, TOUCH_READ }, { 1, 0, TOUCH_WRITE }, { 0, 0, TOUCH_READ } },
	  3,
	  false },
	{ "before and after one that touches everything",
	  { { 0, 0, TOUCH_READ }, { 1, BARRIER, TOUCH_WRITE } },
	  { { 1, BARRIER, TOUCH_WRITE }, { 0, 0, TOUCH_READ } },
	  2,
	  false },
	{ "an order that another thing carries on",
	  { { 0, 0, TOUCH_WRITE },
	    { 1, 0, TOUCH_WRITE },
	    { 1, 1, TOUCH_WRITE },
	    { 2, 1, TOUCH_WRITE } },
	  { { 1, 0, TOUCH_WRITE },
	    { 1, 1, TOUCH_WRITE },
	    { 2, 1, TOUCH_WRITE },
	    { 0, 0, TOUCH_WRITE } },
	  4,
	  false },
	{ "the same, where nothing carries it",
	  { { 0, 0, TOUCH_WRITE },
	    { 1, 1, TOUCH_WRITE },
	    { 1, 2, TOUCH_WRITE },
	    { 2, 2, TOUCH_WRITE } },
	  { { 1, 1, TOUCH_WRITE },
	    { 1, 2, TOUCH_WRITE },
	    { 2, 2, TOUCH_WRITE },
	    { 0, 0, TOUCH_WRITE } },
	  4,
	  true },
};

static uint64_t hash_of(const struct part *part, size_t parts)
{
	uint64_t last[THINGS] = { 0 }, total;
	struct hb hb = { .count = 0 };

	for (size_t i = 0; i < parts; i++) {
		struct touches touches = { .all = part[i].thing == BARRIER };
		unsigned thread = part[i].thread;

		touches_add(&touches, (struct touch){ TOUCH_ENTRY, part[i].how,
						      part[i].thing });
		ck_assert_int_eq(hb_add(&hb, thread, last[thread], &touches,
					&last[thread]),
				 0);
	}
	total = hb.total;
	hb_free(&hb);
	return total;
}

START_TEST(schedules_are_the_same_if_what_touches_has_its_order)
{
	uint64_t one = hash_of(pairs[_i].one, pairs[_i].parts);
	uint64_t other = hash_of(pairs[_i].other, pairs[_i].parts);

	ck_assert_msg((one == other) == pairs[_i].same, "%s", pairs[_i].what);
}
END_TEST

START_TEST(a_thing_touched_in_two_ways_is_written)
{
	struct touches touches = { .count = 0 };

	touches_add(&touches, (struct touch){ TOUCH_TLB, TOUCH_READ, 1 });
	touches_add(&touches, (struct touch){ TOUCH_TLB, TOUCH_READ, 1 });
	ck_assert_uint_eq(touches.count, 1);
	ck_assert_int_eq(touches.touch[0].how, TOUCH_READ);
	touches_add(&touches, (struct touch){ TOUCH_TLB, TOUCH_UPDATE, 1 });
	ck_assert_uint_eq(touches.count, 1);
	ck_assert_int_eq(touches.touch[0].how, TOUCH_WRITE);
}
END_TEST

START_TEST(more_things_than_there_is_room_for_are_all)
{
	struct touches touches = { .count = 0 };

	for (unsigned i = 0; i < TOUCHES_MAX; i++)
		touches_add(&touches,
			    (struct touch){ TOUCH_WORD, TOUCH_READ, i });
	ck_assert(!touches.all);
	touches_add(&touches, (struct touch){ TOUCH_LOCK, TOUCH_READ, 0 });
	ck_assert(touches.all);
}
END_TEST

START_TEST(a_set_knows_what_was_added)
{
	struct explore_set set = { .count = 0 };

	for (uint64_t i = 0; i < 5000; i++)
		ck_assert_int_eq(explore_set_add(&set, hb_mix(i, 1)), 1);
	for (uint64_t i = 0; i < 5000; i++)
		ck_assert_int_eq(explore_set_add(&set, hb_mix(i, 1)), 0);
	ck_assert_int_eq(explore_set_add(&set, 0), 1);
	ck_assert_int_eq(explore_set_add(&set, 0), 0);
	explore_set_free(&set);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_loop_test(
		tcase, schedules_are_the_same_if_what_touches_has_its_order, 0,
		ROWS(pairs));
	tcase_add_test(tcase, a_thing_touched_in_two_ways_is_written);
	tcase_add_test(tcase, more_things_than_there_is_room_for_are_all);
	tcase_add_test(tcase, a_set_knows_what_was_added);
}

int main(void)
{
	return run_suite("hb", add);
}

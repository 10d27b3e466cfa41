/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_strand.c - functions that pause in the middle and go on. */
#include <string.h>

#include "sim/strand.h"
#include "tests/suite.h"

struct steps {
	struct strand *strand;
	char done[8];
};

static void take_steps(void *arg)
{
	struct steps *steps = arg;

	strcat(steps->done, "a");
	strand_pause(steps->strand);
	strcat(steps->done, "b");
	strand_pause(steps->strand);
	strcat(steps->done, "c");
}

START_TEST(strand_goes_on_where_it_paused)
{
	struct steps steps = { .strand = NULL };

	steps.strand = strand_create(NULL, take_steps, &steps);
	ck_assert_ptr_nonnull(steps.strand);
	ck_assert(strand_waits(steps.strand));
	ck_assert_str_eq(steps.done, "");
	ck_assert(!strand_go(steps.strand));
	ck_assert(strand_waits(steps.strand));
	strcat(steps.done, "1");
	ck_assert(!strand_go(steps.strand));
	strcat(steps.done, "2");
	ck_assert(strand_go(steps.strand));
	ck_assert(!strand_waits(steps.strand));
	ck_assert_str_eq(steps.done, "a1b2c");
	strand_destroy(steps.strand);
}
END_TEST

START_TEST(strand_that_paused_can_go_and_its_stack_is_used_again)
{
	struct steps steps = { .strand = NULL };
	struct strands strands = { NULL };
	struct strand *first;

	first = strand_create(&strands, take_steps, &steps);
	ck_assert_ptr_nonnull(first);
	steps.strand = first;
	ck_assert(!strand_go(first));
	strand_destroy(first);
	steps.strand = strand_create(&strands, take_steps, &steps);
	ck_assert_ptr_eq(steps.strand, first);
	while (!strand_go(steps.strand))
		;
	ck_assert_str_eq(steps.done, "aabc");
	strand_destroy(steps.strand);
	strands_free(&strands);
	ck_assert_ptr_null(strands.spare);
}
END_TEST

static void go_inside(void *arg)
{
	struct steps *steps = arg;
	struct steps inner = { .strand = NULL };

	inner.strand = strand_create(NULL, take_steps, &inner);
	ck_assert(!strand_go(inner.strand));
	strand_pause(steps->strand);
	ck_assert(!strand_go(inner.strand));
	ck_assert(strand_go(inner.strand));
	strand_destroy(inner.strand);
	memcpy(steps->done, inner.done, sizeof(inner.done));
}

START_TEST(strand_has_another_one_go)
{
	struct steps steps = { .strand = NULL };

	steps.strand = strand_create(NULL, go_inside, &steps);
	ck_assert(!strand_go(steps.strand));
	ck_assert(strand_go(steps.strand));
	ck_assert_str_eq(steps.done, "abc");
	strand_destroy(steps.strand);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, strand_goes_on_where_it_paused);
	tcase_add_test(tc,
		       strand_that_paused_can_go_and_its_stack_is_used_again);
	tcase_add_test(tc, strand_has_another_one_go);
}

int main(void)
{
	return run_suite("strand", add);
}

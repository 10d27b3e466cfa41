/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_memory.c - grant tables without host memory, on a fake machine.
 */
#include <errno.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map

/* The linker puts this in front of calloc(): the next but so many fails. */
static unsigned allocations = FAKE_NEVER;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	if (allocations != FAKE_NEVER && allocations-- == 0)
		return NULL;
	return __real_calloc(n, size);
}

static struct grant_table *create_with(struct fake_machine *m, unsigned n)
{
	const struct gnttab_domain who = { .machine = &m->domains[0] };
	struct grant_table *gt;

	allocations = n;
	gt = gnttab_create(&m->cpus[0], &who, &m->rules);
	allocations = FAKE_NEVER;
	return gt;
}

START_TEST(table_without_memory_is_not_made)
{
	struct fake_machine *m = fake_create("xs8");
	struct grant_table *gt;

	for (unsigned n = 0; n < 6; n++)
		ck_assert_ptr_null(create_with(m, n));
	gt = create_with(m, 6);
	ck_assert_ptr_nonnull(gt);
	gnttab_destroy(gt);
	gnttab_destroy(NULL);
	memset(m->table_used, true, sizeof(m->table_used));
	ck_assert_ptr_null(create_with(m, FAKE_NEVER));
	fake_destroy(m);
}
END_TEST

START_TEST(growing_without_memory_can_be_tried_again)
{
	struct fake_machine *m = fake_create("xs8");
	struct grant_table *gt = m->domains[1].gt;
	struct cpu *cpu = &m->cpus[1];

	allocations = 0;
	ck_assert_int_eq(gnttab_grow(cpu, gt, 2), -ENOMEM);
	allocations = FAKE_NEVER;
	ck_assert_uint_eq(gnttab_nr_frames(gt), 1);
	ck_assert_int_eq(gnttab_grow(cpu, gt, 2), 0);
	fake_destroy(m);
}
END_TEST

START_TEST(handles_without_memory_are_out_of_space)
{
	struct fake_machine *m = fake_create("xs8");
	grant_handle_t h;

	grant_access(m, 1, 0, 0, 0, 0);
	allocations = 0;
	ck_assert_int_eq(map_page(m, 0, 1, 0, 0, HOST, &h), GNTST_no_space);
	allocations = FAKE_NEVER;
	ck_assert_int_eq(map_page(m, 0, 1, 0, 0, HOST, &h), GNTST_okay);
	ck_assert_uint_eq(h, 0);
	fake_destroy(m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, table_without_memory_is_not_made);
	tcase_add_test(tc, growing_without_memory_can_be_tried_again);
	tcase_add_test(tc, handles_without_memory_are_out_of_space);
}

int main(void)
{
	return run_suite("gnttab memory", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_handles.c - handles and tables, as they fill up. */
#include <errno.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("xs8");
}

static void teardown(void)
{
	fake_destroy(m);
}

/* ---- handles -------------------------------------------------------- */

START_TEST(handles_are_reused_first_in_first_out)
{
	grant_handle_t h[4];

	grant_access(m, 1, 8, 0, 3, 0);
	for (unsigned i = 0; i < 3; i++) {
		map_page(m, 0, 1, 8, i, HOST, &h[i]);
		ck_assert_uint_eq(h[i], i);
	}
	unmap_page(m, 0, h[1], 1);
	map_page(m, 0, 1, 8, 1, HOST, &h[3]);
	ck_assert_uint_eq(h[3], 3);
	/* 4 .. 255 were free before handle 1 was, and 255 is the sentinel
	 * no more. */
	for (unsigned i = 4; i < 256; i++)
		map_page(m, 0, 1, 8, 0, DEVICE | (i % 2 ? RO : 0), &h[0]);
	ck_assert_uint_eq(h[0], 255);
}
END_TEST

START_TEST(one_handle_of_all_frames_is_never_given)
{
	const unsigned limit = FAKE_HANDLE_FRAMES * 256;
	grant_handle_t h;

	for (unsigned i = 0; i < limit - 1; i++) {
		grant_access(m, 1, i % 16, 0, 3, 0);
		ck_assert_int_eq(map_page(m, 0, 1, i % 16, i, HOST, &h),
				 GNTST_okay);
		ck_assert_uint_lt(h, limit);
	}
	ck_assert_int_eq(map_page(m, 0, 1, 0, 0, HOST, &h), GNTST_no_space);
	ck_assert_uint_eq(grant_pin(m, 1, 0), 32);
	ck_assert_uint_eq(gnttab_maptrack_limit(m->domains[0].gt), limit);
	unmap_page(m, 0, 17, 17);
	ck_assert_int_eq(map_page(m, 0, 1, 0, 17, HOST, &h), GNTST_okay);
}
END_TEST

START_TEST(handle_stands_for_what_was_mapped)
{
	struct gnttab_maptrack_view v;
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_slot(m, 0, 1, 8, 5, HOST | RO | 3u << 16, &h);
	v = gnttab_maptrack(m->domains[0].gt, h);
	ck_assert_uint_eq(v.ref, 8);
	ck_assert_uint_eq(v.granter, 1);
	ck_assert_uint_eq(v.flags, HOST | RO | GNTMAP_contains_pte);
	ck_assert_uint_eq(gnttab_maptrack(m->domains[0].gt, h + 1).flags, 0);
	ck_assert_uint_eq(gnttab_maptrack(m->domains[0].gt, 99999).flags, 0);
	ck_assert_uint_eq(gnttab_active(m->domains[1].gt, 99999).pin, 0);
}
END_TEST

/* ---- the table ------------------------------------------------------ */

START_TEST(table_grows_up_to_its_limit)
{
	struct grant_table *gt = m->domains[1].gt;
	grant_handle_t h;

	ck_assert_uint_eq(gnttab_nr_frames(gt), 1);
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 3), -ENOSPC);
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 2), 0);
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 1), 0);
	ck_assert_uint_eq(gnttab_nr_frames(gt), 2);
	grant_access(m, 1, 1023, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 1023, 5, HOST, &h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 1023), 1);
}
END_TEST

START_TEST(growing_without_memory_changes_nothing)
{
	struct grant_table *gt = m->domains[1].gt;

	memset(m->table_used, true, sizeof(m->table_used));
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 2), -ENOMEM);
	ck_assert_uint_eq(gnttab_nr_frames(gt), 1);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, handles_are_reused_first_in_first_out);
	tcase_add_test(tc, one_handle_of_all_frames_is_never_given);
	tcase_add_test(tc, handle_stands_for_what_was_mapped);
	tcase_add_test(tc, table_grows_up_to_its_limit);
	tcase_add_test(tc, growing_without_memory_changes_nothing);
}

int main(void)
{
	return run_suite("gnttab handles", add);
}

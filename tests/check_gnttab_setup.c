/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_setup.c - asking for the size, the frames and the version of a
 * table, on a fake machine.
 */
#include <errno.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

static struct fake_machine *m;

/* Domain 1, the granter, has a version 2 table. */
static void setup(void)
{
	m = fake_create_version("xs8", 2);
}

static void teardown(void)
{
	fake_destroy(m);
}

static struct grant_table *gt(domid_t id)
{
	return m->domains[id].gt;
}

static const struct setup_row {
	const char *name;
	unsigned cpu;
	domid_t dom;
	uint32_t nr_frames;
	int16_t want;
	unsigned frames; /* of domain 1 afterwards */
} setup_rows[] = {
	/* clang-format off */
	{ "as many as there are", 1, DOMID_SELF, 1, GNTST_okay, 1 },
	{ "more", 1, DOMID_SELF, 2, GNTST_okay, 2 },
	{ "by its number", 1, 1, 2, GNTST_okay, 2 },
	{ "none", 1, DOMID_SELF, 0, GNTST_okay, 1 },
	{ "over the limit", 1, DOMID_SELF, 3, GNTST_general_error, 1 },
	{ "far over the limit", 1, DOMID_SELF, UINT32_MAX,
	  GNTST_general_error, 1 },
	{ "the hardware domain may", 0, 1, 2, GNTST_okay, 2 },
	{ "others may not", 1, 0, 1, GNTST_permission_denied, 1 },
	{ "no such domain", 0, 77, 1, GNTST_bad_domain, 1 },
	/* clang-format on */
};

#define LIST 1024 /* bytes into the arguments */

START_TEST(setup_table_grows_and_tells_the_frames)
{
	const struct setup_row *r = &setup_rows[_i];
	gnttab_setup_table_t op = { .dom = r->dom, .nr_frames = r->nr_frames };
	const uint64_t *list = (const void *)&m->cpus[r->cpu].args[LIST];

	op.frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + LIST);
	ck_assert_int_eq(
		call(m, r->cpu, GNTTABOP_setup_table, &op, 1, sizeof(op)), 0);
	ck_assert_msg(op.status == r->want, "%s: got %d, want %d", r->name,
		      op.status, r->want);
	ck_assert_uint_eq(gnttab_nr_frames(gt(1)), r->frames);
	for (unsigned i = 0; !op.status && i < r->nr_frames; i++)
		ck_assert_uint_eq(list[i], gnttab_shared_frame(gt(1), i).n);
	fake_check(m);
}
END_TEST

START_TEST(frames_are_added_with_their_status_or_not_at_all)
{
	gnttab_setup_table_t op = { .dom = DOMID_SELF, .nr_frames = 2 };

	op.frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + LIST);
	memset(m->table_used, true, sizeof(m->table_used));
	call(m, 1, GNTTABOP_setup_table, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_general_error);
	ck_assert_uint_eq(gnttab_nr_frames(gt(1)), 1);
	fake_check(m);
}
END_TEST

/* Nine frames have more entries than one status frame has words. */
START_TEST(status_that_was_added_for_nothing_is_given_back)
{
	struct gnttab_rules rules = m->rules;
	const struct gnttab_domain who = { .id = 2, .machine = &m->domains[2] };
	struct grant_table *nine;
	unsigned i = 0;

	rules.max_grant_frames = 9;
	nine = gnttab_create(&m->cpus[1], &who, &rules);
	m->cpus[1].runs = &m->domains[2];
	gnttab_destroy(m->domains[2].gt);
	m->domains[2].gt = nine;
	ck_assert_int_eq(set_version(m, 1, 2), 0);
	while (m->table_used[i])
		i++;
	memset(m->table_used, true, sizeof(m->table_used));
	m->table_used[i] = false;
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], nine, 9), -ENOMEM);
	ck_assert_uint_eq(gnttab_nr_status_frames(nine), 1);
	gnttab_check(nine);
	memset(m->table_used + i, false, sizeof(m->table_used) - i);
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], nine, 9), 0);
	ck_assert_uint_eq(gnttab_nr_status_frames(nine), 2);
	gnttab_check(nine);
}
END_TEST

START_TEST(list_that_cannot_be_written_gives_bad_virt_addr)
{
	gnttab_setup_table_t op = { .dom = DOMID_SELF, .nr_frames = 1 };
	gnttab_get_status_frames_t status = { .dom = DOMID_SELF,
					      .nr_frames = 1 };

	ck_assert_int_eq(call(m, 1, GNTTABOP_setup_table, &op, 1, sizeof(op)),
			 0);
	ck_assert_int_eq(op.status, GNTST_bad_virt_addr);
	ck_assert_int_eq(call(m, 1, GNTTABOP_get_status_frames, &status, 1,
			      sizeof(status)),
			 0);
	ck_assert_int_eq(status.status, GNTST_bad_virt_addr);
}
END_TEST

START_TEST(status_frames_are_told)
{
	gnttab_get_status_frames_t op = { .dom = 1, .nr_frames = 1 };
	const uint64_t *list = (const void *)&m->cpus[0].args[LIST];

	op.frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + LIST);
	call(m, 0, GNTTABOP_get_status_frames, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_uint_eq(*list, gnttab_status_frame(gt(1), 0).n);
	op.nr_frames = 2;
	call(m, 0, GNTTABOP_get_status_frames, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_general_error);
	op.nr_frames = 1;
	op.dom = 0; /* version 1 has none */
	call(m, 0, GNTTABOP_get_status_frames, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_general_error);
	call(m, 1, GNTTABOP_get_status_frames, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_permission_denied);
}
END_TEST

START_TEST(size_and_limit_are_told)
{
	gnttab_query_size_t op = { .dom = 1 };

	ck_assert_int_eq(gnttab_grow(&m->cpus[0], gt(1), 2), 0);
	call(m, 0, GNTTABOP_query_size, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_uint_eq(op.nr_frames, 2);
	ck_assert_uint_eq(op.max_nr_frames, 2);
	op.dom = 0;
	call(m, 1, GNTTABOP_query_size, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_permission_denied);
	op.dom = 9;
	call(m, 0, GNTTABOP_query_size, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_bad_domain);
}
END_TEST

START_TEST(version_is_told)
{
	gnttab_get_version_t op = { .dom = 1 };

	ck_assert_int_eq(call(m, 0, GNTTABOP_get_version, &op, 1, sizeof(op)),
			 0);
	ck_assert_uint_eq(op.version, 2);
	op.dom = DOMID_SELF;
	ck_assert_int_eq(call(m, 0, GNTTABOP_get_version, &op, 1, sizeof(op)),
			 0);
	ck_assert_uint_eq(op.version, 1);
	op.dom = 9;
	ck_assert_int_eq(call(m, 0, GNTTABOP_get_version, &op, 1, sizeof(op)),
			 -ESRCH);
	op.dom = 0;
	ck_assert_int_eq(call(m, 1, GNTTABOP_get_version, &op, 1, sizeof(op)),
			 -EPERM);
}
END_TEST

START_TEST(these_take_one_operation)
{
	const unsigned cmds[] = { GNTTABOP_setup_table, GNTTABOP_query_size,
				  GNTTABOP_get_status_frames };
	const unsigned counts[] = { 0, 2 };

	for (unsigned i = 0; i < 2; i++) {
		struct gnttab_call c = { cmds[_i], FAKE_ARGS, counts[i] };

		ck_assert_int_eq(gnttab_hypercall(&m->cpus[1], gt(1), &c),
				 -EINVAL);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, setup_table_grows_and_tells_the_frames, 0,
			    ROWS(setup_rows));
	tcase_add_test(tc, frames_are_added_with_their_status_or_not_at_all);
	tcase_add_test(tc, status_that_was_added_for_nothing_is_given_back);
	tcase_add_test(tc, list_that_cannot_be_written_gives_bad_virt_addr);
	tcase_add_test(tc, status_frames_are_told);
	tcase_add_test(tc, size_and_limit_are_told);
	tcase_add_test(tc, version_is_told);
	tcase_add_loop_test(tc, these_take_one_operation, 0, 3);
}

int main(void)
{
	return run_suite("gnttab setup", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_swap.c - GNTTABOP_swap_grant_ref, on a fake machine. */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map

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

static int16_t swap(grant_ref_t a, grant_ref_t b)
{
	gnttab_swap_grant_ref_t op = { .ref_a = a, .ref_b = b, .status = 1 };

	ck_assert_int_eq(
		call(m, 1, GNTTABOP_swap_grant_ref, &op, 1, sizeof(op)), 0);
	return op.status;
}

static const struct swap_row {
	const char *name;
	grant_ref_t a, b;
	int16_t want;
} swap_rows[] = {
	{ "upwards", 8, 9, GNTST_okay },
	{ "downwards", 9, 8, GNTST_okay },
	{ "with itself", 8, 8, GNTST_okay },
	{ "first past the table", 256, 8, GNTST_bad_gntref },
	{ "second past the table", 8, 256, GNTST_bad_gntref },
	{ "first in use", 10, 8, GNTST_eagain },
	{ "second in use", 8, 10, GNTST_eagain },
	{ "in use, with itself", 10, 10, GNTST_okay },
};

START_TEST(swap_status_is_that_of_xen)
{
	const struct swap_row *r = &swap_rows[_i];
	bool swapped = r->want == GNTST_okay && r->a != r->b;
	grant_handle_t h;
	int16_t status;

	for (unsigned i = 0; i < 3; i++)
		grant_access(m, 1, 8 + i, 0, 3 + i, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 10, 0, HOST, &h), GNTST_okay);
	status = swap(r->a, r->b);
	ck_assert_msg(status == r->want, "%s: got %d, want %d", r->name, status,
		      r->want);
	ck_assert_uint_eq(fake_shared(m, 1, 8)[2], swapped ? 4 : 3);
	ck_assert_uint_eq(fake_shared(m, 1, 9)[2], swapped ? 3 : 4);
	ck_assert_uint_eq(fake_shared(m, 1, 10)[2], 5);
}
END_TEST

/* XSA-134 */
START_TEST(swap_moves_as_much_as_the_version_has)
{
	for (unsigned i = 0; i < 4; i++) {
		fake_shared(m, 1, 8)[i] = 1 + i;
		fake_shared(m, 1, 20)[i] = 11 + i;
	}
	ck_assert_int_eq(swap(8, 20), GNTST_okay);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_uint_eq(fake_shared(m, 1, 8)[i], 11 + i);
		ck_assert_uint_eq(fake_shared(m, 1, 20)[i], 1 + i);
	}
	ck_assert_int_eq(set_version(m, 1, 1), 0);
	for (unsigned i = 0; i < 4; i++)
		fake_shared(m, 1, 8)[i] = 1 + i; /* and entry 9 */
	ck_assert_int_eq(swap(8, 400), GNTST_okay);
	ck_assert_uint_eq(fake_shared(m, 1, 400)[0], 1);
	ck_assert_uint_eq(fake_shared(m, 1, 400)[1], 2);
	ck_assert_uint_eq(fake_shared(m, 1, 8)[0], 0);
	ck_assert_uint_eq(fake_shared(m, 1, 9)[0], 3);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, swap_status_is_that_of_xen, 0, ROWS(swap_rows));
	tcase_add_test(tc, swap_moves_as_much_as_the_version_has);
}

int main(void)
{
	return run_suite("gnttab swap", add);
}

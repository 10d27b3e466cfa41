/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_replace.c - GNTTABOP_unmap_and_replace. */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define RO GNTMAP_readonly

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("upstream");
}

static void teardown(void)
{
	fake_destroy(m);
}

static int16_t replace(uint64_t host_addr, uint64_t new_addr, grant_handle_t h)
{
	gnttab_unmap_and_replace_t op = { .host_addr = host_addr,
					  .new_addr = new_addr,
					  .handle = h,
					  .status = 1 };

	ck_assert_int_eq(
		call(m, 0, GNTTABOP_unmap_and_replace, &op, 1, sizeof(op)), 0);
	return op.status;
}

START_TEST(replace_moves_a_mapping_with_its_a_and_d)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST | RO);
	uint64_t moved;

	fake_guest_map(m, 0, 6, 7, true);
	fake_touch(m, 0, 6, true);
	moved = *fake_pte(m, 0, 6);
	ck_assert_int_eq(replace(fake_linear(5), fake_linear(6), h),
			 GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), moved);
	ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	ck_assert_uint_eq(moved & 0x60, 0x60);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
	ck_assert_uint_eq(m->flushes, 1);
	ck_assert_uint_eq(fake_count(m, FAKE_pte_put), 0);
}
END_TEST

START_TEST(replaced_grant_is_unmapped_where_it_moved)
{
	grant_handle_t a = map_frame_3(m, 8, 5, HOST),
		       b = map_frame_3(m, 9, 6, HOST);

	fake_touch(m, 0, 6, false);
	ck_assert_int_eq(replace(fake_linear(5), fake_linear(6), a),
			 GNTST_okay);
	ck_assert_uint_eq(m->flushes, 1);
	ck_assert_int_eq(unmap_page(m, 0, b, 6), GNTST_general_error);
	ck_assert_int_eq(unmap_page(m, 0, b, 5), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5) | *fake_pte(m, 0, 6), 0);
	ck_assert_uint_eq(frame_refs(m, 1, 3), 0);
}
END_TEST

START_TEST(replace_always_flushes_and_counts_nothing)
{
	const struct gnttab_policy *p;

	for (size_t i = 0; (p = gnttab_policy_at(i)); i++) {
		struct fake_machine *saved = m;
		grant_handle_t h;

		m = fake_create(p->name);
		h = map_frame_3(m, 8, 5, HOST);
		ck_assert_int_eq(replace(fake_linear(5), 0, h), GNTST_okay);
		ck_assert_msg(m->flushes == 1, "%s: %u flushes", p->name,
			      m->flushes);
		ck_assert_uint_eq(gnttab_counters(m->domains[0].gt)->batches,
				  0);
		fake_destroy(m);
		m = saved;
	}
}
END_TEST

START_TEST(failed_replace_loses_the_stolen_mapping)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	fake_guest_map(m, 0, 6, 7, true);
	*fake_pte(m, 0, 5) &= ~2ull;
	ck_assert_int_eq(replace(fake_linear(5), fake_linear(6), h),
			 GNTST_general_error);
	ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	ck_assert_uint_eq(m->frames[fake_mfn(m, 0, 7).n].refs, 0);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 1);
	ck_assert_uint_eq(m->flushes, 1);
}
END_TEST

START_TEST(replace_of_a_mapping_by_entry_steals_nothing)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_slot(m, 0, 1, 8, 5, HOST, &h);
	fake_guest_map(m, 0, 6, 7, true);
	ck_assert_int_eq(replace(fake_slot(m, 0, 5), fake_linear(6), h),
			 GNTST_general_error);
	ck_assert_uint_ne(*fake_pte(m, 0, 6), 0);
	ck_assert_int_eq(replace(fake_slot(m, 0, 5), 0, h), GNTST_okay);
}
END_TEST

START_TEST(replace_with_an_address_without_entry_fails)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	ck_assert_int_eq(replace(fake_linear(5), 0x1000, h),
			 GNTST_general_error);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 1);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, replace_moves_a_mapping_with_its_a_and_d);
	tcase_add_test(tc, replaced_grant_is_unmapped_where_it_moved);
	tcase_add_test(tc, replace_always_flushes_and_counts_nothing);
	tcase_add_test(tc, failed_replace_loses_the_stolen_mapping);
	tcase_add_test(tc, replace_of_a_mapping_by_entry_steals_nothing);
	tcase_add_test(tc, replace_with_an_address_without_entry_fails);
}

int main(void)
{
	return run_suite("gnttab replace", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_growth.c - where tables end, how they grow, and what the
 * entries are that versions keep.
 *
 *   frames of a table      entries: version 1   version 2   status frames
 *   1                      0..511               0..255      1
 *   2                      0..1023              0..511      1
 *   9                      ...                  0..2303     2: 2048 words each
 *
 * Sources: <xen/grant_table.h>: sizes of entries, and
 * GNTTAB_NR_RESERVED_ENTRIES; gnttab_setup_table(), gnttab_set_version(),
 * gnttab_grow_table(), get_maptrack_handle(), xen/common/grant_table.c, Xen
 * master c447b7308b13.
 */
#include <errno.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define LIST 1024 /* bytes into the arguments */
#define GFN 3

static struct fake_machine *m;

/* Domain 1 is the granter, domain 0 maps. */
static void setup(void)
{
	m = fake_create("xs8");
}

static void teardown(void)
{
	fake_destroy(m);
}

static struct grant_table *gt(domid_t id)
{
	return m->domains[id].gt;
}

/* Domain 1 asks for so many frames. */
static int16_t setup_table(uint32_t frames)
{
	gnttab_setup_table_t op = { .dom = DOMID_SELF, .nr_frames = frames };

	op.frame_list.p = (void *)(uintptr_t)(FAKE_ARGS + LIST);
	ck_assert_int_eq(call(m, 1, GNTTABOP_setup_table, &op, 1, sizeof(op)),
			 0);
	return op.status;
}

/* ---- where a table ends ------------------------------------------------ */

/* clang-format off */
static const struct end_row {
	unsigned version, frames;
	grant_ref_t last;
} ends[] = {
	{ 1, 1, 511 }, { 1, 2, 1023 }, { 2, 1, 255 }, { 2, 2, 511 },
};
/* clang-format on */

START_TEST(a_reference_past_the_last_entry_is_bad)
{
	const struct end_row *row = &ends[_i];
	grant_handle_t h;

	ck_assert_int_eq(set_version(m, 1, row->version), 0);
	ck_assert_int_eq(setup_table(row->frames), GNTST_okay);
	ck_assert_uint_eq(gnttab_nr_entries(gt(1)), row->last + 1);
	grant_access(m, 1, row->last, 0, GFN, 0);
	ck_assert_int_eq(map_page(m, 0, 1, row->last, 0, HOST, &h), GNTST_okay);
	ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	ck_assert_int_eq(map_page(m, 0, 1, row->last + 1, 0, HOST, &h),
			 GNTST_bad_gntref);
	ck_assert_int_eq(map_page(m, 0, 1, UINT32_MAX, 0, HOST, &h),
			 GNTST_bad_gntref);
}
END_TEST

START_TEST(a_swap_past_the_last_entry_is_bad)
{
	gnttab_swap_grant_ref_t op = { .ref_a = 8, .ref_b = 512 };

	call(m, 1, GNTTABOP_swap_grant_ref, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_bad_gntref);
	ck_assert_int_eq(setup_table(2), GNTST_okay);
	call(m, 1, GNTTABOP_swap_grant_ref, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
}
END_TEST

START_TEST(new_entries_grant_nothing)
{
	grant_handle_t h;

	ck_assert_int_eq(setup_table(2), GNTST_okay);
	for (grant_ref_t ref = 512; ref < 1024; ref++)
		ck_assert_uint_eq(fake_shared(m, 1, ref)[0] |
					  fake_shared(m, 1, ref)[1],
				  0);
	ck_assert_int_eq(map_page(m, 0, 1, 512, 0, HOST, &h),
			 GNTST_general_error);
}
END_TEST

/* ---- growing ----------------------------------------------------------- */

/* One after the other, under a limit of two frames. */
static const struct size_row {
	uint32_t asked;
	int16_t status;
	unsigned frames;
} sizes[] = {
	{ 0, GNTST_okay, 1 },	       { 1, GNTST_okay, 1 },
	{ 3, GNTST_general_error, 1 }, { UINT32_MAX, GNTST_general_error, 1 },
	{ 2, GNTST_okay, 2 },	       { 1, GNTST_okay, 2 },
};

START_TEST(a_table_grows_to_its_limit_and_never_gets_smaller)
{
	for (int i = 0; i < ROWS(sizes); i++) {
		ck_assert_int_eq(setup_table(sizes[i].asked), sizes[i].status);
		ck_assert_uint_eq(gnttab_nr_frames(gt(1)), sizes[i].frames);
		fake_check(m);
	}
}
END_TEST

START_TEST(entries_keep_what_they_grant_while_the_table_grows)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, GFN, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h), GNTST_okay);
	ck_assert_int_eq(setup_table(2), GNTST_okay);
	ck_assert_uint_eq(gnttab_active(gt(1), 8).pin, 1);
	ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	ck_assert_uint_eq(grant_flags(m, 1, 8), GTF_permit_access);
}
END_TEST

/* Maps of one reference, to as many pages, each with a handle. */
static unsigned map_until_refused(int16_t *status)
{
	grant_handle_t h;
	unsigned n = 0;

	for (;; n++) {
		grant_access(m, 1, n / 100, 0, GFN, GTF_readonly);
		*status = map_page(m, 0, 1, n / 100, n, HOST | GNTMAP_readonly,
				   &h);
		if (*status != GNTST_okay)
			return n;
		ck_assert_uint_eq(gnttab_maptrack_limit(gt(0)),
				  n < 255 ? 256 : 512);
	}
}

/* clang-format off */
static const struct handles_row {
	enum gnttab_era era;
	int16_t status;
} handle_rows[] = {
	{ GNTTAB_ERA_CURRENT, GNTST_no_space },
	{ GNTTAB_ERA_2014, GNTST_no_device_space },
};
/* clang-format on */

START_TEST(handles_grow_by_frames_of_256_until_there_are_no_more)
{
	const struct handles_row *row = &handle_rows[_i];
	int16_t status;
	unsigned n;

	m->rules.era = row->era;
	n = map_until_refused(&status);
	ck_assert_int_eq(status, row->status);
	ck_assert_uint_eq(n, 2 * 256 - 1); /* one stays on the free list */
}
END_TEST

/* ---- entries that are reserved ----------------------------------------- */

START_TEST(reserved_entries_are_mapped_as_any_other)
{
	grant_handle_t h;

	for (grant_ref_t ref = 0; ref <= GNTTAB_NR_RESERVED_ENTRIES; ref++) {
		ck_assert_int_eq(map_page(m, 0, 1, ref, 0, HOST, &h),
				 GNTST_general_error);
		grant_access(m, 1, ref, 0, GFN, 0);
		ck_assert_int_eq(map_page(m, 0, 1, ref, 0, HOST, &h),
				 GNTST_okay);
		ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	}
}
END_TEST

/* From version 1 to 2 and back while one entry is mapped. */
START_TEST(a_mapped_entry_refuses_a_version_unless_it_is_reserved)
{
	grant_ref_t ref = (grant_ref_t)_i;
	int want = ref < 8 ? 0 : -EBUSY;
	grant_handle_t h;

	grant_access(m, 1, ref, 0, GFN, 0);
	ck_assert_int_eq(map_page(m, 0, 1, ref, 0, HOST, &h), GNTST_okay);
	ck_assert_int_eq(set_version(m, 1, 2), want);
	ck_assert_int_eq(set_version(m, 1, 1), 0);
	ck_assert_uint_eq(gnttab_active(gt(1), ref).pin, 1);
	ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	ck_assert_uint_eq(grant_flags(m, 1, ref), GTF_permit_access);
}
END_TEST

START_TEST(a_version_keeps_reserved_entries_and_clears_the_others)
{
	for (grant_ref_t ref = 0; ref < 16; ref++)
		grant_access(m, 1, ref, 0, GFN, 0);
	ck_assert_int_eq(set_version(m, 1, 2), 0);
	for (grant_ref_t ref = 0; ref < 16; ref++)
		ck_assert_uint_eq(fake_shared(m, 1, ref)[0] & GTF_type_mask,
				  ref < 8 ? GTF_permit_access : GTF_invalid);
	ck_assert_int_eq(set_version(m, 1, 1), 0);
	for (grant_ref_t ref = 0; ref < 16; ref++)
		ck_assert_uint_eq(fake_shared(m, 1, ref)[1], ref < 8 ? GFN : 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_reference_past_the_last_entry_is_bad, 0,
			    ROWS(ends));
	tcase_add_test(tc, a_swap_past_the_last_entry_is_bad);
	tcase_add_test(tc, new_entries_grant_nothing);
	tcase_add_test(tc, a_table_grows_to_its_limit_and_never_gets_smaller);
	tcase_add_test(tc, entries_keep_what_they_grant_while_the_table_grows);
	tcase_add_loop_test(
		tc, handles_grow_by_frames_of_256_until_there_are_no_more, 0,
		ROWS(handle_rows));
	tcase_add_test(tc, reserved_entries_are_mapped_as_any_other);
	tcase_add_loop_test(
		tc, a_mapped_entry_refuses_a_version_unless_it_is_reserved, 0,
		10);
	tcase_add_test(tc,
		       a_version_keeps_reserved_entries_and_clears_the_others);
}

int main(void)
{
	return run_suite("gnttab growth", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_version.c - version 2 tables, and changing the version, on a
 * fake machine.
 */
#include <errno.h>
#include <string.h>

#include "gnttab/grant_table.h"
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define RO GNTMAP_readonly
#define RW_BITS (GTF_reading | GTF_writing)

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

/* ---- entries and status ------------------------------------------------ */

/* Domain 1 grants @gfn to @grantee with @gtf; domain 0 maps @ref. */
static const struct map_row {
	const char *name;
	domid_t grantee;
	uint64_t gfn;
	uint16_t gtf;
	grant_ref_t ref;
	uint32_t flags;
	int16_t want;
} map_rows[] = {
	/* clang-format off */
	{ "writable", 0, 3, 1, 8, HOST, GNTST_okay },
	{ "read-only", 0, 3, 1 | GTF_readonly, 8, HOST | RO, GNTST_okay },
	{ "writable of a read-only grant", 0, 3, 1 | GTF_readonly, 8, HOST,
	  GNTST_general_error },
	{ "granted to another", 2, 3, 1, 8, HOST, GNTST_general_error },
	{ "invalid", 0, 3, 0, 8, HOST, GNTST_general_error },
	{ "for transfer", 0, 3, GTF_accept_transfer, 8, HOST,
	  GNTST_general_error },
	{ "sub-page", 0, 3, 1 | GTF_sub_page, 8, HOST | RO,
	  GNTST_general_error },
	{ "transitive", 0, 3, GTF_transitive, 8, HOST | RO,
	  GNTST_general_error },
	{ "last of the table", 0, 3, 1, 255, HOST, GNTST_okay },
	{ "past the table, which has half the entries", 0, 3, 1, 256, HOST,
	  GNTST_bad_gntref },
	{ "no such frame", 0, 999, 1, 8, HOST, GNTST_bad_page },
	/* clang-format on */
};

START_TEST(map_status_is_that_of_xen)
{
	const struct map_row *r = &map_rows[_i];
	grant_ref_t written = r->ref < 256 ? r->ref : 8;
	bool ok = r->want == GNTST_okay;
	grant_handle_t h;
	int16_t status;

	grant_access(m, 1, written, r->grantee, r->gfn, 0);
	*(uint16_t *)(void *)fake_shared(m, 1, written) = r->gtf;
	status = map_page(m, 0, 1, r->ref, 0, r->flags, &h);
	ck_assert_msg(status == r->want, "%s: got %d, want %d", r->name, status,
		      r->want);
	ck_assert_msg(!*fake_status(m, 1, written) == !ok, "%s: status %#x",
		      r->name, *fake_status(m, 1, written));
	ck_assert_msg(*(uint16_t *)(void *)fake_shared(m, 1, written) == r->gtf,
		      "%s: the guest's flags changed", r->name);
}
END_TEST

START_TEST(frame_number_has_64_bits)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	fake_shared(m, 1, 8)[3] = 1;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h), GNTST_bad_page);
	ck_assert_uint_eq(m->log[fake_find(m, FAKE_frame_get, 0)].arg,
			  1ull << 32 | 3);
}
END_TEST

START_TEST(status_bits_follow_the_pins_beside_their_neighbours)
{
	grant_handle_t h[3];

	for (unsigned i = 0; i < 3; i++)
		grant_access(m, 1, 8 + i, 0, 3 + i, 0);
	map_page(m, 0, 1, 8, 0, HOST, &h[0]);
	map_page(m, 0, 1, 9, 1, HOST | RO, &h[1]);
	map_page(m, 0, 1, 9, 2, HOST, &h[2]);
	ck_assert_uint_eq(*fake_status(m, 1, 8), RW_BITS);
	ck_assert_uint_eq(*fake_status(m, 1, 9), RW_BITS);
	ck_assert_uint_eq(*fake_status(m, 1, 10), 0);
	ck_assert_int_eq(unmap_page(m, 0, h[2], 2), GNTST_okay);
	ck_assert_uint_eq(*fake_status(m, 1, 9), GTF_reading);
	ck_assert_int_eq(unmap_page(m, 0, h[1], 1), GNTST_okay);
	ck_assert_uint_eq(*fake_status(m, 1, 9), 0);
	ck_assert_uint_eq(*fake_status(m, 1, 8), RW_BITS);
	ck_assert_int_eq(unmap_page(m, 0, h[0], 0), GNTST_okay);
	ck_assert_uint_eq(*fake_status(m, 1, 8), 0);
}
END_TEST

static void revoke(struct fake_machine *fake, void *ref)
{
	*(uint16_t *)(void *)fake_shared(fake, 1, *(grant_ref_t *)ref) = 0;
}

static void make_readonly(struct fake_machine *fake, void *ref)
{
	*(uint16_t *)(void *)fake_shared(fake, 1,
					 *(grant_ref_t *)ref) |= GTF_readonly;
}

static void to_another(struct fake_machine *fake, void *ref)
{
	fake_shared(fake, 1, *(grant_ref_t *)ref)[0] |= 2 << 16;
}

/* The guest changes the entry once the status shows its use. */
START_TEST(entry_that_changes_under_the_status_is_given_up)
{
	fake_fn *const change[] = { revoke, make_readonly, to_another };
	grant_ref_t ref = 9;
	grant_handle_t h;

	grant_access(m, 1, 9, 0, 3, 0);
	m->at[FAKE_shared_set] = change[_i];
	m->arg = &ref;
	ck_assert_int_eq(map_page(m, 0, 1, 9, 0, HOST, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(*fake_status(m, 1, 9), 0);
	ck_assert_uint_eq(grant_pin(m, 1, 9), 0);
}
END_TEST

START_TEST(second_writer_loses_only_the_writing_bit)
{
	grant_ref_t ref = 9;
	grant_handle_t h;

	grant_access(m, 1, 9, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 9, 0, HOST | RO, &h), GNTST_okay);
	m->at[FAKE_shared_set] = make_readonly;
	m->arg = &ref;
	ck_assert_int_eq(map_page(m, 0, 1, 9, 1, HOST, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(*fake_status(m, 1, 9), GTF_reading);
	ck_assert_uint_eq(grant_pin(m, 1, 9), 0x100);
}
END_TEST

/* ---- changing the version ---------------------------------------------- */

START_TEST(only_1_and_2_are_versions)
{
	const uint32_t bad[] = { 0, 3, UINT32_MAX };
	gnttab_set_version_t op = { bad[_i] };

	ck_assert_int_eq(call(m, 1, GNTTABOP_set_version, &op, 1, sizeof(op)),
			 -EINVAL);
	ck_assert_uint_eq(op.version, 2);
	ck_assert_uint_eq(gnttab_version(gt(1)), 2);
}
END_TEST

START_TEST(version_is_refused_while_an_entry_is_in_use)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h), GNTST_okay);
	ck_assert_int_eq(set_version(m, 1, 1), -EBUSY);
	ck_assert_uint_eq(gnttab_version(gt(1)), 2);
	ck_assert_int_eq(set_version(m, 1, 2), 0);
	ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	ck_assert_int_eq(set_version(m, 1, 1), 0);
}
END_TEST

START_TEST(reserved_entries_survive_mapped_and_others_are_cleared)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 5, 0);
	grant_access(m, 1, 1, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 1, 0, HOST, &h), GNTST_okay);
	ck_assert_int_eq(set_version(m, 1, 1), 0);
	ck_assert_uint_eq(fake_shared(m, 1, 1)[0], GTF_permit_access | RW_BITS);
	ck_assert_uint_eq(fake_shared(m, 1, 1)[1], 3);
	for (grant_ref_t ref = 8; ref < 512; ref++)
		ck_assert_uint_eq(fake_shared(m, 1, ref)[0] |
					  fake_shared(m, 1, ref)[1],
				  0);
	fake_shared(m, 1, 40)[0] = GTF_permit_access;
	ck_assert_int_eq(set_version(m, 1, 2), 0);
	ck_assert_uint_eq(fake_shared(m, 1, 20)[0], 0);
	ck_assert_uint_eq(fake_shared(m, 1, 1)[0], GTF_permit_access);
	ck_assert_uint_eq(fake_shared(m, 1, 1)[2], 3);
	ck_assert_uint_eq(*fake_status(m, 1, 1), RW_BITS);
	ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	ck_assert_uint_eq(*fake_status(m, 1, 1), 0);
}
END_TEST

START_TEST(revoked_reserved_entry_stays_pinned_in_version_1)
{
	grant_handle_t h;

	grant_access(m, 1, 1, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 1, 0, HOST, &h), GNTST_okay);
	fake_shared(m, 1, 1)[0] = GTF_invalid;
	ck_assert_int_eq(set_version(m, 1, 1), 0);
	ck_assert_uint_eq(grant_flags(m, 1, 1), RW_BITS);
	ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	ck_assert_uint_eq(grant_flags(m, 1, 1), 0);
}
END_TEST

/* Entry 2, one of those reserved, on the way from version 2 to 1. */
static const struct range_row {
	const char *name;
	uint16_t flags;
	uint32_t frame_high;
	int want;
	uint32_t word; /* what becomes of it */
} range_rows[] = {
	{ "small frame", 1, 0, 0, 1 },
	{ "frame over 32 bits", 1, 1, -ERANGE, 0 },
	{ "transitive", GTF_transitive, 0, -ERANGE, 0 },
	{ "for transfer", GTF_accept_transfer, 0, 0, 0 },
	{ "invalid, whatever the frame", 0, 1, 0, 0 },
};

START_TEST(entry_that_version_1_cannot_hold_refuses_it)
{
	const struct range_row *r = &range_rows[_i];
	int rc;

	fake_shared(m, 1, 2)[3] = r->frame_high;
	fake_shared(m, 1, 2)[0] = r->flags;
	rc = set_version(m, 1, 1);
	ck_assert_msg(rc == r->want, "%s: got %d, want %d", r->name, rc,
		      r->want);
	ck_assert_uint_eq(gnttab_version(gt(1)), rc ? 2 : 1);
	if (!rc)
		ck_assert_uint_eq(fake_shared(m, 1, 2)[0], r->word);
}
END_TEST

/* XSA-255 */
START_TEST(status_frame_in_use_refuses_version_1)
{
	mfn_t mfn = gnttab_status_frame(gt(1), 0);

	m->frames[mfn.n].refs = 1;
	ck_assert_int_eq(set_version(m, 1, 1), -EBUSY);
	ck_assert_uint_eq(gnttab_nr_status_frames(gt(1)), 1);
	m->frames[mfn.n].refs = 0;
	ck_assert_int_eq(set_version(m, 1, 1), 0);
	ck_assert_uint_eq(gnttab_nr_status_frames(gt(1)), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_frame_free), 1);
}
END_TEST

/* Those of entries that only version 1 has room for are still taken. */
START_TEST(each_lock_has_a_number_of_its_own_in_either_version)
{
	const struct grant_table *granter = gt(1);
	uint64_t first;

	if (_i == 1)
		ck_assert_int_eq(set_version(m, 1, 1), 0);
	first = gnttab_lock_number(granter, &grant_active(granter, 0)->lock);
	ck_assert_uint_gt(first, 0);
	for (unsigned ref = 0; ref < GRANTS_PER_FRAME_V1; ref++)
		ck_assert_uint_eq(
			gnttab_lock_number(granter,
					   &grant_active(granter, ref)->lock),
			first + ref);
}
END_TEST

START_TEST(no_memory_for_status_keeps_version_1)
{
	ck_assert_int_eq(set_version(m, 1, 1), 0);
	memset(m->table_used, true, sizeof(m->table_used));
	ck_assert_int_eq(set_version(m, 1, 2), -ENOMEM);
	ck_assert_uint_eq(gnttab_version(gt(1)), 1);
}
END_TEST

static void change_version(struct fake_machine *fake, void *version)
{
	set_version(fake, 1, *(uint32_t *)version);
}

static const struct race_row {
	uint32_t from, to;
	grant_ref_t ref;
} race_rows[] = {
	{ 2, 1, 7 },				   /* stays */
	{ 2, 1, 8 },				   /* goes */
	{ 1, 2, 7 }, { 1, 2, 255 }, { 1, 2, 300 }, /* is past the table then */
};

/* XSA-501: whenever the granter changes its version while another maps, both
 * agree on what is pinned. */
START_TEST(version_changes_at_any_moment_of_a_map)
{
	struct race_row r = race_rows[_i];
	unsigned n = 0, crossings;
	grant_handle_t h;

	do {
		ck_assert_int_eq(set_version(m, 1, r.from), 0);
		grant_access(m, 1, r.ref, 0, 3, 0);
		fake_reset(m);
		m->call = change_version;
		m->call_at = n;
		m->arg = &r.to;
		if (map_page(m, 0, 1, r.ref, 0, HOST, &h) == GNTST_okay) {
			fake_check(m);
			ck_assert_uint_eq(grant_flags(m, 1, r.ref) & RW_BITS,
					  RW_BITS);
			ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
		}
		crossings = m->crossings;
		m->call = NULL;
		if (r.ref < gnttab_nr_entries(gt(1)))
			ck_assert_uint_eq(grant_flags(m, 1, r.ref) & RW_BITS,
					  0);
		fake_check(m);
	} while (n++ < crossings);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, map_status_is_that_of_xen, 0, ROWS(map_rows));
	tcase_add_test(tc, frame_number_has_64_bits);
	tcase_add_test(tc, status_bits_follow_the_pins_beside_their_neighbours);
	tcase_add_loop_test(tc, entry_that_changes_under_the_status_is_given_up,
			    0, 3);
	tcase_add_test(tc, second_writer_loses_only_the_writing_bit);
	tcase_add_loop_test(tc, only_1_and_2_are_versions, 0, 3);
	tcase_add_test(tc, version_is_refused_while_an_entry_is_in_use);
	tcase_add_test(tc,
		       reserved_entries_survive_mapped_and_others_are_cleared);
	tcase_add_test(tc, revoked_reserved_entry_stays_pinned_in_version_1);
	tcase_add_loop_test(tc, entry_that_version_1_cannot_hold_refuses_it, 0,
			    ROWS(range_rows));
	tcase_add_test(tc, status_frame_in_use_refuses_version_1);
	tcase_add_loop_test(
		tc, each_lock_has_a_number_of_its_own_in_either_version, 1, 3);
	tcase_add_test(tc, no_memory_for_status_keeps_version_1);
	tcase_add_loop_test(tc, version_changes_at_any_moment_of_a_map, 0,
			    ROWS(race_rows));
}

int main(void)
{
	return run_suite("gnttab version", add);
}

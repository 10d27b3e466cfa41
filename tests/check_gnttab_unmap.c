/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_unmap.c - GNTTABOP_unmap_grant_ref, one at a time. */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly
#define RW_BITS (GTF_reading | GTF_writing)

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("upstream");
}

static void teardown(void)
{
	fake_destroy(m);
}

static int16_t unmap(uint64_t host_addr, uint64_t dev_bus_addr,
		     grant_handle_t h)
{
	gnttab_unmap_grant_ref_t op = { .host_addr = host_addr,
					.dev_bus_addr = dev_bus_addr,
					.handle = h,
					.status = 1 };

	ck_assert_int_eq(
		call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op)), 0);
	return op.status;
}

START_TEST(unmap_undoes_everything_that_map_did)
{
	const uint32_t flags[] = { HOST, HOST | RO };

	for (unsigned i = 0; i < 2; i++) {
		grant_handle_t h = map_frame_3(m, 8, 5, flags[i]);

		ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
		ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
		ck_assert_uint_eq(grant_flags(m, 1, 8), GTF_permit_access);
		ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
		ck_assert_uint_eq(frame_refs(m, 1, 3), 0);
		ck_assert_uint_eq(handle_flags(m, 0, h), 0);
	}
}
END_TEST

START_TEST(handle_that_is_free_or_out_of_range_is_bad)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_bad_handle);
	ck_assert_int_eq(unmap_page(m, 0, h + 1, 5), GNTST_bad_handle);
	ck_assert_int_eq(unmap_page(m, 0, 256, 5), GNTST_bad_handle);
	ck_assert_int_eq(unmap_page(m, 0, UINT32_MAX, 5), GNTST_bad_handle);
}
END_TEST

START_TEST(any_entry_with_the_frame_and_the_rights_will_do)
{
	grant_handle_t a = map_frame_3(m, 8, 5, HOST),
		       b = map_frame_3(m, 9, 6, HOST);

	ck_assert_int_eq(unmap_page(m, 0, a, 6), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	ck_assert_int_eq(unmap_page(m, 0, b, 5), GNTST_okay);
	ck_assert_uint_eq(frame_refs(m, 1, 3), 0);
}
END_TEST

/* The entry as it is changed behind the handle's back. */
static const struct {
	const char *name;
	uint32_t flags;
	uint64_t set, clear;
	int16_t want;
} entry_rows[] = {
	/* clang-format off */
	{ "unchanged", HOST, 0, 0, GNTST_okay },
	{ "another frame", HOST, 1 << 14, 0, GNTST_general_error },
	{ "a frame bit above 2^32", HOST, 1ull << 51, 0, GNTST_general_error },
	{ "writable became read-only", HOST, 0, 0x2, GNTST_general_error },
	{ "read-only became writable", HOST | RO, 0x2, 0,
	  GNTST_general_error },
	{ "not present", HOST, 0, 0x1, GNTST_general_error },
	{ "A and D clear", HOST, 0, 0x60, GNTST_okay },
	{ "available bits", HOST, 0xe00, 0, GNTST_okay },
	{ "NX clear", HOST, 0, 1ull << 63, GNTST_okay },
	{ "US clear, global", HOST, 0x100, 0x4, GNTST_okay },
	/* clang-format on */
};

START_TEST(entry_must_have_the_frame_and_rights_of_the_handle)
{
	grant_handle_t h = map_frame_3(m, 8, 5, entry_rows[_i].flags);
	uint64_t *pte = fake_pte(m, 0, 5), saved = *pte, changed;
	int16_t status;

	*pte |= entry_rows[_i].set;
	*pte &= ~entry_rows[_i].clear;
	changed = *pte;
	status = unmap_page(m, 0, h, 5);
	ck_assert_msg(status == entry_rows[_i].want, "%s: got %d",
		      entry_rows[_i].name, status);
	if (status == GNTST_okay)
		return;
	ck_assert_uint_eq(*pte, changed);
	ck_assert_uint_ne(grant_pin(m, 1, 8), 0);
	*pte = saved;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
}
END_TEST

START_TEST(address_without_an_entry_fails_and_changes_nothing)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	ck_assert_int_eq(unmap(FAKE_LINEAR + FAKE_SLOTS * 4096ull, 0, h),
			 GNTST_general_error);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 1);
	ck_assert_uint_eq(handle_flags(m, 0, h), HOST);
}
END_TEST

START_TEST(neither_address_is_a_no_op_that_succeeds)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	ck_assert_int_eq(unmap(0, 0, h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 1);
	ck_assert_uint_eq(handle_flags(m, 0, h), HOST);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
}
END_TEST

START_TEST(handle_by_entry_is_unmapped_by_entry)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_slot(m, 0, 1, 8, 5, HOST, &h);
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_general_error);
	ck_assert_int_eq(unmap(fake_slot(m, 0, 5) + 1, 0, h),
			 GNTST_general_error);
	ck_assert_int_eq(unmap_slot(m, 0, h, 5), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
}
END_TEST

START_TEST(host_and_device_part_are_released_one_by_one)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST | DEVICE);
	uint64_t bus = fake_mfn(m, 1, 3).n << 12;

	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x00010001);
	ck_assert_int_eq(unmap(fake_linear(5), 0, h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x00010000);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, RW_BITS);
	ck_assert_uint_eq(handle_flags(m, 0, h), DEVICE);
	ck_assert_uint_eq(frame_refs(m, 1, 3), 1);

	ck_assert_int_eq(unmap(0, bus + 1, h), GNTST_bad_dev_addr);
	ck_assert_int_eq(unmap(0, bus ^ 4096, h), GNTST_bad_dev_addr);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x00010000);
	ck_assert_uint_eq(handle_flags(m, 0, h), DEVICE);

	ck_assert_int_eq(unmap(0, bus, h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, 0);
	ck_assert_uint_eq(handle_flags(m, 0, h), 0);
	ck_assert_uint_eq(frame_refs(m, 1, 3), 0);
}
END_TEST

START_TEST(wrong_device_address_keeps_the_host_part_too)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST | DEVICE | RO);
	uint64_t bus = fake_mfn(m, 1, 3).n << 12;

	ck_assert_int_eq(unmap(fake_linear(5), bus + 8, h), GNTST_bad_dev_addr);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x1000100);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
	ck_assert_int_eq(unmap(fake_linear(5), bus, h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
	ck_assert_uint_eq(frame_refs(m, 1, 3), 0);
}
END_TEST

START_TEST(device_address_of_a_host_only_handle_is_ignored)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	ck_assert_int_eq(unmap(0, 12345, h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 1);
	ck_assert_int_eq(unmap(fake_linear(5), 12345, h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
}
END_TEST

START_TEST(last_writer_clears_gtf_writing_last_pin_gtf_reading)
{
	grant_handle_t w1 = map_frame_3(m, 8, 1, HOST),
		       w2 = map_frame_3(m, 8, 2, HOST);
	grant_handle_t r = map_frame_3(m, 8, 3, HOST | RO);

	unmap_page(m, 0, w1, 1);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, RW_BITS);
	unmap_page(m, 0, w2, 2);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, GTF_reading);
	unmap_page(m, 0, r, 3);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, 0);
}
END_TEST

START_TEST(writable_unmap_marks_the_frame_dirty_read_only_does_not)
{
	grant_handle_t r = map_frame_3(m, 8, 1, HOST | RO),
		       w = map_frame_3(m, 8, 2, HOST);

	unmap_page(m, 0, r, 1);
	ck_assert_uint_eq(fake_count(m, FAKE_mark_dirty), 0);
	unmap_page(m, 0, w, 2);
	ck_assert_uint_eq(fake_count(m, FAKE_mark_dirty), 1);
}
END_TEST

START_TEST(mapper_of_a_domain_that_is_gone_is_stopped)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	m->domains[1].gone = true;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), 1); /* as it was */
	ck_assert(m->domains[0].crashed);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 1);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, unmap_undoes_everything_that_map_did);
	tcase_add_test(tc, handle_that_is_free_or_out_of_range_is_bad);
	tcase_add_test(tc, any_entry_with_the_frame_and_the_rights_will_do);
	tcase_add_loop_test(tc,
			    entry_must_have_the_frame_and_rights_of_the_handle,
			    0, ROWS(entry_rows));
	tcase_add_test(tc, address_without_an_entry_fails_and_changes_nothing);
	tcase_add_test(tc, neither_address_is_a_no_op_that_succeeds);
	tcase_add_test(tc, handle_by_entry_is_unmapped_by_entry);
	tcase_add_test(tc, host_and_device_part_are_released_one_by_one);
	tcase_add_test(tc, wrong_device_address_keeps_the_host_part_too);
	tcase_add_test(tc, device_address_of_a_host_only_handle_is_ignored);
	tcase_add_test(tc, last_writer_clears_gtf_writing_last_pin_gtf_reading);
	tcase_add_test(tc,
		       writable_unmap_marks_the_frame_dirty_read_only_does_not);
	tcase_add_test(tc, mapper_of_a_domain_that_is_gone_is_stopped);
}

int main(void)
{
	return run_suite("gnttab unmap", add);
}

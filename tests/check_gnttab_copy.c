/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_copy.c - GNTTABOP_copy, on a fake machine. */
#include <errno.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define FROM GNTCOPY_source_gref
#define TO GNTCOPY_dest_gref
#define RW_BITS (GTF_reading | GTF_writing)

static struct fake_machine *m;

/* Domain 1 grants to domain 0: 8 a read-write page, 9 a read-only one, 10 a
 * sub-page grant, and 11 a page table. */
static void setup(void)
{
	m = fake_create("upstream");
	grant_access(m, 1, 8, 0, 3, 0);
	grant_access(m, 1, 9, 0, 4, GTF_readonly);
	grant_access(m, 1, 10, 0, 5, GTF_sub_page);
	grant_access(m, 1, 11, 0, FAKE_DATA_FRAMES, 0);
}

static void teardown(void)
{
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		ck_assert_uint_eq(m->frames[i].refs + m->frames[i].writers, 0);
	for (grant_ref_t ref = 8; ref < 12; ref++) {
		ck_assert_uint_eq(grant_pin(m, 1, ref), 0);
		ck_assert_uint_eq(grant_flags(m, 1, ref) & RW_BITS, 0);
	}
	ck_assert_uint_eq(m->flushes, 0);
	fake_destroy(m);
}

static uint8_t *bytes(domid_t id, uint64_t gfn)
{
	return m->memory[fake_mfn(m, id, gfn).n];
}

static gnttab_copy_t from_ref(grant_ref_t ref, uint64_t gfn)
{
	return (gnttab_copy_t){
		.source = { .u.ref = ref, .domid = 1 },
		.dest = { .u.gmfn = gfn, .domid = DOMID_SELF },
		.len = 4096,
		.flags = FROM,
		.status = 1,
	};
}

static gnttab_copy_t to_ref(uint64_t gfn, grant_ref_t ref)
{
	return (gnttab_copy_t){
		.source = { .u.gmfn = gfn, .domid = DOMID_SELF },
		.dest = { .u.ref = ref, .domid = 1 },
		.len = 4096,
		.flags = TO,
		.status = 1,
	};
}

static int copy(gnttab_copy_t *ops, unsigned n)
{
	return call(m, 0, GNTTABOP_copy, ops, n, sizeof(*ops));
}

/* ---- bytes ----------------------------------------------------------- */

START_TEST(bytes_move_both_ways)
{
	gnttab_copy_t ops[2] = { from_ref(8, 1), to_ref(2, 8) };

	strcpy((char *)bytes(1, 3), "granted");
	strcpy((char *)bytes(0, 2), "own");
	ck_assert_int_eq(copy(&ops[0], 1), 0);
	ck_assert_int_eq(ops[0].status, GNTST_okay);
	ck_assert_str_eq((char *)bytes(0, 1), "granted");
	ck_assert_int_eq(copy(&ops[1], 1), 0);
	ck_assert_int_eq(ops[1].status, GNTST_okay);
	ck_assert_str_eq((char *)bytes(1, 3), "own");
}
END_TEST

START_TEST(only_the_named_range_moves)
{
	gnttab_copy_t op = from_ref(8, 1);

	memset(bytes(1, 3), 'x', 4096);
	memset(bytes(0, 1), '.', 4096);
	op.source.offset = 4000;
	op.dest.offset = 10;
	op.len = 96;
	copy(&op, 1);
	ck_assert_int_eq(op.status, GNTST_okay);
	for (unsigned i = 0; i < 4096; i++)
		ck_assert_int_eq(bytes(0, 1)[i],
				 i >= 10 && i < 106 ? 'x' : '.');
}
END_TEST

START_TEST(overlapping_range_within_a_page_moves_whole)
{
	gnttab_copy_t op = {
		.source = { .u.gmfn = 1, .domid = DOMID_SELF },
		.dest = { .u.gmfn = 1, .domid = DOMID_SELF, .offset = 1 },
		.len = 4,
	};

	memcpy(bytes(0, 1), "abcde", 6);
	copy(&op, 1);
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_str_eq((char *)bytes(0, 1), "aabcd");
}
END_TEST

START_TEST(copy_between_two_foreign_pages)
{
	gnttab_copy_t op = {
		.source = { .u.ref = 9, .domid = 1 },
		.dest = { .u.ref = 0, .domid = 2 },
		.len = 4096,
		.flags = FROM | TO,
	};

	grant_access(m, 2, 0, 0, 6, 0);
	strcpy((char *)bytes(1, 4), "one");
	copy(&op, 1);
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_str_eq((char *)bytes(2, 6), "one");
	ck_assert_uint_eq(grant_flags(m, 2, 0), GTF_permit_access);
}
END_TEST

START_TEST(copy_makes_no_entry_and_marks_only_the_destination_dirty)
{
	gnttab_copy_t op = from_ref(8, 1);

	copy(&op, 1);
	ck_assert_uint_eq(fake_count(m, FAKE_pte_read) +
				  fake_count(m, FAKE_pte_write) +
				  fake_count(m, FAKE_pte_cmpxchg),
			  0);
	ck_assert_uint_eq(fake_count(m, FAKE_mark_dirty), 1);
	ck_assert_uint_eq(m->log[fake_find(m, FAKE_mark_dirty, 0)].arg,
			  fake_mfn(m, 0, 1).n);
}
END_TEST

/* ---- status codes ------------------------------------------------------ */

static const struct status_row {
	const char *name;
	gnttab_copy_t op;
	int16_t want;
} status_rows[] = {
	/* clang-format off */
	{ "length 0 touches nothing, not even a bad reference",
	  { .source = { .u.ref = 9999, .domid = 77 }, .flags = FROM },
	  GNTST_okay },
	{ "read-only grant as source",
	  { { { 9 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, FROM, 0 },
	  GNTST_okay },
	{ "read-only grant as destination",
	  { { { 1 }, DOMID_SELF, 0 }, { { 9 }, 1, 0 }, 8, TO, 0 },
	  GNTST_general_error },
	{ "sub-page grants may be copied from",
	  { { { 10 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, FROM, 0 },
	  GNTST_okay },
	{ "page table as source",
	  { { { 11 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, FROM, 0 },
	  GNTST_okay },
	{ "page table as destination",
	  { { { 1 }, DOMID_SELF, 0 }, { { 11 }, 1, 0 }, 8, TO, 0 },
	  GNTST_general_error },
	{ "own page table as destination",
	  { { { 9 }, 1, 0 }, { { FAKE_DATA_FRAMES }, DOMID_SELF, 0 }, 8,
	    FROM, 0 },
	  GNTST_general_error },
	{ "another's frame as source",
	  { { { 1 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, 0, 0 },
	  GNTST_permission_denied },
	{ "another's frame as destination",
	  { { { 1 }, DOMID_SELF, 0 }, { { 1 }, 1, 0 }, 8, 0, 0 },
	  GNTST_permission_denied },
	{ "own frame under the own number",
	  { { { 1 }, 0, 0 }, { { 2 }, DOMID_SELF, 0 }, 8, 0, 0 },
	  GNTST_permission_denied },
	{ "no such domain",
	  { { { 8 }, 7, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, FROM, 0 },
	  GNTST_bad_domain },
	{ "bad domain goes before bad reference",
	  { { { 9999 }, 1, 0 }, { { 8 }, 7, 0 }, 8, FROM | TO, 0 },
	  GNTST_bad_domain },
	{ "reference past the table",
	  { { { 512 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, FROM, 0 },
	  GNTST_bad_gntref },
	{ "not granted",
	  { { { 20 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, FROM, 0 },
	  GNTST_general_error },
	{ "no such frame",
	  { { { 999 }, DOMID_SELF, 0 }, { { 1 }, DOMID_SELF, 0 }, 8, 0, 0 },
	  GNTST_bad_page },
	{ "up to the end of the page",
	  { { { 8 }, 1, 4088 }, { { 1 }, DOMID_SELF, 4088 }, 8, FROM, 0 },
	  GNTST_okay },
	{ "source over the end",
	  { { { 8 }, 1, 4089 }, { { 1 }, DOMID_SELF, 0 }, 8, FROM, 0 },
	  GNTST_bad_copy_arg },
	{ "destination over the end",
	  { { { 8 }, 1, 0 }, { { 1 }, DOMID_SELF, 4089 }, 8, FROM, 0 },
	  GNTST_bad_copy_arg },
	{ "longer than a page",
	  { { { 8 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 4097, FROM, 0 },
	  GNTST_bad_copy_arg },
	{ "largest numbers",
	  { { { 8 }, 1, 0xffff }, { { 1 }, DOMID_SELF, 0xffff }, 0xffff, FROM,
	    0 },
	  GNTST_bad_copy_arg },
	{ "bad reference goes before bad range",
	  { { { 512 }, 1, 0 }, { { 1 }, DOMID_SELF, 0 }, 4097, FROM, 0 },
	  GNTST_bad_gntref },
	/* clang-format on */
};

START_TEST(status_is_that_of_xen)
{
	gnttab_copy_t op = status_rows[_i].op;

	op.status = 1;
	ck_assert_int_eq(copy(&op, 1), 0);
	ck_assert_msg(op.status == status_rows[_i].want, "%s: got %d, want %d",
		      status_rows[_i].name, op.status, status_rows[_i].want);
}
END_TEST

START_TEST(frame_to_be_brought_in_gives_eagain)
{
	gnttab_copy_t op = from_ref(8, 1);

	m->paged_out.n = 3;
	copy(&op, 1);
	ck_assert_int_eq(op.status, GNTST_eagain);
}
END_TEST

START_TEST(own_grants_may_be_named_by_self)
{
	gnttab_copy_t op = from_ref(0, 1);

	grant_access(m, 0, 0, 0, 7, GTF_readonly);
	op.source.domid = DOMID_SELF;
	copy(&op, 1);
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_uint_eq(grant_flags(m, 0, 0),
			  GTF_permit_access | GTF_readonly);
}
END_TEST

START_TEST(mapped_grant_keeps_its_pins_through_a_copy)
{
	gnttab_copy_t op = to_ref(1, 8);
	grant_handle_t h;

	ck_assert_int_eq(map_page(m, 0, 1, 8, 5,
				  GNTMAP_device_map | GNTMAP_readonly, &h),
			 GNTST_okay);
	copy(&op, 1);
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x1000000);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, GTF_reading);
	gnttab_unmap_grant_ref_t unmap = {
		.dev_bus_addr = fake_mfn(m, 1, 3).n << 12,
		.handle = h,
	};
	call(m, 0, GNTTABOP_unmap_grant_ref, &unmap, 1, sizeof(unmap));
	ck_assert_int_eq(unmap.status, GNTST_okay);
	fake_reset(m);
}
END_TEST

/* ---- claims -------------------------------------------------------------- */

START_TEST(consecutive_copies_claim_a_page_once)
{
	gnttab_copy_t ops[3] = { from_ref(8, 1), from_ref(8, 2),
				 from_ref(8, 2) };

	copy(ops, 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(ops[i].status, GNTST_okay);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 1);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_clear), 1);
	/* page 8, own page 1, own page 2 */
	ck_assert_uint_eq(fake_count(m, FAKE_frame_get), 3);
}
END_TEST

static void look_at_pins(struct fake_machine *fake, void *pins)
{
	*(uint32_t *)pins = grant_pin(fake, 1, 8);
	ck_assert_uint_eq(grant_flags(fake, 1, 8) & RW_BITS, GTF_reading);
}

START_TEST(claim_is_kept_between_operations)
{
	gnttab_copy_t ops[2] = { from_ref(8, 1), from_ref(8, 2) };
	uint32_t pins = 0;

	m->at[FAKE_preemption_wanted] = look_at_pins;
	m->arg = &pins;
	copy(ops, 2);
	ck_assert_uint_eq(pins, 0x100);
}
END_TEST

START_TEST(a_page_by_frame_is_not_the_reference_of_that_number)
{
	gnttab_copy_t ops[2] = { from_ref(0, 1), from_ref(0, 2) };

	grant_access(m, 0, 0, 0, 7, 0);
	ops[0].source.domid = ops[1].source.domid = DOMID_SELF;
	ops[1].source.u.gmfn = 0;
	ops[1].flags = 0;
	strcpy((char *)bytes(0, 7), "by reference");
	strcpy((char *)bytes(0, 0), "by frame");
	copy(ops, 2);
	ck_assert_str_eq((char *)bytes(0, 1), "by reference");
	ck_assert_str_eq((char *)bytes(0, 2), "by frame");
}
END_TEST

START_TEST(an_error_ends_the_claims)
{
	gnttab_copy_t ops[3] = { from_ref(8, 1), from_ref(8, 1),
				 from_ref(8, 1) };

	ops[1].len = 4097;
	copy(ops, 3);
	ck_assert_int_eq(ops[0].status, GNTST_okay);
	ck_assert_int_eq(ops[1].status, GNTST_bad_copy_arg);
	ck_assert_int_eq(ops[2].status, GNTST_okay);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 2);
}
END_TEST

START_TEST(preempted_before_each_operation_but_the_first)
{
	gnttab_copy_t ops[4];
	unsigned preempted = 0;

	for (unsigned i = 0; i < 4; i++)
		ops[i] = from_ref(8, 1 + i);
	call_write(m, 0, ops, 4, sizeof(*ops));
	m->preempt = true;
	ck_assert_int_eq(call_run(m, 0, GNTTABOP_copy, 4, &preempted), 0);
	ck_assert_uint_eq(preempted, 3);
	call_read(m, 0, ops, 4, sizeof(*ops));
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(ops[i].status, GNTST_okay);
	/* Nothing stays claimed over a preemption. */
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 4);
}
END_TEST

START_TEST(fault_ends_the_claims)
{
	gnttab_copy_t ops[3] = { from_ref(8, 1), to_ref(2, 8), from_ref(9, 1) };

	m->fault_in = _i;
	ck_assert_int_eq(copy(ops, 3), -EFAULT);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(ops[i].status, i < _i / 2 ? GNTST_okay : 1);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, bytes_move_both_ways);
	tcase_add_test(tc, only_the_named_range_moves);
	tcase_add_test(tc, overlapping_range_within_a_page_moves_whole);
	tcase_add_test(tc, copy_between_two_foreign_pages);
	tcase_add_test(
		tc, copy_makes_no_entry_and_marks_only_the_destination_dirty);
	tcase_add_loop_test(tc, status_is_that_of_xen, 0, ROWS(status_rows));
	tcase_add_test(tc, frame_to_be_brought_in_gives_eagain);
	tcase_add_test(tc, own_grants_may_be_named_by_self);
	tcase_add_test(tc, mapped_grant_keeps_its_pins_through_a_copy);
	tcase_add_test(tc, consecutive_copies_claim_a_page_once);
	tcase_add_test(tc, claim_is_kept_between_operations);
	tcase_add_test(tc, a_page_by_frame_is_not_the_reference_of_that_number);
	tcase_add_test(tc, an_error_ends_the_claims);
	tcase_add_test(tc, preempted_before_each_operation_but_the_first);
	tcase_add_loop_test(tc, fault_ends_the_claims, 0, 6);
}

int main(void)
{
	return run_suite("gnttab copy", add);
}

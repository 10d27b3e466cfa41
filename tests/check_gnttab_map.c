/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_map.c - GNTTABOP_map_grant_ref, on a fake machine. */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly
#define L1_GFN FAKE_DATA_FRAMES

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("xs8");
}

static void teardown(void)
{
	fake_destroy(m);
}

/* ---- status codes --------------------------------------------------- */

/* Domain 1 grants frame @gfn to @grantee through entry 8 with @gtf; domain 0
 * maps reference @ref of domain @dom at @addr. */
static const struct status_row {
	const char *name;
	domid_t grantee;
	uint64_t gfn;
	uint16_t gtf;
	domid_t dom;
	grant_ref_t ref;
	uint64_t addr;
	uint32_t flags;
	int16_t want;
} status_rows[] = {
	/* clang-format off */
	{ "writable", 0, 3, 0, 1, 8, FAKE_LINEAR, HOST, GNTST_okay },
	{ "read-only", 0, 3, 0, 1, 8, FAKE_LINEAR, HOST | RO, GNTST_okay },
	{ "read-only of a read-only grant", 0, 3, GTF_readonly, 1, 8,
	  FAKE_LINEAR, HOST | RO, GNTST_okay },
	{ "for a device alone, no address needed", 0, 3, 0, 1, 8, 0, DEVICE,
	  GNTST_okay },
	{ "neither part", 0, 3, 0, 1, 8, FAKE_LINEAR, RO, GNTST_bad_gntref },
	{ "no such domain", 0, 3, 0, 7, 8, FAKE_LINEAR, HOST,
	  GNTST_bad_domain },
	{ "DOMID_SELF is not a granter", 0, 3, 0, DOMID_SELF, 8, FAKE_LINEAR,
	  HOST, GNTST_bad_domain },
	{ "reference past the table", 0, 3, 0, 1, 512, FAKE_LINEAR, HOST,
	  GNTST_bad_gntref },
	{ "last reference, not granted", 0, 3, 0, 1, 511, FAKE_LINEAR, HOST,
	  GNTST_general_error },
	{ "granted to another", 2, 3, 0, 1, 8, FAKE_LINEAR, HOST,
	  GNTST_general_error },
	{ "writable of a read-only grant", 0, 3, GTF_readonly, 1, 8,
	  FAKE_LINEAR, HOST, GNTST_general_error },
	{ "sub-page grants are for copying", 0, 3, GTF_sub_page, 1, 8,
	  FAKE_LINEAR, HOST | RO, GNTST_general_error },
	{ "transitive grant", 0, 3, GTF_transitive, 1, 8, FAKE_LINEAR,
	  HOST | RO, GNTST_general_error },
	{ "no such frame", 0, 999, 0, 1, 8, FAKE_LINEAR, HOST,
	  GNTST_bad_page },
	{ "a page table, writable", 0, L1_GFN, 0, 1, 8, FAKE_LINEAR, HOST,
	  GNTST_general_error },
	{ "a page table, read-only", 0, L1_GFN, 0, 1, 8, FAKE_LINEAR,
	  HOST | RO, GNTST_okay },
	{ "address without a page table", 0, 3, 0, 1, 8,
	  FAKE_LINEAR + FAKE_SLOTS * 4096ull, HOST, GNTST_general_error },
	/* clang-format on */
};

START_TEST(status_is_that_of_xen)
{
	const struct status_row *r = &status_rows[_i];
	gnttab_map_grant_ref_t op = { .host_addr = r->addr,
				      .flags = r->flags,
				      .ref = r->ref,
				      .dom = r->dom,
				      .handle = 77 };
	bool ok = r->want == GNTST_okay;

	grant_access(m, 1, 8, r->grantee, r->gfn, r->gtf);
	ck_assert_int_eq(call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op)),
			 0);
	ck_assert_msg(op.status == r->want, "%s: got %d, want %d", r->name,
		      op.status, r->want);
	ck_assert_msg(!grant_pin(m, 1, 8) == !ok, "%s: pin %#x", r->name,
		      grant_pin(m, 1, 8));
	ck_assert_msg(!(grant_flags(m, 1, 8) & GTF_reading) == !ok,
		      "%s: flags %#x", r->name, grant_flags(m, 1, 8));
	ck_assert_msg(op.handle == (ok ? 0 : 77), "%s: handle %u", r->name,
		      op.handle);
	ck_assert_msg(m->flushes == 0, "%s: flushed", r->name);
}
END_TEST

START_TEST(frame_to_be_brought_in_gives_eagain)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	m->paged_out.n = 3;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h), GNTST_eagain);
	ck_assert_uint_eq(grant_flags(m, 1, 8), GTF_permit_access);
	m->paged_out.n = FAKE_NEVER;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h), GNTST_okay);
}
END_TEST

START_TEST(device_address_is_the_frame)
{
	gnttab_map_grant_ref_t op = { .flags = DEVICE, .ref = 8, .dom = 1 };

	grant_access(m, 1, 8, 0, 3, 0);
	call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_uint_eq(op.dev_bus_addr, fake_mfn(m, 1, 3).n << 12);
}
END_TEST

/* ---- pins, status bits, references ---------------------------------- */

static const struct part_row {
	const char *name;
	uint32_t flags, pin;
	uint16_t gtf;
	unsigned refs, writers;
} part_rows[] = {
	/* clang-format off */
	{ "host", HOST, 0x1, GTF_reading | GTF_writing, 1, 1 },
	{ "host, read-only", HOST | RO, 0x100, GTF_reading, 1, 0 },
	{ "device", DEVICE, 0x10000, GTF_reading | GTF_writing, 1, 1 },
	{ "device, read-only", DEVICE | RO, 0x1000000, GTF_reading, 1, 0 },
	{ "both", HOST | DEVICE, 0x10001, GTF_reading | GTF_writing, 2, 2 },
	{ "both, read-only", HOST | DEVICE | RO, 0x1000100, GTF_reading, 2,
	  0 },
	/* clang-format on */
};

START_TEST(each_part_has_a_pin_and_a_reference)
{
	const struct part_row *r = &part_rows[_i];
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 5, r->flags, &h), GNTST_okay);
	ck_assert_msg(grant_pin(m, 1, 8) == r->pin, "%s: pin %#x", r->name,
		      grant_pin(m, 1, 8));
	ck_assert_msg(grant_flags(m, 1, 8) == (GTF_permit_access | r->gtf),
		      "%s: flags %#x", r->name, grant_flags(m, 1, 8));
	ck_assert_msg(frame_refs(m, 1, 3) == r->refs &&
			      frame_writers(m, 1, 3) == r->writers,
		      "%s: %u references, %u of them writable", r->name,
		      frame_refs(m, 1, 3), frame_writers(m, 1, 3));
}
END_TEST

START_TEST(first_writer_beside_readers_sets_gtf_writing)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 0, HOST | RO, &h);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & GTF_writing, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 1, HOST, &h), GNTST_okay);
	ck_assert_uint_ne(grant_flags(m, 1, 8) & GTF_writing, 0);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x101);
}
END_TEST

START_TEST(pinned_entry_is_for_its_grantee_whatever_the_guest_writes)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 0, HOST | RO, &h);
	grant_access(m, 1, 8, 2, 4, GTF_reading);
	m->cpus[1].runs = &m->domains[2];
	ck_assert_int_eq(map_page(m, 1, 1, 8, 0, HOST | RO, &h),
			 GNTST_general_error);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 1, HOST | RO, &h), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 1) >> 12 & 0xffffffffff,
			  fake_mfn(m, 1, 3).n);
}
END_TEST

static void flip_bit(struct fake_machine *fake, void *flips)
{
	unsigned *left = flips;

	fake_shared(fake, 1, 8)[0] ^= GTF_PWT;
	if (--*left)
		fake->at[FAKE_shared_cmpxchg] = flip_bit;
}

static int16_t map_while_flipping(unsigned flips)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	m->at[FAKE_shared_cmpxchg] = flip_bit;
	m->arg = &flips;
	return map_page(m, 0, 1, 8, 0, HOST, &h);
}

START_TEST(guest_that_flips_the_word_five_times_is_refused)
{
	ck_assert_int_eq(map_while_flipping(5), GNTST_general_error);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 5);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & (GTF_reading | GTF_writing),
			  0);
}
END_TEST

START_TEST(guest_that_flips_the_word_four_times_is_mapped)
{
	ck_assert_int_eq(map_while_flipping(4), GNTST_okay);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 5);
}
END_TEST

static void revoke(struct fake_machine *fake, void *arg)
{
	(void)arg;
	fake_shared(fake, 1, 8)[0] = 0;
}

START_TEST(grant_revoked_before_the_exchange_is_refused)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	m->at[FAKE_shared_cmpxchg] = revoke;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(fake_shared(m, 1, 8)[0], 0);
}
END_TEST

START_TEST(at_most_128_pins_of_a_kind_and_others_still_fit)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	for (unsigned i = 0; i < 128; i++)
		ck_assert_int_eq(map_page(m, 0, 1, 8, i, HOST, &h), GNTST_okay);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 128, HOST, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x80);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 128, HOST | RO, &h), GNTST_okay);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, DEVICE, &h), GNTST_okay);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x10180);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 129, HOST | DEVICE | RO, &h),
			 GNTST_okay);
}
END_TEST

/* ---- undo ----------------------------------------------------------- */

START_TEST(late_failure_removes_the_mapping_and_flushes_before_the_drop)
{
	grant_handle_t h;
	unsigned holds;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 1, HOST | RO, &h);
	fake_reset(m);
	map_page(m, 0, 1, 8, 2, HOST | DEVICE | RO, &h);
	holds = fake_find(m, FAKE_frame_hold, 1);
	ck_assert_int_gt((int)holds, fake_find(m, FAKE_pte_write, 0));

	fake_reset(m);
	m->fail_at = holds;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 3, HOST | DEVICE | RO, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(*fake_pte(m, 0, 3), 0);
	ck_assert_uint_eq(m->flushes, 1);
	ck_assert_int_lt(fake_find(m, FAKE_pte_cmpxchg, 0),
			 fake_find(m, FAKE_flush_tlb, 0));
	ck_assert_int_lt(fake_find(m, FAKE_flush_tlb, 0),
			 fake_find(m, FAKE_frame_drop, 0));
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0x1000200);
	ck_assert_uint_eq(frame_refs(m, 1, 3), 3);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, status_is_that_of_xen, 0, ROWS(status_rows));
	tcase_add_test(tc, frame_to_be_brought_in_gives_eagain);
	tcase_add_test(tc, device_address_is_the_frame);
	tcase_add_loop_test(tc, each_part_has_a_pin_and_a_reference, 0,
			    ROWS(part_rows));
	tcase_add_test(tc, first_writer_beside_readers_sets_gtf_writing);
	tcase_add_test(
		tc, pinned_entry_is_for_its_grantee_whatever_the_guest_writes);
	tcase_add_test(tc, guest_that_flips_the_word_five_times_is_refused);
	tcase_add_test(tc, guest_that_flips_the_word_four_times_is_mapped);
	tcase_add_test(tc, grant_revoked_before_the_exchange_is_refused);
	tcase_add_test(tc, at_most_128_pins_of_a_kind_and_others_still_fit);
	tcase_add_test(
		tc,
		late_failure_removes_the_mapping_and_flushes_before_the_drop);
}

int main(void)
{
	return run_suite("gnttab map", add);
}

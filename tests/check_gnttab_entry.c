/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_entry.c - the L1 entry that a map writes. */
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

/* Entry for frame F: NX, US, P; bit 52 for the guest's kernel. */
#define KERNEL 0x8010000000000005ull
#define USER 0x8000000000000105ull

static const struct entry_row {
	const char *policy;
	uint32_t flags;
	uint64_t entry;
} entry_rows[] = {
	{ "xs8", HOST, KERNEL | 0x2 },
	{ "xs8", HOST | RO, KERNEL },
	{ "xs8", HOST | GNTMAP_application_map, USER | 0x2 },
	{ "xs8", HOST | RO | GNTMAP_application_map, USER },
	{ "xs8", HOST | RO | 1u << 16, KERNEL | 0x200 },
	{ "xs8", HOST | RO | 7u << 16, KERNEL | 0xe00 },
	{ "xs8", HOST | RO | 0xfff8u << 16, KERNEL },
	{ "xs8", HOST | DEVICE | RO, KERNEL },
	{ "upstream", HOST, KERNEL | 0x62 },
	{ "upstream", HOST | RO, KERNEL | 0x60 },
	{ "rfc2014", HOST | RO, KERNEL },
	{ "xs65", HOST | RO, KERNEL },
	{ "xs-2014-10", HOST | RO, KERNEL },
	{ "xs70", HOST | RO, KERNEL },
	{ "xs72-amd", HOST | RO, KERNEL },
	{ "xs-2017-10", HOST | RO, KERNEL },
};

START_TEST(entry_has_the_flags_of_a_64_bit_pv_guest)
{
	const struct entry_row *r = &entry_rows[_i];
	struct fake_machine *fake = fake_create(r->policy);
	uint64_t want = r->entry | fake_mfn(fake, 1, 3).n << 12;
	grant_handle_t h;

	grant_access(fake, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(fake, 0, 1, 8, 5, r->flags, &h), GNTST_okay);
	ck_assert_msg(*fake_pte(fake, 0, 5) == want,
		      "%s, flags %#x: got %#lx, want %#lx", r->policy, r->flags,
		      *fake_pte(fake, 0, 5), want);
	fake_destroy(fake);
}
END_TEST

START_TEST(device_part_leaves_page_tables_alone)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 5, DEVICE, &h), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_pte_write), 0);
}
END_TEST

START_TEST(what_was_mapped_there_loses_its_reference)
{
	grant_handle_t h;

	fake_guest_map(m, 0, 5, 7, true);
	grant_access(m, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 5, HOST, &h), GNTST_okay);
	ck_assert_uint_eq(frame_refs(m, 0, 7), 0);
	ck_assert_uint_eq(frame_writers(m, 0, 7), 0);
	ck_assert_uint_eq(m->flushes, 0);
}
END_TEST

static int16_t map_at_slot(uint64_t addr)
{
	gnttab_map_grant_ref_t op = {
		.host_addr = addr,
		.flags = HOST | GNTMAP_contains_pte,
		.ref = 8,
		.dom = 1,
	};

	grant_access(m, 1, 8, 0, 3, 0);
	call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op));
	return op.status;
}

START_TEST(entry_may_be_named_by_its_machine_address)
{
	uint64_t slot = fake_slot(m, 0, 600);

	ck_assert_int_eq(map_at_slot(slot), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 600),
			  KERNEL | 0x2 | fake_mfn(m, 1, 3).n << 12);
	ck_assert_uint_eq(fake_count(m, FAKE_l1_slot), 0);
}
END_TEST

START_TEST(misaligned_entry_address_is_refused)
{
	for (uint64_t i = 1; i < 8; i++) {
		ck_assert_int_eq(map_at_slot(fake_slot(m, 0, 5) + i),
				 GNTST_general_error);
		ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
		ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	}
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
}
END_TEST

START_TEST(entry_address_must_be_in_the_callers_own_l1)
{
	const uint64_t bad[] = {
		fake_slot(m, 1, 5),	   /* another's page table */
		fake_mfn(m, 0, 5).n << 12, /* no page table */
		1ull << 52 | fake_slot(m, 0, 5),
		UINT64_MAX & ~7ull,
	};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(map_at_slot(bad[i]) == GNTST_general_error,
			      "%#lx was accepted", bad[i]);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, entry_has_the_flags_of_a_64_bit_pv_guest, 0,
			    ROWS(entry_rows));
	tcase_add_test(tc, device_part_leaves_page_tables_alone);
	tcase_add_test(tc, what_was_mapped_there_loses_its_reference);
	tcase_add_test(tc, entry_may_be_named_by_its_machine_address);
	tcase_add_test(tc, misaligned_entry_address_is_refused);
	tcase_add_test(tc, entry_address_must_be_in_the_callers_own_l1);
}

int main(void)
{
	return run_suite("gnttab entry", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_external.c - a mapper with external paging.
 *
 * Domain 0 maps domain 1's frame 3 through reference 8 at its own guest frame
 * 20, which it does not use.
 */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define RO (GNTMAP_host_map | GNTMAP_readonly)
#define AT 20
#define ADDR (AT * 4096ull)

static struct fake_machine *m;

static void start(const char *policy)
{
	m = fake_create_external(policy);
	grant_access(m, 1, 8, 0, 3, 0);
	fake_reset(m);
}

static void setup(void)
{
	start("xs8");
}

static void teardown(void)
{
	fake_destroy(m);
}

static uint32_t pin(void)
{
	return grant_pin(m, 1, 8);
}

static unsigned refs(void)
{
	return frame_refs(m, 1, 3);
}

static int16_t map(uint64_t addr, uint32_t flags, grant_handle_t *h)
{
	gnttab_map_grant_ref_t op = {
		.host_addr = addr,
		.flags = flags,
		.ref = 8,
		.dom = 1,
	};

	ck_assert_int_eq(call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op)),
			 0);
	*h = op.handle;
	return op.status;
}

static int16_t unmap(uint64_t addr, grant_handle_t h)
{
	gnttab_unmap_grant_ref_t op = { .host_addr = addr, .handle = h };

	ck_assert_int_eq(
		call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op)), 0);
	return op.status;
}

static void nothing_left(void)
{
	ck_assert_uint_eq(pin(), 0);
	ck_assert_uint_eq(refs(), 0);
	ck_assert_uint_eq(grant_flags(m, 1, 8), GTF_permit_access);
}

START_TEST(a_grant_is_mapped_at_a_guest_frame_and_in_no_page_table)
{
	grant_handle_t h;

	ck_assert_int_eq(map(ADDR + 0x123, HOST, &h), GNTST_okay);
	ck_assert_uint_eq(fake_mfn(m, 0, AT).n, fake_mfn(m, 1, 3).n);
	ck_assert(m->domains[0].granted[AT]);
	ck_assert(m->domains[0].writable[AT]);
	ck_assert_uint_eq(pin(), 1);
	ck_assert_uint_eq(refs(), 1);
	ck_assert_uint_eq(fake_count(m, FAKE_pte_write), 0);
	ck_assert_int_eq(unmap(ADDR, h), GNTST_okay);
	ck_assert_uint_eq(fake_mfn(m, 0, AT).n, FAKE_NOWHERE);
	nothing_left();
}
END_TEST

START_TEST(a_readonly_grant_is_mapped_so)
{
	grant_handle_t h;

	ck_assert_int_eq(map(ADDR, RO, &h), GNTST_okay);
	ck_assert(!m->domains[0].writable[AT]);
	ck_assert_uint_eq(pin(), 0x100);
	ck_assert_int_eq(unmap(ADDR, h), GNTST_okay);
	nothing_left();
}
END_TEST

static const struct refusal {
	const char *name;
	uint64_t addr;
	uint32_t flags;
	int16_t status;
} refusals[] = {
	{ "no part", ADDR, 0, GNTST_bad_gntref },
	{ "device", ADDR, HOST | GNTMAP_device_map, GNTST_general_error },
	{ "device alone", ADDR, GNTMAP_device_map, GNTST_general_error },
	{ "application", ADDR, HOST | GNTMAP_application_map,
	  GNTST_general_error },
	{ "contains_pte", ADDR, HOST | GNTMAP_contains_pte,
	  GNTST_general_error },
	{ "bits of the guest's own", ADDR, HOST | 1u << _GNTMAP_guest_avail0,
	  GNTST_general_error },
	{ "a frame that is not", FAKE_GUEST_FRAMES * 4096ull, HOST,
	  GNTST_general_error },
};

START_TEST(refused_maps_leave_nothing_behind)
{
	const struct refusal *r = &refusals[_i];
	grant_handle_t h;

	ck_assert_msg(map(r->addr, r->flags, &h) == r->status, "%s", r->name);
	ck_assert_uint_eq(m->flushes, 0);
	nothing_left();
}
END_TEST

START_TEST(what_is_unmapped_must_be_what_was_mapped)
{
	grant_handle_t h, other;

	grant_access(m, 1, 9, 0, 4, 0);
	map(ADDR, HOST, &h);
	ck_assert_int_eq(map(ADDR, RO, &other), GNTST_general_error);
	map(ADDR + 4096, RO, &other);
	ck_assert_int_eq(unmap(ADDR + 4096, h), GNTST_general_error);
	ck_assert_int_eq(unmap(ADDR, other), GNTST_general_error);
	ck_assert_int_eq(unmap(ADDR + 2 * 4096, h), GNTST_general_error);
	ck_assert_uint_eq(pin(), 0x101);
	ck_assert_int_eq(unmap(ADDR, h), GNTST_okay);
	ck_assert_int_eq(unmap(ADDR + 4096, other), GNTST_okay);
	nothing_left();
}
END_TEST

START_TEST(nothing_moves_into_the_place_of_a_mapping)
{
	gnttab_unmap_and_replace_t op = { .host_addr = ADDR, .new_addr = 4096 };
	grant_handle_t h;

	map(ADDR, HOST, &h);
	op.handle = h;
	call(m, 0, GNTTABOP_unmap_and_replace, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_general_error);
	ck_assert_uint_eq(pin(), 1);
	op.new_addr = 0;
	call(m, 0, GNTTABOP_unmap_and_replace, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
	nothing_left();
}
END_TEST

START_TEST(no_policy_decides_or_flushes_anything)
{
	const struct gnttab_policy *policy;
	const struct gnttab_counters *c;
	grant_handle_t h;

	for (size_t p = 0; (policy = gnttab_policy_at(p)); p++) {
		fake_destroy(m);
		start(policy->name);
		map(ADDR, HOST, &h);
		unmap(ADDR, h);
		c = gnttab_counters(m->domains[0].gt);
		ck_assert_msg(!m->flushes && !c->batches && !c->flush_done &&
				      !c->flush_avoided,
			      "%s", policy->name);
	}
}
END_TEST

START_TEST(the_frame_is_unreachable_before_its_reference_is_dropped)
{
	grant_handle_t h;

	map(ADDR, HOST, &h);
	fake_reset(m);
	unmap(ADDR, h);
	ck_assert_int_ge(fake_find(m, FAKE_p2m_remove, 0), 0);
	ck_assert_int_gt(fake_find(m, FAKE_frame_drop, 0),
			 fake_find(m, FAKE_p2m_remove, 0));
	ck_assert_int_gt(fake_find(m, FAKE_shared_clear, 0),
			 fake_find(m, FAKE_frame_drop, 0));
}
END_TEST

START_TEST(any_call_below_may_fail_and_nothing_is_left_behind)
{
	bool reached = true;

	for (unsigned n = 0; reached; n++) {
		grant_handle_t h;
		int16_t status;

		fake_destroy(m);
		start("xs8");
		m->fail_at = n;
		gnttab_map_grant_ref_t op = {
			.host_addr = ADDR,
			.flags = HOST,
			.ref = 8,
			.dom = 1,
		};
		call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op));
		h = op.handle;
		reached = m->crossings > n;
		fake_reset(m);
		if (pin() == 1) {
			status = unmap(ADDR, h);
			ck_assert_int_eq(status, GNTST_okay);
		}
		nothing_left();
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc,
		       a_grant_is_mapped_at_a_guest_frame_and_in_no_page_table);
	tcase_add_test(tc, a_readonly_grant_is_mapped_so);
	tcase_add_loop_test(tc, refused_maps_leave_nothing_behind, 0,
			    ROWS(refusals));
	tcase_add_test(tc, what_is_unmapped_must_be_what_was_mapped);
	tcase_add_test(tc, nothing_moves_into_the_place_of_a_mapping);
	tcase_add_test(tc, no_policy_decides_or_flushes_anything);
	tcase_add_test(
		tc, the_frame_is_unreachable_before_its_reference_is_dropped);
	tcase_add_test(tc, any_call_below_may_fail_and_nothing_is_left_behind);
}

int main(void)
{
	return run_suite("gnttab external paging", add);
}

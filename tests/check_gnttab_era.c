/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_era.c - what Xen did otherwise in 2014, on a fake machine.
 */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly
#define RW_BITS (GTF_reading | GTF_writing)

static const enum gnttab_era eras[] = { GNTTAB_ERA_CURRENT, GNTTAB_ERA_2014 };
#define ERAS 2

static struct fake_machine *m;

static void start(int era)
{
	m = fake_create("xs65");
	m->rules.era = eras[era];
	grant_access(m, 1, 8, 0, 3, 0);
}

static uint32_t pin(void)
{
	return grant_pin(m, 1, 8);
}

static const int16_t full[ERAS] = { GNTST_okay, GNTST_general_error };

START_TEST(one_full_counter_refuses_others_only_in_2014)
{
	grant_handle_t h[130];

	start(_i);
	for (unsigned i = 0; i < 128; i++)
		ck_assert_int_eq(map_page(m, 0, 1, 8, i, HOST | RO, &h[i]),
				 GNTST_okay);
	ck_assert_uint_eq(pin(), 0x8000);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 128, HOST | RO, &h[128]),
			 GNTST_general_error);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 129, HOST, &h[129]), full[_i]);
	ck_assert_int_eq(unmap_page(m, 0, h[0], 0), GNTST_okay);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 130, HOST, &h[0]), GNTST_okay);
	fake_destroy(m);
}
END_TEST

static const int16_t out_of_handles[ERAS] = { GNTST_no_space,
					      GNTST_no_device_space };

START_TEST(running_out_of_handles_has_a_new_status)
{
	int16_t status = GNTST_okay;
	unsigned n = 0;
	grant_handle_t h;

	start(_i);
	while (status == GNTST_okay) {
		grant_access(m, 1, n / 100, 0, 3, 0);
		status = map_page(m, 0, 1, n / 100, n, HOST | RO, &h);
		n++;
	}
	ck_assert_int_eq(status, out_of_handles[_i]);
	ck_assert_uint_eq(n, FAKE_HANDLE_FRAMES * 256);
	fake_destroy(m);
}
END_TEST

static const int16_t near[ERAS] = { GNTST_bad_dev_addr, GNTST_okay };
static const int16_t far[ERAS] = { GNTST_bad_dev_addr, GNTST_general_error };

START_TEST(device_address_was_compared_by_frame)
{
	gnttab_unmap_grant_ref_t op;
	grant_handle_t h;

	start(_i);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, DEVICE, &h), GNTST_okay);
	op = (gnttab_unmap_grant_ref_t){
		.dev_bus_addr = (fake_mfn(m, 1, 3).n + 1) << 12,
		.handle = h,
	};
	call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, far[_i]);
	ck_assert_uint_eq(pin(), 0x10000);
	op.dev_bus_addr = (fake_mfn(m, 1, 3).n << 12) + 1;
	call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, near[_i]);
	ck_assert_uint_eq(pin(), near[_i] == GNTST_okay ? 0 : 0x10000);
	fake_destroy(m);
}
END_TEST

static grant_handle_t handles[2];

/* CPU 1 unmaps the page that was never touched: no flush. */
static void unmap_other(struct fake_machine *fake, void *arg)
{
	(void)arg;
	ck_assert_int_eq(unmap_page(fake, 1, handles[1], 1), GNTST_okay);
}

/* XSA-218: CPU 0 has zapped its entry and is about to flush. */
START_TEST(other_unmap_clears_the_status_before_the_flush_only_in_2014)
{
	start(_i);
	m->cpus[1].runs = &m->domains[0];
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_eq(map_page(m, 0, 1, 8, i, HOST, &handles[i]),
				 GNTST_okay);
	fake_touch(m, 0, 0, true);
	m->at[FAKE_flush_tlb] = unmap_other;
	ck_assert_int_eq(unmap_page(m, 0, handles[0], 0), GNTST_okay);
	ck_assert_uint_eq(m->violations > 0, eras[_i] == GNTTAB_ERA_2014);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, 0);
	ck_assert_uint_eq(pin(), 0);
	fake_destroy(m);
}
END_TEST

/* Between pins and status the entry may go, with the version. */
static void shrink(struct fake_machine *fake, void *arg)
{
	(void)arg;
	fake->cpus[1].runs = &fake->domains[1];
	ck_assert_int_eq(set_version(fake, 1, 2), 0);
}

START_TEST(status_of_an_entry_that_has_gone_is_left_alone)
{
	grant_handle_t h;

	start(1);
	grant_access(m, 1, 400, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 400, 0, HOST, &h), GNTST_okay);
	fake_touch(m, 0, 0, false);
	m->at[FAKE_flush_tlb] = shrink;
	ck_assert_int_eq(unmap_page(m, 0, h, 0), GNTST_okay);
	ck_assert_uint_eq(gnttab_version(m->domains[1].gt), 2);
	fake_destroy(m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, one_full_counter_refuses_others_only_in_2014, 0,
			    ERAS);
	tcase_add_loop_test(tc, running_out_of_handles_has_a_new_status, 0,
			    ERAS);
	tcase_add_loop_test(tc, device_address_was_compared_by_frame, 0, ERAS);
	tcase_add_loop_test(
		tc, other_unmap_clears_the_status_before_the_flush_only_in_2014,
		0, ERAS);
	tcase_add_test(tc, status_of_an_entry_that_has_gone_is_left_alone);
}

int main(void)
{
	return run_suite("gnttab era", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_calls.c - arrays of operations, preemption, faults. */
#include <errno.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("xs8");
}

static void teardown(void)
{
	fake_destroy(m);
}

static void fill(gnttab_map_grant_ref_t *ops, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		grant_access(m, 1, i, 0, 3, 0);
		ops[i] = (gnttab_map_grant_ref_t){
			.host_addr = fake_linear(i),
			.flags = HOST,
			.ref = i,
			.dom = 1,
		};
	}
}

START_TEST(a_bad_operation_does_not_stop_the_next)
{
	gnttab_map_grant_ref_t ops[3];

	fill(ops, 3);
	ops[1].ref = 5000;
	ck_assert_int_eq(
		call(m, 0, GNTTABOP_map_grant_ref, ops, 3, sizeof(*ops)), 0);
	ck_assert_int_eq(ops[0].status, GNTST_okay);
	ck_assert_int_eq(ops[1].status, GNTST_bad_gntref);
	ck_assert_int_eq(ops[2].status, GNTST_okay);
	ck_assert_uint_eq(ops[2].handle, 2);
}
END_TEST

START_TEST(preemption_is_asked_before_every_operation_but_the_first)
{
	gnttab_map_grant_ref_t ops[5];
	unsigned preempted = 0;

	fill(ops, 5);
	call_write(m, 0, ops, 5, sizeof(*ops));
	m->preempt = true;
	ck_assert_int_eq(call_run(m, 0, GNTTABOP_map_grant_ref, 5, &preempted),
			 0);
	ck_assert_uint_eq(preempted, 4);
	call_read(m, 0, ops, 5, sizeof(*ops));
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(ops[i].handle, i);
}
END_TEST

START_TEST(fault_keeps_earlier_maps_and_the_one_whose_result_is_lost)
{
	gnttab_map_grant_ref_t ops[3];

	for (unsigned fault = 0; fault < 6; fault++) {
		struct fake_machine *saved = m;
		unsigned made = (fault + 1) / 2, pinned = 0;

		m = fake_create("xs8");
		fill(ops, 3);
		m->fault_in = fault;
		ck_assert_int_eq(call(m, 0, GNTTABOP_map_grant_ref, ops, 3,
				      sizeof(*ops)),
				 -EFAULT);
		for (unsigned i = 0; i < 3; i++)
			pinned += grant_pin(m, 1, i);
		ck_assert_uint_eq(pinned, made);
		fake_destroy(m);
		m = saved;
	}
}
END_TEST

static const struct error_row {
	const char *name;
	unsigned cmd, count;
	int want;
} error_rows[] = {
	{ "nothing to map", GNTTABOP_map_grant_ref, 0, 0 },
	{ "count with its sign bit", GNTTABOP_map_grant_ref, 0x80000000,
	  -EINVAL },
	{ "high bits in the command", GNTTABOP_unmap_grant_ref | 1u << 20, 1,
	  -EINVAL },
	{ "between others, without a function", GNTTABOP_dump_table, 1,
	  -ENOSYS },
	{ "the first without a function", GNTTABOP_cache_flush, 1, -ENOSYS },
	{ "unknown command", 13, 1, -ENOSYS },
	{ "largest unknown command", 0xfffff, 1, -ENOSYS },
};

START_TEST(hypercall_errors)
{
	const struct error_row *r = &error_rows[_i];
	struct gnttab_call c = { r->cmd, FAKE_ARGS, r->count };
	int rc = gnttab_hypercall(&m->cpus[0], m->domains[0].gt, &c);

	ck_assert_msg(rc == r->want, "%s: got %d, want %d", r->name, rc,
		      r->want);
	ck_assert_uint_eq(m->crossings, 0);
}
END_TEST

START_TEST(unreadable_array_is_a_fault)
{
	struct gnttab_call c = { GNTTABOP_map_grant_ref, 0, 1 };

	ck_assert_int_eq(gnttab_hypercall(&m->cpus[0], m->domains[0].gt, &c),
			 -EFAULT);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_bad_operation_does_not_stop_the_next);
	tcase_add_test(
		tc, preemption_is_asked_before_every_operation_but_the_first);
	tcase_add_test(
		tc, fault_keeps_earlier_maps_and_the_one_whose_result_is_lost);
	tcase_add_loop_test(tc, hypercall_errors, 0, ROWS(error_rows));
	tcase_add_test(tc, unreadable_array_is_a_fault);
}

int main(void)
{
	return run_suite("gnttab calls", add);
}

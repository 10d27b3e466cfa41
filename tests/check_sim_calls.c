/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_calls.c - hypercalls that fail half-way, stop and go on.
 */
#include <errno.h>
#include <string.h>

#include "tests/rig.h"
#include "tests/suite.h"

#define CALL ((struct label){ 7, 0 })

/* At the @at-th guest copy or preemption point of CPU 0's next hypercall. */
static void point(struct rig *rig, enum event_kind kind, uint32_t at)
{
	struct event event = rig_event(rig, kind);

	event.cpu = 0;
	event.at.point = at;
	rig_run(rig, &event);
}

static int resume(struct rig *rig, int cpu)
{
	struct event event = rig_event(rig, EVENT_resume);

	event.cpu = cpu;
	event.call = CALL;
	return rig_try(rig, &event);
}

/* ---- faults ---------------------------------------------------------- */

START_TEST(map_that_faults_at_any_copy_leaves_a_consistent_machine)
{
	for (uint32_t copy = 1; copy <= 80; copy++) {
		struct rig rig;
		uint64_t mapped;

		rig_open(&rig, "xs8");
		rig_grant(&rig, 8, 40, false);
		point(&rig, EVENT_fault, copy);
		rig_map(&rig, 8, 40, AT, HOST);
		/* One copy in and one out for each. */
		mapped = rig_count(&rig, "grant.map_ops");
		ck_assert_uint_eq(mapped, (copy - 1) / 2);
		rig_unmap(&rig, 0, 40);
		ck_count(&rig, "grant.unmap_ops", mapped);
		ck_count(&rig, "grant.failed_ops", 40 - mapped);
		rig_finish(&rig);
	}
}
END_TEST

START_TEST(unmap_that_faults_at_any_copy_flushes_and_can_be_finished)
{
	for (uint32_t copy = 1; copy <= 80; copy++) {
		struct rig rig;
		uint64_t full = (copy - 1) / 2 / 32;

		rig_open_mapped(&rig, "xs8", 40, HOST);
		rig_access(&rig, EVENT_write, 1, AT + (copy - 1) / 2 * PAGE);
		point(&rig, EVENT_fault, copy);
		rig_unmap(&rig, 0, 40);
		ck_count(&rig, "flush.batches", full);
		ck_count(&rig, "flush.uncounted", 1);
		rig_unmap(&rig, 0, 40);
		ck_count(&rig, "grant.pages_unmapped", 40);
		rig_revoke(&rig, 8, 40);
		rig_finish(&rig);
	}
}
END_TEST

START_TEST(operation_behind_a_fault_is_not_reached)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "xs8");
	rig_grant(&rig, 8, 3, false);
	point(&rig, EVENT_fault, 3);
	event = rig_map_event(&rig, 0, 8, 3, AT, HOST);
	for (unsigned i = 0; i < 3; i++)
		rig.ops[i].status_given = true;
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 2);
	ck_assert_str_eq(rig.failed.diag[0].text,
			 "the operation was not reached, expected 0 (okay)");
	ck_assert_uint_eq(sim_results(rig.sim)->expected, 3);
	ck_assert_uint_eq(sim_results(rig.sim)->failed, 2);
	rig_close(&rig);
}
END_TEST

/* ---- preemption ------------------------------------------------------ */

START_TEST(unmap_preempted_at_any_point_gives_the_same_end)
{
	for (uint32_t at = 1; at <= 3; at++) {
		struct rig rig;

		rig_open_mapped(&rig, "xs8", 100, RO);
		rig_access(&rig, EVENT_read, 0, AT + 40 * PAGE);
		point(&rig, EVENT_preempt, at);
		rig_unmap(&rig, 0, 100);
		ck_count(&rig, "grant.hypercalls", 3);
		ck_count(&rig, "grant.unmap_ops", 100);
		ck_count(&rig, "flush.batches", 4);
		ck_count(&rig, "flush.avoided", 3);
		rig_finish(&rig);
	}
}
END_TEST

START_TEST(map_preempted_at_any_point_binds_every_handle)
{
	for (uint32_t at = 1; at < 40; at++) {
		struct rig rig;

		rig_open(&rig, "xs8");
		rig_grant(&rig, 8, 40, false);
		point(&rig, EVENT_preempt, at);
		rig_map(&rig, 8, 40, AT, HOST);
		ck_count(&rig, "grant.hypercalls", 2);
		ck_count(&rig, "grant.map_ops", 40);
		rig_unmap(&rig, 0, 40);
		ck_count(&rig, "grant.unmap_ops", 40);
		rig_finish(&rig);
	}
}
END_TEST

/* A call of 100 unmaps, parked after the first batch. */
static void park(struct rig *rig)
{
	struct event event;

	rig_open_mapped(rig, "xs8", 100, RO);
	point(rig, EVENT_preempt, 1);
	event = rig_unmap_event(rig, 0, 0, 100);
	event.call = CALL;
	rig_run(rig, &event);
	/* Its event is gone, and so are its operations. */
	memset(rig->ops, 0xee, sizeof(rig->ops));
}

START_TEST(named_call_waits_until_it_is_resumed)
{
	struct rig rig;

	park(&rig);
	ck_count(&rig, "grant.unmap_ops", 32);
	ck_count(&rig, "grant.pages_unmapped", 32);
	rig_access(&rig, EVENT_read, 1, AT + 99 * PAGE);
	ck_assert_int_eq(resume(&rig, 1), 0);
	ck_assert_uint_eq(rig.failed.count, 0);
	ck_count(&rig, "grant.unmap_ops", 100);
	ck_count(&rig, "grant.hypercalls", 3);
	ck_count(&rig, "flush.avoided", 3);
	ck_count(&rig, "flush.performed", 1);
	ck_assert_int_eq(resume(&rig, CPU_ANY), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text,
			 "no call of this name is preempted");
	rig_finish(&rig);
}
END_TEST

START_TEST(resumed_call_can_be_preempted_again)
{
	struct rig rig;

	park(&rig);
	point(&rig, EVENT_preempt, 2);
	ck_assert_int_eq(resume(&rig, CPU_ANY), 0);
	ck_count(&rig, "grant.unmap_ops", 96);
	ck_assert_int_eq(resume(&rig, CPU_ANY), 0);
	ck_count(&rig, "grant.unmap_ops", 100);
	rig_finish(&rig);
}
END_TEST

START_TEST(call_whose_domain_left_its_cpu_goes_on_where_the_domain_is)
{
	struct rig rig;

	park(&rig);
	rig_schedule(&rig, 0, 2);
	ck_assert_int_eq(resume(&rig, CPU_ANY), 0);
	ck_count(&rig, "grant.unmap_ops", 100);
	rig_finish(&rig);
}
END_TEST

START_TEST(call_of_a_name_that_is_parked_is_refused)
{
	struct rig rig;
	struct event event;

	park(&rig);
	event = rig_unmap_event(&rig, 0, 50, 1);
	event.call = CALL;
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text,
			 "a call of this name is still to be resumed");
	rig_close(&rig);
}
END_TEST

START_TEST(switch_at_a_point_changes_who_is_flushed_from_there_on)
{
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "upstream", 96, RO);
	event = rig_event(&rig, EVENT_schedule);
	event.cpu = 1;
	event.domain = 2;
	event.at.point = 2;
	rig_run(&rig, &event);
	ck_count(&rig, "flush.ipis", 0);
	rig_unmap(&rig, 0, 96);
	ck_count(&rig, "flush.performed", 3);
	ck_count(&rig, "flush.ipis", 2);
	ck_count(&rig, "grant.hypercalls", 2);
	rig_finish(&rig);
}
END_TEST

START_TEST(cpu_cannot_switch_inside_its_own_hypercall)
{
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "upstream", 40, RO);
	event = rig_event(&rig, EVENT_schedule);
	event.cpu = 0;
	event.domain = 2;
	event.at.point = 1;
	rig_run(&rig, &event);
	event = rig_unmap_event(&rig, 0, 0, 40);
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text,
			 "CPU 0 cannot switch inside its own hypercall");
	ck_count(&rig, "grant.unmap_ops", 0);
	rig_close(&rig);
}
END_TEST

START_TEST(point_that_a_hypercall_does_not_have_is_an_error)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	rig_grant(&rig, 8, 2, true);
	point(&rig, EVENT_preempt, 2);
	point(&rig, EVENT_fault, 5);
	event = rig_map_event(&rig, 0, 8, 2, AT, RO);
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text,
			 "the hypercall has no preemption point 2: it has 1");
	ck_assert_str_eq(rig.diags.diag[1].text,
			 "the hypercall makes no guest copy 5: it made 4");
	rig_close(&rig);
}
END_TEST

START_TEST(call_without_operations_only_enters_the_hypervisor)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	event = rig_unmap_event(&rig, 0, 0, 0);
	event.call = CALL;
	event.ops = NULL;
	rig_run(&rig, &event);
	ck_count(&rig, "grant.hypercalls", 1);
	ck_count(&rig, "flush.batches", 0);
	ck_assert_int_eq(resume(&rig, CPU_ANY), -EBADMSG);
	rig_finish(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc,
		       map_that_faults_at_any_copy_leaves_a_consistent_machine);
	tcase_add_test(
		tc, unmap_that_faults_at_any_copy_flushes_and_can_be_finished);
	tcase_add_test(tc, operation_behind_a_fault_is_not_reached);
	tcase_add_test(tc, unmap_preempted_at_any_point_gives_the_same_end);
	tcase_add_test(tc, map_preempted_at_any_point_binds_every_handle);
	tcase_add_test(tc, named_call_waits_until_it_is_resumed);
	tcase_add_test(tc, resumed_call_can_be_preempted_again);
	tcase_add_test(
		tc, call_whose_domain_left_its_cpu_goes_on_where_the_domain_is);
	tcase_add_test(tc, call_of_a_name_that_is_parked_is_refused);
	tcase_add_test(tc,
		       switch_at_a_point_changes_who_is_flushed_from_there_on);
	tcase_add_test(tc, cpu_cannot_switch_inside_its_own_hypercall);
	tcase_add_test(tc, point_that_a_hypercall_does_not_have_is_an_error);
	tcase_add_test(tc, call_without_operations_only_enters_the_hypervisor);
}

int main(void)
{
	return run_suite("sim_calls", add_tests);
}

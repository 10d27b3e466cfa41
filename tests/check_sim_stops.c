/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_sim_stops.c - hypercalls that stop half-way while others run. */
#include <errno.h>

#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

static const struct label stopped = { 0, 0 };

/* ---- one CPU in the middle of another's hypercall ----------------------- */

/* Reference 8 is mapped twice, as h[0] and h[1]; CPU 1 read the second. */
static void open_two(struct rig *rig, const char *policy, enum gnttab_era era)
{
	struct event event;

	rig_prepare(rig, policy);
	rig->header.era = era;
	rig_start(rig);
	rig_grant(rig, 8, 1, true);
	rig_map(rig, 8, 1, AT, RO);
	event = rig_map_event(rig, 0, 8, 1, AT + PAGE, RO);
	rig->ops[0].as.index = 1;
	rig_run(rig, &event);
	rig_access(rig, EVENT_read, 1, AT + PAGE);
}

/* CPU 1's unmap of h[1] goes up to its @nth crossing @at. */
static void start_unmap(struct rig *rig, enum crossing at, uint32_t nth)
{
	struct event event = rig_unmap_event(rig, 0, 1, 1);

	event.cpu = 1;
	event.call = stopped;
	event.stop = (struct stop){ at, nth };
	rig->ops[0].status_given = true;
	rig_run(rig, &event);
}

static void resume(struct rig *rig, enum crossing at, uint32_t nth)
{
	struct event event = rig_event(rig, EVENT_resume);

	event.call = stopped;
	event.stop = (struct stop){ at, nth };
	rig_run(rig, &event);
}

static void unmap_first(struct rig *rig)
{
	struct event event = rig_unmap_event(rig, 0, 0, 1);

	event.cpu = 0;
	rig->ops[0].status_given = true;
	rig_run(rig, &event);
}

/* Crossings of an unmap of one page: more than there are. */
#define MANY 200

/* Unmap both, the second stopped at @n; false once it does not stop there. */
static bool race(enum gnttab_era era, unsigned n, uint64_t *violations)
{
	struct rig rig;
	bool stops;

	open_two(&rig, "xs8", era);
	start_unmap(&rig, CROSS_any, n);
	stops = rig.sim->calls.inside;
	unmap_first(&rig);
	resume(&rig, CROSS_any, 0);
	ck_assert_uint_eq(rig.failed.count, 0);
	ck_count(&rig, "grant.unmap_ops", 2);
	ck_assert_uint_eq(gnttab_active(rig.sim->domain[1].grants, 8).pin, 0);
	rig_revoke(&rig, 8, 1);
	sim_finish(rig.sim);
	*violations = rig_count(&rig, "oracle.violations");
	rig_close(&rig);
	return stops;
}

START_TEST(two_unmaps_are_safe_at_every_crossing)
{
	uint64_t violations;
	unsigned n = 1;

	while (race(GNTTAB_ERA_CURRENT, n, &violations)) {
		ck_assert_msg(violations == 0, "at crossing %u", n);
		n++;
	}
	ck_assert_uint_gt(n, 15);
	ck_assert_uint_lt(n, MANY);
}
END_TEST

START_TEST(pins_dropped_before_the_flush_are_found_by_some_crossing)
{
	uint64_t violations, found = 0;

	for (unsigned n = 1; race(GNTTAB_ERA_2014, n, &violations); n++)
		found += violations;
	ck_assert_uint_gt(found, 0);
}
END_TEST

START_TEST(other_reference_to_the_same_frame_excuses_what_is_pending)
{
	struct rig rig;
	struct event event;

	open_two(&rig, "xs8", GNTTAB_ERA_CURRENT);
	event = rig_event(&rig, EVENT_grant);
	event.domain = 1;
	event.nr_ops = 1;
	event.grant.readonly = true;
	rig.ops[0] = (struct op){ .ref = 9, .frame = 8 };
	rig_run(&rig, &event);
	event = rig_map_event(&rig, 0, 9, 1, AT + 2 * PAGE, RO);
	rig.ops[0].as.index = 2;
	rig_run(&rig, &event);
	unmap_first(&rig);
	start_unmap(&rig, CROSS_flush_tlb, 1);
	event = rig_unmap_event(&rig, 0, 2, 1);
	event.cpu = 0;
	rig_run(&rig, &event);
	/* Reference 9 is free, 8 is still pinned, and its page still held. */
	ck_count(&rig, "oracle.violations", 0);
	resume(&rig, CROSS_any, 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(stop_is_at_the_nth_crossing_of_that_name)
{
	struct rig rig;

	open_two(&rig, "upstream", GNTTAB_ERA_CURRENT);
	start_unmap(&rig, CROSS_pte_write, 1);
	ck_assert_uint_eq(rig.sim->calls.inside, 1);
	rig_access(&rig, EVENT_read, 0, AT + PAGE);
	ck_count(&rig, "tlb.faults", 0);
	resume(&rig, CROSS_flush_tlb, 1);
	ck_assert_uint_eq(rig.sim->calls.inside, 1);
	ck_count(&rig, "flush.performed", 0);
	/* Gone from the table, and still cached. */
	rig_access(&rig, EVENT_read, 0, AT + PAGE);
	ck_count(&rig, "oracle.stale_uses", 1);
	resume(&rig, CROSS_any, 0);
	ck_assert_uint_eq(rig.sim->calls.inside, 0);
	ck_count(&rig, "flush.performed", 1);
	rig_access(&rig, EVENT_read, 0, AT + PAGE);
	ck_count(&rig, "tlb.faults", 1);
	unmap_first(&rig);
	ck_assert_uint_eq(rig.failed.count, 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(place_that_is_never_reached_stops_nothing)
{
	struct rig rig;

	open_two(&rig, "upstream", GNTTAB_ERA_CURRENT);
	start_unmap(&rig, CROSS_pte_cmpxchg, 1);
	ck_assert_uint_eq(rig.sim->calls.inside, 0);
	ck_count(&rig, "grant.unmap_ops", 1);
	resume(&rig, CROSS_any, 9);
	resume(&rig, CROSS_any, 0);
	unmap_first(&rig);
	rig_finish(&rig);
}
END_TEST

START_TEST(who_wants_a_lock_has_its_holder_go_on)
{
	struct rig rig;

	open_two(&rig, "xs8", GNTTAB_ERA_CURRENT);
	/* Within the lock of the page table. */
	start_unmap(&rig, CROSS_pte_cmpxchg, 1);
	rig_map_own(&rig, AT + 3 * PAGE, 3);
	ck_assert_uint_eq(rig.sim->calls.inside, 1);
	rig_access(&rig, EVENT_read, 0, AT + PAGE);
	/* So the entry is zapped by now. */
	ck_count(&rig, "tlb.faults", 1);
	resume(&rig, CROSS_any, 0);
	unmap_first(&rig);
	rig_finish(&rig);
}
END_TEST

START_TEST(what_is_stopped_at_the_end_ends)
{
	struct rig rig;

	open_two(&rig, "xs8", GNTTAB_ERA_CURRENT);
	unmap_first(&rig);
	start_unmap(&rig, CROSS_flush_tlb, 1);
	ck_count(&rig, "grant.unmap_ops", 1);
	sim_finish(rig.sim);
	ck_count(&rig, "grant.unmap_ops", 2);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

START_TEST(machine_with_a_stopped_hypercall_can_go)
{
	struct rig rig;

	open_two(&rig, "xs8", GNTTAB_ERA_CURRENT);
	start_unmap(&rig, CROSS_pte_cmpxchg, 1);
	rig_close(&rig);
}
END_TEST

START_TEST(hypercall_is_preempted_with_a_stop_left)
{
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "upstream", 40, RO);
	event = rig_event(&rig, EVENT_preempt);
	event.cpu = 0;
	event.at.point = 1;
	rig_run(&rig, &event);
	event = rig_unmap_event(&rig, 0, 0, 40);
	event.cpu = 0;
	event.call = stopped;
	event.stop = (struct stop){ CROSS_flush_tlb, 1 };
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.sim->calls.inside, 1);
	resume(&rig, CROSS_flush_tlb, 1);
	/* Preempted after the first batch: outside, 8 are left. */
	ck_assert_uint_eq(rig.sim->calls.inside, 0);
	ck_count(&rig, "grant.unmap_ops", 32);
	resume(&rig, CROSS_flush_tlb, 1);
	ck_assert_uint_eq(rig.sim->calls.inside, 1);
	resume(&rig, CROSS_any, 0);
	ck_count(&rig, "grant.unmap_ops", 40);
	rig_finish(&rig);
}
END_TEST

/* ---- what cannot be ----------------------------------------------------- */

static void ck_refused(struct rig *rig, struct event *event, const char *text)
{
	size_t before = rig->diags.count;

	ck_assert_int_eq(rig_try(rig, event), -EBADMSG);
	ck_assert_uint_eq(rig->diags.count, before + 1);
	ck_assert_str_eq(rig->diags.diag[before].text, text);
}

START_TEST(cpu_that_is_stopped_does_nothing_else)
{
	static const char busy[] = "CPU 1 is in a hypercall that is stopped";
	static const char named[] =
		"a call of this name is still to be resumed";
	struct rig rig;
	struct event event;

	open_two(&rig, "xs8", GNTTAB_ERA_CURRENT);
	start_unmap(&rig, CROSS_flush_tlb, 1);
	event = rig_event(&rig, EVENT_read);
	event.cpu = 1;
	ck_refused(&rig, &event, busy);
	event = rig_event(&rig, EVENT_schedule);
	event.cpu = 1;
	ck_refused(&rig, &event, busy);
	event = rig_event(&rig, EVENT_resume);
	event.cpu = 0;
	event.call = stopped;
	ck_refused(&rig, &event,
		   "this hypercall is stopped on CPU 1, and "
		   "cannot move");
	event = rig_unmap_event(&rig, 0, 0, 1);
	event.cpu = 0;
	event.call = stopped;
	ck_refused(&rig, &event, named);
	/* By domain, the other CPU is found. */
	event = rig_unmap_event(&rig, 0, 0, 1);
	rig_run(&rig, &event);
	resume(&rig, CROSS_any, 0);
	rig_finish(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, two_unmaps_are_safe_at_every_crossing);
	tcase_add_test(
		tc, pins_dropped_before_the_flush_are_found_by_some_crossing);
	tcase_add_test(
		tc, other_reference_to_the_same_frame_excuses_what_is_pending);
	tcase_add_test(tc, stop_is_at_the_nth_crossing_of_that_name);
	tcase_add_test(tc, place_that_is_never_reached_stops_nothing);
	tcase_add_test(tc, who_wants_a_lock_has_its_holder_go_on);
	tcase_add_test(tc, what_is_stopped_at_the_end_ends);
	tcase_add_test(tc, machine_with_a_stopped_hypercall_can_go);
	tcase_add_test(tc, hypercall_is_preempted_with_a_stop_left);
	tcase_add_test(tc, cpu_that_is_stopped_does_nothing_else);
}

int main(void)
{
	return run_suite("sim_stops", add);
}

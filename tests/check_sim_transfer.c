/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_transfer.c - pages given away, in a simulated machine.
 *
 * Domain 0 gives its frame 20 to domain 1, whose frame 5 is a hole.
 */
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define GIVEN 20
#define HOLE 5

static struct rig rig;

static void open_with(unsigned version)
{
	struct event event;

	rig_prepare(&rig, "xs8");
	rig.header.domain[1].version = version;
	rig_start(&rig);
	event = rig_event(&rig, EVENT_free);
	event.domain = 1;
	event.nr_ops = 1;
	rig.ops[0] = (struct op){ .frame = HOLE };
	rig_run(&rig, &event);
	event = rig_event(&rig, EVENT_grant);
	event.domain = 1;
	event.nr_ops = 1;
	event.grant.to = 0;
	event.grant.accept_transfer = true;
	rig.ops[0] = (struct op){ .ref = 8, .frame = HOLE };
	rig_run(&rig, &event);
}

static struct event transfer_event(int16_t status)
{
	struct event event = rig_event(&rig, EVENT_transfer);

	event.domain = 0;
	event.cpu = CPU_ANY;
	event.call = NO_LABEL;
	event.nr_ops = 1;
	rig.ops[0] = (struct op){
		.frame = GIVEN,
		.from = 1,
		.ref = 8,
		.status_given = true,
		.status = status,
	};
	return event;
}

static void transfer(int16_t status)
{
	struct event event = transfer_event(status);

	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 0);
}

START_TEST(the_page_and_its_contents_change_hands)
{
	struct domain *giver, *taker;
	mfn_t mfn;
	char *bytes;

	open_with(1 + _i);
	giver = &rig.sim->domain[0];
	taker = &rig.sim->domain[1];
	mfn = p2m_get(&giver->p2m, GIVEN).mfn;
	bytes = machine_frame_pointer(&rig.sim->cpu[0], mfn);
	bytes[9] = 7;
	transfer(GNTST_okay);
	ck_assert_int_eq(p2m_get(&giver->p2m, GIVEN).type, P2M_NONE);
	ck_assert_uint_eq(p2m_get(&taker->p2m, HOLE).mfn.n, mfn.n);
	ck_assert_ptr_eq(domain_of_frame(rig.sim, mfn), taker);
	ck_assert_int_eq(bytes[9], 7);
	ck_assert_uint_eq(giver->owned, giver->frames - 1);
	ck_assert_uint_eq(taker->owned, taker->frames);
	rig_finish(&rig);
}
END_TEST

START_TEST(what_the_giver_had_cached_is_flushed)
{
	struct event event;

	open_with(1);
	rig_map_own(&rig, AT, GIVEN);
	rig_access(&rig, EVENT_write, 0, AT);
	rig_access(&rig, EVENT_write, 1, AT);
	transfer(GNTST_bad_page); /* it is mapped */
	event = rig_page_event(&rig, EVENT_unmap_page, AT, 0);
	rig_run(&rig, &event);
	transfer(GNTST_okay);
	ck_count(&rig, "flush.uncounted", 1);
	ck_count(&rig, "flush.false", 0);
	ck_count(&rig, "flush.batches", 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_flush_of_what_nobody_had_cached_is_false)
{
	open_with(1);
	transfer(GNTST_okay);
	ck_count(&rig, "flush.false", 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_page_that_is_cached_by_its_next_owner_is_a_violation)
{
	mfn_t mfn;

	open_with(1);
	rig_map_own(&rig, AT, GIVEN);
	rig_access(&rig, EVENT_write, 0, AT);
	mfn = p2m_get(&rig.sim->domain[0].p2m, GIVEN).mfn;
	oracle_check_reuse(rig.sim, mfn);
	ck_count(&rig, "oracle.violations", 1);
	ck_assert_ptr_nonnull(strstr(rig_first(&rig), "(I3)"));
	rig_close(&rig);
}
END_TEST

START_TEST(a_page_that_is_refused_is_free)
{
	struct event event;
	mfn_t mfn;

	open_with(1);
	mfn = p2m_get(&rig.sim->domain[0].p2m, GIVEN).mfn;
	transfer(GNTST_okay);
	event = transfer_event(GNTST_general_error);
	rig.ops[0].frame = GIVEN + 1;
	rig_run(&rig, &event);
	ck_assert_ptr_null(domain_of_frame(rig.sim, (mfn_t){ mfn.n + 1 }));
	rig_finish(&rig);
}
END_TEST

START_TEST(an_entry_that_was_used_can_be_used_again)
{
	struct event event;

	open_with(1 + _i);
	transfer(GNTST_okay);
	event = rig_event(&rig, EVENT_inspect);
	event.domain = 1;
	event.inspect.kind = INSPECT_GRANT;
	event.inspect.what = 8;
	rig_run(&rig, &event);
	ck_assert_ptr_nonnull(strstr(
		sim_results(rig.sim)->inspect[0],
		"accept_transfer transfer_committed transfer_completed"));
	rig_revoke(&rig, 8, 1);
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST);
	rig_unmap(&rig, 0, 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_place_for_a_page_has_no_other_flags)
{
	struct event event;

	open_with(2);
	event = rig_event(&rig, EVENT_grant);
	event.domain = 1;
	event.nr_ops = 1;
	event.grant.accept_transfer = event.grant.readonly = true;
	rig.ops[0] = (struct op){ .ref = 9, .frame = HOLE };
	ck_assert_int_lt(rig_try(&rig, &event), 0);
	rig_close(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, the_page_and_its_contents_change_hands, 0, 2);
	tcase_add_test(tc, what_the_giver_had_cached_is_flushed);
	tcase_add_test(tc, a_flush_of_what_nobody_had_cached_is_false);
	tcase_add_test(tc,
		       a_page_that_is_cached_by_its_next_owner_is_a_violation);
	tcase_add_test(tc, a_page_that_is_refused_is_free);
	tcase_add_loop_test(tc, an_entry_that_was_used_can_be_used_again, 0, 2);
	tcase_add_test(tc, a_place_for_a_page_has_no_other_flags);
}

int main(void)
{
	return run_suite("transfer in a machine", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_ahead.c - CPUs that walk for no instruction, whatever they do.
 */
#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

static const struct label stopped = { 0, 0 };

static void ahead(struct rig *rig, int cpu, uint64_t at)
{
	struct event event = rig_event(rig, EVENT_speculate);

	event.cpu = cpu;
	event.access.at = at;
	rig_run(rig, &event);
}

static void stop_unmap(struct rig *rig, enum crossing at)
{
	struct event event = rig_unmap_event(rig, 0, 0, 1);

	event.cpu = 0;
	event.call = stopped;
	event.stop = (struct stop){ at, 1 };
	rig_run(rig, &event);
}

static void resume(struct rig *rig)
{
	struct event event = rig_event(rig, EVENT_resume);

	event.call = stopped;
	rig_run(rig, &event);
}

START_TEST(page_that_only_a_walk_ahead_reached_is_flushed_and_not_in_use)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs8", 1, RO);
	ahead(&rig, 1, AT + 8);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.performed", 1);
	ck_count(&rig, "flush.false", 0);
	ck_count(&rig, "grant.pages_touched", 0);
	ck_count(&rig, "tlb.lookups", 0);
	ck_count(&rig, "oracle.stale_uses", 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(idle_cpu_walks_in_the_tables_that_it_had)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs8", 1, RO);
	rig_schedule(&rig, 1, DOMAIN_NONE);
	ahead(&rig, 1, AT);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.performed", 1);
	ck_count(&rig, "flush.false", 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(cpu_without_tables_walks_nowhere)
{
	struct rig rig;

	rig_prepare(&rig, "xs8");
	rig.header.nr_schedule = 1; /* CPU 1 has run nothing */
	rig_start(&rig);
	rig_grant(&rig, 8, 1, true);
	rig_map(&rig, 8, 1, AT, RO);
	ahead(&rig, 1, AT);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.avoided", 1);
	ck_count(&rig, "tlb.walk_loads", 0);
	rig_finish(&rig);
}
END_TEST

/* The CPU's own walk, in the middle of its own hypercall. */
static const struct {
	enum crossing before;
	bool performed;
} moments[] = {
	{ CROSS_pte_cmpxchg, true },
	{ CROSS_l1_unlock, false },
};

START_TEST(cpu_walks_ahead_in_the_middle_of_its_hypercall)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs8", 1, RO);
	stop_unmap(&rig, moments[_i].before);
	ck_assert_uint_eq(rig.sim->calls.inside, 1);
	ahead(&rig, 0, AT);
	resume(&rig);
	ck_count(&rig, "flush.performed", moments[_i].performed);
	rig_finish(&rig);
}
END_TEST

START_TEST(walk_ahead_waits_for_an_access_of_its_cpu)
{
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "xs8", 2, RO);
	event = rig_event(&rig, EVENT_read);
	event.cpu = 1;
	event.access.at = AT;
	event.access.count = 1;
	event.call = stopped;
	event.stop = (struct stop){ CROSS_walk_fill, 1 };
	rig_run(&rig, &event);
	ck_assert(rig.sim->cpu[1].walking);
	ck_count(&rig, "tlb.fills", 0);
	ahead(&rig, 1, AT + PAGE);
	ck_assert(!rig.sim->cpu[1].walking);
	ck_count(&rig, "tlb.walks", 1);
	ck_assert_uint_gt(rig_count(&rig, "tlb.fills"), 1);
	resume(&rig);
	rig_unmap(&rig, 0, 2);
	rig_finish(&rig);
}
END_TEST

START_TEST(walk_ahead_to_nothing_changes_nothing)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs8", 1, RO);
	rig_unmap(&rig, 0, 1);
	ahead(&rig, 0, AT);
	ck_count(&rig, "tlb.faults", 0);
	ck_count(&rig, "tlb.fills", 0);
	rig_finish(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(
		tc,
		page_that_only_a_walk_ahead_reached_is_flushed_and_not_in_use);
	tcase_add_test(tc, idle_cpu_walks_in_the_tables_that_it_had);
	tcase_add_test(tc, cpu_without_tables_walks_nowhere);
	tcase_add_loop_test(tc, cpu_walks_ahead_in_the_middle_of_its_hypercall,
			    0, ROWS(moments));
	tcase_add_test(tc, walk_ahead_waits_for_an_access_of_its_cpu);
	tcase_add_test(tc, walk_ahead_to_nothing_changes_nothing);
}

int main(void)
{
	return run_suite("sim_ahead", add);
}

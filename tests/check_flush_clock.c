/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_flush_clock.c - who is flushed when frames come to another use.
 */
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

/* ---- the clock alone ------------------------------------------------- */

START_TEST(a_cpu_that_was_flushed_later_holds_nothing)
{
	struct flush_clock clock;
	uint32_t stamp;

	flush_clock_start(&clock, 0);
	flush_clock_tick(&clock, 0);
	flush_clock_tick(&clock, 1);
	stamp = clock.now;
	ck_assert(flush_clock_may_hold(&clock, 0, stamp));
	ck_assert(flush_clock_may_hold(&clock, 1, stamp));
	flush_clock_tick(&clock, 1);
	ck_assert(flush_clock_may_hold(&clock, 0, stamp));
	ck_assert(!flush_clock_may_hold(&clock, 1, stamp));
	ck_assert(flush_clock_may_hold(&clock, 1, clock.now));
}
END_TEST

START_TEST(a_cpu_that_never_was_flushed_may_hold_anything)
{
	struct flush_clock clock;

	flush_clock_start(&clock, 0);
	for (unsigned i = 0; i < 100; i++)
		flush_clock_tick(&clock, 0);
	ck_assert(flush_clock_may_hold(&clock, 1, 0));
	ck_assert(flush_clock_may_hold(&clock, 1, 50));
}
END_TEST

START_TEST(nothing_is_known_between_two_periods)
{
	struct flush_clock clock;

	flush_clock_start(&clock, 3);
	for (unsigned i = 0; i < 2; i++)
		flush_clock_tick(&clock, 0);
	ck_assert_uint_eq(clock.now, 3);
	flush_clock_tick(&clock, 0);
	ck_assert_uint_eq(clock.now, 0);
	for (uint32_t stamp = 0; stamp < 5; stamp++)
		ck_assert(flush_clock_may_hold(&clock, 0, stamp));
	flush_clock_tick(&clock, 1); /* it stands still */
	ck_assert_uint_eq(clock.now, 0);
	ck_assert_uint_eq(clock.stamp[1], 0);
}
END_TEST

/*
 * A frame is used, falls out of use at a random time, and is asked about at
 * another, over many short periods: that a CPU may hold it must never be
 * denied while it has not been flushed since.
 */
START_TEST(the_clock_never_says_too_little)
{
	struct flush_clock clock;
	uint32_t stamp = 0;
	bool held[2] = { false, false };
	unsigned needless = 0, x = 1;

	flush_clock_start(&clock, 7);
	for (unsigned i = 0; i < 100000; i++) {
		unsigned cpu = (x = x * 1103515245 + 12345) >> 16 & 1;

		switch (x >> 20 & 3) {
		case 0:
			stamp = clock.now;
			held[0] = held[1] = true;
			break;
		case 1:
			flush_clock_tick(&clock, cpu);
			held[cpu] = false;
			break;
		}
		if (!clock.now) {
			flush_clock_tick(&clock, 0);
			flush_clock_tick(&clock, 1);
			flush_clock_restart(&clock);
			held[0] = held[1] = false;
		}
		ck_assert(!held[cpu] ||
			  flush_clock_may_hold(&clock, cpu, stamp));
		needless += !held[cpu] &&
			    flush_clock_may_hold(&clock, cpu, stamp);
	}
	ck_assert_uint_gt(needless, 0); /* stamps of the period before */
	ck_assert_uint_lt(needless, 50000);
}
END_TEST

/* ---- in a machine ---------------------------------------------------- */

static struct rig rig;

static void run(enum event_kind kind, int id, uint64_t frame)
{
	struct event event = rig_event(&rig, kind);

	event.domain = id;
	event.cpu = CPU_ANY;
	event.nr_ops = 1;
	event.table.level = 1;
	rig.ops[0] = (struct op){ .frame = frame };
	rig_run(&rig, &event);
}

static void flush(uint64_t cpus)
{
	struct event event = rig_event(&rig, EVENT_flush);

	event.flush.cpus = cpus;
	rig_run(&rig, &event);
}

/* Domain 0 gives its frame 4 back, which CPU 0 can still write to. */
static void open_freed(enum trace_flush_filter filter)
{
	struct event event;

	rig_prepare(&rig, "upstream");
	rig.header.flush_filter = filter;
	rig_start(&rig);
	rig_map_own(&rig, AT, 4);
	rig_access(&rig, EVENT_write, 0, AT);
	event = rig_page_event(&rig, EVENT_unmap_page, AT, 0);
	rig_run(&rig, &event);
	run(EVENT_free, 0, 4);
	run(EVENT_free, 1, 4);
	run(EVENT_free, 1, 5);
	run(EVENT_alloc, 1, 5);
	run(EVENT_alloc, 1, 4); /* what was given back last but one */
}

static const struct reuse {
	enum trace_flush_filter filter;
	unsigned flushed, type_changes, violations;
} reuses[] = {
	{ FLUSH_FILTER_CLOCK, 1, 1, 0 },
	/* The first mapping gives it a type, too. */
	{ FLUSH_FILTER_OFF, 3, 2, 0 },
	{ FLUSH_FILTER_FORGOTTEN, 0, 0, 1 },
};

START_TEST(memory_is_handed_out_after_a_flush_of_who_may_hold_it)
{
	const struct reuse *row = &reuses[_i];

	open_freed(row->filter);
	run(EVENT_alloc, 0, 4);
	ck_count(&rig, "flush.at_allocation", row->flushed);
	ck_count(&rig, "oracle.violations", row->violations);
	if (row->violations)
		ck_assert_ptr_nonnull(strstr(rig_first(&rig), "(I3)"));
	rig_close(&rig);
}
END_TEST

START_TEST(cpus_flushed_since_are_not_flushed_again)
{
	static const struct {
		uint64_t flushed;
		unsigned at_allocation, ipis;
	} rows[] = { { 0, 1, 1 }, { 1, 1, 1 }, { 2, 1, 0 }, { 3, 0, 0 } };

	for (unsigned i = 0; i < 4; i++) {
		rig_open(&rig, "upstream");
		run(EVENT_free, 0, 4);
		flush(rows[i].flushed);
		run(EVENT_alloc, 0, 4);
		ck_count(&rig, "flush.at_allocation", rows[i].at_allocation);
		ck_count(&rig, "flush.ipis", rows[i].ipis);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(loading_another_domains_tables_counts_as_a_flush)
{
	rig_open(&rig, "upstream");
	run(EVENT_free, 0, 4);
	rig_schedule(&rig, 0, 1);
	rig_schedule(&rig, 1, 1);
	run(EVENT_alloc, 0, 4);
	ck_count(&rig, "flush.at_allocation", 0);
	rig_close(&rig);
}
END_TEST

/* Domain 0's frame 4, which CPU 0 has written to, becomes a page table. */
static void pin_written(enum trace_flush_filter filter)
{
	struct event event;

	rig_prepare(&rig, "upstream");
	rig.header.flush_filter = filter;
	rig_start(&rig);
	rig_map_own(&rig, AT, 4);
	rig_access(&rig, EVENT_write, 0, AT);
	event = rig_page_event(&rig, EVENT_unmap_page, AT, 0);
	rig_run(&rig, &event);
	run(EVENT_pin_table, 0, 4);
}

START_TEST(a_frame_becomes_a_table_after_a_flush_of_who_may_write_to_it)
{
	const struct reuse *row = &reuses[_i];

	pin_written(row->filter);
	ck_count(&rig, "flush.at_type_change", row->type_changes);
	ck_count(&rig, "flush.ipis", row->type_changes);
	ck_count(&rig, "oracle.violations", row->violations);
	if (row->violations)
		ck_assert_ptr_nonnull(strstr(rig_first(&rig), "(I2)"));
	rig_close(&rig);
}
END_TEST

START_TEST(only_the_owners_cpus_are_asked)
{
	rig_open(&rig, "upstream");
	rig_schedule(&rig, 1, 1);
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST);
	rig_access(&rig, EVENT_write, 0, AT);
	rig_unmap(&rig, 0, 1);
	run(EVENT_pin_table, 1, 8);
	ck_count(&rig, "flush.at_type_change", 1);
	ck_count(&rig, "flush.ipis", 0);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

START_TEST(a_frame_that_keeps_its_type_costs_no_flush)
{
	struct event event;

	pin_written(FLUSH_FILTER_CLOCK);
	run(EVENT_unpin_table, 0, 4);
	run(EVENT_pin_table, 0, 4);
	ck_count(&rig, "flush.at_type_change", 1);
	run(EVENT_unpin_table, 0, 4);
	rig_map_own(&rig, AT, 4);
	ck_count(&rig, "flush.at_type_change", 2);
	event = rig_page_event(&rig, EVENT_unmap_page, AT, 0);
	rig_run(&rig, &event);
	rig_map_own(&rig, AT, 4);
	ck_count(&rig, "flush.at_type_change", 2);
	rig_finish(&rig);
}
END_TEST

START_TEST(no_table_is_mapped_writable_nor_pinned_twice)
{
	struct event event = { 0 };

	rig_open(&rig, "upstream");
	rig_map_own(&rig, AT, 4);
	event = rig_event(&rig, EVENT_pin_table);
	event.cpu = CPU_ANY;
	event.domain = 0;
	event.nr_ops = 1;
	event.table.level = 4;
	rig.ops[0] = (struct op){ .frame = 4 };
	ck_assert_int_lt(rig_try(&rig, &event), 0);
	rig.ops[0].frame = 5;
	ck_assert_int_eq(rig_try(&rig, &event), 0);
	ck_assert_int_lt(rig_try(&rig, &event), 0);
	event.kind = EVENT_unpin_table;
	ck_assert_int_eq(rig_try(&rig, &event), 0);
	ck_assert_int_lt(rig_try(&rig, &event), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(a_frame_with_contents_becomes_no_table)
{
	struct event event;

	rig_open(&rig, "upstream");
	event = rig_event(&rig, EVENT_pin_table);
	event.cpu = CPU_ANY;
	event.domain = 0;
	event.nr_ops = 1;
	event.table.level = 1;
	rig.ops[0] = (struct op){ .frame = 4 };
	*(uint64_t *)machine_frame_pointer(
		&rig.sim->cpu[0], p2m_get(&rig.sim->domain[0].p2m, 4).mfn) = 1;
	ck_assert_int_lt(rig_try(&rig, &event), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(a_wrap_flushes_all_cpus_and_begins_anew)
{
	rig_prepare(&rig, "upstream");
	rig.header.clock_wrap = 0x3ff;
	rig_start(&rig);
	run(EVENT_free, 0, 4);
	/* Two times went by when the CPUs were given domain 0. */
	for (unsigned i = 3; i < 0x3ff; i++)
		flush(1);
	ck_count(&rig, "flush.clock_wraps", 0);
	flush(1);
	ck_count(&rig, "flush.clock_wraps", 1);
	ck_assert_uint_eq(rig.sim->clock.now, 1);
	/* CPU 1 was flushed by the wrap alone. */
	run(EVENT_alloc, 0, 4);
	ck_count(&rig, "flush.at_allocation", 0);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

/* A flush that is left out comes back when a frame is handed out. */
static const struct displaced {
	const char *policy;
	unsigned avoided, at_allocation;
} displaced[] = { { "upstream", 0, 0 }, { "xs8", 1, 1 } };

START_TEST(an_avoided_flush_may_come_back_at_allocation)
{
	const struct displaced *row = &displaced[_i];

	rig_open(&rig, row->policy);
	rig_grant(&rig, 8, 1, true);
	rig_map(&rig, 8, 1, AT, RO);
	run(EVENT_free, 0, 4);
	rig_unmap(&rig, 0, 1);
	run(EVENT_alloc, 0, 4);
	ck_count(&rig, "flush.avoided", row->avoided);
	ck_count(&rig, "flush.at_allocation", row->at_allocation);
	ck_assert(results_value(sim_results(rig.sim),
				COUNTER_flush_net_avoided_percent) == 0);
	rig_finish(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, a_cpu_that_was_flushed_later_holds_nothing);
	tcase_add_test(tc, a_cpu_that_never_was_flushed_may_hold_anything);
	tcase_add_test(tc, nothing_is_known_between_two_periods);
	tcase_add_test(tc, the_clock_never_says_too_little);
	tcase_add_loop_test(
		tc, memory_is_handed_out_after_a_flush_of_who_may_hold_it, 0,
		ROWS(reuses));
	tcase_add_test(tc, cpus_flushed_since_are_not_flushed_again);
	tcase_add_test(tc, loading_another_domains_tables_counts_as_a_flush);
	tcase_add_loop_test(
		tc,
		a_frame_becomes_a_table_after_a_flush_of_who_may_write_to_it, 0,
		ROWS(reuses));
	tcase_add_test(tc, only_the_owners_cpus_are_asked);
	tcase_add_test(tc, a_frame_that_keeps_its_type_costs_no_flush);
	tcase_add_test(tc, no_table_is_mapped_writable_nor_pinned_twice);
	tcase_add_test(tc, a_frame_with_contents_becomes_no_table);
	tcase_add_test(tc, a_wrap_flushes_all_cpus_and_begins_anew);
	tcase_add_loop_test(tc, an_avoided_flush_may_come_back_at_allocation, 0,
			    ROWS(displaced));
}

int main(void)
{
	return run_suite("flush clock", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_buffer.c - what a CPU has stored and others do not see yet.
 */
#include "sim/buffer.h"
#include "sim/flush.h"
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

static const struct label stopped = { 0, 0 };

static void open_with(struct rig *rig, enum trace_memory memory,
		      enum trace_update update)
{
	rig_prepare(rig, "xs8");
	rig->header.memory = memory;
	rig->header.update = update;
	rig_start(rig);
	rig_grant(rig, 8, 2, true);
	rig_map(rig, 8, 2, AT, RO);
}

/* CPU 1 unmaps h[0], and has stored, but not let go of the table. */
static void stop_after_store(struct rig *rig)
{
	struct event event = rig_unmap_event(rig, 0, 0, 1);

	event.cpu = 1;
	event.call = stopped;
	event.stop = (struct stop){ CROSS_l1_unlock, 1 };
	rig_run(rig, &event);
	ck_assert_uint_eq(rig->sim->calls.inside, 1);
}

static void resume(struct rig *rig, enum crossing at)
{
	struct event event = rig_event(rig, EVENT_resume);

	event.call = stopped;
	event.stop = (struct stop){ at, at != CROSS_any };
	rig_run(rig, &event);
}

static void drain(struct rig *rig, int cpu)
{
	struct event event = rig_event(rig, EVENT_drain);

	event.cpu = cpu;
	rig_run(rig, &event);
}

static void unmap_on(struct rig *rig, int cpu, unsigned handle)
{
	struct event event = rig_unmap_event(rig, 0, handle, 1);

	event.cpu = cpu;
	rig_run(rig, &event);
}

/* ---- stores -------------------------------------------------------------- */

static const struct {
	enum trace_memory memory;
	enum trace_update update;
	bool waits;
} stores[] = {
	{ MEMORY_SC, UPDATE_PLAIN, false },
	{ MEMORY_SC, UPDATE_CMPXCHG, false },
	{ MEMORY_TSO, UPDATE_PLAIN, true },
	{ MEMORY_TSO, UPDATE_CMPXCHG, false },
	{ MEMORY_TSO, UPDATE_CMPXCHG_PRESERVE, false },
};

START_TEST(plain_store_alone_waits_and_with_tso_alone)
{
	struct rig rig;

	open_with(&rig, stores[_i].memory, stores[_i].update);
	stop_after_store(&rig);
	ck_assert(buffer_waits(&rig.sim->cpu[1]) == stores[_i].waits);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "tlb.faults", !stores[_i].waits);
	resume(&rig, CROSS_any);
	rig_close(&rig);
}
END_TEST

START_TEST(cpu_reads_what_it_stored_and_another_what_is_in_memory)
{
	struct rig rig;
	paddr_t entry;

	open_with(&rig, MEMORY_TSO, UPDATE_PLAIN);
	stop_after_store(&rig);
	entry = rig.sim->cpu[1].stored.entry;
	ck_assert_uint_eq(buffer_read(&rig.sim->cpu[1], entry), 0);
	ck_assert_uint_ne(buffer_read(&rig.sim->cpu[0], entry), 0);
	ck_assert_uint_ne(buffer_read(&rig.sim->cpu[1], entry + 8), 0);
	resume(&rig, CROSS_any);
	ck_assert_uint_eq(buffer_read(&rig.sim->cpu[0], entry), 0);
	rig_close(&rig);
}
END_TEST

static void flush(struct rig *rig, int cpu)
{
	struct event event = rig_event(rig, EVENT_flush);

	event.flush.cpus = UINT64_C(1) << cpu;
	rig_run(rig, &event);
}

static void interrupt(struct rig *rig, int cpu)
{
	flush_cpus(&rig->sim->cpu[0], UINT64_C(1) << cpu);
}

static void interrupt_for_a_page(struct rig *rig, int cpu)
{
	static const uint64_t page = AT + PAGE;

	flush_pages(&rig->sim->cpu[0], UINT64_C(1) << cpu, &page, 1);
}

/* What gets CPU 1's store into memory, and what does not. */
static const struct {
	void (*happens)(struct rig *, int cpu);
	int cpu;
	bool drains;
} drains[] = {
	{ drain, 1, true },
	{ drain, 0, false },
	{ flush, 1, true },
	{ flush, 0, false },
	{ interrupt, 1, true },
	{ interrupt, 0, false },
	{ interrupt_for_a_page, 1, true },
	{ interrupt_for_a_page, 0, false },
};

START_TEST(store_gets_into_memory_by_a_drain_and_a_flush_of_its_cpu)
{
	struct rig rig;

	open_with(&rig, MEMORY_TSO, UPDATE_PLAIN);
	stop_after_store(&rig);
	drains[_i].happens(&rig, drains[_i].cpu);
	ck_assert(buffer_waits(&rig.sim->cpu[1]) != drains[_i].drains);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "tlb.faults", drains[_i].drains);
	resume(&rig, CROSS_any);
	rig_close(&rig);
}
END_TEST

START_TEST(store_is_in_memory_once_the_table_is_let_go_of)
{
	struct rig rig;

	open_with(&rig, MEMORY_TSO, UPDATE_PLAIN);
	stop_after_store(&rig);
	resume(&rig, CROSS_UNLOCKED);
	ck_assert_uint_eq(rig.sim->calls.inside, 1);
	ck_assert(!buffer_waits(&rig.sim->cpu[1]));
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "tlb.faults", 1);
	resume(&rig, CROSS_any);
	unmap_on(&rig, 0, 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(store_lets_a_walk_set_a_that_it_then_loses)
{
	struct rig rig;

	open_with(&rig, MEMORY_TSO, UPDATE_PLAIN);
	stop_after_store(&rig);
	rig_access(&rig, EVENT_read, 0, AT);
	resume(&rig, CROSS_any);
	ck_count(&rig, "flush.avoided", 1);
	ck_assert_uint_gt(rig_count(&rig, "oracle.violations"), 0);
	rig_close(&rig);
}
END_TEST

/* ---- A bits -------------------------------------------------------------- */

/* CPU 0 reads the page of h[0]: its A bit is the one that may wait. */
static const struct {
	enum trace_memory memory;
	enum trace_update update;
	int cpu;	 /* unmaps then ... */
	unsigned handle; /* ... this */
	bool seen;	 /* the A bit, by that */
	bool flushed;
} late[] = {
	{ MEMORY_SC, UPDATE_PLAIN, 1, 0, true, true },
	{ MEMORY_TSO, UPDATE_PLAIN, 1, 0, false, false },
	{ MEMORY_TSO, UPDATE_PLAIN, 0, 0, false, false },
	{ MEMORY_TSO, UPDATE_CMPXCHG, 1, 0, true, true },
	{ MEMORY_TSO, UPDATE_CMPXCHG, 0, 0, true, true },
	{ MEMORY_TSO, UPDATE_CMPXCHG, 1, 1, false, false },
};

START_TEST(late_a_bit_is_seen_by_locked_accesses_to_its_entry)
{
	struct rig rig;

	open_with(&rig, late[_i].memory, late[_i].update);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "tlb.a_set", late[_i].memory == MEMORY_SC);
	unmap_on(&rig, late[_i].cpu, late[_i].handle);
	ck_count(&rig, "tlb.a_set", late[_i].seen);
	ck_count(&rig, "flush.performed", late[_i].flushed);
	rig_close(&rig);
}
END_TEST

START_TEST(late_a_bit_drains_before_a_store)
{
	struct rig rig;

	open_with(&rig, MEMORY_TSO, UPDATE_PLAIN);
	rig_access(&rig, EVENT_read, 1, AT + PAGE);
	stop_after_store(&rig);
	drain(&rig, 1);
	ck_count(&rig, "tlb.a_set", 1);
	ck_assert(buffer_waits(&rig.sim->cpu[1]));
	drain(&rig, 1);
	ck_assert(!buffer_waits(&rig.sim->cpu[1]));
	drain(&rig, 1); /* of nothing */
	resume(&rig, CROSS_any);
	rig_close(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, plain_store_alone_waits_and_with_tso_alone, 0,
			    ROWS(stores));
	tcase_add_test(tc,
		       cpu_reads_what_it_stored_and_another_what_is_in_memory);
	tcase_add_loop_test(
		tc, store_gets_into_memory_by_a_drain_and_a_flush_of_its_cpu, 0,
		ROWS(drains));
	tcase_add_test(tc, store_is_in_memory_once_the_table_is_let_go_of);
	tcase_add_test(tc, store_lets_a_walk_set_a_that_it_then_loses);
	tcase_add_loop_test(tc,
			    late_a_bit_is_seen_by_locked_accesses_to_its_entry,
			    0, ROWS(late));
	tcase_add_test(tc, late_a_bit_drains_before_a_store);
}

int main(void)
{
	return run_suite("sim_buffer", add_tests);
}

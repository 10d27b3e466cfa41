/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_update_grants.c - L1 entries that the hypervisor writes for a PV
 * guest: what that does to grants, and whom it flushes.
 */
#include "tests/check_sim_update.h"
#include "tests/suite.h"

#define NORMAL PV_UPDATE_NORMAL
#define PRESERVE PV_UPDATE_PRESERVE_AD

/* ---- what it does to grants -------------------------------------------- */

START_TEST(frame_of_its_own_is_mapped_and_unmapped)
{
	struct rig rig;
	struct event event;

	open_pages(&rig, GNTTAB_ERA_CURRENT);
	event = update_event(&rig, NORMAL, NONE, 0, PTE_P | PTE_RW | PTE_US);
	rig.ops[0].frame = 7;
	rig.ops[0].frame_given = true;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 0, NONE);
	ck_count(&rig, "tlb.faults", 0);
	event = update_event(&rig, NORMAL, NONE, UINT64_MAX, 0);
	rig_run(&rig, &event);
	/* Nothing was invalidated. */
	rig_access(&rig, EVENT_write, 0, NONE);
	ck_count(&rig, "oracle.stale_uses", 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(guest_that_clears_a_makes_the_skip_unsound)
{
	static const struct {
		enum pv_update way;
		unsigned avoided;
	} rows[] = { { NORMAL, 1 }, { PRESERVE, 0 } };

	for (unsigned i = 0; i < 2; i++) {
		struct rig rig;
		struct event event;

		open_pages(&rig, GNTTAB_ERA_CURRENT);
		event = update_event(&rig, rows[i].way, GRANT, PTE_A, 0);
		rig_run(&rig, &event);
		rig_unmap(&rig, 0, 1);
		ck_count(&rig, "flush.avoided", rows[i].avoided);
		/* I6, and I1. */
		ck_count(&rig, "oracle.violations", 2 * rows[i].avoided);
		/* It was touched, whatever the entry says. */
		ck_count(&rig, "grant.pages_touched", 1);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(zapped_grant_cannot_be_unmapped_and_blocks_its_granter)
{
	struct rig rig;
	struct event event;

	open_pages(&rig, GNTTAB_ERA_CURRENT);
	event = update_event(&rig, NORMAL, GRANT, UINT64_MAX, 0);
	rig_run(&rig, &event);
	event = rig_unmap_event(&rig, 0, 0, 1);
	rig.ops[0].status_given = true;
	rig.ops[0].status = GNTST_general_error;
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 0);
	ck_assert_uint_eq(gnttab_active(rig.sim->domain[1].grants, 8).pin, 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(each_hypercall_and_each_trap_is_paid_for)
{
	static const struct {
		enum event_kind kind;
		uint64_t cycles;
	} rows[] = {
		{ EVENT_mmu_update, 500 },
		{ EVENT_update_va_mapping, 1000 },
		{ EVENT_write_pte, 1000 },
	};

	for (unsigned i = 0; i < 3; i++) {
		struct rig rig;
		struct event event;
		uint64_t before;

		open_pages(&rig, GNTTAB_ERA_CURRENT);
		before = rig_count(&rig, "cycles.hypercall");
		event = update_event(&rig, NORMAL, OWN, PTE_A, 0);
		event.kind = rows[i].kind;
		event.nr_ops = 2;
		rig.ops[1] = rig.ops[0];
		rig_run(&rig, &event);
		ck_count(&rig, "cycles.hypercall", before + rows[i].cycles);
		rig_finish(&rig);
	}
}
END_TEST

START_TEST(pages_of_a_shared_table_are_at_two_addresses)
{
	const uint64_t alias = UINT64_C(0xffff880040000000);
	struct rig rig;
	struct event event;

	open_pages(&rig, GNTTAB_ERA_CURRENT);
	event = rig_event(&rig, EVENT_share_table);
	event.domain = 0;
	event.nr_ops = 1;
	rig.ops[0] = (struct op){ .at = alias, .new_at = AT };
	rig_run(&rig, &event);
	event = update_event(&rig, NORMAL, OWN, PTE_A, 0);
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_read, 0, alias + OWN % (512 * PAGE));
	ck_count(&rig, "tlb.faults", 0);
	ck_assert_uint_eq(entry_of(&rig, OWN) & PTE_A, PTE_A);
	rig_finish(&rig);
}
END_TEST

/* ---- how the hypervisor flushes ---------------------------------------- */

START_TEST(flush_drops_what_the_trace_says)
{
	static const struct {
		enum trace_flush how;
		unsigned flags;
		bool drops;
	} rows[] = {
		{ FLUSH_FULL, HOST, true },
		{ FLUSH_FULL, HOST | GNTMAP_application_map, true },
		{ FLUSH_CR4_PGE, HOST, true },
		{ FLUSH_CR4_PGE, HOST | GNTMAP_application_map, true },
		{ FLUSH_CR3_ONLY, HOST, true },
		{ FLUSH_CR3_ONLY, HOST | GNTMAP_application_map, false },
	};

	for (unsigned i = 0; i < ROWS(rows); i++) {
		struct rig rig;

		rig_prepare(&rig, "upstream");
		rig.header.flush = rows[i].how;
		rig_start(&rig);
		rig_grant(&rig, 8, 1, false);
		rig_map(&rig, 8, 1, AT, rows[i].flags);
		rig_access(&rig, EVENT_write, 1, AT);
		rig_unmap(&rig, 0, 1);
		rig_access(&rig, EVENT_write, 1, AT);
		ck_count(&rig, "oracle.stale_uses", !rows[i].drops);
		ck_count(&rig, "oracle.violations", !rows[i].drops);
		ck_assert_uint_gt(rig_count(&rig, "cycles.flush"), 0);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(idle_cpu_is_in_the_dirty_mask_if_the_trace_keeps_it)
{
	for (unsigned drops = 0; drops < 2; drops++) {
		struct rig rig;

		rig_prepare(&rig, "upstream");
		rig.header.dirty_mask = drops ? DIRTY_MASK_DROPS_IDLE
					      : DIRTY_MASK_KEEPS_IDLE;
		rig_start(&rig);
		ck_assert_uint_eq(rig.sim->domain[0].dirty, 3);
		rig_schedule(&rig, 1, DOMAIN_NONE);
		ck_assert_uint_eq(rig.sim->domain[0].dirty, drops ? 1 : 3);
		rig_schedule(&rig, 1, 0);
		ck_assert_uint_eq(rig.sim->domain[0].dirty, 3);
		rig_finish(&rig);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, frame_of_its_own_is_mapped_and_unmapped);
	tcase_add_test(tc, guest_that_clears_a_makes_the_skip_unsound);
	tcase_add_test(tc,
		       zapped_grant_cannot_be_unmapped_and_blocks_its_granter);
	tcase_add_test(tc, pages_of_a_shared_table_are_at_two_addresses);
	tcase_add_test(tc, flush_drops_what_the_trace_says);
	tcase_add_test(tc, idle_cpu_is_in_the_dirty_mask_if_the_trace_keeps_it);
	tcase_add_test(tc, each_hypercall_and_each_trap_is_paid_for);
}

int main(void)
{
	return run_suite("sim_update_grants", add);
}

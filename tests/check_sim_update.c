/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_update.c - L1 entries that the hypervisor writes for a PV guest.
 */
#include <errno.h>
#include <string.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define PTE_GUEST_KERNEL (UINT64_C(1) << 52)
#define GRANT AT	     /* maps a grant, written through */
#define OWN (AT + PAGE)	     /* maps a page of domain 0's own */
#define NONE (AT + 2 * PAGE) /* maps nothing */

/* Two mappings and a hole; reference 8 is granted. */
static void open_pages(struct rig *rig, enum gnttab_era era)
{
	struct event event;

	rig_prepare(rig, "xs8");
	rig->header.era = era;
	rig_start(rig);
	rig_grant(rig, 8, 1, false);
	rig_map(rig, 8, 1, GRANT, HOST);
	rig_access(rig, EVENT_write, 0, GRANT);
	rig_map_own(rig, OWN, 5);
	rig_map_own(rig, NONE, 6);
	event = rig_page_event(rig, EVENT_unmap_page, NONE, 0);
	rig_run(rig, &event);
}

static uint64_t entry_of(struct rig *rig, uint64_t at)
{
	return pgtab_find(&rig->sim->domain[0], at).value;
}

/* One entry of domain 0, at @at. */
static struct event update_event(struct rig *rig, enum pv_update way,
				 uint64_t at, uint64_t clear, uint64_t set)
{
	struct event event = rig_event(rig, way == PV_UPDATE_EMULATED
						    ? EVENT_write_pte
						    : EVENT_mmu_update);

	event.domain = 0;
	event.update.way = way;
	event.nr_ops = 1;
	rig->ops[0] = (struct op){
		.at = at,
		.at_pte = true,
		.clear = clear,
		.set = set,
	};
	return event;
}

/* ---- what is granted and what is refused ------------------------------- */

#define NORMAL PV_UPDATE_NORMAL
#define PRESERVE PV_UPDATE_PRESERVE_AD
#define EMULATED PV_UPDATE_EMULATED

static const struct change {
	enum pv_update way;
	uint64_t at, clear, set;
	bool refused; /* today */
	bool refused_2014;
} changes[] = {
	/* The fast path: of a grant's entry, too. */
	{ NORMAL, GRANT, PTE_A, 0, false, false },
	{ NORMAL, GRANT, PTE_A | PTE_D, 0, false, false },
	{ NORMAL, GRANT, PTE_XD, PTE_G | PTE_AVAIL, false, false },
	{ NORMAL, GRANT, PTE_US | PTE_GUEST_KERNEL, 0, false, false },
	{ NORMAL, GRANT, 0, UINT64_C(1) << 62, false, false },
	{ PRESERVE, GRANT, PTE_A | PTE_D, 0, false, false },
	{ PV_UPDATE_NO_TRANSLATE, GRANT, PTE_A, 0, false, false },
	/* What needs a check cannot pass it: the frame is another's. */
	{ NORMAL, GRANT, PTE_RW, 0, true, true },
	{ NORMAL, GRANT, 0, PTE_PCD, true, false },
	{ NORMAL, GRANT, 0, PTE_PAT, true, false },
	{ NORMAL, GRANT, PTE_FRAME, UINT64_C(3) << 40, true, true },
	{ EMULATED, GRANT, PTE_A, 0, true, true },
	{ EMULATED, GRANT, 0, 0, true, true },
	/* To clear an entry is always allowed. */
	{ NORMAL, GRANT, UINT64_MAX, 0, false, false },
	{ NORMAL, GRANT, PTE_P, 0, false, false },
	{ PRESERVE, GRANT, UINT64_MAX, 0, false, false },
	{ EMULATED, GRANT, UINT64_MAX, 0, false, false },
	/* Of a page of its own, everything may change. */
	{ NORMAL, OWN, PTE_RW, 0, false, false },
	{ NORMAL, OWN, 0, PTE_PCD, false, false },
	{ EMULATED, OWN, PTE_A, 0, false, false },
	{ NORMAL, NONE, 0, 0, false, false },
	/* A frame that nobody has; and a page table, but not writable. */
	{ NORMAL, NONE, 0, PTE_P | UINT64_C(3) << 40, true, true },
	{ NORMAL, NONE, 0, PTE_P | PAGE, false, false },
	{ EMULATED, NONE, 0, PTE_P | PAGE, false, false },
	{ NORMAL, NONE, 0, PTE_P | PTE_RW | PAGE, true, true },
	{ EMULATED, NONE, 0, PTE_P | PTE_RW | PAGE, true, true },
};

/* What is there after @change, given what was. */
static uint64_t result_of(const struct change *change, uint64_t old)
{
	uint64_t value = (old & ~change->clear) | change->set;

	if (value & PTE_P && !(value & PTE_GUEST_KERNEL)) {
		if (!(value & PTE_US))
			value |= PTE_US | PTE_GUEST_KERNEL;
		else
			value |= PTE_G;
	}
	if (change->way == PRESERVE)
		value |= old & (PTE_A | PTE_D);
	return value;
}

static void check_change(const struct change *change, enum gnttab_era era)
{
	bool refused = era == GNTTAB_ERA_2014 ? change->refused_2014
					      : change->refused;
	struct rig rig;
	struct event event;
	uint64_t old;

	open_pages(&rig, era);
	old = entry_of(&rig, change->at);
	event = update_event(&rig, change->way, change->at, change->clear,
			     change->set);
	event.update.refused = refused;
	rig_run(&rig, &event);
	ck_assert_msg(rig.failed.count == 0, "era %d: %s", era,
		      rig.failed.diag[0].text);
	ck_assert_uint_eq(entry_of(&rig, change->at),
			  refused ? old : result_of(change, old));
	/* References agree with the entries, whatever became of them. */
	rig_finish(&rig);
}

START_TEST(update_is_granted_as_the_era_says)
{
	check_change(&changes[_i], GNTTAB_ERA_CURRENT);
	check_change(&changes[_i], GNTTAB_ERA_2014);
}
END_TEST

START_TEST(update_that_ends_otherwise_than_expected_is_reported)
{
	struct rig rig;
	struct event event;

	open_pages(&rig, GNTTAB_ERA_CURRENT);
	event = update_event(&rig, NORMAL, GRANT, PTE_RW, 0);
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 1);
	event = update_event(&rig, NORMAL, GRANT, PTE_A, 0);
	event.update.refused = true;
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 2);
	rig_finish(&rig);
}
END_TEST

START_TEST(update_that_is_refused_ends_the_hypercall)
{
	struct rig rig;
	struct event event;
	uint64_t grant, own;

	open_pages(&rig, GNTTAB_ERA_CURRENT);
	grant = entry_of(&rig, GRANT);
	own = entry_of(&rig, OWN);
	event = update_event(&rig, NORMAL, GRANT, PTE_A, 0);
	event.nr_ops = 3;
	rig.ops[1] = rig.ops[2] = rig.ops[0];
	rig.ops[1].clear = PTE_RW;
	rig.ops[2].at = OWN;
	rig.ops[2].clear = PTE_P;
	event.update.refused = true;
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 0);
	ck_assert_uint_eq(entry_of(&rig, GRANT), grant & ~PTE_A);
	ck_assert_uint_eq(entry_of(&rig, OWN), own);
	rig_finish(&rig);
}
END_TEST

START_TEST(address_without_a_4k_entry_is_an_error)
{
	static const uint64_t bad[] = { UINT64_C(0xffff800000000000),
					UINT64_C(0x0000900000000000) };

	for (unsigned i = 0; i < 2; i++) {
		struct rig rig;
		struct event event;

		open_pages(&rig, GNTTAB_ERA_CURRENT);
		event = update_event(&rig, NORMAL, bad[i], 0, 0);
		ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
		ck_assert_uint_eq(rig.diags.count, 1);
		rig_finish(&rig);
	}
}
END_TEST

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

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, update_is_granted_as_the_era_says, 0,
			    ROWS(changes));
	tcase_add_test(tc,
		       update_that_ends_otherwise_than_expected_is_reported);
	tcase_add_test(tc, update_that_is_refused_ends_the_hypercall);
	tcase_add_test(tc, address_without_a_4k_entry_is_an_error);
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
	return run_suite("sim_update", add_tests);
}

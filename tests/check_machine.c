/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_machine.c - the seam's promises, asked of it directly.
 */
#include <errno.h>

#include "sim/pgtab.h"
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

static struct cpu *cpu_of(struct rig *rig)
{
	return &rig->sim->cpu[0];
}

START_TEST(domain_that_does_not_exist_has_no_grant_table)
{
	static const domid_t ids[] = { 3, DOMID_FIRST_RESERVED, DOMID_SELF,
				       0xffff };
	struct rig rig;

	rig_open(&rig, "upstream");
	for (unsigned i = 0; i < 4; i++)
		ck_assert_ptr_null(machine_grant_table(cpu_of(&rig), ids[i]));
	ck_assert_ptr_eq(machine_grant_table(cpu_of(&rig), 2),
			 rig.sim->domain[2].grants);
	rig_close(&rig);
}
END_TEST

START_TEST(guest_frames_end_where_the_memory_does)
{
	struct rig rig;
	struct domain *d;
	mfn_t mfn;

	rig_open(&rig, "upstream");
	d = &rig.sim->domain[1];
	ck_assert_int_eq(machine_frame_get(cpu_of(&rig), d, (gfn_t){ 0x3fff },
					   MACHINE_HOLD, &mfn),
			 GNTST_okay);
	ck_assert_uint_eq(mfn.n, d->first + 0x3fff);
	ck_assert_ptr_eq(domain_of_frame(rig.sim, mfn), d);
	machine_frame_drop(cpu_of(&rig), mfn, MACHINE_HOLD);
	ck_assert_int_eq(machine_frame_get(cpu_of(&rig), d, (gfn_t){ 0x4000 },
					   MACHINE_HOLD, &mfn),
			 GNTST_bad_page);
	rig_close(&rig);
}
END_TEST

START_TEST(frame_between_and_behind_domains_is_nobodys)
{
	struct rig rig;
	uint64_t end;

	rig_prepare(&rig, "upstream");
	rig.header.domain[0].memory = 5 * PAGE;
	rig_start(&rig);
	end = rig.sim->domain[0].first + 5;
	ck_assert_ptr_eq(domain_of_frame(rig.sim, (mfn_t){ end - 1 }),
			 &rig.sim->domain[0]);
	ck_assert_ptr_null(domain_of_frame(rig.sim, (mfn_t){ end }));
	ck_assert_ptr_null(
		domain_of_frame(rig.sim, (mfn_t){ rig.sim->frames.count }));
	ck_assert_ptr_null(domain_of_frame(rig.sim, (mfn_t){ 0 }));
	rig_close(&rig);
}
END_TEST

START_TEST(reference_needs_the_right_owner_and_no_table_is_writable)
{
	struct rig rig;
	struct cpu *cpu;
	mfn_t data, table;

	rig_open(&rig, "upstream");
	cpu = cpu_of(&rig);
	data.n = rig.sim->domain[1].first;
	table.n = rig.sim->domain[1].root / PAGE;
	ck_assert(!machine_frame_hold(cpu, &rig.sim->domain[0], data,
				      MACHINE_HOLD));
	ck_assert(machine_frame_hold(cpu, &rig.sim->domain[1], data,
				     MACHINE_HOLD_WRITABLE));
	ck_assert(machine_frame_hold(cpu, &rig.sim->domain[1], table,
				     MACHINE_HOLD));
	ck_assert(!machine_frame_hold(cpu, &rig.sim->domain[1], table,
				      MACHINE_HOLD_WRITABLE));
	rig_close(&rig);
}
END_TEST

START_TEST(slot_is_found_only_under_a_level_1_table_of_the_guest)
{
	struct rig rig;
	struct frame *frame;
	struct domain *d;
	paddr_t entry;
	maddr_t slot;

	rig_open(&rig, "upstream");
	d = &rig.sim->domain[0];
	ck_assert(!machine_l1_slot(cpu_of(&rig), d, AT, &slot));
	ck_assert_int_eq(pgtab_make(d, AT, 1, &entry), 0);
	ck_assert(machine_l1_slot(cpu_of(&rig), d, AT, &slot));
	ck_assert_uint_eq(slot.n, entry);
	machine_l1_unlock(cpu_of(&rig), slot);
	/* By now it is known where the table is. */
	ck_assert(machine_l1_slot(cpu_of(&rig), d, AT + PAGE, &slot));
	ck_assert_uint_eq(slot.n, entry + 8);
	machine_l1_unlock(cpu_of(&rig), slot);
	ck_assert(
		!machine_l1_slot(cpu_of(&rig), &rig.sim->domain[1], AT, &slot));
	ck_assert(machine_l1_lock(cpu_of(&rig), d, slot));
	machine_l1_unlock(cpu_of(&rig), slot);
	ck_assert(!machine_l1_lock(cpu_of(&rig), &rig.sim->domain[1], slot));
	ck_assert(!machine_l1_lock(cpu_of(&rig), d, (maddr_t){ d->root }));
	ck_assert(!machine_l1_lock(cpu_of(&rig), d,
				   (maddr_t){ d->first * PAGE }));
	ck_assert(!machine_l1_lock(cpu_of(&rig), d,
				   (maddr_t){ UINT64_C(1) << 51 }));
	/* What its owner is about to make a table is memory all the same. */
	frame = &rig.sim->frames.frame[d->first];
	*frame = (struct frame){ .owner = d, .type = FRAME_L1, .moved = true };
	ck_assert(!machine_l1_lock(cpu_of(&rig), d,
				   (maddr_t){ d->first * PAGE }));
	*frame = (struct frame){ 0 };
	ck_assert(!machine_l1_slot(cpu_of(&rig), d,
				   UINT64_C(0xffff800000000000), &slot));
	ck_assert(!machine_l1_slot(cpu_of(&rig), d, UINT64_C(0x800000000000),
				   &slot));
	rig_close(&rig);
}
END_TEST

START_TEST(exchange_fails_and_tells_when_the_hardware_was_faster)
{
	struct rig rig;
	struct event event;
	maddr_t slot;
	uint64_t old;

	rig_open(&rig, "upstream");
	event = rig_event(&rig, EVENT_map_page);
	event.domain = 0;
	event.nr_ops = 1;
	rig.ops[0] = (struct op){ .at = AT, .frame = 1 };
	rig_run(&rig, &event);
	ck_assert(
		machine_l1_slot(cpu_of(&rig), &rig.sim->domain[0], AT, &slot));
	old = machine_pte_read(cpu_of(&rig), slot);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_assert(!machine_pte_cmpxchg(cpu_of(&rig), slot, &old, 0));
	ck_assert_uint_eq(old & 0x20, 0x20);
	ck_assert_uint_eq(old, machine_pte_read(cpu_of(&rig), slot));
	machine_l1_unlock(cpu_of(&rig), slot);
	rig_close(&rig);
}
END_TEST

START_TEST(domain_that_crashed_makes_no_more_hypercalls)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	rig_grant(&rig, 8, 1, false);
	machine_crash_domain(cpu_of(&rig), &rig.sim->domain[0]);
	event = rig_map_event(&rig, 0, 8, 1, AT, GNTMAP_host_map);
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text, "domain 0 has crashed");
	ck_count(&rig, "grant.hypercalls", 0);
	rig_close(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, domain_that_does_not_exist_has_no_grant_table);
	tcase_add_test(tc, guest_frames_end_where_the_memory_does);
	tcase_add_test(tc, frame_between_and_behind_domains_is_nobodys);
	tcase_add_test(
		tc, reference_needs_the_right_owner_and_no_table_is_writable);
	tcase_add_test(tc,
		       slot_is_found_only_under_a_level_1_table_of_the_guest);
	tcase_add_test(tc,
		       exchange_fails_and_tells_when_the_hardware_was_faster);
	tcase_add_test(tc, domain_that_crashed_makes_no_more_hypercalls);
}

int main(void)
{
	return run_suite("machine", add_tests);
}

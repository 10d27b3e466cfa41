/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_update.c - L1 entries that the hypervisor writes for a PV guest:
 * what is granted and what is refused.
 */
#include <errno.h>

#include "tests/check_sim_update.h"
#include "tests/suite.h"

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

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, update_is_granted_as_the_era_says, 0,
			    ROWS(changes));
	tcase_add_test(tc,
		       update_that_ends_otherwise_than_expected_is_reported);
	tcase_add_test(tc, update_that_is_refused_ends_the_hypercall);
	tcase_add_test(tc, address_without_a_4k_entry_is_an_error);
}

int main(void)
{
	return run_suite("sim_update", add);
}

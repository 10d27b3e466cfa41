/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_ept.c - a domain with external paging, in a simulated machine.
 *
 * Domain 0, on both CPUs, maps grants of domain 1 at guest-physical AT_HVM,
 * past its memory of 64M.
 */
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define AT_HVM UINT64_C(0x10000000)

static struct rig rig;

static void open_hvm(enum trace_p2m_sync sync)
{
	rig_prepare(&rig, "xs8");
	rig.header.domain[0].external = true;
	rig.header.p2m_sync = sync;
	rig_start(&rig);
}

static void map(unsigned n, unsigned flags)
{
	rig_grant(&rig, 8, n, false);
	rig_map(&rig, 8, n, AT_HVM, flags);
	ck_count(&rig, "grant.map_ops", n);
}

START_TEST(memory_is_accessed_by_guest_physical_address)
{
	struct mmu_probe probe;

	open_hvm(P2M_SYNC_PAGE);
	rig_access(&rig, EVENT_write, 0, 0x5008);
	ck_count(&rig, "tlb.faults", 0);
	probe = mmu_probe(rig.sim->mmu, 0, 0x5008);
	ck_assert_uint_eq(probe.paddr,
			  p2m_get(&rig.sim->domain[0].p2m, 5).mfn.n * PAGE + 8);
	rig_access(&rig, EVENT_read, 0, 64 << 20);
	ck_count(&rig, "tlb.faults", 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_grant_is_read_and_written_where_it_was_mapped)
{
	open_hvm(P2M_SYNC_PAGE);
	map(1, HOST);
	rig_access(&rig, EVENT_write, 0, AT_HVM);
	ck_count(&rig, "tlb.faults", 0);
	ck_assert_uint_eq(mmu_probe(rig.sim->mmu, 0, AT_HVM).paddr,
			  (rig.sim->domain[1].first + 8) * PAGE);
	rig_unmap(&rig, 0, 1);
	rig_access(&rig, EVENT_read, 0, AT_HVM);
	ck_count(&rig, "tlb.faults", 1);
	ck_count(&rig, "grant.pages_touched", 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_readonly_grant_cannot_be_written)
{
	open_hvm(P2M_SYNC_PAGE);
	map(1, RO);
	rig_access(&rig, EVENT_read, 0, AT_HVM);
	ck_count(&rig, "tlb.faults", 0);
	rig_access(&rig, EVENT_write, 0, AT_HVM);
	ck_count(&rig, "tlb.faults", 1);
	rig_unmap(&rig, 0, 1);
	rig_finish(&rig);
}
END_TEST

/* Frames of a guest that nothing is mapped at, or not that. */
START_TEST(only_what_was_mapped_is_taken_out_of_the_p2m)
{
	struct domain *d;
	struct cpu *cpu;
	mfn_t mfn;

	open_hvm(P2M_SYNC_PAGE);
	map(1, RO);
	d = &rig.sim->domain[0];
	cpu = &rig.sim->cpu[0];
	mfn = p2m_get(&d->p2m, AT_HVM / PAGE).mfn;
	ck_assert(!ept_remove(cpu, d, AT_HVM / PAGE,
			      (struct p2m_entry){ P2M_GRANT_RW, mfn }));
	ck_assert(
		!ept_remove(cpu, d, AT_HVM / PAGE,
			    (struct p2m_entry){ P2M_GRANT_RO, { mfn.n + 1 } }));
	ck_assert(!ept_remove(cpu, d, AT_HVM / PAGE + 1,
			      (struct p2m_entry){ P2M_GRANT_RO, mfn }));
	ck_assert_int_eq(p2m_get(&d->p2m, AT_HVM / PAGE).type, P2M_GRANT_RO);
	rig_unmap(&rig, 0, 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_grant_goes_where_there_is_room_and_no_grant)
{
	struct p2m_entry entry = { .type = P2M_GRANT_RO };
	struct domain *d;
	struct cpu *cpu;

	open_hvm(P2M_SYNC_PAGE);
	map(1, RO);
	d = &rig.sim->domain[0];
	cpu = &rig.sim->cpu[0];
	entry.mfn = p2m_get(&d->p2m, AT_HVM / PAGE).mfn;
	ck_assert(!ept_insert(cpu, d, AT_HVM / PAGE, entry));
	ck_assert(!ept_insert(cpu, d, p2m_limit(&d->p2m), entry));
	ck_assert(!ept_insert(cpu, d, UINT64_MAX, entry));
	rig_unmap(&rig, 0, 1);
	rig_finish(&rig);
}
END_TEST

static const struct sync_row {
	enum trace_p2m_sync sync;
	unsigned syncs, violations;
} sync_rows[] = {
	{ P2M_SYNC_PAGE, 4, 0 },
	{ P2M_SYNC_DEFERRED, 1, 0 },
	/* One skip, and four pages that their granter may reuse. */
	{ P2M_SYNC_LATE, 1, 5 },
};

START_TEST(cpus_forget_before_the_granter_sees_its_pages_free)
{
	const struct sync_row *row = &sync_rows[_i];

	open_hvm(row->sync);
	map(4, HOST);
	for (unsigned i = 0; i < 4; i++)
		rig_access(&rig, EVENT_read, 1, AT_HVM + i * PAGE);
	rig_unmap(&rig, 0, 4);
	ck_count(&rig, "flush.p2m_syncs", row->syncs);
	ck_count(&rig, "flush.ipis", row->syncs);
	ck_count(&rig, "flush.batches", 0);
	ck_count(&rig, "flush.uncounted", 0);
	ck_count(&rig, "oracle.violations", row->violations);
	rig_close(&rig);
}
END_TEST

START_TEST(page_tables_of_its_own_are_not_simulated)
{
	struct event event;

	open_hvm(P2M_SYNC_PAGE);
	event = rig_page_event(&rig, EVENT_map_page, AT, 4);
	ck_assert_int_lt(rig_try(&rig, &event), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(memory_given_back_is_forgotten_at_once)
{
	struct event event;
	mfn_t mfn;

	open_hvm(P2M_SYNC_DEFERRED);
	mfn = p2m_get(&rig.sim->domain[0].p2m, 5).mfn;
	rig_access(&rig, EVENT_write, 1, 5 * PAGE);
	event = rig_event(&rig, EVENT_free);
	event.domain = 0;
	event.nr_ops = 1;
	rig.ops[0] = (struct op){ .frame = 5 };
	rig_run(&rig, &event);
	ck_count(&rig, "flush.p2m_syncs", 1);
	ck_assert_ptr_null(domain_of_frame(rig.sim, mfn));
	rig_access(&rig, EVENT_write, 1, 5 * PAGE);
	ck_count(&rig, "tlb.faults", 1);
	ck_count(&rig, "oracle.stale_uses", 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_grant_over_memory_hides_it)
{
	struct domain *d;

	open_hvm(P2M_SYNC_PAGE);
	d = &rig.sim->domain[0];
	rig_access(&rig, EVENT_write, 0, 5 * PAGE);
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, 5 * PAGE, HOST);
	ck_assert_int_eq(p2m_get(&d->p2m, 5).type, P2M_GRANT_RW);
	rig_access(&rig, EVENT_read, 0, 5 * PAGE);
	ck_count(&rig, "oracle.stale_uses", 0);
	ck_assert_uint_eq(mmu_probe(rig.sim->mmu, 0, 5 * PAGE).paddr,
			  (rig.sim->domain[1].first + 8) * PAGE);
	rig_unmap(&rig, 0, 1);
	ck_assert_int_eq(p2m_get(&d->p2m, 5).type, P2M_NONE);
	rig_finish(&rig);
}
END_TEST

START_TEST(pages_of_such_a_domain_are_not_given_away)
{
	mfn_t mfn;

	open_hvm(P2M_SYNC_PAGE);
	ck_assert_int_eq(machine_frame_steal(&rig.sim->cpu[0],
					     &rig.sim->domain[0], (gfn_t){ 5 },
					     &mfn),
			 GNTST_general_error);
	rig_finish(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, memory_is_accessed_by_guest_physical_address);
	tcase_add_test(tc, a_grant_is_read_and_written_where_it_was_mapped);
	tcase_add_test(tc, a_readonly_grant_cannot_be_written);
	tcase_add_test(tc, only_what_was_mapped_is_taken_out_of_the_p2m);
	tcase_add_test(tc, a_grant_goes_where_there_is_room_and_no_grant);
	tcase_add_loop_test(tc,
			    cpus_forget_before_the_granter_sees_its_pages_free,
			    0, ROWS(sync_rows));
	tcase_add_test(tc, page_tables_of_its_own_are_not_simulated);
	tcase_add_test(tc, memory_given_back_is_forgotten_at_once);
	tcase_add_test(tc, a_grant_over_memory_hides_it);
	tcase_add_test(tc, pages_of_such_a_domain_are_not_given_away);
}

int main(void)
{
	return run_suite("external paging", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_dma.c - devices of a simulated domain, behind an IOMMU.
 *
 * Domain 0 maps grants of domain 1; its devices use them.
 */
#include <errno.h>
#include <string.h>

#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

static struct rig rig;

static void start(const char *policy, enum trace_iotlb_flush flush)
{
	rig_prepare(&rig, policy);
	rig.header.domain[0].iommu = true;
	rig.header.iotlb_flush = flush;
	rig_start(&rig);
	rig_grant(&rig, 8, 2, false);
}

static uint64_t bus(uint64_t gfn)
{
	return (rig.sim->domain[1].first + gfn) * PAGE;
}

static struct event dma_event(enum event_kind kind, uint64_t at)
{
	struct event event = rig_event(&rig, kind);

	rig.ops[0].at = at;
	rig.ops[0].at_given = true;
	event.domain = 0;
	event.nr_ops = 1;
	return event;
}

static void dma(enum event_kind kind, uint64_t at)
{
	struct event event = dma_event(kind, at);

	rig_run(&rig, &event);
}

START_TEST(a_device_reaches_a_grant_while_it_is_mapped)
{
	start("xs8", IOTLB_FLUSH_PAGE);
	dma(EVENT_dma_read, bus(8));
	ck_count(&rig, "dma.faults", 1);
	rig_map(&rig, 8, 1, AT, HOST);
	dma(EVENT_dma_write, bus(8) + 5);
	dma(EVENT_dma_write, bus(8) + 6);
	ck_count(&rig, "dma.faults", 1);
	ck_count(&rig, "dma.iotlb_hits", 1);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.iotlb", 1);
	dma(EVENT_dma_read, bus(8));
	ck_count(&rig, "dma.faults", 2);
	ck_count(&rig, "dma.accesses", 4);
	ck_count(&rig, "dma.stale_uses", 0);
	/* No CPU has used it, and A does not say that a device has. */
	ck_count(&rig, "flush.avoided", 1);
	rig_revoke(&rig, 8, 2);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_readonly_grant_is_not_written_by_devices)
{
	start("xs8", IOTLB_FLUSH_PAGE);
	rig_map(&rig, 8, 1, AT, RO);
	dma(EVENT_dma_read, bus(8));
	ck_count(&rig, "dma.faults", 0);
	dma(EVENT_dma_write, bus(8));
	ck_count(&rig, "dma.faults", 1);
	rig_unmap(&rig, 0, 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(own_memory_is_reached_without_a_grant)
{
	start("xs8", IOTLB_FLUSH_PAGE);
	dma(EVENT_dma_write, rig.sim->domain[0].first * PAGE);
	ck_count(&rig, "dma.accesses", 1);
	ck_count(&rig, "dma.faults", 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_late_flush_of_the_iotlb_breaks_every_policy)
{
	static const char *const policies[] = { "upstream", "xs8", "oracle" };

	start(policies[_i], IOTLB_FLUSH_LATE);
	rig_map(&rig, 8, 2, AT, HOST);
	dma(EVENT_dma_write, bus(8));
	rig_unmap(&rig, 0, 2);
	/* Reference 9 was never used by a device. */
	ck_count(&rig, "oracle.violations", 1);
	ck_assert_ptr_nonnull(strstr(rig_first(&rig), "(I7)"));
	ck_count(&rig, "flush.iotlb", 1);
	dma(EVENT_dma_write, bus(8));
	ck_count(&rig, "dma.faults", 1);
	rig_close(&rig);
}
END_TEST

START_TEST(a_stale_use_by_a_device_is_told_with_its_address)
{
	struct domain *d;

	start("xs8", IOTLB_FLUSH_PAGE);
	d = &rig.sim->domain[0];
	iommu_set_entry(d->iommu, bus(9) / PAGE, bus(9) | IOMMU_READ);
	dma(EVENT_dma_read, bus(9));
	iommu_set_entry(d->iommu, bus(9) / PAGE, 0);
	dma(EVENT_dma_read, bus(9));
	ck_count(&rig, "dma.stale_uses", 1);
	ck_count(&rig, "oracle.violations", 0);
	ck_assert_ptr_nonnull(strstr(rig_first(&rig), "read 0x"));
	ck_assert_ptr_nonnull(strstr(rig_first(&rig), "through an IOTLB"));
	rig_close(&rig);
}
END_TEST

START_TEST(a_frame_in_an_iotlb_is_not_to_be_reused)
{
	struct domain *d;

	start("xs8", IOTLB_FLUSH_PAGE);
	d = &rig.sim->domain[0];
	iommu_set_entry(d->iommu, bus(9) / PAGE, bus(9) | IOMMU_READ);
	dma(EVENT_dma_read, bus(9));
	iommu_set_entry(d->iommu, bus(9) / PAGE, 0);
	oracle_check_reuse(rig.sim, (mfn_t){ bus(9) / PAGE });
	ck_count(&rig, "oracle.violations", 1);
	dma(EVENT_dma_read, bus(9));
	ck_count(&rig, "dma.stale_uses", 1);
	rig_close(&rig);
}
END_TEST

/* What the tables say of a frame that is mapped read-only, or not at all. */
static const struct {
	bool mapped;
	unsigned rights;
	unsigned violations;
} tables[] = {
	{ true, IOMMU_READ, 0 },   { true, 0, 1 },
	{ true, IOMMU_RIGHTS, 1 }, { false, 0, 0 },
	{ false, IOMMU_READ, 1 },
};

START_TEST(tables_and_handles_agree_at_the_end)
{
	uint64_t rights = tables[_i].rights;

	start("xs8", IOTLB_FLUSH_PAGE);
	if (tables[_i].mapped)
		rig_map(&rig, 8, 1, AT, RO);
	iommu_set_entry(rig.sim->domain[0].iommu, bus(8) / PAGE,
			rights ? bus(8) | rights : 0);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", tables[_i].violations);
	rig_close(&rig);
}
END_TEST

START_TEST(a_device_without_an_iommu_is_an_error)
{
	struct event event;

	start("xs8", IOTLB_FLUSH_PAGE);
	event = dma_event(EVENT_dma_read, 0);
	event.domain = 1;
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text,
			 "domain 1 has no IOMMU before its devices");
	rig_close(&rig);
}
END_TEST

START_TEST(a_handle_that_names_no_mapping_is_an_error)
{
	struct event event;

	start("xs8", IOTLB_FLUSH_PAGE);
	event = dma_event(EVENT_dma_read, 0);
	rig.ops[0].at_given = false;
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text,
			 "no bus address is known by this handle");
	rig_close(&rig);
}
END_TEST

START_TEST(a_handle_whose_map_failed_has_no_bus_address)
{
	struct event event;

	start("xs8", IOTLB_FLUSH_PAGE);
	rig_map(&rig, 40, 1, AT, HOST); /* not granted */
	ck_count(&rig, "grant.failed_ops", 1);
	event = dma_event(EVENT_dma_read, 0);
	rig.ops[0].at_given = false;
	rig.ops[0].label = (struct label){ 0, 0 };
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	rig_close(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, a_device_reaches_a_grant_while_it_is_mapped);
	tcase_add_test(tc, a_readonly_grant_is_not_written_by_devices);
	tcase_add_test(tc, own_memory_is_reached_without_a_grant);
	tcase_add_loop_test(tc, a_late_flush_of_the_iotlb_breaks_every_policy,
			    0, 3);
	tcase_add_test(tc, a_stale_use_by_a_device_is_told_with_its_address);
	tcase_add_test(tc, a_frame_in_an_iotlb_is_not_to_be_reused);
	tcase_add_loop_test(tc, tables_and_handles_agree_at_the_end, 0,
			    ROWS(tables));
	tcase_add_test(tc, a_device_without_an_iommu_is_an_error);
	tcase_add_test(tc, a_handle_that_names_no_mapping_is_an_error);
	tcase_add_test(tc, a_handle_whose_map_failed_has_no_bus_address);
}

int main(void)
{
	return run_suite("sim dma", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_ops.c - the operations of hypercalls, and where they stand.
 */
#include <errno.h>
#include <string.h>

#include "mmu/physmem.h"
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

/* ---- arrays in guest memory ------------------------------------------ */

/* The 32 bits at @offset of frame @frame of domain 0. */
static uint32_t own_word(struct rig *rig, uint64_t frame, unsigned offset)
{
	const struct domain *d = &rig->sim->domain[0];
	const char *bytes = physmem_pointer(rig->sim->mem,
					    (d->first + frame) * PAGE);
	uint32_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

#define ARRAY UINT64_C(0xffff888000000000)

START_TEST(array_in_guest_memory_works_across_a_page_boundary)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "xs8");
	rig_map_own(&rig, ARRAY, 100);
	rig_map_own(&rig, ARRAY + PAGE, 200);
	rig_grant(&rig, 8, 40, false);
	event = rig_map_event(&rig, 0, 8, 40, AT, HOST);
	event.hypercall.array = ARRAY + PAGE - 40;
	rig_run(&rig, &event);
	ck_count(&rig, "grant.map_ops", 40);
	for (grant_ref_t ref = 8; ref < 48; ref++)
		ck_assert_uint_eq(
			gnttab_active(rig.sim->domain[1].grants, ref).pin, 1);
	/* The second one's status and handle are in the second page. */
	ck_assert_uint_eq(own_word(&rig, 200, 18 - 8) & 0xffff, 0);
	ck_assert_uint_eq(own_word(&rig, 200, 20 - 8), 1);
	/* Each page is read, then written: the latter sets D. */
	ck_count(&rig, "tlb.walks", 4);
	ck_count(&rig, "tlb.d_set", 2);
	rig_unmap(&rig, 0, 40);
	ck_count(&rig, "grant.unmap_ops", 40);
	rig_finish(&rig);
}
END_TEST

START_TEST(array_that_is_not_mapped_ends_the_call_at_once)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "xs8");
	rig_grant(&rig, 8, 2, false);
	event = rig_map_event(&rig, 0, 8, 2, AT, HOST);
	event.hypercall.array = ARRAY;
	rig_run(&rig, &event);
	ck_count(&rig, "grant.map_ops", 0);
	ck_count(&rig, "grant.failed_ops", 0);
	ck_count(&rig, "tlb.faults", 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(array_in_a_granted_page_makes_that_page_accessed)
{
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "xs8", 3, HOST);
	event = rig_unmap_event(&rig, 0, 0, 1);
	event.hypercall.array = AT + PAGE;
	rig_run(&rig, &event);
	ck_count(&rig, "flush.avoided", 1);
	rig_unmap(&rig, 1, 1);
	ck_count(&rig, "flush.performed", 1);
	ck_count(&rig, "grant.pages_touched", 1);
	rig_unmap(&rig, 2, 1);
	ck_count(&rig, "flush.avoided", 2);
	rig_finish(&rig);
}
END_TEST

/* ---- operations ------------------------------------------------------ */

START_TEST(handle_of_a_failed_map_is_a_bad_handle)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "xs8");
	rig_grant(&rig, 8, 1, true);
	event = rig_map_event(&rig, 0, 8, 1, AT, HOST);
	rig.ops[0].status_given = true;
	rig.ops[0].status = GNTST_general_error;
	rig_run(&rig, &event);
	event = rig_unmap_event(&rig, 0, 0, 1);
	rig.ops[0].status_given = true;
	rig.ops[0].status = GNTST_bad_handle;
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 0);
	rig.ops[0].status = GNTST_okay;
	rig_run(&rig, &event);
	ck_assert_str_eq(rig.failed.diag[0].text,
			 "status is -4 (invalid mapping handle), expected 0 "
			 "(okay)");
	rig_finish(&rig);
}
END_TEST

/* Machine address of frame 8 of domain 1. */
#define BUS_ADDRESS ((UINT64_C(0x100000) + (64 << 20) / PAGE + 8) * PAGE)

START_TEST(host_and_device_parts_are_unmapped_one_by_one)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "xs8");
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST | GNTMAP_device_map);
	event = rig_unmap_event(&rig, 0, 0, 1);
	rig.ops[0].dev_bus_addr = BUS_ADDRESS + 1;
	rig.ops[0].status_given = true;
	rig.ops[0].status = GNTST_bad_dev_addr;
	rig_run(&rig, &event);
	rig.ops[0].dev_bus_addr = 0;
	rig.ops[0].status = GNTST_okay;
	rig_run(&rig, &event);
	ck_count(&rig, "grant.pages_unmapped", 1);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 0);
	event = rig_event(&rig, EVENT_revoke);
	event.domain = 1;
	event.nr_ops = 1;
	rig.ops[0] = (struct op){ .ref = 8 };
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_str_eq(rig.diags.diag[0].text,
			 "reference 8 of domain 1 is still mapped by domain 0");

	event = rig_unmap_event(&rig, 0, 0, 1);
	rig.ops[0].dev_bus_addr = BUS_ADDRESS;
	rig.ops[0].at_given = true;
	rig_run(&rig, &event);
	ck_count(&rig, "grant.unmap_ops", 2);
	rig_revoke(&rig, 8, 1);
	ck_assert_uint_eq(rig.failed.count, 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(copy_needs_no_mapping_and_no_flush)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	rig_grant(&rig, 8, 1, false);
	event = rig_event(&rig, EVENT_copy);
	event.domain = 0;
	event.nr_ops = 2;
	rig.ops[0] = (struct op){
		.source = { .domain = DOMID_SELF, .frame = 3 },
		.dest = { .by_ref = true, .domain = 1, .ref = 8 },
		.length = 4096,
		.status_given = true,
	};
	rig.ops[1] = rig.ops[0];
	rig.ops[1].dest.offset = 1;
	rig.ops[1].status = GNTST_bad_copy_arg;
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 0);
	ck_count(&rig, "grant.copy_ops", 1);
	ck_count(&rig, "grant.failed_ops", 1);
	ck_count(&rig, "flush.batches", 0);
	ck_count(&rig, "flush.uncounted", 0);
	ck_count(&rig, "tlb.lookups", 0);
	rig_revoke(&rig, 8, 1);
	rig_finish(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, array_in_guest_memory_works_across_a_page_boundary);
	tcase_add_test(tc, array_that_is_not_mapped_ends_the_call_at_once);
	tcase_add_test(tc, array_in_a_granted_page_makes_that_page_accessed);
	tcase_add_test(tc, handle_of_a_failed_map_is_a_bad_handle);
	tcase_add_test(tc, host_and_device_parts_are_unmapped_one_by_one);
	tcase_add_test(tc, copy_needs_no_mapping_and_no_flush);
}

int main(void)
{
	return run_suite("sim_ops", add_tests);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_refused.c - what cannot be, and how that is told.
 */
#include <errno.h>

#include "tests/rig.h"
#include "tests/suite.h"

static const struct refusal {
	const char *text;
	struct event event;
	struct op op;
} refusals[] = {
	/* clang-format off */
	{ "there is no CPU 2: the machine has 2",
	  { .kind = EVENT_read, .cpu = 2, .domain = DOMAIN_NONE } },
	{ "CPU 1 is idle",
	  { .kind = EVENT_read, .cpu = 1, .domain = DOMAIN_NONE } },
	{ "CPU 0 runs domain 0, not domain 1",
	  { .kind = EVENT_read, .cpu = 0, .domain = 1 } },
	{ "no CPU runs domain 1",
	  { .kind = EVENT_read, .cpu = CPU_ANY, .domain = 1 } },
	{ "there is no domain 9",
	  { .kind = EVENT_grant, .domain = 9, .nr_ops = 1 } },
	{ "frame 0x4000 is past the memory of domain 1, which has 0x4000 "
	  "frames",
	  { .kind = EVENT_grant, .domain = 1, .nr_ops = 1 },
	  { .ref = 8, .frame = 0x4000 } },
	{ "reference 32768 is past the table of domain 1, which has at most "
	  "64 frames",
	  { .kind = EVENT_grant, .domain = 1, .nr_ops = 1 },
	  { .ref = 32768 } },
	{ "reference 9 of domain 1 is not granted",
	  { .kind = EVENT_revoke, .domain = 1, .nr_ops = 1 }, { .ref = 9 } },
	{ "reference 600 of domain 1 is not granted",
	  { .kind = EVENT_revoke, .domain = 1, .nr_ops = 1 }, { .ref = 600 } },
	{ "reference 8 of domain 1 is still mapped by domain 0",
	  { .kind = EVENT_revoke, .domain = 1, .nr_ops = 1 }, { .ref = 8 } },
	{ "reference 8 of domain 1 is still mapped by domain 0",
	  { .kind = EVENT_grant, .domain = 1, .nr_ops = 1 }, { .ref = 8 } },
	{ "0xffff800000000000 is not a guest's address",
	  { .kind = EVENT_map_page, .domain = 0, .nr_ops = 1 },
	  { .at = 0xffff800000000000 } },
	{ "0x800000000000 is not a guest's address",
	  { .kind = EVENT_map_page, .domain = 0, .nr_ops = 1 },
	  { .at = 0x800000000000 } },
	{ "frame 0x4000 is past the memory of domain 0, which has 0x4000 "
	  "frames",
	  { .kind = EVENT_map_page, .domain = 0, .nr_ops = 1 },
	  { .at = AT, .frame = 0x4000 } },
	{ "address 0xffff880000100000 and frame 0x200 are not both multiples "
	  "of the page's size",
	  { .kind = EVENT_map_page, .domain = 0, .nr_ops = 1,
	    .page.size = MMU_2M }, { .at = AT, .frame = 0x200 } },
	{ "0xffff888000100000 has no level 1 table",
	  { .kind = EVENT_share_table, .domain = 0, .nr_ops = 1 },
	  { .at = 0xffff880000400000, .new_at = AT + (UINT64_C(1) << 39) } },
	{ "pages are mapped in the 2M around 0xffff880000100000",
	  { .kind = EVENT_share_table, .domain = 0, .nr_ops = 1 },
	  { .at = AT, .new_at = AT } },
	{ "0x800000000000 has no page-table entry of a 4K page",
	  { .kind = EVENT_share_table, .domain = 0, .nr_ops = 1 },
	  { .at = 0x800000000000, .new_at = AT } },
	{ "smaller pages are mapped at 0xffff880000000000",
	  { .kind = EVENT_map_page, .domain = 0, .nr_ops = 1,
	    .page.size = MMU_2M }, { .at = 0xffff880000000000 } },
	{ "0x200000 is in a larger page",
	  { .kind = EVENT_map_page, .domain = 0, .nr_ops = 1 },
	  { .at = 0x200000 } },
	{ "0x200000 has no page-table entry",
	  { .kind = EVENT_map, .cpu = CPU_ANY, .domain = 0, .nr_ops = 1,
	    .call = { -1, 0 } },
	  { .from = 1, .ref = 8, .at = 0x200000, .at_pte = true,
	    .flags = HOST } },
	{ "domain 0 has nothing mapped at 0x5000",
	  { .kind = EVENT_unmap_page, .domain = 0, .nr_ops = 1 },
	  { .at = 0x5000 } },
	{ "domain 0 has nothing mapped at 0x5000",
	  { .kind = EVENT_protect, .domain = 0, .nr_ops = 1 },
	  { .at = 0x5000 } },
	{ "0xffff880000100000 maps a grant: the hypervisor refuses to change "
	  "whether it is writable",
	  { .kind = EVENT_protect, .domain = 0, .nr_ops = 1 },
	  { .at = AT } },
	{ "nothing was mapped under this name at index 5",
	  { .kind = EVENT_unmap, .cpu = CPU_ANY, .domain = 0, .nr_ops = 1,
	    .call = { -1, 0 } }, { .label = { 0, 5 } } },
	{ "no call of this name is preempted",
	  { .kind = EVENT_resume, .cpu = CPU_ANY, .call = { 3, 0 } } },
	{ "the machine refuses 0x0 with a general-protection fault",
	  { .kind = EVENT_set_control, .cpu = 0, .control.reg = MMU_CR4 } },
	{ "there is no CPU 5: the machine has 2",
	  { .kind = EVENT_flush, .flush.cpus = 0x23 } },
	{ "reference 512 is past the table of domain 1",
	  { .kind = EVENT_inspect, .domain = 1, .inspect.kind = INSPECT_GRANT,
	    .inspect.what = 512 } },
	{ "nothing was mapped under this name",
	  { .kind = EVENT_inspect, .domain = 0, .inspect.kind = INSPECT_HANDLE,
	    .inspect.label = { 4, 0 } } },
	/* clang-format on */
};

START_TEST(what_cannot_be_is_refused_with_its_place)
{
	const struct refusal *row = &refusals[_i];
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	rig_schedule(&rig, 1, DOMAIN_NONE);
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST);
	event = rig_page_event(&rig, EVENT_map_page, 0x200000, 0);
	event.page.size = MMU_2M;
	rig_run(&rig, &event);

	event = row->event;
	event.place = (struct place){ "trace", 12, 7 };
	event.ops = rig.ops;
	rig.ops[0] = row->op;
	rig.ops[0].line = 12;
	rig.ops[0].column = 9;
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_uint_eq(rig.diags.count, 1);
	ck_assert_str_eq(rig.diags.diag[0].text, row->text);
	rig_finish(&rig);
}
END_TEST

START_TEST(more_memory_than_the_machine_addresses_is_refused)
{
	struct rig rig;
	struct sim_config config;
	struct sim *sim;

	rig_prepare(&rig, "upstream");
	config = (struct sim_config){
		.header = &rig.header,
		.policy = rig.header.policy,
	};
	rig.header.profile.mmu.maxphyaddr = 36;
	rig.header.domain[0].memory = UINT64_C(64) << 30;
	ck_assert_int_eq(sim_create(&sim, &config), -EINVAL);
	rig.header.profile.mmu.maxphyaddr = 52;
	for (unsigned i = 0; i < 3; i++)
		rig.header.domain[i].memory = -PAGE;
	ck_assert_int_eq(sim_create(&sim, &config), -EINVAL);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, what_cannot_be_is_refused_with_its_place, 0,
			    ROWS(refusals));
	tcase_add_test(tc, more_memory_than_the_machine_addresses_is_refused);
}

int main(void)
{
	return run_suite("sim_refused", add_tests);
}

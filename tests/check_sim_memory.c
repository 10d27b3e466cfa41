/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_memory.c - a guest's own pages, invalidation, what is refused.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "mmu/x86.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define SIZE_2M (UINT64_C(512) * PAGE)
#define SIZE_1G (UINT64_C(512) * SIZE_2M)

/* One operation on one page of domain 0. */
static struct event page_event(struct rig *rig, enum event_kind kind,
			       uint64_t at, uint64_t frame)
{
	struct event event = rig_event(rig, kind);

	event.domain = 0;
	event.nr_ops = 1;
	event.page.size = MMU_4K;
	event.page.flags = PAGE_WRITABLE | PAGE_USER;
	rig->ops[0] = (struct op){ .at = at, .frame = frame };
	return event;
}

static void map_own(struct rig *rig, uint64_t at, uint64_t frame)
{
	struct event event = page_event(rig, EVENT_map_page, at, frame);

	rig_run(rig, &event);
}

/* ---- pages ----------------------------------------------------------- */

START_TEST(pages_of_each_size_lead_where_they_were_mapped)
{
	static const struct {
		enum mmu_page_size size;
		uint64_t bytes;
	} sizes[] = { { MMU_4K, PAGE }, { MMU_2M, SIZE_2M } };
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	for (unsigned i = 0; i < 2; i++) {
		uint64_t at = (i + 1) * SIZE_1G;

		event = page_event(&rig, EVENT_map_page, at,
				   sizes[i].bytes / PAGE);
		event.page.size = sizes[i].size;
		rig_run(&rig, &event);
		event = rig_event(&rig, EVENT_write);
		event.cpu = 0;
		event.access.at = at;
		event.access.count = 10;
		event.access.stride = sizes[i].bytes / 10;
		rig_run(&rig, &event);
	}
	ck_count(&rig, "tlb.walks", 2);
	ck_count(&rig, "tlb.lookups", 20);
	ck_count(&rig, "tlb.faults", 0);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stride_of_0_is_the_same_address_again)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	map_own(&rig, AT, 1);
	event = rig_event(&rig, EVENT_read);
	event.domain = 0;
	event.access.at = AT;
	event.access.count = 1000;
	rig_run(&rig, &event);
	ck_count(&rig, "tlb.lookups", 1000);
	ck_count(&rig, "tlb.l1_hits", 999);
	rig_close(&rig);
}
END_TEST

START_TEST(stride_walks_from_page_to_page)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	map_own(&rig, AT, 1);
	map_own(&rig, AT + PAGE, 9);
	event = rig_event(&rig, EVENT_read);
	event.domain = 0;
	event.access.at = AT;
	event.access.count = 8;
	event.access.stride = PAGE / 4;
	rig_run(&rig, &event);
	ck_count(&rig, "tlb.lookups", 8);
	ck_count(&rig, "tlb.walks", 2);
	ck_count(&rig, "tlb.faults", 0);
	rig_close(&rig);
}
END_TEST

START_TEST(protect_takes_effect_at_once_without_a_cached_translation)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	map_own(&rig, AT, 1);
	event = page_event(&rig, EVENT_protect, AT, 0);
	event.page.flags = PAGE_NX;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "tlb.faults", 0);
	rig_access(&rig, EVENT_write, 0, AT);
	rig_access(&rig, EVENT_fetch, 0, AT);
	ck_count(&rig, "tlb.faults", 2);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

/* After a change of a cached page, what makes CPU 0 see it? */
static const struct drop {
	const char *name;
	unsigned page_flags;
	enum event_kind kind;
	bool sees;
} drops[] = {
	{ "nothing", PAGE_WRITABLE, EVENT_KINDS, false },
	{ "invlpg", PAGE_WRITABLE, EVENT_invlpg, true },
	{ "invlpg, global", PAGE_WRITABLE | PAGE_GLOBAL, EVENT_invlpg, true },
	{ "load_cr3", PAGE_WRITABLE, EVENT_load_cr3, true },
	{ "load_cr3, global", PAGE_WRITABLE | PAGE_GLOBAL, EVENT_load_cr3,
	  false },
	{ "flush, global", PAGE_WRITABLE | PAGE_GLOBAL, EVENT_flush, true },
	{ "set_control, global", PAGE_WRITABLE | PAGE_GLOBAL, EVENT_set_control,
	  true },
};

START_TEST(unmapped_page_is_seen_after_the_right_invalidation)
{
	const struct drop *drop = &drops[_i];
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	event = page_event(&rig, EVENT_map_page, AT, 1);
	event.page.flags = drop->page_flags;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 0, AT);
	event = page_event(&rig, EVENT_unmap_page, AT, 0);
	rig_run(&rig, &event);
	if (drop->kind != EVENT_KINDS) {
		event = rig_event(&rig, drop->kind);
		event.cpu = 0;
		if (drop->kind == EVENT_invlpg)
			event.access.at = AT;
		if (drop->kind == EVENT_flush)
			event.flush.cpus = 1;
		if (drop->kind == EVENT_set_control) {
			event.control.reg = MMU_CR4;
			event.control.value = CR4_PAE;
		}
		rig_run(&rig, &event);
	}
	rig_access(&rig, EVENT_write, 0, AT);
	ck_assert_msg(rig_count(&rig, "tlb.faults") == drop->sees, "%s",
		      drop->name);
	ck_assert_msg(rig_count(&rig, "oracle.stale_uses") == !drop->sees, "%s",
		      drop->name);
	ck_assert_msg((rig_count(&rig, "cycles.flush") > 0) ==
			      (drop->kind != EVENT_KINDS),
		      "%s", drop->name);
	rig_close(&rig);
}
END_TEST

START_TEST(machine_sets_a_and_d_where_inspect_can_see_them)
{
	struct rig rig;
	struct event event;
	const struct results *results;

	rig_open(&rig, "upstream");
	map_own(&rig, AT, 7);
	rig_access(&rig, EVENT_write, 0, AT);
	event = rig_event(&rig, EVENT_inspect);
	event.cpu = 0;
	event.inspect.kind = INSPECT_WALK;
	event.inspect.what = AT;
	event.inspect.label = NO_LABEL;
	rig_run(&rig, &event);
	results = sim_results(rig.sim);
	ck_assert_uint_eq(results->nr_inspect, 5);
	ck_assert_str_eq(results->inspect[0],
			 "walk of 0xffff880000100000 on CPU 0");
	ck_assert_ptr_nonnull(strstr(results->inspect[4],
				     "is 0x0000000100007067: P RW US A D"));
	rig_close(&rig);
}
END_TEST

START_TEST(inspect_tells_a_grant_and_a_handle)
{
	struct rig rig;
	struct event event;
	const struct results *results;

	rig_open(&rig, "upstream");
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST);
	event = rig_event(&rig, EVENT_inspect);
	event.domain = 1;
	event.inspect.kind = INSPECT_GRANT;
	event.inspect.what = 8;
	event.inspect.label = NO_LABEL;
	rig_run(&rig, &event);
	event.domain = 0;
	event.inspect.kind = INSPECT_HANDLE;
	event.inspect.label = (struct label){ 0, 0 };
	rig_run(&rig, &event);
	rig_unmap(&rig, 0, 1);
	event.place.line = 0;
	rig_run(&rig, &event);
	results = sim_results(rig.sim);
	ck_assert_str_eq(results->inspect[0],
			 "grant 8 of domain 1: to 0, frame 0x8, pins "
			 "0x00000001, flags permit_access reading writing");
	ck_assert_ptr_nonnull(strstr(results->inspect[1],
				     " of domain 0: grant 8 of domain 1, "
				     "flags host"));
	ck_assert_ptr_nonnull(
		strstr(results->inspect[2], " of domain 0: free"));
	rig_close(&rig);
}
END_TEST

/* ---- expectations ---------------------------------------------------- */

static const struct expected {
	const char *policy; /* of the event */
	double min, max;
	size_t expected, failed;
	const char *text;
} expectations[] = {
	{ NULL, 2, 2, 1, 0, NULL },
	{ "any", 2, 2, 1, 0, NULL },
	{ "xs8", 7, 7, 0, 0, NULL },
	{ "upstream", 1, 1, 1, 1,
	  "'flush.batches' is 2, expected 1 (policy upstream)" },
	{ NULL, 3, INFINITY, 1, 1,
	  "'flush.batches' is 2, expected 3 or more (policy upstream)" },
	{ NULL, 0, 1, 1, 1,
	  "'flush.batches' is 2, expected 1 or less (policy upstream)" },
	{ NULL, 4, 5, 1, 1,
	  "'flush.batches' is 2, expected 4 to 5 (policy upstream)" },
};

START_TEST(expectation_is_held_against_the_policy_that_it_is_about)
{
	const struct expected *want = &expectations[_i];
	struct expectation expectation = {
		.counter = COUNTER_flush_batches,
		.min = want->min,
		.max = want->max,
		.line = 30,
		.column = 4,
	};
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	rig_grant(&rig, 8, 2, false);
	rig_map(&rig, 8, 2, AT, HOST);
	rig_unmap(&rig, 0, 1);
	rig_unmap(&rig, 1, 1);
	event = rig_event(&rig, EVENT_expect);
	event.expect.list = &expectation;
	event.expect.count = 1;
	event.expect.policy = want->policy;
	rig_run(&rig, &event);
	ck_assert_uint_eq(sim_results(rig.sim)->expected, want->expected);
	ck_assert_uint_eq(sim_results(rig.sim)->failed, want->failed);
	ck_assert_uint_eq(rig.failed.count, want->failed);
	ck_assert_uint_eq(rig.diags.count, 0);
	if (want->text)
		ck_assert_str_eq(rig.failed.diag[0].text, want->text);
	rig_close(&rig);
}
END_TEST

/* ---- what cannot be -------------------------------------------------- */

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
	event = page_event(&rig, EVENT_map_page, 0x200000, 0);
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
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

START_TEST(terabyte_of_memory_needs_none_until_it_is_used)
{
	struct rig rig;
	struct event event;

	rig_prepare(&rig, "upstream");
	rig.header.domain[0].memory = UINT64_C(512) << 30;
	rig.header.domain[1].memory = UINT64_C(64) << 30;
	rig_start(&rig);
	event = page_event(&rig, EVENT_map_page, SIZE_1G, 511 * SIZE_1G / PAGE);
	event.page.size = MMU_1G;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_read, 0, SIZE_1G + 12345);
	ck_count(&rig, "tlb.faults", 0);
	rig_close(&rig);
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

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, pages_of_each_size_lead_where_they_were_mapped);
	tcase_add_test(tc, stride_of_0_is_the_same_address_again);
	tcase_add_test(tc, stride_walks_from_page_to_page);
	tcase_add_test(
		tc, protect_takes_effect_at_once_without_a_cached_translation);
	tcase_add_loop_test(tc,
			    unmapped_page_is_seen_after_the_right_invalidation,
			    0, ROWS(drops));
	tcase_add_test(tc, machine_sets_a_and_d_where_inspect_can_see_them);
	tcase_add_test(tc, inspect_tells_a_grant_and_a_handle);
	tcase_add_loop_test(
		tc, expectation_is_held_against_the_policy_that_it_is_about, 0,
		ROWS(expectations));
	tcase_add_loop_test(tc, what_cannot_be_is_refused_with_its_place, 0,
			    ROWS(refusals));
	tcase_add_test(tc, terabyte_of_memory_needs_none_until_it_is_used);
	tcase_add_test(tc, more_memory_than_the_machine_addresses_is_refused);
}

int main(void)
{
	return run_suite("sim_memory", add_tests);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_memory.c - a guest's own pages, and their invalidation.
 */
#include "mmu/x86.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define SIZE_2M (UINT64_C(512) * PAGE)
#define SIZE_1G (UINT64_C(512) * SIZE_2M)

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

		event = rig_page_event(&rig, EVENT_map_page, at,
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
	rig_finish(&rig);
}
END_TEST

START_TEST(stride_of_0_is_the_same_address_again)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	rig_map_own(&rig, AT, 1);
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
	rig_map_own(&rig, AT, 1);
	rig_map_own(&rig, AT + PAGE, 9);
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
	rig_map_own(&rig, AT, 1);
	event = rig_page_event(&rig, EVENT_protect, AT, 0);
	event.page.flags = PAGE_NX;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "tlb.faults", 0);
	rig_access(&rig, EVENT_write, 0, AT);
	rig_access(&rig, EVENT_fetch, 0, AT);
	ck_count(&rig, "tlb.faults", 2);
	rig_finish(&rig);
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
	event = rig_page_event(&rig, EVENT_map_page, AT, 1);
	event.page.flags = drop->page_flags;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 0, AT);
	event = rig_page_event(&rig, EVENT_unmap_page, AT, 0);
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

START_TEST(terabyte_of_memory_needs_none_until_it_is_used)
{
	struct rig rig;
	struct event event;

	rig_prepare(&rig, "upstream");
	rig.header.domain[0].memory = UINT64_C(512) << 30;
	rig.header.domain[1].memory = UINT64_C(64) << 30;
	rig_start(&rig);
	event = rig_page_event(&rig, EVENT_map_page, SIZE_1G,
			       511 * SIZE_1G / PAGE);
	event.page.size = MMU_1G;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_read, 0, SIZE_1G + 12345);
	ck_count(&rig, "tlb.faults", 0);
	rig_close(&rig);
}
END_TEST

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
	tcase_add_test(tc, terabyte_of_memory_needs_none_until_it_is_used);
}

int main(void)
{
	return run_suite("sim_memory", add_tests);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_cached.c - which CPU may hold what, and what comes of what it kept.
 */
#include <string.h>

#include "tests/rig.h"
#include "tests/suite.h"

/* ---- kept too long ---------------------------------------------------- */

START_TEST(skip_over_a_cached_translation_breaks_i6_then_i1)
{
	struct rig rig;

	rig_prepare(&rig, "xs65");
	rig.header.update = UPDATE_CMPXCHG;
	rig_start(&rig);
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, BY_PTE);
	rig_access(&rig, EVENT_read, 1, AT);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "oracle.violations", 2);
	ck_assert_ptr_nonnull(strstr(rig_first(&rig), "CPU 1 holds"));
	ck_assert_ptr_nonnull(strstr(rig_first(&rig), "(I6)"));
	rig_close(&rig);
}
END_TEST

START_TEST(use_of_a_translation_after_its_unmap_is_a_stale_use)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs65", 1, BY_PTE);
	rig_access(&rig, EVENT_read, 0, AT);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "oracle.stale_uses", 0);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "oracle.stale_uses", 1);
	ck_count(&rig, "tlb.faults", 0);
	rig_access(&rig, EVENT_read, 1, AT);
	ck_count(&rig, "oracle.stale_uses", 1);
	ck_count(&rig, "tlb.faults", 1);
	rig_close(&rig);
}
END_TEST

START_TEST(stale_use_of_an_own_page_is_told_with_the_event_at_fault)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "upstream");
	event = rig_page_event(&rig, EVENT_map_page, AT, 5);
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 0, AT);
	event.kind = EVENT_unmap_page;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 0, AT);
	ck_count(&rig, "oracle.stale_uses", 1);
	ck_assert_str_eq(rig_first(&rig),
			 "rig:4: write of 0xffff880000100000 on CPU 0 used a "
			 "translation that event 2 made outdated");
	rig_close(&rig);
}
END_TEST

/* ---- who may have what cached ---------------------------------------- */

START_TEST(lazily_idle_cpu_is_flushed_and_after_a_switch_is_not)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs8", 2, HOST);
	rig_access(&rig, EVENT_read, 1, AT);
	rig_schedule(&rig, 1, DOMAIN_NONE);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.ipis", 1);
	ck_count(&rig, "flush.false", 0);
	ck_count(&rig, "oracle.violations", 0);

	rig_schedule(&rig, 1, 0);
	rig_access(&rig, EVENT_read, 1, AT + PAGE);
	rig_schedule(&rig, 1, 2);
	rig_unmap(&rig, 1, 1);
	ck_count(&rig, "flush.performed", 2);
	ck_count(&rig, "flush.ipis", 1);
	ck_count(&rig, "flush.false", 1);
	rig_finish(&rig);
}
END_TEST

START_TEST(global_translation_does_not_survive_a_switch_of_domain)
{
	struct rig rig;

	rig_open(&rig, "xs8");
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST | GNTMAP_application_map);
	rig_access(&rig, EVENT_read, 1, AT);
	rig_schedule(&rig, 1, 2);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.performed", 1);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

/* Touch, write the entry anew with A clear, unmap: by domain @mapper. */
static void clear_a_and_unmap(struct rig *rig, const char *policy, int mapper)
{
	struct event event;

	rig_prepare(rig, policy);
	rig->header.update = UPDATE_CMPXCHG;
	rig_start(rig);
	rig_schedule(rig, 0, mapper);
	event = rig_event(rig, EVENT_grant);
	event.domain = 1;
	event.grant.to = (domid_t)mapper;
	event.nr_ops = 1;
	rig->ops[0] = (struct op){ .ref = 8, .frame = 8 };
	rig_run(rig, &event);
	event = rig_map_event(rig, mapper, 8, 1, AT, HOST);
	rig_run(rig, &event);
	rig_access(rig, EVENT_read, 0, AT);
	event = rig_event(rig, EVENT_protect);
	event.domain = mapper;
	event.nr_ops = 1;
	event.page.flags = PAGE_WRITABLE | PAGE_USER;
	rig_run(rig, &event);
	event = rig_unmap_event(rig, mapper, 0, 1);
	rig_run(rig, &event);
}

static const struct attack {
	const char *policy;
	int mapper;
	unsigned avoided, violations;
} attacks[] = {
	{ "upstream", 2, 0, 0 },   { "xs65", 2, 1, 2 },
	{ "xs70", 2, 0, 0 },	   { "xs8", 2, 0, 0 },
	{ "xs8", 0, 1, 2 },	   { "trusted-ad", 2, 0, 0 },
	{ "trusted-ad", 0, 0, 0 }, { "per-page", 2, 0, 0 },
	{ "per-page", 0, 0, 0 },   { "per-cpu", 2, 0, 0 },
	{ "per-cpu", 0, 0, 0 },	   { "tracked", 2, 0, 0 },
	{ "tracked", 0, 0, 0 },	   { "oracle", 2, 0, 0 },
	{ "oracle", 0, 0, 0 },
};

START_TEST(clearing_a_fools_policies_that_trust_the_domain)
{
	const struct attack *attack = &attacks[_i];
	struct rig rig;

	clear_a_and_unmap(&rig, attack->policy, attack->mapper);
	ck_count(&rig, "grant.pages_touched", 1);
	ck_count(&rig, "flush.avoided", attack->avoided);
	ck_count(&rig, "oracle.violations", attack->violations);
	rig_close(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, skip_over_a_cached_translation_breaks_i6_then_i1);
	tcase_add_test(tc, use_of_a_translation_after_its_unmap_is_a_stale_use);
	tcase_add_test(
		tc, stale_use_of_an_own_page_is_told_with_the_event_at_fault);
	tcase_add_test(tc,
		       lazily_idle_cpu_is_flushed_and_after_a_switch_is_not);
	tcase_add_test(tc,
		       global_translation_does_not_survive_a_switch_of_domain);
	tcase_add_loop_test(tc, clearing_a_fools_policies_that_trust_the_domain,
			    0, ROWS(attacks));
}

int main(void)
{
	return run_suite("sim_cached", add_tests);
}

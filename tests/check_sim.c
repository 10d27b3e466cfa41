/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim.c - map, touch, unmap on the whole machine, under the policies.
 *
 * The cases are those of the history of the patch: which policy flushes,
 * which one skips, and what that leaves behind.
 */
#include <string.h>

#include "tests/rig.h"
#include "tests/suite.h"

/* ---- one mapping, each policy ---------------------------------------- */

/* What an unmap of one page does after @touch of it. */
static const struct row {
	const char *policy;
	enum event_kind touch; /* EVENT_KINDS: none */
	unsigned flags;
	unsigned performed, avoided, violations;
	uint64_t left; /* the entry afterwards */
} rows[] = {
	/* clang-format off */
	{ "upstream",   EVENT_KINDS, HOST,   1, 0, 0, 0 },
	{ "upstream",   EVENT_write, HOST,   1, 0, 0, 0 },
	{ "upstream",   EVENT_read,  BY_PTE, 1, 0, 0, 0 },
	{ "rfc2014",    EVENT_KINDS, HOST,   1, 0, 0, 0 },
	{ "rfc2014",    EVENT_read,  RO,     1, 0, 1, 0x20 },
	{ "xs65",       EVENT_KINDS, HOST,   0, 1, 0, 0 },
	/* A and D are carried over into the entry that is zapped: I5 */
	{ "xs65",       EVENT_read,  RO,     1, 0, 1, 0x20 },
	{ "xs65",       EVENT_write, HOST,   1, 0, 1, 0x60 },
	/* contains_pte is taken for not accessed: I5, I6 and I1 */
	{ "xs65",       EVENT_read,  BY_PTE, 0, 1, 3, 0x20 },
	{ "xs65",       EVENT_KINDS, BY_PTE, 0, 1, 0, 0 },
	{ "xs70",       EVENT_KINDS, HOST,   0, 1, 0, 0 },
	{ "xs70",       EVENT_read,  RO,     1, 0, 1, 0x20 },
	{ "xs70",       EVENT_read,  BY_PTE, 1, 0, 1, 0x20 },
	{ "xs70",       EVENT_KINDS, BY_PTE, 1, 0, 0, 0 },
	{ "xs-2017-10", EVENT_write, HOST,   1, 0, 0, 0 },
	{ "xs8",        EVENT_KINDS, HOST,   0, 1, 0, 0 },
	{ "xs8",        EVENT_read,  RO,     1, 0, 0, 0 },
	{ "xs8",        EVENT_write, HOST,   1, 0, 0, 0 },
	{ "xs8",        EVENT_read,  BY_PTE, 1, 0, 0, 0 },
	{ "xs8",        EVENT_KINDS, BY_PTE, 0, 1, 0, 0 },
	/* clang-format on */
};

/* The entry that a walk of @at ends at, as `inspect` says it. */
static uint64_t entry_of(struct rig *rig, uint64_t at)
{
	struct event event = rig_event(rig, EVENT_inspect);
	const struct results *results;
	const char *line = NULL;

	event.cpu = 0;
	event.inspect.kind = INSPECT_WALK;
	event.inspect.what = at;
	event.inspect.label = NO_LABEL;
	rig_run(rig, &event);
	results = sim_results(rig->sim);
	for (size_t n = results->nr_inspect; n-- && !line;)
		if (strstr(results->inspect[n], "PTE "))
			line = results->inspect[n];
	ck_assert_ptr_nonnull(line);
	return strtoull(strstr(line, " is ") + 4, NULL, 16);
}

START_TEST(each_policy_flushes_skips_and_leaves_what_its_history_says)
{
	const struct row *row = &rows[_i];
	struct rig rig;

	rig_open(&rig, row->policy);
	rig_grant(&rig, 8, 1, row->flags & GNTMAP_readonly);
	rig_map(&rig, 8, 1, AT, row->flags);
	if (row->touch != EVENT_KINDS)
		rig_access(&rig, row->touch, 0, AT);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "grant.unmap_ops", 1);
	ck_count(&rig, "grant.pages_unmapped", 1);
	ck_count(&rig, "grant.pages_touched", row->touch != EVENT_KINDS);
	ck_count(&rig, "flush.performed", row->performed);
	ck_count(&rig, "flush.avoided", row->avoided);
	ck_count(&rig, "oracle.violations", row->violations);
	ck_assert_uint_eq(entry_of(&rig, AT), row->left);
	rig_revoke(&rig, 8, 1);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", row->violations);
	rig_close(&rig);
}
END_TEST

START_TEST(version_of_august_2017_always_flushes_on_amd)
{
	static const enum mmu_vendor vendors[] = { MMU_INTEL, MMU_AMD };

	for (unsigned i = 0; i < 2; i++) {
		struct rig rig;

		rig_prepare(&rig, "xs72-amd");
		rig.header.profile.mmu.vendor = vendors[i];
		rig_start(&rig);
		rig_grant(&rig, 8, 1, false);
		rig_map(&rig, 8, 1, AT, HOST);
		rig_unmap(&rig, 0, 1);
		ck_count(&rig, "flush.performed", vendors[i] == MMU_AMD);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(first_violation_names_invariant_and_place)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs65", 1, RO);
	rig_access(&rig, EVENT_read, 0, AT);
	rig_unmap(&rig, 0, 1);
	ck_assert_str_eq(rig_first(&rig),
			 "rig:4: the entry of an unmapped page was left as "
			 "0x20, not 0 (I5)");
	rig_close(&rig);
}
END_TEST

/* ---- batches --------------------------------------------------------- */

START_TEST(of_33_unmaps_with_the_last_page_touched_one_batch_is_avoided)
{
	struct rig rig;

	rig_open_mapped(&rig, "xs8", 33, RO);
	rig_access(&rig, EVENT_read, 0, AT + 32 * PAGE);
	rig_unmap(&rig, 0, 33);
	ck_count(&rig, "flush.batches", 2);
	ck_count(&rig, "flush.avoided", 1);
	ck_count(&rig, "flush.performed", 1);
	ck_count(&rig, "flush.ipis", 1);
	ck_count(&rig, "flush.false", 0);
	ck_count(&rig, "grant.pages_unmapped", 33);
	ck_count(&rig, "grant.pages_touched", 1);
	ck_count(&rig, "grant.hypercalls", 2);
	rig_finish(&rig);
}
END_TEST

START_TEST(cycles_are_those_of_the_profile)
{
	struct rig rig;

	rig_open_mapped(&rig, "upstream", 1, HOST);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "cycles.hypercall", 2 * 500);
	ck_count(&rig, "cycles.ipi", 1000);
	ck_count(&rig, "cycles.flush", 2 * 200);
	ck_count(&rig, "cycles.walk", 0);
	ck_count(&rig, "cycles.total", 1000 + 1000 + 400);
	rig_close(&rig);
}
END_TEST

/* Four accesses, of which one walks and one faults; no cost but these. */
START_TEST(cycles_of_a_walk_are_counted_once)
{
	struct rig rig;

	rig_prepare(&rig, "upstream");
	rig.header.profile.mmu.cost.page_fault = 7;
	rig_start(&rig);
	rig_map_own(&rig, PAGE, 1);
	for (unsigned i = 0; i < 3; i++)
		rig_access(&rig, EVENT_read, 0, PAGE);
	rig_access(&rig, EVENT_read, 0, 9 * PAGE);
	ck_count(&rig, "cycles.translate", 4 * 1);
	ck_count(&rig, "cycles.walk", 2 * 30 + 7);
	ck_count(&rig, "cycles.total", 4 + 67);
	rig_close(&rig);
}
END_TEST

START_TEST(flush_with_nothing_cached_is_false_and_the_rfc_flushes_twice)
{
	struct rig rig;

	rig_open_mapped(&rig, "rfc2014", 2, HOST);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.false", 1);
	ck_count(&rig, "flush.uncounted", 0);
	rig_access(&rig, EVENT_read, 0, AT + PAGE);
	rig_unmap(&rig, 1, 1);
	ck_count(&rig, "flush.performed", 2);
	ck_count(&rig, "flush.uncounted", 1);
	ck_count(&rig, "flush.false", 2);
	rig_close(&rig);
}
END_TEST

/* ---- replace --------------------------------------------------------- */

START_TEST(replaced_page_is_reached_at_its_new_place_only)
{
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "xs8", 2, HOST);
	rig_access(&rig, EVENT_write, 0, AT + PAGE);
	event = rig_unmap_event(&rig, 0, 0, 1);
	event.kind = EVENT_unmap_and_replace;
	rig.ops[0].new_at = AT + PAGE;
	rig_run(&rig, &event);
	ck_count(&rig, "grant.replace_ops", 1);
	ck_count(&rig, "grant.pages_unmapped", 1);
	ck_count(&rig, "grant.pages_touched", 0);
	ck_count(&rig, "flush.batches", 0);
	ck_count(&rig, "flush.uncounted", 1);
	ck_assert_uint_eq(entry_of(&rig, AT + PAGE), 0);
	ck_assert_uint_ne(entry_of(&rig, AT) & 0x60, 0);

	/* The other handle can be unmapped through the new address only. */
	rig_unmap(&rig, 1, 1);
	ck_count(&rig, "grant.failed_ops", 1);
	event = rig_unmap_event(&rig, 0, 1, 1);
	rig.ops[0].at = AT;
	rig.ops[0].at_given = true;
	rig_run(&rig, &event);
	ck_count(&rig, "grant.failed_ops", 1);
	ck_count(&rig, "grant.pages_touched", 1);
	rig_revoke(&rig, 8, 2);
	rig_finish(&rig);
}
END_TEST

/* ---- independence ---------------------------------------------------- */

/* A little of everything; one step of it. */
static void churn(struct rig *rig, unsigned step)
{
	unsigned n = 1 + step * 7 % 40;

	rig_grant(rig, 8, n, false);
	rig_map(rig, 8, n, AT + step % 3 * 64 * PAGE, HOST);
	if (step % 3)
		rig_access(rig, step % 2 ? EVENT_read : EVENT_write,
			   (int)(step % 2),
			   AT + step % 3 * 64 * PAGE + step % n * PAGE);
	rig_unmap(rig, 0, n);
	rig_revoke(rig, 8, n);
}

START_TEST(two_simulators_at_once_do_not_disturb_each_other)
{
	struct rig alone, one, other;

	rig_open(&alone, "xs8");
	for (unsigned step = 0; step < 50; step++)
		churn(&alone, step);
	rig_open(&one, "xs8");
	rig_open(&other, "xs65");
	for (unsigned step = 0; step < 50; step++) {
		churn(&one, step);
		churn(&other, step + 1);
	}
	for (unsigned i = 0; i < COUNTERS; i++)
		ck_count(&one, counter_info[i].path,
			 sim_results(alone.sim)->count[i]);
	ck_count(&one, "oracle.violations", 0);
	ck_assert(rig_count(&one, "flush.avoided") > 0);
	ck_assert(rig_count(&one, "flush.performed") > 0);
	rig_close(&alone);
	rig_close(&one);
	rig_close(&other);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(
		tc, each_policy_flushes_skips_and_leaves_what_its_history_says,
		0, ROWS(rows));
	tcase_add_test(tc, version_of_august_2017_always_flushes_on_amd);
	tcase_add_test(tc, first_violation_names_invariant_and_place);
	tcase_add_test(
		tc,
		of_33_unmaps_with_the_last_page_touched_one_batch_is_avoided);
	tcase_add_test(tc, cycles_are_those_of_the_profile);
	tcase_add_test(tc, cycles_of_a_walk_are_counted_once);
	tcase_add_test(
		tc,
		flush_with_nothing_cached_is_false_and_the_rfc_flushes_twice);
	tcase_add_test(tc, replaced_page_is_reached_at_its_new_place_only);
	tcase_add_test(tc, two_simulators_at_once_do_not_disturb_each_other);
}

int main(void)
{
	return run_suite("sim", add_tests);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_evict.c - policies that nobody has shipped: what they flush,
 * where, and whether that was enough.
 *
 * Both CPUs of the fake run domain 0.  A violation is a GTF_reading or
 * GTF_writing cleared while a translation is left.
 */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define RO GNTMAP_readonly

#define CPU0 1u
#define CPU1 2u
#define BOTH 3u

static struct fake_machine *two_cpus(const char *policy)
{
	struct fake_machine *m = fake_create(policy);

	m->cpus[1].runs = &m->domains[0];
	return m;
}

/* What a flush is for, of which CPUs. */
struct want {
	bool pages;    /* single ones, not everything */
	unsigned mask; /* 0: there is none */
};

/* The only flush since fake_reset() was that one. */
static void was_flushed(const struct fake_machine *m, const char *policy,
			struct want want)
{
	enum fake_hook hook = want.pages ? FAKE_flush_pages : FAKE_flush_tlb;
	int i = fake_find(m, hook, 0);

	ck_assert_msg(m->flushes == (want.mask != 0), "%s: %u flushes", policy,
		      m->flushes);
	ck_assert_msg(!want.mask || (i >= 0 && m->log[i].arg == want.mask),
		      "%s: not %s of CPUs %#x", policy,
		      want.pages ? "pages" : "all", want.mask);
	ck_assert_msg(!m->violations, "%s: %u violations", policy,
		      m->violations);
}

/* ---- who is flushed -------------------------------------------------------
 */

/* A page is mapped and unmapped by CPU 0, by linear address or by entry, and
 * touched by some CPUs meanwhile, which walk. */
static const struct who_row {
	const char *policy;
	bool by_entry;
	unsigned touched;
	struct want want;
} who_rows[] = {
	/* clang-format off */
	{ "trusted-ad", false, 0, { false, 0 } },
	{ "trusted-ad", false, CPU0, { false, BOTH } },
	{ "trusted-ad", true, 0, { false, 0 } },
	{ "trusted-ad", true, CPU1, { false, BOTH } },
	{ "per-page", false, 0, { false, 0 } },
	{ "per-page", false, CPU0, { true, BOTH } },
	{ "per-page", true, 0, { false, 0 } },
	{ "per-page", true, CPU1, { false, BOTH } },
	{ "per-cpu", false, 0, { false, 0 } },
	{ "per-cpu", false, CPU0, { false, BOTH } },
	{ "per-cpu", true, 0, { false, 0 } },
	{ "per-cpu", true, CPU1, { false, BOTH } },
	{ "tracked", false, 0, { true, CPU0 } },
	{ "tracked", false, CPU0, { false, BOTH } },
	{ "tracked", false, CPU1, { false, BOTH } },
	{ "tracked", true, 0, { false, 0 } },
	{ "tracked", true, CPU1, { false, BOTH } },
	{ "oracle", false, 0, { false, 0 } },
	{ "oracle", false, CPU0, { false, CPU0 } },
	{ "oracle", false, BOTH, { false, BOTH } },
	{ "oracle", true, 0, { false, 0 } },
	{ "oracle", true, CPU1, { false, CPU1 } },
	/* clang-format on */
};

START_TEST(flush_reaches_who_may_hold_a_translation_and_nobody_else)
{
	const struct who_row *r = &who_rows[_i];
	struct fake_machine *m = two_cpus(r->policy);
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	if (r->by_entry)
		map_slot(m, 0, 1, 8, 5, HOST, &h);
	else
		map_page(m, 0, 1, 8, 5, HOST, &h);
	for (unsigned cpu = 0; cpu < FAKE_CPUS; cpu++)
		if (r->touched >> cpu & 1)
			fake_touch(m, cpu, 5, false);
	fake_reset(m);
	ck_assert_int_eq(r->by_entry ? unmap_slot(m, 0, h, 5)
				     : unmap_page(m, 0, h, 5),
			 GNTST_okay);
	was_flushed(m, r->policy, r->want);
	ck_assert_uint_eq(gnttab_counters(m->domains[0].gt)->batches_flushed,
			  r->want.mask != 0);
	fake_destroy(m);
}
END_TEST

/* Two pages are mapped, and unmapped in one call. */
static void two_pages(struct fake_machine *m, gnttab_unmap_grant_ref_t *ops,
		      bool second_by_entry)
{
	for (unsigned i = 0; i < 2; i++) {
		grant_access(m, 1, 8 + i, 0, 3 + i, 0);
		ops[i] = (gnttab_unmap_grant_ref_t){
			.host_addr = fake_linear(5 + i),
		};
	}
	map_page(m, 0, 1, 8, 5, HOST, &ops[0].handle);
	if (second_by_entry) {
		ops[1].host_addr = fake_slot(m, 0, 6);
		map_slot(m, 0, 1, 9, 6, HOST, &ops[1].handle);
	} else {
		map_page(m, 0, 1, 9, 6, HOST, &ops[1].handle);
	}
}

static const struct mixed_row {
	const char *policy;
	bool second_by_entry, aliased;
	struct want want;
} mixed_rows[] = {
	{ "per-page", false, false, { true, BOTH } },
	{ "per-page", true, false, { false, BOTH } },
	{ "per-page", false, true, { false, BOTH } },
	{ "oracle", true, true, { false, CPU1 } },
};

START_TEST(pages_are_dropped_alone_if_each_has_one_known_address)
{
	const struct mixed_row *r = &mixed_rows[_i];
	struct fake_machine *m = two_cpus(r->policy);
	gnttab_unmap_grant_ref_t ops[2];

	two_pages(m, ops, r->second_by_entry);
	fake_touch(m, 1, 5, false);
	fake_touch(m, 1, 6, false);
	m->aliased = r->aliased;
	fake_reset(m);
	call(m, 0, GNTTABOP_unmap_grant_ref, ops, 2, sizeof(*ops));
	was_flushed(m, r->policy, r->want);
	fake_destroy(m);
}
END_TEST

/* ---- CPUs that were idle --------------------------------------------------
 */

enum idle { IDLE_BEFORE, IDLE_BEFORE_OVER, IDLE_AFTER, IDLE_AND_BACK };

static const struct want idle_rows[] = {
	[IDLE_BEFORE] = { false, CPU0 },
	[IDLE_BEFORE_OVER] = { false, BOTH }, /* a present entry */
	[IDLE_AFTER] = { false, BOTH },
	[IDLE_AND_BACK] = { false, BOTH },
};

START_TEST(cpu_that_was_idle_all_the_time_is_spared)
{
	struct fake_machine *m = two_cpus("per-cpu");
	grant_handle_t h;

	if (_i == IDLE_BEFORE_OVER) {
		fake_guest_map(m, 0, 5, 7, true);
		fake_touch(m, 1, 5, false);
	}
	if (_i != IDLE_AFTER)
		fake_idle(m, 1);
	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &h);
	m->cpus[1].idle &= _i != IDLE_AND_BACK;
	fake_touch(m, 0, 5, false);
	if (_i == IDLE_AFTER)
		fake_idle(m, 1);
	fake_reset(m);
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
	was_flushed(m, "per-cpu", idle_rows[_i]);
	fake_destroy(m);
}
END_TEST

static void go_idle(struct fake_machine *m, void *arg)
{
	(void)arg;
	fake_touch(m, 1, 5, false);
	fake_idle(m, 1);
}

START_TEST(cpu_that_goes_idle_during_the_map_is_not_spared)
{
	struct fake_machine *m = two_cpus("per-cpu");
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	m->at[FAKE_l1_unlock] = go_idle;
	map_page(m, 0, 1, 8, 5, HOST, &h);
	fake_reset(m);
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
	was_flushed(m, "per-cpu", (struct want){ false, BOTH });
	fake_destroy(m);
}
END_TEST

/* ---- CPUs that were made to hold the translation --------------------------
 */

static const struct tracked_row {
	unsigned maps, unmaps;
	bool aliased, gone, over;
	struct want want;
} tracked_rows[] = {
	/* clang-format off */
	{ 0, 0, false, false, false, { true, CPU0 } },
	{ 0, 1, false, false, false, { true, CPU0 } },
	{ 1, 0, false, false, false, { true, CPU1 } },
	{ 1, 0, true, false, false, { false, CPU1 } },
	{ 1, 0, false, true, false, { false, 0 } },
	{ 1, 0, false, false, true, { false, BOTH } },
	/* clang-format on */
};

START_TEST(untouched_page_is_dropped_where_it_was_loaded)
{
	const struct tracked_row *r = &tracked_rows[_i];
	struct fake_machine *m = two_cpus("tracked");
	grant_handle_t h;

	if (r->over)
		fake_guest_map(m, 0, 5, 7, true);
	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, r->maps, 1, 8, 5, HOST, &h);
	ck_assert_uint_eq(*fake_pte(m, 0, 5) & FAKE_PTE_A, 0);
	ck_assert_int_eq(fake_cached(m, fake_mfn(m, 1, 3), false), !r->over);
	m->aliased = r->aliased;
	if (r->gone) {
		m->cpus[r->maps].runs = &m->domains[2];
		m->cpus[r->maps].nr_cached = 0;
	}
	fake_reset(m);
	ck_assert_int_eq(unmap_page(m, r->unmaps, h, 5), GNTST_okay);
	was_flushed(m, "tracked", r->want);
	fake_destroy(m);
}
END_TEST

/* ---- what is not there ----------------------------------------------------
 */

START_TEST(operation_that_zaps_nothing_needs_no_flush)
{
	const char *const policies[] = { "trusted-ad", "per-page", "per-cpu",
					 "tracked", "oracle" };
	struct fake_machine *m = two_cpus(policies[_i]);

	ck_assert_int_eq(unmap_page(m, 0, 77, 5), GNTST_bad_handle);
	ck_assert_uint_eq(m->flushes, 0);
	fake_destroy(m);
}
END_TEST

START_TEST(oracle_knows_a_translation_of_what_the_entry_led_to_before)
{
	struct fake_machine *m = two_cpus("oracle");
	grant_handle_t h;

	/* Own memory, cached, and a grant mapped over it. */
	fake_guest_map(m, 0, 5, 7, true);
	fake_touch(m, 1, 5, false);
	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &h);
	fake_reset(m);
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
	ck_assert_uint_eq(m->flushes, 0);
	fake_destroy(m);
}
END_TEST

/* ---- A that stays ---------------------------------------------------------
 */

static void walk(struct fake_machine *m, void *arg)
{
	(void)arg;
	fake_touch(m, 1, 5, false);
}

/* The same grant is mapped a second time at one entry; it was touched before
 * that, or while the entry was being changed.  The first handle is without
 * an entry then. */
START_TEST(map_over_a_touched_entry_keeps_its_a)
{
	struct fake_machine *m = two_cpus("trusted-ad");
	grant_handle_t first, second;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &first);
	if (_i == 0)
		fake_touch(m, 1, 5, false);
	else
		m->at[FAKE_pte_cmpxchg] = walk;
	map_page(m, 0, 1, 8, 5, HOST, &second);
	ck_assert_uint_eq(*fake_pte(m, 0, 5) & FAKE_PTE_A, FAKE_PTE_A);
	fake_reset(m);
	ck_assert_int_eq(unmap_page(m, 0, second, 5), GNTST_okay);
	was_flushed(m, "trusted-ad", (struct want){ false, BOTH });
	fake_destroy(m);
}
END_TEST

START_TEST(map_over_an_absent_or_untouched_entry_has_a_clear)
{
	struct fake_machine *m = two_cpus("trusted-ad");
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	*fake_pte(m, 0, 5) = FAKE_PTE_A; /* absent: a swap entry, maybe */
	map_page(m, 0, 1, 8, 5, HOST, &h);
	ck_assert_uint_eq(*fake_pte(m, 0, 5) & FAKE_PTE_A, 0);
	map_page(m, 0, 1, 8, 5, HOST, &h);
	ck_assert_uint_eq(*fake_pte(m, 0, 5) & FAKE_PTE_A, 0);
	fake_destroy(m);
}
END_TEST

START_TEST(plain_store_may_lose_a_and_counts_as_accessed)
{
	struct fake_machine *m = two_cpus("trusted-ad");
	grant_handle_t h;

	m->rules.update = GNTTAB_UPDATE_PLAIN;
	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &h);
	m->at[FAKE_pte_write] = walk;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
	was_flushed(m, "trusted-ad", (struct want){ false, BOTH });
	ck_assert_uint_eq(m->violations, 0);
	fake_destroy(m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(
		tc, flush_reaches_who_may_hold_a_translation_and_nobody_else, 0,
		ROWS(who_rows));
	tcase_add_loop_test(
		tc, pages_are_dropped_alone_if_each_has_one_known_address, 0,
		ROWS(mixed_rows));
	tcase_add_loop_test(tc, cpu_that_was_idle_all_the_time_is_spared, 0,
			    ROWS(idle_rows));
	tcase_add_test(tc, cpu_that_goes_idle_during_the_map_is_not_spared);
	tcase_add_loop_test(tc, untouched_page_is_dropped_where_it_was_loaded,
			    0, ROWS(tracked_rows));
	tcase_add_loop_test(tc, operation_that_zaps_nothing_needs_no_flush, 0,
			    5);
	tcase_add_test(
		tc, oracle_knows_a_translation_of_what_the_entry_led_to_before);
	tcase_add_loop_test(tc, map_over_a_touched_entry_keeps_its_a, 0, 2);
	tcase_add_test(tc, map_over_an_absent_or_untouched_entry_has_a_clear);
	tcase_add_test(tc, plain_store_may_lose_a_and_counts_as_accessed);
}

int main(void)
{
	return run_suite("gnttab evict", add);
}

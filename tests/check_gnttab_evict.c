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

#define ROWS(table) (int)(sizeof(table) / sizeof(*(table)))
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

/* The CPUs that the only flush since fake_reset() was for; 0: none. */
static uint64_t flushed(const struct fake_machine *m)
{
	int i = fake_find(m, FAKE_flush_tlb, 0);

	ck_assert_uint_le(m->flushes, 1);
	return i < 0 ? 0 : m->log[i].arg;
}

/* ---- who is flushed -------------------------------------------------------
 */

/* A page is mapped and unmapped by CPU 0, by linear address or by entry, and
 * touched by some CPUs meanwhile. */
static const struct who_row {
	const char *policy;
	bool by_entry;
	unsigned touched, flushed;
} who_rows[] = {
	{ "trusted-ad", false, 0, 0 },	     { "trusted-ad", true, 0, 0 },
	{ "trusted-ad", false, CPU0, BOTH }, { "trusted-ad", true, CPU1, BOTH },
	{ "oracle", false, 0, 0 },	     { "oracle", true, 0, 0 },
	{ "oracle", false, CPU0, CPU0 },     { "oracle", true, CPU1, CPU1 },
	{ "oracle", false, BOTH, BOTH },
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
	ck_assert_msg(flushed(m) == r->flushed, "%s, touched %#x: flushed %#lx",
		      r->policy, r->touched, flushed(m));
	ck_assert_uint_eq(m->violations, 0);
	ck_assert_uint_eq(gnttab_counters(m->domains[0].gt)->batches_flushed,
			  r->flushed != 0);
	fake_destroy(m);
}
END_TEST

START_TEST(operation_that_zaps_nothing_needs_no_flush)
{
	const char *const policies[] = { "trusted-ad", "oracle" };
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
	ck_assert_uint_eq(flushed(m), BOTH);
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
	ck_assert_uint_eq(flushed(m), BOTH);
	ck_assert_uint_eq(m->violations, 0);
	fake_destroy(m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(
		tc, flush_reaches_who_may_hold_a_translation_and_nobody_else, 0,
		ROWS(who_rows));
	tcase_add_loop_test(tc, operation_that_zaps_nothing_needs_no_flush, 0,
			    2);
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

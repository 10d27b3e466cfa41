/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_transfer_races.c - GNTTABOP_transfer, when others do something
 * or something fails in the middle of it.
 */
#include "tests/check_gnttab_transfer.h"

static struct fake_machine *m;

static void setup(void)
{
	m = prepared("xs8", 1);
}

static void teardown(void)
{
	fake_destroy(m);
}

/* The guest withdraws its offer to this giver. */
static void withdraw(struct fake_machine *f, void *arg)
{
	(void)arg;
	*fake_shared(f, 1, REF) |= 2u << 16;
}

START_TEST(an_offer_withdrawn_before_the_exchange_does_not_count)
{
	m->at[FAKE_shared_cmpxchg] = withdraw;
	ck_assert_int_eq(transfer(m, GIVEN, 1, REF), GNTST_general_error);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 1);
	ck_assert_uint_eq(m->freed, 1);
}
END_TEST

static struct fake_machine *fail_again_at(struct fake_machine *f)
{
	for (unsigned i = 0; i < f->nr_log; i++)
		if (f->log[i].hook == FAKE_shared_cmpxchg)
			f->fail_at = i;
	return f;
}

START_TEST(a_lost_exchange_is_tried_again)
{
	unsigned n;

	transfer(m, GIVEN, 1, REF);
	fail_again_at(m);
	n = m->fail_at;
	fake_destroy(m);
	m = prepared("xs8", 1);
	m->fail_at = n;
	ck_assert_int_eq(transfer(m, GIVEN, 1, REF), GNTST_okay);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 2);
}
END_TEST

/* Every frame of a guest is either owned and found by one number at most, or
 * given back. */
static void nothing_lost(unsigned n)
{
	unsigned owned[FAKE_DOMAINS] = { 0 }, gone = 0;

	for (unsigned i = 0; i < FAKE_DOMAINS * FAKE_GUEST_FRAMES; i++) {
		const struct domain *owner = m->frames[i].owner;

		ck_assert_msg(!m->frames[i].refs, "call %u failing", n);
		gone += !owner;
		if (owner)
			owned[owner->id]++;
	}
	for (unsigned d = 0; d < FAKE_DOMAINS; d++)
		ck_assert_msg(owned[d] == m->domains[d].owned,
			      "call %u failing", n);
	/* The hole's was given up before. */
	ck_assert_msg(gone == m->freed + 1, "call %u failing", n);
	ck_assert_uint_eq(m->locks, 0);
}

START_TEST(any_call_below_may_fail_and_no_page_is_left_behind)
{
	bool reached = true;

	for (unsigned n = 0; reached; n++) {
		gnttab_transfer_t op = { .mfn = GIVEN, .domid = 1, .ref = REF };
		uint32_t word;

		fake_destroy(m);
		m = prepared("xs8", 1 + _i);
		m->fail_at = n;
		call(m, 0, GNTTABOP_transfer, &op, 1, sizeof(op));
		reached = m->crossings > n;
		nothing_lost(n);
		word = *fake_shared(m, 1, REF);
		ck_assert_msg(word == GTF_accept_transfer || word == DONE,
			      "call %u failing: flags %#x", n, word);
	}
}
END_TEST

/* The taker switches its table's version, when its entry is committed. */
static void switch_version(struct fake_machine *f, void *arg)
{
	(void)arg;
	ck_assert_int_eq(gnttab_set_version(&f->cpus[1], f->domains[1].gt, 2),
			 0);
}

START_TEST(a_version_switch_in_between_leaves_the_page_to_its_owner)
{
	uint64_t mfn = fake_mfn(m, 0, GIVEN).n;
	unsigned done = 0;

	transfer(m, GIVEN, 1, REF);
	for (unsigned n = 0; n < m->nr_log; n++) {
		struct fake_machine *plain = m;

		m = prepared("xs8", 1);
		accept(m, 300, 0, HOLE); /* version 2 has but 256 */
		m->call_at = n;
		m->call = switch_version;
		done += transfer(m, GIVEN, 1, 300) == GNTST_okay;
		ck_assert(m->frames[mfn].owner == &m->domains[1] ||
			  m->freed == 1);
		nothing_lost(n);
		fake_destroy(m);
		m = plain;
	}
	ck_assert_uint_gt(done, 2);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc,
		       an_offer_withdrawn_before_the_exchange_does_not_count);
	tcase_add_test(tc, a_lost_exchange_is_tried_again);
	tcase_add_loop_test(
		tc, any_call_below_may_fail_and_no_page_is_left_behind, 0, 2);
	tcase_add_test(
		tc, a_version_switch_in_between_leaves_the_page_to_its_owner);
}

int main(void)
{
	return run_suite("gnttab transfer races", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_page.c - frames of memory change hands.
 */
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

static struct rig rig;

static void setup(void)
{
	rig_open(&rig, "upstream");
}

static void teardown(void)
{
	rig_close(&rig);
}

static struct domain *domain(unsigned i)
{
	return &rig.sim->domain[i];
}

static int change(enum event_kind kind, int id, uint64_t frame, unsigned n)
{
	struct event event = rig_event(&rig, kind);

	event.domain = id;
	event.nr_ops = n;
	for (unsigned i = 0; i < n; i++)
		rig.ops[i] = (struct op){ .frame = frame + i };
	return rig_try(&rig, &event);
}

static struct domain *owner_of(mfn_t mfn)
{
	return domain_of_frame(rig.sim, mfn);
}

START_TEST(what_is_given_up_leads_nowhere_and_is_nobodys)
{
	mfn_t mfn = p2m_get(&domain(1)->p2m, 5).mfn;

	ck_assert_int_eq(change(EVENT_free, 1, 5, 1), 0);
	ck_assert_int_eq(p2m_get(&domain(1)->p2m, 5).type, P2M_NONE);
	ck_assert_ptr_null(owner_of(mfn));
	ck_assert_uint_eq(domain(1)->owned, domain(1)->frames - 1);
	ck_assert_int_lt(change(EVENT_free, 1, 5, 1), 0);
}
END_TEST

START_TEST(the_last_frame_given_up_is_the_next_to_be_given)
{
	mfn_t last = p2m_get(&domain(1)->p2m, 6).mfn;
	mfn_t first = p2m_get(&domain(1)->p2m, 5).mfn;

	change(EVENT_free, 2, 9, 2);
	change(EVENT_free, 1, 5, 2);
	ck_assert_int_eq(change(EVENT_alloc, 2, 9, 2), 0);
	ck_assert_uint_eq(p2m_get(&domain(2)->p2m, 9).mfn.n, last.n);
	ck_assert_uint_eq(p2m_get(&domain(2)->p2m, 10).mfn.n, first.n);
	ck_assert_ptr_eq(owner_of(last), domain(2));
	ck_assert_uint_eq(domain(2)->owned, domain(2)->frames);
}
END_TEST

START_TEST(a_frame_that_is_mapped_is_free_when_it_is_no_longer)
{
	mfn_t mfn = p2m_get(&domain(1)->p2m, 8).mfn;

	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST);
	ck_assert_int_eq(change(EVENT_free, 1, 8, 1), 0);
	ck_assert_ptr_eq(owner_of(mfn), domain(1));
	ck_assert_int_lt(change(EVENT_alloc, 1, 8, 1), 0);
	rig_unmap(&rig, 0, 1);
	ck_assert_ptr_null(owner_of(mfn));
	ck_assert_int_eq(change(EVENT_alloc, 1, 8, 1), 0);
	ck_assert_uint_eq(p2m_get(&domain(1)->p2m, 8).mfn.n, mfn.n);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 0);
}
END_TEST

START_TEST(a_number_gets_another_frame_while_the_old_one_is_mapped)
{
	mfn_t old = p2m_get(&domain(1)->p2m, 8).mfn;

	change(EVENT_free, 2, 0, 1);
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST);
	rig_access(&rig, EVENT_read, 0, AT);
	change(EVENT_free, 1, 8, 1);
	/* As long as it is mapped the old one still counts. */
	ck_assert_int_lt(change(EVENT_alloc, 1, 8, 1), 0);
	change(EVENT_free, 1, 9, 1);
	ck_assert_int_eq(change(EVENT_alloc, 1, 8, 1), 0);
	ck_assert_uint_ne(p2m_get(&domain(1)->p2m, 8).mfn.n, old.n);
	rig_unmap(&rig, 0, 1);
	ck_assert_ptr_null(owner_of(old));
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 0);
}
END_TEST

START_TEST(memory_is_handed_out_empty)
{
	mfn_t mfn = p2m_get(&domain(1)->p2m, 5).mfn;
	char *bytes = machine_frame_pointer(&rig.sim->cpu[0], mfn);

	bytes[17] = 1;
	change(EVENT_free, 1, 5, 1);
	change(EVENT_alloc, 1, 5, 1);
	ck_assert_int_eq(bytes[17], 0);
}
END_TEST

START_TEST(nothing_is_handed_out_when_nothing_is_free)
{
	mfn_t mfn;

	ck_assert_int_eq(page_steal(domain(1), 5, &mfn), GNTST_okay);
	ck_assert_int_lt(change(EVENT_alloc, 1, 5, 1), 0);
	ck_assert(page_assign(domain(1), mfn));
	ck_assert(!page_assign(domain(2), mfn));
}
END_TEST

START_TEST(a_number_in_use_gets_no_other_memory)
{
	change(EVENT_free, 2, 0, 1);
	ck_assert_int_lt(change(EVENT_alloc, 1, 5, 1), 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_given_up_leads_nowhere_and_is_nobodys);
	tcase_add_test(tc, the_last_frame_given_up_is_the_next_to_be_given);
	tcase_add_test(tc, a_frame_that_is_mapped_is_free_when_it_is_no_longer);
	tcase_add_test(tc,
		       a_number_gets_another_frame_while_the_old_one_is_mapped);
	tcase_add_test(tc, memory_is_handed_out_empty);
	tcase_add_test(tc, nothing_is_handed_out_when_nothing_is_free);
	tcase_add_test(tc, a_number_in_use_gets_no_other_memory);
}

int main(void)
{
	return run_suite("pages", add);
}

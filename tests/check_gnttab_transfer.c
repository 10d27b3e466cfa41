/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_transfer.c - GNTTABOP_transfer. */
#include <errno.h>

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

START_TEST(the_page_changes_hands)
{
	uint64_t mfn;

	for (unsigned version = 1; version <= 2; version++) {
		fake_destroy(m);
		m = prepared("xs8", version);
		mfn = fake_mfn(m, 0, GIVEN).n;
		ck_assert_int_eq(transfer(m, GIVEN, 1, REF), GNTST_okay);
		ck_assert_uint_eq(fake_mfn(m, 0, GIVEN).n, FAKE_NOWHERE);
		ck_assert_uint_eq(fake_mfn(m, 1, HOLE).n, mfn);
		ck_assert_ptr_eq(m->frames[mfn].owner, &m->domains[1]);
		ck_assert_uint_eq(fake_shared(m, 1, REF)[0], DONE);
		ck_assert_uint_eq(m->frames[mfn].refs, 0);
		ck_assert_uint_eq(m->freed, 0);
	}
}
END_TEST

START_TEST(a_number_of_more_than_32_bits_is_no_other_frames)
{
	fake_destroy(m);
	m = prepared("xs8", 2);
	fake_shared(m, 1, REF)[3] = 1;
	ck_assert_int_eq(transfer(m, GIVEN, 1, REF), GNTST_okay);
	ck_assert_uint_eq(fake_mfn(m, 1, HOLE).n, FAKE_NOWHERE);
}
END_TEST

START_TEST(its_new_owner_may_grant_it_on)
{
	uint64_t mfn = fake_mfn(m, 0, GIVEN).n;
	grant_handle_t h;

	transfer(m, GIVEN, 1, REF);
	grant_access(m, 1, 9, 0, HOLE, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 9, 5, GNTMAP_host_map, &h),
			 GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5) & FAKE_PTE_FRAME, mfn << 12);
	grant_access(m, 0, 9, 0, GIVEN, 0);
	ck_assert_int_eq(map_page(m, 0, 0, 9, 6, GNTMAP_host_map, &h),
			 GNTST_bad_page);
}
END_TEST

/* What is wrong, before domain 0 gives away its frame. */
static void nothing(void)
{
}

static void giver_maps_it(void)
{
	fake_guest_map(m, 0, 3, GIVEN, false);
}

static void other_maps_it(void)
{
	grant_handle_t h;

	grant_access(m, 0, 2, 1, GIVEN, 0);
	ck_assert_int_eq(map_page(m, 1, 0, 2, 5, GNTMAP_host_map, &h),
			 GNTST_okay);
}

static void entry_grants_access(void)
{
	grant_access(m, 1, REF, 0, HOLE, 0);
}

static void entry_is_for_another(void)
{
	accept(m, REF, 2, HOLE);
}

static void entry_has_more_flags(void)
{
	fake_shared(m, 1, REF)[0] |= GTF_PWT;
}

static void entry_was_used(void)
{
	make_hole(m, 1, HOLE + 1);
	ck_assert_int_eq(transfer(m, GIVEN + 1, 1, REF), GNTST_okay);
}

static void taker_is_full(void)
{
	make_hole(m, 0, GIVEN + 1);
	accept(m, REF + 1, 0, HOLE);
	ck_assert_int_eq(transfer(m, GIVEN + 2, 1, REF + 1), GNTST_okay);
}

static const struct refusal {
	const char *name;
	void (*wrong)(void);
	uint64_t gfn;
	domid_t taker;
	grant_ref_t ref;
	int16_t status;
	bool lost; /* the giver's page is gone */
} refusals[] = {
	{ "no such frame", nothing, FAKE_GUEST_FRAMES, 1, REF, GNTST_bad_page,
	  false },
	{ "page table", nothing, FAKE_DATA_FRAMES, 1, REF, GNTST_bad_page,
	  false },
	{ "mapped by its owner", giver_maps_it, GIVEN, 1, REF, GNTST_bad_page,
	  false },
	{ "granted and mapped", other_maps_it, GIVEN, 1, REF, GNTST_bad_page,
	  false },
	{ "no such domain", nothing, GIVEN, FAKE_DOMAINS, REF, GNTST_bad_domain,
	  true },
	{ "self", nothing, GIVEN, DOMID_SELF, REF, GNTST_bad_domain, true },
	{ "no such reference", nothing, GIVEN, 1, 512, GNTST_general_error,
	  true },
	{ "entry of a grant", entry_grants_access, GIVEN, 1, REF,
	  GNTST_general_error, true },
	{ "entry not in use", nothing, GIVEN, 1, REF + 1, GNTST_general_error,
	  true },
	{ "accepts from another", entry_is_for_another, GIVEN, 1, REF,
	  GNTST_general_error, true },
	{ "another flag", entry_has_more_flags, GIVEN, 1, REF,
	  GNTST_general_error, true },
	{ "entry used up", entry_was_used, GIVEN, 1, REF, GNTST_general_error,
	  true },
	{ "taker has all it may", taker_is_full, GIVEN, 1, REF,
	  GNTST_general_error, true },
};

START_TEST(refusals_and_what_becomes_of_the_page)
{
	const struct refusal *r = &refusals[_i];
	unsigned freed;
	uint32_t word;

	r->wrong();
	freed = m->freed;
	word = *fake_shared(m, 1, REF);
	ck_assert_msg(transfer(m, r->gfn, r->taker, r->ref) == r->status, "%s",
		      r->name);
	ck_assert_msg((fake_mfn(m, 0, GIVEN).n == FAKE_NOWHERE) == r->lost,
		      "%s", r->name);
	ck_assert_msg(m->freed - freed == r->lost, "%s", r->name);
	ck_assert_msg(*fake_shared(m, 1, REF) == word, "%s", r->name);
}
END_TEST

START_TEST(a_transferred_page_cannot_be_given_again)
{
	transfer(m, GIVEN, 1, REF);
	make_hole(m, 1, HOLE + 1);
	accept(m, REF + 1, 0, HOLE + 1);
	ck_assert_int_eq(transfer(m, GIVEN, 1, REF + 1), GNTST_bad_page);
	ck_assert_uint_eq(fake_shared(m, 1, REF + 1)[0], GTF_accept_transfer);
}
END_TEST

START_TEST(the_giver_is_flushed_under_every_policy_before_anybody_takes)
{
	static const enum fake_hook order[] = {
		FAKE_frame_steal,    FAKE_flush_tlb,   FAKE_frame_assign,
		FAKE_shared_cmpxchg, FAKE_frame_place, FAKE_shared_set,
	};
	const struct gnttab_policy *policy;

	for (size_t p = 0; (policy = gnttab_policy_at(p)); p++) {
		const struct gnttab_counters *c;
		int last = -1;

		fake_destroy(m);
		m = prepared(policy->name, 1);
		ck_assert_int_eq(transfer(m, GIVEN, 1, REF), GNTST_okay);
		ck_assert_uint_eq(m->flushes, 1);
		for (unsigned i = 0; i < 6; i++) {
			int at = fake_find(m, order[i], 0);

			ck_assert_msg(at > last, "%s: step %u", policy->name,
				      i);
			last = at;
		}
		c = gnttab_counters(m->domains[0].gt);
		ck_assert_uint_eq(c->batches + c->flush_done, 0);
	}
}
END_TEST

START_TEST(an_array_of_transfers_may_be_preempted_or_fault)
{
	gnttab_transfer_t ops[3];
	unsigned preempted = 0;

	for (unsigned i = 0; i < 3; i++) {
		make_hole(m, 1, HOLE + 1 + i);
		accept(m, REF + i, 0, HOLE + i);
		ops[i] = (gnttab_transfer_t){ GIVEN + i, 1, REF + i, 1 };
	}
	call_write(m, 0, ops, 3, sizeof(*ops));
	m->preempt = true;
	ck_assert_int_eq(call_run(m, 0, GNTTABOP_transfer, 2, &preempted), 0);
	ck_assert_uint_eq(preempted, 1);
	call_read(m, 0, ops, 3, sizeof(*ops));
	ck_assert_int_eq(ops[1].status, GNTST_okay);
	m->fault_in = 1; /* the status of the last cannot be written */
	ck_assert_int_eq(
		call(m, 0, GNTTABOP_transfer, &ops[2], 1, sizeof(*ops)),
		-EFAULT);
	ck_assert_uint_eq(fake_shared(m, 1, REF + 2)[0], DONE);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_page_changes_hands);
	tcase_add_test(tc, a_number_of_more_than_32_bits_is_no_other_frames);
	tcase_add_test(tc, its_new_owner_may_grant_it_on);
	tcase_add_loop_test(tc, refusals_and_what_becomes_of_the_page, 0,
			    ROWS(refusals));
	tcase_add_test(tc, a_transferred_page_cannot_be_given_again);
	tcase_add_test(
		tc,
		the_giver_is_flushed_under_every_policy_before_anybody_takes);
	tcase_add_test(tc, an_array_of_transfers_may_be_preempted_or_fault);
}

int main(void)
{
	return run_suite("gnttab transfer", add);
}

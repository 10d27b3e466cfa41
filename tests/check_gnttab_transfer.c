/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_transfer.c - GNTTABOP_transfer.
 *
 * Domain 0 gives its frame 4 to domain 1, whose frame 7 is a hole and whose
 * reference 8 accepts it.
 */
#include <errno.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define GIVEN 4
#define HOLE 7
#define REF 8
#define DONE                                                                   \
	(GTF_accept_transfer | GTF_transfer_committed | GTF_transfer_completed)

static struct fake_machine *m;

/* @id gives up @gfn, as ballooning does. */
static void make_hole(struct fake_machine *f, domid_t id, uint64_t gfn)
{
	f->frames[fake_mfn(f, id, gfn).n].owner = NULL;
	f->domains[id].frame_at[gfn] = FAKE_NOWHERE;
	f->domains[id].owned--;
}

static void accept(struct fake_machine *f, grant_ref_t ref, domid_t giver,
		   uint64_t gfn)
{
	uint32_t *word = fake_shared(f, 1, ref);

	word[gnttab_version(f->domains[1].gt)] = gfn;
	word[0] = (uint32_t)giver << 16 | GTF_accept_transfer;
}

static struct fake_machine *prepared(const char *policy, unsigned version)
{
	struct fake_machine *f = fake_create(policy);

	ck_assert_int_eq(set_version(f, 1, version), 0);
	make_hole(f, 1, HOLE);
	accept(f, REF, 0, HOLE);
	fake_reset(f);
	return f;
}

static void setup(void)
{
	m = prepared("xs8", 1);
}

static void teardown(void)
{
	fake_destroy(m);
}

static int16_t transfer(uint64_t gfn, domid_t taker, grant_ref_t ref)
{
	gnttab_transfer_t op = {
		.mfn = gfn, .domid = taker, .ref = ref, .status = 1
	};

	ck_assert_int_eq(call(m, 0, GNTTABOP_transfer, &op, 1, sizeof(op)), 0);
	return op.status;
}

START_TEST(the_page_changes_hands)
{
	uint64_t mfn;

	for (unsigned version = 1; version <= 2; version++) {
		fake_destroy(m);
		m = prepared("xs8", version);
		mfn = fake_mfn(m, 0, GIVEN).n;
		ck_assert_int_eq(transfer(GIVEN, 1, REF), GNTST_okay);
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
	ck_assert_int_eq(transfer(GIVEN, 1, REF), GNTST_okay);
	ck_assert_uint_eq(fake_mfn(m, 1, HOLE).n, FAKE_NOWHERE);
}
END_TEST

START_TEST(its_new_owner_may_grant_it_on)
{
	uint64_t mfn = fake_mfn(m, 0, GIVEN).n;
	grant_handle_t h;

	transfer(GIVEN, 1, REF);
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
	ck_assert_int_eq(transfer(GIVEN + 1, 1, REF), GNTST_okay);
}

static void taker_is_full(void)
{
	make_hole(m, 0, GIVEN + 1);
	accept(m, REF + 1, 0, HOLE);
	ck_assert_int_eq(transfer(GIVEN + 2, 1, REF + 1), GNTST_okay);
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
	ck_assert_msg(transfer(r->gfn, r->taker, r->ref) == r->status, "%s",
		      r->name);
	ck_assert_msg((fake_mfn(m, 0, GIVEN).n == FAKE_NOWHERE) == r->lost,
		      "%s", r->name);
	ck_assert_msg(m->freed - freed == r->lost, "%s", r->name);
	ck_assert_msg(*fake_shared(m, 1, REF) == word, "%s", r->name);
}
END_TEST

START_TEST(a_transferred_page_cannot_be_given_again)
{
	transfer(GIVEN, 1, REF);
	make_hole(m, 1, HOLE + 1);
	accept(m, REF + 1, 0, HOLE + 1);
	ck_assert_int_eq(transfer(GIVEN, 1, REF + 1), GNTST_bad_page);
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
		ck_assert_int_eq(transfer(GIVEN, 1, REF), GNTST_okay);
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

/* The guest withdraws its offer to this giver. */
static void withdraw(struct fake_machine *f, void *arg)
{
	(void)arg;
	*fake_shared(f, 1, REF) |= 2u << 16;
}

START_TEST(an_offer_withdrawn_before_the_exchange_does_not_count)
{
	m->at[FAKE_shared_cmpxchg] = withdraw;
	ck_assert_int_eq(transfer(GIVEN, 1, REF), GNTST_general_error);
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

	transfer(GIVEN, 1, REF);
	fail_again_at(m);
	n = m->fail_at;
	fake_destroy(m);
	m = prepared("xs8", 1);
	m->fail_at = n;
	ck_assert_int_eq(transfer(GIVEN, 1, REF), GNTST_okay);
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

	transfer(GIVEN, 1, REF);
	for (unsigned n = 0; n < m->nr_log; n++) {
		struct fake_machine *plain = m;

		m = prepared("xs8", 1);
		accept(m, 300, 0, HOLE); /* version 2 has but 256 */
		m->call_at = n;
		m->call = switch_version;
		done += transfer(GIVEN, 1, 300) == GNTST_okay;
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
	tcase_add_test(tc, the_page_changes_hands);
	tcase_add_test(tc, a_number_of_more_than_32_bits_is_no_other_frames);
	tcase_add_test(tc, its_new_owner_may_grant_it_on);
	tcase_add_loop_test(tc, refusals_and_what_becomes_of_the_page, 0,
			    ROWS(refusals));
	tcase_add_test(tc, a_transferred_page_cannot_be_given_again);
	tcase_add_test(
		tc,
		the_giver_is_flushed_under_every_policy_before_anybody_takes);
	tcase_add_test(tc,
		       an_offer_withdrawn_before_the_exchange_does_not_count);
	tcase_add_test(tc, a_lost_exchange_is_tried_again);
	tcase_add_loop_test(
		tc, any_call_below_may_fail_and_no_page_is_left_behind, 0, 2);
	tcase_add_test(tc, an_array_of_transfers_may_be_preempted_or_fault);
	tcase_add_test(
		tc, a_version_switch_in_between_leaves_the_page_to_its_owner);
}

int main(void)
{
	return run_suite("gnttab transfer", add);
}

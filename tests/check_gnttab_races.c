/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_races.c - another CPU, or the guest, between any two steps.
 *
 * CPU 0 makes a hypercall; at its n-th crossing of the seam, for every n, CPU
 * 1 makes a whole one of its own, or somebody stores to what guests can
 * write.  Both CPUs run domain 0.  A hypercall waits while CPU 0 has a lock.
 */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define RO GNTMAP_readonly
#define RW_BITS (GTF_reading | GTF_writing)

struct race {
	struct fake_machine *m;
	grant_handle_t h[2];
	int16_t status[2];
};

static struct race race_start(const char *policy)
{
	struct race r = { .m = fake_create(policy), .status = { 1, 1 } };

	r.m->cpus[1].runs = &r.m->domains[0];
	grant_access(r.m, 1, 8, 0, 3, 0);
	return r;
}

/* CPU 1's part comes at crossing @n. */
static void race_at(struct race *r, unsigned n, fake_fn *part, bool lock_free)
{
	fake_reset(r->m);
	r->m->call_at = n;
	r->m->call = part;
	r->m->lock_free = lock_free;
	r->m->arg = r;
}

/* False once CPU 0 was done before CPU 1's turn came. */
static bool race_end(struct race *r)
{
	bool raced = !r->m->call;

	ck_assert_uint_eq(r->m->violations, 0);
	fake_destroy(r->m);
	return raced;
}

static uint32_t pin(const struct race *r)
{
	return gnttab_active(r->m->domains[1].gt, 8).pin;
}

static void nothing_left(struct race *r)
{
	ck_assert_uint_eq(pin(r), 0);
	ck_assert_uint_eq(grant_flags(r->m, 1, 8) & RW_BITS, 0);
	ck_assert_uint_eq(r->m->frames[fake_mfn(r->m, 1, 3).n].refs, 0);
}

/* ---- two unmaps of one reference ------------------------------------- */

static void unmap_second(struct fake_machine *m, void *arg)
{
	struct race *r = arg;

	r->status[1] = unmap_page(m, 1, r->h[1], 6);
}

/* CPU @toucher has one of the two mappings cached. */
static bool two_unmaps(unsigned n, unsigned touched)
{
	struct race r = race_start("xs8");

	map_page(r.m, 0, 1, 8, 5, HOST | RO, &r.h[0]);
	map_page(r.m, 0, 1, 8, 6, HOST | RO, &r.h[1]);
	race_at(&r, n, unmap_second, false);
	fake_touch(r.m, 1, 5 + touched, false);
	ck_assert_int_eq(unmap_page(r.m, 0, r.h[0], 5), GNTST_okay);
	if (!r.m->call) {
		ck_assert_int_eq(r.status[1], GNTST_okay);
		ck_assert_uint_eq(r.m->flushes, 1);
		nothing_left(&r);
	}
	return race_end(&r);
}

START_TEST(a_skipping_unmap_frees_nothing_that_a_flushing_one_must_flush)
{
	unsigned n = 0;

	while (two_unmaps(n, _i))
		n++;
	ck_assert_uint_gt(n, 10);
}
END_TEST

static void unmap_the_same(struct fake_machine *m, void *arg)
{
	struct race *r = arg;

	r->status[1] = unmap_page(m, 1, r->h[0], 5);
}

START_TEST(one_of_two_unmaps_of_a_handle_wins)
{
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct race r = race_start("upstream");

		map_page(r.m, 0, 1, 8, 5, HOST, &r.h[0]);
		race_at(&r, n, unmap_the_same, false);
		r.status[0] = unmap_page(r.m, 0, r.h[0], 5);
		nothing_left(&r);
		if (!r.m->call)
			ck_assert_int_eq(r.status[0] + r.status[1],
					 GNTST_okay + GNTST_bad_handle);
		more = race_end(&r);
	}
}
END_TEST

/* ---- map against map, unmap, revoke ------------------------------------ */

static void map_second(struct fake_machine *m, void *arg)
{
	struct race *r = arg;

	r->status[1] = map_page(m, 1, 1, 8, 6, HOST, &r->h[1]);
}

START_TEST(two_maps_get_two_handles_and_two_pins)
{
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct race r = race_start("upstream");

		race_at(&r, n, map_second, false);
		ck_assert_int_eq(map_page(r.m, 0, 1, 8, 5, HOST, &r.h[0]),
				 GNTST_okay);
		if (!r.m->call) {
			ck_assert_int_eq(r.status[1], GNTST_okay);
			ck_assert_uint_ne(r.h[0], r.h[1]);
			ck_assert_uint_eq(pin(&r), 2);
		}
		more = race_end(&r);
	}
}
END_TEST

START_TEST(map_during_an_unmap_keeps_the_status_bits)
{
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct race r = race_start("xs8");

		map_page(r.m, 0, 1, 8, 5, HOST, &r.h[0]);
		race_at(&r, n, map_second, false);
		ck_assert_int_eq(unmap_page(r.m, 0, r.h[0], 5), GNTST_okay);
		if (!r.m->call) {
			ck_assert_int_eq(r.status[1], GNTST_okay);
			ck_assert_uint_eq(pin(&r), 1);
			ck_assert_uint_eq(grant_flags(r.m, 1, 8) & RW_BITS,
					  RW_BITS);
		}
		more = race_end(&r);
	}
}
END_TEST

/* As Linux does: only an entry that is not in use is revoked. */
static void revoke_if_idle(struct fake_machine *m, void *arg)
{
	struct race *r = arg;

	if (grant_flags(m, 1, 8) & RW_BITS)
		return;
	fake_shared(m, 1, 8)[0] = 0;
	r->status[1] = 0;
}

START_TEST(a_grant_is_mapped_or_revoked_never_both)
{
	unsigned revoked = 0, mapped = 0;
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct race r = race_start("upstream");

		race_at(&r, n, revoke_if_idle, true);
		r.status[0] = map_page(r.m, 0, 1, 8, 5, HOST, &r.h[0]);
		revoked += r.status[1] == 0;
		mapped += r.status[0] == GNTST_okay;
		ck_assert_int_eq(r.status[0] == GNTST_okay, r.status[1] != 0);
		if (r.status[0] != GNTST_okay)
			nothing_left(&r);
		more = race_end(&r);
	}
	ck_assert_uint_gt(revoked, 2);
	ck_assert_uint_gt(mapped, 2);
}
END_TEST

static void copy_from_it(struct fake_machine *m, void *arg)
{
	gnttab_copy_t op = {
		.source = { .u.ref = 8, .domid = 1 },
		.dest = { .u.gmfn = 1, .domid = DOMID_SELF },
		.len = 8,
		.flags = GNTCOPY_source_gref,
	};
	struct race *r = arg;

	call(m, 1, GNTTABOP_copy, &op, 1, sizeof(op));
	r->status[1] = op.status;
}

START_TEST(copy_during_an_unmap_leaves_nothing)
{
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct race r = race_start("xs8");

		map_page(r.m, 0, 1, 8, 5, HOST, &r.h[0]);
		race_at(&r, n, copy_from_it, false);
		ck_assert_int_eq(unmap_page(r.m, 0, r.h[0], 5), GNTST_okay);
		if (!r.m->call)
			ck_assert_int_eq(r.status[1], GNTST_okay);
		nothing_left(&r);
		more = race_end(&r);
	}
}
END_TEST

/* ---- a page walk ----------------------------------------------------------
 */

static void walk(struct fake_machine *m, void *arg)
{
	struct race *r = arg;

	if (!(*fake_pte(m, 0, 5) & FAKE_PTE_P))
		return;
	fake_touch(m, 1, 5, true);
	r->status[1] = 0;
}

/* Violations, with a walk at each crossing of an unmap in turn. */
static unsigned walk_everywhere(const char *policy, enum gnttab_update update)
{
	unsigned violations = 0, walked = 0;
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct race r = race_start(policy);

		r.m->rules.update = update;
		map_page(r.m, 0, 1, 8, 5, HOST, &r.h[0]);
		race_at(&r, n, walk, true);
		ck_assert_int_eq(unmap_page(r.m, 0, r.h[0], 5), GNTST_okay);
		violations += r.m->violations > 0;
		walked += r.status[1] == 0;
		r.m->violations = 0;
		more = race_end(&r);
	}
	ck_assert_uint_gt(walked, 3);
	return violations;
}

static const struct walk_row {
	const char *policy;
	enum gnttab_update update;
	bool safe;
} walk_rows[] = {
	{ "upstream", GNTTAB_UPDATE_PLAIN, true },
	{ "xs65", GNTTAB_UPDATE_CMPXCHG_PRESERVE, true },
	{ "rfc2014", GNTTAB_UPDATE_PLAIN, true },
	{ "xs70", GNTTAB_UPDATE_CMPXCHG_PRESERVE, true },
	{ "xs8", GNTTAB_UPDATE_CMPXCHG, true },
	{ "xs8", GNTTAB_UPDATE_CMPXCHG_PRESERVE, true },
	{ "xs8", GNTTAB_UPDATE_PLAIN, false },
	{ "xs-2017-10", GNTTAB_UPDATE_PLAIN, false },
};

START_TEST(a_walk_at_any_time_is_seen_by_an_exchange_only)
{
	const struct walk_row *w = &walk_rows[_i];
	unsigned violations = walk_everywhere(w->policy, w->update);

	ck_assert_msg(!violations == w->safe, "%s, update %d: %u violations",
		      w->policy, w->update, violations);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(
		tc,
		a_skipping_unmap_frees_nothing_that_a_flushing_one_must_flush,
		0, 2);
	tcase_add_test(tc, one_of_two_unmaps_of_a_handle_wins);
	tcase_add_test(tc, two_maps_get_two_handles_and_two_pins);
	tcase_add_test(tc, map_during_an_unmap_keeps_the_status_bits);
	tcase_add_test(tc, a_grant_is_mapped_or_revoked_never_both);
	tcase_add_test(tc, copy_during_an_unmap_leaves_nothing);
	tcase_add_loop_test(tc, a_walk_at_any_time_is_seen_by_an_exchange_only,
			    0, ROWS(walk_rows));
}

int main(void)
{
	return run_suite("gnttab races", add);
}

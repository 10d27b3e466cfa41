/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_update.c - how the entry of a mapping is written, exchanged or
 * replaced, and what is seen of a walk in between.
 */
#include "gnttab/pv.h"
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map

static void walk(struct fake_machine *m, void *arg)
{
	(void)arg;
	fake_touch(m, 0, 5, false);
}

/* A page walk sets A between the update's read and its write. */
static const struct update_row {
	const char *policy;
	enum gnttab_update update;
	bool before; /* the walk is before the read instead */
	unsigned flushes, violations;
	uint64_t left;
} update_rows[] = {
	/* clang-format off */
	{ "xs8", GNTTAB_UPDATE_CMPXCHG, false, 1, 0, 0 },
	{ "xs8", GNTTAB_UPDATE_CMPXCHG_PRESERVE, false, 1, 0, 0x20 },
	{ "xs8", GNTTAB_UPDATE_PLAIN, false, 0, 1, 0 },
	{ "xs8", GNTTAB_UPDATE_PLAIN, true, 1, 0, 0 },
	{ "xs65", GNTTAB_UPDATE_CMPXCHG_PRESERVE, false, 1, 0, 0x20 },
	/* read back from an entry that nothing was carried into */
	{ "xs65", GNTTAB_UPDATE_PLAIN, true, 0, 1, 0 },
	{ "xs65", GNTTAB_UPDATE_CMPXCHG, true, 0, 1, 0 },
	{ "rfc2014", GNTTAB_UPDATE_CMPXCHG, true, 1, 0, 0 },
	{ "xs70", GNTTAB_UPDATE_CMPXCHG, true, 0, 1, 0 },
	{ "xs72-amd", GNTTAB_UPDATE_CMPXCHG, true, 0, 1, 0 },
	{ "xs-2017-10", GNTTAB_UPDATE_CMPXCHG, true, 1, 0, 0 },
	/* clang-format on */
};

START_TEST(only_an_exchange_sees_a_walk_in_between)
{
	const struct update_row *r = &update_rows[_i];
	struct fake_machine *m = fake_create(r->policy);
	grant_handle_t h;

	m->rules.update = r->update;
	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &h);
	fake_reset(m);
	if (r->before)
		fake_touch(m, 0, 5, false);
	else if (r->update == GNTTAB_UPDATE_PLAIN)
		m->at[FAKE_pte_write] = walk;
	else
		m->at[FAKE_pte_cmpxchg] = walk;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
	ck_assert_msg(m->flushes == r->flushes &&
			      m->violations == r->violations,
		      "row %d: %u flushes, %u violations", _i, m->flushes,
		      m->violations);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), r->left);
	fake_destroy(m);
}
END_TEST

static void make_read_only(struct fake_machine *m, void *arg)
{
	(void)arg;
	*fake_pte(m, 0, 5) &= ~FAKE_PTE_RW;
}

START_TEST(entry_that_changes_before_the_exchange_is_checked_again)
{
	struct fake_machine *m = fake_create("xs8");
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &h);
	m->at[FAKE_pte_cmpxchg] = make_read_only;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_general_error);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
	fake_destroy(m);
}
END_TEST

START_TEST(preserving_update_carries_a_and_d_into_a_replacement)
{
	struct fake_machine *m = fake_create("xs65");
	gnttab_unmap_and_replace_t op = { .host_addr = fake_linear(5),
					  .new_addr = fake_linear(6) };

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &op.handle);
	fake_guest_map(m, 0, 6, 7, false);
	fake_touch(m, 0, 5, true);
	call(m, 0, GNTTABOP_unmap_and_replace, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), fake_mfn(m, 0, 7).n << 12 | 0x61);
	fake_destroy(m);
}
END_TEST

/* Not to be seen from outside: a replace flushes anyway. */
static const struct {
	const char *policy;
	bool accessed;
} present_rows[] = {
	{ "upstream", true },	 { "xs65", false }, { "xs70", false },
	{ "xs-2017-10", false }, { "xs8", true },
};

START_TEST(a_present_replacement_counts_as_accessed_since_xs8)
{
	struct fake_machine *m = fake_create(present_rows[_i].policy);
	struct host_mapping mapping = {
		.addr = fake_linear(5),
		.mfn = fake_mfn(m, 1, 3),
		.flags = HOST,
	};
	struct gnttab_batch zapped = { .n = 0 };
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &h);
	fake_guest_map(m, 0, 6, 7, false);
	ck_assert_int_eq(pv_unmap(&m->cpus[0], m->domains[0].gt, &mapping,
				  fake_linear(6), &zapped),
			 GNTST_okay);
	ck_assert_msg(zapped.accessed == present_rows[_i].accessed, "%s",
		      present_rows[_i].policy);
	fake_destroy(m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, only_an_exchange_sees_a_walk_in_between, 0,
			    ROWS(update_rows));
	tcase_add_test(tc,
		       entry_that_changes_before_the_exchange_is_checked_again);
	tcase_add_test(tc,
		       preserving_update_carries_a_and_d_into_a_replacement);
	tcase_add_loop_test(tc,
			    a_present_replacement_counts_as_accessed_since_xs8,
			    0, ROWS(present_rows));
}

int main(void)
{
	return run_suite("gnttab update", add);
}

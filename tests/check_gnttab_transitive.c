/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_transitive.c - copies through sub-page and transitive grants
 * of version 2 tables, on a fake machine.
 *
 *   domain 0 copies   entry of domain 1   stands for entry of domain 2
 */
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define RW_BITS (GTF_reading | GTF_writing)
#define RO GNTMAP_readonly

/* Of domain 1 */
#define SUB_PAGE 8
#define TRANSITIVE 9
#define TO_SUB_PAGE 10
#define TO_TRANSITIVE 11
#define TO_SELF 12
#define TO_NOBODY 13
#define TO_READONLY 14
#define TO_NOTHING 15
#define TO_BAD_REF 16
#define READONLY 17
#define TO_CALLER 18
#define FOR_BACK 19
#define FOR_SELF 20
/* Of domain 2 */
#define PAGE 8
#define PART 9
#define BACK 10
#define PAGE_RO 11

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("upstream");
	m->cpus[0].runs = &m->domains[2];
	ck_assert_int_eq(set_version(m, 0, 2), 0);
	m->cpus[0].runs = &m->domains[0];
	ck_assert_int_eq(set_version(m, 1, 2), 0);
	fake_reset(m);

	grant_access(m, 2, PAGE, 1, 3, 0);
	grant_sub_page(m, 2, PART, 1, 4, 100, 50);
	grant_transitive(m, 2, BACK, 1, 1, FOR_BACK);
	grant_access(m, 2, PAGE_RO, 1, 5, GTF_readonly);

	grant_sub_page(m, 1, SUB_PAGE, 0, 6, 1000, 200);
	grant_transitive(m, 1, TRANSITIVE, 0, 2, PAGE);
	grant_transitive(m, 1, TO_SUB_PAGE, 0, 2, PART);
	grant_transitive(m, 1, TO_TRANSITIVE, 0, 2, BACK);
	grant_transitive(m, 1, TO_SELF, 0, 1, FOR_SELF);
	grant_access(m, 1, FOR_BACK, 2, 8, 0);
	grant_access(m, 1, FOR_SELF, 1, 9, 0);
	grant_transitive(m, 1, TO_NOBODY, 0, 7, PAGE);
	grant_transitive(m, 1, TO_READONLY, 0, 2, PAGE_RO);
	grant_transitive(m, 1, TO_NOTHING, 0, 2, 99);
	grant_transitive(m, 1, TO_BAD_REF, 0, 2, 256);
	grant_transitive(m, 1, READONLY, 0, 2, PAGE);
	fake_shared(m, 1, READONLY)[0] |= GTF_readonly;
	grant_access(m, 0, 3, 1, 7, 0);
	grant_transitive(m, 1, TO_CALLER, 0, 0, 3);
}

static void teardown(void)
{
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		ck_assert_uint_eq(m->frames[i].refs + m->frames[i].writers, 0);
	for (domid_t id = 0; id < FAKE_DOMAINS; id++) {
		for (grant_ref_t ref = 0; ref < 256; ref++) {
			ck_assert_uint_eq(grant_pin(m, id, ref), 0);
			ck_assert_uint_eq(grant_flags(m, id, ref) & RW_BITS, 0);
		}
	}
	fake_destroy(m);
}

static int copy(gnttab_copy_t *ops, unsigned n)
{
	return call(m, 0, GNTTABOP_copy, ops, n, sizeof(*ops));
}

/* @len bytes from @offset of domain 1's @ref to the start of own frame 1. */
static gnttab_copy_t from(grant_ref_t ref, uint16_t offset, uint16_t len)
{
	return (gnttab_copy_t){
		.source = { .u.ref = ref, .domid = 1, .offset = offset },
		.dest = { .u.gmfn = 1, .domid = DOMID_SELF },
		.len = len,
		.flags = GNTCOPY_source_gref,
		.status = 1,
	};
}

static gnttab_copy_t to(grant_ref_t ref, uint16_t offset, uint16_t len)
{
	return (gnttab_copy_t){
		.source = { .u.gmfn = 1, .domid = DOMID_SELF },
		.dest = { .u.ref = ref, .domid = 1, .offset = offset },
		.len = len,
		.flags = GNTCOPY_dest_gref,
		.status = 1,
	};
}

static const struct row {
	const char *name;
	bool write;
	grant_ref_t ref;
	uint16_t offset, len;
	int16_t want;
} rows[] = {
	/* clang-format off */
	{ "all of a sub-page", 0, SUB_PAGE, 1000, 200, GNTST_okay },
	{ "to all of a sub-page", 1, SUB_PAGE, 1000, 200, GNTST_okay },
	{ "before it", 0, SUB_PAGE, 999, 1, GNTST_general_error },
	{ "from before it", 0, SUB_PAGE, 999, 2, GNTST_general_error },
	{ "over its end", 0, SUB_PAGE, 1000, 201, GNTST_general_error },
	{ "its last byte", 0, SUB_PAGE, 1199, 1, GNTST_okay },
	{ "behind it", 1, SUB_PAGE, 1200, 1, GNTST_general_error },
	{ "the page's end goes before the sub-page's", 0, SUB_PAGE, 4000, 97,
	  GNTST_bad_copy_arg },
	{ "a page of another", 0, TRANSITIVE, 0, 4096, GNTST_okay },
	{ "to a page of another", 1, TRANSITIVE, 0, 4096, GNTST_okay },
	{ "another's sub-page", 0, TO_SUB_PAGE, 100, 50, GNTST_okay },
	{ "out of another's sub-page", 0, TO_SUB_PAGE, 100, 51,
	  GNTST_general_error },
	{ "two levels (XSA-226)", 0, TO_TRANSITIVE, 1000, 1,
	  GNTST_general_error },
	{ "to itself", 0, TO_SELF, 1000, 1, GNTST_general_error },
	{ "to no domain", 0, TO_NOBODY, 0, 1, GNTST_general_error },
	{ "reading what is read-only", 0, TO_READONLY, 0, 1, GNTST_okay },
	{ "writing what is read-only", 1, TO_READONLY, 0, 1,
	  GNTST_general_error },
	{ "not granted further", 0, TO_NOTHING, 0, 1, GNTST_general_error },
	{ "past the other table", 0, TO_BAD_REF, 0, 1, GNTST_bad_gntref },
	{ "reading through a read-only one", 0, READONLY, 0, 1, GNTST_okay },
	{ "writing through a read-only one", 1, READONLY, 0, 1,
	  GNTST_general_error },
	{ "back to the caller", 1, TO_CALLER, 0, 4096, GNTST_okay },
	/* clang-format on */
};

START_TEST(status_is_that_of_xen)
{
	const struct row *r = &rows[_i];
	gnttab_copy_t op = r->write ? to(r->ref, r->offset, r->len)
				    : from(r->ref, r->offset, r->len);

	ck_assert_int_eq(copy(&op, 1), 0);
	ck_assert_msg(op.status == r->want, "%s: got %d, want %d", r->name,
		      op.status, r->want);
}
END_TEST

START_TEST(bytes_are_those_of_the_last_owner)
{
	gnttab_copy_t op = from(TRANSITIVE, 0, 20);

	strcpy((char *)m->memory[fake_mfn(m, 2, 3).n], "of domain 2");
	copy(&op, 1);
	ck_assert_str_eq((char *)m->memory[fake_mfn(m, 0, 1).n], "of domain 2");
	strcpy((char *)m->memory[fake_mfn(m, 0, 1).n], "of domain 0");
	op = to(TRANSITIVE, 0, 20);
	fake_reset(m);
	copy(&op, 1);
	ck_assert_str_eq((char *)m->memory[fake_mfn(m, 2, 3).n], "of domain 0");
	ck_assert_uint_eq(m->log[fake_find(m, FAKE_mark_dirty, 0)].arg,
			  fake_mfn(m, 2, 3).n);
}
END_TEST

static void look_at_both(struct fake_machine *fake, void *pins)
{
	uint32_t *p = pins;

	p[0] = gnttab_active(fake->domains[1].gt, TRANSITIVE).pin;
	p[1] = gnttab_active(fake->domains[2].gt, PAGE).pin;
	p[2] = *fake_status(fake, 1, TRANSITIVE);
	p[3] = *fake_status(fake, 2, PAGE);
}

START_TEST(both_levels_are_pinned_between_copies)
{
	gnttab_copy_t ops[2] = { from(TRANSITIVE, 0, 8),
				 from(TRANSITIVE, 8, 8) };
	uint32_t seen[4] = { 0 };

	m->at[FAKE_preemption_wanted] = look_at_both;
	m->arg = seen;
	copy(ops, 2);
	ck_assert_int_eq(ops[1].status, GNTST_okay);
	ck_assert_uint_eq(seen[0], 0x100);
	ck_assert_uint_eq(seen[1], 0x100);
	ck_assert_uint_eq(seen[2], GTF_reading);
	ck_assert_uint_eq(seen[3], GTF_reading);
}
END_TEST

static void map_through(struct fake_machine *fake, void *status)
{
	gnttab_map_grant_ref_t op = {
		.host_addr = fake_linear(0),
		.flags = GNTMAP_host_map | RO,
		.dom = 1,
	};

	/* The entry is one that could be mapped, but for the pin. */
	op.ref = *fake_status(fake, 1, SUB_PAGE) ? SUB_PAGE : TRANSITIVE;
	grant_access(fake, 1, op.ref, 0, 6, 0);
	fake->cpus[1].runs = &fake->domains[0];
	call(fake, 1, GNTTABOP_map_grant_ref, &op, 1, sizeof(op));
	*(int16_t *)status = op.status;
}

START_TEST(entry_pinned_as_part_of_a_page_cannot_be_mapped)
{
	const grant_ref_t ref = _i ? TRANSITIVE : SUB_PAGE;
	gnttab_copy_t ops[2] = { from(ref, 1000, 8), from(ref, 1008, 8) };
	int16_t status = 1;

	m->at[FAKE_preemption_wanted] = map_through;
	m->arg = &status;
	copy(ops, 2);
	ck_assert_int_eq(status, GNTST_general_error);
	ck_assert_int_eq(ops[1].status, GNTST_okay);
}
END_TEST

/* XSA-500: what is pinned does not depend on the guest's entry any more. */
static void write_meanwhile(struct fake_machine *fake, void *status)
{
	gnttab_copy_t op = to(SUB_PAGE, 1000, 8);

	grant_access(fake, 1, SUB_PAGE, 0, 30, 0); /* another, whole page */
	fake->cpus[1].runs = &fake->domains[0];
	call(fake, 1, GNTTABOP_copy, &op, 1, sizeof(op));
	*(int16_t *)status = op.status;
	op = to(SUB_PAGE, 0, 8);
	call(fake, 1, GNTTABOP_copy, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_general_error);
}

START_TEST(pinned_entry_stays_what_it_was)
{
	gnttab_copy_t ops[2] = { from(SUB_PAGE, 1000, 8),
				 from(SUB_PAGE, 1000, 8) };
	int16_t status = 1;

	strcpy((char *)m->memory[fake_mfn(m, 0, 1).n], "seven..");
	strcpy((char *)&m->memory[fake_mfn(m, 1, 6).n][1000], "seven..");
	m->at[FAKE_preemption_wanted] = write_meanwhile;
	m->arg = &status;
	copy(ops, 2);
	ck_assert_int_eq(status, GNTST_okay);
	ck_assert_uint_eq(m->memory[fake_mfn(m, 1, 30).n][1000], 0);
}
END_TEST

/* What another CPU may do while a transitive entry is being claimed. */
static void read_through(struct fake_machine *fake, void *arg)
{
	gnttab_copy_t ops[2] = { from(TRANSITIVE, 0, 8),
				 from(TRANSITIVE, 0, 8) };

	(void)arg;
	fake->cpus[1].runs = &fake->domains[0];
	call(fake, 1, GNTTABOP_copy, ops, 2, sizeof(*ops));
	ck_assert_int_eq(ops[1].status, GNTST_okay);
	fake->cpus[1].runs = &fake->domains[1];
}

static void redirect(struct fake_machine *fake, void *arg)
{
	(void)arg;
	grant_transitive(fake, 1, TRANSITIVE, 0, 2, PART);
}

static void switch_version(struct fake_machine *fake, void *arg)
{
	(void)arg;
	set_version(fake, 1, 1);
	set_version(fake, 1, 2);
	grant_transitive(fake, 1, TRANSITIVE, 0, 2, PAGE);
}

/* At each crossing, once; whatever happens, nothing is left (teardown). */
START_TEST(claims_stand_what_others_do_meanwhile)
{
	fake_fn *const doings[] = { read_through, redirect, switch_version };
	unsigned n = 0, crossings, again = 0;

	do {
		gnttab_copy_t ops[2] = { from(TRANSITIVE, 100, 8),
					 to(TRANSITIVE, 100, 8) };

		grant_transitive(m, 1, TRANSITIVE, 0, 2, PAGE);
		fake_reset(m);
		m->call = doings[_i];
		m->call_at = n;
		call_write(m, 0, ops, 2, sizeof(*ops));
		ck_assert_int_eq(call_run(m, 0, GNTTABOP_copy, 2, &again), 0);
		call_read(m, 0, ops, 2, sizeof(*ops));
		for (unsigned i = 0; i < 2; i++)
			ck_assert_msg(
				ops[i].status == GNTST_okay ||
					ops[i].status == GNTST_general_error,
				"crossing %u: status %d", n, ops[i].status);
		crossings = m->crossings;
		m->call = NULL;
		ck_assert_uint_eq(
			grant_pin(m, 1, TRANSITIVE) | grant_pin(m, 2, PAGE), 0);
		ck_assert_uint_eq(*fake_status(m, 1, TRANSITIVE), 0);
		fake_check(m);
	} while (n++ < crossings);
	/* A table that is not the same any more is looked at once more. */
	ck_assert_int_eq(again > 0, doings[_i] == switch_version);
}
END_TEST

START_TEST(second_level_is_refused_of_a_pinned_entry_too)
{
	gnttab_copy_t op = from(TRANSITIVE, 0, 8);

	ck_assert_int_eq(set_version(m, 0, 2), 0);
	grant_transitive(m, 0, 8, 0, 1, TRANSITIVE);
	op.dest = (struct gnttab_copy_ptr){ .u.ref = 8, .domid = DOMID_SELF };
	op.flags |= GNTCOPY_dest_gref;
	ck_assert_int_eq(copy(&op, 1), 0);
	ck_assert_int_eq(op.status, GNTST_general_error);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, status_is_that_of_xen, 0, ROWS(rows));
	tcase_add_test(tc, bytes_are_those_of_the_last_owner);
	tcase_add_test(tc, both_levels_are_pinned_between_copies);
	tcase_add_loop_test(tc, entry_pinned_as_part_of_a_page_cannot_be_mapped,
			    0, 2);
	tcase_add_test(tc, pinned_entry_stays_what_it_was);
	tcase_add_test(tc, second_level_is_refused_of_a_pinned_entry_too);
	tcase_add_loop_test(tc, claims_stand_what_others_do_meanwhile, 0, 3);
}

int main(void)
{
	return run_suite("gnttab transitive", add);
}

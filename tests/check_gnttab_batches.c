/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_batches.c - unmapping in batches of 32, in two phases. */
#include <errno.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define RW_BITS (GTF_reading | GTF_writing)

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("upstream");
}

static void teardown(void)
{
	fake_destroy(m);
}

/* ---- order ----------------------------------------------------------- */

START_TEST(entry_then_flush_then_reference_then_status_bits)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);
	const enum fake_hook order[] = { FAKE_pte_write, FAKE_flush_tlb,
					 FAKE_frame_drop, FAKE_shared_clear };

	unmap_page(m, 0, h, 5);
	for (unsigned i = 0; i + 1 < sizeof(order) / sizeof(*order); i++) {
		ck_assert_int_ge(fake_find(m, order[i], 0), 0);
		ck_assert_int_lt(fake_find(m, order[i], 0),
				 fake_find(m, order[i + 1], 0));
	}
}
END_TEST

static void look_at_the_first_flush(struct fake_machine *fake, void *arg)
{
	unsigned *pins = arg;

	for (unsigned i = 0; i < 64; i++)
		*pins += gnttab_active(fake->domains[1].gt, i).pin;
}

static void map_many(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		ck_assert_uint_eq(map_frame_3(m, i, i, HOST), i);
}

static int unmap_many(unsigned n, unsigned *preempted,
		      gnttab_unmap_grant_ref_t *ops)
{
	int rc;

	for (unsigned i = 0; i < n; i++) {
		ops[i] = (gnttab_unmap_grant_ref_t){
			.host_addr = fake_linear(i),
			.handle = i,
			.status = 1,
		};
	}
	call_write(m, 0, ops, n, sizeof(*ops));
	rc = call_run(m, 0, GNTTABOP_unmap_grant_ref, n, preempted);
	call_read(m, 0, ops, n, sizeof(*ops));
	return rc;
}

START_TEST(every_pin_of_a_batch_is_held_over_its_flush)
{
	gnttab_unmap_grant_ref_t ops[40];
	unsigned pins = 0;

	map_many(40);
	m->at[FAKE_flush_tlb] = look_at_the_first_flush;
	m->arg = &pins;
	ck_assert_int_eq(unmap_many(40, NULL, ops), 0);
	ck_assert_uint_eq(pins, 40);
}
END_TEST

/* Take all handles until none is left. */
static void use_up_handles(void)
{
	grant_handle_t h;

	for (unsigned i = 0; i < 16; i++)
		grant_access(m, 1, i, 0, 3, 0);
	for (unsigned i = 0; i < FAKE_HANDLE_FRAMES * 256 - 1; i++)
		map_page(m, 0, 1, i % 16, i, HOST, &h);
	ck_assert_int_eq(map_page(m, 0, 1, 0, 0, HOST, &h), GNTST_no_space);
	fake_reset(m);
}

static void map_on_the_other_cpu(struct fake_machine *fake, void *status)
{
	grant_handle_t h;

	*(int16_t *)status = map_page(fake, 1, 1, 0, 600, HOST, &h);
}

START_TEST(handle_is_free_before_the_flush)
{
	int16_t status = 1;

	use_up_handles();
	m->cpus[1].runs = &m->domains[0];
	m->at[FAKE_flush_tlb] = map_on_the_other_cpu;
	m->arg = &status;
	ck_assert_int_eq(unmap_page(m, 0, 7, 7), GNTST_okay);
	ck_assert_int_eq(status, GNTST_okay);
}
END_TEST

static void unmap_first(struct fake_machine *fake, void *arg)
{
	grant_handle_t *h = arg;

	ck_assert_int_eq(unmap_page(fake, 1, *h, 5), GNTST_okay);
}

/* Between its being looked up and its lock. */
START_TEST(handle_unmapped_by_another_cpu_meanwhile_is_bad)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	m->cpus[1].runs = &m->domains[0];
	m->at[FAKE_grant_table] = unmap_first;
	m->arg = &h;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_bad_handle);
	ck_assert_uint_eq(grant_pin(m, 1, 8), 0);
	ck_assert_uint_eq(frame_refs(m, 1, 3), 0);
	ck_assert_uint_eq(m->flushes, 2);
}
END_TEST

/* What handle 7 stands for once it was given back and taken again. */
static const struct {
	domid_t granter;
	grant_ref_t ref;
} reuse_rows[] = { { 1, 3 }, { 2, 7 } };

/* The sentinel goes first, then handle 7. */
static void reuse_handle_7(struct fake_machine *fake, void *row)
{
	const int i = *(int *)row;
	grant_handle_t h;

	ck_assert_int_eq(unmap_page(fake, 1, 7, 7), GNTST_okay);
	ck_assert_int_eq(unmap_page(fake, 1, 8, 8), GNTST_okay);
	map_page(fake, 1, 1, 0, 8, HOST, &h);
	ck_assert_uint_ne(h, 7);
	map_page(fake, 1, reuse_rows[i].granter, reuse_rows[i].ref, 7, HOST,
		 &h);
	ck_assert_uint_eq(h, 7);
}

START_TEST(handle_reused_by_another_cpu_meanwhile_is_bad)
{
	int row = _i;

	use_up_handles();
	grant_access(m, 2, 7, 0, 3, 0);
	m->cpus[1].runs = &m->domains[0];
	m->at[FAKE_grant_table] = reuse_handle_7;
	m->arg = &row;
	ck_assert_int_eq(unmap_page(m, 0, 7, 7), GNTST_bad_handle);
	ck_assert_uint_eq(handle_flags(m, 0, 7), HOST);
	ck_assert_uint_ne(*fake_pte(m, 0, 7), 0);
}
END_TEST

/* ---- batches ---------------------------------------------------------- */

static const struct {
	unsigned ops, batches;
} batch_rows[] = { { 1, 1 },  { 2, 1 },	 { 31, 1 }, { 32, 1 }, { 33, 2 },
		   { 64, 2 }, { 65, 3 }, { 96, 3 }, { 97, 4 }, { 128, 4 } };

START_TEST(one_flush_for_every_32_operations)
{
	gnttab_unmap_grant_ref_t ops[128];
	const struct gnttab_counters *c = gnttab_counters(m->domains[0].gt);
	unsigned n = batch_rows[_i].ops, preempted = 0;

	map_many(n);
	ck_assert_int_eq(unmap_many(n, &preempted, ops), 0);
	ck_assert_uint_eq(m->flushes, batch_rows[_i].batches);
	ck_assert_uint_eq(c->batches, batch_rows[_i].batches);
	ck_assert_uint_eq(c->batches_flushed, batch_rows[_i].batches);
	ck_assert_uint_eq(c->unmap_operations, 1);
	ck_assert_uint_eq(preempted, 0);
	for (unsigned i = 0; i < n; i++)
		ck_assert_int_eq(ops[i].status, GNTST_okay);
}
END_TEST

START_TEST(preempted_after_each_batch_that_leaves_something)
{
	gnttab_unmap_grant_ref_t ops[128];
	unsigned n = batch_rows[_i].ops, preempted = 0;

	map_many(n);
	m->preempt = true;
	ck_assert_int_eq(unmap_many(n, &preempted, ops), 0);
	ck_assert_uint_eq(preempted, batch_rows[_i].batches - 1);
	ck_assert_uint_eq(m->flushes, batch_rows[_i].batches);
	ck_assert_uint_eq(gnttab_counters(m->domains[0].gt)->unmap_operations,
			  batch_rows[_i].batches);
	for (unsigned i = 0; i < n; i++) {
		ck_assert_int_eq(ops[i].status, GNTST_okay);
		ck_assert_uint_eq(grant_pin(m, 1, i), 0);
	}
}
END_TEST

START_TEST(empty_array_decides_nothing)
{
	const struct gnttab_counters *c = gnttab_counters(m->domains[0].gt);

	ck_assert_int_eq(call_run(m, 0, GNTTABOP_unmap_grant_ref, 0, NULL), 0);
	ck_assert_int_eq(call_run(m, 0, GNTTABOP_unmap_and_replace, 0, NULL),
			 0);
	ck_assert_uint_eq(c->batches, 0);
	ck_assert_uint_eq(m->crossings, 0);
}
END_TEST

START_TEST(every_cpu_of_the_mapper_is_flushed_and_no_other)
{
	grant_handle_t h = map_frame_3(m, 8, 5, HOST);

	unmap_page(m, 0, h, 5);
	ck_assert_uint_eq(m->log[fake_find(m, FAKE_flush_tlb, 0)].arg, 0x1);
	h = map_frame_3(m, 8, 5, HOST);
	m->cpus[1].runs = &m->domains[0];
	unmap_page(m, 0, h, 5);
	ck_assert_uint_eq(m->log[fake_find(m, FAKE_flush_tlb, 0)].arg, 0x3);
}
END_TEST

/* ---- faults ------------------------------------------------------------ */

/* The copy of operation @k in or out faults: 2k + out. */
START_TEST(fault_flushes_and_completes_what_was_processed)
{
	const struct gnttab_counters *c = gnttab_counters(m->domains[0].gt);
	gnttab_unmap_grant_ref_t ops[40];
	unsigned done = (_i + 1) / 2;

	map_many(40);
	m->fault_in = _i;
	ck_assert_int_eq(unmap_many(40, NULL, ops), -EFAULT);
	for (unsigned i = 0; i < 40; i++) {
		ck_assert_msg(!grant_pin(m, 1, i) == (i < done),
			      "fault %d, entry %u", _i, i);
		ck_assert_uint_eq(!*fake_pte(m, 0, i), i < done);
		ck_assert_uint_eq(!(grant_flags(m, 1, i) & RW_BITS), i < done);
		ck_assert_uint_eq(!handle_flags(m, 0, i), i < done);
		ck_assert_int_eq(ops[i].status,
				 i < (unsigned)_i / 2 ? GNTST_okay : 1);
	}
	/* The decision of an earlier batch, and the flush of the fault. */
	ck_assert_uint_eq(c->batches, _i / 64);
	ck_assert_uint_eq(m->flushes, 1 + _i / 64);
	if (done > 32u * (_i / 64))
		ck_assert_int_lt(fake_find(m, FAKE_flush_tlb, _i / 64),
				 fake_find(m, FAKE_frame_drop, done - 1));
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, entry_then_flush_then_reference_then_status_bits);
	tcase_add_test(tc, every_pin_of_a_batch_is_held_over_its_flush);
	tcase_add_test(tc, handle_is_free_before_the_flush);
	tcase_add_test(tc, handle_unmapped_by_another_cpu_meanwhile_is_bad);
	tcase_add_loop_test(tc, handle_reused_by_another_cpu_meanwhile_is_bad,
			    0, ROWS(reuse_rows));
	tcase_add_loop_test(tc, one_flush_for_every_32_operations, 0,
			    ROWS(batch_rows));
	tcase_add_loop_test(tc,
			    preempted_after_each_batch_that_leaves_something, 0,
			    ROWS(batch_rows));
	tcase_add_test(tc, empty_array_decides_nothing);
	tcase_add_test(tc, every_cpu_of_the_mapper_is_flushed_and_no_other);
	tcase_add_loop_test(tc, fault_flushes_and_completes_what_was_processed,
			    0, 80);
}

int main(void)
{
	return run_suite("gnttab batches", add);
}

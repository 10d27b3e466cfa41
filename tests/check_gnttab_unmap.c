/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_unmap.c - GNTTABOP_unmap_grant_ref and _unmap_and_replace. */
#include <errno.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define ROWS(table) (int)(sizeof(table) / sizeof(*(table)))
#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly
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

static uint32_t pin(grant_ref_t ref)
{
	return gnttab_active(m->domains[1].gt, ref).pin;
}

static uint16_t handle_flags(grant_handle_t h)
{
	return gnttab_maptrack(m->domains[0].gt, h).flags;
}

static unsigned refs(uint64_t gfn)
{
	return m->frames[fake_mfn(m, 1, gfn).n].refs;
}

/* Domain 1 grants frame 3, domain 0 maps it at linear page @page. */
static grant_handle_t mapped(grant_ref_t ref, unsigned page, uint32_t flags)
{
	grant_handle_t h;

	if (!pin(ref))
		grant_access(m, 1, ref, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, ref, page, flags, &h), GNTST_okay);
	fake_reset(m);
	return h;
}

static int16_t unmap(uint64_t host_addr, uint64_t dev_bus_addr,
		     grant_handle_t h)
{
	gnttab_unmap_grant_ref_t op = { .host_addr = host_addr,
					.dev_bus_addr = dev_bus_addr,
					.handle = h,
					.status = 1 };

	ck_assert_int_eq(
		call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op)), 0);
	return op.status;
}

static int16_t replace(uint64_t host_addr, uint64_t new_addr, grant_handle_t h)
{
	gnttab_unmap_and_replace_t op = { .host_addr = host_addr,
					  .new_addr = new_addr,
					  .handle = h,
					  .status = 1 };

	ck_assert_int_eq(
		call(m, 0, GNTTABOP_unmap_and_replace, &op, 1, sizeof(op)), 0);
	return op.status;
}

/* ---- one operation --------------------------------------------------- */

START_TEST(unmap_undoes_everything_that_map_did)
{
	const uint32_t flags[] = { HOST, HOST | RO };

	for (unsigned i = 0; i < 2; i++) {
		grant_handle_t h = mapped(8, 5, flags[i]);

		ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
		ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
		ck_assert_uint_eq(grant_flags(m, 1, 8), GTF_permit_access);
		ck_assert_uint_eq(pin(8), 0);
		ck_assert_uint_eq(refs(3), 0);
		ck_assert_uint_eq(handle_flags(h), 0);
	}
}
END_TEST

START_TEST(handle_that_is_free_or_out_of_range_is_bad)
{
	grant_handle_t h = mapped(8, 5, HOST);

	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_bad_handle);
	ck_assert_int_eq(unmap_page(m, 0, h + 1, 5), GNTST_bad_handle);
	ck_assert_int_eq(unmap_page(m, 0, 256, 5), GNTST_bad_handle);
	ck_assert_int_eq(unmap_page(m, 0, UINT32_MAX, 5), GNTST_bad_handle);
}
END_TEST

START_TEST(any_entry_with_the_frame_and_the_rights_will_do)
{
	grant_handle_t a = mapped(8, 5, HOST), b = mapped(9, 6, HOST);

	ck_assert_int_eq(unmap_page(m, 0, a, 6), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	ck_assert_int_eq(unmap_page(m, 0, b, 5), GNTST_okay);
	ck_assert_uint_eq(refs(3), 0);
}
END_TEST

/* The entry as it is changed behind the handle's back. */
static const struct {
	const char *name;
	uint32_t flags;
	uint64_t set, clear;
	int16_t want;
} entry_rows[] = {
	/* clang-format off */
	{ "unchanged", HOST, 0, 0, GNTST_okay },
	{ "another frame", HOST, 1 << 14, 0, GNTST_general_error },
	{ "a frame bit above 2^32", HOST, 1ull << 51, 0, GNTST_general_error },
	{ "writable became read-only", HOST, 0, 0x2, GNTST_general_error },
	{ "read-only became writable", HOST | RO, 0x2, 0,
	  GNTST_general_error },
	{ "not present", HOST, 0, 0x1, GNTST_general_error },
	{ "A and D clear", HOST, 0, 0x60, GNTST_okay },
	{ "available bits", HOST, 0xe00, 0, GNTST_okay },
	{ "NX clear", HOST, 0, 1ull << 63, GNTST_okay },
	{ "US clear, global", HOST, 0x100, 0x4, GNTST_okay },
	/* clang-format on */
};

START_TEST(entry_must_have_the_frame_and_rights_of_the_handle)
{
	grant_handle_t h = mapped(8, 5, entry_rows[_i].flags);
	uint64_t *pte = fake_pte(m, 0, 5), saved = *pte, changed;
	int16_t status;

	*pte |= entry_rows[_i].set;
	*pte &= ~entry_rows[_i].clear;
	changed = *pte;
	status = unmap_page(m, 0, h, 5);
	ck_assert_msg(status == entry_rows[_i].want, "%s: got %d",
		      entry_rows[_i].name, status);
	if (status == GNTST_okay)
		return;
	ck_assert_uint_eq(*pte, changed);
	ck_assert_uint_ne(pin(8), 0);
	*pte = saved;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_okay);
}
END_TEST

START_TEST(address_without_an_entry_fails_and_changes_nothing)
{
	grant_handle_t h = mapped(8, 5, HOST);

	ck_assert_int_eq(unmap(FAKE_LINEAR + FAKE_SLOTS * 4096ull, 0, h),
			 GNTST_general_error);
	ck_assert_uint_eq(pin(8), 1);
	ck_assert_uint_eq(handle_flags(h), HOST);
}
END_TEST

START_TEST(neither_address_is_a_no_op_that_succeeds)
{
	grant_handle_t h = mapped(8, 5, HOST);

	ck_assert_int_eq(unmap(0, 0, h), GNTST_okay);
	ck_assert_uint_eq(pin(8), 1);
	ck_assert_uint_eq(handle_flags(h), HOST);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
}
END_TEST

START_TEST(handle_by_entry_is_unmapped_by_entry)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_slot(m, 0, 1, 8, 5, HOST, &h);
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_general_error);
	ck_assert_int_eq(unmap(fake_slot(m, 0, 5) + 1, 0, h),
			 GNTST_general_error);
	ck_assert_int_eq(unmap_slot(m, 0, h, 5), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
}
END_TEST

START_TEST(host_and_device_part_are_released_one_by_one)
{
	grant_handle_t h = mapped(8, 5, HOST | DEVICE);
	uint64_t bus = fake_mfn(m, 1, 3).n << 12;

	ck_assert_uint_eq(pin(8), 0x00010001);
	ck_assert_int_eq(unmap(fake_linear(5), 0, h), GNTST_okay);
	ck_assert_uint_eq(pin(8), 0x00010000);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, RW_BITS);
	ck_assert_uint_eq(handle_flags(h), DEVICE);
	ck_assert_uint_eq(refs(3), 1);

	ck_assert_int_eq(unmap(0, bus + 1, h), GNTST_bad_dev_addr);
	ck_assert_int_eq(unmap(0, bus ^ 4096, h), GNTST_bad_dev_addr);
	ck_assert_uint_eq(pin(8), 0x00010000);
	ck_assert_uint_eq(handle_flags(h), DEVICE);

	ck_assert_int_eq(unmap(0, bus, h), GNTST_okay);
	ck_assert_uint_eq(pin(8), 0);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, 0);
	ck_assert_uint_eq(handle_flags(h), 0);
	ck_assert_uint_eq(refs(3), 0);
}
END_TEST

START_TEST(wrong_device_address_keeps_the_host_part_too)
{
	grant_handle_t h = mapped(8, 5, HOST | DEVICE | RO);
	uint64_t bus = fake_mfn(m, 1, 3).n << 12;

	ck_assert_int_eq(unmap(fake_linear(5), bus + 8, h), GNTST_bad_dev_addr);
	ck_assert_uint_eq(pin(8), 0x1000100);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
	ck_assert_int_eq(unmap(fake_linear(5), bus, h), GNTST_okay);
	ck_assert_uint_eq(pin(8), 0);
	ck_assert_uint_eq(refs(3), 0);
}
END_TEST

START_TEST(device_address_of_a_host_only_handle_is_ignored)
{
	grant_handle_t h = mapped(8, 5, HOST);

	ck_assert_int_eq(unmap(0, 12345, h), GNTST_okay);
	ck_assert_uint_eq(pin(8), 1);
	ck_assert_int_eq(unmap(fake_linear(5), 12345, h), GNTST_okay);
	ck_assert_uint_eq(pin(8), 0);
}
END_TEST

START_TEST(last_writer_clears_gtf_writing_last_pin_gtf_reading)
{
	grant_handle_t w1 = mapped(8, 1, HOST), w2 = mapped(8, 2, HOST);
	grant_handle_t r = mapped(8, 3, HOST | RO);

	unmap_page(m, 0, w1, 1);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, RW_BITS);
	unmap_page(m, 0, w2, 2);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, GTF_reading);
	unmap_page(m, 0, r, 3);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & RW_BITS, 0);
}
END_TEST

START_TEST(writable_unmap_marks_the_frame_dirty_read_only_does_not)
{
	grant_handle_t r = mapped(8, 1, HOST | RO), w = mapped(8, 2, HOST);

	unmap_page(m, 0, r, 1);
	ck_assert_uint_eq(fake_count(m, FAKE_mark_dirty), 0);
	unmap_page(m, 0, w, 2);
	ck_assert_uint_eq(fake_count(m, FAKE_mark_dirty), 1);
}
END_TEST

START_TEST(mapper_of_a_domain_that_is_gone_is_stopped)
{
	grant_handle_t h = mapped(8, 5, HOST);

	m->domains[1].gone = true;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), 1); /* as it was */
	ck_assert(m->domains[0].crashed);
	ck_assert_uint_eq(pin(8), 1);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
}
END_TEST

/* ---- order ----------------------------------------------------------- */

START_TEST(entry_then_flush_then_reference_then_status_bits)
{
	grant_handle_t h = mapped(8, 5, HOST);
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
		ck_assert_uint_eq(mapped(i, i, HOST), i);
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
	grant_handle_t h = mapped(8, 5, HOST);

	m->cpus[1].runs = &m->domains[0];
	m->at[FAKE_grant_table] = unmap_first;
	m->arg = &h;
	ck_assert_int_eq(unmap_page(m, 0, h, 5), GNTST_bad_handle);
	ck_assert_uint_eq(pin(8), 0);
	ck_assert_uint_eq(refs(3), 0);
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
	ck_assert_uint_eq(handle_flags(7), HOST);
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
		ck_assert_uint_eq(pin(i), 0);
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
	grant_handle_t h = mapped(8, 5, HOST);

	unmap_page(m, 0, h, 5);
	ck_assert_uint_eq(m->log[fake_find(m, FAKE_flush_tlb, 0)].arg, 0x1);
	h = mapped(8, 5, HOST);
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
		ck_assert_msg(!pin(i) == (i < done), "fault %d, entry %u", _i,
			      i);
		ck_assert_uint_eq(!*fake_pte(m, 0, i), i < done);
		ck_assert_uint_eq(!(grant_flags(m, 1, i) & RW_BITS), i < done);
		ck_assert_uint_eq(!handle_flags(i), i < done);
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

/* ---- replace ----------------------------------------------------------- */

START_TEST(replace_moves_a_mapping_with_its_a_and_d)
{
	grant_handle_t h = mapped(8, 5, HOST | RO);
	uint64_t moved;

	fake_guest_map(m, 0, 6, 7, true);
	fake_touch(m, 0, 6, true);
	moved = *fake_pte(m, 0, 6);
	ck_assert_int_eq(replace(fake_linear(5), fake_linear(6), h),
			 GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), moved);
	ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	ck_assert_uint_eq(moved & 0x60, 0x60);
	ck_assert_uint_eq(pin(8), 0);
	ck_assert_uint_eq(m->flushes, 1);
	ck_assert_uint_eq(fake_count(m, FAKE_pte_put), 0);
}
END_TEST

START_TEST(replaced_grant_is_unmapped_where_it_moved)
{
	grant_handle_t a = mapped(8, 5, HOST), b = mapped(9, 6, HOST);

	fake_touch(m, 0, 6, false);
	ck_assert_int_eq(replace(fake_linear(5), fake_linear(6), a),
			 GNTST_okay);
	ck_assert_uint_eq(m->flushes, 1);
	ck_assert_int_eq(unmap_page(m, 0, b, 6), GNTST_general_error);
	ck_assert_int_eq(unmap_page(m, 0, b, 5), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5) | *fake_pte(m, 0, 6), 0);
	ck_assert_uint_eq(refs(3), 0);
}
END_TEST

START_TEST(replace_always_flushes_and_counts_nothing)
{
	const struct gnttab_policy *p;

	for (size_t i = 0; (p = gnttab_policy_at(i)); i++) {
		struct fake_machine *saved = m;
		grant_handle_t h;

		m = fake_create(p->name);
		h = mapped(8, 5, HOST);
		ck_assert_int_eq(replace(fake_linear(5), 0, h), GNTST_okay);
		ck_assert_msg(m->flushes == 1, "%s: %u flushes", p->name,
			      m->flushes);
		ck_assert_uint_eq(gnttab_counters(m->domains[0].gt)->batches,
				  0);
		fake_destroy(m);
		m = saved;
	}
}
END_TEST

START_TEST(failed_replace_loses_the_stolen_mapping)
{
	grant_handle_t h = mapped(8, 5, HOST);

	fake_guest_map(m, 0, 6, 7, true);
	*fake_pte(m, 0, 5) &= ~2ull;
	ck_assert_int_eq(replace(fake_linear(5), fake_linear(6), h),
			 GNTST_general_error);
	ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	ck_assert_uint_eq(m->frames[fake_mfn(m, 0, 7).n].refs, 0);
	ck_assert_uint_eq(pin(8), 1);
	ck_assert_uint_eq(m->flushes, 1);
}
END_TEST

START_TEST(replace_of_a_mapping_by_entry_steals_nothing)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_slot(m, 0, 1, 8, 5, HOST, &h);
	fake_guest_map(m, 0, 6, 7, true);
	ck_assert_int_eq(replace(fake_slot(m, 0, 5), fake_linear(6), h),
			 GNTST_general_error);
	ck_assert_uint_ne(*fake_pte(m, 0, 6), 0);
	ck_assert_int_eq(replace(fake_slot(m, 0, 5), 0, h), GNTST_okay);
}
END_TEST

START_TEST(replace_with_an_address_without_entry_fails)
{
	grant_handle_t h = mapped(8, 5, HOST);

	ck_assert_int_eq(replace(fake_linear(5), 0x1000, h),
			 GNTST_general_error);
	ck_assert_uint_eq(pin(8), 1);
	ck_assert_uint_ne(*fake_pte(m, 0, 5), 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, unmap_undoes_everything_that_map_did);
	tcase_add_test(tc, handle_that_is_free_or_out_of_range_is_bad);
	tcase_add_test(tc, any_entry_with_the_frame_and_the_rights_will_do);
	tcase_add_loop_test(tc,
			    entry_must_have_the_frame_and_rights_of_the_handle,
			    0, ROWS(entry_rows));
	tcase_add_test(tc, address_without_an_entry_fails_and_changes_nothing);
	tcase_add_test(tc, neither_address_is_a_no_op_that_succeeds);
	tcase_add_test(tc, handle_by_entry_is_unmapped_by_entry);
	tcase_add_test(tc, host_and_device_part_are_released_one_by_one);
	tcase_add_test(tc, wrong_device_address_keeps_the_host_part_too);
	tcase_add_test(tc, device_address_of_a_host_only_handle_is_ignored);
	tcase_add_test(tc, last_writer_clears_gtf_writing_last_pin_gtf_reading);
	tcase_add_test(tc,
		       writable_unmap_marks_the_frame_dirty_read_only_does_not);
	tcase_add_test(tc, mapper_of_a_domain_that_is_gone_is_stopped);
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
	tcase_add_test(tc, replace_moves_a_mapping_with_its_a_and_d);
	tcase_add_test(tc, replaced_grant_is_unmapped_where_it_moved);
	tcase_add_test(tc, replace_always_flushes_and_counts_nothing);
	tcase_add_test(tc, failed_replace_loses_the_stolen_mapping);
	tcase_add_test(tc, replace_of_a_mapping_by_entry_steals_nothing);
	tcase_add_test(tc, replace_with_an_address_without_entry_fails);
}

int main(void)
{
	return run_suite("gnttab unmap", add);
}

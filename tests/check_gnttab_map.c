/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_gnttab_map.c - GNTTABOP_map_grant_ref, on a fake machine. */
#include <errno.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define ROWS(table) (int)(sizeof(table) / sizeof(*(table)))
#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly
#define L1_GFN FAKE_DATA_FRAMES

static struct fake_machine *m;

static void setup(void)
{
	m = fake_create("xs8");
}

static void teardown(void)
{
	fake_destroy(m);
}

static uint32_t pin(domid_t granter, grant_ref_t ref)
{
	return gnttab_active(m->domains[granter].gt, ref).pin;
}

static unsigned refs(domid_t id, uint64_t gfn)
{
	return m->frames[fake_mfn(m, id, gfn).n].refs;
}

static unsigned writers(domid_t id, uint64_t gfn)
{
	return m->frames[fake_mfn(m, id, gfn).n].writers;
}

/* ---- status codes --------------------------------------------------- */

/* Domain 1 grants frame @gfn to @grantee through entry 8 with @gtf; domain 0
 * maps reference @ref of domain @dom at @addr. */
static const struct status_row {
	const char *name;
	domid_t grantee;
	uint64_t gfn;
	uint16_t gtf;
	domid_t dom;
	grant_ref_t ref;
	uint64_t addr;
	uint32_t flags;
	int16_t want;
} status_rows[] = {
	/* clang-format off */
	{ "writable", 0, 3, 0, 1, 8, FAKE_LINEAR, HOST, GNTST_okay },
	{ "read-only", 0, 3, 0, 1, 8, FAKE_LINEAR, HOST | RO, GNTST_okay },
	{ "read-only of a read-only grant", 0, 3, GTF_readonly, 1, 8,
	  FAKE_LINEAR, HOST | RO, GNTST_okay },
	{ "for a device alone, no address needed", 0, 3, 0, 1, 8, 0, DEVICE,
	  GNTST_okay },
	{ "neither part", 0, 3, 0, 1, 8, FAKE_LINEAR, RO, GNTST_bad_gntref },
	{ "no such domain", 0, 3, 0, 7, 8, FAKE_LINEAR, HOST,
	  GNTST_bad_domain },
	{ "DOMID_SELF is not a granter", 0, 3, 0, DOMID_SELF, 8, FAKE_LINEAR,
	  HOST, GNTST_bad_domain },
	{ "reference past the table", 0, 3, 0, 1, 512, FAKE_LINEAR, HOST,
	  GNTST_bad_gntref },
	{ "last reference, not granted", 0, 3, 0, 1, 511, FAKE_LINEAR, HOST,
	  GNTST_general_error },
	{ "granted to another", 2, 3, 0, 1, 8, FAKE_LINEAR, HOST,
	  GNTST_general_error },
	{ "writable of a read-only grant", 0, 3, GTF_readonly, 1, 8,
	  FAKE_LINEAR, HOST, GNTST_general_error },
	{ "sub-page grants are for copying", 0, 3, GTF_sub_page, 1, 8,
	  FAKE_LINEAR, HOST | RO, GNTST_general_error },
	{ "transitive grant", 0, 3, GTF_transitive, 1, 8, FAKE_LINEAR,
	  HOST | RO, GNTST_general_error },
	{ "no such frame", 0, 999, 0, 1, 8, FAKE_LINEAR, HOST,
	  GNTST_bad_page },
	{ "a page table, writable", 0, L1_GFN, 0, 1, 8, FAKE_LINEAR, HOST,
	  GNTST_general_error },
	{ "a page table, read-only", 0, L1_GFN, 0, 1, 8, FAKE_LINEAR,
	  HOST | RO, GNTST_okay },
	{ "address without a page table", 0, 3, 0, 1, 8,
	  FAKE_LINEAR + FAKE_SLOTS * 4096ull, HOST, GNTST_general_error },
	/* clang-format on */
};

START_TEST(status_is_that_of_xen)
{
	const struct status_row *r = &status_rows[_i];
	gnttab_map_grant_ref_t op = { .host_addr = r->addr,
				      .flags = r->flags,
				      .ref = r->ref,
				      .dom = r->dom,
				      .handle = 77 };
	bool ok = r->want == GNTST_okay;

	grant_access(m, 1, 8, r->grantee, r->gfn, r->gtf);
	ck_assert_int_eq(call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op)),
			 0);
	ck_assert_msg(op.status == r->want, "%s: got %d, want %d", r->name,
		      op.status, r->want);
	ck_assert_msg(!pin(1, 8) == !ok, "%s: pin %#x", r->name, pin(1, 8));
	ck_assert_msg(!(grant_flags(m, 1, 8) & GTF_reading) == !ok,
		      "%s: flags %#x", r->name, grant_flags(m, 1, 8));
	ck_assert_msg(op.handle == (ok ? 0 : 77), "%s: handle %u", r->name,
		      op.handle);
	ck_assert_msg(m->flushes == 0, "%s: flushed", r->name);
}
END_TEST

START_TEST(frame_to_be_brought_in_gives_eagain)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	m->paged_out.n = 3;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h), GNTST_eagain);
	ck_assert_uint_eq(grant_flags(m, 1, 8), GTF_permit_access);
	m->paged_out.n = FAKE_NEVER;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h), GNTST_okay);
}
END_TEST

START_TEST(device_address_is_the_frame)
{
	gnttab_map_grant_ref_t op = { .flags = DEVICE, .ref = 8, .dom = 1 };

	grant_access(m, 1, 8, 0, 3, 0);
	call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op));
	ck_assert_int_eq(op.status, GNTST_okay);
	ck_assert_uint_eq(op.dev_bus_addr, fake_mfn(m, 1, 3).n << 12);
}
END_TEST

/* ---- pins, status bits, references ---------------------------------- */

static const struct part_row {
	const char *name;
	uint32_t flags, pin;
	uint16_t gtf;
	unsigned refs, writers;
} part_rows[] = {
	/* clang-format off */
	{ "host", HOST, 0x1, GTF_reading | GTF_writing, 1, 1 },
	{ "host, read-only", HOST | RO, 0x100, GTF_reading, 1, 0 },
	{ "device", DEVICE, 0x10000, GTF_reading | GTF_writing, 1, 1 },
	{ "device, read-only", DEVICE | RO, 0x1000000, GTF_reading, 1, 0 },
	{ "both", HOST | DEVICE, 0x10001, GTF_reading | GTF_writing, 2, 2 },
	{ "both, read-only", HOST | DEVICE | RO, 0x1000100, GTF_reading, 2,
	  0 },
	/* clang-format on */
};

START_TEST(each_part_has_a_pin_and_a_reference)
{
	const struct part_row *r = &part_rows[_i];
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 5, r->flags, &h), GNTST_okay);
	ck_assert_msg(pin(1, 8) == r->pin, "%s: pin %#x", r->name, pin(1, 8));
	ck_assert_msg(grant_flags(m, 1, 8) == (GTF_permit_access | r->gtf),
		      "%s: flags %#x", r->name, grant_flags(m, 1, 8));
	ck_assert_msg(refs(1, 3) == r->refs && writers(1, 3) == r->writers,
		      "%s: %u references, %u of them writable", r->name,
		      refs(1, 3), writers(1, 3));
}
END_TEST

START_TEST(first_writer_beside_readers_sets_gtf_writing)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 0, HOST | RO, &h);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & GTF_writing, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 1, HOST, &h), GNTST_okay);
	ck_assert_uint_ne(grant_flags(m, 1, 8) & GTF_writing, 0);
	ck_assert_uint_eq(pin(1, 8), 0x101);
}
END_TEST

START_TEST(pinned_entry_is_for_its_grantee_whatever_the_guest_writes)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 0, HOST | RO, &h);
	grant_access(m, 1, 8, 2, 4, GTF_reading);
	m->cpus[1].runs = &m->domains[2];
	ck_assert_int_eq(map_page(m, 1, 1, 8, 0, HOST | RO, &h),
			 GNTST_general_error);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 1, HOST | RO, &h), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 1) >> 12 & 0xffffffffff,
			  fake_mfn(m, 1, 3).n);
}
END_TEST

static void flip_bit(struct fake_machine *fake, void *flips)
{
	unsigned *left = flips;

	fake_shared(fake, 1, 8)[0] ^= GTF_PWT;
	if (--*left)
		fake->at[FAKE_shared_cmpxchg] = flip_bit;
}

static int16_t map_while_flipping(unsigned flips)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	m->at[FAKE_shared_cmpxchg] = flip_bit;
	m->arg = &flips;
	return map_page(m, 0, 1, 8, 0, HOST, &h);
}

START_TEST(guest_that_flips_the_word_five_times_is_refused)
{
	ck_assert_int_eq(map_while_flipping(5), GNTST_general_error);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 5);
	ck_assert_uint_eq(pin(1, 8), 0);
	ck_assert_uint_eq(grant_flags(m, 1, 8) & (GTF_reading | GTF_writing),
			  0);
}
END_TEST

START_TEST(guest_that_flips_the_word_four_times_is_mapped)
{
	ck_assert_int_eq(map_while_flipping(4), GNTST_okay);
	ck_assert_uint_eq(fake_count(m, FAKE_shared_cmpxchg), 5);
}
END_TEST

static void revoke(struct fake_machine *fake, void *arg)
{
	(void)arg;
	fake_shared(fake, 1, 8)[0] = 0;
}

START_TEST(grant_revoked_before_the_exchange_is_refused)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	m->at[FAKE_shared_cmpxchg] = revoke;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, HOST, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(fake_shared(m, 1, 8)[0], 0);
}
END_TEST

START_TEST(at_most_128_pins_of_a_kind_and_others_still_fit)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	for (unsigned i = 0; i < 128; i++)
		ck_assert_int_eq(map_page(m, 0, 1, 8, i, HOST, &h), GNTST_okay);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 128, HOST, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(pin(1, 8), 0x80);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 128, HOST | RO, &h), GNTST_okay);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, DEVICE, &h), GNTST_okay);
	ck_assert_uint_eq(pin(1, 8), 0x10180);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 129, HOST | DEVICE | RO, &h),
			 GNTST_okay);
}
END_TEST

/* ---- the entry ------------------------------------------------------ */

/* Entry for frame F: NX, US, P; bit 52 for the guest's kernel. */
#define KERNEL 0x8010000000000005ull
#define USER 0x8000000000000105ull

static const struct entry_row {
	const char *policy;
	uint32_t flags;
	uint64_t entry;
} entry_rows[] = {
	{ "xs8", HOST, KERNEL | 0x2 },
	{ "xs8", HOST | RO, KERNEL },
	{ "xs8", HOST | GNTMAP_application_map, USER | 0x2 },
	{ "xs8", HOST | RO | GNTMAP_application_map, USER },
	{ "xs8", HOST | RO | 1u << 16, KERNEL | 0x200 },
	{ "xs8", HOST | RO | 7u << 16, KERNEL | 0xe00 },
	{ "xs8", HOST | RO | 0xfff8u << 16, KERNEL },
	{ "xs8", HOST | DEVICE | RO, KERNEL },
	{ "upstream", HOST, KERNEL | 0x62 },
	{ "upstream", HOST | RO, KERNEL | 0x60 },
	{ "rfc2014", HOST | RO, KERNEL },
	{ "xs65", HOST | RO, KERNEL },
	{ "xs-2014-10", HOST | RO, KERNEL },
	{ "xs70", HOST | RO, KERNEL },
	{ "xs72-amd", HOST | RO, KERNEL },
	{ "xs-2017-10", HOST | RO, KERNEL },
};

START_TEST(entry_has_the_flags_of_a_64_bit_pv_guest)
{
	const struct entry_row *r = &entry_rows[_i];
	struct fake_machine *fake = fake_create(r->policy);
	uint64_t want = r->entry | fake_mfn(fake, 1, 3).n << 12;
	grant_handle_t h;

	grant_access(fake, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(fake, 0, 1, 8, 5, r->flags, &h), GNTST_okay);
	ck_assert_msg(*fake_pte(fake, 0, 5) == want,
		      "%s, flags %#x: got %#lx, want %#lx", r->policy, r->flags,
		      *fake_pte(fake, 0, 5), want);
	fake_destroy(fake);
}
END_TEST

START_TEST(device_part_leaves_page_tables_alone)
{
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 5, DEVICE, &h), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_pte_write), 0);
}
END_TEST

START_TEST(what_was_mapped_there_loses_its_reference)
{
	grant_handle_t h;

	fake_guest_map(m, 0, 5, 7, true);
	grant_access(m, 1, 8, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 8, 5, HOST, &h), GNTST_okay);
	ck_assert_uint_eq(refs(0, 7), 0);
	ck_assert_uint_eq(writers(0, 7), 0);
	ck_assert_uint_eq(m->flushes, 0);
}
END_TEST

static int16_t map_at_slot(uint64_t addr)
{
	gnttab_map_grant_ref_t op = {
		.host_addr = addr,
		.flags = HOST | GNTMAP_contains_pte,
		.ref = 8,
		.dom = 1,
	};

	grant_access(m, 1, 8, 0, 3, 0);
	call(m, 0, GNTTABOP_map_grant_ref, &op, 1, sizeof(op));
	return op.status;
}

START_TEST(entry_may_be_named_by_its_machine_address)
{
	uint64_t slot = fake_slot(m, 0, 600);

	ck_assert_int_eq(map_at_slot(slot), GNTST_okay);
	ck_assert_uint_eq(*fake_pte(m, 0, 600),
			  KERNEL | 0x2 | fake_mfn(m, 1, 3).n << 12);
	ck_assert_uint_eq(fake_count(m, FAKE_l1_slot), 0);
}
END_TEST

START_TEST(misaligned_entry_address_is_refused)
{
	for (uint64_t i = 1; i < 8; i++) {
		ck_assert_int_eq(map_at_slot(fake_slot(m, 0, 5) + i),
				 GNTST_general_error);
		ck_assert_uint_eq(*fake_pte(m, 0, 5), 0);
		ck_assert_uint_eq(*fake_pte(m, 0, 6), 0);
	}
	ck_assert_uint_eq(pin(1, 8), 0);
}
END_TEST

START_TEST(entry_address_must_be_in_the_callers_own_l1)
{
	const uint64_t bad[] = {
		fake_slot(m, 1, 5),	   /* another's page table */
		fake_mfn(m, 0, 5).n << 12, /* no page table */
		1ull << 52 | fake_slot(m, 0, 5),
		UINT64_MAX & ~7ull,
	};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(map_at_slot(bad[i]) == GNTST_general_error,
			      "%#lx was accepted", bad[i]);
	ck_assert_uint_eq(pin(1, 8), 0);
}
END_TEST

/* ---- undo ----------------------------------------------------------- */

START_TEST(late_failure_removes_the_mapping_and_flushes_before_the_drop)
{
	grant_handle_t h;
	unsigned holds;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 1, HOST | RO, &h);
	fake_reset(m);
	map_page(m, 0, 1, 8, 2, HOST | DEVICE | RO, &h);
	holds = fake_find(m, FAKE_frame_hold, 1);
	ck_assert_int_gt((int)holds, fake_find(m, FAKE_pte_write, 0));

	fake_reset(m);
	m->fail_at = holds;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 3, HOST | DEVICE | RO, &h),
			 GNTST_general_error);
	ck_assert_uint_eq(*fake_pte(m, 0, 3), 0);
	ck_assert_uint_eq(m->flushes, 1);
	ck_assert_int_lt(fake_find(m, FAKE_pte_cmpxchg, 0),
			 fake_find(m, FAKE_flush_tlb, 0));
	ck_assert_int_lt(fake_find(m, FAKE_flush_tlb, 0),
			 fake_find(m, FAKE_frame_drop, 0));
	ck_assert_uint_eq(pin(1, 8), 0x1000200);
	ck_assert_uint_eq(refs(1, 3), 3);
}
END_TEST

/* ---- handles -------------------------------------------------------- */

START_TEST(handles_are_reused_first_in_first_out)
{
	grant_handle_t h[4];

	grant_access(m, 1, 8, 0, 3, 0);
	for (unsigned i = 0; i < 3; i++) {
		map_page(m, 0, 1, 8, i, HOST, &h[i]);
		ck_assert_uint_eq(h[i], i);
	}
	unmap_page(m, 0, h[1], 1);
	map_page(m, 0, 1, 8, 1, HOST, &h[3]);
	ck_assert_uint_eq(h[3], 3);
	/* 4 .. 255 were free before handle 1 was, and 255 is the sentinel
	 * no more. */
	for (unsigned i = 4; i < 256; i++)
		map_page(m, 0, 1, 8, 0, DEVICE | (i % 2 ? RO : 0), &h[0]);
	ck_assert_uint_eq(h[0], 255);
}
END_TEST

START_TEST(one_handle_of_all_frames_is_never_given)
{
	const unsigned limit = FAKE_HANDLE_FRAMES * 256;
	grant_handle_t h;

	for (unsigned i = 0; i < limit - 1; i++) {
		grant_access(m, 1, i % 16, 0, 3, 0);
		ck_assert_int_eq(map_page(m, 0, 1, i % 16, i, HOST, &h),
				 GNTST_okay);
		ck_assert_uint_lt(h, limit);
	}
	ck_assert_int_eq(map_page(m, 0, 1, 0, 0, HOST, &h), GNTST_no_space);
	ck_assert_uint_eq(pin(1, 0), 32);
	ck_assert_uint_eq(gnttab_maptrack_limit(m->domains[0].gt), limit);
	unmap_page(m, 0, 17, 17);
	ck_assert_int_eq(map_page(m, 0, 1, 0, 17, HOST, &h), GNTST_okay);
}
END_TEST

START_TEST(handle_stands_for_what_was_mapped)
{
	struct gnttab_maptrack_view v;
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_slot(m, 0, 1, 8, 5, HOST | RO | 3u << 16, &h);
	v = gnttab_maptrack(m->domains[0].gt, h);
	ck_assert_uint_eq(v.ref, 8);
	ck_assert_uint_eq(v.granter, 1);
	ck_assert_uint_eq(v.flags, HOST | RO | GNTMAP_contains_pte);
	ck_assert_uint_eq(gnttab_maptrack(m->domains[0].gt, h + 1).flags, 0);
	ck_assert_uint_eq(gnttab_maptrack(m->domains[0].gt, 99999).flags, 0);
	ck_assert_uint_eq(gnttab_active(m->domains[1].gt, 99999).pin, 0);
}
END_TEST

/* ---- the table ------------------------------------------------------ */

START_TEST(table_grows_up_to_its_limit)
{
	struct grant_table *gt = m->domains[1].gt;
	grant_handle_t h;

	ck_assert_uint_eq(gnttab_nr_frames(gt), 1);
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 3), -ENOSPC);
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 2), 0);
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 1), 0);
	ck_assert_uint_eq(gnttab_nr_frames(gt), 2);
	grant_access(m, 1, 1023, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, 1023, 5, HOST, &h), GNTST_okay);
	ck_assert_uint_eq(pin(1, 1023), 1);
}
END_TEST

START_TEST(growing_without_memory_changes_nothing)
{
	struct grant_table *gt = m->domains[1].gt;

	memset(m->table_used, true, sizeof(m->table_used));
	ck_assert_int_eq(gnttab_grow(&m->cpus[1], gt, 2), -ENOMEM);
	ck_assert_uint_eq(gnttab_nr_frames(gt), 1);
}
END_TEST

/* ---- the array ------------------------------------------------------ */

static void fill(gnttab_map_grant_ref_t *ops, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		grant_access(m, 1, i, 0, 3, 0);
		ops[i] = (gnttab_map_grant_ref_t){
			.host_addr = fake_linear(i),
			.flags = HOST,
			.ref = i,
			.dom = 1,
		};
	}
}

START_TEST(a_bad_operation_does_not_stop_the_next)
{
	gnttab_map_grant_ref_t ops[3];

	fill(ops, 3);
	ops[1].ref = 5000;
	ck_assert_int_eq(
		call(m, 0, GNTTABOP_map_grant_ref, ops, 3, sizeof(*ops)), 0);
	ck_assert_int_eq(ops[0].status, GNTST_okay);
	ck_assert_int_eq(ops[1].status, GNTST_bad_gntref);
	ck_assert_int_eq(ops[2].status, GNTST_okay);
	ck_assert_uint_eq(ops[2].handle, 2);
}
END_TEST

START_TEST(preemption_is_asked_before_every_operation_but_the_first)
{
	gnttab_map_grant_ref_t ops[5];
	unsigned preempted = 0;

	fill(ops, 5);
	call_write(m, 0, ops, 5, sizeof(*ops));
	m->preempt = true;
	ck_assert_int_eq(call_run(m, 0, GNTTABOP_map_grant_ref, 5, &preempted),
			 0);
	ck_assert_uint_eq(preempted, 4);
	call_read(m, 0, ops, 5, sizeof(*ops));
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(ops[i].handle, i);
}
END_TEST

START_TEST(fault_keeps_earlier_maps_and_the_one_whose_result_is_lost)
{
	gnttab_map_grant_ref_t ops[3];

	for (unsigned fault = 0; fault < 6; fault++) {
		struct fake_machine *saved = m;
		unsigned made = (fault + 1) / 2, pinned = 0;

		m = fake_create("xs8");
		fill(ops, 3);
		m->fault_in = fault;
		ck_assert_int_eq(call(m, 0, GNTTABOP_map_grant_ref, ops, 3,
				      sizeof(*ops)),
				 -EFAULT);
		for (unsigned i = 0; i < 3; i++)
			pinned += pin(1, i);
		ck_assert_uint_eq(pinned, made);
		fake_destroy(m);
		m = saved;
	}
}
END_TEST

static const struct error_row {
	const char *name;
	unsigned cmd, count;
	int want;
} error_rows[] = {
	{ "nothing to map", GNTTABOP_map_grant_ref, 0, 0 },
	{ "count with its sign bit", GNTTABOP_map_grant_ref, 0x80000000,
	  -EINVAL },
	{ "high bits in the command", GNTTABOP_unmap_grant_ref | 1u << 20, 1,
	  -EINVAL },
	{ "between others, without a function", GNTTABOP_dump_table, 1,
	  -ENOSYS },
	{ "the first without a function", GNTTABOP_cache_flush, 1, -ENOSYS },
	{ "unknown command", 13, 1, -ENOSYS },
	{ "largest unknown command", 0xfffff, 1, -ENOSYS },
};

START_TEST(hypercall_errors)
{
	const struct error_row *r = &error_rows[_i];
	struct gnttab_call c = { r->cmd, FAKE_ARGS, r->count };
	int rc = gnttab_hypercall(&m->cpus[0], m->domains[0].gt, &c);

	ck_assert_msg(rc == r->want, "%s: got %d, want %d", r->name, rc,
		      r->want);
	ck_assert_uint_eq(m->crossings, 0);
}
END_TEST

START_TEST(unreadable_array_is_a_fault)
{
	struct gnttab_call c = { GNTTABOP_map_grant_ref, 0, 1 };

	ck_assert_int_eq(gnttab_hypercall(&m->cpus[0], m->domains[0].gt, &c),
			 -EFAULT);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, status_is_that_of_xen, 0, ROWS(status_rows));
	tcase_add_test(tc, frame_to_be_brought_in_gives_eagain);
	tcase_add_test(tc, device_address_is_the_frame);
	tcase_add_loop_test(tc, each_part_has_a_pin_and_a_reference, 0,
			    ROWS(part_rows));
	tcase_add_test(tc, first_writer_beside_readers_sets_gtf_writing);
	tcase_add_test(
		tc, pinned_entry_is_for_its_grantee_whatever_the_guest_writes);
	tcase_add_test(tc, guest_that_flips_the_word_five_times_is_refused);
	tcase_add_test(tc, guest_that_flips_the_word_four_times_is_mapped);
	tcase_add_test(tc, grant_revoked_before_the_exchange_is_refused);
	tcase_add_test(tc, at_most_128_pins_of_a_kind_and_others_still_fit);
	tcase_add_loop_test(tc, entry_has_the_flags_of_a_64_bit_pv_guest, 0,
			    ROWS(entry_rows));
	tcase_add_test(tc, device_part_leaves_page_tables_alone);
	tcase_add_test(tc, what_was_mapped_there_loses_its_reference);
	tcase_add_test(tc, entry_may_be_named_by_its_machine_address);
	tcase_add_test(tc, misaligned_entry_address_is_refused);
	tcase_add_test(tc, entry_address_must_be_in_the_callers_own_l1);
	tcase_add_test(
		tc,
		late_failure_removes_the_mapping_and_flushes_before_the_drop);
	tcase_add_test(tc, handles_are_reused_first_in_first_out);
	tcase_add_test(tc, one_handle_of_all_frames_is_never_given);
	tcase_add_test(tc, handle_stands_for_what_was_mapped);
	tcase_add_test(tc, table_grows_up_to_its_limit);
	tcase_add_test(tc, growing_without_memory_changes_nothing);
	tcase_add_test(tc, a_bad_operation_does_not_stop_the_next);
	tcase_add_test(
		tc, preemption_is_asked_before_every_operation_but_the_first);
	tcase_add_test(
		tc, fault_keeps_earlier_maps_and_the_one_whose_result_is_lost);
	tcase_add_loop_test(tc, hypercall_errors, 0, ROWS(error_rows));
	tcase_add_test(tc, unreadable_array_is_a_fault);
}

int main(void)
{
	return run_suite("gnttab map", add);
}

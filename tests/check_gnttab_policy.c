/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_policy.c - which flushes each preset leaves out, and whether
 * that was safe.
 *
 * The fake's CPUs cache a translation when they touch a page; a violation is
 * a GTF_reading or GTF_writing cleared while one is left.
 */
#include <string.h>

#include "gnttab/pv.h"
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define RO GNTMAP_readonly

/* ---- one batch of one operation, under every preset -------------------- */

enum scene {
	UNTOUCHED,
	TOUCHED,
	BY_ENTRY, /* GNTMAP_contains_pte */
	BY_ENTRY_TOUCHED,
	BAD_HANDLE,
	DEVICE,
	NO_OP,
	FOREIGN, /* untouched, not the hardware domain */
	SCENES
};

static const char *const scene_names[] = {
	"untouched",	"touched",     "by entry",	   "by entry, touched",
	"a bad handle", "device part", "no address given", "domain 1",
};

/* Flushes by scene, in the order above. */
static const struct preset_row {
	const char *policy;
	bool amd;
	unsigned flushes[SCENES];
	unsigned violations;	   /* of touched mappings by entry */
	uint64_t left, left_dirty; /* entry after touched unmaps, RO and RW */
} preset_rows[] = {
	/* clang-format off */
	{ "upstream", false, { 1, 1, 1, 1, 1, 1, 1, 1 }, 0, 0, 0 },
	{ "xs65", false, { 0, 1, 0, 0, 0, 0, 0, 0 }, 1, 0x20, 0x60 },
	{ "rfc2014", false, { 1, 2, 1, 1, 1, 1, 1, 1 }, 0, 0x20, 0x60 },
	{ "xs-2014-10", false, { 1, 2, 1, 1, 1, 1, 1, 1 }, 0, 0x20, 0x60 },
	{ "xs70", false, { 0, 1, 1, 1, 1, 1, 1, 1 }, 0, 0x20, 0x60 },
	{ "xs70", true, { 0, 1, 1, 1, 1, 1, 1, 1 }, 0, 0x20, 0x60 },
	{ "xs72-amd", false, { 0, 1, 1, 1, 1, 1, 1, 1 }, 0, 0x20, 0x60 },
	{ "xs72-amd", true, { 1, 1, 1, 1, 1, 1, 1, 1 }, 0, 0x20, 0x60 },
	{ "xs-2017-10", false, { 0, 1, 1, 1, 1, 1, 1, 1 }, 0, 0, 0 },
	{ "xs8", false, { 0, 1, 0, 1, 1, 1, 1, 1 }, 0, 0, 0 },
	/* clang-format on */
};

static void scene_play(struct fake_machine *m, enum scene scene)
{
	unsigned cpu = scene == FOREIGN;
	domid_t granter = scene == FOREIGN ? 0 : 1;
	bool by_entry = scene == BY_ENTRY || scene == BY_ENTRY_TOUCHED;
	gnttab_unmap_grant_ref_t device = {
		.dev_bus_addr = fake_mfn(m, granter, 3).n << 12,
	};
	grant_handle_t h;

	grant_access(m, granter, 8, cpu, 3, 0);
	if (by_entry)
		map_slot(m, cpu, granter, 8, 5, HOST, &h);
	else
		map_page(m, cpu, granter, 8, 5,
			 scene == DEVICE ? GNTMAP_device_map : HOST, &h);
	if (scene == TOUCHED || scene == BY_ENTRY_TOUCHED)
		fake_touch(m, cpu, 5, false);
	fake_reset(m);
	switch (scene) {
	case UNTOUCHED:
	case TOUCHED:
	case FOREIGN:
		ck_assert_int_eq(unmap_page(m, cpu, h, 5), GNTST_okay);
		break;
	case BY_ENTRY:
	case BY_ENTRY_TOUCHED:
		ck_assert_int_eq(unmap_slot(m, cpu, h, 5), GNTST_okay);
		break;
	case BAD_HANDLE:
		ck_assert_int_eq(unmap_page(m, cpu, 99, 5), GNTST_bad_handle);
		break;
	case DEVICE:
	case NO_OP:
		device.handle = h;
		device.dev_bus_addr *= scene == DEVICE;
		call(m, cpu, GNTTABOP_unmap_grant_ref, &device, 1,
		     sizeof(device));
		ck_assert_int_eq(device.status, GNTST_okay);
		break;
	case SCENES:
		break;
	}
}

static struct fake_machine *preset_machine(const struct preset_row *r)
{
	struct fake_machine *m = fake_create(r->policy);

	m->rules.amd = r->amd;
	return m;
}

START_TEST(preset_flushes_as_its_version_did)
{
	const struct preset_row *r = &preset_rows[_i];

	for (enum scene s = 0; s < SCENES; s++) {
		struct fake_machine *m = preset_machine(r);
		const struct gnttab_counters *c;
		unsigned violations;

		scene_play(m, s);
		ck_assert_msg(m->flushes == r->flushes[s],
			      "%s%s, %s: %u flushes, want %u", r->policy,
			      r->amd ? " on AMD" : "", scene_names[s],
			      m->flushes, r->flushes[s]);
		violations = s == BY_ENTRY_TOUCHED ? r->violations : 0;
		ck_assert_msg(m->violations == violations,
			      "%s, %s: %u violations", r->policy,
			      scene_names[s], m->violations);
		c = gnttab_counters(m->domains[s == FOREIGN].gt);
		ck_assert_uint_eq(c->batches, 1);
		ck_assert_uint_eq(c->batches_flushed, r->flushes[s] > 0);
		fake_destroy(m);
	}
}
END_TEST

START_TEST(preset_leaves_the_entry_as_its_version_did)
{
	const struct preset_row *r = &preset_rows[_i];
	struct fake_machine *m = preset_machine(r);
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST | RO, &h);
	fake_touch(m, 0, 5, false);
	unmap_page(m, 0, h, 5);
	ck_assert_msg(*fake_pte(m, 0, 5) == r->left, "%s: %#lx", r->policy,
		      *fake_pte(m, 0, 5));
	map_page(m, 0, 1, 8, 6, HOST, &h);
	fake_touch(m, 0, 6, true);
	unmap_page(m, 0, h, 6);
	ck_assert_msg(*fake_pte(m, 0, 6) == r->left_dirty, "%s: %#lx",
		      r->policy, *fake_pte(m, 0, 6));
	ck_assert_uint_eq(m->violations, 0);
	fake_destroy(m);
}
END_TEST

START_TEST(patch_counters_count_the_conditional_flush)
{
	const struct preset_row *r = &preset_rows[_i];
	struct fake_machine *m = preset_machine(r);
	const struct gnttab_counters *c = gnttab_counters(m->domains[0].gt);
	bool skips = r->flushes[UNTOUCHED] == 0 ||
		     r->flushes[TOUCHED] == 2; /* beside the other one */

	scene_play(m, UNTOUCHED);
	ck_assert_uint_eq(c->flush_avoided, skips);
	ck_assert_uint_eq(c->flush_done, !skips);
	scene_play(m, TOUCHED);
	ck_assert_uint_eq(c->flush_avoided, skips);
	ck_assert_uint_eq(c->flush_done, 2 - skips);
	ck_assert_uint_eq(c->unmap_operations, 2);
	fake_destroy(m);
}
END_TEST

/* ---- batches ------------------------------------------------------------ */

static void unmap_33(struct fake_machine *m, unsigned touched)
{
	gnttab_unmap_grant_ref_t ops[33];

	for (unsigned i = 0; i < 33; i++) {
		grant_access(m, 1, i, 0, i, 0);
		map_page(m, 0, 1, i, i, HOST | RO, &ops[i].handle);
		ops[i].host_addr = fake_linear(i);
		ops[i].dev_bus_addr = 0;
	}
	fake_touch(m, 0, touched, false);
	fake_reset(m);
	ck_assert_int_eq(
		call(m, 0, GNTTABOP_unmap_grant_ref, ops, 33, sizeof(*ops)), 0);
}

START_TEST(one_touched_page_flushes_its_batch_and_no_other)
{
	const unsigned touched[] = { 0, 15, 31, 32 };

	for (unsigned i = 0; i < 4; i++) {
		struct fake_machine *m = fake_create("xs8");

		unmap_33(m, touched[i]);
		ck_assert_uint_eq(m->flushes, 1);
		ck_assert_uint_eq(m->violations, 0);
		/* before or after the first batch's pins go */
		ck_assert_int_eq(fake_find(m, FAKE_flush_tlb, 0) <
					 fake_find(m, FAKE_shared_clear, 0),
				 touched[i] < 32);
		fake_destroy(m);
	}
}
END_TEST

START_TEST(a_failing_operation_flushes_untouched_ones)
{
	struct fake_machine *m = fake_create("xs8");
	gnttab_unmap_grant_ref_t ops[2] = { { 0 } };

	grant_access(m, 1, 8, 0, 3, 0);
	map_page(m, 0, 1, 8, 5, HOST, &ops[0].handle);
	ops[0].host_addr = fake_linear(5);
	ops[1].handle = 77;
	call(m, 0, GNTTABOP_unmap_grant_ref, ops, 2, sizeof(*ops));
	ck_assert_int_eq(ops[0].status, GNTST_okay);
	ck_assert_int_eq(ops[1].status, GNTST_bad_handle);
	ck_assert_uint_eq(m->flushes, 1);
	fake_destroy(m);
}
END_TEST

/* ---- the guest clears A -------------------------------------------------- */

static const struct attack_row {
	const char *policy;
	domid_t mapper;
	unsigned flushes, violations;
} attack_rows[] = {
	{ "upstream", 1, 1, 0 },   { "xs65", 1, 0, 1 },
	{ "rfc2014", 1, 1, 0 },	   { "xs70", 1, 1, 0 },
	{ "xs72-amd", 1, 1, 0 },   { "xs-2017-10", 1, 1, 0 },
	{ "xs8", 1, 1, 0 },	   { "xs70", 0, 0, 1 },
	{ "xs-2017-10", 0, 0, 1 }, { "xs8", 0, 0, 1 },
};

START_TEST(clearing_a_after_a_touch_fools_only_who_trusts_the_mapper)
{
	const struct attack_row *r = &attack_rows[_i];
	struct fake_machine *m = fake_create(r->policy);
	grant_handle_t h;

	grant_access(m, !r->mapper, 8, r->mapper, 3, 0);
	map_page(m, r->mapper, !r->mapper, 8, 5, HOST, &h);
	fake_touch(m, r->mapper, 5, false);
	*fake_pte(m, r->mapper, 5) &= ~FAKE_PTE_A;
	unmap_page(m, r->mapper, h, 5);
	ck_assert_msg(m->flushes == r->flushes &&
			      m->violations == r->violations,
		      "%s, domain %u: %u flushes, %u violations", r->policy,
		      r->mapper, m->flushes, m->violations);
	fake_destroy(m);
}
END_TEST

/* ---- the table of presets --------------------------------------------------
 */

START_TEST(presets_are_found_by_name_and_complete)
{
	const struct gnttab_policy *p;
	size_t n = 0;

	for (; (p = gnttab_policy_at(n)); n++) {
		ck_assert_ptr_eq(gnttab_policy_find(p->name), p);
		ck_assert_uint_gt(strlen(p->summary), 0);
		ck_assert_uint_gt(strlen(p->reasoning), 0);
		ck_assert_uint_gt(strlen(p->source), 0);
	}
	ck_assert_uint_eq(n, 13);
	ck_assert_ptr_null(gnttab_policy_find("xs"));
	ck_assert_ptr_null(gnttab_policy_find(""));
	ck_assert_ptr_null(gnttab_policy_at(SIZE_MAX));
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, preset_flushes_as_its_version_did, 0,
			    ROWS(preset_rows));
	tcase_add_loop_test(tc, preset_leaves_the_entry_as_its_version_did, 0,
			    ROWS(preset_rows));
	tcase_add_loop_test(tc, patch_counters_count_the_conditional_flush, 0,
			    ROWS(preset_rows));
	tcase_add_test(tc, one_touched_page_flushes_its_batch_and_no_other);
	tcase_add_test(tc, a_failing_operation_flushes_untouched_ones);
	tcase_add_loop_test(
		tc, clearing_a_after_a_touch_fools_only_who_trusts_the_mapper,
		0, ROWS(attack_rows));
	tcase_add_test(tc, presets_are_found_by_name_and_complete);
}

int main(void)
{
	return run_suite("gnttab policy", add);
}

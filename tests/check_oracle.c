/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_oracle.c - what the oracle finds when something is broken on purpose.
 *
 * The machine is damaged behind the grant code's back, as a bug in it would.
 */
#include <string.h>

#include "gnttab/grant_table.h"
#include "mmu/physmem.h"
#include "sim/pgtab.h"
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

static void ck_first(struct rig *rig, const char *part)
{
	ck_assert_msg(strstr(rig_first(rig), part), "'%s' has no '%s'",
		      rig_first(rig), part);
}

/* Reference 8 is mapped, and written by both CPUs. */
static void open_touched(struct rig *rig, const char *policy)
{
	rig_open_mapped(rig, policy, 1, HOST);
	rig_access(rig, EVENT_write, 0, AT);
	rig_access(rig, EVENT_write, 1, AT);
}

/* The mask of domain 0 is wrong, as one that drops idle CPUs is. */
static void forget_cpu_1(struct rig *rig)
{
	rig->header.dirty_mask = DIRTY_MASK_DROPS_IDLE;
	rig->sim->domain[0].dirty = 1;
}

START_TEST(flush_that_misses_a_cpu_breaks_i1)
{
	struct rig rig;

	open_touched(&rig, "upstream");
	forget_cpu_1(&rig);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "flush.performed", 1);
	/* For GTF_writing, and for GTF_reading. */
	ck_assert(rig_count(&rig, "oracle.violations") >= 1);
	ck_first(&rig, "reference 8 of domain 1 shows as no longer");
	ck_first(&rig, "by domain 0, but CPU 1 holds a translation of its "
		       "frame (I1)");
	rig_close(&rig);
}
END_TEST

START_TEST(revocation_is_fine_once_a_later_flush_has_come)
{
	struct rig rig;
	struct event event;
	uint64_t violations;

	/* Two handles, one reference: the first goes with a bad flush. */
	rig_open_mapped(&rig, "upstream", 1, HOST);
	event = rig_map_event(&rig, 0, 8, 1, AT + PAGE, HOST);
	rig.ops[0].as.index = 1;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 1, AT);
	forget_cpu_1(&rig);
	rig_unmap(&rig, 0, 1);
	violations = rig_count(&rig, "oracle.violations");
	ck_assert_uint_eq(violations, 0);
	rig.sim->domain[0].dirty = 3;
	rig_unmap(&rig, 1, 1);
	ck_count(&rig, "oracle.violations", 0);
	rig_close(&rig);
}
END_TEST

START_TEST(revocation_by_one_handle_sees_what_another_left_cached)
{
	struct rig rig;
	struct event event;

	rig_open_mapped(&rig, "upstream", 1, HOST);
	event = rig_map_event(&rig, 0, 8, 1, AT + PAGE, HOST);
	rig.ops[0].as.index = 1;
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 1, AT);
	forget_cpu_1(&rig);
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "oracle.violations", 0);
	rig_unmap(&rig, 1, 1);
	ck_assert(rig_count(&rig, "oracle.violations") >= 1);
	ck_first(&rig, "CPU 1 holds a translation of its frame (I1)");
	rig_close(&rig);
}
END_TEST

static grant_entry_v1_t *entry_of(struct rig *rig, unsigned ref)
{
	mfn_t mfn = gnttab_shared_frame(rig->sim->domain[1].grants,
					ref / GRANTS_PER_FRAME_V1);
	grant_entry_v1_t *entries = physmem_pointer(rig->sim->mem,
						    mfn.n * PAGE);

	return &entries[ref % GRANTS_PER_FRAME_V1];
}

START_TEST(status_bits_without_a_pin_break_i4)
{
	struct rig rig;

	rig_open(&rig, "upstream");
	rig_grant(&rig, 8, 1, false);
	entry_of(&rig, 8)->flags |= GTF_reading;
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 1);
	ck_assert_str_eq(rig_first(&rig),
			 "at the end: reference 8 of domain 1 has pins "
			 "0x00000000 but status 0x8 (I4)");
	rig_close(&rig);
}
END_TEST

START_TEST(wrong_status_bits_break_i4_as_soon_as_a_hypercall_is_over)
{
	struct rig rig;

	rig_open(&rig, "upstream");
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST | GNTMAP_readonly);
	entry_of(&rig, 8)->flags |= GTF_writing;
	rig_unmap(&rig, 0, 1);
	ck_count(&rig, "oracle.violations", 1);
	ck_first(&rig, "rig:3: reference 8 of domain 1 has pins 0x00000000 "
		       "but status 0x10 (I4)");
	rig_close(&rig);
}
END_TEST

/* Entry 511 is the last of its frame, and one hypercall changes more words than
 * are kept side by side. */
START_TEST(status_words_of_two_frames_are_all_checked)
{
	static const grant_ref_t wrong[] = { 205, 511, 512, 599 };
	const unsigned first = 200, n = 400;
	struct rig rig;
	uint64_t checks;

	rig_open(&rig, "upstream");
	rig_grant(&rig, first, n, false);
	checks = rig_count(&rig, "oracle.checks");
	rig_map(&rig, first, n, AT, RO);
	ck_count(&rig, "oracle.checks", checks + n);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		entry_of(&rig, wrong[i])->flags |= GTF_writing;
	rig_unmap(&rig, 0, n);
	ck_count(&rig, "oracle.violations", 4);
	ck_first(&rig, "rig:3: reference 205 of domain 1");
	/* Entries, revocations and words; each batch is flushed. */
	ck_count(&rig, "oracle.checks", checks + n + 3 * n);
	rig_close(&rig);
}
END_TEST

START_TEST(pin_without_a_handle_breaks_i4)
{
	struct rig rig;

	rig_open_mapped(&rig, "upstream", 1, HOST);
	grant_active(rig.sim->domain[1].grants, 8)->pin++;
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 1);
	ck_first(&rig, "reference 8 of domain 1 has pins 0x00000002 but "
		       "handles for 0x00000001 (I4)");
	rig_close(&rig);
}
END_TEST

START_TEST(lost_reference_on_a_frame_breaks_i4)
{
	struct rig rig;
	uint64_t mfn;

	rig_open_mapped(&rig, "upstream", 1, HOST);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 0);
	mfn = rig.sim->domain[1].first + 8;
	frame_drop(&rig.sim->frames.frame[mfn], MACHINE_HOLD);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 1);
	ck_first(&rig, "has 0 references, 1 writable, but 1 and 1 uses (I4)");
	rig_close(&rig);
}
END_TEST

START_TEST(use_as_writable_data_is_told_from_a_mere_reference)
{
	struct rig rig;
	uint64_t mfn;

	rig_open_mapped(&rig, "upstream", 1, HOST);
	mfn = rig.sim->domain[1].first + 8;
	frame_drop(&rig.sim->frames.frame[mfn], MACHINE_HOLD_WRITABLE);
	frame_hold(&rig.sim->frames.frame[mfn], MACHINE_HOLD);
	sim_finish(rig.sim);
	ck_count(&rig, "oracle.violations", 1);
	ck_first(&rig, "has 1 references, 0 writable, but 1 and 1 uses (I4)");
	rig_close(&rig);
}
END_TEST

START_TEST(mapping_that_the_guest_zapped_keeps_the_reference_pinned)
{
	struct rig rig;
	struct event event;

	open_touched(&rig, "xs8");
	event = rig_event(&rig, EVENT_unmap_page);
	event.domain = 0;
	event.nr_ops = 1;
	rig.ops[0] = (struct op){ .at = AT };
	rig_run(&rig, &event);
	event = rig_unmap_event(&rig, 0, 0, 1);
	rig.ops[0].status_given = true;
	rig.ops[0].status = GNTST_general_error;
	rig_run(&rig, &event);
	ck_assert_uint_eq(rig.failed.count, 0);
	ck_assert(entry_of(&rig, 8)->flags & GTF_writing);
	rig_finish(&rig);
}
END_TEST

START_TEST(map_over_an_own_page_that_is_cached_is_no_violation)
{
	struct rig rig;
	struct event event;

	rig_open(&rig, "xs8");
	event = rig_event(&rig, EVENT_map_page);
	event.domain = 0;
	event.nr_ops = 1;
	event.page.flags = PAGE_WRITABLE;
	rig.ops[0] = (struct op){ .at = AT, .frame = 5 };
	rig_run(&rig, &event);
	rig_access(&rig, EVENT_write, 0, AT);
	rig_grant(&rig, 8, 1, false);
	rig_map(&rig, 8, 1, AT, HOST);
	rig_unmap(&rig, 0, 1);
	/* The old page is still cached; the granted one never was. */
	ck_count(&rig, "flush.avoided", 1);
	ck_count(&rig, "oracle.violations", 0);
	rig_access(&rig, EVENT_read, 0, AT);
	ck_count(&rig, "oracle.stale_uses", 1);
	rig_finish(&rig);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, flush_that_misses_a_cpu_breaks_i1);
	tcase_add_test(tc, revocation_is_fine_once_a_later_flush_has_come);
	tcase_add_test(tc,
		       revocation_by_one_handle_sees_what_another_left_cached);
	tcase_add_test(tc, status_bits_without_a_pin_break_i4);
	tcase_add_test(
		tc, wrong_status_bits_break_i4_as_soon_as_a_hypercall_is_over);
	tcase_add_test(tc, status_words_of_two_frames_are_all_checked);
	tcase_add_test(tc, pin_without_a_handle_breaks_i4);
	tcase_add_test(tc, lost_reference_on_a_frame_breaks_i4);
	tcase_add_test(tc, use_as_writable_data_is_told_from_a_mere_reference);
	tcase_add_test(
		tc, mapping_that_the_guest_zapped_keeps_the_reference_pinned);
	tcase_add_test(tc, map_over_an_own_page_that_is_cached_is_no_violation);
}

int main(void)
{
	return run_suite("oracle", add_tests);
}

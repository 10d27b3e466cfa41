/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_pinning.c - a frame becomes a page table in two steps (XSA-401).
 */
#include <errno.h>

#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define NAME 0

static struct rig rig;

/* Domain 0's frame 4, memory that CPU 1 has written to and has cached so. */
static void start(enum gnttab_era era)
{
	rig_prepare(&rig, "upstream");
	rig.header.era = era;
	rig_start(&rig);
	rig_map_own(&rig, AT, 4);
	rig_access(&rig, EVENT_write, 1, AT);
}

static void unmap(void)
{
	struct event event = rig_page_event(&rig, EVENT_unmap_page, AT, 0);

	rig_run(&rig, &event);
}

static int pin(int name, unsigned frames)
{
	struct event event = rig_event(&rig, EVENT_pin_table);

	event.cpu = 0;
	event.domain = 0;
	event.table.level = 1;
	event.call.name = name;
	event.nr_ops = frames;
	for (unsigned i = 0; i < frames; i++)
		rig.ops[i] = (struct op){ .frame = 4 + i };
	return rig_try(&rig, &event);
}

static int resume(unsigned nth)
{
	struct event event = rig_event(&rig, EVENT_resume);

	event.cpu = CPU_ANY;
	event.call.name = NAME;
	event.stop.nth = nth;
	return rig_try(&rig, &event);
}

static enum frame_type type_of_frame(void)
{
	mfn_t mfn = p2m_get(&rig.sim->domain[0].p2m, 4).mfn;

	return (enum frame_type)rig.sim->frames.frame[mfn.n].type;
}

/* clang-format off */
static const struct order_row {
	enum gnttab_era era;
	unsigned flushes;		/* after the first step */
	enum frame_type type;
} orders[] = {
	{ GNTTAB_ERA_2014,    1, FRAME_UNTYPED },
	{ GNTTAB_ERA_2021,    1, FRAME_UNTYPED },
	{ GNTTAB_ERA_CURRENT, 0, FRAME_L1 },
};
/* clang-format on */

START_TEST(the_type_comes_before_the_flush_since_xsa_401)
{
	const struct order_row *row = &orders[_i];

	start(row->era);
	unmap();
	ck_assert_int_eq(pin(NAME, 1), 0);
	ck_count(&rig, "flush.at_type_change", row->flushes);
	ck_assert_int_eq(type_of_frame(), row->type);
	ck_assert_int_eq(resume(0), 0);
	ck_count(&rig, "flush.at_type_change", 1);
	ck_assert_int_eq(type_of_frame(), FRAME_L1);
	ck_count(&rig, "oracle.violations", 0);
	ck_assert_int_eq(resume(0), -EBADMSG);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_frame_mapped_writable_between_the_steps_becomes_no_table)
{
	start(GNTTAB_ERA_2021);
	unmap();
	ck_assert_int_eq(pin(NAME, 1), 0);
	rig_map_own(&rig, AT, 4);
	ck_assert_int_eq(resume(0), -EBADMSG);
	ck_assert_int_eq(type_of_frame(), FRAME_WRITABLE);
	unmap();
	rig_finish(&rig);
}
END_TEST

START_TEST(a_frame_that_took_its_type_cannot_be_mapped_writable)
{
	struct event event;

	start(GNTTAB_ERA_CURRENT);
	unmap();
	ck_assert_int_eq(pin(NAME, 1), 0);
	event = rig_page_event(&rig, EVENT_map_page, AT, 4);
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	ck_assert_int_eq(pin(-1, 1), -EBADMSG);
	ck_assert_int_eq(resume(0), 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(what_is_open_at_the_end_becomes_a_table)
{
	start(GNTTAB_ERA_CURRENT);
	unmap();
	ck_assert_int_eq(pin(NAME, 1), 0);
	sim_finish(rig.sim);
	ck_count(&rig, "flush.at_type_change", 1);
	ck_assert_int_eq(type_of_frame(), FRAME_L1);
	ck_assert_ptr_null(rig.sim->pinnings);
	rig_close(&rig);
}
END_TEST

START_TEST(a_name_is_of_one_frame_and_of_one_pinning)
{
	start(GNTTAB_ERA_CURRENT);
	ck_assert_int_eq(pin(NAME, 1), -EBADMSG); /* mapped writable */
	unmap();
	ck_assert_int_eq(pin(NAME, 2), -EBADMSG);
	ck_assert_int_eq(pin(NAME, 1), 0);
	ck_assert_int_eq(pin(NAME, 1), -EBADMSG);
	ck_assert_int_eq(resume(1), -EBADMSG); /* nowhere to stop at */
	ck_assert_int_eq(resume(0), 0);
	rig_finish(&rig);
}
END_TEST

START_TEST(a_table_can_be_mapped_to_read_and_stays_so)
{
	struct event event;

	start(GNTTAB_ERA_CURRENT);
	unmap();
	ck_assert_int_eq(pin(-1, 1), 0);
	event = rig_page_event(&rig, EVENT_map_page, AT, 4);
	event.page.flags = PAGE_USER;
	rig_run(&rig, &event);
	event.kind = EVENT_protect;
	event.page.flags = PAGE_USER | PAGE_WRITABLE;
	ck_assert_int_eq(rig_try(&rig, &event), -EBADMSG);
	unmap();
	rig_finish(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, the_type_comes_before_the_flush_since_xsa_401,
			    0, ROWS(orders));
	tcase_add_test(
		tc, a_frame_mapped_writable_between_the_steps_becomes_no_table);
	tcase_add_test(tc,
		       a_frame_that_took_its_type_cannot_be_mapped_writable);
	tcase_add_test(tc, a_table_can_be_mapped_to_read_and_stays_so);
	tcase_add_test(tc, what_is_open_at_the_end_becomes_a_table);
	tcase_add_test(tc, a_name_is_of_one_frame_and_of_one_pinning);
}

int main(void)
{
	return run_suite("pinning", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_check.c - gnttab_check_all() finds what is broken.
 *
 * Each row damages one thing behind the logic's back; the check must abort.
 */
#include <signal.h>

#include "gnttab/grant_table.h"
#include "tests/grant_calls.h"
#include "tests/suite.h"

/* Domain 0 has handle 0 on reference 8 of domain 1, read-write, and handle 1
 * on reference 9, read-only. */
static struct fake_machine *damaged(void)
{
	struct fake_machine *m = fake_create("upstream");
	grant_handle_t h;

	grant_access(m, 1, 8, 0, 3, 0);
	grant_access(m, 1, 9, 0, 4, 0);
	map_page(m, 0, 1, 8, 5, GNTMAP_host_map, &h);
	map_page(m, 0, 1, 9, 6, GNTMAP_host_map | GNTMAP_readonly, &h);
	fake_check(m);
	return m;
}

static struct active_entry *active(struct fake_machine *m, grant_ref_t ref)
{
	return grant_active(m->domains[1].gt, ref);
}

static struct maptrack_entry *entry(struct fake_machine *m, grant_handle_t h)
{
	return maptrack_entry(&m->domains[0].gt->maptrack, h);
}

static void pin_without_handle(struct fake_machine *m)
{
	active(m, 20)->pin = PIN_HSTR;
}

static void pin_lost(struct fake_machine *m)
{
	active(m, 8)->pin = 0;
}

static void pin_of_another_kind(struct fake_machine *m)
{
	active(m, 9)->pin = PIN_HSTW;
}

static void counter_above_128(struct fake_machine *m)
{
	active(m, 8)->pin = 0x81;
}

static void another_grantee(struct fake_machine *m)
{
	active(m, 8)->grantee = 2;
}

static void handle_lost(struct fake_machine *m)
{
	entry(m, 0)->flags = 0;
}

static void handle_without_part(struct fake_machine *m)
{
	entry(m, 1)->flags = GNTMAP_readonly;
}

static void handle_past_the_table(struct fake_machine *m)
{
	entry(m, 0)->ref = 512;
}

static void free_handle_off_the_list(struct fake_machine *m)
{
	m->domains[0].gt->maptrack.head++;
}

static void used_handle_on_the_list(struct fake_machine *m)
{
	m->domains[0].gt->maptrack.head = 1;
}

static void list_in_a_circle(struct fake_machine *m)
{
	entry(m, 255)->ref = 2;
}

static void list_without_its_tail(struct fake_machine *m)
{
	m->domains[0].gt->maptrack.tail = 100;
}

static void lock_of_an_entry_held(struct fake_machine *m)
{
	active(m, 30)->lock.holder = 1;
}

static void lock_of_the_handles_held(struct fake_machine *m)
{
	m->domains[0].gt->maptrack.lock.holder = 1;
}

static void lock_of_the_table_held(struct fake_machine *m)
{
	m->domains[1].gt->lock.holder = 1;
}

static void too_many_frames(struct fake_machine *m)
{
	m->rules.max_grant_frames = 0;
}

static void (*const damages[])(struct fake_machine *m) = {
	pin_without_handle,	  pin_lost,
	pin_of_another_kind,	  counter_above_128,
	another_grantee,	  handle_lost,
	handle_without_part,	  handle_past_the_table,
	free_handle_off_the_list, used_handle_on_the_list,
	list_in_a_circle,	  list_without_its_tail,
	lock_of_an_entry_held,	  lock_of_the_handles_held,
	lock_of_the_table_held,	  too_many_frames,
};

START_TEST(damage_is_found)
{
	struct fake_machine *m = damaged();

	damages[_i](m);
	fake_check(m);
}
END_TEST

START_TEST(an_undamaged_machine_passes)
{
	fake_destroy(damaged());
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, an_undamaged_machine_passes);
	tcase_add_loop_test_raise_signal(tc, damage_is_found, SIGABRT, 0,
					 sizeof(damages) / sizeof(*damages));
}

int main(void)
{
	return run_suite("gnttab check", add);
}

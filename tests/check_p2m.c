/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_p2m.c - what a guest's frame numbers lead to.
 */
#include "sim/state.h"
#include "tests/rig.h"
#include "tests/suite.h"

#define FIRST 0x100200
#define FRAMES 0x400

static struct p2m p2m;

static void setup(void)
{
	ck_assert_int_eq(p2m_create(&p2m, NULL, FIRST, FRAMES), 0);
}

static void teardown(void)
{
	p2m_destroy(&p2m);
}

START_TEST(memory_is_in_one_piece_at_first)
{
	for (uint64_t gfn = 0; gfn < FRAMES; gfn++) {
		struct p2m_entry entry = p2m_get(&p2m, gfn);

		ck_assert_int_eq(entry.type, P2M_RAM);
		ck_assert_uint_eq(entry.mfn.n, FIRST + gfn);
	}
}
END_TEST

START_TEST(nothing_is_past_the_memory_at_first)
{
	static const uint64_t gfns[] = { FRAMES, FRAMES + P2M_SPARE - 1,
					 FRAMES + P2M_SPARE, UINT64_MAX };

	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(p2m_get(&p2m, gfns[i]).type, P2M_NONE);
		ck_assert_uint_eq(p2m_get(&p2m, gfns[i]).mfn.n, 0);
	}
}
END_TEST

static const struct p2m_entry entries[] = {
	{ P2M_NONE, { 0 } },
	{ P2M_RAM, { 0 } },
	{ P2M_RAM, { (UINT64_C(1) << 40) - 1 } },
	{ P2M_GRANT_RW, { FIRST } },
	{ P2M_GRANT_RO, { 1 } },
};

START_TEST(an_exception_is_kept_and_its_neighbours_are_not_changed)
{
	static const uint64_t places[] = { 0, 5, FRAMES - 1, FRAMES,
					   FRAMES + P2M_SPARE - 1 };
	const struct p2m_entry want = entries[_i];

	for (unsigned i = 0; i < 5; i++) {
		struct p2m_entry before = p2m_get(&p2m, places[i] + 1), got;

		p2m_set(&p2m, places[i], want);
		got = p2m_get(&p2m, places[i]);
		ck_assert_int_eq(got.type, want.type);
		ck_assert_uint_eq(got.mfn.n, want.mfn.n);
		got = p2m_get(&p2m, places[i] + 1);
		ck_assert_int_eq(got.type, before.type);
		ck_assert_uint_eq(got.mfn.n, before.mfn.n);
	}
}
END_TEST

START_TEST(a_piece_ends_at_an_exception)
{
	mfn_t mfn;

	ck_assert(p2m_is_ram(&p2m, 8, 8, &mfn));
	ck_assert_uint_eq(mfn.n, FIRST + 8);
	p2m_set(&p2m, 12, (struct p2m_entry){ P2M_RAM, { FIRST } });
	ck_assert(!p2m_is_ram(&p2m, 8, 8, &mfn));
	ck_assert(p2m_is_ram(&p2m, 8, 4, &mfn));
	ck_assert(p2m_is_ram(&p2m, 12, 1, &mfn));
	ck_assert_uint_eq(mfn.n, FIRST);
	p2m_set(&p2m, 12, (struct p2m_entry){ P2M_GRANT_RW, { FIRST + 12 } });
	ck_assert(!p2m_is_ram(&p2m, 8, 8, &mfn));
	ck_assert(!p2m_is_ram(&p2m, FRAMES - 1, 2, &mfn));
}
END_TEST

START_TEST(the_grant_code_finds_what_the_table_says)
{
	struct rig rig;
	struct domain *d;
	mfn_t mfn;

	rig_open(&rig, "upstream");
	d = &rig.sim->domain[1];
	p2m_set(&d->p2m, 3, (struct p2m_entry){ P2M_RAM, { d->first + 7 } });
	p2m_set(&d->p2m, 4, (struct p2m_entry){ P2M_NONE, { 0 } });
	p2m_set(&d->p2m, 5, (struct p2m_entry){ P2M_GRANT_RW, { d->first } });
	ck_assert_int_eq(machine_frame_get(&rig.sim->cpu[0], d, (gfn_t){ 3 },
					   MACHINE_HOLD, &mfn),
			 GNTST_okay);
	ck_assert_uint_eq(mfn.n, d->first + 7);
	for (uint64_t gfn = 4; gfn <= 5; gfn++)
		ck_assert_int_eq(machine_frame_get(&rig.sim->cpu[0], d,
						   (gfn_t){ gfn }, MACHINE_HOLD,
						   &mfn),
				 GNTST_bad_page);
	rig_close(&rig);
}
END_TEST

START_TEST(a_frame_that_moved_is_its_new_owners)
{
	struct rig rig;
	struct domain *d;
	mfn_t mfn;

	rig_open(&rig, "upstream");
	d = &rig.sim->domain[1];
	mfn.n = d->first + 7;
	ck_assert_ptr_eq(domain_of_frame(rig.sim, mfn), d);
	rig.sim->frames.frame[mfn.n].moved = true;
	ck_assert_ptr_null(domain_of_frame(rig.sim, mfn));
	rig.sim->frames.frame[mfn.n].owner = &rig.sim->domain[2];
	ck_assert_ptr_eq(domain_of_frame(rig.sim, mfn), &rig.sim->domain[2]);
	rig_close(&rig);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, memory_is_in_one_piece_at_first);
	tcase_add_test(tc, nothing_is_past_the_memory_at_first);
	tcase_add_loop_test(
		tc, an_exception_is_kept_and_its_neighbours_are_not_changed, 0,
		ROWS(entries));
	tcase_add_test(tc, a_piece_ends_at_an_exception);
	tcase_add_test(tc, the_grant_code_finds_what_the_table_says);
	tcase_add_test(tc, a_frame_that_moved_is_its_new_owners);
}

int main(void)
{
	return run_suite("p2m", add);
}

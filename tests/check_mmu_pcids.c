/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_pcids.c - of which PCIDs a cache keeps translations.
 *
 * What is expected is the output that the TLB;DR tool's README (vusec/tlbdr)
 * prints, "PCID limit" and "PCID permutation vectors"; the steps are those
 * that it describes: a page is cached under one PCID, so many others are
 * loaded, and the first one comes back.
 */
#include "config.h"

#include <errno.h>

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull

/* One cache for everything that knows @without and @with PCIDs. */
static struct mmu_profile profile_knowing(unsigned without, unsigned with)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 1, ANY_SIZE, ANY_ACCESS, 16, 8, MMU_LRU);
	profile.tlb[0].limits_pcids = true;
	profile.tlb[0].pcids[false] = without;
	profile.tlb[0].pcids[true] = with;
	return profile;
}

static struct machine machine_knowing(unsigned without, unsigned with)
{
	struct machine m = machine_make(profile_knowing(without, with), 1);

	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	machine_map(&m, 0, FRAME | KERNEL_RW);
	return m;
}

static void load_pcid(struct machine *m, unsigned pcid, bool no_flush)
{
	ck_assert(mmu_set_register(
		m->mmu, 0, MMU_CR3,
		m->root | pcid | (no_flush ? CR3_NOFLUSH : 0), NULL));
	mmu_check(m->mmu);
}

/* Is a page of PCID 1 still cached when @others have been loaded? */
static bool is_kept(struct machine *m, unsigned others, bool no_flush)
{
	load_pcid(m, 1, no_flush);
	machine_read(m, 0);
	for (unsigned i = 0; i < others; i++)
		load_pcid(m, 2 + i, no_flush);
	load_pcid(m, 1, true);
	return machine_was_cached(m, 0, 0);
}

/* clang-format off */
static const struct {
	const char *claim;
	unsigned without, with;
	bool no_flush;
	unsigned limit;		/* others that push it out */
} limit_rows[] = {
	{ "the second level", 4, 4, false, 4 },
	{ "the second level, no-flush", 4, 4, true, 4 },
	{ "the data cache", 0, 0, false, 0 },
	{ "the data cache, no-flush", 0, 0, true, 0 },
	{ "the instruction cache, no-flush", 1, 3, true, 3 },
};
/* clang-format on */

START_TEST(cache_forgets_the_pcid_that_is_one_too_many)
{
	unsigned limit = limit_rows[_i].limit;

	for (unsigned others = 0; others <= limit; others++) {
		struct machine m = machine_knowing(limit_rows[_i].without,
						   limit_rows[_i].with);

		ck_assert_msg(is_kept(&m, others, limit_rows[_i].no_flush) ==
				      (others < limit),
			      "%s: after %u others", limit_rows[_i].claim,
			      others);
		machine_free(&m);
	}
}
END_TEST

/* A MOV CR3 without the bit flushes the new PCID, and here the rest too. */
START_TEST(flushing_load_keeps_fewer_than_one_that_does_not)
{
	struct machine m = machine_knowing(1, 3);

	ck_assert(is_kept(&m, 2, true));
	ck_assert(!is_kept(&m, 1, false));
	machine_free(&m);
}
END_TEST

/* A hit of the element at place @hit of the order of 4, newest first. */
static const unsigned pcid_vectors[4][4] = {
	{ 0, 1, 2, 3 },
	{ 1, 0, 2, 3 },
	{ 2, 0, 1, 3 },
	{ 3, 0, 1, 2 },
};

/* PCIDs 4, 3, 2, 1 are loaded, so that place i has PCID 1 + i, each with a
 * page; then the one at place @hit again; then @fresh others. */
static bool place_is_kept(unsigned hit, unsigned place, unsigned fresh)
{
	struct machine m = machine_knowing(4, 4);
	unsigned pcid = 1 + pcid_vectors[hit][place];
	bool kept;

	for (unsigned i = 4; i > 0; i--) {
		load_pcid(&m, i, true);
		machine_read(&m, 0);
	}
	load_pcid(&m, 1 + hit, true);
	for (unsigned i = 0; i < fresh; i++)
		load_pcid(&m, 10 + i, true);
	load_pcid(&m, pcid, true);
	kept = machine_was_cached(&m, 0, 0);
	machine_free(&m);
	return kept;
}

START_TEST(pcids_are_forgotten_in_the_order_that_was_measured)
{
	unsigned hit = (unsigned)_i;

	for (unsigned place = 0; place < 4; place++) {
		ck_assert_msg(place_is_kept(hit, place, 3 - place),
			      "hit %u, place %u: gone early", hit, place);
		ck_assert_msg(!place_is_kept(hit, place, 4 - place),
			      "hit %u, place %u: still there", hit, place);
	}
}
END_TEST

START_TEST(global_pages_are_kept_whatever_is_loaded)
{
	struct machine m = machine_knowing(0, 0);

	machine_map(&m, PAGE, FRAME | KERNEL_RW | PTE_G);
	machine_read(&m, PAGE);
	for (unsigned i = 0; i < 20; i++)
		load_pcid(&m, i, false);
	ck_assert(machine_was_cached(&m, 0, PAGE));
	machine_free(&m);
}
END_TEST

START_TEST(cache_without_limit_keeps_every_pcid)
{
	struct mmu_profile profile = profile_everything();
	struct machine m = machine_make(profile, 1);

	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	machine_map(&m, 0, FRAME | KERNEL_RW);
	ck_assert(is_kept(&m, 4000, true));
	machine_free(&m);
}
END_TEST

/* The first PCID is 0 from the setting of PCIDE on, and none is known of
 * before that. */
START_TEST(pcid_zero_counts_from_the_setting_of_pcide)
{
	struct machine m = machine_knowing(2, 2);

	machine_read(&m, 0);
	load_pcid(&m, 1, true);
	load_pcid(&m, 0, true);
	ck_assert(machine_was_cached(&m, 0, 0));
	load_pcid(&m, 1, true);
	load_pcid(&m, 2, true);
	load_pcid(&m, 0, true);
	ck_assert(!machine_was_cached(&m, 0, 0));
	machine_free(&m);
}
END_TEST

START_TEST(clearing_pcide_forgets_all_but_zero)
{
	struct machine m = machine_knowing(2, 2);

	load_pcid(&m, 1, true);
	load_pcid(&m, 2, true);
	ck_assert(machine_change(&m, MMU_CR4, 0, CR4_PCIDE));
	machine_read(&m, 0);
	mmu_check(m.mmu);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR3, m.root, NULL));
	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	machine_read(&m, 0);
	load_pcid(&m, 1, true);
	load_pcid(&m, 0, true);
	ck_assert(machine_was_cached(&m, 0, 0));
	machine_free(&m);
}
END_TEST

START_TEST(more_pcids_than_can_be_remembered_are_refused)
{
	struct mmu_profile many[] = {
		profile_knowing(MMU_MAX_KNOWN_PCIDS + 1, 0),
		profile_knowing(0, MMU_MAX_KNOWN_PCIDS + 1),
	};

	for (int i = 0; i < ROWS(many); i++) {
		struct mmu_config config = { .profile = &many[i],
					     .cpus = 1,
					     .memory = 1 << 20 };
		struct mmu *mmu;

		ck_assert_int_eq(mmu_create(&mmu, &config), -EINVAL);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, cache_forgets_the_pcid_that_is_one_too_many, 0,
			    ROWS(limit_rows));
	tcase_add_test(tc, flushing_load_keeps_fewer_than_one_that_does_not);
	tcase_add_loop_test(tc,
			    pcids_are_forgotten_in_the_order_that_was_measured,
			    0, ROWS(pcid_vectors));
	tcase_add_test(tc, global_pages_are_kept_whatever_is_loaded);
	tcase_add_test(tc, cache_without_limit_keeps_every_pcid);
	tcase_add_test(tc, pcid_zero_counts_from_the_setting_of_pcide);
	tcase_add_test(tc, clearing_pcide_forgets_all_but_zero);
	tcase_add_test(tc, more_pcids_than_can_be_remembered_are_refused);
}

int main(void)
{
	return run_suite("mmu pcids", add);
}

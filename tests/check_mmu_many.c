/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_many.c - that many accesses by one call are what one call for each
 * of them is, on every machine, whatever else happens between.
 *
 *   the same operations --> a machine, one by one      --+
 *                      \--> a machine, the quick way   --+-- equal?
 *
 * Between accesses the machine is disturbed (check_mmu_many_machine.c).
 */
#include "config.h"

#include <string.h>

#include <check.h>

#include "tests/check_mmu_many.h"
#include "tests/suite.h"

#define ROUNDS 160
#define REFS 400

/* Runs of one page among others, and now and then no address at all. */
static void draw_refs(uint64_t *refs, uint64_t *state)
{
	uint64_t last = address(draw(state));

	for (unsigned i = 0; i < REFS; i++) {
		uint64_t drawn = draw(state), kind = drawn >> 56 & 15;

		if (drawn >> 60 < 6)
			last = address(drawn);
		if (drawn % 997 == 0)
			last = UINT64_C(0x800000000000);
		refs[i] = last | (kind < 8    ? MMU_READ
				  : kind < 14 ? MMU_WRITE
					      : MMU_FETCH);
	}
}

/* Results of interest, of all accesses; what is not plain in full. */
static uint64_t access_all(struct machine *m, unsigned cpu,
			   const uint64_t *refs, enum mmu_privilege privilege)
{
	uint64_t hash = 0;

	for (size_t done = 0; done < REFS;) {
		struct mmu_result r;

		done += mmu_access_many(m->mmu, cpu, refs + done, REFS - done,
					privilege, &r);
		hash = (hash ^ done ^ r.end << 10 ^ r.served << 16 ^
			r.stale_since ^ r.paddr ^ r.cycles ^ r.entry ^
			(uint64_t)r.error_code << 20) *
		       UINT64_C(0x9e3779b97f4a7c15);
	}
	return hash;
}

/* The same of some of them, made several times each. */
static uint64_t access_same(struct machine *m, unsigned cpu,
			    const uint64_t *refs, enum mmu_privilege privilege)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < REFS; i += 5) {
		struct mmu_result r;
		size_t done = mmu_access_same(m->mmu, cpu, refs[i], 1 + i % 7,
					      privilege, &r);

		hash = (hash ^ done ^ r.end << 10 ^ r.served << 16 ^
			r.stale_since ^ r.paddr ^ r.cycles ^ r.entry) *
		       UINT64_C(0x9e3779b97f4a7c15);
	}
	return hash;
}

static bool equal(struct machine *a, struct machine *b, uint64_t seed)
{
	struct mmu_counters x = mmu_counters(a->mmu), y = mmu_counters(b->mmu);
	paddr_t frame = draw(&seed) % 8192 * PAGE;
	struct mmu_holders h = mmu_holders_of_frame(a->mmu, frame);
	struct mmu_holders g = mmu_holders_of_frame(b->mmu, frame);

	return memcmp(&x, &y, sizeof(x)) == 0 && h.any == g.any &&
	       h.writable == g.writable;
}

static void compare(const struct profile *profile, enum mmu_batching batching)
{
	uint64_t state = 3, refs[REFS];
	struct machine a, b;

	make_machine(&a, profile, MMU_ONE_BY_ONE);
	make_machine(&b, profile, batching);
	for (unsigned round = 1; round <= ROUNDS; round++) {
		uint64_t drawn = draw(&state);
		unsigned cpu = drawn & 1;
		enum mmu_privilege privilege = drawn & 6 ? MMU_USER
							 : MMU_SUPERVISOR;

		disturb(&a, cpu, drawn, round);
		disturb(&b, cpu, drawn, round);
		draw_refs(refs, &state);
		ck_assert_msg(
			access_all(&a, cpu, refs, privilege) ==
					access_all(&b, cpu, refs, privilege) &&
				access_same(&a, cpu, refs, privilege) ==
					access_same(&b, cpu, refs, privilege) &&
				equal(&a, &b, drawn),
			"%s differs in round %u, kernel %d", profile->mmu.name,
			round, batching);
		if (round % 50 == 0)
			mmu_check(b.mmu);
	}
	ck_assert(memcmp(physmem_pointer(a.mem, 0), physmem_pointer(b.mem, 0),
			 MEMORY) == 0);
	mmu_destroy(a.mmu);
	mmu_destroy(b.mmu);
}

static int compare_machine(void *data, const char *name, const char *path)
{
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	struct profile profile;
	enum mmu_batching last = mmu_best_batching();

	(void)name;
	ck_assert_int_eq(profile_load(path, &profile, nowhere, &diags), 0);
	for (unsigned b = MMU_PLAIN; b <= last; b++)
		compare(&profile, (enum mmu_batching)b);
	++*(unsigned *)data;
	return 0;
}

START_TEST(the_quick_way_is_the_same_on_every_machine)
{
	unsigned machines = 0;

	ck_assert_int_eq(profile_each(compare_machine, &machines), 0);
	ck_assert_uint_ge(machines, 15);
}
END_TEST

/* Without upper entries cached, whatever the machine is: so every geometry
 * goes the quick way through tables. */
static int compare_without_psc(void *data, const char *name, const char *path)
{
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	struct profile profile;

	(void)data;
	(void)name;
	ck_assert_int_eq(profile_load(path, &profile, nowhere, &diags), 0);
	memset(profile.mmu.psc, 0, sizeof(profile.mmu.psc));
	compare(&profile, MMU_BEST);
	return 0;
}

START_TEST(the_quick_walk_is_the_same_on_every_machine)
{
	ck_assert_int_eq(profile_each(compare_without_psc, NULL), 0);
}
END_TEST

/* ---- geometries that no machine has -------------------------------------- */

/* Level 1 and level 2, each of 4K and 2M pages. */
static const struct {
	struct {
		unsigned sets, ways;
		enum mmu_replacement replacement;
	} level[2];
} odd[] = {
	{ { { 2, 24, MMU_LRU }, { 4, 20, MMU_FIFO } } },
	{ { { 1, 128, MMU_LRU }, { 16, 16, MMU_LRU } } },
	{ { { 4, 17, MMU_RANDOM }, { 2, 64, MMU_TREE_PLRU } } },
	{ { { 1, 16, MMU_FIFO }, { 8, 33, MMU_LRU } } },
	{ { { 8, 6, MMU_LRU }, { 64, 6, MMU_RANDOM } } },
	/* As Zen 5's and Zen 4's, with more sets in level 1. */
	{ { { 2, 96, MMU_LRU }, { 256, 16, MMU_RANDOM } } },
	{ { { 2, 72, MMU_LRU }, { 256, 12, MMU_LRU } } },
};

START_TEST(the_quick_way_is_the_same_in_odd_geometries)
{
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	struct profile profile;

	ck_assert_int_eq(profile_load("zen5", &profile, nowhere, &diags), 0);
	profile.mmu.nr_tlbs = 2;
	for (unsigned i = 0; i < 2; i++)
		profile.mmu.tlb[i] = (struct mmu_tlb_geometry){
			.level = i + 1,
			.sizes = 1u << MMU_4K | 1u << MMU_2M,
			.accesses = 1u << MMU_READ | 1u << MMU_WRITE |
				    1u << MMU_FETCH,
			.sets = odd[_i].level[i].sets,
			.ways = odd[_i].level[i].ways,
			.replacement = odd[_i].level[i].replacement,
		};
	for (unsigned b = MMU_PLAIN; b <= mmu_best_batching(); b++)
		compare(&profile, (enum mmu_batching)b);
}
END_TEST

/* Then no access hits a cache, however quick it is. */
START_TEST(the_same_access_without_paging_is_no_hit)
{
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	struct profile profile;
	struct mmu_result last;
	struct machine m;

	ck_assert_int_eq(
		profile_load("ivybridge-ep", &profile, nowhere, &diags), 0);
	make_machine(&m, &profile, MMU_BEST);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR0, CR0_PE, NULL));
	ck_assert_uint_eq(
		mmu_access_same(m.mmu, 0, PAGE | MMU_WRITE, 9, MMU_USER, &last),
		9);
	ck_assert_uint_eq(last.paddr, PAGE);
	ck_assert_uint_eq(mmu_counters(m.mmu).l1_hits, 0);
	mmu_destroy(m.mmu);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_quick_way_is_the_same_on_every_machine);
	tcase_add_test(tc, the_quick_walk_is_the_same_on_every_machine);
	tcase_add_loop_test(tc, the_quick_way_is_the_same_in_odd_geometries, 0,
			    ROWS(odd));
	tcase_add_test(tc, the_same_access_without_paging_is_no_hit);
}

int main(void)
{
	return run_suite("mmu_many", add);
}

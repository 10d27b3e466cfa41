/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_many.c - that many accesses by one call are what one call for each
 * of them is, on every machine, whatever else happens between.
 *
 *   the same operations --> a machine, one by one      --+
 *                      \--> a machine, the quick way   --+-- equal?
 *
 * Pages of two sizes, global and not, read-only and not, on addresses that few
 * sets serve, so that there are victims in both levels and among upper entries;
 * entries change, with and without an invalidation, between accesses in three
 * address spaces.
 */
#include "config.h"

#include <string.h>

#include <check.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/profile.h"
#include "tests/suite.h"

#define MEMORY (UINT64_C(64) << 20)
#define PAGE 4096
#define SPACES 3
#define PLACES 8   /* in each space, far apart, */
#define REGIONS 14 /* of 2M in each, */
#define PAGES 64   /* that are used in each */
#define ROUNDS 160
#define REFS 400
#define SWAPS 4	   /* of regions, in one go */
#define CHANGES 20 /* of entries, in one go */

static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

struct machine {
	struct mmu *mmu;
	struct physmem *mem;
	paddr_t next;
	paddr_t root[SPACES];
};

/* ---- tables: the same in every machine ----------------------------------- */

static paddr_t below(struct machine *m, paddr_t entry)
{
	uint64_t value = physmem_read(m->mem, entry);

	if (!(value & PTE_P)) {
		value = m->next | PTE_P | PTE_RW | PTE_US;
		physmem_write(m->mem, entry, value);
		m->next += PAGE;
	}
	return value & PTE_FRAME;
}

static paddr_t leaf(struct machine *m, unsigned space, vaddr_t va,
		    unsigned level)
{
	paddr_t table = m->root[space];
	unsigned shift = 39;

	for (; shift > 12 + 9 * (level - 1); shift -= 9)
		table = below(m, table + (va >> shift & 511) * 8);
	return table + (va >> shift & 511) * 8;
}

/* The page that is used as the @n-th of a region: four in each of 16 groups
 * that lie 32 apart. */
static vaddr_t nth_page(uint64_t n)
{
	return (n / 4 % 16 * 32 + n % 4) * PAGE;
}

/* Few sets serve all of them: regions are alike in their low bits.  Half of all
 * is in the first two regions of each place, a quarter in one page of them. */
static vaddr_t address(uint64_t drawn)
{
	static const vaddr_t places[PLACES] = {
		UINT64_C(0x100000000000), UINT64_C(0xffff900000000000),
		UINT64_C(0x100040000000), UINT64_C(0x100080000000),
		UINT64_C(0x108000000000), UINT64_C(0x1000c0000000),
		UINT64_C(0x7ffd40000000), UINT64_C(0xffff900040000000),
	};
	uint64_t region = (drawn >> 36) % REGIONS, page = drawn >> 12 & 63;

	if (drawn >> 45 & 1)
		region %= 2;
	if ((drawn >> 45 & 3) == 3)
		page = 5;
	return places[(drawn >> 32) % PLACES] + (region << 21) +
	       nth_page(page) + (drawn >> 20 & 0xff8);
}

/* What an access may stumble over is rare, so that many go the quick way in one
 * call. */
static uint64_t flags(uint64_t drawn)
{
	uint64_t value = PTE_P | PTE_US | PTE_RW;

	if (drawn % 41 == 0)
		value &= ~PTE_RW;
	if (drawn % 61 == 0)
		value &= ~PTE_US;
	if (drawn % 13 == 0)
		value |= PTE_G;
	if (drawn % 53 == 0)
		value |= PTE_XD;
	if (drawn % 97 == 0)
		value &= ~PTE_P;
	return value;
}

static void change(struct machine *m, uint64_t drawn, uint64_t stamp)
{
	unsigned space = (unsigned)(drawn >> 8) % SPACES;
	vaddr_t va = address(drawn);
	bool large = (va >> 21) % 8 == 2; /* that region has pages of 2M */
	paddr_t entry = leaf(m, space, va, large ? 2 : 1);
	uint64_t value = flags(drawn >> 40);

	if (large)
		value |= PTE_PS | (drawn >> 50) % 16 << 21;
	else
		value |= (drawn >> 48) % 8192 * PAGE;
	physmem_write(m->mem, entry, value);
	mmu_entry_changed(m->mmu, entry, stamp);
}

/* Take A from an upper entry. */
static void age(struct machine *m, uint64_t drawn, uint64_t stamp)
{
	paddr_t entry = leaf(m, (unsigned)(drawn >> 8) % SPACES, address(drawn),
			     2);

	physmem_write(m->mem, entry, physmem_read(m->mem, entry) & ~PTE_A);
	mmu_entry_changed(m->mmu, entry, stamp);
}

/* Let two regions change places, tables and all: the first with the second, or
 * with a large page. */
static void swap(struct machine *m, uint64_t drawn, uint64_t stamp)
{
	unsigned space = (unsigned)(drawn >> 8) % SPACES;
	vaddr_t first = address(drawn) & ~UINT64_C(0x1ffffff);
	vaddr_t other = first + ((1 + (drawn & 1)) << 21);
	paddr_t a = leaf(m, space, first, 2), b = leaf(m, space, other, 2);
	uint64_t value = physmem_read(m->mem, a);

	physmem_write(m->mem, a, physmem_read(m->mem, b));
	physmem_write(m->mem, b, value);
	mmu_entry_changed(m->mmu, a, stamp);
	mmu_entry_changed(m->mmu, b, stamp);
}

static void make_machine(struct machine *m, const struct profile *profile,
			 enum mmu_batching batching)
{
	struct mmu_config config = { .profile = &profile->mmu,
				     .cpus = 2,
				     .memory = MEMORY,
				     .seed = 7,
				     .batching = batching };
	uint64_t state = 1;

	memset(m, 0, sizeof(*m));
	ck_assert_int_eq(mmu_create(&m->mmu, &config), 0);
	m->mem = mmu_memory(m->mmu);
	m->next = MEMORY / 2;
	for (unsigned i = 0; i < SPACES; i++, m->next += PAGE)
		m->root[i] = m->next;
	for (unsigned i = 0; i < PLACES * REGIONS * PAGES * 8; i++)
		change(m, draw(&state), 0);
	for (unsigned cpu = 0; cpu < 2; cpu++)
		mmu_set_register(m->mmu, cpu, MMU_CR3, m->root[0], NULL);
}

/* ---- what is done to both ------------------------------------------------ */

static void load_space(struct machine *m, unsigned cpu, uint64_t drawn)
{
	unsigned space = (unsigned)(drawn >> 8) % SPACES;
	uint64_t cr4 = mmu_registers(m->mmu, cpu).cr4, value = m->root[space];

	if (cr4 & CR4_PCIDE)
		value |= (space + 1) | (drawn & 1 ? CR3_NOFLUSH : 0);
	ck_assert(mmu_set_register(m->mmu, cpu, MMU_CR3, value, NULL));
}

static void toggle(struct machine *m, unsigned cpu, uint64_t drawn)
{
	static const uint64_t bits[] = { CR4_PGE, CR4_PCIDE, CR4_SMEP,
					 CR4_SMAP };
	struct mmu_registers r = mmu_registers(m->mmu, cpu);

	if (drawn & 64) {
		mmu_set_register(m->mmu, cpu, MMU_CR0, r.cr0 ^ CR0_WP, NULL);
		return;
	}
	/* PCIDE may be set only with PCID 0. */
	mmu_set_register(m->mmu, cpu, MMU_CR3, m->root[0], NULL);
	mmu_set_register(m->mmu, cpu, MMU_CR4, r.cr4 ^ bits[drawn >> 7 & 3],
			 NULL);
}

static void disturb(struct machine *m, unsigned cpu, uint64_t drawn,
		    uint64_t stamp)
{
	switch (drawn >> 60) {
	case 0:
		mmu_invlpg(m->mmu, cpu, address(drawn));
		break;
	case 1:
		load_space(m, cpu, drawn);
		break;
	case 2:
		toggle(m, cpu, drawn);
		break;
	case 3:
		mmu_flush_all(m->mmu, cpu);
		break;
	case 4:
		age(m, drawn, stamp);
		break;
	case 5:
	case 6:
	case 7:
		for (unsigned i = 0; i < CHANGES; i++)
			change(m, draw(&drawn), stamp);
		break;
	case 8:
	case 9:
		for (unsigned i = 0; i < SWAPS; i++)
			swap(m, draw(&drawn), stamp);
		break;
	}
}

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
	tcase_add_test(tc, the_same_access_without_paging_is_no_hit);
}

int main(void)
{
	return run_suite("mmu_many", add);
}

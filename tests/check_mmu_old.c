/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_old.c - random edits, without invalidation.
 *
 * Under every profile, the shipped ones too, an access gives the translation
 * of now or one that the page had since this CPU's last flush, with the rights
 * that this one had, and never a third; a fault is always that of now; and
 * whatever is not of now is reported as stale, since a change of that very
 * page.
 *
 * Sources: SDM vol. 3A, "Delayed Invalidation"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu_pages.h"
#include "tests/oracle_walk.h"

#define NO_ENTRY 0x800000 /* where no table is */

/* The same edits to a machine that caches nothing and to one that does. */
struct pair {
	struct random random;
	struct machine now, caching;
	/* By stamp: which page, or PAGES for all of them; its leaf since. */
	unsigned changed[STEPS + 1];
	uint64_t leaf[STEPS + 1];
	uint64_t flushed[CPUS]; /* newest stamp then */
	unsigned old_results;
};

static void pair_set(struct pair *p, unsigned page, unsigned level,
		     uint64_t value)
{
	machine_set(&p->now, machine_entry(&p->now, va_of(page), level), value);
	machine_set(&p->caching, machine_entry(&p->caching, va_of(page), level),
		    value);
	ck_assert_uint_eq(p->now.stamp, p->caching.stamp);
	p->leaf[p->caching.stamp] = value;
	p->changed[p->caching.stamp] = level == (unsigned)size_of(page) + 1
					       ? page
					       : PAGES;
}

static void pair_edit(struct pair *p)
{
	unsigned page = below(&p->random, PAGES);
	unsigned level = (unsigned)size_of(page) + 1;
	uint64_t value;

	if (below(&p->random, 8) || page >= SMALL_PAGES) {
		pair_set(p, page, level, random_leaf(&p->random, page));
		return;
	}
	value = physmem_read(p->now.mem,
			     machine_entry(&p->now, va_of(page), 2));
	pair_set(p, page, 2, value ^ PTE_RW);
}

static bool same_result(const struct mmu_result *a, const struct mmu_result *b)
{
	return a->end == b->end && a->error_code == b->error_code &&
	       a->paddr == b->paddr;
}

/* May the access happen by @leaf, if it has all rights above? */
static bool allows(const struct pair *p, const struct access *a, uint64_t leaf)
{
	const struct mmu_registers now = mmu_registers(p->now.mmu, a->cpu);
	struct oracle_case c = {
		.entry = { 0, USER_RW, USER_RW, USER_RW, USER_RW },
		.wp = now.cr0 & CR0_WP,
		.nxe = true,
		.smep = now.cr4 & CR4_SMEP,
		.smap = now.cr4 & CR4_SMAP,
		.ac = now.ac,
		.pke = now.cr4 & CR4_PKE,
		.pkru = now.pkru,
		.maxphyaddr = mmu_profile(p->now.mmu)->maxphyaddr,
		.page_1g = true,
		.access = (enum oracle_access)a->access,
		.user = a->privilege == MMU_USER,
		.implicit = a->privilege == MMU_IMPLICIT,
	};

	c.entry[size_of(a->page) + 1] = leaf;
	return !oracle_walk(&c).fault;
}

/* Had the page a leaf since the CPU's last flush that gives this? */
static bool was_so(const struct pair *p, const struct access *a, paddr_t paddr)
{
	paddr_t frame = paddr - (a->va - va_of(a->page));

	for (uint64_t stamp = p->caching.stamp; stamp; stamp--) {
		uint64_t leaf = p->leaf[stamp];

		if (p->changed[stamp] != a->page)
			continue;
		if ((leaf & PTE_FRAME) == frame && allows(p, a, leaf))
			return true;
		if (stamp <= p->flushed[a->cpu])
			break;
	}
	return false;
}

/* An access that is not as of now. */
static void check_old(const struct pair *p, const struct access *a,
		      const struct mmu_result *got)
{
	ck_assert(got->end == MMU_OK);
	ck_assert(got->stale_since != MMU_NOT_STALE);
	ck_assert_msg(was_so(p, a, got->paddr), "page %u led to %#llx", a->page,
		      (unsigned long long)got->paddr);
}

static void check_stamp(const struct pair *p, const struct access *a,
			uint64_t stamp)
{
	ck_assert(stamp > p->flushed[a->cpu] && stamp <= p->caching.stamp);
	ck_assert(p->changed[stamp] == a->page || p->changed[stamp] == PAGES);
}

static void pair_access(struct pair *p)
{
	struct access a = random_access(&p->random);
	struct mmu_result now = do_access(&p->now, &a);
	struct mmu_result got = do_access(&p->caching, &a);

	if (!same_result(&got, &now)) {
		check_old(p, &a, &got);
		p->old_results++;
	}
	if (got.stale_since != MMU_NOT_STALE)
		check_stamp(p, &a, got.stale_since);
}

/* A change of no entry: what is stale from here on is since then. */
static void pair_tick(struct pair *p)
{
	machine_set(&p->now, NO_ENTRY, 0);
	machine_set(&p->caching, NO_ENTRY, 0);
	p->changed[p->caching.stamp] = PAGES;
}

/* What follows at once, whatever is cached; but a right that was given before
 * may become one that was taken away, as U/S under SMAP. */
static void pair_control(struct pair *p)
{
	static const uint64_t bits[] = { CR4_SMEP, CR4_SMAP, CR4_PKE };
	unsigned cpu = below(&p->random, CPUS);
	struct mmu_registers now = mmu_registers(p->now.mmu, cpu);
	uint64_t value = now.cr0 ^ CR0_WP;
	enum mmu_register reg = MMU_CR0;

	pair_tick(p);
	if (one_in(&p->random, 2)) {
		reg = MMU_CR4;
		value = now.cr4 ^ bits[below(&p->random, ROWS(bits))];
	}
	ck_assert(mmu_set_register(p->now.mmu, cpu, reg, value, NULL));
	ck_assert(mmu_set_register(p->caching.mmu, cpu, reg, value, NULL));
}

static void pair_flush(struct pair *p)
{
	unsigned cpu = below(&p->random, CPUS);

	mmu_flush_all(p->caching.mmu, cpu);
	p->flushed[cpu] = p->caching.stamp;
}

static void pair_make(struct pair *p, const struct mmu_profile *profile,
		      uint64_t seed)
{
	paddr_t roots[2], tops[2];

	*p = (struct pair){
		.random = random_seed(seed),
		.now = machine_make(profile_nothing(), CPUS),
		.caching = machine_make(*profile, CPUS),
	};
	make_spaces(&p->now, roots);
	make_spaces(&p->caching, roots);
	if (seed % 2) {
		use_five_levels(&p->now, roots, tops);
		use_five_levels(&p->caching, roots, tops);
	}
	p->now.stamp = 0;
	p->caching.stamp = 0;
}

static void pair_step(struct pair *p)
{
	if (below(&p->random, 4))
		pair_access(p);
	else if (below(&p->random, 8))
		pair_edit(p);
	else if (below(&p->random, 2))
		pair_flush(p);
	else
		pair_control(p);
}

static void run(const struct mmu_profile *profile, uint64_t seed)
{
	struct pair p;

	pair_make(&p, profile, seed);
	for (unsigned step = 0; step < STEPS; step++) {
		pair_step(&p);
		if (step % 200 == 0)
			mmu_check(p.caching.mmu);
	}
	/* Else it has tested little. */
	if (!profile->tlbs_off)
		ck_assert_msg(p.old_results > STEPS / 50, "%s: %u old results",
			      profile->name, p.old_results);
	machine_free(&p.now);
	machine_free(&p.caching);
}

START_TEST(without_invalidation_it_is_old_or_new_and_reported)
{
	const struct profiles profiles = every_profile();

	for (unsigned i = 0; i < profiles.count; i++)
		run(&profiles.list[i], (uint64_t)_i + 1);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
		tc, without_invalidation_it_is_old_or_new_and_reported, 0, 6);
}

int main(void)
{
	return run_suite("mmu old", add);
}

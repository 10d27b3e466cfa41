/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_old.c - random edits, without invalidation.
 *
 * An access gives the old translation or the new one, never a third; a fault
 * is always that of now; and whatever is not of now is reported as stale,
 * since a change of that very page.
 *
 * Sources: SDM vol. 3A, "Delayed Invalidation"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu_pages.h"

/* The same edits to a machine that caches nothing and to one that does. */
struct pair {
	struct random random;
	struct machine now, caching;
	unsigned changed[STEPS + 1]; /* by stamp: which page, or PAGES for
					all of them */
	uint64_t flushed[CPUS];	     /* newest stamp then */
	unsigned old_results;
};

static void pair_set(struct pair *p, unsigned page, unsigned level,
		     uint64_t value)
{
	machine_set(&p->now, machine_entry(&p->now, va_of(page), level), value);
	machine_set(&p->caching, machine_entry(&p->caching, va_of(page), level),
		    value);
	ck_assert_uint_eq(p->now.stamp, p->caching.stamp);
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

/* An access that is not as of now. */
static void check_old(const struct access *a, const struct mmu_result *got)
{
	uint64_t offset = a->va - va_of(a->page);
	bool known = false;

	ck_assert(got->end == MMU_OK);
	ck_assert(got->stale_since != MMU_NOT_STALE);
	for (unsigned i = 0; i < FRAMES; i++)
		known |= got->paddr == frame_of(a->page, i) + offset;
	ck_assert_msg(known, "page %u led to %#llx", a->page,
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
		check_old(&a, &got);
		p->old_results++;
	}
	if (got.stale_since != MMU_NOT_STALE)
		check_stamp(p, &a, got.stale_since);
}

static struct pair pair_make(struct mmu_profile profile, uint64_t seed)
{
	struct pair p = {
		.random = random_seed(seed),
		.now = machine_make(profile_nothing(), CPUS),
		.caching = machine_make(profile, CPUS),
	};
	paddr_t roots[2];

	make_spaces(&p.now, roots);
	make_spaces(&p.caching, roots);
	p.now.stamp = 0;
	p.caching.stamp = 0;
	return p;
}

START_TEST(without_invalidation_it_is_old_or_new_and_reported)
{
	unsigned profile = 1 + (unsigned)_i % (MACHINES - 1);
	struct pair p = pair_make(profile_number(profile), (uint64_t)_i + 1);

	for (unsigned step = 0; step < STEPS; step++) {
		if (below(&p.random, 4)) {
			pair_access(&p);
		} else if (below(&p.random, 8)) {
			pair_edit(&p);
		} else {
			unsigned cpu = below(&p.random, CPUS);

			mmu_flush_all(p.caching.mmu, cpu);
			p.flushed[cpu] = p.caching.stamp;
		}
		if (step % 100 == 0)
			mmu_check(p.caching.mmu);
	}
	/* Else it has tested little. */
	ck_assert_uint_gt(p.old_results, STEPS / 50);
	machine_free(&p.now);
	machine_free(&p.caching);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
		tc, without_invalidation_it_is_old_or_new_and_reported, 0, 10);
}

int main(void)
{
	return run_suite("mmu old", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_random.c - seeded random edits, accesses and invalidations.
 *
 *  (1) With the invalidation that the manuals ask for, what is cached cannot
 *      be told from what is not: every profile gives the same results, and
 *      the same tables to the last A and D bit, as one that caches nothing.
 *  (2) Without, an access gives the old translation or the new one, never a
 *      third; a fault is always that of now; and whatever is not of now is
 *      reported as stale, since a change of that very page.
 *
 * Sources: SDM vol. 3A, "Recommended Invalidation", "Optional Invalidation",
 * "Delayed Invalidation"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include <string.h>

#include "tests/check_mmu.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define STEPS 6000
#define CPUS 2
#define SMALL_PAGES 12 /* of 4 KiB */
#define OWN_PAGES 8    /* of them; the others are in both spaces */
#define BOTH (1ull << 39)
#define PAGES (SMALL_PAGES + 3) /* and two of 2 MiB, one of 1 GiB */
#define FRAMES 3		/* that a page may lead to */

struct random {
	uint64_t state;
};

static uint64_t next(struct random *random)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state >> 16;
}

static unsigned below(struct random *random, unsigned limit)
{
	return (unsigned)(next(random) % limit);
}

/* ---- profiles to tell apart ---------------------------------------------- */

static struct mmu_profile profile_shared(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 1, ANY_SIZE, ANY_ACCESS, 1, 3, MMU_LRU);
	profile_add(&profile, 2, ANY_SIZE, ANY_ACCESS, 2, 4, MMU_LRU);
	return profile;
}

static struct mmu_profile profile_second_only(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 2, ANY_SIZE, ANY_ACCESS, 4, 2, MMU_TREE_PLRU);
	return profile;
}

static struct mmu_profile profile_deep(void)
{
	struct mmu_profile profile = profile_everything();

	profile_add_infinite(&profile, 2);
	return profile;
}

static struct mmu_profile (*const profiles[])(void) = {
	profile_nothing, profile_everything,  profile_small,
	profile_shared,	 profile_second_only, profile_deep,
};

#define MACHINES ROWS(profiles)

/* ---- pages --------------------------------------------------------------- */

static enum mmu_page_size size_of(unsigned page)
{
	if (page < SMALL_PAGES)
		return MMU_4K;
	return page < PAGES - 1 ? MMU_2M : MMU_1G;
}

static vaddr_t va_of(unsigned page)
{
	if (page < SMALL_PAGES)
		return (page < OWN_PAGES ? GIG1 : BOTH) + page % 2 * MEG2 +
		       page / 2 * PAGE;
	if (page < PAGES - 1)
		return GIG1 + (page - SMALL_PAGES + 2) * MEG2;
	return 2 * GIG1;
}

/* Each page has frames of its own, so that one tells whose it is. */
static paddr_t frame_of(unsigned page, unsigned frame)
{
	uint64_t number = page * FRAMES + frame + 1;

	if (size_of(page) == MMU_4K)
		return 0x1000000 + number * PAGE;
	if (size_of(page) == MMU_2M)
		return 0x100000000ull + number * MEG2;
	return 0x10000000000ull + number * GIG1;
}

static bool one_in(struct random *random, unsigned chances)
{
	return below(random, chances) == 0;
}

/* Mostly a good one. */
static uint64_t random_leaf(struct random *random, unsigned page)
{
	uint64_t leaf = frame_of(page, below(random, FRAMES));

	if (size_of(page) != MMU_4K)
		leaf |= PTE_PS;
	if (!one_in(random, 8))
		leaf |= PTE_P;
	if (!one_in(random, 4))
		leaf |= PTE_RW;
	if (!one_in(random, 4))
		leaf |= PTE_US;
	if (one_in(random, 2))
		leaf |= PTE_A;
	if ((leaf & PTE_A) && one_in(random, 2))
		leaf |= PTE_D;
	if (one_in(random, 8))
		leaf |= PTE_XD;
	if (one_in(random, 16))
		leaf |= 1ull << 50;
	if (va_of(page) >= BOTH && one_in(random, 2))
		leaf |= PTE_G;
	return leaf;
}

struct access {
	unsigned cpu, page;
	vaddr_t va;
	enum mmu_access access;
	bool user;
};

static struct access random_access(struct random *random)
{
	struct access a = { .cpu = below(random, CPUS),
			    .page = below(random, PAGES) };

	a.va = va_of(a.page) + below(random, PAGE);
	a.access = (enum mmu_access)below(random, 3);
	a.user = below(random, 2);
	return a;
}

static struct mmu_result do_access(struct machine *m, const struct access *a)
{
	return mmu_access(m->mmu, a->cpu, a->va, a->access,
			  a->user ? MMU_USER : MMU_SUPERVISOR);
}

/* ---- (1) invalidation as the manuals ask for ----------------------------- */

/* Two address spaces, PCIDs 1 and 2, each with all pages; those from BOTH on
 * are under the same tables in both, and may be global. */
struct world {
	struct random random;
	struct machine m[MACHINES]; /* tables at the same addresses */
	paddr_t root[2];
	unsigned space[CPUS]; /* loaded */
	unsigned good;	      /* accesses that did not fault */
};

static void set_register(struct world *w, unsigned cpu, enum mmu_register reg,
			 uint64_t value)
{
	for (int i = 0; i < MACHINES; i++)
		ck_assert(mmu_set_register(w->m[i].mmu, cpu, reg, value, NULL));
}

static void load_space(struct world *w, unsigned cpu, unsigned space,
		       uint64_t how)
{
	w->space[cpu] = space;
	set_register(w, cpu, MMU_CR3, w->root[space] | (space + 1) | how);
}

static void make_spaces(struct machine *m, paddr_t root[2])
{
	root[0] = m->root;
	root[1] = machine_table(m);
	machine_map_at(m, root[0], BOTH, MMU_4K, 0);
	physmem_write(m->mem, root[1] + 8, physmem_read(m->mem, root[0] + 8));
	for (unsigned space = 0; space < 2; space++)
		for (unsigned page = 0; page < PAGES; page++)
			machine_map_at(m, root[space], va_of(page),
				       size_of(page), 0);
}

static struct world world_make(uint64_t seed)
{
	struct world w = { .random = { seed * 0x9e3779b97f4a7c15ull + 1 } };

	for (int i = 0; i < MACHINES; i++) {
		w.m[i] = machine_make(profiles[i](), CPUS);
		make_spaces(&w.m[i], w.root);
	}
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		struct mmu_registers now = mmu_registers(w.m[0].mmu, cpu);

		set_register(&w, cpu, MMU_CR4, now.cr4 | CR4_PCIDE);
		load_space(&w, cpu, 0, 0);
	}
	return w;
}

static void world_check(struct world *w)
{
	uint64_t from = w->m[0].root, bytes = w->m[0].free - from;

	for (int i = 0; i < MACHINES; i++) {
		mmu_check(w->m[i].mmu);
		ck_assert_msg(!memcmp(physmem_pointer(w->m[0].mem, from),
				      physmem_pointer(w->m[i].mem, from),
				      bytes),
			      "tables of machine %d differ", i);
		ck_assert_uint_eq(mmu_counters(w->m[i].mmu).stale_uses, 0);
	}
}

static void flush_everywhere(struct world *w)
{
	for (int i = 0; i < MACHINES; i++)
		for (unsigned cpu = 0; cpu < CPUS; cpu++)
			mmu_flush_all(w->m[i].mmu, cpu);
}

static void invlpg_in_both_spaces(struct world *w, vaddr_t va)
{
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		for (unsigned turn = 0; turn < 2; turn++) {
			for (int i = 0; i < MACHINES; i++)
				mmu_invlpg(w->m[i].mmu, cpu, va);
			load_space(w, cpu, !w->space[cpu], CR3_NOFLUSH);
		}
}

static paddr_t leaf_of(const struct world *w, unsigned space, unsigned page)
{
	struct machine m = w->m[0];

	m.root = w->root[space];
	return machine_entry(&m, va_of(page), (unsigned)size_of(page) + 1);
}

static void set_entry(struct world *w, paddr_t entry, uint64_t value)
{
	for (int i = 0; i < MACHINES; i++)
		machine_set(&w->m[i], entry, value);
}

static void edit_leaf(struct world *w)
{
	unsigned page = below(&w->random, PAGES);
	paddr_t entry = leaf_of(w, below(&w->random, 2), page);

	set_entry(w, entry, random_leaf(&w->random, page));
	if (below(&w->random, 4))
		invlpg_in_both_spaces(w, va_of(page));
	else
		flush_everywhere(w);
}

/* SDM vol. 3A, "Optional Invalidation": P or R/W from 0 to 1. */
static void upgrade_leaf(struct world *w)
{
	unsigned page = below(&w->random, PAGES);
	paddr_t entry = leaf_of(w, below(&w->random, 2), page);
	uint64_t value = physmem_read(w->m[0].mem, entry);

	if (value & PTE_P)
		set_entry(w, entry, value | PTE_RW);
	else
		set_entry(w, entry, random_leaf(&w->random, page) | PTE_P);
}

/* Take one right away above, or give all back. */
static void edit_above(struct world *w)
{
	static const uint64_t flips[] = { PTE_P, PTE_RW, PTE_US, PTE_XD };
	unsigned level = 2 + below(&w->random, 3);
	struct machine m = w->m[0];
	paddr_t entry;
	uint64_t value;

	m.root = w->root[below(&w->random, 2)];
	entry = machine_entry(&m, va_of(below(&w->random, 2)), level);
	value = (physmem_read(m.mem, entry) & PTE_FRAME) | USER_RW;
	if (one_in(&w->random, 4))
		value ^= flips[below(&w->random, ROWS(flips))];
	set_entry(w, entry, value);
	flush_everywhere(w);
}

static void switch_space(struct world *w)
{
	unsigned cpu = below(&w->random, CPUS);

	load_space(w, cpu, below(&w->random, 2),
		   below(&w->random, 2) ? CR3_NOFLUSH : 0);
}

static void toggle_control(struct world *w)
{
	static const uint64_t bits[] = { CR4_PGE, CR4_SMEP, CR4_SMAP };
	unsigned cpu = below(&w->random, CPUS);
	struct mmu_registers now = mmu_registers(w->m[0].mmu, cpu);

	if (below(&w->random, 2))
		set_register(w, cpu, MMU_CR0, now.cr0 ^ CR0_WP);
	else
		set_register(w, cpu, MMU_CR4,
			     now.cr4 ^ bits[below(&w->random, ROWS(bits))]);
}

/* A machine may drop anything at any time, each on its own. */
static void drop_something(struct world *w)
{
	struct machine *m = &w->m[below(&w->random, MACHINES)];
	unsigned cpu = below(&w->random, CPUS);

	if (below(&w->random, 4))
		mmu_invlpg(m->mmu, cpu, va_of(below(&w->random, PAGES)));
	else
		mmu_drop_all(m->mmu, cpu);
}

static void access_all(struct world *w)
{
	struct access a = random_access(&w->random);
	struct mmu_result want = do_access(&w->m[0], &a);

	w->good += want.end == MMU_OK;
	for (int i = 1; i < MACHINES; i++) {
		struct mmu_result got = do_access(&w->m[i], &a);

		ck_assert_msg(got.end == want.end &&
				      got.error_code == want.error_code &&
				      got.paddr == want.paddr &&
				      got.entry == want.entry,
			      "machine %d, page %u, access %d: end %d, code "
			      "%#x, want %d, %#x",
			      i, a.page, (int)a.access, (int)got.end,
			      got.error_code, (int)want.end, want.error_code);
		ck_assert_uint_eq(got.stale_since, MMU_NOT_STALE);
	}
}

static void (*const rare_operations[])(struct world *) = {
	edit_leaf,    upgrade_leaf,   edit_above,
	switch_space, toggle_control, drop_something,
};

START_TEST(with_invalidation_every_profile_gives_the_same)
{
	struct world w = world_make((uint64_t)_i + 1);

	for (unsigned step = 0; step < STEPS; step++) {
		if (below(&w.random, 4))
			access_all(&w);
		else
			rare_operations[below(&w.random,
					      ROWS(rare_operations))](&w);
		if (step % 100 == 0)
			world_check(&w);
	}
	/* Else it has tested little. */
	ck_assert_uint_gt(w.good, STEPS / 6);
	for (int i = 0; i < MACHINES; i++)
		machine_free(&w.m[i]);
}
END_TEST

/* ---- (2) no invalidation ------------------------------------------------- */

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
		.random = { seed * 0x9e3779b97f4a7c15ull + 1 },
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
	int profile = 1 + _i % (MACHINES - 1);
	struct pair p = pair_make(profiles[profile](), (uint64_t)_i + 1);

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
	tcase_add_loop_test(tc, with_invalidation_every_profile_gives_the_same,
			    0, 8);
	tcase_add_loop_test(
		tc, without_invalidation_it_is_old_or_new_and_reported, 0, 10);
}

int main(void)
{
	return run_suite("mmu random", add);
}

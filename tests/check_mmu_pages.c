/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_pages.c - pages, profiles and accesses for seeded random tests. */
#include "config.h"

#include "tests/check_mmu_pages.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/profile.h"

struct random random_seed(uint64_t seed)
{
	return (struct random){ seed * 0x9e3779b97f4a7c15ull + 1 };
}

static uint64_t next(struct random *random)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state >> 16;
}

unsigned below(struct random *random, unsigned limit)
{
	return (unsigned)(next(random) % limit);
}

/* ---- profiles to tell apart ---------------------------------------------- */

static struct mmu_profile profile_shared(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 1, ANY_SIZE, ANY_ACCESS, 1, 3, MMU_LRU);
	profile_add(&profile, 2, ANY_SIZE, ANY_ACCESS, 2, 4, MMU_LRU);
	profile.psc[2] = 2;
	profile.psc[3] = 1;
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
	for (unsigned level = 2; level <= 5; level++)
		profile.psc[level] = MMU_PSC_UNLIMITED;
	return profile;
}

/* One that caches more than it is asked for. */
static struct mmu_profile profile_ahead(void)
{
	struct mmu_profile profile = profile_deep();

	profile.quirks = QUIRK(SPECULATE) | QUIRK(COALESCE_ACCESSED);
	return profile;
}

static struct mmu_profile (*const own_profiles[])(void) = {
	profile_nothing,     profile_everything, profile_small, profile_shared,
	profile_second_only, profile_deep,	 profile_ahead,
};

/* How @from caches, on a machine that has every feature. */
static struct mmu_profile with_all_features(const struct mmu_profile *from)
{
	const struct mmu_profile all = profile_bare();
	struct mmu_profile profile = *from;

	profile.maxphyaddr = all.maxphyaddr;
	profile.page_1g = all.page_1g;
	profile.pcid = all.pcid;
	profile.smep = all.smep;
	profile.smap = all.smap;
	profile.pku = all.pku;
	profile.invpcid = all.invpcid;
	profile.invlpgb = all.invlpgb;
	profile.la57 = all.la57;
	return profile;
}

static void add_profile(struct profiles *all, const struct mmu_profile *profile)
{
	ck_assert_uint_lt(all->count, MAX_PROFILES);
	all->list[all->count++] = *profile;
}

static void add_file(struct profiles *all, const char *path)
{
	struct diags diags = { .count = 0 };
	struct place nowhere = { NULL, 0, 0 };
	struct profile profile;
	struct mmu_profile with;

	if (profile_load(path, &profile, nowhere, &diags) < 0)
		diag_print(&diags, stderr);
	ck_assert_uint_eq(diags.count, 0);
	with = with_all_features(&profile.mmu);
	add_profile(all, &with);
}

static void add_shipped(struct profiles *all)
{
	const char *top = getenv("top_srcdir");
	char pattern[4096];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/workloads/machines/*.yaml",
		 top ? top : ".");
	ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		add_file(all, files.gl_pathv[i]);
	globfree(&files);
}

struct profiles every_profile(void)
{
	struct profiles all = { .count = 0 };

	for (int i = 0; i < ROWS(own_profiles); i++) {
		struct mmu_profile profile = own_profiles[i]();

		snprintf(profile.name, sizeof(profile.name), "test %d", i);
		add_profile(&all, &profile);
	}
	add_shipped(&all);
	return all;
}

/* ---- pages --------------------------------------------------------------- */

enum mmu_page_size size_of(unsigned page)
{
	if (page < SMALL_PAGES)
		return MMU_4K;
	return page < PAGES - 1 ? MMU_2M : MMU_1G;
}

vaddr_t va_of(unsigned page)
{
	if (page < SMALL_PAGES)
		return (page < OWN_PAGES ? GIG1 : BOTH) + page % 2 * MEG2 +
		       page / 2 * PAGE;
	if (page < PAGES - 1)
		return GIG1 + (page - SMALL_PAGES + 2) * MEG2;
	return 2 * GIG1;
}

paddr_t frame_of(unsigned page, unsigned frame)
{
	uint64_t number = page * FRAMES + frame + 1;

	if (size_of(page) == MMU_4K)
		return 0x1000000 + number * PAGE;
	if (size_of(page) == MMU_2M)
		return 0x100000000ull + number * MEG2;
	return 0x10000000000ull + number * GIG1;
}

bool one_in(struct random *random, unsigned chances)
{
	return below(random, chances) == 0;
}

uint64_t random_leaf(struct random *random, unsigned page)
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
	if (one_in(random, 4))
		leaf |= (uint64_t)below(random, 16) << PTE_KEY_SHIFT;
	return leaf;
}

struct access random_access(struct random *random)
{
	struct access a = { .cpu = below(random, CPUS),
			    .page = below(random, PAGES) };

	a.va = va_of(a.page) + below(random, PAGE);
	a.access = (enum mmu_access)below(random, 3);
	a.privilege = (enum mmu_privilege)below(random, MMU_PRIVILEGES);
	return a;
}

struct mmu_result do_access(struct machine *m, const struct access *a)
{
	return mmu_access(m->mmu, a->cpu, a->va, a->access, a->privilege);
}

void make_spaces(struct machine *m, paddr_t root[2])
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

static void change(struct machine *m, unsigned cpu, enum mmu_register reg,
		   uint64_t value)
{
	ck_assert(mmu_set_register(m->mmu, cpu, reg, value, NULL));
}

void use_five_levels(struct machine *m, const paddr_t root[2], paddr_t top[2])
{
	for (unsigned space = 0; space < 2; space++) {
		top[space] = machine_table(m);
		machine_set(m, top[space], root[space] | USER_RW);
	}
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		struct mmu_registers now = mmu_registers(m->mmu, cpu);

		change(m, cpu, MMU_CR0, now.cr0 & ~CR0_PG);
		change(m, cpu, MMU_CR4, now.cr4 | CR4_LA57);
		change(m, cpu, MMU_CR3, top[0]);
		change(m, cpu, MMU_CR0, now.cr0);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_legacy_random.c - PDEs and PTEs at random, against the manual.
 *
 * Each case runs on a machine that caches nothing and on one that caches
 * everything, and must end as tests/oracle_walk.c says: fault, error code,
 * address, and every bit of both entries.
 */
#include "config.h"

#include "tests/check_mmu_legacy.h"
#include "tests/oracle_walk.h"

#define CASES 100000
#define FRAME 0x2345000u
#define LARGE_FRAME 0x2c00000u

static const struct setting {
	const char *name;
	enum oracle_mode mode;
	enum mmu_vendor vendor;
	unsigned maxphyaddr;
} settings[] = {
	{ "32-bit", ORACLE_32_BIT, MMU_INTEL, 46 },
	{ "32-bit, 36 bits", ORACLE_32_BIT, MMU_AMD, 36 },
	{ "PAE", ORACLE_PAE, MMU_INTEL, 46 },
	{ "PAE on demand", ORACLE_PAE, MMU_AMD, 52 },
};

/* S. Vigna's splitmix64. */
static unsigned below(uint64_t *state, unsigned limit)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return (unsigned)((x ^ x >> 31) % limit);
}

/* A bit is turned now and then; those that move a table are left.  Of 8 bytes
 * those from @reserved on are. */
static uint64_t turned(uint64_t *random, uint64_t entry, unsigned reserved)
{
	static const uint64_t often[] = { PTE_RW, PTE_US, PTE_A, PTE_D, PTE_G };
	unsigned span = 63 - reserved;

	for (unsigned i = 0; i < ROWS(often); i++)
		if (below(random, 3) == 0)
			entry ^= often[i];
	if (below(random, 8) == 0)
		entry ^= PTE_P;
	if (reserved && below(random, 4) == 0)
		entry ^= PTE_XD;
	if (below(random, 10) == 0)
		entry |= reserved ? 1ull << (reserved + below(random, span))
				  : 1ull << 9;
	return entry;
}

static void make_entries(const struct legacy *l, uint64_t *random,
			 struct oracle_case *c)
{
	unsigned reserved = l->pae ? c->maxphyaddr : 0;
	bool large = below(random, 2);
	uint64_t pde = l->pt;

	if (large && (l->pae || c->pse))
		pde = LARGE_FRAME;
	if (pde == LARGE_FRAME && below(random, 8) == 0)
		pde |= 1ull << (13 + below(random, 9));
	c->entry[2] = turned(random, pde | USER_RW | (large ? PTE_PS : 0),
			     reserved);
	c->entry[1] = turned(random, FRAME | USER_RW, reserved);
}

static struct oracle_case make_case(const struct setting *setting,
				    const struct legacy *l, uint64_t *random)
{
	struct oracle_case c = {
		.mode = setting->mode,
		.maxphyaddr = setting->maxphyaddr,
		.pse = below(random, 4),
		.wp = below(random, 2),
		.nxe = below(random, 4),
		.smep = below(random, 2),
		.smap = below(random, 2),
		.ac = below(random, 2),
		.access = (enum oracle_access)below(random, 3),
		.user = below(random, 2),
	};

	make_entries(l, random, &c);
	return c;
}

static void set_registers(struct machine *m, const struct oracle_case *c)
{
	uint64_t cr4 = (c->smep ? CR4_SMEP : 0) | (c->smap ? CR4_SMAP : 0) |
		       (c->pse ? CR4_PSE : 0);
	uint64_t all = CR4_SMEP | CR4_SMAP | CR4_PSE;

	ck_assert(mmu_set_register(m->mmu, 0, MMU_CR0,
				   CR0_PE | CR0_PG | (c->wp ? CR0_WP : 0),
				   NULL));
	ck_assert(mmu_set_register(m->mmu, 0, MMU_EFER, c->nxe ? EFER_NXE : 0,
				   NULL));
	ck_assert(mmu_set_register(m->mmu, 0, MMU_RFLAGS, c->ac ? RFLAGS_AC : 0,
				   NULL));
	ck_assert(machine_change(m, MMU_CR4, 0, all & ~cr4));
	ck_assert(machine_change(m, MMU_CR4, cr4, 0));
}

/* The manual's formulas for the address of a page. */
static paddr_t address(const struct oracle_case *c, unsigned leaf)
{
	uint64_t entry = c->entry[leaf];
	uint64_t frame = entry & ((1ull << c->maxphyaddr) - 1);

	if (leaf == 1)
		return (frame & ~0xfffull) | (VA & 0xfff);
	if (c->mode == ORACLE_PAE)
		return (frame & ~(MEG2 - 1)) | (VA & (MEG2 - 1));
	return (entry >> 13 & 0xff) << 32 | (entry & 0xffc00000) |
	       (VA & (MEG4 - 1));
}

static bool agrees(struct legacy *l, const struct oracle_case *c,
		   const struct oracle_answer *want)
{
	struct mmu_result got;

	set_registers(&l->m, c);
	for (unsigned level = 2; level >= 1; level--)
		legacy_set(l, legacy_entry(l, VA, level), c->entry[level]);
	mmu_flush_all(l->m.mmu, 0);
	got = mmu_access(l->m.mmu, 0, VA, (enum mmu_access)c->access,
			 c->user ? MMU_USER : MMU_SUPERVISOR);
	for (unsigned level = 2; level >= 1; level--)
		if (legacy_load(l, legacy_entry(l, VA, level)) !=
		    want->entry[level])
			return false;
	if (want->fault)
		return got.end == MMU_PAGE_FAULT &&
		       got.error_code == want->code;
	return got.end == MMU_OK && got.paddr == address(c, want->leaf);
}

START_TEST(legacy_entries_at_random_are_as_the_manuals_say)
{
	const struct setting *setting = &settings[_i];
	struct mmu_profile profile[] = { profile_nothing(),
					 profile_everything() };
	uint64_t random = (uint64_t)_i;
	unsigned good = 0;
	struct legacy l[2];

	for (unsigned i = 0; i < 2; i++) {
		profile[i].vendor = setting->vendor;
		profile[i].maxphyaddr = setting->maxphyaddr;
		l[i] = legacy_make(profile[i], setting->mode == ORACLE_PAE);
	}
	for (unsigned n = 0; n < CASES; n++) {
		struct oracle_case c = make_case(setting, &l[0], &random);
		struct oracle_answer want = oracle_walk(&c);

		good += !want.fault;
		for (unsigned i = 0; i < 2; i++)
			ck_assert_msg(agrees(&l[i], &c, &want),
				      "%s: machine %u, case %u: PDE %#jx, PTE "
				      "%#jx",
				      setting->name, i, n,
				      (uintmax_t)c.entry[2],
				      (uintmax_t)c.entry[1]);
	}
	/* Else it has tested little. */
	ck_assert_uint_gt(good, CASES / 10);
	for (unsigned i = 0; i < 2; i++)
		machine_free(&l[i].m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, legacy_entries_at_random_are_as_the_manuals_say,
			    0, ROWS(settings));
}

int main(void)
{
	return run_suite("mmu legacy random", add);
}

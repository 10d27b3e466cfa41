/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_rights.c - protection keys, SMAP and who asks, in every
 * combination, against tests/oracle_walk.c.
 *
 * Sources: SDM vol. 3A, "Determination of Access Rights", "Protection Keys",
 * "Page-Fault Exceptions"; APM vol. 2, "Page-Protection Checks", "Memory
 * Protection Keys (MPK)".
 */
#include "config.h"

#include <stdio.h>

#include "tests/check_mmu.h"
#include "tests/oracle_walk.h"

#define VA 0x123456789000ull
#define FRAME 0x2000000ull
#define KEY(n) ((uint64_t)(n) << PTE_KEY_SHIFT)

/* ---- claims -------------------------------------------------------------- */

#define AD(key) (PKRU_AD << 2 * (key))
#define WD(key) (PKRU_WD << 2 * (key))

/* clang-format off */
static const struct row {
	const char *claim;
	uint64_t leaf;
	uint64_t cr4;
	uint32_t pkru;
	bool ac, wp_clear;
	enum mmu_access access;
	enum mmu_privilege privilege;
	uint32_t code;			/* 0: it succeeds */
} rows[] = {
	{ "AD of the page's key denies a read, with PK",
	  USER_RW | KEY(5), CR4_PKE, AD(5), 0, 0, MMU_READ, MMU_USER,
	  PF_P | PF_U | PF_PK },
	{ "AD of another key does not",
	  USER_RW | KEY(5), CR4_PKE, ~AD(5), 0, 0, MMU_READ, MMU_USER, 0 },
	{ "key 0 is a key like any other",
	  USER_RW, CR4_PKE, AD(0), 0, 0, MMU_READ, MMU_USER,
	  PF_P | PF_U | PF_PK },
	{ "key 15 is the last",
	  USER_RW | KEY(15), CR4_PKE, WD(15), 0, 0, MMU_WRITE, MMU_USER,
	  PF_P | PF_U | PF_W | PF_PK },
	{ "WD lets a read pass",
	  USER_RW | KEY(5), CR4_PKE, WD(5), 0, 0, MMU_READ, MMU_USER, 0 },
	{ "a fetch asks no key",
	  USER_RW | KEY(5), CR4_PKE, ~0u, 0, 0, MMU_FETCH, MMU_USER, 0 },
	{ "a supervisor page has no key",
	  KERNEL_RW | KEY(5), CR4_PKE, ~0u, 0, 0, MMU_WRITE, MMU_SUPERVISOR,
	  0 },
	{ "AD denies a supervisor's read of a user page",
	  USER_RW | KEY(5), CR4_PKE, AD(5), 0, 0, MMU_READ, MMU_SUPERVISOR,
	  PF_P | PF_PK },
	{ "WD denies a supervisor's write with WP set",
	  USER_RW | KEY(5), CR4_PKE, WD(5), 0, 0, MMU_WRITE, MMU_SUPERVISOR,
	  PF_P | PF_W | PF_PK },
	{ "WD does not deny it with WP clear",
	  USER_RW | KEY(5), CR4_PKE, WD(5), 0, 1, MMU_WRITE, MMU_SUPERVISOR,
	  0 },
	{ "WD denies a user's write with WP clear too",
	  USER_RW | KEY(5), CR4_PKE, WD(5), 0, 1, MMU_WRITE, MMU_USER,
	  PF_P | PF_W | PF_U | PF_PK },
	{ "PK is set though R/W denies the write as well",
	  PTE_P | PTE_US | KEY(5), CR4_PKE, WD(5), 0, 0, MMU_WRITE, MMU_USER,
	  PF_P | PF_W | PF_U | PF_PK },
	{ "PK is clear if only R/W denies it",
	  PTE_P | PTE_US | KEY(5), CR4_PKE, WD(4), 0, 0, MMU_WRITE, MMU_USER,
	  PF_P | PF_W | PF_U },
	{ "a page that is not present has no key",
	  PTE_US | KEY(5), CR4_PKE, AD(5), 0, 0, MMU_READ, MMU_USER, PF_U },
	{ "a reserved bit is found before the key",
	  USER_RW | KEY(5) | 1ull << 46, CR4_PKE, AD(5), 0, 0, MMU_READ,
	  MMU_USER, PF_P | PF_U | PF_RSVD },
	{ "AC suspends SMAP for an explicit access",
	  USER_RW, CR4_SMAP, 0, 1, 0, MMU_READ, MMU_SUPERVISOR, 0 },
	{ "AC does not suspend it for an implicit one",
	  USER_RW, CR4_SMAP, 0, 1, 0, MMU_READ, MMU_IMPLICIT, PF_P },
	{ "an implicit access to a user page passes without SMAP",
	  USER_RW, 0, 0, 0, 0, MMU_READ, MMU_IMPLICIT, 0 },
	{ "an implicit access is a supervisor's",
	  KERNEL_RW, CR4_SMAP, 0, 0, 0, MMU_WRITE, MMU_IMPLICIT, 0 },
	{ "AC does not suspend SMEP",
	  USER_RW, CR4_SMEP, 0, 1, 0, MMU_FETCH, MMU_SUPERVISOR,
	  PF_P | PF_ID },
	{ "AC does not open a supervisor page to a user",
	  KERNEL_RW, CR4_SMAP, 0, 1, 0, MMU_READ, MMU_USER, PF_P | PF_U },
};
/* clang-format on */

START_TEST(right)
{
	const struct row *row = &rows[_i];
	struct machine m = machine_make(profile_everything(), 1);
	struct mmu_result result;

	machine_map(&m, VA, FRAME | row->leaf);
	ck_assert(machine_change(&m, MMU_CR4, row->cr4, 0));
	ck_assert(!row->pkru || machine_change(&m, MMU_PKRU, row->pkru, 0));
	ck_assert(machine_change(&m, MMU_RFLAGS, row->ac ? RFLAGS_AC : 0, 0));
	ck_assert(machine_change(&m, MMU_CR0, 0, row->wp_clear ? CR0_WP : 0));
	result = mmu_access(m.mmu, 0, VA, row->access, row->privilege);
	ck_assert_msg(result.error_code == row->code &&
			      (result.end == MMU_OK) ==
				      (row->code == 0 && row->leaf & PTE_P),
		      "%s: end %d, code %#x, want %#x", row->claim,
		      (int)result.end, result.error_code, row->code);
	machine_free(&m);
}
END_TEST

/* The TLB has the key, PKRU is asked at each access: no invalidation. */
START_TEST(pkru_binds_what_is_cached)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map(&m, VA, FRAME | USER_RW | KEY(11));
	ck_assert(machine_change(&m, MMU_CR4, CR4_PKE, 0));
	ck_assert(machine_write(&m, VA).end == MMU_OK);
	ck_assert(machine_change(&m, MMU_PKRU, WD(11), 0));
	ck_assert(machine_write(&m, VA).error_code == (PF_P | PF_W | PF_PK));
	ck_assert(machine_read(&m, VA).end == MMU_OK);
	ck_assert(machine_change(&m, MMU_PKRU, 0, ~0ull));
	ck_assert(machine_write(&m, VA).end == MMU_OK);
	machine_free(&m);
}
END_TEST

/* A cached key that memory no longer has is used, and known as stale. */
START_TEST(key_changed_without_invalidation_is_stale)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, FRAME | USER_RW | KEY(1));
	uint64_t stamp;

	ck_assert(machine_change(&m, MMU_CR4, CR4_PKE, 0));
	ck_assert(machine_change(&m, MMU_PKRU, AD(2), 0));
	ck_assert(machine_read(&m, VA).end == MMU_OK);
	stamp = machine_set(&m, entry, FRAME | USER_RW | KEY(2) | PTE_A);
	ck_assert_uint_eq(machine_read(&m, VA).stale_since, stamp);
	mmu_invlpg(m.mmu, 0, VA);
	ck_assert_uint_eq(machine_read(&m, VA).error_code, PF_P | PF_PK);
	machine_free(&m);
}
END_TEST

/* ---- every combination --------------------------------------------------- */

enum flag {
	LEAF_RW,
	LEAF_US,
	LEAF_XD,
	KEY_IS_9,
	PKRU_AD_0,
	PKRU_WD_0,
	PKRU_AD_9,
	PKRU_WD_9,
	CPU_WP,
	CPU_PKE,
	CPU_SMAP,
	CPU_SMEP,
	CPU_AC,
	NR_FLAGS
};

#define F(flags, flag) ((flags) >> (flag)&1)

static struct oracle_case make_case(const struct machine *m, unsigned flags)
{
	struct oracle_case c = {
		.wp = F(flags, CPU_WP),
		.nxe = true,
		.smep = F(flags, CPU_SMEP),
		.smap = F(flags, CPU_SMAP),
		.ac = F(flags, CPU_AC),
		.pke = F(flags, CPU_PKE),
		.maxphyaddr = 46,
		.page_1g = true,
	};

	c.pkru = F(flags, PKRU_AD_0) << 0 | F(flags, PKRU_WD_0) << 1 |
		 F(flags, PKRU_AD_9) << 18 | F(flags, PKRU_WD_9) << 19;
	for (unsigned level = 2; level <= 4; level++)
		c.entry[level] = physmem_read(m->mem,
					      machine_entry(m, VA, level)) |
				 PTE_A;
	c.entry[1] = FRAME | PTE_P;
	if (F(flags, LEAF_RW))
		c.entry[1] |= PTE_RW;
	if (F(flags, LEAF_US))
		c.entry[1] |= PTE_US;
	if (F(flags, LEAF_XD))
		c.entry[1] |= PTE_XD;
	if (F(flags, KEY_IS_9))
		c.entry[1] |= KEY(9);
	return c;
}

static void load_cpu(struct machine *m, const struct oracle_case *c)
{
	uint64_t cr4 = CR4_PAE | CR4_PGE;

	cr4 |= c->smep ? CR4_SMEP : 0;
	cr4 |= c->smap ? CR4_SMAP : 0;
	ck_assert(mmu_set_register(m->mmu, 0, MMU_CR4, cr4 | CR4_PKE, NULL));
	ck_assert(mmu_set_register(m->mmu, 0, MMU_PKRU, c->pkru, NULL));
	cr4 |= c->pke ? CR4_PKE : 0;
	ck_assert(mmu_set_register(m->mmu, 0, MMU_CR4, cr4, NULL));
	ck_assert(mmu_set_register(m->mmu, 0, MMU_CR0,
				   CR0_PE | CR0_PG | (c->wp ? CR0_WP : 0),
				   NULL));
	ck_assert(mmu_set_register(m->mmu, 0, MMU_RFLAGS, c->ac ? RFLAGS_AC : 0,
				   NULL));
}

static void check_case(struct machine *m, struct oracle_case *c,
		       enum mmu_access access, enum mmu_privilege privilege,
		       bool cached)
{
	struct oracle_answer want;
	struct mmu_result got;

	c->access = (enum oracle_access)access;
	c->user = privilege == MMU_USER;
	c->implicit = privilege == MMU_IMPLICIT;
	want = oracle_walk(c);
	got = mmu_access(m->mmu, 0, VA, access, privilege);
	ck_assert_msg((got.end == MMU_PAGE_FAULT) == want.fault &&
			      got.error_code == want.code,
		      "access %d by %d%s, leaf %#llx, pkru %#x, wp %d pke %d "
		      "smap %d smep %d ac %d: code %#x, want %#x",
		      (int)access, (int)privilege, cached ? ", cached" : "",
		      (unsigned long long)c->entry[1], c->pkru, c->wp, c->pke,
		      c->smap, c->smep, c->ac, got.error_code, want.code);
}

/* All accesses to one page, one after the other: each finds what those before
 * left in the caches. */
static unsigned check_accesses(struct machine *m, struct oracle_case *c,
			       bool cached)
{
	unsigned done = 0;

	for (unsigned a = 0; a < 3; a++)
		for (unsigned p = 0; p < MMU_PRIVILEGES; p++, done++)
			check_case(m, c, (enum mmu_access)a,
				   (enum mmu_privilege)p, cached);
	return done;
}

START_TEST(keys_and_smap_in_every_combination_are_as_the_manuals_say)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, VA, FRAME | USER_RW);
	unsigned cases = 0;

	for (unsigned flags = 0; flags < 1u << NR_FLAGS; flags++) {
		struct oracle_case c = make_case(&m, flags);

		machine_set(&m, entry, c.entry[1]);
		load_cpu(&m, &c);
		mmu_drop_all(m.mmu, 0);
		cases += check_accesses(&m, &c, false);
		cases += check_accesses(&m, &c, true);
	}
	ck_assert_uint_eq(cases, 18u << NR_FLAGS);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, right, 0, ROWS(rows));
	tcase_add_test(tc, pkru_binds_what_is_cached);
	tcase_add_test(tc, key_changed_without_invalidation_is_stale);
	tcase_add_test(
		tc, keys_and_smap_in_every_combination_are_as_the_manuals_say);
}

int main(void)
{
	return run_suite("mmu rights", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_sweep.c - the page walk in every combination.
 *
 * Two neighbouring entries, the control bits and the kind of access are the
 * bits of one number, which counts up.  Each case runs on a machine that
 * caches nothing and on one that caches everything, and must end as
 * tests/oracle_walk.c says: fault, error code, address, and every bit of the
 * four entries.
 */
#include "config.h"

#include <string.h>

#include "tests/check_mmu.h"
#include "tests/oracle_walk.h"

#define VA 0x123456789000ull
#define FRAME 0x2001000ull
#define LARGE_FRAME 0x40000000ull

/* clang-format off */
/* One bit of a case each; the two entries are neighbours. */
enum flag {
	LOW_P, LOW_RW, LOW_US, LOW_A, LOW_D, LOW_PS, LOW_XD, LOW_RSVD,
	LOW_RSVD_PAGE,			/* bit 13, 20 or 29 of a large page */
	HIGH_P, HIGH_RW, HIGH_US, HIGH_A, HIGH_PS, HIGH_XD, HIGH_RSVD,
	HIGH_RSVD_PAGE,
	ACCESS_WRITE, ACCESS_FETCH, ACCESS_USER,
	CPU_WP, CPU_NXE, CPU_SMEP, CPU_SMAP,
	NR_FLAGS
};

static const char *const flag_names[NR_FLAGS] = {
	[LOW_P] = "low.p", [LOW_RW] = "low.rw", [LOW_US] = "low.us",
	[LOW_A] = "low.a", [LOW_D] = "low.d", [LOW_PS] = "low.ps",
	[LOW_XD] = "low.xd", [LOW_RSVD] = "low.rsvd",
	[LOW_RSVD_PAGE] = "low.rsvd_page",
	[HIGH_P] = "high.p", [HIGH_RW] = "high.rw", [HIGH_US] = "high.us",
	[HIGH_A] = "high.a", [HIGH_PS] = "high.ps", [HIGH_XD] = "high.xd",
	[HIGH_RSVD] = "high.rsvd", [HIGH_RSVD_PAGE] = "high.rsvd_page",
	[ACCESS_WRITE] = "write", [ACCESS_FETCH] = "fetch",
	[ACCESS_USER] = "user",
	[CPU_WP] = "cr0.wp", [CPU_NXE] = "efer.nxe", [CPU_SMEP] = "cr4.smep",
	[CPU_SMAP] = "cr4.smap",
};

/* clang-format on */

#define F(flags, flag) ((flags) >> (flag)&1)
#define LOW_FLAGS ((1u << HIGH_P) - 1)
#define HIGH_FLAGS ((1u << ACCESS_WRITE) - 1 - LOW_FLAGS)

static bool is_case(uint32_t flags, unsigned low_level)
{
	/* One access is not both. */
	if (F(flags, ACCESS_WRITE) && F(flags, ACCESS_FETCH))
		return false;
	/* The low entry is not read: one value of it is enough. */
	if ((!F(flags, HIGH_P) || F(flags, HIGH_PS) || F(flags, HIGH_RSVD)) &&
	    (flags & LOW_FLAGS))
		return false;
	/* Of an entry with P=0 nothing is read: all others set or none. */
	if (!F(flags, HIGH_P) && (flags & HIGH_FLAGS) &&
	    (flags & HIGH_FLAGS) != (HIGH_FLAGS & ~(1u << HIGH_P)))
		return false;
	if (!F(flags, LOW_P) && (flags & LOW_FLAGS) &&
	    (flags & LOW_FLAGS) != (LOW_FLAGS & ~(1u << LOW_P)))
		return false;
	/* Those bits are part of the address when no page is mapped. */
	if (F(flags, HIGH_RSVD_PAGE) && !F(flags, HIGH_PS))
		return false;
	if (F(flags, LOW_RSVD_PAGE) && (!F(flags, LOW_PS) || low_level == 1))
		return false;
	return true;
}

/* The entry of @level whose flags start at @first; it leads to @table unless
 * it maps a page. */
static uint64_t entry_of(uint32_t flags, unsigned first, unsigned level,
			 uint64_t table)
{
	/* In the order of the flags; D is only among the low ones. */
	static const uint64_t low[] = { PTE_P, PTE_RW, PTE_US, PTE_A,
					PTE_D, PTE_PS, PTE_XD, 1ull << 46 };
	static const uint64_t high[] = { PTE_P,	 PTE_RW, PTE_US,    PTE_A,
					 PTE_PS, PTE_XD, 1ull << 46 };
	const uint64_t *bits = first == LOW_P ? low : high;
	unsigned count = first == LOW_P ? 8 : 7;
	uint64_t entry = 0;

	for (unsigned i = 0; i < count; i++)
		if (F(flags, first + i))
			entry |= bits[i];
	if (level == 1)
		entry |= FRAME;
	else
		entry |= entry & PTE_PS ? LARGE_FRAME : table;
	if (F(flags, first + count) && level > 1)
		entry |= level == 3 ? 1ull << 29 : 1ull << 20;
	return entry;
}

struct sweep {
	struct machine plain;	/* caches nothing */
	struct machine caching; /* caches everything */
	bool page_1g;
	unsigned low_level;
	uint64_t benign[5]; /* the entries, before a case */
	unsigned cases, good;
};

static const char *flags_text(uint32_t flags, char *text)
{
	text[0] = '\0';
	for (unsigned flag = 0; flag < NR_FLAGS; flag++)
		if (F(flags, flag)) {
			strcat(text, " ");
			strcat(text, flag_names[flag]);
		}
	return text;
}

static void load_cpu(struct machine *m, uint32_t flags)
{
	machine_change(m, MMU_CR0, F(flags, CPU_WP) ? CR0_WP : 0,
		       F(flags, CPU_WP) ? 0 : CR0_WP);
	machine_change(m, MMU_EFER, F(flags, CPU_NXE) ? EFER_NXE : 0,
		       F(flags, CPU_NXE) ? 0 : EFER_NXE);
	machine_change(m, MMU_CR4, F(flags, CPU_SMEP) ? CR4_SMEP : 0,
		       F(flags, CPU_SMEP) ? 0 : CR4_SMEP);
	machine_change(m, MMU_CR4, F(flags, CPU_SMAP) ? CR4_SMAP : 0,
		       F(flags, CPU_SMAP) ? 0 : CR4_SMAP);
}

static struct oracle_case make_case(const struct sweep *sweep, uint32_t flags)
{
	unsigned low = sweep->low_level;
	struct oracle_case c = {
		.wp = F(flags, CPU_WP),
		.nxe = F(flags, CPU_NXE),
		.smep = F(flags, CPU_SMEP),
		.smap = F(flags, CPU_SMAP),
		.maxphyaddr = 46,
		.page_1g = sweep->page_1g,
		.access = F(flags, ACCESS_WRITE)   ? ORACLE_WRITE
			  : F(flags, ACCESS_FETCH) ? ORACLE_FETCH
						   : ORACLE_READ,
		.user = F(flags, ACCESS_USER),
	};

	memcpy(c.entry, sweep->benign, sizeof(c.entry));
	c.entry[low] = entry_of(flags, LOW_P, low,
				sweep->benign[low] & PTE_FRAME);
	c.entry[low + 1] = entry_of(flags, HIGH_P, low + 1,
				    sweep->benign[low + 1] & PTE_FRAME);
	return c;
}

/* Both machines have their tables at the same addresses. */
static void store_entries(const struct sweep *sweep, struct machine *m,
			  const uint64_t entry[5])
{
	paddr_t table = m->root;

	for (unsigned level = 4; level >= 1; level--) {
		paddr_t at = table + 8 * (VA >> (3 + 9 * level) & 511);

		physmem_write(m->mem, at, entry[level]);
		table = sweep->benign[level] & PTE_FRAME;
	}
}

static bool entries_are(const struct sweep *sweep, struct machine *m,
			const uint64_t entry[5])
{
	paddr_t table = m->root;

	for (unsigned level = 4; level >= 1; level--) {
		paddr_t at = table + 8 * (VA >> (3 + 9 * level) & 511);

		if (physmem_read(m->mem, at) != entry[level])
			return false;
		table = sweep->benign[level] & PTE_FRAME;
	}
	return true;
}

static bool result_is(const struct mmu_result *result,
		      const struct oracle_answer *want)
{
	static const uint64_t offset[] = { 0, PAGE - 1, MEG2 - 1, GIG1 - 1 };
	uint64_t page, inside;

	if (want->fault)
		return result->end == MMU_PAGE_FAULT &&
		       result->error_code == want->code;
	inside = VA & offset[want->leaf];
	page = want->entry[want->leaf] & 0x3ffffffff000ull &
	       ~offset[want->leaf];
	return result->end == MMU_OK && result->paddr == (page | inside);
}

static struct mmu_result do_access(struct machine *m,
				   const struct oracle_case *c)
{
	return mmu_access(m->mmu, 0, VA, (enum mmu_access)c->access,
			  c->user ? MMU_USER : MMU_SUPERVISOR);
}

static bool case_agrees(const struct sweep *sweep, struct machine *m,
			const struct oracle_case *c,
			const struct oracle_answer *want)
{
	struct mmu_result result;

	store_entries(sweep, m, c->entry);
	result = do_access(m, c);
	return result_is(&result, want) && entries_are(sweep, m, want->entry);
}

static void sweep_case(struct sweep *sweep, uint32_t flags)
{
	struct oracle_case c = make_case(sweep, flags);
	struct oracle_answer want = oracle_walk(&c);
	struct mmu_result again;
	char text[400];

	sweep->cases++;
	sweep->good += !want.fault;
	ck_assert_msg(case_agrees(sweep, &sweep->plain, &c, &want),
		      "level %u, no TLB:%s", sweep->low_level,
		      flags_text(flags, text));
	mmu_drop_all(sweep->caching.mmu, 0);
	ck_assert_msg(case_agrees(sweep, &sweep->caching, &c, &want),
		      "level %u, with TLB:%s", sweep->low_level,
		      flags_text(flags, text));
	again = do_access(&sweep->caching, &c);
	ck_assert_msg(result_is(&again, &want), "level %u, again:%s",
		      sweep->low_level, flags_text(flags, text));
}

static struct sweep sweep_make(unsigned low_level, bool page_1g)
{
	struct mmu_profile plain = profile_nothing();
	struct mmu_profile caching = profile_everything();
	struct sweep sweep = { .low_level = low_level, .page_1g = page_1g };

	plain.page_1g = page_1g;
	caching.page_1g = page_1g;
	sweep.plain = machine_make(plain, 1);
	sweep.caching = machine_make(caching, 1);
	machine_map(&sweep.caching, VA, FRAME | USER_RW);
	machine_map(&sweep.plain, VA, FRAME | USER_RW);
	for (unsigned level = 1; level <= 4; level++)
		sweep.benign[level] = physmem_read(
			sweep.plain.mem,
			machine_entry(&sweep.plain, VA, level));
	return sweep;
}

static const struct {
	unsigned low_level;
	bool page_1g;
	/* A skip that is lost, and cases that all end alike, show here. */
	unsigned cases, good;
} sweeps[] = {
	{ 1, true, 206016, 22924 },  { 2, true, 305856, 22924 },
	{ 2, false, 305856, 22368 }, { 3, true, 305856, 22368 },
	{ 3, false, 305856, 11184 },
};

START_TEST(two_levels_in_every_combination_are_as_the_manuals_say)
{
	struct sweep sweep = sweep_make(sweeps[_i].low_level,
					sweeps[_i].page_1g);
	uint32_t cpu_flags = 0;

	load_cpu(&sweep.plain, 0);
	load_cpu(&sweep.caching, 0);
	for (uint32_t flags = 0; flags < 1u << NR_FLAGS; flags++) {
		if (flags >> CPU_WP != cpu_flags >> CPU_WP) {
			load_cpu(&sweep.plain, flags);
			load_cpu(&sweep.caching, flags);
			cpu_flags = flags;
		}
		if (is_case(flags, sweep.low_level))
			sweep_case(&sweep, flags);
	}
	ck_assert_uint_eq(sweep.cases, sweeps[_i].cases);
	ck_assert_uint_eq(sweep.good, sweeps[_i].good);
	mmu_destroy(sweep.plain.mmu);
	mmu_destroy(sweep.caching.mmu);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(
		tc, two_levels_in_every_combination_are_as_the_manuals_say, 0,
		ROWS(sweeps));
}

int main(void)
{
	return run_suite("mmu sweep", add);
}

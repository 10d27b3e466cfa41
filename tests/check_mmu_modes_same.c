/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_modes_same.c - random edits in legacy modes and under a host.
 *
 * With the invalidation that the manuals ask for, machines that cache nothing,
 * little and everything give the same results and leave the same tables: as
 * check_mmu_same.c has it of long mode.
 *
 * Sources: SDM vol. 3A, "Recommended Invalidation"; SDM vol. 3C, "Guidelines
 * for Use of the INVEPT Instruction"; APM vol. 2, "TLB Management".
 */
#include "config.h"

#include <string.h>

#include "tests/check_mmu_guest.h"
#include "tests/check_mmu_legacy.h"

#define NR_MACHINES 3
#define NR_PAGES 8
#define NR_LARGE 2 /* the last of them */
#define STEPS 4000
#define GUEST_VA 0x123456600000ull
#define FRAMES 0x800000ull

static const struct setting {
	const char *name;
	bool guest, pae;
	enum mmu_vendor vendor;
	enum guest_kind kind;
} settings[] = {
	{ "32-bit paging", false, false, MMU_INTEL, 0 },
	{ "PAE with registers", false, true, MMU_INTEL, 0 },
	{ "PAE without", false, true, MMU_AMD, 0 },
	{ "EPT", true, false, MMU_INTEL, GUEST_EPT },
	{ "EPT with A and D", true, false, MMU_INTEL, GUEST_EPT_AD },
	{ "NPT", true, false, MMU_AMD, GUEST_NPT },
};

/* All tables are at the same addresses in every machine. */
struct world {
	const struct setting *setting;
	uint64_t random;
	struct machine m[NR_MACHINES];
	vaddr_t va[NR_PAGES];
	paddr_t leaf[NR_PAGES];
	paddr_t upper;		    /* an entry above all small pages */
	paddr_t host[NR_PAGES + 2]; /* of the pages and of two tables */
	unsigned good;
};

/* S. Vigna's splitmix64. */
static unsigned below(struct world *w, unsigned limit)
{
	uint64_t x = w->random += 0x9e3779b97f4a7c15ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return (unsigned)((x ^ x >> 31) % limit);
}

static struct mmu_profile profile_of(const struct setting *setting, unsigned i)
{
	struct mmu_profile profile = i == 0   ? profile_nothing()
				     : i == 1 ? profile_small()
					      : profile_everything();

	profile.vendor = setting->vendor;
	for (unsigned level = 2; level < MMU_PSC_LEVELS && i; level++)
		profile.psc[level] = i == 1 ? 2 : MMU_PSC_UNLIMITED;
	return profile;
}

/* ---- making -------------------------------------------------------------- */

static bool is_large(unsigned page)
{
	return page >= NR_PAGES - NR_LARGE;
}

static uint64_t frame_of(unsigned page, unsigned which)
{
	if (is_large(page))
		return FRAMES + which * MEG4;
	return FRAMES + page * 2 * PAGE + which * PAGE;
}

static void make_legacy(struct world *w, unsigned i)
{
	struct legacy l = legacy_make(profile_of(w->setting, i),
				      w->setting->pae);

	for (unsigned page = 0; page < NR_PAGES; page++) {
		w->va[page] = is_large(page) ? VA + page * MEG4
					     : VA + page * PAGE;
		w->leaf[page] = legacy_entry(&l, w->va[page],
					     is_large(page) ? 2 : 1);
	}
	w->upper = legacy_entry(&l, VA, 2);
	w->m[i] = l.m;
}

static paddr_t map_guest_page(struct world *w, struct guest *g, unsigned page)
{
	bool large = is_large(page);

	w->va[page] = GUEST_VA + page * (large ? MEG2 : PAGE);
	return guest_map(g, w->va[page], large ? MMU_2M : MMU_4K, 0);
}

static void make_guest(struct world *w, unsigned i)
{
	struct guest g = guest_make(profile_of(w->setting, i),
				    w->setting->kind);
	paddr_t table;

	for (unsigned page = 0; page < NR_PAGES; page++) {
		w->leaf[page] = map_guest_page(w, &g, page);
		w->host[page] = host_entry(&g, frame_of(page, 0), 1);
	}
	w->upper = guest_entry(&g, GUEST_VA, 2);
	for (unsigned level = 1; level <= 2; level++) {
		table = guest_entry(&g, GUEST_VA, level) & ~(PAGE - 1);
		w->host[NR_PAGES + level - 1] = host_entry(
			&g, table - GUEST_OFFSET, 1);
	}
	w->m[i] = g.m;
}

/* ---- doing the same to all ----------------------------------------------- */

static size_t entry_bytes(const struct world *w)
{
	return w->setting->guest || w->setting->pae ? 8 : 4;
}

static void store(struct world *w, paddr_t at, uint64_t value, size_t bytes)
{
	for (unsigned i = 0; i < NR_MACHINES; i++) {
		memcpy(physmem_pointer(w->m[i].mem, at), &value, bytes);
		mmu_entry_changed(w->m[i].mmu, at, ++w->m[i].stamp);
	}
}

static void flush_all(struct world *w)
{
	bool ept = w->setting->guest && w->setting->kind != GUEST_NPT;

	for (unsigned i = 0; i < NR_MACHINES; i++)
		if (ept)
			ck_assert(mmu_invept(w->m[i].mmu, 0, MMU_INVEPT_ALL, 0,
					     NULL));
		else
			mmu_flush_all(w->m[i].mmu, 0);
}

static uint64_t turned(struct world *w, uint64_t entry)
{
	static const uint64_t bits[] = { PTE_P, PTE_RW, PTE_US, PTE_A,
					 PTE_D, PTE_G,	PTE_XD };

	for (unsigned i = 0; i < ROWS(bits); i++)
		if (below(w, 6) == 0)
			entry ^= bits[i];
	return below(w, 40) ? entry : entry | 1ull << 46;
}

static void edit_leaf(struct world *w)
{
	unsigned page = below(w, NR_PAGES);
	uint64_t leaf = frame_of(page, below(w, 2)) | USER_RW;

	store(w, w->leaf[page], turned(w, leaf | (is_large(page) ? PTE_PS : 0)),
	      entry_bytes(w));
	for (unsigned i = 0; i < NR_MACHINES; i++)
		mmu_invlpg(w->m[i].mmu, 0, w->va[page]);
}

static void edit_upper(struct world *w)
{
	uint64_t entry = 0;

	memcpy(&entry, physmem_pointer(w->m[0].mem, w->upper), entry_bytes(w));
	entry &= 0x3ffffffff000;
	store(w, w->upper, entry | (below(w, 3) ? USER_RW : PTE_P),
	      entry_bytes(w));
	flush_all(w);
}

/* Two bits are the same in EPT and NPT: P or R, and R/W or W. */
static void edit_host(struct world *w)
{
	paddr_t at = w->host[below(w, NR_PAGES + 2)];
	uint64_t entry;

	if (!w->setting->guest)
		return;
	entry = physmem_read(w->m[0].mem, at) | PTE_P | PTE_RW;
	if (below(w, 3) == 0)
		entry &= below(w, 3) ? ~PTE_RW : ~7ull;
	else
		entry |= 7;
	store(w, at, entry, 8);
	flush_all(w);
}

/* Any machine may drop anything. */
static void drop_something(struct world *w)
{
	struct machine *m = &w->m[below(w, NR_MACHINES)];

	if (below(w, 2))
		mmu_invlpg(m->mmu, 0, w->va[below(w, NR_PAGES)]);
	else
		mmu_drop_all(m->mmu, 0);
}

static void access_all(struct world *w)
{
	/* Of 4M both halves; of 2M the last is another page. */
	static const vaddr_t inside[] = { 0, PAGE, MEG2 - PAGE, MEG2 + PAGE };
	unsigned page = below(w, NR_PAGES);
	enum mmu_access access = (enum mmu_access)below(w, 3);
	enum mmu_privilege who = below(w, 2) ? MMU_USER : MMU_SUPERVISOR;
	vaddr_t va = w->va[page] + (is_large(page) ? inside[below(w, 4)] : 0);
	struct mmu_result want = mmu_access(w->m[0].mmu, 0, va, access, who);

	w->good += want.end == MMU_OK;
	for (unsigned i = 1; i < NR_MACHINES; i++) {
		struct mmu_result got = mmu_access(w->m[i].mmu, 0, va, access,
						   who);

		ck_assert_msg(got.end == want.end &&
				      got.error_code == want.error_code &&
				      got.paddr == want.paddr &&
				      got.entry == want.entry &&
				      got.gpa == want.gpa &&
				      got.qualification == want.qualification,
			      "%s: machine %u, page %u: end %d, want %d",
			      w->setting->name, i, page, (int)got.end,
			      (int)want.end);
		ck_assert_uint_eq(got.stale_since, MMU_NOT_STALE);
	}
}

static void check_all(struct world *w)
{
	static const struct {
		paddr_t from;
		size_t bytes;
	} tables[] = { { 1 << 20, 1 << 20 },
		       { GUEST_OFFSET + 0x400000, 1 << 16 } };

	for (unsigned i = 0; i < NR_MACHINES; i++) {
		mmu_check(w->m[i].mmu);
		for (unsigned t = 0; t < ROWS(tables); t++)
			ck_assert_msg(!memcmp(physmem_pointer(w->m[0].mem,
							      tables[t].from),
					      physmem_pointer(w->m[i].mem,
							      tables[t].from),
					      tables[t].bytes),
				      "%s: tables of machine %u differ",
				      w->setting->name, i);
	}
}

static void (*const rare[])(struct world *) = {
	edit_leaf, edit_leaf,  edit_leaf, edit_leaf,
	edit_leaf, edit_upper, edit_host, drop_something,
};

START_TEST(with_invalidation_every_mode_is_the_same_cached_or_not)
{
	struct world w = { .setting = &settings[_i / 4],
			   .random = (uint64_t)_i };

	for (unsigned i = 0; i < NR_MACHINES; i++)
		if (w.setting->guest)
			make_guest(&w, i);
		else
			make_legacy(&w, i);
	for (unsigned step = 0; step < STEPS; step++) {
		if (below(&w, 4))
			access_all(&w);
		else
			rare[below(&w, ROWS(rare))](&w);
		if (step % 64 == 0)
			check_all(&w);
	}
	/* Else it has tested little. */
	ck_assert_uint_gt(w.good, STEPS / 10);
	for (unsigned i = 0; i < NR_MACHINES; i++)
		machine_free(&w.m[i]);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
		tc, with_invalidation_every_mode_is_the_same_cached_or_not, 0,
		4 * ROWS(settings));
}

int main(void)
{
	return run_suite("mmu modes same", add);
}

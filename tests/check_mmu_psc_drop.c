/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_psc_drop.c - which upper entries each invalidation drops, and which
 * it spares.
 *
 * Manuals allow to drop more.  That these spare the rest is what we model;
 * vendors differ.
 *
 * Sources: SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches"; APM vol. 2, "TLB Management", "Extended Feature Enable Register
 * (EFER)", TCE.
 */
#include "config.h"

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull

/* Upper entries are cached on the way to these three, and under another PCID
 * to the first. */
#define ON_PATH 0x10000ull
#define BESIDE_PATH (ON_PATH + MEG2) /* another PDE, the rest in common */
#define OFF_PATH (ON_PATH + (1ull << 39))
#define GLOBAL (ON_PATH + PAGE)

enum kept {
	KEEPS_PATH = 1,
	KEEPS_BESIDE = 2,
	KEEPS_OFF = 4,
	KEEPS_PCID_2 = 8,
	KEEPS_ALL = 15,
	KEEPS_PCID_1 = KEEPS_ALL & ~KEEPS_PCID_2,
};

enum operation {
	INVLPG,
	INVLPG_GLOBAL,
	INVLPG_NOT_CANONICAL,
	INVPCID_ADDRESS,
	INVPCID_CONTEXT_2,
	INVPCID_ALL,
	INVPCID_NOT_GLOBAL,
	INVLPGB_ALL,
	CR3_SAME,
	CR3_TO_2,
	CR3_TO_2_NOFLUSH,
	CR4_CLEAR_PGE,
	CR4_CLEAR_PCIDE,
	CR4_SET_SMEP,
	CR4_SET_SMAP,
	FAULT,
	OPERATIONS,
};

/* clang-format off */
static const struct drop_row {
	const char *claim;
	enum operation operation;
	enum mmu_vendor vendor;
	bool tce;
	unsigned kept;
} drop_rows[] = {
	{ "Intel: INVLPG drops all of the current PCID",
	  INVLPG, MMU_INTEL, false, KEEPS_PCID_2 },
	{ "Intel: that of a global page too",
	  INVLPG_GLOBAL, MMU_INTEL, false, KEEPS_PCID_2 },
	{ "AMD, TCE clear: INVLPG drops all",
	  INVLPG, MMU_AMD, false, 0 },
	{ "AMD, TCE set: INVLPG drops the way to its page only",
	  INVLPG, MMU_AMD, true, KEEPS_ALL & ~KEEPS_PATH },
	{ "Intel: INVLPG of no canonical address drops nothing",
	  INVLPG_NOT_CANONICAL, MMU_INTEL, false, KEEPS_ALL },
	{ "AMD: INVLPG of no canonical address drops nothing",
	  INVLPG_NOT_CANONICAL, MMU_AMD, false, KEEPS_ALL },
	{ "INVPCID of an address drops all of its PCID",
	  INVPCID_ADDRESS, MMU_INTEL, false, KEEPS_PCID_2 },
	{ "INVPCID of a context drops that one's",
	  INVPCID_CONTEXT_2, MMU_INTEL, false, KEEPS_PCID_1 },
	{ "INVPCID of all contexts drops all",
	  INVPCID_ALL, MMU_INTEL, false, 0 },
	{ "INVPCID of all but global pages drops all",
	  INVPCID_NOT_GLOBAL, MMU_INTEL, false, 0 },
	{ "INVLPGB that names nothing drops all",
	  INVLPGB_ALL, MMU_AMD, false, 0 },
	{ "MOV CR3 drops those of the new PCID",
	  CR3_SAME, MMU_INTEL, false, KEEPS_PCID_2 },
	{ "MOV CR3 to another PCID spares those of the old one",
	  CR3_TO_2, MMU_INTEL, false, KEEPS_PCID_1 },
	{ "MOV CR3 with bit 63 drops nothing",
	  CR3_TO_2_NOFLUSH, MMU_INTEL, false, KEEPS_ALL },
	{ "a change of CR4.PGE drops all",
	  CR4_CLEAR_PGE, MMU_INTEL, false, 0 },
	{ "clearing CR4.PCIDE drops all",
	  CR4_CLEAR_PCIDE, MMU_INTEL, false, 0 },
	{ "setting CR4.SMEP drops those of the current PCID",
	  CR4_SET_SMEP, MMU_INTEL, false, KEEPS_PCID_2 },
	{ "setting CR4.SMAP drops nothing",
	  CR4_SET_SMAP, MMU_INTEL, false, KEEPS_ALL },
	{ "a page fault drops those on its way",
	  FAULT, MMU_INTEL, false, KEEPS_ALL & ~KEEPS_PATH },
	{ "on AMD too", FAULT, MMU_AMD, false, KEEPS_ALL & ~KEEPS_PATH },
};
/* clang-format on */

static void load_pcid(struct machine *m, unsigned pcid, uint64_t how)
{
	ck_assert(mmu_set_register(m->mmu, 0, MMU_CR3, m->root | pcid | how,
				   NULL));
}

static struct machine two_pcids(enum mmu_vendor vendor, bool tce)
{
	static const vaddr_t pages[] = { ON_PATH, BESIDE_PATH, OFF_PATH };
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile.vendor = vendor;
	for (unsigned level = 2; level <= 4; level++)
		profile.psc[level] = MMU_PSC_UNLIMITED;
	m = machine_make(profile, 1);
	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	ck_assert(machine_change(&m, MMU_EFER, tce ? EFER_TCE : 0, 0));
	for (int i = 0; i < ROWS(pages); i++)
		machine_map(&m, pages[i], (FRAME + i * PAGE) | KERNEL_RW);
	machine_map(&m, GLOBAL, FRAME | KERNEL_RW | PTE_G);
	load_pcid(&m, 2, 0);
	machine_read(&m, ON_PATH);
	load_pcid(&m, 1, CR3_NOFLUSH);
	for (int i = 0; i < ROWS(pages); i++)
		machine_read(&m, pages[i]);
	return m;
}

static void invpcid(struct machine *m, enum mmu_invpcid type, unsigned pcid)
{
	struct mmu_invpcid_descriptor what = { pcid, ON_PATH };

	ck_assert(mmu_invpcid(m->mmu, 0, type, &what, NULL));
}

static void fault(struct machine *m)
{
	paddr_t entry = machine_entry(m, ON_PATH, 1);

	machine_set(m, entry, FRAME | PTE_P);
	ck_assert_int_eq(machine_write(m, ON_PATH).end, MMU_PAGE_FAULT);
}

static void invalidate(struct machine *m, enum operation operation)
{
	static const struct mmu_invlpgb all = { .globals = true };

	switch (operation) {
	case INVLPG:
		mmu_invlpg(m->mmu, 0, ON_PATH);
		break;
	case INVLPG_GLOBAL:
		mmu_invlpg(m->mmu, 0, GLOBAL);
		break;
	case INVLPG_NOT_CANONICAL:
		mmu_invlpg(m->mmu, 0, 1ull << 63 | ON_PATH);
		break;
	case INVPCID_ADDRESS:
		invpcid(m, MMU_INVPCID_ADDRESS, 1);
		break;
	case INVPCID_CONTEXT_2:
		invpcid(m, MMU_INVPCID_CONTEXT, 2);
		break;
	case INVPCID_ALL:
		invpcid(m, MMU_INVPCID_ALL, 0);
		break;
	case INVPCID_NOT_GLOBAL:
		invpcid(m, MMU_INVPCID_NOT_GLOBAL, 0);
		break;
	case INVLPGB_ALL:
		ck_assert(mmu_invlpgb(m->mmu, 0, &all, NULL));
		break;
	case CR3_SAME:
		load_pcid(m, 1, 0);
		break;
	case CR3_TO_2:
		load_pcid(m, 2, 0);
		break;
	case CR3_TO_2_NOFLUSH:
		load_pcid(m, 2, CR3_NOFLUSH);
		break;
	case CR4_CLEAR_PGE:
		ck_assert(machine_change(m, MMU_CR4, 0, CR4_PGE));
		break;
	case CR4_CLEAR_PCIDE:
		ck_assert(machine_change(m, MMU_CR4, 0, CR4_PCIDE));
		break;
	case CR4_SET_SMEP:
		ck_assert(machine_change(m, MMU_CR4, CR4_SMEP, 0));
		break;
	case CR4_SET_SMAP:
		ck_assert(machine_change(m, MMU_CR4, CR4_SMAP, 0));
		break;
	case FAULT:
		fault(m);
		break;
	case OPERATIONS:
		break;
	}
}

/* Is the way to @va cached under @pcid?  By walking it. */
static bool is_kept(const struct drop_row *row, vaddr_t va, unsigned pcid)
{
	struct machine m = two_pcids(row->vendor, row->tce);
	uint64_t loads;

	invalidate(&m, row->operation);
	if (row->operation != CR4_CLEAR_PCIDE)
		load_pcid(&m, pcid, CR3_NOFLUSH);
	loads = mmu_counters(m.mmu).walk_loads;
	machine_read(&m, va);
	loads = mmu_counters(m.mmu).walk_loads - loads;
	machine_free(&m);
	ck_assert_msg(loads == 1 || loads == 4, "%d loads", (int)loads);
	return loads == 1;
}

START_TEST(invalidation_drops_what_it_must_of_upper_entries)
{
	const struct drop_row *row = &drop_rows[_i];
	unsigned kept = 0;

	if (is_kept(row, ON_PATH, 1))
		kept |= KEEPS_PATH;
	if (is_kept(row, BESIDE_PATH, 1))
		kept |= KEEPS_BESIDE;
	if (is_kept(row, OFF_PATH, 1))
		kept |= KEEPS_OFF;
	if (is_kept(row, ON_PATH, 2))
		kept |= KEEPS_PCID_2;
	ck_assert_msg(kept == row->kept, "%s: 0x%x", row->claim, kept);
}
END_TEST

START_TEST(there_is_a_row_for_each_operation)
{
	unsigned seen = 0;

	for (int i = 0; i < ROWS(drop_rows); i++)
		seen |= 1u << drop_rows[i].operation;
	ck_assert_uint_eq(seen, (1u << OPERATIONS) - 1);
}
END_TEST

START_TEST(mov_cr3_without_pcids_drops_all)
{
	struct mmu_profile profile = profile_bare();
	struct machine m;
	uint64_t loads;

	profile.psc[2] = MMU_PSC_UNLIMITED;
	m = machine_make(profile, 1);
	machine_map(&m, ON_PATH, FRAME | KERNEL_RW);
	machine_read(&m, ON_PATH);
	load_pcid(&m, 0, 0);
	loads = mmu_counters(m.mmu).walk_loads;
	machine_read(&m, ON_PATH);
	ck_assert_uint_eq(mmu_counters(m.mmu).walk_loads - loads, 4);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc,
			    invalidation_drops_what_it_must_of_upper_entries, 0,
			    ROWS(drop_rows));
	tcase_add_test(tc, there_is_a_row_for_each_operation);
	tcase_add_test(tc, mov_cr3_without_pcids_drops_all);
}

int main(void)
{
	return run_suite("mmu invalidation of upper entries", add);
}

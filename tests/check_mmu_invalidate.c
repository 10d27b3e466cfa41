/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_invalidate.c - what each invalidation drops and what it spares.
 *
 * Manuals allow to drop more.  That these instructions spare the rest is what
 * we model; that they drop what they must holds on every machine.
 *
 * Sources: SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches", "Process-Context Identifiers (PCIDs)", "Global Pages"; APM vol. 2,
 * "TLB Management".
 */
#include "config.h"

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull

/* ---- one row, one operation ---------------------------------------------- */

/* Four translations are cached: of PCIDs 1 and 2, each one global. */
#define LOCAL_1 0x10000ull
#define GLOBAL_1 0x21000ull
#define LOCAL_2 0x32000ull
#define GLOBAL_2 0x43000ull
#define OTHER_1 0x54000ull

enum kept {
	KEEPS_LOCAL_1 = 1,
	KEEPS_GLOBAL_1 = 2,
	KEEPS_LOCAL_2 = 4,
	KEEPS_GLOBAL_2 = 8,
	KEEPS_OTHER_1 = 16,
	KEEPS_ALL = 31,
};

enum operation {
	INVLPG_LOCAL,
	INVLPG_GLOBAL,
	INVLPG_OTHER_PCID,
	INVLPG_NOT_CANONICAL,
	CR3_SAME,
	CR3_TO_2,
	CR3_TO_2_NOFLUSH,
	CR4_CLEAR_PGE,
	CR4_CLEAR_PCIDE,
	CR4_SET_SMEP,
	CR4_SET_SMAP,
	CR4_CHANGE_PSE,
	CR4_SET_PKE,
	CR0_CLEAR_WP,
	EFER_CLEAR_NXE,
	FLUSH_ALL,
	DROP_ALL,
	FAULT_LOCAL,
	FAULT_GLOBAL,
};

/* clang-format off */
static const struct drop_row {
	const char *claim;
	enum operation operation;
	enum mmu_vendor vendor;
	unsigned kept;
} drop_rows[] = {
	{ "INVLPG drops the page of the current PCID only",
	  INVLPG_LOCAL, MMU_INTEL, KEEPS_ALL & ~KEEPS_LOCAL_1 },
	{ "INVLPG drops a global page of whatever PCID",
	  INVLPG_GLOBAL, MMU_INTEL, KEEPS_ALL & ~KEEPS_GLOBAL_2 },
	{ "INVLPG spares the page under another PCID",
	  INVLPG_OTHER_PCID, MMU_INTEL, KEEPS_ALL },
	{ "INVLPG of an address that is not canonical does nothing",
	  INVLPG_NOT_CANONICAL, MMU_INTEL, KEEPS_ALL },
	{ "MOV CR3 drops the new PCID, global pages stay",
	  CR3_SAME, MMU_INTEL,
	  KEEPS_GLOBAL_1 | KEEPS_LOCAL_2 | KEEPS_GLOBAL_2 },
	{ "MOV CR3 to another PCID spares the old one",
	  CR3_TO_2, MMU_INTEL, KEEPS_ALL & ~KEEPS_LOCAL_2 },
	{ "MOV CR3 with bit 63 drops nothing",
	  CR3_TO_2_NOFLUSH, MMU_INTEL, KEEPS_ALL },
	{ "a change of CR4.PGE drops everything",
	  CR4_CLEAR_PGE, MMU_INTEL, 0 },
	{ "clearing CR4.PCIDE drops everything",
	  CR4_CLEAR_PCIDE, MMU_INTEL, 0 },
	{ "setting CR4.SMEP drops the current PCID, and global pages",
	  CR4_SET_SMEP, MMU_INTEL, KEEPS_LOCAL_2 },
	{ "setting CR4.SMAP drops nothing",
	  CR4_SET_SMAP, MMU_INTEL, KEEPS_ALL },
	{ "a change of CR4.PSE drops nothing on Intel",
	  CR4_CHANGE_PSE, MMU_INTEL, KEEPS_ALL },
	{ "a change of CR4.PSE drops everything on AMD",
	  CR4_CHANGE_PSE, MMU_AMD, 0 },
	{ "clearing CR0.WP drops nothing",
	  CR0_CLEAR_WP, MMU_INTEL, KEEPS_ALL },
	{ "clearing EFER.NXE drops nothing",
	  EFER_CLEAR_NXE, MMU_INTEL, KEEPS_ALL },
	{ "a full flush drops everything", FLUSH_ALL, MMU_INTEL, 0 },
	{ "all may be dropped at any time", DROP_ALL, MMU_INTEL, 0 },
	{ "a page fault drops its page",
	  FAULT_LOCAL, MMU_INTEL, KEEPS_ALL & ~KEEPS_LOCAL_1 },
	{ "setting PKE is none of Intel's",
	  CR4_SET_PKE, MMU_INTEL, KEEPS_ALL },
	{ "setting PKE drops everything on AMD", CR4_SET_PKE, MMU_AMD, 0 },
	{ "a page fault drops its global page",
	  FAULT_GLOBAL, MMU_INTEL, KEEPS_ALL & ~KEEPS_GLOBAL_1 },
};
/* clang-format on */

struct spaces {
	struct machine m;
};

static const vaddr_t places[] = { LOCAL_1, GLOBAL_1, LOCAL_2, GLOBAL_2,
				  OTHER_1 };

static void load_pcid(struct spaces *s, unsigned pcid, uint64_t how)
{
	ck_assert(mmu_set_register(s->m.mmu, 0, MMU_CR3, s->m.root | pcid | how,
				   NULL));
}

static struct spaces two_pcids(struct mmu_profile profile)
{
	struct spaces s = { .m = machine_make(profile, 2) };

	ck_assert(machine_change(&s.m, MMU_CR4, CR4_PCIDE, 0));
	for (int i = 0; i < ROWS(places); i++)
		machine_map(&s.m, places[i],
			    (FRAME + places[i]) | KERNEL_RW |
				    (i == 1 || i == 3 ? PTE_G : 0));
	load_pcid(&s, 2, 0);
	machine_read(&s.m, LOCAL_2);
	machine_read(&s.m, GLOBAL_2);
	load_pcid(&s, 1, CR3_NOFLUSH);
	machine_read(&s.m, LOCAL_1);
	machine_read(&s.m, GLOBAL_1);
	machine_read(&s.m, OTHER_1);
	return s;
}

/* Write to a page that denies it by now: its entry is dropped. */
static void fault_at(struct machine *m, vaddr_t va)
{
	paddr_t entry = machine_entry(m, va, 1);
	uint64_t value = physmem_read(m->mem, entry);

	machine_set(m, entry, value & ~PTE_RW);
	ck_assert(machine_write(m, va).end == MMU_PAGE_FAULT);
	machine_set(m, entry, value);
}

/* The bits that are set and cleared of a register. */
static const struct {
	enum mmu_register reg;
	uint64_t set, clear;
} changes[] = {
	[CR4_CLEAR_PGE] = { MMU_CR4, 0, CR4_PGE },
	[CR4_CLEAR_PCIDE] = { MMU_CR4, 0, CR4_PCIDE },
	[CR4_SET_SMEP] = { MMU_CR4, CR4_SMEP, 0 },
	[CR4_SET_SMAP] = { MMU_CR4, CR4_SMAP, 0 },
	[CR4_CHANGE_PSE] = { MMU_CR4, CR4_PSE, 0 },
	[CR4_SET_PKE] = { MMU_CR4, CR4_PKE, 0 },
	[CR0_CLEAR_WP] = { MMU_CR0, 0, CR0_WP },
	[EFER_CLEAR_NXE] = { MMU_EFER, 0, EFER_NXE },
};

static void invalidate(struct spaces *s, enum operation operation)
{
	struct machine *m = &s->m;

	switch (operation) {
	case INVLPG_LOCAL:
		mmu_invlpg(m->mmu, 0, LOCAL_1 + 0xabc);
		break;
	case INVLPG_GLOBAL:
		mmu_invlpg(m->mmu, 0, GLOBAL_2);
		break;
	case INVLPG_OTHER_PCID:
		mmu_invlpg(m->mmu, 0, LOCAL_2);
		break;
	case INVLPG_NOT_CANONICAL:
		mmu_invlpg(m->mmu, 0, 1ull << 63 | LOCAL_1);
		break;
	case CR3_SAME:
		load_pcid(s, 1, 0);
		break;
	case CR3_TO_2:
		load_pcid(s, 2, 0);
		break;
	case CR3_TO_2_NOFLUSH:
		load_pcid(s, 2, CR3_NOFLUSH);
		break;
	case CR4_CLEAR_PGE:
	case CR4_CLEAR_PCIDE:
	case CR4_SET_SMEP:
	case CR4_SET_SMAP:
	case CR4_CHANGE_PSE:
	case CR4_SET_PKE:
	case CR0_CLEAR_WP:
	case EFER_CLEAR_NXE:
		ck_assert(machine_change(m, changes[operation].reg,
					 changes[operation].set,
					 changes[operation].clear));
		break;
	case FLUSH_ALL:
		mmu_flush_all(m->mmu, 0);
		break;
	case DROP_ALL:
		mmu_drop_all(m->mmu, 0);
		break;
	case FAULT_LOCAL:
		fault_at(m, LOCAL_1);
		break;
	case FAULT_GLOBAL:
		fault_at(m, GLOBAL_1);
		break;
	}
}

/* Which are still there: asked without caching anything. */
static unsigned what_is_kept(const struct machine *m)
{
	unsigned kept = 0;

	for (int i = 0; i < ROWS(places); i++)
		if (mmu_holders_of_entry(m->mmu, machine_entry(m, places[i], 1))
			    .any &
		    1)
			kept |= 1u << i;
	return kept;
}

START_TEST(invalidation_drops_what_it_must_and_no_more)
{
	const struct drop_row *row = &drop_rows[_i];
	struct mmu_profile profiles[] = { profile_everything(),
					  profile_small() };

	profiles[1].tlb[0].ways = 4; /* room for all, on two levels */
	for (int i = 0; i < ROWS(profiles); i++) {
		struct spaces s;

		profiles[i].vendor = row->vendor;
		s = two_pcids(profiles[i]);
		ck_assert_uint_eq(what_is_kept(&s.m), KEEPS_ALL);
		invalidate(&s, row->operation);
		ck_assert_msg(what_is_kept(&s.m) == row->kept,
			      "%s: kept %#x, want %#x", row->claim,
			      what_is_kept(&s.m), row->kept);
		machine_free(&s.m);
	}
}
END_TEST

/* ---- address spaces ------------------------------------------------------ */

START_TEST(page_cached_under_one_pcid_is_not_used_under_another)
{
	struct spaces s = two_pcids(profile_everything());

	ck_assert(machine_was_cached(&s.m, 0, LOCAL_1));
	load_pcid(&s, 2, CR3_NOFLUSH);
	ck_assert(!machine_was_cached(&s.m, 0, LOCAL_1));
	machine_free(&s.m);
}
END_TEST

START_TEST(global_page_is_used_under_every_pcid)
{
	struct spaces s = two_pcids(profile_everything());

	load_pcid(&s, 77, CR3_NOFLUSH);
	ck_assert(machine_was_cached(&s.m, 0, GLOBAL_1));
	ck_assert(machine_was_cached(&s.m, 0, GLOBAL_2));
	machine_free(&s.m);
}
END_TEST

START_TEST(global_bit_is_ignored_without_pge)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map(&m, LOCAL_1, FRAME | KERNEL_RW | PTE_G);
	ck_assert(machine_change(&m, MMU_CR4, 0, CR4_PGE));
	machine_read(&m, LOCAL_1);
	ck_assert(machine_change(&m, MMU_CR3, 0, 0));
	ck_assert(!machine_was_cached(&m, 0, LOCAL_1));
	machine_free(&m);
}
END_TEST

START_TEST(cr3_without_pcide_spares_global_pages_only)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map(&m, LOCAL_1, FRAME | KERNEL_RW);
	machine_map(&m, GLOBAL_1, FRAME | KERNEL_RW | PTE_G);
	machine_read(&m, LOCAL_1);
	machine_read(&m, GLOBAL_1);
	/* The low bits name no PCID then. */
	ck_assert(machine_change(&m, MMU_CR3, 0x18, 0));
	ck_assert(machine_was_cached(&m, 0, GLOBAL_1));
	ck_assert(!machine_was_cached(&m, 0, LOCAL_1));
	machine_free(&m);
}
END_TEST

/* The same page cached by two PCIDs, then made global and walked again: two
 * entries must not serve one access. */
START_TEST(page_made_global_replaces_what_pcids_had)
{
	struct spaces s = two_pcids(profile_everything());
	paddr_t entry = machine_entry(&s.m, LOCAL_1, 1);

	load_pcid(&s, 2, CR3_NOFLUSH);
	machine_read(&s.m, LOCAL_1);
	machine_set(&s.m, entry, FRAME | KERNEL_RW | PTE_G);
	machine_write(&s.m, LOCAL_1);
	load_pcid(&s, 1, CR3_NOFLUSH);
	ck_assert_uint_eq(machine_read(&s.m, LOCAL_1).paddr, FRAME);
	ck_assert(machine_was_cached(&s.m, 0, LOCAL_1));
	machine_free(&s.m);
}
END_TEST

START_TEST(invlpg_of_any_byte_drops_the_large_page)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map_at(&m, m.root, GIG1, MMU_2M, KERNEL_RW | PTE_PS);
	machine_map_at(&m, m.root, 2 * GIG1, MMU_1G, KERNEL_RW | PTE_PS);
	machine_read(&m, GIG1);
	machine_read(&m, 2 * GIG1);
	mmu_invlpg(m.mmu, 0, GIG1 + MEG2 - 1);
	mmu_invlpg(m.mmu, 0, 3 * GIG1 - 1);
	ck_assert_uint_eq(mmu_holders_of_anything(m.mmu), 0);
	machine_free(&m);
}
END_TEST

START_TEST(invalidation_is_of_one_cpu)
{
	struct machine m = machine_make(profile_everything(), 2);

	machine_map(&m, LOCAL_1, FRAME | KERNEL_RW);
	machine_was_cached(&m, 0, LOCAL_1);
	machine_was_cached(&m, 1, LOCAL_1);
	mmu_flush_all(m.mmu, 1);
	ck_assert_uint_eq(mmu_holders_of_anything(m.mmu), 1);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, invalidation_drops_what_it_must_and_no_more, 0,
			    ROWS(drop_rows));
	tcase_add_test(tc,
		       page_cached_under_one_pcid_is_not_used_under_another);
	tcase_add_test(tc, global_page_is_used_under_every_pcid);
	tcase_add_test(tc, global_bit_is_ignored_without_pge);
	tcase_add_test(tc, cr3_without_pcide_spares_global_pages_only);
	tcase_add_test(tc, page_made_global_replaces_what_pcids_had);
	tcase_add_test(tc, invlpg_of_any_byte_drops_the_large_page);
	tcase_add_test(tc, invalidation_is_of_one_cpu);
}

int main(void)
{
	return run_suite("mmu invalidate", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_invalidate.c - what each invalidation drops and what it spares,
 * and which register values raise #GP.
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

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
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
	case CR4_CHANGE_PSE:
		ck_assert(machine_change(m, MMU_CR4, CR4_PSE, 0));
		break;
	case CR0_CLEAR_WP:
		ck_assert(machine_change(m, MMU_CR0, 0, CR0_WP));
		break;
	case EFER_CLEAR_NXE:
		ck_assert(machine_change(m, MMU_EFER, 0, EFER_NXE));
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

/* ---- rights are those of now --------------------------------------------- */

START_TEST(rights_of_a_cached_page_follow_the_registers)
{
	struct machine m = machine_make(profile_everything(), 1);

	machine_map(&m, LOCAL_1, FRAME | PTE_P | PTE_US);
	ck_assert(machine_read(&m, LOCAL_1).end == MMU_OK);
	ck_assert(machine_write(&m, LOCAL_1).end == MMU_PAGE_FAULT);
	ck_assert(machine_change(&m, MMU_CR0, 0, CR0_WP));
	ck_assert(machine_write(&m, LOCAL_1).end == MMU_OK);
	ck_assert(machine_change(&m, MMU_CR0, CR0_WP, 0));
	ck_assert(machine_write(&m, LOCAL_1).end == MMU_PAGE_FAULT);
	ck_assert(machine_read(&m, LOCAL_1).end == MMU_OK);
	ck_assert(machine_change(&m, MMU_CR4, CR4_SMAP, 0));
	ck_assert(machine_read(&m, LOCAL_1).end == MMU_PAGE_FAULT);
	machine_free(&m);
}
END_TEST

START_TEST(denied_access_walks_again_and_sees_the_upgrade)
{
	struct machine m = machine_make(profile_everything(), 1);
	paddr_t entry = machine_map(&m, LOCAL_1, FRAME | PTE_P);

	machine_read(&m, LOCAL_1);
	machine_set(&m, entry, FRAME | PTE_P | PTE_RW);
	ck_assert(machine_write(&m, LOCAL_1).end == MMU_OK);
	ck_assert_uint_eq(mmu_counters(m.mmu).stale_uses, 0);
	machine_free(&m);
}
END_TEST

/* ---- #GP ----------------------------------------------------------------- */

/* clang-format off */
/* SDM vol. 2, "MOV - Move to/from Control Registers"; APM vol. 2, "CR3
 * Register", "Process Context Identifiers". */
static const struct gp_row {
	const char *claim;
	enum mmu_register reg;
	uint64_t set, clear;
	bool cr3_has_pcid, pcid;
	bool allowed;
} gp_rows[] = {
	{ "CR0.PG stays set in 64-bit mode", MMU_CR0, 0, CR0_PG, 0, 1, 0 },
	{ "CR0.PE stays set with PG", MMU_CR0, 0, CR0_PE, 0, 1, 0 },
	{ "CR0 has 32 bits", MMU_CR0, 1ull << 32, 0, 0, 1, 0 },
	{ "CR0.WP may be cleared", MMU_CR0, 0, CR0_WP, 0, 1, 1 },
	{ "CR4.PAE stays set in long mode", MMU_CR4, 0, CR4_PAE, 0, 1, 0 },
	{ "CR4.LA57 is not this processor's", MMU_CR4, CR4_LA57, 0, 0, 1, 0 },
	{ "CR4.PKE may be set", MMU_CR4, CR4_PKE, 0, 0, 1, 1 },
	{ "PKRU needs CR4.PKE", MMU_PKRU, 1, 0, 0, 1, 0 },
	{ "a reserved bit of CR4", MMU_CR4, 1ull << 63, 0, 0, 1, 0 },
	{ "CR4.OSFXSR is none of ours", MMU_CR4, 1ull << 9, 0, 0, 1, 1 },
	{ "CR4.PCIDE needs the feature", MMU_CR4, CR4_PCIDE, 0, 0, 0, 0 },
	{ "CR4.PCIDE may be set with PCID 0", MMU_CR4, CR4_PCIDE, 0, 0, 1, 1 },
	{ "CR4.PCIDE may not be set with CR3[11:0] in use",
	  MMU_CR4, CR4_PCIDE, 0, 1, 1, 0 },
	{ "CR3 has no bit above MAXPHYADDR",
	  MMU_CR3, 1ull << 46, 0, 0, 1, 0 },
	{ "CR3 has the bit below MAXPHYADDR",
	  MMU_CR3, 1ull << 45, 0, 0, 1, 1 },
	{ "CR3 has no bit 63 without PCIDE",
	  MMU_CR3, CR3_NOFLUSH, 0, 0, 1, 0 },
	{ "EFER.LME stays with paging on", MMU_EFER, 0, EFER_LME, 0, 1, 0 },
	{ "EFER.LMA follows from others", MMU_EFER, 0, EFER_LMA, 0, 1, 0 },
	{ "EFER.NXE may be cleared", MMU_EFER, 0, EFER_NXE, 0, 1, 1 },
	{ "EFER.SCE is none of ours", MMU_EFER, 1, 0, 0, 1, 1 },
	{ "EFER.SVME is not Intel's", MMU_EFER, 1 << 12, 0, 0, 1, 0 },
	{ "a reserved bit of EFER", MMU_EFER, 1 << 1, 0, 0, 1, 0 },
};
/* clang-format on */

START_TEST(register_takes_only_what_it_may)
{
	const struct gp_row *row = &gp_rows[_i];
	struct mmu_profile profile = profile_everything();
	struct mmu_registers before, after;
	struct machine m;

	profile.pcid = row->pcid;
	m = machine_make(profile, 1);
	if (row->cr3_has_pcid)
		ck_assert(machine_change(&m, MMU_CR3, 0x18, 0));
	machine_map(&m, LOCAL_1, FRAME | KERNEL_RW);
	machine_read(&m, LOCAL_1);
	before = mmu_registers(m.mmu, 0);
	ck_assert_msg(machine_change(&m, row->reg, row->set, row->clear) ==
			      row->allowed,
		      "%s", row->claim);
	after = mmu_registers(m.mmu, 0);
	if (!row->allowed) {
		ck_assert(before.cr0 == after.cr0 && before.cr3 == after.cr3 &&
			  before.cr4 == after.cr4 && before.efer == after.efer);
		ck_assert(machine_was_cached(&m, 0, LOCAL_1));
	}
	machine_free(&m);
}
END_TEST

static const struct {
	bool smep, smap, pku;
	uint64_t refused;
} feature_rows[] = {
	{ false, true, true, CR4_SMEP },
	{ true, false, true, CR4_SMAP },
	{ true, true, false, CR4_PKE },
};

START_TEST(cr4_bit_needs_its_feature)
{
	struct mmu_profile profile = profile_everything();
	uint64_t all = CR4_SMEP | CR4_SMAP | CR4_PKE;
	struct machine m;

	profile.smep = feature_rows[_i].smep;
	profile.smap = feature_rows[_i].smap;
	profile.pku = feature_rows[_i].pku;
	m = machine_make(profile, 1);
	ck_assert(!machine_change(&m, MMU_CR4, feature_rows[_i].refused, 0));
	ck_assert(
		machine_change(&m, MMU_CR4, all ^ feature_rows[_i].refused, 0));
	machine_free(&m);
}
END_TEST

/* SDM vol. 2, "WRPKRU - Write Data to User Page Key Register". */
START_TEST(pkru_has_32_bits)
{
	struct machine m = machine_make(profile_everything(), 1);

	ck_assert(machine_change(&m, MMU_CR4, CR4_PKE, 0));
	ck_assert(!machine_change(&m, MMU_PKRU, 1ull << 32, 0));
	ck_assert(machine_change(&m, MMU_PKRU, 0xffffffff, 0));
	ck_assert_uint_eq(mmu_registers(m.mmu, 0).pkru, 0xffffffff);
	machine_free(&m);
}
END_TEST

START_TEST(pge_and_cr3_writes_cost_what_the_profile_says)
{
	struct machine m = machine_make(profile_everything(), 1);
	struct mmu_registers now = mmu_registers(m.mmu, 0);
	uint32_t cycles = 0;

	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR3, now.cr3, &cycles));
	ck_assert_uint_eq(cycles, decimal_costs.mov_cr3);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR4, now.cr4 ^ CR4_PGE,
				   &cycles));
	ck_assert_uint_eq(cycles, decimal_costs.flush_all);
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR0, now.cr0, &cycles));
	ck_assert_uint_eq(cycles, 0);
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
	tcase_add_test(tc, rights_of_a_cached_page_follow_the_registers);
	tcase_add_test(tc, denied_access_walks_again_and_sees_the_upgrade);
	tcase_add_loop_test(tc, register_takes_only_what_it_may, 0,
			    ROWS(gp_rows));
	tcase_add_loop_test(tc, cr4_bit_needs_its_feature, 0,
			    ROWS(feature_rows));
	tcase_add_test(tc, pkru_has_32_bits);
	tcase_add_test(tc, pge_and_cr3_writes_cost_what_the_profile_says);
}

int main(void)
{
	return run_suite("mmu invalidate", add);
}

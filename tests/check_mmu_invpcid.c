/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_invpcid.c - INVPCID, INVLPGB and TLBSYNC: what they drop, what
 * they spare, where, and what they refuse.
 *
 * Sources: SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches"; SDM vol. 2, "INVPCID - Invalidate Process-Context Identifier"; APM
 * vol. 3, "INVLPGB", "TLBSYNC".
 */
#include "config.h"

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull
#define CPUS 2

/* Each CPU has A and B cached under PCIDs 1 and 2, and G, which is global. */
#define A 0x10000ull
#define B 0x11000ull
#define G 0x12000ull

enum { A_1 = 1, B_1 = 2, A_2 = 4, B_2 = 8, GLOBAL = 16, ALL = 31 };

/* The tables of the two address spaces are apart, so that a leaf entry tells
 * whose translation it is. */
struct spaces {
	struct machine m;
	paddr_t root[3]; /* by PCID */
	paddr_t leaf[5]; /* in the order of the bits above */
};

static void load(struct spaces *s, unsigned cpu, unsigned pcid)
{
	ck_assert(mmu_set_register(s->m.mmu, cpu, MMU_CR3,
				   s->root[pcid] | pcid | CR3_NOFLUSH, NULL));
}

static void cache(struct spaces *s, unsigned cpu)
{
	uint64_t cr4 = mmu_registers(s->m.mmu, cpu).cr4;

	ck_assert(mmu_set_register(s->m.mmu, cpu, MMU_CR4, cr4 | CR4_PCIDE,
				   NULL));
	for (unsigned pcid = 2; pcid > 0; pcid--) {
		load(s, cpu, pcid);
		machine_was_cached(&s->m, cpu, A);
		machine_was_cached(&s->m, cpu, B);
	}
	machine_was_cached(&s->m, cpu, G);
}

static struct spaces spaces_make(void)
{
	struct spaces s = { .m = machine_make(profile_everything(), CPUS) };

	for (unsigned pcid = 1; pcid <= 2; pcid++) {
		paddr_t *leaf = &s.leaf[2 * (pcid - 1)];

		s.root[pcid] = machine_table(&s.m);
		leaf[0] = machine_map_at(&s.m, s.root[pcid], A, MMU_4K,
					 FRAME | KERNEL_RW);
		leaf[1] = machine_map_at(&s.m, s.root[pcid], B, MMU_4K,
					 FRAME | KERNEL_RW);
		s.leaf[4] = machine_map_at(&s.m, s.root[pcid], G, MMU_4K,
					   FRAME | KERNEL_RW | PTE_G);
	}
	/* The one of PCID 1, which is loaded last. */
	s.leaf[4] = s.leaf[0] - 8 * (A >> 12) + 8 * (G >> 12);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		cache(&s, cpu);
	return s;
}

static unsigned kept(const struct spaces *s, unsigned cpu)
{
	unsigned found = 0;

	for (int i = 0; i < ROWS(s->leaf); i++)
		if (mmu_holders_of_entry(s->m.mmu, s->leaf[i]).any >> cpu & 1)
			found |= 1u << i;
	return found;
}

/* ---- INVPCID ------------------------------------------------------------- */

static const struct invpcid_row {
	const char *claim;
	enum mmu_invpcid type;
	struct mmu_invpcid_descriptor what;
	bool pcide_clear, done;
	unsigned kept;
} invpcid_rows[] = {
	{ "type 0 drops one page of one PCID",
	  MMU_INVPCID_ADDRESS,
	  { 1, A + 5 },
	  false,
	  true,
	  ALL & ~A_1 },
	{ "type 0 reaches PCIDs that are not loaded",
	  MMU_INVPCID_ADDRESS,
	  { 2, B },
	  false,
	  true,
	  ALL & ~B_2 },
	{ "type 0 spares global pages",
	  MMU_INVPCID_ADDRESS,
	  { 1, G },
	  false,
	  true,
	  ALL },
	{ "type 0 refuses what is not canonical",
	  MMU_INVPCID_ADDRESS,
	  { 1, 1ull << 63 },
	  false,
	  false,
	  ALL },
	{ "type 1 drops one PCID",
	  MMU_INVPCID_CONTEXT,
	  { 2, 0 },
	  false,
	  true,
	  ALL & ~(A_2 | B_2) },
	{ "type 1 does not look at the address",
	  MMU_INVPCID_CONTEXT,
	  { 1, 1ull << 63 },
	  false,
	  true,
	  ALL & ~(A_1 | B_1) },
	{ "type 2 drops everything",
	  MMU_INVPCID_ALL,
	  { 0, 0 },
	  false,
	  true,
	  0 },
	{ "type 3 spares global pages",
	  MMU_INVPCID_NOT_GLOBAL,
	  { 0, 0 },
	  false,
	  true,
	  GLOBAL },
	{ "there is no type 4",
	  (enum mmu_invpcid)4,
	  { 0, 0 },
	  false,
	  false,
	  ALL },
	{ "bits 63:12 of the descriptor are reserved",
	  MMU_INVPCID_ALL,
	  { 1 << 12, 0 },
	  false,
	  false,
	  ALL },
	{ "type 0 needs PCIDE for a PCID but 0",
	  MMU_INVPCID_ADDRESS,
	  { 1, A },
	  true,
	  false,
	  0 },
	{ "type 1 needs PCIDE for a PCID but 0",
	  MMU_INVPCID_CONTEXT,
	  { 1, 0 },
	  true,
	  false,
	  0 },
	{ "type 1 may name PCID 0 without PCIDE",
	  MMU_INVPCID_CONTEXT,
	  { 0, 0 },
	  true,
	  true,
	  0 },
	{ "type 3 does not look at the PCID without PCIDE",
	  MMU_INVPCID_NOT_GLOBAL,
	  { 1, 0 },
	  true,
	  true,
	  0 },
};

START_TEST(invpcid_drops_what_its_type_names)
{
	const struct invpcid_row *row = &invpcid_rows[_i];
	struct spaces s = spaces_make();

	if (row->pcide_clear)
		ck_assert(machine_change(&s.m, MMU_CR4, 0, CR4_PCIDE));
	ck_assert_msg(mmu_invpcid(s.m.mmu, 0, row->type, &row->what, NULL) ==
			      row->done,
		      "%s", row->claim);
	ck_assert_msg(kept(&s, 0) == row->kept, "%s: kept %#x, want %#x",
		      row->claim, kept(&s, 0), row->kept);
	ck_assert_uint_eq(kept(&s, 1), ALL);
	machine_free(&s.m);
}
END_TEST

START_TEST(invpcid_needs_the_feature)
{
	struct mmu_invpcid_descriptor what = { 0, 0 };
	struct mmu_profile profile = profile_everything();
	struct machine m;

	profile.invpcid = false;
	m = machine_make(profile, 1);
	ck_assert(!mmu_invpcid(m.mmu, 0, MMU_INVPCID_ALL, &what, NULL));
	machine_free(&m);
}
END_TEST

static const struct {
	enum mmu_invpcid type;
	const unsigned *cycles;
} cost_rows[] = {
	{ MMU_INVPCID_ADDRESS, &decimal_costs.invlpg },
	{ MMU_INVPCID_CONTEXT, &decimal_costs.mov_cr3 },
	{ MMU_INVPCID_ALL, &decimal_costs.flush_all },
	{ MMU_INVPCID_NOT_GLOBAL, &decimal_costs.flush_all },
};

START_TEST(invpcid_costs_as_what_it_is_like)
{
	struct mmu_invpcid_descriptor what = { 0, A };
	struct spaces s = spaces_make();
	uint32_t cycles = 0;

	ck_assert(mmu_invpcid(s.m.mmu, 0, cost_rows[_i].type, &what, &cycles));
	ck_assert_uint_eq(cycles, *cost_rows[_i].cycles);
	machine_free(&s.m);
}
END_TEST

/* ---- INVLPGB ------------------------------------------------------------- */

static const struct invlpgb_row {
	const char *claim;
	struct mmu_invlpgb what;
	bool done;
	unsigned kept;
} invlpgb_rows[] = {
	{ "a page, under any PCID",
	  { .by_va = true, .va = A },
	  true,
	  ALL & ~(A_1 | A_2) },
	{ "a page under one PCID",
	  { .by_va = true, .va = A, .by_pcid = true, .pcid = 2 },
	  true,
	  ALL & ~A_2 },
	{ "a global page is spared unless asked for",
	  { .by_va = true, .va = G },
	  true,
	  ALL },
	{ "a global page if asked for",
	  { .by_va = true, .va = G, .globals = true },
	  true,
	  ALL & ~GLOBAL },
	{ "a global page whatever the PCID",
	  { .by_va = true,
	    .va = G,
	    .globals = true,
	    .by_pcid = true,
	    .pcid = 2 },
	  true,
	  ALL & ~GLOBAL },
	{ "several pages",
	  { .by_va = true, .va = A, .count = 1 },
	  true,
	  GLOBAL },
	{ "a stride of 2 MiB skips the next page",
	  { .by_va = true, .va = A, .count = 1, .stride = MMU_2M },
	  true,
	  ALL & ~(A_1 | A_2) },
	{ "a PCID", { .by_pcid = true, .pcid = 1 }, true, ALL & ~(A_1 | B_1) },
	{ "all but global ones", { .count = 0 }, true, GLOBAL },
	{ "all", { .globals = true }, true, 0 },
	{ "more pages than CPUID says are refused",
	  { .by_va = true, .va = A, .count = MMU_INVLPGB_MAX_COUNT + 1 },
	  false,
	  ALL },
	{ "a PCID has 12 bits", { .by_pcid = true, .pcid = 4096 }, false, ALL },
	{ "there is no stride of 1 GiB",
	  { .by_va = true, .va = A, .stride = MMU_1G },
	  false,
	  ALL },
};

START_TEST(invlpgb_and_tlbsync_drop_on_every_cpu)
{
	const struct invlpgb_row *row = &invlpgb_rows[_i];
	struct spaces s = spaces_make();

	ck_assert_msg(mmu_invlpgb(s.m.mmu, 1, &row->what, NULL) == row->done,
		      "%s", row->claim);
	ck_assert(mmu_tlbsync(s.m.mmu, 1));
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		ck_assert_msg(kept(&s, cpu) == row->kept,
			      "%s, CPU %u: kept %#x, want %#x", row->claim, cpu,
			      kept(&s, cpu), row->kept);
	machine_free(&s.m);
}
END_TEST

START_TEST(other_cpus_may_be_late_until_tlbsync)
{
	struct mmu_invlpgb all = { .globals = true };
	struct spaces s = spaces_make();

	ck_assert(mmu_invlpgb(s.m.mmu, 1, &all, NULL));
	ck_assert_uint_eq(kept(&s, 1), 0);
	ck_assert_uint_eq(kept(&s, 0), ALL);
	ck_assert(mmu_tlbsync(s.m.mmu, 0)); /* has nothing to wait for */
	ck_assert_uint_eq(kept(&s, 0), ALL);
	ck_assert(mmu_tlbsync(s.m.mmu, 1));
	ck_assert_uint_eq(kept(&s, 0), 0);
	machine_free(&s.m);
}
END_TEST

START_TEST(any_number_of_invlpgb_may_be_outstanding)
{
	struct mmu_invlpgb page = { .by_va = true };
	struct spaces s = spaces_make();

	for (page.va = 0; page.va <= 40 * PAGE; page.va += PAGE)
		ck_assert(mmu_invlpgb(s.m.mmu, 0, &page, NULL));
	ck_assert(mmu_tlbsync(s.m.mmu, 0));
	ck_assert_uint_eq(kept(&s, 1), GLOBAL);
	machine_free(&s.m);
}
END_TEST

START_TEST(invlpgb_needs_the_feature)
{
	struct mmu_profile profile = profile_everything();
	struct mmu_invlpgb all = { .globals = true };
	struct machine m;

	profile.invlpgb = false;
	m = machine_make(profile, 1);
	ck_assert(!mmu_invlpgb(m.mmu, 0, &all, NULL));
	ck_assert(!mmu_tlbsync(m.mmu, 0));
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, invpcid_drops_what_its_type_names, 0,
			    ROWS(invpcid_rows));
	tcase_add_test(tc, invpcid_needs_the_feature);
	tcase_add_loop_test(tc, invpcid_costs_as_what_it_is_like, 0,
			    ROWS(cost_rows));
	tcase_add_loop_test(tc, invlpgb_and_tlbsync_drop_on_every_cpu, 0,
			    ROWS(invlpgb_rows));
	tcase_add_test(tc, other_cpus_may_be_late_until_tlbsync);
	tcase_add_test(tc, any_number_of_invlpgb_may_be_outstanding);
	tcase_add_test(tc, invlpgb_needs_the_feature);
}

int main(void)
{
	return run_suite("mmu invpcid", add);
}

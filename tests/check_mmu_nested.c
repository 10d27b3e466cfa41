/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_nested.c - EPT and NPT: what a guest's access reads and sets. */
#include "config.h"

#include "tests/check_mmu_nested.h"

/* ---- how many loads ------------------------------------------------------ */

/* clang-format off */
/* (g + 1) * (h + 1) - 1; a host's page that is larger has shorter walks. */
static const struct load_row {
	const char *claim;
	enum guest_kind kind;
	enum mmu_page_size guest;
	unsigned host_page;		/* level of it, for the page itself */
	unsigned loads;
} load_rows[] = {
	{ "4 levels by 4 of EPT", GUEST_EPT, MMU_4K, 1, 24 },
	{ "4 levels by 4 of EPT with A and D", GUEST_EPT_AD, MMU_4K, 1, 24 },
	{ "4 levels by 4 of NPT", GUEST_NPT, MMU_4K, 1, 24 },
	{ "a 2M page of the guest is a level less", GUEST_EPT, MMU_2M, 1, 19 },
	{ "a 1G page of the guest is two less", GUEST_NPT, MMU_1G, 1, 14 },
	{ "a 2M page of EPT is a load less", GUEST_EPT, MMU_4K, 2, 23 },
	{ "a 2M page of NPT is a load less", GUEST_NPT, MMU_4K, 2, 23 },
};
/* clang-format on */

START_TEST(walk_reads_the_product_of_levels)
{
	const struct load_row *row = &load_rows[_i];
	struct guest g = guest_make(profile_nothing(), row->kind);
	paddr_t gpa = row->guest == MMU_1G ? 0 : GPA;
	struct mmu_result result;

	guest_map(&g, VA, row->guest,
		  gpa | USER_RW | (row->guest == MMU_4K ? 0 : PTE_PS));
	if (row->host_page > 1)
		host_map_large(&g, gpa, row->host_page);
	/* Of the 1G page, a part that there is memory for. */
	result = mmu_access(g.m.mmu, 0,
			    VA & (row->guest == MMU_1G ? ~(GIG1 - 1) : ~0ull),
			    MMU_READ, MMU_SUPERVISOR);
	ck_assert_int_eq((int)result.end, MMU_OK);
	ck_assert_msg(mmu_counters(g.m.mmu).walk_loads == row->loads, "%s: %u",
		      row->claim, (unsigned)mmu_counters(g.m.mmu).walk_loads);
	machine_free(&g.m);
}
END_TEST

/* Guests in other paging modes: 5-level, 32-bit, and PAE, whose PDPTEs are in
 * registers under EPT and in memory under NPT. */
static const struct {
	enum guest_kind kind;
	uint64_t cr4, efer;
	unsigned loads;
} mode_rows[] = {
	{ GUEST_EPT, CR4_PAE | CR4_LA57, EFER_LME | EFER_LMA, 29 },
	{ GUEST_EPT, 0, 0, 14 },
	{ GUEST_EPT, CR4_PAE, 0, 14 },
	{ GUEST_NPT, CR4_PAE, 0, 19 },
};

START_TEST(guest_may_be_in_any_paging_mode)
{
	struct guest g = guest_make(profile_nothing(), mode_rows[_i].kind);
	struct mmu_registers regs = mmu_vm_exit(g.m.mmu, 0);
	paddr_t table = GUEST_OFFSET + g.m.root;
	struct mmu_result result;

	/* One table, whose first entry leads to itself at every level. */
	physmem_write(g.m.mem, table,
		      g.m.root | (mode_rows[_i].efer || !mode_rows[_i].cr4
					  ? USER_RW | PTE_A
					  : PTE_P));
	if (mode_rows[_i].cr4 == CR4_PAE && !mode_rows[_i].efer)
		physmem_write(g.m.mem, table, (g.m.root + PAGE) | PTE_P);
	physmem_write(g.m.mem, table + PAGE, (g.m.root + PAGE) | USER_RW);
	regs.cr4 = mode_rows[_i].cr4;
	regs.efer = mode_rows[_i].efer;
	ck_assert(guest_enter(&g, &regs));
	result = mmu_access(g.m.mmu, 0, 0x10, MMU_READ, MMU_SUPERVISOR);
	ck_assert_int_eq((int)result.end, MMU_OK);
	ck_assert_uint_eq(mmu_counters(g.m.mmu).walk_loads,
			  mode_rows[_i].loads);
	machine_free(&g.m);
}
END_TEST

START_TEST(guest_without_paging_is_translated_by_the_host)
{
	struct guest g = guest_make(profile_everything(), (enum guest_kind)_i);
	struct mmu_registers regs = mmu_vm_exit(g.m.mmu, 0);
	struct mmu_result result;

	regs.cr0 &= ~CR0_PG;
	regs.cr4 = 0;
	regs.efer = 0;
	ck_assert(guest_enter(&g, &regs));
	result = mmu_access(g.m.mmu, 0, GPA + 5, MMU_READ, MMU_SUPERVISOR);
	ck_assert_uint_eq(result.paddr, GPA + GUEST_OFFSET + 5);
	ck_assert_uint_eq(mmu_probe(g.m.mmu, 0, GPA + 5).paddr,
			  GPA + GUEST_OFFSET + 5);
	host_change(&g, GPA, 1, 0, EPT_RWX);
	result = mmu_access(g.m.mmu, 0, GPA + 5, MMU_READ, MMU_SUPERVISOR);
	ck_assert_int_eq((int)result.end, MMU_NESTED_FAULT);
	ck_assert_uint_eq(result.gpa, GPA + 5);
	ck_assert(!mmu_probe(g.m.mmu, 0, GPA + 5).present);
	machine_free(&g.m);
}
END_TEST

/* ---- A and D of the host's entries --------------------------------------- */

static const struct {
	enum guest_kind kind;
	uint64_t a, d;	   /* where they are */
	uint64_t set;	   /* of them */
	uint64_t of_table; /* of them for a guest table, which is read */
} flag_rows[] = {
	{ GUEST_EPT, EPT_A, EPT_D, 0, 0 },
	{ GUEST_EPT_AD, EPT_A, EPT_D, EPT_A | EPT_D, EPT_A | EPT_D },
	{ GUEST_NPT, PTE_A, PTE_D, PTE_A | PTE_D, PTE_A | PTE_D },
};

/* Of the host's entry for @gpa. */
static uint64_t flags_of(const struct guest *g, paddr_t gpa, unsigned level)
{
	uint64_t both = flag_rows[g->kind].a | flag_rows[g->kind].d;

	return load(g, host_entry(g, gpa, level)) & both;
}

/* SDM vol. 3C, "Accessed and Dirty Flags for EPT"; APM vol. 2, "Nested
 * Paging". */
START_TEST(host_entries_get_a_and_d_as_the_mode_has_them)
{
	uint64_t set = flag_rows[_i].set, a = flag_rows[_i].a & set;
	struct guest g = guest_make(profile_everything(), flag_rows[_i].kind);

	guest_map(&g, VA, MMU_4K, GPA | USER_RW);
	ck_assert_int_eq((int)access_as(&g, MMU_READ).end, MMU_OK);
	for (unsigned level = 1; level <= 4; level++) {
		ck_assert_uint_eq(flags_of(&g, GPA, level), a);
		ck_assert_uint_eq(flags_of(&g, table_of(&g, level), 1),
				  flag_rows[_i].of_table);
	}
	ck_assert_int_eq((int)access_as(&g, MMU_WRITE).end, MMU_OK);
	ck_assert_uint_eq(flags_of(&g, GPA, 1), set);
	ck_assert_uint_eq(flags_of(&g, GPA, 2), a);
	machine_free(&g.m);
}
END_TEST

static const enum guest_kind logging_kinds[] = { GUEST_EPT_AD, GUEST_NPT };

/* Dirty logging: the page is dirty for the guest, and clean for the host. */
START_TEST(write_through_a_page_that_is_clean_for_the_host_sets_d_first)
{
	struct guest g = guest_make(profile_everything(), logging_kinds[_i]);
	uint64_t d = flag_rows[g.kind].d;

	guest_map(&g, VA, MMU_4K, GPA | USER_RW | PTE_A | PTE_D);
	access_as(&g, MMU_READ);
	ck_assert(!(flags_of(&g, GPA, 1) & d));
	ck_assert(access_as(&g, MMU_WRITE).served == MMU_BY_WALK);
	ck_assert(flags_of(&g, GPA, 1) & d);
	ck_assert(access_as(&g, MMU_WRITE).served == MMU_BY_L1);
	machine_free(&g.m);
}
END_TEST

/* The guest sets A in its table: the log has the table's page. */
START_TEST(dirty_log_sees_the_guests_own_a_and_d)
{
	struct guest g = guest_make(profile_everything(), logging_kinds[_i]);
	paddr_t leaf = guest_map(&g, VA, MMU_4K, GPA | USER_RW);
	uint64_t d = flag_rows[g.kind].d;
	paddr_t table = table_of(&g, 1);

	ck_assert(!(flags_of(&g, table, 1) & d));
	access_as(&g, MMU_READ);
	ck_assert(load(&g, leaf) & PTE_A);
	ck_assert(flags_of(&g, table, 1) & d);
	machine_free(&g.m);
}
END_TEST

/* ---- rights of what is cached -------------------------------------------- */

START_TEST(write_through_what_the_host_forbids_exits_and_drops_it)
{
	struct guest g = guest_make(profile_everything(), (enum guest_kind)_i);

	guest_map(&g, VA, MMU_4K, GPA | USER_RW | PTE_A | PTE_D);
	/* R/W and W are the same bit. */
	host_change(&g, GPA, 1, 0, PTE_RW);
	access_as(&g, MMU_READ);
	ck_assert(access_as(&g, MMU_READ).served == MMU_BY_L1);
	ck_assert_int_eq((int)access_as(&g, MMU_WRITE).end, MMU_NESTED_FAULT);
	ck_assert(access_as(&g, MMU_READ).served == MMU_BY_WALK);
	machine_free(&g.m);
}
END_TEST

/* With the guest's NXE, and without: the host's bit is not the guest's. */
START_TEST(fetch_through_what_the_host_forbids_exits)
{
	enum guest_kind kind = (enum guest_kind)(_i / 2);
	struct guest g = guest_make(profile_everything(), kind);
	bool npt = kind == GUEST_NPT;

	ck_assert(machine_change(&g.m, MMU_EFER, 0, _i % 2 ? EFER_NXE : 0));
	guest_map(&g, VA, MMU_4K, GPA | USER_RW);
	host_change(&g, GPA, 1, npt ? PTE_XD : 0, npt ? 0 : EPT_X);
	access_as(&g, MMU_READ);
	ck_assert_int_eq((int)access_as(&g, MMU_FETCH).end, MMU_NESTED_FAULT);
	machine_free(&g.m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, walk_reads_the_product_of_levels, 0,
			    ROWS(load_rows));
	tcase_add_loop_test(tc, guest_may_be_in_any_paging_mode, 0,
			    ROWS(mode_rows));
	tcase_add_loop_test(tc, guest_without_paging_is_translated_by_the_host,
			    0, GUEST_KINDS);
	tcase_add_loop_test(tc, host_entries_get_a_and_d_as_the_mode_has_them,
			    0, ROWS(flag_rows));
	tcase_add_loop_test(
		tc,
		write_through_a_page_that_is_clean_for_the_host_sets_d_first, 0,
		ROWS(logging_kinds));
	tcase_add_loop_test(tc, dirty_log_sees_the_guests_own_a_and_d, 0,
			    ROWS(logging_kinds));
	tcase_add_loop_test(
		tc, write_through_what_the_host_forbids_exits_and_drops_it, 0,
		GUEST_KINDS);
	tcase_add_loop_test(tc, fetch_through_what_the_host_forbids_exits, 0,
			    2 * GUEST_KINDS);
}

int main(void)
{
	return run_suite("mmu nested", add);
}

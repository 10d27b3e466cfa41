/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_guests.c - what is cached for a guest, and what drops it. */
#include "config.h"

#include "tests/check_mmu_guests.h"

static const vaddr_t far = VA + 0x1ff000; /* in the same 2 MiB */

static bool is_cached(struct guest *g, vaddr_t va)
{
	return machine_was_cached(&g->m, 0, va);
}

/* ---- the smaller page ---------------------------------------------------- */

static const struct {
	const char *claim;
	enum guest_kind kind;
	enum mmu_page_size guest;
	unsigned host_level;
	enum mmu_page_size cached;
} size_rows[] = {
	{ "4K on 4K", GUEST_EPT, MMU_4K, 1, MMU_4K },
	{ "2M on 4K", GUEST_EPT, MMU_2M, 1, MMU_4K },
	{ "2M on 4K by NPT", GUEST_NPT, MMU_2M, 1, MMU_4K },
	{ "4K on 2M", GUEST_EPT, MMU_4K, 2, MMU_4K },
	{ "2M on 2M", GUEST_EPT, MMU_2M, 2, MMU_2M },
	{ "2M on 2M by NPT", GUEST_NPT, MMU_2M, 2, MMU_2M },
};

START_TEST(smaller_page_of_guest_and_host_is_cached)
{
	struct guest g = guest_with_page(size_rows[_i].kind,
					 size_rows[_i].guest);
	struct mmu_result result;

	if (size_rows[_i].host_level == 2)
		host_map_large(&g, GPA, 2);
	result = machine_read(&g.m, VA + 0x123);
	ck_assert_uint_eq(result.paddr, GPA + GUEST_OFFSET + 0x123);
	result = machine_read(&g.m, VA + 0x456);
	ck_assert(result.served == MMU_BY_L1);
	ck_assert_uint_eq(result.paddr, GPA + GUEST_OFFSET + 0x456);
	ck_assert_int_eq((int)mmu_probe(g.m.mmu, 0, VA).size,
			 size_rows[_i].cached);
	if (size_rows[_i].guest == MMU_2M) {
		result = machine_read(&g.m, far);
		ck_assert_uint_eq(result.paddr, GPA + GUEST_OFFSET + 0x1ff000);
		ck_assert_msg((result.served == MMU_BY_L1) ==
				      (size_rows[_i].cached == MMU_2M),
			      "%s", size_rows[_i].claim);
	}
	machine_free(&g.m);
}
END_TEST

/* ---- what drops it: SDM vol. 3C, "Operations that Invalidate Cached
 * Mappings" ---------------------------------------------------------------- */

/* SDM vol. 3A, "Details of TLB Use". */
START_TEST(invlpg_drops_every_piece_of_the_guests_page)
{
	struct guest g = guest_with_page((enum guest_kind)_i, MMU_2M);

	machine_read(&g.m, VA);
	ck_assert(is_cached(&g, VA));
	mmu_invlpg(g.m.mmu, 0, far);
	ck_assert(!is_cached(&g, VA));
	machine_free(&g.m);
}
END_TEST

START_TEST(invpcid_and_invvpid_drop_every_piece_too)
{
	struct guest g = guest_with_page(GUEST_EPT, MMU_2M);
	struct mmu_invpcid_descriptor what = { 0, far };

	machine_read(&g.m, VA);
	ck_assert(mmu_invpcid(g.m.mmu, 0, MMU_INVPCID_ADDRESS, &what, NULL));
	ck_assert(!is_cached(&g, VA));
	ck_assert(mmu_invvpid(g.m.mmu, 0, MMU_INVVPID_ADDRESS, far, NULL));
	ck_assert(!is_cached(&g, VA));
	machine_free(&g.m);
}
END_TEST

START_TEST(fault_drops_every_piece_of_the_guests_page)
{
	struct guest g = guest_with_page(GUEST_EPT, MMU_2M);

	machine_set(&g.m, guest_entry(&g, VA, 2), GPA | PTE_P | PTE_PS);
	machine_read(&g.m, VA);
	ck_assert_int_eq((int)machine_write(&g.m, far).end, MMU_PAGE_FAULT);
	ck_assert(!is_cached(&g, VA));
	machine_free(&g.m);
}
END_TEST

START_TEST(invlpg_of_another_page_leaves_the_pieces)
{
	struct guest g = guest_with_page(GUEST_EPT, MMU_2M);

	machine_read(&g.m, VA);
	mmu_invlpg(g.m.mmu, 0, VA + MEG2);
	ck_assert(is_cached(&g, VA));
	machine_free(&g.m);
}
END_TEST

static bool invept_same(struct guest *g)
{
	/* Only EPTP[51:12] counts. */
	return mmu_invept(g->m.mmu, 0, MMU_INVEPT_CONTEXT, g->pointer ^ EPTP_AD,
			  NULL);
}

static bool invept_other(struct guest *g)
{
	return mmu_invept(g->m.mmu, 0, MMU_INVEPT_CONTEXT, g->pointer + PAGE,
			  NULL);
}

static bool invept_all(struct guest *g)
{
	return mmu_invept(g->m.mmu, 0, MMU_INVEPT_ALL, 0, NULL);
}

static bool invvpid_address(struct guest *g)
{
	return mmu_invvpid(g->m.mmu, 0, MMU_INVVPID_ADDRESS, VA, NULL);
}

static bool invvpid_context(struct guest *g)
{
	return mmu_invvpid(g->m.mmu, 0, MMU_INVVPID_CONTEXT, 0, NULL);
}

static bool invvpid_all(struct guest *g)
{
	return mmu_invvpid(g->m.mmu, 0, MMU_INVVPID_ALL, 0, NULL);
}

static bool invvpid_not_global(struct guest *g)
{
	return mmu_invvpid(g->m.mmu, 0, MMU_INVVPID_NOT_GLOBAL, 0, NULL);
}

static bool exit_and_entry(struct guest *g)
{
	struct mmu_registers regs = mmu_vm_exit(g->m.mmu, 0);

	return guest_enter(g, &regs);
}

static const struct drop_row {
	const char *claim;
	bool (*drop)(struct guest *g);
	bool page, global_page; /* are they dropped? */
} drop_rows[] = {
	{ "INVEPT of its EP4TA", invept_same, true, true },
	{ "INVEPT of another", invept_other, false, false },
	{ "INVEPT of all", invept_all, true, true },
	{ "INVVPID of the address", invvpid_address, true, false },
	{ "INVVPID of the context", invvpid_context, true, true },
	{ "INVVPID of all", invvpid_all, true, true },
	{ "INVVPID but global ones", invvpid_not_global, true, false },
	{ "VM exit and entry", exit_and_entry, true, true },
};

START_TEST(hypervisor_drops_combined_mappings)
{
	const struct drop_row *row = &drop_rows[_i];
	struct guest g = guest_with_page(GUEST_EPT_AD, MMU_4K);
	vaddr_t global = VA + PAGE;

	guest_map(&g, global, MMU_4K, (GPA + PAGE) | USER_RW | PTE_G);
	machine_read(&g.m, VA);
	machine_read(&g.m, global);
	ck_assert(is_cached(&g, VA) && is_cached(&g, global));
	ck_assert(row->drop(&g));
	ck_assert_msg(is_cached(&g, VA) == !row->page, "%s", row->claim);
	ck_assert_msg(is_cached(&g, global) == !row->global_page, "%s: global",
		      row->claim);
	machine_free(&g.m);
}
END_TEST

/* SDM vol. 2, "INVEPT": VMfail for what VM entry would not take. */
START_TEST(invept_takes_only_what_it_may)
{
	struct guest g = guest_with_page(GUEST_EPT, MMU_4K);
	struct mmu *mmu = g.m.mmu;

	ck_assert(!mmu_invept(mmu, 0, (enum mmu_invept)0, g.pointer, NULL));
	ck_assert(!mmu_invept(mmu, 0, (enum mmu_invept)3, g.pointer, NULL));
	ck_assert(!mmu_invept(mmu, 0, MMU_INVEPT_CONTEXT, 1, NULL));
	ck_assert(!mmu_invvpid(mmu, 0, (enum mmu_invvpid)4, 0, NULL));
	machine_free(&g.m);
	g = guest_with_page(GUEST_NPT, MMU_4K);
	ck_assert(!mmu_invept(g.m.mmu, 0, MMU_INVEPT_ALL, 0, NULL));
	ck_assert(!mmu_invvpid(g.m.mmu, 0, MMU_INVVPID_ALL, 0, NULL));
	machine_free(&g.m);
}
END_TEST

/* ---- stale --------------------------------------------------------------- */

/* SDM vol. 3C, "Guidelines for Use of the INVEPT Instruction". */
START_TEST(change_of_a_host_entry_makes_what_is_cached_stale)
{
	struct guest g = guest_with_page((enum guest_kind)_i, MMU_4K);
	struct mmu_result result;

	machine_read(&g.m, VA);
	host_change(&g, GPA, 1, PAGE, 0);
	result = machine_read(&g.m, VA);
	ck_assert_uint_eq(result.paddr, GPA + GUEST_OFFSET);
	ck_assert_uint_eq(result.stale_since, g.m.stamp);
	mmu_drop_all(g.m.mmu, 0);
	result = machine_read(&g.m, VA);
	ck_assert_uint_eq(result.paddr, GPA + GUEST_OFFSET + PAGE);
	ck_assert_uint_eq(result.stale_since, MMU_NOT_STALE);
	machine_free(&g.m);
}
END_TEST

/* Each right that the host takes away, and not what it gives. */
static const struct {
	enum guest_kind kind;
	uint64_t set, clear;
	bool stale;
} right_rows[] = {
	{ GUEST_EPT, 0, EPT_W, true },
	{ GUEST_EPT, 0, EPT_X, true },
	{ GUEST_EPT_AD, 0, EPT_A, false },
	{ GUEST_NPT, 0, PTE_RW, true },
	{ GUEST_NPT, PTE_XD, 0, true },
	{ GUEST_NPT, 0, PTE_A | PTE_D, false },
};

START_TEST(right_that_the_host_takes_away_makes_stale)
{
	struct guest g = guest_with_page(right_rows[_i].kind, MMU_4K);

	machine_write(&g.m, VA);
	host_change(&g, GPA, 1, right_rows[_i].set, right_rows[_i].clear);
	ck_assert((machine_read(&g.m, VA).stale_since != MMU_NOT_STALE) ==
		  right_rows[_i].stale);
	mmu_check(g.m.mmu);
	host_change(&g, GPA, 1, right_rows[_i].clear, right_rows[_i].set);
	ck_assert_uint_eq(machine_read(&g.m, VA).stale_since, MMU_NOT_STALE);
	machine_free(&g.m);
}
END_TEST

START_TEST(guest_table_that_moves_makes_stale)
{
	struct guest g = guest_with_page(GUEST_EPT, MMU_4K);
	paddr_t table = guest_entry(&g, VA, 1) & ~(PAGE - 1);

	machine_read(&g.m, VA);
	/* The host puts an empty frame in its place. */
	host_change(&g, table - GUEST_OFFSET, 1, 0x800000, 0);
	ck_assert_uint_eq(machine_read(&g.m, VA).stale_since, g.m.stamp);
	mmu_invept(g.m.mmu, 0, MMU_INVEPT_ALL, 0, NULL);
	ck_assert_int_eq((int)machine_read(&g.m, VA).end, MMU_PAGE_FAULT);
	machine_free(&g.m);
}
END_TEST

START_TEST(frame_is_held_by_whoever_runs_the_guest)
{
	struct guest g = guest_with_page((enum guest_kind)_i, MMU_4K);
	struct mmu_holders holders;

	machine_read(&g.m, VA);
	holders = mmu_holders_of_frame(g.m.mmu, GPA + GUEST_OFFSET);
	ck_assert_uint_eq(holders.any, 1);
	holders = mmu_holders_of_entry(g.m.mmu, guest_entry(&g, VA, 1));
	ck_assert_uint_eq(holders.any, 1);
	machine_free(&g.m);
}
END_TEST

/* ---- VM entry ------------------------------------------------------------ */

#define EPTP (0x200000ull | EPTP_4_LEVELS)

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, smaller_page_of_guest_and_host_is_cached, 0,
			    ROWS(size_rows));
	tcase_add_loop_test(tc, invlpg_drops_every_piece_of_the_guests_page, 0,
			    GUEST_KINDS);
	tcase_add_test(tc, invpcid_and_invvpid_drop_every_piece_too);
	tcase_add_test(tc, fault_drops_every_piece_of_the_guests_page);
	tcase_add_test(tc, invlpg_of_another_page_leaves_the_pieces);
	tcase_add_loop_test(tc, hypervisor_drops_combined_mappings, 0,
			    ROWS(drop_rows));
	tcase_add_test(tc, invept_takes_only_what_it_may);
	tcase_add_loop_test(tc,
			    change_of_a_host_entry_makes_what_is_cached_stale,
			    0, GUEST_KINDS);
	tcase_add_loop_test(tc, right_that_the_host_takes_away_makes_stale, 0,
			    ROWS(right_rows));
	tcase_add_test(tc, guest_table_that_moves_makes_stale);
	tcase_add_loop_test(tc, frame_is_held_by_whoever_runs_the_guest, 0,
			    GUEST_KINDS);
}

int main(void)
{
	return run_suite("mmu guests", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_nested_faults.c - EPT and NPT: what stops a guest's access. */
#include "config.h"

#include "tests/check_mmu_nested.h"

#define THE_PAGE 0u /* else a guest table of that level */

#define NPF_FINAL (1ull << 32)
#define NPF_TABLE (1ull << 33)

/* clang-format off */
/* SDM vol. 3C, "EPT Violations", "Exit Qualification for EPT Violations": what
 * was wanted, what there is, 7: linear address valid, 8: of the page.  APM
 * vol. 2, "Nested Versus Guest Page Faults, Fault Ordering": guest tables are
 * written by a user. */
static const struct fault_row {
	const char *claim;
	enum guest_kind kind;
	unsigned at;
	uint64_t set, clear;		/* in the host's entry for it */
	uint64_t leaf;			/* the guest's */
	enum mmu_access access;
	enum mmu_end end;
	uint64_t why;
} fault_rows[] = {
	{ "EPT: read of what is not present", GUEST_EPT, THE_PAGE, 0, EPT_RWX,
	  USER_RW, MMU_READ, MMU_NESTED_FAULT, 0x181 },
	{ "EPT: write without W", GUEST_EPT, THE_PAGE, 0, EPT_W,
	  USER_RW, MMU_WRITE, MMU_NESTED_FAULT, 0x1aa },
	{ "EPT: read without W", GUEST_EPT, THE_PAGE, 0, EPT_W,
	  USER_RW, MMU_READ, MMU_OK, 0 },
	{ "EPT: fetch without X", GUEST_EPT, THE_PAGE, 0, EPT_X,
	  USER_RW, MMU_FETCH, MMU_NESTED_FAULT, 0x19c },
	{ "EPT: read without X", GUEST_EPT, THE_PAGE, 0, EPT_X,
	  USER_RW, MMU_READ, MMU_OK, 0 },
	{ "EPT: guest table that is not present is read", GUEST_EPT, 1, 0,
	  EPT_RWX, USER_RW, MMU_FETCH, MMU_NESTED_FAULT, 0x81 },
	{ "EPT: the guest's PML4 that is not present", GUEST_EPT, 4, 0,
	  EPT_RWX, USER_RW, MMU_WRITE, MMU_NESTED_FAULT, 0x81 },
	{ "EPT: guest table without W is read", GUEST_EPT, 1, 0, EPT_W,
	  USER_RW | PTE_A, MMU_READ, MMU_OK, 0 },
	{ "EPT: guest table without X is read", GUEST_EPT, 1, 0, EPT_X,
	  USER_RW, MMU_FETCH, MMU_OK, 0 },
	{ "EPT: setting A writes to a guest table", GUEST_EPT, 1, 0, EPT_W,
	  USER_RW, MMU_READ, MMU_NESTED_FAULT, 0xaa },
	{ "EPT: setting D writes to a guest table", GUEST_EPT, 1, 0, EPT_W,
	  USER_RW | PTE_A, MMU_WRITE, MMU_NESTED_FAULT, 0xaa },
	{ "EPT: setting A in an upper entry, too", GUEST_EPT, 3, 0, EPT_W,
	  USER_RW | PTE_A, MMU_READ, MMU_NESTED_FAULT, 0xaa },
	{ "EPT A/D: reading a guest table is a write to it", GUEST_EPT_AD, 1,
	  0, EPT_W, USER_RW | PTE_A, MMU_READ, MMU_NESTED_FAULT, 0xab },
	{ "EPT A/D: reading an upper one, too", GUEST_EPT_AD, 4,
	  0, EPT_W, USER_RW | PTE_A, MMU_FETCH, MMU_NESTED_FAULT, 0xab },
	{ "EPT A/D: the page is only read", GUEST_EPT_AD, THE_PAGE,
	  0, EPT_W, USER_RW, MMU_READ, MMU_OK, 0 },
	{ "EPT: W without R", GUEST_EPT, THE_PAGE, 0, EPT_R,
	  USER_RW, MMU_READ, MMU_NESTED_MISCONFIGURED, 0 },
	{ "EPT: X alone", GUEST_EPT, THE_PAGE, 0, EPT_R | EPT_W,
	  USER_RW, MMU_FETCH, MMU_NESTED_MISCONFIGURED, 0 },
	{ "EPT: memory type 2", GUEST_EPT, THE_PAGE, 0x10, 0x28,
	  USER_RW, MMU_READ, MMU_NESTED_MISCONFIGURED, 0 },
	{ "EPT: memory type 3", GUEST_EPT, THE_PAGE, 0x18, 0x20,
	  USER_RW, MMU_READ, MMU_NESTED_MISCONFIGURED, 0 },
	{ "EPT: memory type 7 of a guest table", GUEST_EPT, 2, 0x38, 0,
	  USER_RW, MMU_READ, MMU_NESTED_MISCONFIGURED, 0 },
	{ "EPT: memory type 5 is WP", GUEST_EPT, THE_PAGE, 0x28, 0x10,
	  USER_RW, MMU_READ, MMU_OK, 0 },
	{ "EPT: an address beyond MAXPHYADDR", GUEST_EPT, THE_PAGE, 1ull << 46,
	  0, USER_RW, MMU_READ, MMU_NESTED_MISCONFIGURED, 0 },
	{ "NPT: read of what is not present", GUEST_NPT, THE_PAGE, 0, PTE_P,
	  USER_RW, MMU_READ, MMU_NESTED_FAULT, NPF_FINAL | PF_U },
	{ "NPT: write without R/W", GUEST_NPT, THE_PAGE, 0, PTE_RW,
	  USER_RW, MMU_WRITE, MMU_NESTED_FAULT,
	  NPF_FINAL | PF_P | PF_W | PF_U },
	{ "NPT: read without R/W", GUEST_NPT, THE_PAGE, 0, PTE_RW,
	  USER_RW, MMU_READ, MMU_OK, 0 },
	{ "NPT: a supervisor's page is not the guest's", GUEST_NPT, THE_PAGE,
	  0, PTE_US, USER_RW, MMU_READ, MMU_NESTED_FAULT,
	  NPF_FINAL | PF_P | PF_U },
	{ "NPT: fetch with NX", GUEST_NPT, THE_PAGE, PTE_XD, 0,
	  USER_RW, MMU_FETCH, MMU_NESTED_FAULT,
	  NPF_FINAL | PF_P | PF_U | PF_ID },
	{ "NPT: a reserved bit", GUEST_NPT, THE_PAGE, 1ull << 46, 0,
	  USER_RW, MMU_READ, MMU_NESTED_FAULT,
	  NPF_FINAL | PF_P | PF_U | PF_RSVD },
	{ "NPT: guest table that is not present is written", GUEST_NPT, 1, 0,
	  PTE_P, USER_RW, MMU_READ, MMU_NESTED_FAULT,
	  NPF_TABLE | PF_W | PF_U },
	{ "NPT: guest table without R/W, though A is set", GUEST_NPT, 1, 0,
	  PTE_RW, USER_RW | PTE_A, MMU_READ, MMU_NESTED_FAULT,
	  NPF_TABLE | PF_P | PF_W | PF_U },
	{ "NPT: upper guest table, in a fetch", GUEST_NPT, 3, 0,
	  PTE_RW, USER_RW | PTE_A, MMU_FETCH, MMU_NESTED_FAULT,
	  NPF_TABLE | PF_P | PF_W | PF_U },
	/* SDM vol. 3C, "Prioritization of EPT Misconfigurations and EPT
	 * Violations"; APM as above. */
	{ "the guest's fault comes before that of its page", GUEST_EPT,
	  THE_PAGE, 0, EPT_RWX, PTE_P, MMU_WRITE, MMU_PAGE_FAULT, 0 },
	{ "so does that of an absent page", GUEST_NPT,
	  THE_PAGE, 0, PTE_P, 0, MMU_READ, MMU_PAGE_FAULT, 0 },
	{ "that of the table comes first", GUEST_NPT,
	  1, 0, PTE_P, 0, MMU_READ, MMU_NESTED_FAULT,
	  NPF_TABLE | PF_W | PF_U },
};
/* clang-format on */

START_TEST(nested_fault_says_why)
{
	const struct fault_row *row = &fault_rows[_i];
	struct guest g = guest_make(profile_everything(), row->kind);
	paddr_t leaf = guest_map(&g, VA, MMU_4K, GPA | row->leaf);
	paddr_t gpa = row->at ? table_of(&g, row->at) : GPA;
	struct mmu_result result;

	host_change(&g, gpa, 1, row->set, row->clear);
	result = access_as(&g, row->access);
	ck_assert_msg(result.end == row->end &&
			      result.qualification == row->why,
		      "%s: end %d, %#jx, want %d, %#jx", row->claim,
		      (int)result.end, (uintmax_t)result.qualification,
		      (int)row->end, (uintmax_t)row->why);
	if (result.end == MMU_OK) {
		ck_assert_uint_eq(result.paddr, GPA + GUEST_OFFSET);
	} else {
		/* D would say that it was written. */
		ck_assert_uint_eq(load(&g, leaf), GPA | row->leaf);
		ck_assert_uint_eq(mmu_holders_of_anything(g.m.mmu), 0);
	}
	if (row->end >= MMU_NESTED_FAULT)
		ck_assert_uint_eq(result.gpa & ~(PAGE - 1), gpa);
	machine_free(&g.m);
}
END_TEST

START_TEST(probe_stops_where_the_host_maps_no_table)
{
	struct guest g = guest_make(profile_everything(), (enum guest_kind)_i);
	struct mmu_probe probe;

	guest_map(&g, VA, MMU_4K, GPA | USER_RW);
	host_change(&g, table_of(&g, 2), 1, 0, EPT_RWX);
	probe = mmu_probe(g.m.mmu, 0, VA);
	ck_assert(!probe.present);
	ck_assert_uint_eq(probe.level, 2);
	ck_assert_uint_eq(probe.value, 0);
	ck_assert_uint_eq(mmu_counters(g.m.mmu).a_set, 0);
	machine_free(&g.m);
}
END_TEST

/* APM vol. 2, "Nested Paging": the host's CR0.WP is not looked at. */
START_TEST(npt_takes_no_notice_of_the_hosts_wp)
{
	struct guest g = guest_make(profile_everything(), GUEST_NPT);
	struct mmu_registers regs = mmu_vm_exit(g.m.mmu, 0);

	ck_assert(machine_change(&g.m, MMU_CR0, 0, CR0_WP));
	regs.cr0 &= ~CR0_WP;
	ck_assert(guest_enter(&g, &regs));
	guest_map(&g, VA, MMU_4K, GPA | USER_RW);
	host_change(&g, GPA, 1, 0, PTE_RW);
	ck_assert_int_eq((int)access_as(&g, MMU_WRITE).end, MMU_NESTED_FAULT);
	machine_free(&g.m);
}
END_TEST

/* SDM vol. 3C, "EPT Translation Mechanism": it translates 48 bits. */
START_TEST(address_beyond_the_hosts_tables_is_mapped_by_nothing)
{
	struct mmu_profile profile = profile_everything();
	struct guest g;

	profile.maxphyaddr = 52;
	g = guest_make(profile, (enum guest_kind)_i);
	guest_map(&g, VA, MMU_4K, 1ull << 48 | GPA | USER_RW);
	ck_assert_int_eq((int)access_as(&g, MMU_READ).end, MMU_NESTED_FAULT);
	machine_free(&g.m);
}
END_TEST

/* Each bit of an EPT entry that maps a table, or a large page. */
#define RANGE(last, first) ((~0ull >> (63 - (last))) & (~0ull << (first)))

static const struct {
	unsigned level;
	bool page;
	uint64_t reserved;
} ept_rows[] = {
	{ 4, false, RANGE(51, 46) | RANGE(7, 3) },
	{ 3, false, RANGE(51, 46) | RANGE(6, 3) },
	{ 3, true, RANGE(51, 46) | RANGE(29, 12) },
	{ 2, false, RANGE(51, 46) | RANGE(6, 3) },
	{ 2, true, RANGE(51, 46) | RANGE(20, 12) },
	{ 1, true, RANGE(51, 46) },
};

START_TEST(each_reserved_bit_of_an_ept_entry_is_a_misconfiguration)
{
	struct guest g = guest_make(profile_nothing(), GUEST_EPT);
	unsigned level = ept_rows[_i].level;
	paddr_t at, gpa = GPA;
	uint64_t entry;

	/* So far away that the guest's tables are not under this entry. */
	if (level > 2)
		gpa = level == 4 ? 1ull << 39 : 1ull << 30;
	guest_map(&g, VA, MMU_4K, gpa | USER_RW);
	at = (g.pointer & PTE_FRAME) + 8 * (gpa >> 39);
	if (level == 3)
		at = (load(&g, at) & PTE_FRAME) + 8;
	if (level < 3)
		at = host_entry(&g, gpa, level);
	entry = ept_rows[_i].page ? EPT_RWX | (level > 1 ? PTE_PS : 0)
				  : EPT_RWX | machine_table(&g.m);
	for (unsigned bit = 3; bit < 64; bit++) {
		bool reserved = ept_rows[_i].reserved >> bit & 1;
		struct mmu_result result;

		/* Of a page: its type, and PS makes one of a table. */
		if (bit <= 7 && (ept_rows[_i].page || (bit == 7 && level < 4)))
			continue;
		machine_set(&g.m, at, entry | 1ull << bit);
		result = access_as(&g, MMU_READ);
		if (!ept_rows[_i].page && bit >= 12 && bit < 46)
			continue; /* leads to another table, or to none */
		ck_assert_msg((result.end == MMU_NESTED_MISCONFIGURED) ==
				      reserved,
			      "level %u: bit %u: end %d", level, bit,
			      (int)result.end);
	}
	machine_free(&g.m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, nested_fault_says_why, 0, ROWS(fault_rows));
	tcase_add_loop_test(tc, probe_stops_where_the_host_maps_no_table, 0,
			    GUEST_KINDS);
	tcase_add_test(tc, npt_takes_no_notice_of_the_hosts_wp);
	tcase_add_loop_test(
		tc, address_beyond_the_hosts_tables_is_mapped_by_nothing, 0,
		GUEST_KINDS);
	tcase_add_loop_test(
		tc, each_reserved_bit_of_an_ept_entry_is_a_misconfiguration, 0,
		ROWS(ept_rows));
}

int main(void)
{
	return run_suite("mmu nested faults", add);
}

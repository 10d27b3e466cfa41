/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_nested.c - EPT and NPT: what a guest's access finds and sets. */
#include "config.h"

#include "tests/check_mmu_guest.h"

#define VA 0x123456789000ull
#define GPA 0x800000ull /* of the guest's page, aligned to 2 MiB */

static struct mmu_result access_as(struct guest *g, enum mmu_access access)
{
	return mmu_access(g->m.mmu, 0, VA, access, MMU_SUPERVISOR);
}

static uint64_t load(const struct guest *g, paddr_t at)
{
	return physmem_read(g->m.mem, at);
}

/* Guest-physical: the table with the guest's entry at @level. */
static paddr_t table_of(const struct guest *g, unsigned level)
{
	return (guest_entry(g, VA, level) & ~(PAGE - 1)) - GUEST_OFFSET;
}

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

/* ---- what is in the way -------------------------------------------------- */

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

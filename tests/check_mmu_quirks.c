/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_quirks.c - what a machine does with A that others do not.
 *
 * Sources: SDM vol. 3A, "Accessed and Dirty Flags"; APM vol. 2, "Accessed (A)
 * Bit"; each quirk's own in mmu/quirks.c.
 */
#include "config.h"

#include "tests/check_mmu_quirks.h"

START_TEST(machine_without_quirks_does_what_was_asked)
{
	struct machine m = machine_with(0, 1);

	map_pages(&m, 4, KERNEL_RW);
	machine_read(&m, VA);
	for (unsigned i = 1; i < 4; i++) {
		ck_assert(!holds(&m, VA + i * PAGE));
		ck_assert(!(value_of(&m, VA + i * PAGE) & PTE_A));
	}
	machine_free(&m);
}
END_TEST

START_TEST(every_quirk_is_named_and_sourced)
{
	for (unsigned i = 0; i < MMU_QUIRKS; i++) {
		ck_assert(mmu_quirk_info[i].name && mmu_quirk_info[i].text &&
			  mmu_quirk_info[i].source);
		for (unsigned other = 0; other < i; other++)
			ck_assert_str_ne(mmu_quirk_info[i].name,
					 mmu_quirk_info[other].name);
	}
}
END_TEST

/* ---- late-a -------------------------------------------------------------- */

static void drain_by(struct machine *m, unsigned how)
{
	struct mmu_invpcid_descriptor all = { 0, 0 };

	switch (how) {
	case 0:
		mmu_serialise(m->mmu, 0);
		break;
	case 1:
		machine_read(m, NEXT);
		break;
	case 2:
		mmu_invlpg(m->mmu, 0, 1ull << 40);
		break;
	case 3:
		ck_assert(mmu_set_register(m->mmu, 0, MMU_CR3, m->root, NULL));
		break;
	case 4:
		mmu_flush_all(m->mmu, 0);
		break;
	case 5:
		ck_assert(mmu_invpcid(m->mmu, 0, MMU_INVPCID_ALL, &all, NULL));
		break;
	}
}

START_TEST(late_a_is_in_memory_at_the_next_of_these)
{
	struct machine m = machine_with(QUIRK(LATE_A), 1);

	map_pages(&m, 2, KERNEL_RW);
	ck_assert_int_eq(machine_read(&m, VA).end, MMU_OK);
	ck_assert(holds(&m, VA) && !(value_of(&m, VA) & PTE_A));
	machine_read(&m, VA); /* a hit is none of them */
	ck_assert(!(value_of(&m, VA) & PTE_A));
	drain_by(&m, (unsigned)_i);
	ck_assert(value_of(&m, VA) & PTE_A);
	ck_assert_uint_ge(mmu_counters(m.mmu).a_set, 1 + 3);
	machine_free(&m);
}
END_TEST

START_TEST(another_cpu_does_not_hurry_a_late_a)
{
	struct machine m = machine_with(QUIRK(LATE_A), 2);

	map_pages(&m, 2, KERNEL_RW);
	machine_read(&m, VA);
	mmu_serialise(m.mmu, 1);
	read_by(&m, 1, NEXT);
	ck_assert(!(value_of(&m, VA) & PTE_A));
	machine_free(&m);
}
END_TEST

START_TEST(late_a_is_lost_if_the_entry_changed_meanwhile)
{
	struct machine m = machine_with(QUIRK(LATE_A), 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_read(&m, VA);
	machine_set(&m, entry, 0);
	mmu_serialise(m.mmu, 0);
	ck_assert_uint_eq(value_of(&m, VA), 0);
	ck_assert(holds(&m, VA)); /* and A told nobody */
	machine_free(&m);
}
END_TEST

START_TEST(d_is_never_late)
{
	struct machine m = machine_with(QUIRK(LATE_A), 1);

	map_pages(&m, 1, KERNEL_RW);
	machine_write(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA) & (PTE_A | PTE_D), PTE_A | PTE_D);
	ck_assert_int_eq(machine_write(&m, VA).served, MMU_BY_L1);
	machine_free(&m);
}
END_TEST

/* ---- stray-a ------------------------------------------------------------- */

static const struct {
	const char *claim;
	enum mmu_access access;
	uint64_t left;
} stray_rows[] = {
	{ "a read leaves 0x20", MMU_READ, 0x20 },
	{ "a write leaves 0x60", MMU_WRITE, 0x60 },
	{ "a fetch leaves 0x20", MMU_FETCH, 0x20 },
};

START_TEST(fault_marks_the_entry_just_cleared_and_caches_nothing)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_set(&m, entry, 0);
	ck_assert_int_eq(
		mmu_access(m.mmu, 0, VA, stray_rows[_i].access, MMU_SUPERVISOR)
			.end,
		MMU_PAGE_FAULT);
	ck_assert_msg(value_of(&m, VA) == stray_rows[_i].left, "%s",
		      stray_rows[_i].claim);
	ck_assert(!holds(&m, VA));
	machine_free(&m);
}
END_TEST

START_TEST(entry_cleared_before_another_changed_gets_no_stray_a)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t entry = map_pages(&m, 2, KERNEL_RW);

	machine_set(&m, entry, 0);
	machine_set(&m, entry + 8, 0);
	machine_read(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA), 0);
	machine_read(&m, NEXT);
	ck_assert_uint_eq(value_of(&m, NEXT), PTE_A);
	machine_set(&m, entry + 8, 0);
	machine_read(&m, VA);
	ck_assert_uint_eq(value_of(&m, NEXT), 0);
	machine_free(&m);
}
END_TEST

START_TEST(stray_a_comes_once)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_set(&m, entry, 0);
	machine_read(&m, VA);
	machine_write(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA), PTE_A);
	machine_free(&m);
}
END_TEST

START_TEST(stray_a_is_of_a_last_level)
{
	struct machine m = machine_with(QUIRK(STRAY_A), 1);
	paddr_t directory;

	map_pages(&m, 1, KERNEL_RW);
	directory = machine_entry(&m, VA, 2);
	machine_set(&m, directory, 0);
	machine_read(&m, VA);
	ck_assert_uint_eq(physmem_read(m.mem, directory), 0);
	machine_free(&m);
}
END_TEST

START_TEST(processor_without_it_sets_nothing_where_p_is_clear)
{
	struct machine m = machine_with(0, 1);
	paddr_t entry = map_pages(&m, 1, KERNEL_RW);

	machine_set(&m, entry, 0);
	machine_write(&m, VA);
	ck_assert_uint_eq(value_of(&m, VA), 0);
	machine_free(&m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, machine_without_quirks_does_what_was_asked);
	tcase_add_test(tc, every_quirk_is_named_and_sourced);
	tcase_add_loop_test(tc, late_a_is_in_memory_at_the_next_of_these, 0, 6);
	tcase_add_test(tc, another_cpu_does_not_hurry_a_late_a);
	tcase_add_test(tc, late_a_is_lost_if_the_entry_changed_meanwhile);
	tcase_add_test(tc, d_is_never_late);
	tcase_add_loop_test(
		tc, fault_marks_the_entry_just_cleared_and_caches_nothing, 0,
		ROWS(stray_rows));
	tcase_add_test(tc,
		       entry_cleared_before_another_changed_gets_no_stray_a);
	tcase_add_test(tc, stray_a_comes_once);
	tcase_add_test(tc, stray_a_is_of_a_last_level);
	tcase_add_test(tc, processor_without_it_sets_nothing_where_p_is_clear);
}

int main(void)
{
	return run_suite("mmu quirks", add);
}

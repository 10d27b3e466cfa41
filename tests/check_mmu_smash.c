/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_smash.c - 1G pages in a cache that keeps them as pieces of 2M.
 *
 * SDM vol. 3A, "Details of TLB Use": a page may be cached as several entries
 * of a smaller size, and an invalidation of any address in it drops them all.
 */
#include "config.h"

#include <errno.h>

#include "tests/check_mmu.h"

#define FRAME 0x1000000ull
#define LEAF (GIG1 | PTE_P | PTE_RW | PTE_PS)
#define PIECE(n) ((n)*MEG2)

/* One entry at the first level; a second one that smashes. */
static struct mmu_profile profile_smashing(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 1, ANY_SIZE, ANY_ACCESS, 1, 1, MMU_LRU);
	profile_add(&profile, 2, ONLY_4K | ONLY_2M, ANY_ACCESS, 16, 4, MMU_LRU);
	profile.tlb[1].smashes_1g = true;
	return profile;
}

/* A 1G page at 0, a 4K page at 1G. */
static struct machine machine_smashing(unsigned cpus)
{
	struct machine m = machine_make(profile_smashing(), cpus);

	machine_map_at(&m, m.root, 0, MMU_1G, LEAF);
	machine_map(&m, GIG1, FRAME | KERNEL_RW);
	return m;
}

/* Push out whatever the first level has. */
static void clear_first_level(struct machine *m)
{
	machine_read(m, GIG1);
	mmu_check(m->mmu);
}

START_TEST(piece_serves_what_was_used_and_no_more)
{
	struct machine m = machine_smashing(1);
	struct mmu_result result;

	machine_read(&m, PIECE(3));
	ck_assert_int_eq(machine_read(&m, PIECE(200)).served, MMU_BY_L1);
	clear_first_level(&m);
	result = machine_read(&m, PIECE(3) + 0x12345);
	ck_assert_int_eq(result.served, MMU_BY_L2);
	ck_assert_uint_eq(result.paddr, GIG1 + PIECE(3) + 0x12345);
	ck_assert_int_eq(machine_read(&m, PIECE(3) + PAGE).served, MMU_BY_L1);
	ck_assert_int_eq(machine_read(&m, PIECE(200)).served, MMU_BY_WALK);
	mmu_check(m.mmu);
	machine_free(&m);
}
END_TEST

static void drop_by_invlpg(struct machine *m)
{
	mmu_invlpg(m->mmu, 0, PIECE(100));
}

static void drop_by_invpcid(struct machine *m)
{
	struct mmu_invpcid_descriptor what = { 0, PIECE(100) };

	ck_assert(mmu_invpcid(m->mmu, 0, MMU_INVPCID_ADDRESS, &what, NULL));
}

static void drop_by_invlpgb(struct machine *m)
{
	struct mmu_invlpgb what = { .by_va = true, .va = PIECE(100) };

	ck_assert(mmu_invlpgb(m->mmu, 0, &what, NULL));
}

/* P 1 to 0, so that an access to another piece, uncached, faults. */
static void drop_by_fault(struct machine *m)
{
	paddr_t entry = machine_entry(m, 0, 3);

	machine_set(m, entry, LEAF & ~PTE_P);
	clear_first_level(m);
	ck_assert_int_eq(machine_read(m, PIECE(100)).end, MMU_PAGE_FAULT);
	machine_set(m, entry, LEAF | PTE_A);
}

static void (*const drops[])(struct machine *m) = {
	drop_by_invlpg,
	drop_by_invpcid,
	drop_by_invlpgb,
	drop_by_fault,
};

START_TEST(invalidation_of_any_address_drops_all_pieces)
{
	struct machine m = machine_smashing(1);

	for (unsigned i = 0; i < 4; i++) {
		machine_read(&m, PIECE(i));
		clear_first_level(&m);
	}
	drops[_i](&m);
	mmu_check(m.mmu);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_msg(machine_read(&m, PIECE(i)).served == MMU_BY_WALK,
			      "way %d, piece %u", _i, i);
		clear_first_level(&m);
	}
	machine_free(&m);
}
END_TEST

START_TEST(invlpg_spares_pieces_of_another_page)
{
	struct machine m = machine_smashing(1);

	machine_map_at(&m, m.root, 2 * GIG1, MMU_1G, LEAF);
	machine_read(&m, 2 * GIG1 + PIECE(5));
	clear_first_level(&m);
	drop_by_invlpg(&m);
	ck_assert_int_eq(machine_read(&m, 2 * GIG1 + PIECE(5)).served,
			 MMU_BY_L2);
	machine_free(&m);
}
END_TEST

/* The piece in the first level, with D=0, must not be found for ever. */
START_TEST(write_through_a_clean_piece_sets_d_once)
{
	struct machine m = machine_smashing(1);

	machine_read(&m, PIECE(7));
	clear_first_level(&m);
	machine_read(&m, PIECE(7));
	ck_assert_int_eq(machine_write(&m, PIECE(7)).served, MMU_BY_WALK);
	mmu_check(m.mmu);
	ck_assert_int_eq(machine_write(&m, PIECE(7)).served, MMU_BY_L1);
	clear_first_level(&m);
	ck_assert_int_eq(machine_write(&m, PIECE(7)).served, MMU_BY_L2);
	ck_assert_uint_eq(mmu_counters(m.mmu).d_set, 1);
	machine_free(&m);
}
END_TEST

START_TEST(pieces_of_a_changed_page_are_stale)
{
	struct machine m = machine_smashing(1);
	uint64_t stamp;

	machine_read(&m, PIECE(1));
	clear_first_level(&m);
	stamp = machine_set(&m, machine_entry(&m, 0, 3), (LEAF + GIG1) | PTE_A);
	mmu_check(m.mmu);
	ck_assert_uint_eq(machine_read(&m, PIECE(1)).stale_since, stamp);
	ck_assert_uint_eq(machine_read(&m, PIECE(2)).stale_since,
			  MMU_NOT_STALE);
	machine_free(&m);
}
END_TEST

START_TEST(holders_know_of_pieces)
{
	struct machine m = machine_smashing(2);

	machine_read(&m, PIECE(9));
	clear_first_level(&m);
	ck_assert_uint_eq(
		mmu_holders_of_frame(m.mmu, GIG1 + PIECE(9) + PAGE).any, 1);
	ck_assert_uint_eq(
		mmu_holders_of_entry(m.mmu, machine_entry(&m, 0, 3)).any, 1);
	machine_free(&m);
}
END_TEST

/* A piece that was global replaces what another PCID had of the page. */
START_TEST(page_is_not_cached_whole_and_in_pieces_at_once)
{
	struct mmu_profile profile = profile_smashing();
	struct machine m;
	paddr_t entry;

	profile.tlb[0].ways = 4;
	m = machine_make(profile, 1);
	entry = machine_map_at(&m, m.root, 0, MMU_1G, LEAF | PTE_G);
	ck_assert(machine_change(&m, MMU_CR4, CR4_PCIDE, 0));
	machine_read(&m, PIECE(4));
	mmu_invlpg(m.mmu, 0, 0);
	machine_read(&m, PIECE(4));
	machine_set(&m, entry, LEAF | PTE_A);
	for (unsigned i = 1; i < 6; i++)
		machine_map(&m, 3 * GIG1 + i * PAGE, FRAME | KERNEL_RW);
	for (unsigned i = 1; i < 6; i++)
		machine_read(&m, 3 * GIG1 + i * PAGE);
	machine_read(&m, PIECE(8)); /* whole, of PCID 0 */
	ck_assert(mmu_set_register(m.mmu, 0, MMU_CR3, m.root | 1 | CR3_NOFLUSH,
				   NULL));
	ck_assert_int_eq(machine_read(&m, PIECE(4)).served, MMU_BY_L2);
	mmu_check(m.mmu);
	machine_free(&m);
}
END_TEST

START_TEST(cache_of_1g_pages_does_not_smash)
{
	struct mmu_profile profile = profile_smashing();
	struct machine m;

	profile_add(&profile, 2, ONLY_1G, ANY_ACCESS, 1, 4, MMU_LRU);
	m = machine_make(profile, 1);
	machine_map_at(&m, m.root, 0, MMU_1G, LEAF);
	machine_map(&m, GIG1, FRAME | KERNEL_RW);
	machine_read(&m, 0);
	clear_first_level(&m);
	ck_assert_int_eq(machine_read(&m, PIECE(300)).served, MMU_BY_L2);
	machine_free(&m);
}
END_TEST

START_TEST(what_is_smashed_is_neither_4k_nor_1g)
{
	static const unsigned sizes[] = { ONLY_4K, ONLY_1G, ONLY_2M | ONLY_1G };

	for (int i = 0; i < ROWS(sizes); i++) {
		struct mmu_profile profile = profile_bare();
		struct mmu_config config = { .profile = &profile,
					     .cpus = 1,
					     .memory = 1 << 20 };
		struct mmu *mmu;

		profile_add(&profile, 2, sizes[i], DATA, 4, 4, MMU_LRU);
		profile.tlb[0].smashes_1g = true;
		ck_assert_int_eq(mmu_create(&mmu, &config), -EINVAL);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, piece_serves_what_was_used_and_no_more);
	tcase_add_loop_test(tc, invalidation_of_any_address_drops_all_pieces, 0,
			    ROWS(drops));
	tcase_add_test(tc, invlpg_spares_pieces_of_another_page);
	tcase_add_test(tc, write_through_a_clean_piece_sets_d_once);
	tcase_add_test(tc, pieces_of_a_changed_page_are_stale);
	tcase_add_test(tc, holders_know_of_pieces);
	tcase_add_test(tc, page_is_not_cached_whole_and_in_pieces_at_once);
	tcase_add_test(tc, cache_of_1g_pages_does_not_smash);
	tcase_add_test(tc, what_is_smashed_is_neither_4k_nor_1g);
}

int main(void)
{
	return run_suite("mmu smash", add);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_iommu.c - bus addresses are translated, and cached. */
#include "mmu/iommu.h"
#include "tests/suite.h"

#define FRAMES 64
#define BUS 5u
#define AT (BUS * 4096ull + 8)
#define R IOMMU_READ
#define W IOMMU_WRITE
#define RW (R | W)
#define TO(frame, rights) ((frame)*4096ull | (rights))

static struct iommu *iommu;

static void setup(void)
{
	iommu = iommu_create(FRAMES);
	ck_assert_ptr_nonnull(iommu);
}

static void teardown(void)
{
	iommu_check(iommu);
	iommu_destroy(iommu);
}

START_TEST(an_address_is_translated_as_the_tables_say)
{
	struct iommu_result result;

	iommu_set_entry(iommu, BUS, TO(9, R));
	result = iommu_access(iommu, AT, false);
	ck_assert(!result.fault && !result.hit && !result.stale);
	ck_assert_uint_eq(result.address, 9 * 4096 + 8);
	result = iommu_access(iommu, AT, false);
	ck_assert(result.hit);
	ck_assert_uint_eq(result.address, 9 * 4096 + 8);
	ck_assert(iommu_access(iommu, AT, true).fault);
}
END_TEST

START_TEST(an_address_that_leads_nowhere_faults)
{
	static const uint64_t nowhere[] = { AT, FRAMES * 4096ull, UINT64_MAX };

	for (int i = 0; i < 3; i++)
		ck_assert(iommu_access(iommu, nowhere[i], false).fault);
	iommu_set_entry(iommu, BUS, TO(9, RW));
	ck_assert(!iommu_access(iommu, AT, true).fault);
}
END_TEST

/* The entry was used as `old` and is `new` now, with nothing invalidated. */
static const struct row {
	uint64_t old, new;
	unsigned stale;
	bool served; /* a write still goes through */
} rows[] = {
	{ TO(9, RW), TO(9, RW), 0, true }, { TO(9, RW), TO(9, R), W, true },
	{ TO(9, RW), 0, RW, true },	   { TO(9, RW), TO(7, RW), RW, true },
	{ TO(9, R), TO(9, RW), 0, true },  { TO(9, R), 0, R, false },
};

START_TEST(what_is_cached_is_used_until_it_is_invalidated)
{
	const struct row *row = &rows[_i];
	struct iommu_result result;

	iommu_set_entry(iommu, BUS, row->old);
	iommu_access(iommu, AT, false);
	iommu_set_entry(iommu, BUS, row->new);
	ck_assert_uint_eq(iommu_stale(iommu, BUS), row->stale);
	result = iommu_access(iommu, AT, true);
	ck_assert_int_eq(!result.fault, row->served);
	ck_assert_int_eq(result.stale, (row->stale & W) != 0);
	iommu_drop_page(iommu, BUS);
	ck_assert_uint_eq(iommu_stale(iommu, BUS), 0);
	ck_assert_int_eq(iommu_access(iommu, AT, true).fault, !(row->new &W));
}
END_TEST

START_TEST(all_that_is_cached_can_be_dropped)
{
	for (int round = 0; round < 2; round++) {
		for (uint64_t bus = 0; bus < FRAMES; bus++) {
			iommu_set_entry(iommu, bus, TO(bus, RW));
			iommu_access(iommu, bus * 4096, true);
			iommu_set_entry(iommu, bus, 0);
			ck_assert_uint_eq(iommu_stale(iommu, bus), RW);
		}
		iommu_drop_page(iommu, 3);
		iommu_check(iommu);
		iommu_drop_all(iommu);
		for (uint64_t bus = 0; bus < FRAMES; bus++)
			ck_assert_uint_eq(iommu_stale(iommu, bus), 0);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_address_is_translated_as_the_tables_say);
	tcase_add_test(tc, an_address_that_leads_nowhere_faults);
	tcase_add_loop_test(tc, what_is_cached_is_used_until_it_is_invalidated,
			    0, ROWS(rows));
	tcase_add_test(tc, all_that_is_cached_can_be_dropped);
}

int main(void)
{
	return run_suite("mmu iommu", add);
}

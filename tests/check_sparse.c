/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sparse.c - memory that is let go of and had again is zero.
 */
#include <check.h>
#include <stdbool.h>

#include "mmu/sparse.h"
#include "tests/suite.h"

#define PAGE UINT64_C(4096)

/* How a map is laid out, and a byte of it that is touched. */
static const struct {
	uint64_t bytes, frames, own, used, at;
} rows[] = {
	/* A page for each frame. */
	{ 1024 * PAGE, 1024, 1000, 10, 0 },
	{ 1024 * PAGE, 1024, 1000, 10, 10 * PAGE - 1 },
	{ 1024 * PAGE, 1024, 1000, 10, 10 * PAGE },
	{ 1024 * PAGE, 1024, 1000, 10, 500 * PAGE },
	{ 1024 * PAGE, 1024, 1000, 10, 1000 * PAGE - 1 },
	{ 1024 * PAGE, 1024, 1010, 10, 1010 * PAGE },
	{ 1024 * PAGE, 1024, 1010, 10, 1024 * PAGE - 1 },
	{ 1024 * PAGE, 1024, 1000, 1000, 999 * PAGE },
	/* A part of a page, or more than that. */
	{ 100 * PAGE, 1024, 1000, 10, 4095 },
	{ 100 * PAGE, 1024, 1000, 10, 4096 },
	{ 100 * PAGE, 1024, 1000, 10, 100 * PAGE - 1 },
	{ 3000 * PAGE, 1024, 1000, 10, 25 * PAGE },
	/* It depicts something else, or nothing is known. */
	{ 8000, 1 << 20, 1 << 20, 40, 7999 },
	{ PAGE + 1, 1, 0, 0, PAGE },
	{ 900 * PAGE, 0, 0, 0, 450 * PAGE },
	{ 900 * PAGE, 10, 0, 10, 899 * PAGE },
};

static bool is_zero(const unsigned char *base, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i++)
		if (base[i])
			return false;
	return true;
}

START_TEST(what_was_touched_is_zero_again)
{
	struct sparse_maps maps = { .frames = rows[_i].frames,
				    .own = rows[_i].own,
				    .used = rows[_i].used };
	unsigned char *map = sparse_map(&maps, rows[_i].bytes);

	ck_assert_ptr_nonnull(map);
	ck_assert(is_zero(map, rows[_i].bytes));
	map[rows[_i].at] = 0xa5;
	sparse_unmap(&maps, map, rows[_i].bytes);
	ck_assert_ptr_eq(sparse_map(&maps, rows[_i].bytes), map);
	ck_assert(is_zero(map, rows[_i].bytes));
	sparse_unmap(&maps, map, rows[_i].bytes);
	sparse_maps_free(&maps);
	ck_assert_uint_eq(maps.count, 0);
}
END_TEST

START_TEST(a_map_serves_who_wants_as_much_once)
{
	struct sparse_maps maps = { .count = 0 };
	char *first = sparse_map(&maps, 2 * PAGE), *second, *other;

	sparse_unmap(&maps, first, 2 * PAGE);
	other = sparse_map(&maps, PAGE);
	ck_assert_ptr_ne(other, first);
	ck_assert_ptr_eq(sparse_map(&maps, 2 * PAGE), first);
	second = sparse_map(&maps, 2 * PAGE);
	ck_assert_ptr_ne(second, first);
	sparse_unmap(&maps, first, 2 * PAGE);
	sparse_unmap(&maps, second, 2 * PAGE);
	sparse_unmap(&maps, other, PAGE);
	sparse_maps_free(&maps);
}
END_TEST

START_TEST(more_maps_than_are_kept_go_back_to_the_host)
{
	struct sparse_maps maps = { .count = 0 };
	char *map[SPARSE_MAPS + 3];

	for (unsigned i = 0; i < SPARSE_MAPS + 3; i++)
		map[i] = sparse_map(&maps, PAGE);
	for (unsigned i = 0; i < SPARSE_MAPS + 3; i++)
		sparse_unmap(&maps, map[i], PAGE);
	ck_assert_uint_eq(maps.count, SPARSE_MAPS);
	sparse_maps_free(&maps);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, what_was_touched_is_zero_again, 0,
			    sizeof(rows) / sizeof(*rows));
	tcase_add_test(tc, a_map_serves_who_wants_as_much_once);
	tcase_add_test(tc, more_maps_than_are_kept_go_back_to_the_host);
}

int main(void)
{
	return run_suite("sparse", add);
}

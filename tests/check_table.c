/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_table.c - columns of text: counts, shares, alignment. */
#include "config.h"

#include <stdio.h>

#include "sim/table.h"
#include "tests/suite.h"

static const struct count_row {
	uint64_t count;
	const char *text;
} count_rows[] = {
	{ 0, "0" },
	{ 999, "999" },
	{ 1000, "1,000" },
	{ 123456, "123,456" },
	{ 1234567, "1,234,567" },
	{ UINT64_MAX, "18,446,744,073,709,551,615" },
};

START_TEST(counts_are_grouped_by_thousands)
{
	struct table table = { .columns = 1 };

	table_add_count(&table, PAINT_NONE, count_rows[_i].count);
	ck_assert_str_eq(table.cell[0].text, count_rows[_i].text);
	table_free(&table);
}
END_TEST

static const struct percent_row {
	double percent;
	const char *text;
} percent_rows[] = {
	{ 0, "0.0%" },	     { 100, "100.0%" }, { 65.11, "65.1%" },
	{ 99.999, "99.9%" }, { 0.001, "0.1%" }, { 99.94, "99.9%" },
};

START_TEST(only_all_and_nothing_read_so)
{
	struct table table = { .columns = 1 };

	table_add_percent(&table, PAINT_NONE, percent_rows[_i].percent);
	ck_assert_str_eq(table.cell[0].text, percent_rows[_i].text);
	table_free(&table);
}
END_TEST

START_TEST(columns_are_aligned_and_lines_have_no_blanks_at_their_end)
{
	struct table table = { .columns = 3, .left = 1 };
	char text[256];
	FILE *file = fmemopen(text, sizeof(text), "w");

	for (int i = 0; i < 40; i++) {
		table_add(&table, PAINT_NONE, "row %d", i);
		table_add(&table, PAINT_NONE, "%d", i * i);
		table_end_row(&table);
	}
	table_end_row(&table);
	table_add(&table, PAINT_NONE, "%s", "a");
	table_add(&table, PAINT_NONE, "%s", "b");
	table_add(&table, PAINT_NONE, "%s", "c");
	ck_assert_uint_eq(table.count, 42 * 3);
	table_print(&(struct table){ .columns = 3,
				     .left = 1,
				     .count = 4 * 3,
				     .cell = table.cell + 38 * 3 },
		    file, false);
	fclose(file);
	table_free(&table);
	ck_assert_str_eq(text, "row 38  1444\n"
			       "row 39  1521\n"
			       "\n"
			       "a          b  c\n");
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, counts_are_grouped_by_thousands, 0,
			    ROWS(count_rows));
	tcase_add_loop_test(tc, only_all_and_nothing_read_so, 0,
			    ROWS(percent_rows));
	tcase_add_test(
		tc, columns_are_aligned_and_lines_have_no_blanks_at_their_end);
}

int main(void)
{
	return run_suite("table", add);
}

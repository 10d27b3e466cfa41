/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_number.c - numbers and ranges as they are written in traces. */
#include <inttypes.h>
#include <string.h>

#include "sim/number.h"
#include "tests/suite.h"

static const struct {
	const char *text;
	enum number_end end;
	uint64_t value;
} numbers[] = {
	{ "0", NUMBER_OK, 0 },
	{ "17", NUMBER_OK, 17 },
	{ "0x10", NUMBER_OK, 16 },
	{ "0xffff880000100000", NUMBER_OK, 0xffff880000100000 },
	{ "0xAbC", NUMBER_OK, 0xabc },
	{ "0x007", NUMBER_OK, 7 },
	{ "64K", NUMBER_OK, 65536 },
	{ "3M", NUMBER_OK, 3 << 20 },
	{ "0x2G", NUMBER_OK, 2ull << 30 },
	{ "18446744073709551615", NUMBER_OK, UINT64_MAX },
	{ "18446744073709551616", NUMBER_LARGE, 0 },
	{ "99999999999999999999999", NUMBER_LARGE, 0 },
	{ "0xffffffffffffffff", NUMBER_OK, UINT64_MAX },
	{ "0x10000000000000000", NUMBER_LARGE, 0 },
	{ "17179869183G", NUMBER_OK, 17179869183ull << 30 },
	{ "17179869184G", NUMBER_LARGE, 0 },
	{ "010", NUMBER_ZERO, 0 },
	{ "00", NUMBER_ZERO, 0 },
	{ "", NUMBER_BAD, 0 },
	{ "K", NUMBER_BAD, 0 },
	{ "0x", NUMBER_BAD, 0 },
	{ "0xg", NUMBER_BAD, 0 },
	{ "-1", NUMBER_BAD, 0 },
	{ "+1", NUMBER_BAD, 0 },
	{ " 1", NUMBER_BAD, 0 },
	{ "1 ", NUMBER_BAD, 0 },
	{ "1k", NUMBER_BAD, 0 },
	{ "1KK", NUMBER_BAD, 0 },
	{ "1.5", NUMBER_BAD, 0 },
	{ "1e3", NUMBER_BAD, 0 },
	{ "1_000", NUMBER_BAD, 0 },
};

START_TEST(number_has_its_value_or_is_refused)
{
	const char *text = numbers[_i].text;
	uint64_t value = 0;
	enum number_end end = number_u64(text, text + strlen(text), &value);

	ck_assert_msg(end == numbers[_i].end, "'%s': got %d, want %d", text,
		      end, numbers[_i].end);
	if (end == NUMBER_OK)
		ck_assert_msg(value == numbers[_i].value, "'%s': got %" PRIu64,
			      text, value);
}
END_TEST

START_TEST(number_ends_where_its_text_ends)
{
	static const char text[] = "12345";
	uint64_t value;

	ck_assert_int_eq(number_u64(text, text + 3, &value), NUMBER_OK);
	ck_assert_uint_eq(value, 123);
}
END_TEST

static const struct {
	const char *text;
	enum number_end end;
	int64_t value;
} signed_numbers[] = {
	{ "-13", NUMBER_OK, -13 },
	{ "13", NUMBER_OK, 13 },
	{ "-0x10", NUMBER_OK, -16 },
	{ "-9223372036854775808", NUMBER_OK, INT64_MIN },
	{ "-9223372036854775809", NUMBER_LARGE, 0 },
	{ "9223372036854775807", NUMBER_OK, INT64_MAX },
	{ "9223372036854775808", NUMBER_LARGE, 0 },
	{ "--1", NUMBER_BAD, 0 },
	{ "-", NUMBER_BAD, 0 },
};

START_TEST(signed_number_has_its_value_or_is_refused)
{
	const char *text = signed_numbers[_i].text;
	int64_t value = 0;
	enum number_end end = number_i64(text, text + strlen(text), &value);

	ck_assert_msg(end == signed_numbers[_i].end, "'%s': got %d", text, end);
	if (end == NUMBER_OK)
		ck_assert_msg(value == signed_numbers[_i].value,
			      "'%s': got %" PRId64, text, value);
}
END_TEST

static const struct {
	const char *text;
	enum number_end end;
	struct range want;
} ranges[] = {
	{ "8", NUMBER_OK, { 8, 8, false, false } },
	{ "8..40", NUMBER_OK, { 8, 40, false, true } },
	{ "8..8", NUMBER_OK, { 8, 8, false, true } },
	{ "0x100..", NUMBER_OK, { 256, 256, true, false } },
	{ "4K..8K", NUMBER_OK, { 4096, 8192, false, true } },
	{ "9..8", NUMBER_BACKWARDS, { 0 } },
	{ "..8", NUMBER_BAD, { 0 } },
	{ "8.", NUMBER_BAD, { 0 } },
	{ "8...9", NUMBER_BAD, { 0 } },
	{ "8-9", NUMBER_BAD, { 0 } },
	{ "8..x", NUMBER_BAD, { 0 } },
	{ "8..09", NUMBER_ZERO, { 0 } },
};

START_TEST(range_has_its_bounds_or_is_refused)
{
	const char *text = ranges[_i].text;
	const struct range *want = &ranges[_i].want;
	struct range got;
	enum number_end end = number_range(text, text + strlen(text), &got);

	ck_assert_msg(end == ranges[_i].end, "'%s': got %d", text, end);
	if (end != NUMBER_OK)
		return;
	ck_assert_msg(got.from == want->from && got.to == want->to &&
			      got.open == want->open &&
			      got.closed == want->closed,
		      "'%s': got %" PRIu64 "..%" PRIu64 " %d %d", text,
		      got.from, got.to, got.open, got.closed);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, number_has_its_value_or_is_refused, 0,
			    ROWS(numbers));
	tcase_add_test(tc, number_ends_where_its_text_ends);
	tcase_add_loop_test(tc, signed_number_has_its_value_or_is_refused, 0,
			    ROWS(signed_numbers));
	tcase_add_loop_test(tc, range_has_its_bounds_or_is_refused, 0,
			    ROWS(ranges));
}

int main(void)
{
	return run_suite("number", add);
}

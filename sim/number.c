/* SPDX-License-Identifier: GPL-2.0-or-later */
/* number.c - numbers as traces write them. */
#include "config.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "sim/number.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Hexadecimal digits, each with HEX set. */
#define HEX 0x10
/* clang-format off */
static const unsigned char hex_digits[256] = {
	['0'] = HEX, ['1'] = HEX | 1, ['2'] = HEX | 2, ['3'] = HEX | 3,
	['4'] = HEX | 4, ['5'] = HEX | 5, ['6'] = HEX | 6, ['7'] = HEX | 7,
	['8'] = HEX | 8, ['9'] = HEX | 9,
	['a'] = HEX | 10, ['b'] = HEX | 11, ['c'] = HEX | 12,
	['d'] = HEX | 13, ['e'] = HEX | 14, ['f'] = HEX | 15,
	['A'] = HEX | 10, ['B'] = HEX | 11, ['C'] = HEX | 12,
	['D'] = HEX | 13, ['E'] = HEX | 14, ['F'] = HEX | 15,
};
/* clang-format on */

#define EACH(byte) (0x0101010101010101ull * (byte))

/* Which of eight characters are one of @low .. @high?  Their high bits, if all
 * are ASCII: with that bit set, nothing that is taken from one borrows of the
 * next. */
static uint64_t are_within(uint64_t text, unsigned char low, unsigned char high)
{
	return ((text | EACH(0x80)) - EACH(low)) & (EACH(0x80u | high) - text) &
	       EACH(0x80);
}

/* Eight hexadecimal digits at once: each takes 4 bits, then pairs go
 * together.  False: they are not all digits. */
static bool eight_hex(const char *at, uint64_t *value)
{
	uint64_t text, letters, v;

	memcpy(&text, at, sizeof(text));
	if (text & EACH(0x80))
		return false;
	letters = are_within(text | EACH(0x20), 'a', 'f');
	if ((letters | are_within(text, '0', '9')) != EACH(0x80))
		return false;
	v = be64toh((text & EACH(0x0f)) + (letters >> 7) * 9);
	v = (v | v >> 4) & 0x00ff00ff00ff00ff;
	v = (v | v >> 8) & 0x0000ffff0000ffff;
	*value = (v | v >> 16) & 0xffffffff;
	return true;
}

static enum number_end scan_hex(const char **text, const char *end,
				uint64_t *value)
{
	const char *at = *text;
	uint64_t v = 0, eight;

	for (; end - at >= 8 && !(v >> 32) && eight_hex(at, &eight); at += 8)
		v = v << 32 | eight;
	for (; at < end; at++) {
		unsigned digit = hex_digits[(unsigned char)*at];

		if (!(digit & HEX))
			break;
		if (v >> 60)
			return NUMBER_LARGE;
		v = v << 4 | (digit & 15);
	}
	if (at == *text)
		return NUMBER_BAD;
	*text = at;
	*value = v;
	return NUMBER_OK;
}

static enum number_end scan_decimal(const char **text, const char *end,
				    uint64_t *value)
{
	const char *at = *text;
	uint64_t v = 0;

	for (; at < end && is_digit(*at); at++) {
		unsigned digit = (unsigned)(*at - '0');

		if (v > (UINT64_MAX - digit) / 10)
			return NUMBER_LARGE;
		v = v * 10 + digit;
	}
	if (at == *text)
		return NUMBER_BAD;
	if (**text == '0' && at - *text > 1)
		return NUMBER_ZERO;
	*text = at;
	*value = v;
	return NUMBER_OK;
}

/* The number of bits that suffix @c stands for, or 0. */
static unsigned suffix_bits(char c)
{
	return c == 'K' ? 10 : c == 'M' ? 20 : c == 'G' ? 30 : 0;
}

enum number_end number_next(const char **text, const char *end, uint64_t *value)
{
	enum number_end result;
	unsigned bits;

	if (end - *text > 2 && (*text)[0] == '0' && (*text)[1] == 'x') {
		*text += 2;
		result = scan_hex(text, end, value);
	} else {
		result = scan_decimal(text, end, value);
	}
	if (result != NUMBER_OK || *text == end)
		return result;
	bits = suffix_bits(**text);
	if (!bits)
		return NUMBER_OK;
	if (*value >> (64 - bits))
		return NUMBER_LARGE;
	*value <<= bits;
	++*text;
	return NUMBER_OK;
}

enum number_end number_u64(const char *text, const char *end, uint64_t *value)
{
	enum number_end result = number_next(&text, end, value);

	return result == NUMBER_OK && text != end ? NUMBER_BAD : result;
}

enum number_end number_i64(const char *text, const char *end, int64_t *value)
{
	bool negative = text < end && *text == '-';
	enum number_end result;
	uint64_t size;

	result = number_u64(text + negative, end, &size);
	if (result != NUMBER_OK)
		return result;
	if (size > (uint64_t)INT64_MAX + negative)
		return NUMBER_LARGE;
	*value = negative ? (int64_t)(0 - size) : (int64_t)size;
	return NUMBER_OK;
}

enum number_end number_range(const char *text, const char *end,
			     struct range *value)
{
	enum number_end result = number_next(&text, end, &value->from);

	value->open = value->closed = false;
	value->to = value->from;
	if (result != NUMBER_OK || text == end)
		return result;
	if (end - text < 2 || text[0] != '.' || text[1] != '.')
		return NUMBER_BAD;
	text += 2;
	value->open = text == end;
	if (value->open)
		return NUMBER_OK;
	value->closed = true;
	result = number_u64(text, end, &value->to);
	if (result == NUMBER_OK && value->to < value->from)
		return NUMBER_BACKWARDS;
	return result;
}

void number_error(struct diags *diags, struct place place, enum number_end end,
		  const char *what, const char *text, size_t length)
{
	struct diag_quote found = diag_quote(text, length);

	if (end == NUMBER_LARGE)
		diag_error(diags, place, "'%s' does not fit 64 bits",
			   found.text);
	else if (end == NUMBER_BACKWARDS)
		diag_error(diags, place, "range '%s' ends before it starts",
			   found.text);
	else
		diag_expected(diags, place, what, text, length);
	if (end == NUMBER_ZERO)
		diag_hint(diags, "a leading zero might mean octal");
}

/* ---- decimals -------------------------------------------------------- */

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent--)
		power *= 10;
	return power;
}

enum number_end number_decimal(const char **text, const char *end,
			       struct decimal *value)
{
	const char *point, *at;
	uint64_t fraction;
	enum number_end result = scan_decimal(text, end, &value->digits);

	value->places = 0;
	if (result != NUMBER_OK)
		return result;
	point = *text;
	if (end - point < 2 || *point != '.' || !is_digit(point[1]))
		return NUMBER_OK;
	for (at = point + 1, fraction = 0; at < end && is_digit(*at); at++) {
		if (at - point > 18)
			return NUMBER_LARGE;
		fraction = fraction * 10 + (unsigned)(*at - '0');
	}
	value->places = (unsigned)(at - point - 1);
	if (value->digits >
	    (UINT64_MAX - fraction) / power_of_ten(value->places))
		return NUMBER_LARGE;
	value->digits = value->digits * power_of_ten(value->places) + fraction;
	*text = at;
	return NUMBER_OK;
}

double decimal_real(struct decimal value)
{
	return (double)value.digits / (double)power_of_ten(value.places);
}

enum number_end decimal_times(struct decimal value, uint64_t unit,
			      uint64_t *product)
{
	uint64_t divisor = power_of_ten(value.places);

	/* Units are powers of ten: take out what both have. */
	while (divisor > 1 && unit > 1) {
		divisor /= 10;
		unit /= 10;
	}
	if (value.digits % divisor)
		return NUMBER_BAD;
	value.digits /= divisor;
	if (value.digits > UINT64_MAX / unit)
		return NUMBER_LARGE;
	*product = value.digits * unit;
	return NUMBER_OK;
}

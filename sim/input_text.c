/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input_text.c - what may be in a text.
 *
 * Source: RFC 3629, "Syntax of UTF-8 Byte Sequences".
 */
#include "config.h"

#include <endian.h>
#include <string.h>

#include "sim/input.h"

/* The length of the UTF-8 sequence at @at, or 0. */
static size_t sequence(const unsigned char *at, size_t have)
{
	static const struct {
		unsigned char from, to;	 /* first byte */
		unsigned char low, high; /* second byte */
		unsigned char length;
	} rows[] = {
		{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, /* no C1 controls */
		{ 0xc3, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, /* no surrogates */
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (at[0] < rows[i].from || at[0] > rows[i].to)
			continue;
		if (have < rows[i].length || at[1] < rows[i].low ||
		    at[1] > rows[i].high)
			return 0;
		for (size_t j = 2; j < rows[i].length; j++)
			if ((at[j] & 0xc0) != 0x80)
				return 0;
		return rows[i].length;
	}
	return 0;
}

#define EACH(byte) (0x0101010101010101ull * (byte))

/* How many of the eight bytes at @text are printable ASCII before the first
 * that is not?  A byte is below n, if it is below 0x80, when taking n from it
 * borrows, and what is behind that one may be taken for anything. */
static size_t plain_bytes(const char *text)
{
	uint64_t bytes, delete;

	memcpy(&bytes, text, sizeof(bytes));
	bytes = le64toh(bytes);
	delete = bytes ^ EACH(0x7f);
	bytes = (bytes | (bytes - EACH(' ')) | (delete - EACH(1))) & EACH(0x80);
	return bytes ? (size_t)__builtin_ctzll(bytes) / 8 : 8;
}

/* The length of the character at @at, or 0 if that is none. */
static size_t character(const unsigned char *at, size_t have)
{
	if (*at == '\n')
		return 1;
	if (*at >= 0x80)
		return sequence(at, have);
	return (*at >= 0x20 && *at != 0x7f) || *at == '\t' || *at == '\r';
}

size_t input_valid(const char *text, size_t length)
{
	size_t i = 0, step;

	while (i < length) {
		if (length - i >= 8) {
			step = plain_bytes(text + i);
			i += step;
			if (step == 8)
				continue;
		}
		step = character((const unsigned char *)text + i, length - i);
		if (step == 0)
			break;
		i += step;
	}
	return i;
}

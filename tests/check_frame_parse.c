/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_frame_parse.c - captured frames: where headers end, and addresses. */
#include "config.h"

#include <string.h>

#include "tests/check_frames.h"
#include "tests/suite.h"

static const struct headers_row {
	const char *claim;
	struct shape shape;
	uint32_t headers, length;
	bool tcp;
} headers_rows[] = {
	{ "TCP over IPv4", { .payload = 100 }, 54, 154, true },
	{ "TCP with options",
	  { .options = 12, .payload = 100 },
	  66,
	  166,
	  true },
	{ "TCP over IPv6", { .ipv6 = true, .payload = 100 }, 74, 174, true },
	{ "a VLAN tag", { .vlan = true, .payload = 1 }, 58, 59, true },
	{ "UDP", { .udp = true, .payload = 5 }, 42, 47, false },
	{ "padding is no payload",
	  { .payload = 1, .padding = 5 },
	  54,
	  55,
	  true },
	{ "the first fragment is no stream",
	  { .fragment = 0x2000, .payload = 50 },
	  34,
	  104,
	  false },
	{ "nor is a later one",
	  { .fragment = 100, .payload = 50 },
	  34,
	  104,
	  false },
};

START_TEST(headers_are_what_comes_before_the_payload)
{
	const struct headers_row *row = &headers_rows[_i];
	uint8_t bytes[2000];
	uint32_t length = build(bytes, &row->shape);
	struct frame frame;

	ck_assert(frame_parse(&frame, LINK_ETHERNET, bytes, length, length));
	ck_assert_msg(frame.headers == row->headers, "%s: %u", row->claim,
		      frame.headers);
	ck_assert_msg(frame.length == row->length, "%s: %u", row->claim,
		      frame.length);
	ck_assert_int_eq(frame.tcp, row->tcp);
}
END_TEST

/* What a capture cut is not looked at: run with ASan. */
START_TEST(frame_cut_anywhere_is_no_longer_than_it_was)
{
	const struct headers_row *row = &headers_rows[_i];
	uint8_t bytes[2000];
	uint32_t length = build(bytes, &row->shape);
	struct frame frame;

	for (uint32_t captured = 0; captured <= length; captured++) {
		uint8_t *cut = malloc(captured ? captured : 1);

		memcpy(cut, bytes, captured);
		ck_assert_int_eq(frame_parse(&frame, LINK_ETHERNET, cut,
					     captured, length),
				 captured >= 14);
		if (captured >= 14)
			ck_assert_uint_le(frame.headers, frame.length);
		free(cut);
	}
}
END_TEST

static const struct address_row {
	const char *text;
	int length;
} address_rows[] = {
	{ "10.0.0.2", 4 },
	{ "fd00::2", 16 },
	{ "52:54:00:12:34:56", 6 },
	{ "52:54:00:12:34", 0 },
	{ "52:54:00:12:34:56:", 0 },
	{ "10.0.0", 0 },
	{ "guest", 0 },
	{ "", 0 },
};

START_TEST(address_is_of_ethernet_or_ip)
{
	const struct address_row *row = &address_rows[_i];
	struct address address;
	bool good = address_parse(row->text, &address);

	ck_assert_msg(good == (row->length > 0), "'%s'", row->text);
	if (good)
		ck_assert_int_eq(address.length, row->length);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, headers_are_what_comes_before_the_payload, 0,
			    ROWS(headers_rows));
	tcase_add_loop_test(tc, frame_cut_anywhere_is_no_longer_than_it_was, 0,
			    ROWS(headers_rows));
	tcase_add_loop_test(tc, address_is_of_ethernet_or_ip, 0,
			    ROWS(address_rows));
}

int main(void)
{
	return run_suite("frame_parse", add);
}

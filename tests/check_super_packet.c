/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_super_packet.c - captured frames: headers, segments in one piece
 * again, and the slots that they took. */
#include "config.h"

#include <string.h>

#include "tests/suite.h"
#include "workloads/super_packet.h"

/* ---- frames --------------------------------------------------------- */

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

struct shape {
	bool vlan, ipv6, udp;
	unsigned options;  /* bytes of TCP options */
	unsigned fragment; /* IPv4's word */
	unsigned payload, padding;
	uint32_t sequence;
	bool push;
};

/* The bytes of such a frame, and how many. */
static uint32_t build(uint8_t *to, const struct shape *shape)
{
	uint8_t *at = to + 12;
	unsigned transport = shape->udp ? 8 : 20 + shape->options;

	memset(to, 0, 2000);
	to[5] = 1;
	to[11] = 2;
	if (shape->vlan) {
		put16(at, 0x8100);
		at += 4;
	}
	put16(at, shape->ipv6 ? 0x86dd : 0x0800);
	at += 2;
	if (shape->ipv6) {
		at[0] = 0x60;
		put16(at + 4, transport + shape->payload);
		at[6] = shape->udp ? 17 : 6;
		at[23] = 2;
		at[39] = 1;
		at += 40;
	} else {
		at[0] = 0x45;
		put16(at + 2, 20 + transport + shape->payload);
		put16(at + 6, shape->fragment);
		at[9] = shape->udp ? 17 : 6;
		at[15] = 2;
		at[19] = 1;
		at += 20;
	}
	put16(at, 80);
	put16(at + 2, 5000);
	if (!shape->udp) {
		put32(at + 4, shape->sequence);
		at[12] = (uint8_t)((20 + shape->options) / 4 << 4);
		at[13] = shape->push ? 0x08 : 0;
	}
	return (uint32_t)(at - to) + transport + shape->payload +
	       shape->padding;
}

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

/* ---- segments ------------------------------------------------------- */

#define MSS 1448

static void parse(struct frame *frame, struct shape shape)
{
	uint8_t bytes[2000];
	uint32_t length = build(bytes, &shape);

	ck_assert(frame_parse(frame, LINK_ETHERNET, bytes, length, length));
}

static const struct segment_row {
	const char *claim;
	struct shape first, next;
	uint64_t later; /* ns */
	bool joins;
} segment_rows[] = {
	{ "the next of the same size",
	  { .payload = MSS },
	  { .payload = MSS, .sequence = MSS },
	  10,
	  true },
	{ "a shorter last one",
	  { .payload = MSS },
	  { .payload = 3, .sequence = MSS },
	  10,
	  true },
	{ "a longer one",
	  { .payload = MSS },
	  { .payload = MSS + 1, .sequence = MSS },
	  10,
	  false },
	{ "one after a hole",
	  { .payload = MSS },
	  { .payload = MSS, .sequence = MSS + 1 },
	  10,
	  false },
	{ "a retransmission",
	  { .payload = MSS },
	  { .payload = MSS, .sequence = 0 },
	  10,
	  false },
	{ "one with other options",
	  { .payload = MSS },
	  { .payload = MSS, .sequence = MSS, .options = 4 },
	  10,
	  false },
	{ "one after a push",
	  { .payload = MSS, .push = true },
	  { .payload = MSS, .sequence = MSS },
	  10,
	  false },
	{ "one of another protocol",
	  { .payload = MSS },
	  { .payload = MSS, .udp = true },
	  10,
	  false },
	{ "an acknowledgement",
	  { .payload = MSS },
	  { .sequence = MSS },
	  10,
	  false },
	{ "one too late",
	  { .payload = MSS },
	  { .payload = MSS, .sequence = MSS },
	  1001,
	  false },
	{ "one at the last moment",
	  { .payload = MSS },
	  { .payload = MSS, .sequence = MSS },
	  1000,
	  true },
	{ "sequence numbers that wrap",
	  { .payload = MSS, .sequence = UINT32_MAX - 7 },
	  { .payload = MSS, .sequence = MSS - 8 },
	  10,
	  true },
};

START_TEST(segment_joins_what_it_continues)
{
	const struct segment_row *row = &segment_rows[_i];
	struct super_packet packet;
	struct frame frame;
	bool joins;

	parse(&frame, row->first);
	super_packet_start(&packet, &frame, 5);
	parse(&frame, row->next);
	joins = super_packet_add(&packet, &frame, 5 + row->later, 1000);
	ck_assert_msg(joins == row->joins, "%s", row->claim);
}
END_TEST

START_TEST(packet_of_segments_is_no_longer_than_ip_allows)
{
	struct super_packet packet;
	struct frame frame;
	unsigned count = 1;

	parse(&frame, (struct shape){ .payload = MSS });
	super_packet_start(&packet, &frame, 0);
	do
		parse(&frame, (struct shape){ .payload = MSS,
					      .sequence = count++ * MSS });
	while (super_packet_add(&packet, &frame, 0, 0));
	ck_assert_uint_eq(packet.segments, (65535 - 54) / MSS);
}
END_TEST

/* ---- slots ---------------------------------------------------------- */

static const struct slots_row {
	const char *claim;
	struct shape shape;
	uint32_t more; /* payload of further segments */
	unsigned sender;
	uint64_t offset;
	unsigned count;
	uint16_t first, second, last;
} slots_rows[] = {
	{ "linux: headers alone",
	  { .payload = 100 },
	  0,
	  SENDER_HEADER_SLOT,
	  0,
	  2,
	  54,
	  100,
	  100 },
	{ "windows: packed",
	  { .payload = 100 },
	  0,
	  SENDER_PACKED,
	  0,
	  1,
	  154,
	  0,
	  154 },
	{ "UDP is packed",
	  { .udp = true, .payload = 100 },
	  0,
	  SENDER_HEADER_SLOT,
	  0,
	  1,
	  142,
	  0,
	  142 },
	{ "nothing but headers",
	  { .payload = 0 },
	  0,
	  SENDER_HEADER_SLOT,
	  0,
	  1,
	  54,
	  0,
	  54 },
	{ "pages of payload",
	  { .payload = 1000 },
	  7192,
	  SENDER_HEADER_SLOT,
	  0,
	  3,
	  54,
	  4096,
	  4096 },
	{ "payload in the middle of a page",
	  { .payload = 1000 },
	  7192,
	  SENDER_HEADER_SLOT,
	  96,
	  4,
	  54,
	  4000,
	  96 },
	{ "17 slots of payload",
	  { .payload = 1000 },
	  64000,
	  SENDER_HEADER_SLOT,
	  4095,
	  18,
	  54,
	  1,
	  3559 },
};

START_TEST(packet_takes_the_slots_that_its_sender_fills)
{
	const struct slots_row *row = &slots_rows[_i];
	struct capture_options options = { .sender = row->sender,
					   .offset = row->offset };
	struct super_packet packet;
	uint16_t size[SLOTS_MAX];
	struct frame frame;
	unsigned count;

	parse(&frame, row->shape);
	super_packet_start(&packet, &frame, 0);
	packet.payload += row->more;
	count = super_packet_slots(&packet, &options, size);
	ck_assert_msg(count == row->count, "%s: %u", row->claim, count);
	ck_assert_msg(size[0] == row->first, "%s: first %u", row->claim,
		      size[0]);
	if (row->second)
		ck_assert_uint_eq(size[1], row->second);
	ck_assert_msg(size[count - 1] == row->last, "%s: last %u", row->claim,
		      size[count - 1]);
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
	tcase_add_loop_test(tc, segment_joins_what_it_continues, 0,
			    ROWS(segment_rows));
	tcase_add_test(tc, packet_of_segments_is_no_longer_than_ip_allows);
	tcase_add_loop_test(tc, packet_takes_the_slots_that_its_sender_fills, 0,
			    ROWS(slots_rows));
}

int main(void)
{
	return run_suite("super_packet", add);
}

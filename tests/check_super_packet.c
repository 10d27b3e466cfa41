/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_super_packet.c - captured frames: segments in one piece again, and the
 * slots that they took.
 */
#include "config.h"

#include "tests/check_frames.h"
#include "tests/suite.h"

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

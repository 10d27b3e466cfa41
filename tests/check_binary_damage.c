/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_binary_damage.c - binary traces that were damaged, or that nobody would
 * write. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/binary.h"
#include "tests/binary_file.h"
#include "tests/suite.h"

/* What is read of a file that differs in a byte is the same, or refused. */
START_TEST(any_byte_that_changes_is_noticed)
{
	static const unsigned char masks[] = { 0x01, 0x80, 0xff };
	struct made made = binary_of(binary_lines);
	struct story whole = binary_story(made.bytes, made.length);

	for (size_t i = 0; i < 3 * made.length; i++) {
		char *byte = &made.bytes[i / 3];
		struct story now;

		*byte = (char)(*byte ^ masks[i % 3]);
		now = binary_story(made.bytes, made.length);
		*byte = (char)(*byte ^ masks[i % 3]);
		ck_assert_msg(now.diags.count ||
				      strcmp(now.text, whole.text) == 0,
			      "byte %zu", i / 3);
		ck_assert_msg(now.diags.count, "byte %zu is no matter", i / 3);
		free(now.text);
	}
	free(whole.text);
	free(made.bytes);
}
END_TEST

START_TEST(file_that_was_cut_is_noticed)
{
	struct made made = binary_of(binary_lines);

	for (size_t i = 1; i < made.length; i++) {
		struct story now = binary_story(made.bytes, i);

		if (i >= BINARY_MAGIC_LENGTH)
			ck_wrong(&now, "the file ends too early");
		ck_assert_uint_ge(now.diags.count, 1);
		free(now.text);
	}
	free(made.bytes);
}
END_TEST

START_TEST(damage_is_told_with_its_block_and_byte)
{
	struct made made = binary_of(binary_lines);
	size_t at = binary_offset_of(&made, 1);
	struct story now;
	char where[80];

	made.bytes[at + BINARY_FRAME + 7] ^= 1;
	now = binary_story(made.bytes, made.length);
	snprintf(where, sizeof(where),
		 "block 1, from byte %zu: its checksum does not match", at);
	ck_wrong(&now, where);
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(block_that_is_missing_is_noticed)
{
	struct made made = binary_of(binary_lines);
	size_t from = binary_offset_of(&made, 1),
	       to = binary_offset_of(&made, 2);
	struct story now;

	memmove(made.bytes + from, made.bytes + to, made.length - to);
	now = binary_story(made.bytes, made.length - (to - from));
	ck_wrong(&now, "a block is missing before it");
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(what_follows_the_end_is_noticed)
{
	struct made made = binary_of(binary_lines);
	char *more = calloc(1, made.length + 1);
	struct story now;

	memcpy(more, made.bytes, made.length);
	now = binary_story(more, made.length + 1);
	ck_wrong(&now, "there is more behind the end of the trace");
	free(now.text);
	free(more);
	free(made.bytes);
}
END_TEST

/* Bytes of the head and the tail, and of frames with the right checksum. */
static const struct {
	size_t block; /* of the frame; 9: the head; 8: the tail */
	size_t at;
	unsigned char byte;
	const char *what;
} wrong_bytes[] = {
	{ 9, 8, 2, "a version of the binary format that is not known" },
	{ 9, 15, 1, "the head of the file is damaged" },
	{ 8, 0, 1, "the tail of the file names another offset" },
	{ 8, 15, 'd', "the tail of the file is damaged" },
	{ 1, BINARY_AT_KIND, 'x', "a kind of block that is not known" },
	{ 1, BINARY_AT_UNPACKED, 3, "its bytes cannot be unpacked" },
	{ 1, BINARY_AT_UNPACKED + 3, 0xff, "larger than a block can be" },
	{ 1, BINARY_AT_PACKED + 3, 0xff, "larger than a block can be" },
	{ 1, BINARY_AT_EVENTS, 1, "its tokens are damaged" },
	{ 0, BINARY_AT_KIND, 'e', "a kind of block that is not known" },
	{ 2, BINARY_AT_NUMBER, 3, "a block is missing before it" },
};

START_TEST(wrong_byte_says_what_is_wrong)
{
	struct made made = binary_of(binary_lines);
	unsigned char *bytes = (unsigned char *)made.bytes, *frame;
	size_t block = wrong_bytes[_i].block;
	struct story now;

	if (block == 9)
		bytes[wrong_bytes[_i].at] = wrong_bytes[_i].byte;
	if (block == 8)
		bytes[made.length - BINARY_TAIL + wrong_bytes[_i].at] =
			wrong_bytes[_i].byte;
	if (block < 8) {
		frame = bytes + binary_offset_of(&made, (unsigned)block);
		size_t packed = binary_get32(frame + BINARY_AT_PACKED);

		frame[wrong_bytes[_i].at] = wrong_bytes[_i].byte;
		binary_put32(frame + BINARY_AT_CRC,
			     binary_crc(frame, frame + BINARY_FRAME, packed));
	}
	now = binary_story(made.bytes, made.length);
	ck_wrong(&now, wrong_bytes[_i].what);
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(index_of_another_file_is_noticed)
{
	struct made made = binary_of(binary_lines);
	struct binary_writer *writer;
	struct made other;
	struct story now;
	size_t from, to;
	FILE *stream;

	writer = binary_begin(&other, &stream);
	binary_finish(writer, stream);
	from = binary_offset_of(&other, 1);
	to = binary_offset_of(&made, 2);
	/* the other's has one block, and the right number of its own */
	binary_put32((unsigned char *)other.bytes + from + BINARY_AT_NUMBER, 2);
	binary_put32(
		(unsigned char *)other.bytes + from + BINARY_AT_CRC,
		binary_crc((unsigned char *)other.bytes + from,
			   (unsigned char *)other.bytes + from + BINARY_FRAME,
			   other.length - BINARY_TAIL - from - BINARY_FRAME));
	memcpy(made.bytes + to, other.bytes + from, other.length - from);
	now = binary_story(made.bytes, to + other.length - from);
	ck_wrong(&now, "the index is not that of the blocks before");
	free(now.text);
	free(made.bytes);
	free(other.bytes);
}
END_TEST

/* ---- blocks that nobody would write -------------------------------------- */

#define BYTES(text) text, sizeof(text) - 1
#define READ "\17read cpu=0 at=#\0\1" /* pattern of one value of one byte */
static const struct {
	const char *data;
	size_t length;
	uint32_t events;
	const char *what; /* NULL: it is all right */
} raw[] = {
	{ BYTES("\1" READ "\1\0\12"), 1, NULL },
	{ BYTES(""), 1, "its patterns are damaged" },
	{ BYTES("\377\377\377\377\17"), 1, "its patterns are damaged" },
	{ BYTES("\1\177re"), 1, "its patterns are damaged" },
	{ BYTES("\1\17read cpu=0 at=#"), 1, "its patterns are damaged" },
	{ BYTES("\1\17read cpu=0 at=#\100\1\1\0\12"), 1,
	  "its patterns are damaged" },
	{ BYTES("\1\17read cpu=0\nat=#\0\1\1\0\12"), 1,
	  "its patterns are damaged" },
	{ BYTES("\1\21#################"), 1, "its patterns are damaged" },
	{ BYTES("\1" READ), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\2\0"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\1\12"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\200\12"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\0\12"), 2, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\0\12"), 0, "its tokens are damaged" },
	{ BYTES("\1" READ "\2\0\1\12"), 1, "its tokens are damaged" },
	{ BYTES("\1\6copy ;\1\0"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\0"), 1, "its values are damaged" },
	{ BYTES("\1" READ "\1\0\12\12"), 1, "its values are damaged" },
	{ BYTES("\1" READ "\1\0\200"), 1, "its values are damaged" },
	{ BYTES("\1" READ "\2\0\0\12"), 2, "its values are damaged" },
	{ BYTES("\1\17read cpu=0 at=#\0\13\1\0\377\377\377\377\377\377\377\377"
		"\377\377\1"),
	  1, "its values are damaged" },
};

START_TEST(block_that_makes_no_sense_says_so)
{
	struct made made = binary_of_raw(raw[_i].data, raw[_i].length,
					 raw[_i].events);
	struct story now = binary_story(made.bytes, made.length);

	if (raw[_i].what) {
		ck_wrong(&now, raw[_i].what);
		ck_assert_uint_eq(now.diags.diag[0].line, 0);
	} else {
		ck_assert_uint_eq(now.diags.count, 0);
		ck_assert_str_eq(now.text, "1: read cpu=0 at=0x5 count=1\n");
	}
	free(now.text);
	free(made.bytes);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, any_byte_that_changes_is_noticed);
	tcase_add_test(tc, file_that_was_cut_is_noticed);
	tcase_add_test(tc, damage_is_told_with_its_block_and_byte);
	tcase_add_test(tc, block_that_is_missing_is_noticed);
	tcase_add_test(tc, what_follows_the_end_is_noticed);
	tcase_add_loop_test(tc, wrong_byte_says_what_is_wrong, 0,
			    COUNT(wrong_bytes));
	tcase_add_test(tc, index_of_another_file_is_noticed);
	tcase_add_loop_test(tc, block_that_makes_no_sense_says_so, 0,
			    COUNT(raw));
}

int main(void)
{
	return run_suite("binary_damage", add);
}

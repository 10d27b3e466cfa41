/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_frame.c - one block out of a binary trace: see binary.h.
 *
 * Nothing of a block is believed before its checksum was found right, but its
 * length, which is bounded.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "sim/binary_frame.h"

/* What compressBound() makes of the largest block, and more. */
#define PACKED_MAX (BINARY_BYTES_MAX + (BINARY_BYTES_MAX >> 8) + 64)

static int bad(struct frame *frame, const char *problem)
{
	frame->problem = problem;
	return -EBADMSG;
}

/* @length bytes of the file, not taken; NULL if it ends before. */
static const unsigned char *look(struct frames *frames, size_t length, int *rc)
{
	const char *bytes;
	long got = input_look(frames->input, length, &bytes);

	*rc = got < 0 ? (int)got : 0;
	return got == (long)length ? (const unsigned char *)bytes : NULL;
}

static void take(struct frames *frames, size_t length)
{
	input_skip(frames->input, length);
	frames->offset += length;
}

static int ends_early(struct frames *frames, struct frame *frame, int rc)
{
	if (rc == -EBADMSG)
		return bad(frame, input_problem(frames->input));
	return rc < 0 ? rc : bad(frame, "the file ends too early");
}

const char *frames_start(struct frames *frames, int *error)
{
	static const unsigned char zeros[BINARY_HEAD] = { 0 };
	const unsigned char *head = look(frames, BINARY_HEAD, error);

	if (!head)
		return "the file ends too early";
	if (head[BINARY_MAGIC_LENGTH] != BINARY_VERSION)
		return "a version of the binary format that is not known";
	if (memcmp(head + BINARY_MAGIC_LENGTH + 1, zeros,
		   BINARY_HEAD - BINARY_MAGIC_LENGTH - 1) != 0)
		return "the head of the file is damaged";
	take(frames, BINARY_HEAD);
	return NULL;
}

/* ---- unpacking ----------------------------------------------------------- */

int frame_unpack(struct frame *frame, const unsigned char *packed,
		 size_t length)
{
	uLongf got = frame->block.length;
	uLong used = length;
	int rc;

	if (frame->block.length > BINARY_BYTES_MAX ||
	    frame->block.events > BINARY_EVENTS_MAX)
		return bad(frame, "larger than a block can be");
	if (frame->room < frame->block.length + 1) {
		free(frame->unpacked);
		frame->room = frame->block.length + 1;
		frame->unpacked = malloc(frame->room);
	}
	if (!frame->unpacked) {
		frame->room = 0;
		return -ENOMEM;
	}
	rc = uncompress2(frame->unpacked, &got, packed, &used);
	if (rc == Z_MEM_ERROR)
		return -ENOMEM;
	if (rc != Z_OK || got != frame->block.length || used != length)
		return bad(frame, "its bytes cannot be unpacked");
	frame->unpacked[got] = '\0';
	frame->block.bytes = frame->unpacked;
	return 0;
}

/* ---- the end of the file ------------------------------------------------- */

void frames_note(struct frames *frames, uint64_t bytes, uint32_t events)
{
	unsigned char row[2 * BINARY_VARINT_MAX];
	size_t length = binary_put_varint(row, bytes);

	length += binary_put_varint(row + length, events);
	frames->index_crc = (uint32_t)crc32(frames->index_crc, row,
					    (unsigned)length);
	frames->blocks++;
	frames->events += events;
}

static int check_index(const struct frames *frames, struct frame *frame)
{
	const unsigned char *at = frame->block.bytes;
	const unsigned char *end = at + frame->block.length;
	uint64_t blocks;

	if (!binary_get_varint(&at, end, &blocks) || blocks != frames->blocks ||
	    crc32_z(0, at, (size_t)(end - at)) != frames->index_crc)
		return bad(frame, "the index is not that of the blocks before");
	return 0;
}

/* The tail, which names the offset of the index, and nothing behind it. */
static int check_tail(struct frames *frames, struct frame *frame)
{
	const unsigned char *tail;
	int rc;

	frame->block.number++;
	frame->block.offset = frames->offset;
	tail = look(frames, BINARY_TAIL, &rc);
	if (!tail)
		return ends_early(frames, frame, rc);
	if (memcmp(tail + 8, BINARY_END_MAGIC, BINARY_MAGIC_LENGTH) != 0)
		return bad(frame, "the tail of the file is damaged");
	take(frames, BINARY_TAIL);
	if (look(frames, 1, &rc))
		return bad(frame, "there is more behind the end of the trace");
	return rc < 0 ? ends_early(frames, frame, rc) : 0;
}

static int end_file(struct frames *frames, struct frame *frame, uint64_t offset)
{
	const unsigned char *tail;
	int rc = check_index(frames, frame);

	if (rc < 0)
		return rc;
	tail = look(frames, BINARY_TAIL, &rc);
	if (tail && binary_get64(tail) != offset)
		return bad(frame, "the tail of the file names another offset");
	return check_tail(frames, frame);
}

/* ---- a block ------------------------------------------------------------- */

static bool find_kind(const unsigned char *frame, enum binary_kind *kind)
{
	unsigned i;

	for (i = 0; i < BINARY_KINDS; i++)
		if (memcmp(frame, binary_kinds[i], 4) == 0)
			break;
	*kind = (enum binary_kind)i;
	return i < BINARY_KINDS;
}

int frame_check(struct frame *frame, const unsigned char *at, size_t packed)
{
	struct binary_block *block = &frame->block;

	if (binary_get32(at + BINARY_AT_CRC) !=
	    binary_crc(at, at + BINARY_FRAME, packed))
		return bad(frame, "its checksum does not match");
	if (!find_kind(at, &block->kind))
		return bad(frame, "a kind of block that is not known");
	block->events = binary_get32(at + BINARY_AT_EVENTS);
	block->length = binary_get32(at + BINARY_AT_UNPACKED);
	return 0;
}

/* @at has all of the block, of which @packed bytes are packed. */
static int read_whole(struct frames *frames, struct frame *frame,
		      const unsigned char *at, size_t packed)
{
	struct binary_block *block = &frame->block;
	int rc = frame_check(frame, at, packed);

	if (rc < 0)
		return rc;
	if (binary_get32(at + BINARY_AT_NUMBER) != block->number)
		return bad(frame, "a block is missing before it");
	rc = frame_unpack(frame, at + BINARY_FRAME, packed);
	if (rc < 0)
		return rc;
	take(frames, BINARY_FRAME + packed);
	if (block->kind == BINARY_INDEX)
		return end_file(frames, frame, block->offset);
	frames_note(frames, BINARY_FRAME + packed, block->events);
	return 1;
}

static int read_block(struct frames *frames, struct frame *frame)
{
	const unsigned char *at;
	size_t packed;
	int rc;

	frame->block.number = frames->blocks;
	frame->block.before = frames->events;
	frame->block.offset = frames->offset;
	at = look(frames, BINARY_FRAME, &rc);
	if (!at)
		return ends_early(frames, frame, rc);
	packed = binary_get32(at + BINARY_AT_PACKED);
	if (packed > PACKED_MAX)
		return bad(frame, "larger than a block can be");
	at = look(frames, BINARY_FRAME + packed, &rc);
	if (!at)
		return ends_early(frames, frame, rc);
	return read_whole(frames, frame, at, packed);
}

void frames_next(struct frames *frames, struct frame *frame)
{
	frame->ret = read_block(frames, frame);
	frame->position = input_position(frames->input, &frame->total);
}

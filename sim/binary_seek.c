/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_seek.c - pass over blocks of a binary trace, as its index tells.
 *
 *   head  block 0  block 1  block 2 ...  index { 0: bytes events, 1: ... } tail
 *         header                           ^                                |
 *                                          `--------------------------------'
 *
 * Only of a file that can be read anywhere.  What the index says of blocks that
 * were passed over is what the end is compared with, as if they had been read.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/binary_frame.h"

/* Rows of the index, read from the first. */
struct rows {
	const unsigned char *at, *end;
	uint64_t left;
};

/* The offset of the index, which ends before the tail; 0: there is none. */
static uint64_t find_index(const struct frames *frames, uint64_t size)
{
	unsigned char tail[BINARY_TAIL];
	uint64_t offset;

	if (size < BINARY_TAIL ||
	    !input_read_at(frames->input, size - BINARY_TAIL, tail,
			   BINARY_TAIL) ||
	    memcmp(tail + 8, BINARY_END_MAGIC, BINARY_MAGIC_LENGTH) != 0)
		return 0;
	offset = binary_get64(tail);
	return offset <= size - BINARY_TAIL &&
			       size - BINARY_TAIL - offset >= BINARY_FRAME
		       ? offset
		       : 0;
}

/* Unpack the index, @block, all @length bytes of it. */
static bool unpack_index(struct frame *index, const unsigned char *block,
			 size_t length)
{
	size_t packed = length - BINARY_FRAME;

	return binary_get32(block + BINARY_AT_PACKED) == packed &&
	       frame_check(index, block, packed) == 0 &&
	       index->block.kind == BINARY_INDEX &&
	       frame_unpack(index, block + BINARY_FRAME, packed) == 0;
}

static bool read_index(const struct frames *frames, struct frame *index)
{
	uint64_t size = input_plain_size(frames->input);
	uint64_t offset = find_index(frames, size);
	size_t length = offset ? (size_t)(size - BINARY_TAIL - offset) : 0;
	unsigned char *block;
	bool done;

	if (!offset || length > BINARY_BYTES_MAX)
		return false;
	block = malloc(length);
	done = block && input_read_at(frames->input, offset, block, length) &&
	       unpack_index(index, block, length);
	free(block);
	return done;
}

static bool next_row(struct rows *rows, uint64_t *bytes, uint64_t *events)
{
	if (!rows->left)
		return false;
	rows->left--;
	return binary_get_varint(&rows->at, rows->end, bytes) &&
	       binary_get_varint(&rows->at, rows->end, events) &&
	       *events <= BINARY_EVENTS_MAX;
}

/* Over rows of blocks that were read, then of those without the event. */
static void pass_rows(struct frames *frames, struct rows *rows, uint64_t event)
{
	uint64_t bytes, events;

	for (uint32_t i = 0; i < frames->blocks; i++)
		if (!next_row(rows, &bytes, &events))
			return;
	while (next_row(rows, &bytes, &events) &&
	       frames->events + events < event) {
		frames_note(frames, bytes, (uint32_t)events);
		frames->offset += bytes;
	}
}

void frames_pass_over(struct frames *frames, uint64_t event)
{
	struct frame index = { .ret = 0 };
	struct frames ahead = *frames;
	struct rows rows;

	if (read_index(frames, &index)) {
		rows.at = index.block.bytes;
		rows.end = rows.at + index.block.length;
		if (binary_get_varint(&rows.at, rows.end, &rows.left))
			pass_rows(&ahead, &rows, event);
		if (input_seek(frames->input, ahead.offset))
			*frames = ahead;
	}
	free(index.unpacked);
}

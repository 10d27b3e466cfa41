/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary_frame.h - one block out of the file.  Private to binary_read.c. */
#ifndef SIM_BINARY_FRAME_H
#define SIM_BINARY_FRAME_H

#include "sim/binary_read.h"

/* The file, as far as it was read. */
struct frames {
	struct input *input;
	uint64_t offset;		/* of the next byte */
	uint32_t blocks;		/* so far, and their events */
	uint64_t events;
	uint32_t index_crc;		/* of what the index must say of them */
};

/* What became of reading a block. */
struct frame {
	struct binary_block block;
	int ret;			/* as of binary_next_block() */
	const char *problem;		/* of -EBADMSG */
	uint64_t position, total;	/* of the input, for progress */
	unsigned char *unpacked;
	size_t room;			/* of that */
};

/* The head of the file.  NULL, or what is wrong. */
const char *frames_start(struct frames *frames, int *error);
/* Read the next block into @frame. */
void frames_next(struct frames *frames, struct frame *frame);

/* A block went by, with its frame so many @bytes. */
void frames_note(struct frames *frames, uint64_t bytes, uint32_t events);
/* Is the block at @at, of which @packed bytes are packed, as it was written?
 * Then @frame has what it says of itself: 0 or -EBADMSG. */
int frame_check(struct frame *frame, const unsigned char *at, size_t packed);
/* Unpack @length bytes at @packed into @frame, whose block says how many they
 * are then: 0, -EBADMSG or -ENOMEM. */
int frame_unpack(struct frame *frame, const unsigned char *packed,
		 size_t length);

/* ---- binary_seek.c ------------------------------------------------------- */

/* Pass over blocks, up to the one with event number @event, from 1.  Without
 * an index nothing changes: what is wrong with it, reading will tell. */
void frames_pass_over(struct frames *frames, uint64_t event);

#endif /* SIM_BINARY_FRAME_H */

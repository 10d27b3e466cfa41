/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary.h - the binary trace, version 1: a file of blocks.
 *
 *   head    89 "TLBT" 0d 0a 1a, version, 7 zero bytes
 *   block   kind[4] crc[4] packed[4] unpacked[4] events[4] number[4], then
 *           as many bytes as `packed` says, a stream of zlib
 *   ...     "text": YAML, the first one has the header of the trace
 *           "evnt": events
 *   index   "indx": how many blocks, then the bytes and events of each
 *   tail    offset of the index[8] 1a "TLBTEND"
 *
 * Numbers are little-endian.  The CRC is that of zlib, of all of the block but
 * itself.  A reader that cannot seek does without the index: it only compares
 * it, at the end, with what it has read.
 *
 * Events are their lines (see tlbsim-trace(5)), taken apart:
 *
 *   read cpu=0 at=0x5000       pattern 0  "read cpu=0 at=#"   5000  1000
 *   read cpu=0 at=0x6000       tokens     0 0
 *
 *   unpacked "evnt" block      count of patterns
 *                              { length, text, { shift, bytes } of each '#' }
 *                              bytes of the tokens
 *                              tokens, then the values of each '#', in order
 *
 * A token is a pattern's number.  A pattern "copy ; length=#" is a further
 * operation of the event before it.  A value is the zigzag difference to the
 * one before it in the same place, after both were shifted right.  All of
 * these are LEB128, 7 bits in a byte, the lowest first; a shift is a byte.
 */
#ifndef SIM_BINARY_H
#define SIM_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BINARY_MAGIC "\x89TLBT\r\n\x1a"
#define BINARY_END_MAGIC "\x1aTLBTEND"
#define BINARY_MAGIC_LENGTH 8
#define BINARY_VERSION 1
#define BINARY_HEAD 16
#define BINARY_FRAME 24
#define BINARY_TAIL 16
/* Events of a block, at most, and its bytes. */
#define BINARY_EVENTS_MAX (1u << 16)
#define BINARY_BYTES_MAX (64u << 20)
/* Patterns of a block: each event may have its own, and those of an event with
 * many operations theirs. */
#define BINARY_PATTERNS_MAX (1u << 21)

enum binary_kind { BINARY_TEXT, BINARY_EVENTS, BINARY_INDEX, BINARY_KINDS };
extern const char binary_kinds[BINARY_KINDS][5];

/* Where the parts of a block's frame are. */
enum binary_at {
	BINARY_AT_KIND = 0, BINARY_AT_CRC = 4, BINARY_AT_PACKED = 8,
	BINARY_AT_UNPACKED = 12, BINARY_AT_EVENTS = 16, BINARY_AT_NUMBER = 20,
};

/* The checksum of a block: its frame, which has one, and what follows. */
uint32_t binary_crc(const unsigned char *frame, const unsigned char *packed,
		    size_t length);

static inline void binary_put32(unsigned char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> 8 * i);
}

static inline void binary_put64(unsigned char *to, uint64_t value)
{
	binary_put32(to, (uint32_t)value);
	binary_put32(to + 4, (uint32_t)(value >> 32));
}

static inline uint32_t binary_get32(const unsigned char *from)
{
	return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
	       (uint32_t)from[3] << 24;
}

static inline uint64_t binary_get64(const unsigned char *from)
{
	return binary_get32(from) | (uint64_t)binary_get32(from + 4) << 32;
}

#define BINARY_VARINT_MAX 10

/* Write @value, in up to BINARY_VARINT_MAX bytes; how many. */
static inline size_t binary_put_varint(unsigned char *to, uint64_t value)
{
	size_t used = 0;

	for (; value > 0x7f; value >>= 7)
		to[used++] = (unsigned char)(value | 0x80);
	to[used++] = (unsigned char)value;
	return used;
}

/* Read a number of any length at *@at and move on; false: none that ends
 * before @end and fits 64 bits. */
bool binary_get_long(const unsigned char **at, const unsigned char *end,
		     uint64_t *value);

/* The same for one that is of two or three bytes most often. */
static inline bool binary_get_more(const unsigned char **at,
				   const unsigned char *end, uint64_t *value)
{
	const unsigned char *from = *at;
	uint64_t sum;

	if (end - from < 3)
		return binary_get_long(at, end, value);
	sum = (from[0] & 0x7fu) | (from[1] & 0x7fu) << 7;
	if (from[1] > 0x7f) {
		if (from[2] > 0x7f)
			return binary_get_long(at, end, value);
		sum |= (uint64_t)from[2] << 14;
		from++;
	}
	*value = sum;
	*at = from + 2;
	return true;
}

/* The same; most numbers are of one byte. */
static inline bool binary_get_varint(const unsigned char **at,
				     const unsigned char *end, uint64_t *value)
{
	const unsigned char *from = *at;

	if (from == end || *from > 0x7f)
		return binary_get_more(at, end, value);
	*value = *from;
	*at = from + 1;
	return true;
}

/* Small numbers for small differences, whichever their sign. */
static inline uint64_t binary_zigzag(uint64_t difference)
{
	return difference << 1 ^ (0 - (difference >> 63));
}

static inline uint64_t binary_unzigzag(uint64_t code)
{
	return code >> 1 ^ (0 - (code & 1));
}

#endif /* SIM_BINARY_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary.c - what the writer and the reader of binary traces share. */
#include "config.h"

#define ZLIB_CONST
#include <zlib.h>

#include "sim/binary.h"

const char binary_kinds[BINARY_KINDS][5] = {
	[BINARY_TEXT] = "text",
	[BINARY_EVENTS] = "evnt",
	[BINARY_INDEX] = "indx",
};

uint32_t binary_crc(const unsigned char *frame, const unsigned char *packed,
		    size_t length)
{
	uLong crc = crc32(0, frame, BINARY_AT_CRC);

	crc = crc32(crc, frame + BINARY_AT_PACKED,
		    BINARY_FRAME - BINARY_AT_PACKED);
	return (uint32_t)crc32_z(crc, packed, length);
}

bool binary_get_long(const unsigned char **at, const unsigned char *end,
		     uint64_t *value)
{
	uint64_t sum = 0, part;

	for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
		part = *(*at)++;
		if (shift == 63 && part > 1)
			return false;
		sum |= (part & 0x7f) << shift;
		if (part <= 0x7f) {
			*value = sum;
			return true;
		}
	}
	return false;
}

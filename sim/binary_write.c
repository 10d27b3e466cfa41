/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_write.c - the blocks of a binary trace: see binary.h.
 *
 *   lines -> pack -> deflate -> frame -> file
 *   YAML ------------^                `-> index, at the end
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "sim/binary.h"
#include "sim/binary_pack.h"
#include "sim/binary_write.h"

struct binary_writer {
	FILE *to;
	uint64_t offset; /* of the next byte */
	uint32_t blocks; /* so far */
	struct pack pack;
	struct bytes plain, packed, index;
};

int binary_writer_create(struct binary_writer **result, FILE *to)
{
	struct binary_writer *writer = calloc(1, sizeof(*writer));
	unsigned char head[BINARY_HEAD] = BINARY_MAGIC;

	if (!writer || pack_init(&writer->pack) < 0) {
		free(writer);
		return -ENOMEM;
	}
	head[BINARY_MAGIC_LENGTH] = BINARY_VERSION;
	writer->to = to;
	writer->offset = sizeof(head);
	fwrite(head, 1, sizeof(head), to);
	*result = writer;
	return 0;
}

void binary_writer_destroy(struct binary_writer *writer)
{
	pack_free(&writer->pack);
	bytes_free(&writer->plain);
	bytes_free(&writer->packed);
	bytes_free(&writer->index);
	free(writer);
}

/* What @data packs into, in writer->packed. */
static int pack_bytes(struct binary_writer *writer, const void *data,
		      size_t length)
{
	uLongf room = compressBound(length);
	struct bytes *packed = &writer->packed;
	unsigned char *bigger;

	if (room > packed->room) {
		bigger = realloc(packed->data, room);
		if (!bigger)
			return -ENOMEM;
		packed->data = bigger;
		packed->room = room;
	}
	if (compress2(packed->data, &room, data, length,
		      Z_DEFAULT_COMPRESSION) != Z_OK)
		return -ENOMEM;
	packed->length = room;
	return 0;
}

int binary_write_block(struct binary_writer *writer, enum binary_kind kind,
		       const void *data, size_t length, uint32_t events)
{
	unsigned char frame[BINARY_FRAME];
	struct bytes *packed = &writer->packed;
	int rc;

	if (length > BINARY_BYTES_MAX)
		return -EFBIG;
	rc = pack_bytes(writer, data, length);
	if (rc < 0)
		return rc;
	memcpy(frame + BINARY_AT_KIND, binary_kinds[kind], 4);
	binary_put32(frame + BINARY_AT_PACKED, (uint32_t)packed->length);
	binary_put32(frame + BINARY_AT_UNPACKED, (uint32_t)length);
	binary_put32(frame + BINARY_AT_EVENTS, events);
	binary_put32(frame + BINARY_AT_NUMBER, writer->blocks++);
	binary_put32(frame + BINARY_AT_CRC,
		     binary_crc(frame, packed->data, packed->length));
	fwrite(frame, 1, sizeof(frame), writer->to);
	fwrite(packed->data, 1, packed->length, writer->to);
	bytes_add_varint(&writer->index, sizeof(frame) + packed->length);
	bytes_add_varint(&writer->index, events);
	writer->offset += sizeof(frame) + packed->length;
	return writer->index.failed ? -ENOMEM : 0;
}

static int write_events(struct binary_writer *writer)
{
	uint32_t events = writer->pack.events;
	int rc;

	if (events == 0)
		return 0;
	rc = pack_take(&writer->pack, &writer->plain);
	if (rc < 0)
		return rc;
	return binary_write_block(writer, BINARY_EVENTS, writer->plain.data,
				  writer->plain.length, events);
}

int binary_write_text(struct binary_writer *writer, const char *text,
		      size_t length)
{
	int rc = write_events(writer);

	return rc < 0 ? rc
		      : binary_write_block(writer, BINARY_TEXT, text, length,
					   0);
}

int binary_write_line(struct binary_writer *writer, enum event_kind kind,
		      const char *line, size_t length)
{
	int rc = pack_add(&writer->pack, kind, line, length);

	if (rc < 0 || !pack_is_full(&writer->pack))
		return rc;
	return write_events(writer);
}

int binary_write_end(struct binary_writer *writer)
{
	unsigned char tail[BINARY_TAIL];
	struct bytes *plain = &writer->plain;
	int rc = write_events(writer);

	if (rc < 0)
		return rc;
	plain->length = 0;
	bytes_add_varint(plain, writer->blocks);
	bytes_add(plain, writer->index.data, writer->index.length);
	if (plain->failed)
		return -ENOMEM;
	binary_put64(tail, writer->offset);
	memcpy(tail + 8, BINARY_END_MAGIC, BINARY_MAGIC_LENGTH);
	rc = binary_write_block(writer, BINARY_INDEX, plain->data,
				plain->length, 0);
	fwrite(tail, 1, sizeof(tail), writer->to);
	return rc;
}

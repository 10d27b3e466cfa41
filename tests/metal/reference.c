/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reference.c - read what a machine sent by its serial port.
 *
 *   [header][result]...[result][observation]...[trailer]
 */
#include "config.h"

#include "tests/metal/reference.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole of @file in new memory. */
static int read_file(const char *file, char **bytes, size_t *size)
{
	FILE *in = fopen(file, "rb");
	long end = -1;

	if (!in)
		return -errno;
	if (!fseek(in, 0, SEEK_END))
		end = ftell(in);
	*bytes = end >= 0 ? malloc(end + 1) : NULL;
	if (!*bytes) {
		fclose(in);
		return end < 0 ? -EIO : -ENOMEM;
	}
	rewind(in);
	*size = fread(*bytes, 1, end, in);
	fclose(in);
	return 0;
}

static bool is_whole(const struct reference *r,
		     const struct metal_trailer *trailer)
{
	uint64_t sum = METAL_SUM;

	if (memcmp(trailer->magic, METAL_END, sizeof(trailer->magic)) ||
	    trailer->cases > r->received ||
	    trailer->cases + trailer->observations != r->received)
		return false;
	for (uint64_t i = 0; i < r->received; i++)
		sum = metal_sum(sum, &r->result[i]);
	return sum == trailer->sum;
}

static int take_results(struct reference *r, const char *bytes, size_t size)
{
	struct metal_trailer trailer = { 0 };
	size_t room = size;

	if (size >= sizeof(trailer)) {
		room = size - sizeof(trailer);
		memcpy(&trailer, bytes + room, sizeof(trailer));
	}
	r->received = room / sizeof(*r->result);
	r->result = malloc(room + 1);
	if (!r->result)
		return -ENOMEM;
	memcpy(r->result, bytes, r->received * sizeof(*r->result));
	if (!is_whole(r, &trailer))
		return -EPROTO;
	r->cases = trailer.cases;
	r->observations = trailer.observations;
	return 0;
}

int reference_read(struct reference *reference, const char *name,
		   const char *file)
{
	struct metal_header *header = &reference->header;
	size_t size = 0;
	char *bytes = NULL;
	int err = read_file(file, &bytes, &size);

	*reference = (struct reference){ .name = name };
	if (err)
		return err;
	err = -EPROTO;
	if (size >= sizeof(*header)) {
		memcpy(header, bytes, sizeof(*header));
		if (!memcmp(header->magic, METAL_MAGIC, sizeof(header->magic)))
			err = take_results(reference, bytes + sizeof(*header),
					   size - sizeof(*header));
	}
	free(bytes);
	return err;
}

void reference_free(struct reference *reference)
{
	free(reference->result);
	reference->result = NULL;
}

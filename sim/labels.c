/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labels.c - names to numbers, and a bit for each element that is bound.
 *
 *   slot[hash of the text] -> name[number]{ text, length, bits }
 *
 * Invariants, checked by labels_check():
 *  (1) slots hold numbers + 1, 0 is free; never more than half are used.
 *  (2) bits at and above length are clear.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/labels.h"

/* Of all bits together, bytes. */
#define BITS_MAX (64u << 20)

struct labels *labels_create(void)
{
	return calloc(1, sizeof(struct labels));
}

static void labels_check(const struct labels *labels)
{
#ifdef ENABLE_CHECKS
	size_t used = 0;

	for (size_t i = 0; i < labels->nr_slots; i++) {
		assert(labels->slot[i] <= labels->count);
		used += labels->slot[i] != 0;
	}
	assert(used * 2 <= labels->nr_slots); /* (1) */
	for (size_t i = 0; i < labels->count; i++) {
		const struct label_name *name = &labels->name[i];

		for (uint64_t b = name->length; b < name->room * 64ull; b++)
			assert(!(name->bits[b / 64] >> b % 64 & 1)); /* (2) */
	}
#else
	(void)labels;
#endif
}

void labels_destroy(struct labels *labels)
{
	if (!labels)
		return;
	labels_check(labels);
	for (size_t i = 0; i < labels->count; i++) {
		free(labels->name[i].text);
		free(labels->name[i].bits);
	}
	free(labels->name);
	free(labels->slot);
	free(labels);
}

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *text, size_t length)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3ull;
	return h ^ h >> 32;
}

/* The slot that has @text, or the free one where it belongs. */
static uint32_t *find_slot(const struct labels *labels, const char *text,
			   size_t length)
{
	size_t mask = labels->nr_slots - 1;
	size_t i = hash(text, length) & mask;

	for (;; i = (i + 1) & mask) {
		uint32_t number = labels->slot[i];
		const char *known;

		if (number == 0)
			return &labels->slot[i];
		known = labels->name[number - 1].text;
		if (strlen(known) == length && memcmp(known, text, length) == 0)
			return &labels->slot[i];
	}
}

static int grow_slots(struct labels *labels)
{
	size_t wanted = labels->nr_slots ? labels->nr_slots * 2 : 64;
	uint32_t *slot = calloc(wanted, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	free(labels->slot);
	labels->slot = slot;
	labels->nr_slots = wanted;
	for (size_t i = 0; i < labels->count; i++) {
		const char *text = labels->name[i].text;

		if (text)
			*find_slot(labels, text, strlen(text)) = (uint32_t)i +
								 1;
	}
	return 0;
}

int32_t labels_reserve(struct labels *labels)
{
	size_t wanted = labels->room ? labels->room * 2 : 32;
	struct label_name *name;

	if (labels->count == labels->room) {
		if (wanted > INT32_MAX)
			return -ENOMEM;
		name = realloc(labels->name, wanted * sizeof(*name));
		if (!name)
			return -ENOMEM;
		labels->name = name;
		labels->room = wanted;
	}
	labels->name[labels->count] = (struct label_name){ 0 };
	return (int32_t)labels->count++;
}

int32_t labels_intern(struct labels *labels, const char *text, size_t length)
{
	uint32_t *slot;
	int32_t number;

	if (labels->count * 2 >= labels->nr_slots && grow_slots(labels) < 0)
		return -ENOMEM;
	slot = find_slot(labels, text, length);
	if (*slot)
		return (int32_t)*slot - 1;
	number = labels_reserve(labels);
	if (number < 0)
		return number;
	labels->name[number].text = strndup(text, length);
	if (!labels->name[number].text)
		return -ENOMEM;
	*slot = (uint32_t)number + 1;
	return number;
}

const char *labels_text(const struct labels *labels, int32_t number)
{
	return labels->name[number].text;
}

static int grow_bits(struct labels *labels, struct label_name *name,
		     size_t words)
{
	size_t wanted = name->room ? name->room : 1;
	uint64_t *bits;

	while (wanted < words)
		wanted *= 2;
	if (labels->bytes + (wanted - name->room) * 8 > BITS_MAX)
		return -E2BIG;
	bits = realloc(name->bits, wanted * 8);
	if (!bits)
		return -ENOMEM;
	memset(bits + name->room, 0, (wanted - name->room) * 8);
	labels->bytes += (wanted - name->room) * 8;
	name->bits = bits;
	name->room = (uint32_t)wanted;
	return 0;
}

int labels_bind(struct labels *labels, int32_t number, uint32_t from,
		size_t count, bool anew)
{
	struct label_name *name = &labels->name[number];
	size_t end = from + count;
	int ret;

	if (end > (size_t)name->room * 64) {
		ret = grow_bits(labels, name, (end + 63) / 64);
		if (ret < 0)
			return ret;
	}
	if (anew) {
		memset(name->bits, 0, (name->length + 63) / 64 * 8);
		name->length = 0;
	}
	for (size_t i = from; i < end; i++)
		name->bits[i / 64] |= 1ull << i % 64;
	if (end > name->length)
		name->length = (uint32_t)end;
	return 0;
}

uint32_t labels_length(const struct labels *labels, int32_t number)
{
	return labels->name[number].length;
}

int64_t labels_unbound(const struct labels *labels, int32_t number,
		       uint32_t from, uint32_t to)
{
	for (uint64_t i = from; i <= to; i++)
		if (!labels_is_bound(labels, number, (uint32_t)i))
			return (int64_t)i;
	return -1;
}

void labels_names(const struct labels *labels, const char **names, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < labels->count && used + 1 < room; i++)
		if (labels->name[i].text && labels->name[i].length)
			names[used++] = labels->name[i].text;
	names[used] = NULL;
}

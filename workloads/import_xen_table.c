/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_table.c - open addressing with linear probing.
 *
 *   slot:  [taken | a | b | value]   home = mix(a, b) mod slots
 *
 * Invariants, checked by xen_table_check():
 *  (1) At least a quarter of the slots is free, so every probe ends.
 *  (2) Between an entry's home and its slot no slot is free: dropping one
 *      moves later ones of the run back.
 */
#include "config.h"

#include "workloads/import_xen_table.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct key {
	uint64_t taken, a, b;
};

static size_t slot_size(const struct xen_table *table)
{
	return sizeof(struct key) + (table->value_size + 7) / 8 * 8;
}

static struct key *key_at(const struct xen_table *table, size_t i)
{
	return (struct key *)(void *)(table->slot + i * slot_size(table));
}

static size_t home(const struct xen_table *table, uint64_t a, uint64_t b)
{
	uint64_t h = (a * 0x9e3779b97f4a7c15u) ^ (b * 0xc2b2ae3d27d4eb4fu);

	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9u;
	h ^= h >> 32;
	return (size_t)h & (table->slots - 1);
}

/* The slot of (a, b), or the free one where it would be. */
static size_t probe(const struct xen_table *table, uint64_t a, uint64_t b)
{
	size_t i = home(table, a, b);

	for (;;) {
		const struct key *key = key_at(table, i);

		if (!key->taken || (key->a == a && key->b == b))
			return i;
		i = (i + 1) & (table->slots - 1);
	}
}

void *xen_table_get(const struct xen_table *table, uint64_t a, uint64_t b)
{
	struct key *key;

	if (!table->slots)
		return NULL;
	key = key_at(table, probe(table, a, b));
	return key->taken ? key + 1 : NULL;
}

static bool grow(struct xen_table *table)
{
	struct xen_table bigger = *table;

	bigger.slots = table->slots ? table->slots * 2 : 64;
	bigger.slot = calloc(bigger.slots, slot_size(table));
	if (!bigger.slot)
		return false;
	for (size_t i = 0; i < table->slots; i++) {
		const struct key *key = key_at(table, i);

		if (key->taken)
			memcpy(key_at(&bigger, probe(&bigger, key->a, key->b)),
			       key, slot_size(table));
	}
	free(table->slot);
	*table = bigger;
	return true;
}

void *xen_table_put(struct xen_table *table, uint64_t a, uint64_t b)
{
	struct key *key;

	assert(table->value_size);
	if (table->used >= table->slots / 4 * 3 && !grow(table))
		return NULL;
	key = key_at(table, probe(table, a, b));
	if (!key->taken) {
		*key = (struct key){ .taken = 1, .a = a, .b = b };
		memset(key + 1, 0, slot_size(table) - sizeof(*key));
		table->used++;
	}
	return key + 1;
}

void xen_table_drop(struct xen_table *table, uint64_t a, uint64_t b)
{
	size_t mask = table->slots - 1, hole, i;

	if (!table->slots)
		return;
	hole = probe(table, a, b);
	if (!key_at(table, hole)->taken)
		return;
	table->used--;
	/* (2) */
	for (i = (hole + 1) & mask; key_at(table, i)->taken;
	     i = (i + 1) & mask) {
		const struct key *key = key_at(table, i);
		size_t wanted = home(table, key->a, key->b);

		if (((i - wanted) & mask) < ((i - hole) & mask))
			continue;
		memcpy(key_at(table, hole), key, slot_size(table));
		hole = i;
	}
	key_at(table, hole)->taken = 0;
}

static void xen_table_check(const struct xen_table *table)
{
#ifdef ENABLE_CHECKS
	size_t used = 0;

	for (size_t i = 0; i < table->slots; i++) {
		const struct key *key = key_at(table, i);

		used += key->taken;
		assert(!key->taken ||
		       probe(table, key->a, key->b) == i); /* (2) */
	}
	assert(used == table->used && used * 4 <= table->slots * 3); /* (1) */
#else
	(void)table;
#endif
}

void xen_table_free(struct xen_table *table)
{
	xen_table_check(table);
	free(table->slot);
	*table = (struct xen_table){ .value_size = table->value_size };
}

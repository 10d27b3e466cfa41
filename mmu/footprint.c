/* SPDX-License-Identifier: GPL-2.0-or-later */
/* footprint.c - where cached translations may be looked for. */
#include "config.h"

#include "mmu/footprint.h"

#include <errno.h>

#include "mmu/sparse.h"

/* A bit for each 8 bytes; memory is whole frames. */
#define USED_BYTES(memory) ((memory) / 64)
#define FRAME_BYTES(memory) ((memory) / 4096 * sizeof(struct footprint))
#define TABLE_BYTES(memory) ((memory) / 4096 * sizeof(uint64_t))

int footprints_init(struct footprints *all, uint64_t memory)
{
	all->memory = memory;
	all->large = 0;
	all->used = sparse_map(USED_BYTES(memory));
	all->of_table = sparse_map(FRAME_BYTES(memory));
	all->of_frame = sparse_map(FRAME_BYTES(memory));
	all->of_tables = sparse_map(TABLE_BYTES(memory));
	if (all->used && all->of_table && all->of_frame && all->of_tables)
		return 0;
	footprints_fini(all);
	return -ENOMEM;
}

void footprints_fini(struct footprints *all)
{
	sparse_unmap(all->used, USED_BYTES(all->memory));
	sparse_unmap(all->of_table, FRAME_BYTES(all->memory));
	sparse_unmap(all->of_frame, FRAME_BYTES(all->memory));
	sparse_unmap(all->of_tables, TABLE_BYTES(all->memory));
}

#define WORDS 8 /* of @used for one table */

static bool is_unused(const struct footprints *all, paddr_t entry)
{
	const uint64_t *used = &all->used[entry / 4096 * WORDS];
	uint64_t any = 0;

	for (unsigned i = 0; i < WORDS; i++)
		any |= used[i];
	return !any;
}

void footprint_share(struct footprints *all, paddr_t entry, uint64_t cpu,
		     uint64_t region)
{
	struct footprint *table = &all->of_table[entry / 4096];

	if (is_unused(all, entry)) {
		*table = (struct footprint){ cpu, region };
		return;
	}
	table->cpus |= cpu;
	if (table->place != region)
		table->place = SEVERAL_PLACES;
}

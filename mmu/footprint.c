/* SPDX-License-Identifier: GPL-2.0-or-later */
/* footprint.c - where cached translations may be looked for. */
#include "config.h"

#include "mmu/footprint.h"

#include <errno.h>

#include "mmu/sparse.h"

/* A bit for each 8 bytes; memory is whole frames. */
#define USED_BYTES(memory) ((memory) / 64)
#define TABLE_BYTES(memory) ((memory) / 4096 * sizeof(struct footprint))
#define WORD_BYTES(memory) ((memory) / 4096 * sizeof(uint64_t))

int footprints_init(struct footprints *all, struct sparse_maps *maps,
		    uint64_t memory, uint64_t sparse)
{
	const uint64_t dense = memory - sparse;

	all->maps = maps;
	all->memory = memory;
	all->large = 0;
	all->used = sparse_map_for(maps, dense, USED_BYTES(memory));
	all->of_table = sparse_map_for(maps, dense, TABLE_BYTES(memory));
	all->of_frame = sparse_map_for(maps, dense, WORD_BYTES(memory));
	all->of_tables = sparse_map_for(maps, dense, WORD_BYTES(memory));
	if (all->used && all->of_table && all->of_frame && all->of_tables)
		return 0;
	footprints_fini(all);
	return -ENOMEM;
}

void footprints_fini(struct footprints *all)
{
	sparse_unmap(all->maps, all->used, USED_BYTES(all->memory));
	sparse_unmap(all->maps, all->of_table, TABLE_BYTES(all->memory));
	sparse_unmap(all->maps, all->of_frame, WORD_BYTES(all->memory));
	sparse_unmap(all->maps, all->of_tables, WORD_BYTES(all->memory));
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

/* ---- of a frame ---------------------------------------------------------- */

/* TAG_VALID of mmu/tlb.h: all places have it. */
#define VALID (1ull << 63)

struct footprint footprint_of_frame(const struct footprints *all, paddr_t frame)
{
	struct footprint print = { .place = SEVERAL_PLACES };
	uint64_t word;

	if (frame >= all->memory)
		return print;
	word = all->of_frame[frame / 4096];
	for (unsigned cpu = 0; cpu < MMU_MAX_CPUS; cpu += FRAME_NR_CPUS)
		print.cpus |= (word & FRAME_CPUS) << cpu;
	if (!(word & FRAME_SEVERAL))
		print.place = VALID | (word & FRAME_PAGE);
	return print;
}

struct footprint footprint_take_frame(const struct footprints *all,
				      paddr_t frame)
{
	struct footprint print = footprint_of_frame(all, frame);

	if (print.cpus)
		all->of_frame[frame / 4096] = 0;
	return print;
}

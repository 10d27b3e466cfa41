/* SPDX-License-Identifier: GPL-2.0-or-later */
/* footprint.c - where cached translations may be looked for. */
#include "config.h"

#include "mmu/footprint.h"

#include <errno.h>

#include "mmu/sparse.h"

#define ENTRY_BYTES(memory) ((memory) / 8 * sizeof(struct footprint))
#define FRAME_BYTES(memory) ((memory) / 4096 * sizeof(struct footprint))
#define TABLE_BYTES(memory) ((memory) / 4096 * sizeof(uint64_t))

int footprints_init(struct footprints *all, uint64_t memory)
{
	all->memory = memory;
	all->large = 0;
	all->of_entry = sparse_map(ENTRY_BYTES(memory));
	all->of_frame = sparse_map(FRAME_BYTES(memory));
	all->of_tables = sparse_map(TABLE_BYTES(memory));
	if (all->of_entry && all->of_frame && all->of_tables)
		return 0;
	footprints_fini(all);
	return -ENOMEM;
}

void footprints_fini(struct footprints *all)
{
	sparse_unmap(all->of_entry, ENTRY_BYTES(all->memory));
	sparse_unmap(all->of_frame, FRAME_BYTES(all->memory));
	sparse_unmap(all->of_tables, TABLE_BYTES(all->memory));
}

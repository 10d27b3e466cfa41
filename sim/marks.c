/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.c - a byte for each page-table entry. */
#include "mmu/sparse.h"
#include "sim/marks.h"

struct marks *marks_create(struct sparse_maps *maps)
{
	return sparse_map(maps, sizeof(struct marks));
}

void marks_destroy(struct sparse_maps *maps, struct marks *marks)
{
	sparse_unmap(maps, marks, sizeof(*marks));
}

void marks_touch(struct marks *marks, paddr_t entry)
{
	uint8_t *mark = marks_at(marks, entry);

	if (*mark == MARK_GRANT)
		*mark = MARK_TOUCHED;
}

bool marks_is_grant(struct marks *marks, paddr_t entry)
{
	return *marks_at(marks, entry) != MARK_NONE;
}

bool marks_is_touched(struct marks *marks, paddr_t entry)
{
	return *marks_at(marks, entry) == MARK_TOUCHED;
}

void marks_move(struct marks *marks, paddr_t from, paddr_t to)
{
	*marks_at(marks, to) = *marks_at(marks, from);
	marks_clear(marks, from);
}

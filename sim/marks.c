/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.c - two bits for each page-table entry. */
#include "mmu/sparse.h"
#include "sim/marks.h"

struct marks *marks_create(struct sparse_maps *maps)
{
	return sparse_map(maps, FRAMES_OWN * sizeof(struct marks));
}

void marks_destroy(struct sparse_maps *maps, struct marks *marks)
{
	sparse_unmap(maps, marks, FRAMES_OWN * sizeof(*marks));
}

void marks_touch(struct marks *marks, paddr_t entry)
{
	struct marks *m = marks_of(marks, entry);

	m->touched[marks_word(entry)] |= m->granted[marks_word(entry)] &
					 marks_bit(entry);
}

bool marks_is_grant(struct marks *marks, paddr_t entry)
{
	return marks_of(marks, entry)->granted[marks_word(entry)] &
	       marks_bit(entry);
}

bool marks_is_touched(struct marks *marks, paddr_t entry)
{
	return marks_of(marks, entry)->touched[marks_word(entry)] &
	       marks_bit(entry);
}

void marks_move(struct marks *marks, paddr_t from, paddr_t to)
{
	bool granted = marks_is_grant(marks, from);
	bool touched = marks_clear(marks, from);

	marks_clear(marks, to);
	if (granted)
		marks_grant(marks, to);
	if (touched)
		marks_touch(marks, to);
}

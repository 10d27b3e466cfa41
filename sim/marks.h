/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * marks.h - which page-table entries map a grant, and was it accessed?
 *
 * A byte for each entry, beside the table and out of everyone's reach: a
 * policy may map with A set, and a guest may clear A.
 */
#ifndef SIM_MARKS_H
#define SIM_MARKS_H

#include <assert.h>

#include "mmu/mmu.h"
#include "sim/frame.h"

enum mark {
	MARK_NONE,    /* maps no grant */
	MARK_GRANT,   /* maps one that was not accessed */
	MARK_TOUCHED, /* maps one that was */
};

struct marks {
	uint8_t of[FRAMES_OWN * (FRAME_BYTES / 8)]; /* enum mark */
};

/* NULL if out of memory.  The host gives memory only for what is used. */
struct marks *marks_create(struct sparse_maps *maps);
void marks_destroy(struct sparse_maps *maps, struct marks *marks);

/* Where the mark of an entry is. */
static inline uint8_t *marks_at(struct marks *marks, paddr_t entry)
{
	assert(entry / 8 < sizeof(marks->of));
	return &marks->of[entry / 8];
}

/* A grant was mapped through @entry, not accessed yet. */
static inline void marks_grant(struct marks *marks, paddr_t entry)
{
	*marks_at(marks, entry) = MARK_GRANT;
}
/* @entry does not map a grant any more; was it accessed meanwhile? */
static inline bool marks_clear(struct marks *marks, paddr_t entry)
{
	uint8_t *mark = marks_at(marks, entry);
	bool touched = *mark == MARK_TOUCHED;

	*mark = MARK_NONE;
	return touched;
}
/* Somebody used @entry; remembered if it maps a grant. */
void marks_touch(struct marks *marks, paddr_t entry);
bool marks_is_grant(struct marks *marks, paddr_t entry);
bool marks_is_touched(struct marks *marks, paddr_t entry);
/* The mapping, as it is, moved. */
void marks_move(struct marks *marks, paddr_t from, paddr_t to);

#endif /* SIM_MARKS_H */

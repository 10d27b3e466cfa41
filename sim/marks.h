/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * marks.h - which page-table entries map a grant, and was it accessed?
 *
 * Two bits for each entry, beside the table and out of everyone's reach: a
 * policy may map with A set, and a guest may clear A.
 */
#ifndef SIM_MARKS_H
#define SIM_MARKS_H

#include <assert.h>

#include "mmu/mmu.h"
#include "sim/frame.h"

/* Of one table frame. */
struct marks {
	uint64_t granted[FRAME_BYTES / 8 / 64];
	uint64_t touched[FRAME_BYTES / 8 / 64];
};

/* NULL if out of memory.  The host gives memory only for what is used. */
struct marks *marks_create(struct sparse_maps *maps);
void marks_destroy(struct sparse_maps *maps, struct marks *marks);

/* Where the bits of an entry are. */
static inline struct marks *marks_of(struct marks *marks, paddr_t entry)
{
	assert(entry / FRAME_BYTES < FRAMES_OWN);
	return &marks[entry / FRAME_BYTES];
}
static inline unsigned marks_word(paddr_t entry)
{
	return entry % FRAME_BYTES / 8 / 64;
}
static inline uint64_t marks_bit(paddr_t entry)
{
	return UINT64_C(1) << entry / 8 % 64;
}

/* A grant was mapped through @entry, not accessed yet. */
static inline void marks_grant(struct marks *marks, paddr_t entry)
{
	struct marks *m = marks_of(marks, entry);

	m->granted[marks_word(entry)] |= marks_bit(entry);
	m->touched[marks_word(entry)] &= ~marks_bit(entry);
}
/* @entry does not map a grant any more; was it accessed meanwhile? */
static inline bool marks_clear(struct marks *marks, paddr_t entry)
{
	struct marks *m = marks_of(marks, entry);
	bool touched = m->touched[marks_word(entry)] & marks_bit(entry);

	m->granted[marks_word(entry)] &= ~marks_bit(entry);
	m->touched[marks_word(entry)] &= ~marks_bit(entry);
	return touched;
}
/* Somebody used @entry; remembered if it maps a grant. */
void marks_touch(struct marks *marks, paddr_t entry);
bool marks_is_grant(struct marks *marks, paddr_t entry);
bool marks_is_touched(struct marks *marks, paddr_t entry);
/* The mapping, as it is, moved. */
void marks_move(struct marks *marks, paddr_t from, paddr_t to);

#endif /* SIM_MARKS_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * marks.h - which page-table entries map a grant, and was it accessed?
 *
 * Two bits for each entry, beside the table and out of everyone's reach: a
 * policy may map with A set, and a guest may clear A.
 */
#ifndef SIM_MARKS_H
#define SIM_MARKS_H

#include "mmu/mmu.h"

struct marks;

/* NULL if out of memory.  The host gives memory only for what is used. */
struct marks *marks_create(void);
void marks_destroy(struct marks *marks);

/* A grant was mapped through @entry, not accessed yet. */
void marks_grant(struct marks *marks, paddr_t entry);
/* @entry does not map a grant any more; was it accessed meanwhile? */
bool marks_clear(struct marks *marks, paddr_t entry);
/* Somebody used @entry; remembered if it maps a grant. */
void marks_touch(struct marks *marks, paddr_t entry);
bool marks_is_grant(const struct marks *marks, paddr_t entry);
bool marks_is_touched(const struct marks *marks, paddr_t entry);
/* The mapping, as it is, moved. */
void marks_move(struct marks *marks, paddr_t from, paddr_t to);

#endif /* SIM_MARKS_H */

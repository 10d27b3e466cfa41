/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - the frames of a grant table; under grant_table.lock.
 */
#ifndef GNTTAB_TABLE_H
#define GNTTAB_TABLE_H

#include "gnttab/gnttab.h"

/* Have status frames for @frames of the shared table; 0, or -ENOMEM with
 * none added. */
int table_status_add(struct cpu *cpu, struct grant_table *gt, unsigned frames);
/* Have none; 0, or -EBUSY with none removed while the guest uses one. */
int table_status_remove(struct cpu *cpu, struct grant_table *gt);

/* gnttab_grow(), for @frames below the limit. */
int table_grow(struct cpu *cpu, struct grant_table *gt, unsigned frames);

#endif /* GNTTAB_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush.h - what becomes of translations when mappings go.
 */
#ifndef GNTTAB_FLUSH_H
#define GNTTAB_FLUSH_H

#include "gnttab/gnttab.h"

/* Flush every CPU that may hold a translation of @mapper. */
void flush_mapper(struct cpu *cpu, struct grant_table *mapper);

/* The same after a batch of unmaps, if the policy cannot do without;
 * @accessed if one of them was. */
void flush_batch(struct cpu *cpu, struct grant_table *mapper, bool accessed);

#endif /* GNTTAB_FLUSH_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - the host part of a mapping, in the tables that its mapper has.
 */
#ifndef GNTTAB_HOST_H
#define GNTTAB_HOST_H

#include "gnttab/flush.h"

/* As pv_map() and pv_unmap(), in pv.h. */
int16_t host_map(struct cpu *cpu, struct grant_table *mapper,
		 struct host_mapping *m);
int16_t host_unmap(struct cpu *cpu, struct grant_table *mapper,
		   const struct host_mapping *m, uint64_t new_addr,
		   struct gnttab_batch *zapped);

#endif /* GNTTAB_HOST_H */

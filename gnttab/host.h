/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - the host part of a mapping: what its mapper's CPUs see.
 */
#ifndef GNTTAB_HOST_H
#define GNTTAB_HOST_H

#include "gnttab/flush.h"

struct host_mapping {
	uint64_t addr; /* linear; machine address of the entry with
			  GNTMAP_contains_pte; guest-physical with
			  external paging */
	mfn_t mfn;
	uint32_t flags; /* GNTMAP_* */
};

/* In the tables that @mapper has: pv.c or hvm.c. */
int16_t host_map(struct cpu *cpu, struct grant_table *mapper,
		 const struct host_mapping *m, uint64_t *note);
int16_t host_unmap(struct cpu *cpu, struct grant_table *mapper,
		   const struct host_mapping *m, uint64_t new_addr,
		   struct gnttab_zap *zap);

#endif /* GNTTAB_HOST_H */

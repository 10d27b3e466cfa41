/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv.h - the host mapping of a grant in a paravirtual guest's page tables.
 */
#ifndef GNTTAB_PV_H
#define GNTTAB_PV_H

#include "gnttab/flush.h"

/* GNTST_okay with the entry written, the reference of what was there before
 * dropped, and in @m what the policy wants to know when it is unmapped. */
int16_t pv_map(struct cpu *cpu, struct grant_table *mapper,
	       struct host_mapping *m);

/*
 * Take @m out of the page tables of @mapper.  @new_addr is 0, or the linear
 * address of a mapping that moves into its place.  On success it is added to
 * @zapped, accessed if the policy makes that of its A bit.
 */
int16_t pv_unmap(struct cpu *cpu, struct grant_table *mapper,
		 const struct host_mapping *m, uint64_t new_addr,
		 struct gnttab_batch *zapped);

#endif /* GNTTAB_PV_H */

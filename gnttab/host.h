/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - the host part of a mapping, in the tables that its mapper has.
 */
#ifndef GNTTAB_HOST_H
#define GNTTAB_HOST_H

#include "gnttab/grant_table.h"
#include "gnttab/hvm.h"
#include "gnttab/pv.h"

static inline int16_t host_map(struct cpu *cpu, struct grant_table *mapper,
			       struct host_mapping *m)
{
	return mapper->who.external ? hvm_map(cpu, mapper, m)
				    : pv_map(cpu, mapper, m);
}

static inline int16_t host_unmap(struct cpu *cpu, struct grant_table *mapper,
				 const struct host_mapping *m,
				 uint64_t new_addr,
				 struct gnttab_batch *zapped)
{
	return mapper->who.external
		       ? hvm_unmap(cpu, mapper, m, new_addr, zapped)
		       : pv_unmap(cpu, mapper, m, new_addr, zapped);
}

#endif /* GNTTAB_HOST_H */

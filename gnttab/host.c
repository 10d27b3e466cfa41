/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host.c - the host part of a mapping, by how its mapper pages. */
#include "gnttab/host.h"

#include "gnttab/grant_table.h"
#include "gnttab/hvm.h"
#include "gnttab/pv.h"

int16_t host_map(struct cpu *cpu, struct grant_table *mapper,
		 struct host_mapping *m)
{
	return mapper->who.external ? hvm_map(cpu, mapper, m)
				    : pv_map(cpu, mapper, m);
}

int16_t host_unmap(struct cpu *cpu, struct grant_table *mapper,
		   const struct host_mapping *m, uint64_t new_addr,
		   struct gnttab_batch *zapped)
{
	return mapper->who.external
		       ? hvm_unmap(cpu, mapper, m, new_addr, zapped)
		       : pv_unmap(cpu, mapper, m, new_addr, zapped);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvm.h - the host mapping of a grant in the guest-physical address space of
 * a domain with external paging (HVM, PVH).
 */
#ifndef GNTTAB_HVM_H
#define GNTTAB_HVM_H

#include "gnttab/flush.h"

/* As pv_map() and pv_unmap().  When the mapping is gone so are its
 * translations: the machine sees to that. */
int16_t hvm_map(struct cpu *cpu, struct grant_table *mapper,
		struct host_mapping *m);
int16_t hvm_unmap(struct cpu *cpu, struct grant_table *mapper,
		  const struct host_mapping *m, uint64_t new_addr,
		  struct gnttab_batch *zapped);

#endif /* GNTTAB_HVM_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvm.c - map grants where a guest has physical addresses of its own.
 *
 *   linear --- the guest's tables ---> guest-physical --- p2m ---> machine
 *                                      ^ host_addr
 *
 * The mapper names a guest frame, and the hypervisor lets it lead to the
 * granted one.  It neither sees nor needs the guest's page tables, no A bit
 * is looked at, and what translations there are goes with the p2m's own
 * flush: the flush after a batch does nothing for such a domain.
 *
 * Source: create_grant_p2m_mapping(), replace_grant_p2m_mapping(),
 * xen/arch/x86/hvm/grant_table.c; gnttab_flush_tlb(),
 * xen/common/grant_table.c, Xen master c447b7308b13.
 */
#include "gnttab/hvm.h"

#include "gnttab/grant_table.h"

static gfn_t frame_of(const struct host_mapping *m)
{
	return (gfn_t){ m->addr >> GRANT_PAGE_SHIFT };
}

static bool writable(const struct host_mapping *m)
{
	return !(m->flags & GNTMAP_readonly);
}

int16_t hvm_map(struct cpu *cpu, struct grant_table *mapper,
		struct host_mapping *m)
{
	if ((m->flags & ~(uint32_t)GNTMAP_readonly) != GNTMAP_host_map ||
	    !machine_p2m_insert(cpu, mapper->who.machine, frame_of(m), m->mfn,
				writable(m)))
		return GNTST_general_error;
	return GNTST_okay;
}

int16_t hvm_unmap(struct cpu *cpu, struct grant_table *mapper,
		  const struct host_mapping *m, uint64_t new_addr,
		  struct gnttab_batch *zapped)
{
	(void)zapped; /* no entry: there is nothing to decide */
	if (new_addr || !machine_p2m_remove(cpu, mapper->who.machine,
					    frame_of(m), m->mfn, writable(m)))
		return GNTST_general_error;
	return GNTST_okay;
}

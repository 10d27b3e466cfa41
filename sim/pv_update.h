/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv_update.h - a PV guest has the hypervisor change an L1 entry of its own.
 */
#ifndef SIM_PV_UPDATE_H
#define SIM_PV_UPDATE_H

#include "mmu/mmu.h"

struct cpu;
struct domain;

/* By which way the guest asks. */
enum pv_update {
	PV_UPDATE_NORMAL,	/* MMU_NORMAL_PT_UPDATE, update_va_mapping */
	PV_UPDATE_PRESERVE_AD,	/* MMU_PT_UPDATE_PRESERVE_AD */
	PV_UPDATE_NO_TRANSLATE, /* MMU_PT_UPDATE_NO_TRANSLATE: to a PV guest,
				   whose frames are the machine's, the first */
	PV_UPDATE_EMULATED,	/* it stores to the read-only table itself */
};

/*
 * What the guest that runs on @cpu asks for: @entry, one of its own, holding
 * @value.  False if the hypervisor refuses, and nothing has changed then.
 * Nothing is invalidated.
 */
bool pv_update(struct cpu *cpu, paddr_t entry, uint64_t value,
	       enum pv_update way);

/* The bits of @old, of an entry of @d, that stay when @value replaces it: A of
 * a grant, if the flush decision rests on its not being cleared. */
uint64_t pv_kept(const struct domain *d, uint64_t old, uint64_t value);

#endif /* SIM_PV_UPDATE_H */

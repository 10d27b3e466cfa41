/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ept.h - translation of a domain with external paging.
 */
#ifndef SIM_EPT_H
#define SIM_EPT_H

#include "mmu/mmu.h"
#include "sim/p2m.h"

struct cpu;
struct domain;

/* Something of @d is about to be accessed at guest-physical @at: have the
 * tables know of it. */
void ept_fill(struct domain *d, paddr_t at);

/* @gfn of @d leads to @entry now; @by has what was there before forgotten. */
void ept_change(struct cpu *by, struct domain *d, uint64_t gfn,
		struct p2m_entry entry);

/* machine_p2m_insert() and machine_p2m_remove(). */
bool ept_insert(struct cpu *by, struct domain *d, uint64_t gfn,
		struct p2m_entry entry);
bool ept_remove(struct cpu *by, struct domain *d, uint64_t gfn,
		struct p2m_entry entry);

/* Have CPUs forget what a change left to be forgotten. */
void ept_settle(struct cpu *by, struct domain *d);

#endif /* SIM_EPT_H */

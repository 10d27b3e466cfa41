/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_tracked.c - access tracking as for processes, taken over to grants.
 *
 *   map      the CPU that maps gets the translation loaded into its own TLB,
 *            A in memory stays clear, the handle remembers the CPU
 *   unmap    A clear    only that CPU can hold it: drop the page there
 *            A set      somebody walked to it: flush all, everything
 *
 * The idea is of "Optimizing the TLB Shootdown Algorithm with Page Access
 * Tracking" (Amit, USENIX ATC 2017).  What its abstract says: mappings that
 * are cached by one TLB or by none are detected with the help of A, up to
 * 98 % fewer invalidations on average, overheads of up to 9 % where mappings
 * are never removed.  How it loads a TLB without A being set, and that it
 * keeps the CPU beside the entry, is from memory and not checked against the
 * paper.
 *
 * It breaks the rule that the other policies stand on, "no translation is
 * cached while A is clear", on purpose and for one CPU that is known.  So the
 * load must leave no gap in which another CPU could walk unseen.  Setting A,
 * touching the page and clearing A again would: machine_tlb_load() leads this
 * CPU by tables of the hypervisor's own, and the entry is never written.
 *
 * Does it make sense for a hypervisor?  A process touches what it maps, at
 * once and mostly on one CPU: there it turns a shootdown into a local flush.
 * A backend maps pages for a device and does not touch them at all: there A
 * alone says "nobody", and this policy has made a holder where there was
 * none.  So it never avoids a flush of a mapping by linear address; what it
 * avoids is interrupts.  A page that the CPU drops from its TLB and touches
 * again, or writes to, has A set and looks shared; so a flush of everything
 * spoils what was loaded, and this one drops single pages where it may (see
 * policy_per_page.c).
 *
 * Not loaded: what is named by its entry's address, for lack of a linear one;
 * there A clear means nobody.  And what is mapped over a present entry, which
 * may have been loaded by whomever and is not flushed: that counts as shared.
 * A second hardware thread on one TLB would have to be flushed with the first.
 */
#include "gnttab/flush.h"

#include "gnttab/grant_table.h"
#include "gnttab/pv.h"

#define PTE_P 0x001ull

#define SHARED UINT64_MAX

/* The CPU that holds the mapping, its number + 1; 0: none was made to. */
static uint64_t made(struct cpu *cpu, const struct host_mapping *m,
		     maddr_t slot, uint64_t old)
{
	if (old & PTE_P)
		return SHARED;
	if (m->flags & GNTMAP_contains_pte)
		return m->note;
	machine_tlb_load(cpu, slot, m->addr);
	return machine_cpu_number(cpu) + 1;
}

/* What went away, as far as somebody was made to hold it. */
struct loaded {
	cpumask_t mask;
	unsigned n;
	uint64_t va[GNTTAB_UNMAP_BATCH];
	bool aliased; /* or perhaps not at these addresses alone */
};

/* False if it may be cached anywhere. */
static bool loaded_add(struct cpu *cpu, struct loaded *l,
		       const struct gnttab_zap *zap)
{
	if (zap->accessed || zap->note == SHARED)
		return false;
	if (!zap->note)
		return true;
	l->mask |= (cpumask_t)1 << (zap->note - 1);
	l->aliased |= !machine_l1_only_at(cpu, zap->slot, zap->va);
	l->va[l->n++] = zap->va;
	return true;
}

static bool evict(struct cpu *cpu, const struct grant_table *mapper,
		  const struct gnttab_batch *b)
{
	struct loaded l = { .n = 0 };

	for (unsigned i = 0; i < b->n; i++) {
		if (!loaded_add(cpu, &l, &b->zap[i])) {
			flush_mapper(cpu, mapper);
			return true;
		}
	}
	/* One that left the domain has dropped everything. */
	l.mask &= machine_dirty_cpus(cpu, mapper->who.machine);
	if (l.mask && l.aliased)
		machine_flush_tlb(cpu, l.mask);
	else if (l.mask)
		machine_flush_pages(cpu, l.mask, l.va, l.n);
	return l.mask;
}

const struct gnttab_policy gnttab_policy_tracked = {
	.name = "tracked",
	.summary = "loads the mapping CPU's TLB; A clear: only that one",
	.reasoning =
		"turns shootdowns into local flushes where one CPU touches "
		"a page; where none does, it flushes for nothing",
	.source = "after \"Optimizing the TLB Shootdown Algorithm with Page "
		  "Access Tracking\", Amit, USENIX ATC 2017 (abstract)",
	.contains_pte = GNTTAB_PTE_REAL,
	.update = GNTTAB_UPDATE_CMPXCHG,
	.present_counts = true,
	.clean_template = true,
	.keeps_accessed = true,
	.evict = evict,
	.made = made,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_per_cpu.c - spare CPUs that were idle as long as the mapping lived.
 *
 *             mapped                         unmapped
 *   CPU 0   ----|------------------------------|---    flushed
 *   CPU 1   ------- idle .................................  flushed: ran after
 *   CPU 2   -- idle ......................................  spared
 *           its clock <= the mapping's
 *
 * A CPU that goes idle keeps the tables of the domain it ran, and so stays in
 * the domain's dirty mask: going idle and back is often, and cheap so.  Each
 * flush interrupts it for nothing, if it has not run the domain since the
 * mapping was made.  A clock that counts how often a CPU went idle tells:
 * its value is noted with the handle before the entry is written, and with
 * each CPU when it goes idle.
 *
 * Which CPU touched a page, A does not say; so nothing is saved among CPUs
 * that run the domain.  Nor would a clock of flushes: a CPU that flushed
 * after the mapping was made may have filled again since, and between the
 * zap and the decision nobody else flushes, save another unmap in parallel.
 *
 * What this takes for granted, beyond trusted-ad: an idle CPU makes no
 * translation of a guest's address.  The hypervisor's idle loop has no such
 * access to make; but the manual lets a processor translate any address at
 * any time while the tables are loaded.  Where it does, idle CPUs have to
 * load tables of the hypervisor's own, and then they are in no dirty mask.
 * Linux spares CPUs in its lazy mode too, and flushes when they leave it.
 *
 * Sources: SDM volume 3A, "Caching Translation Information";
 * __context_switch(), xen/arch/x86/domain.c.
 */
#include "gnttab/flush.h"

#include "gnttab/grant_table.h"

#define PTE_P 0x001ull

static uint64_t note(struct cpu *cpu, const struct host_mapping *m)
{
	(void)m;
	return machine_idle_clock(cpu);
}

/* What was there before may be cached since before, and is not flushed. */
static uint64_t made(struct cpu *cpu, const struct host_mapping *m,
		     maddr_t slot, uint64_t old)
{
	(void)cpu;
	(void)slot;
	return old & PTE_P ? 0 : m->note;
}

static bool evict(struct cpu *cpu, const struct grant_table *mapper,
		  const struct gnttab_batch *b)
{
	uint64_t oldest = UINT64_MAX;

	for (unsigned i = 0; i < b->n; i++) {
		const struct gnttab_zap *zap = &b->zap[i];

		if (zap->accessed && zap->note < oldest)
			oldest = zap->note;
	}
	if (oldest == UINT64_MAX)
		return false;
	machine_flush_tlb(cpu,
			  machine_cpus_since(cpu, mapper->who.machine, oldest));
	return true;
}

const struct gnttab_policy gnttab_policy_per_cpu = {
	.name = "per-cpu",
	.summary = "spares CPUs that were idle while the mapping lived",
	.reasoning = "a CPU that has not run the domain since the mapping was "
		     "made holds nothing of it, if idle CPUs do not speculate "
		     "into guests",
	.source = "of tlbsim, after trusted-ad; __context_switch(), "
		  "xen/arch/x86/domain.c, for lazy idle CPUs",
	.contains_pte = GNTTAB_PTE_REAL,
	.update = GNTTAB_UPDATE_CMPXCHG,
	.present_counts = true,
	.clean_template = true,
	.keeps_accessed = true,
	.evict = evict,
	.note = note,
	.made = made,
};

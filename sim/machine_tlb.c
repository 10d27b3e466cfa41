/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine_tlb.c - the part of gnttab/machine.h about translation caches.
 *
 * A flush is one, whatever it drops: of everything or of single pages, on one
 * CPU or on many.
 */
#include <assert.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

/* ---- who ------------------------------------------------------------- */

unsigned machine_cpu_number(struct cpu *cpu)
{
	sim_cross(cpu, CROSS_cpu_number);
	return cpu->number;
}

cpumask_t machine_dirty_cpus(struct cpu *cpu, struct domain *d)
{
	sim_cross(cpu, CROSS_dirty_cpus);
	return d->dirty;
}

uint64_t machine_idle_clock(struct cpu *cpu)
{
	sim_cross(cpu, CROSS_idle_clock);
	return cpu->sim->idle_clock;
}

cpumask_t machine_cpus_since(struct cpu *cpu, struct domain *d, uint64_t clock)
{
	cpumask_t mask;

	sim_cross(cpu, CROSS_cpus_since);
	mask = d->dirty;
	for (cpumask_t left = mask; left; left &= left - 1) {
		unsigned number = (unsigned)__builtin_ctzll(left);
		const struct cpu *other = &cpu->sim->cpu[number];

		if (!other->running && other->idle_since <= clock)
			mask &= ~(UINT64_C(1) << number);
	}
	return mask;
}

/* CPUs that may cache what they have read before. */
static cpumask_t walking(struct sim *sim)
{
	cpumask_t mask = 0;

	for (unsigned i = 0; i < sim->header->cpus; i++) {
		sim_touch(sim, TOUCH_WALK, i, TOUCH_READ);
		if (sim->cpu[i].walking)
			mask |= UINT64_C(1) << i;
	}
	return mask;
}

cpumask_t machine_slot_holders(struct cpu *cpu, maddr_t slot, mfn_t mfn)
{
	const struct mmu *mmu = cpu->sim->mmu;
	cpumask_t mask;

	sim_cross(cpu, CROSS_slot_holders);
	sim_touch(cpu->sim, TOUCH_ENTRY, slot.n, TOUCH_READ);
	sim_touch_held(cpu->sim, mfn, TOUCH_READ);
	mask = mmu_holders_of_entry(mmu, slot.n).any;
	mask &= mmu_holders_of_frame(mmu, mfn.n * FRAME_BYTES).any;
	return mask | walking(cpu->sim);
}

/* ---- flushes --------------------------------------------------------- */

/* Count a flush of @mask before it is done; has it nothing to evict? */
static bool flush_begins(struct cpu *cpu, cpumask_t mask)
{
	bool needless = cpu->sim->checked && oracle_flush_is_false(cpu, mask);

	watch_wanted(cpu, mask);
	cpu->sim->grant_flushes++;
	sim_count(cpu->sim, COUNTER_flush_false, needless);
	return needless;
}

void machine_flush_tlb(struct cpu *cpu, cpumask_t mask)
{
	bool needless;

	sim_cross(cpu, CROSS_flush_tlb);
	needless = flush_begins(cpu, mask);
	flush_cpus(cpu, mask);
	watch_flush(cpu, mask, needless);
	sim_touch_zapped(cpu);
	oracle_flushed(cpu);
}

void machine_flush_pages(struct cpu *cpu, cpumask_t mask, const uint64_t *va,
			 unsigned n)
{
	bool needless;

	sim_cross(cpu, CROSS_flush_pages);
	needless = flush_begins(cpu, mask);
	flush_pages(cpu, mask, va, n);
	watch_flush(cpu, mask, needless);
	sim_touch_zapped(cpu);
	oracle_flushed(cpu);
}

/* ---- addresses ------------------------------------------------------- */

bool machine_l1_only_at(struct cpu *cpu, maddr_t slot, uint64_t va)
{
	const struct sim *sim = cpu->sim;
	paddr_t table, entry;

	sim_cross(cpu, CROSS_l1_only_at);
	entry = pgtab_entry_at(cpu->loaded->root, va, 4);
	for (unsigned level = 3; level; level--) {
		table = physmem_read(sim->mem, entry) & PTE_FRAME;
		if (sim->frames.frame[table / FRAME_BYTES].aliased)
			return false;
		entry = pgtab_entry_at(table, va, level);
	}
	return entry == slot.n;
}

/* The walk of a private copy of the entry, whose A is set: the one in memory
 * is left as it is.  How a machine gets there and back is not charged. */
void machine_tlb_load(struct cpu *cpu, maddr_t slot, uint64_t va)
{
	struct sim *sim = cpu->sim;
	struct mmu_result result;
	uint64_t pte;

	sim_cross(cpu, CROSS_tlb_load);
	sim_touch(sim, TOUCH_ENTRY, slot.n, TOUCH_WRITE);
	sim_touch(sim, TOUCH_TLB, cpu->number, TOUCH_WRITE);
	pte = physmem_read(sim->mem, slot.n);
	sim_count(sim, COUNTER_cycles_flush,
		  mmu_invlpg(sim->mmu, cpu->number, va));
	physmem_write(sim->mem, slot.n, pte | PTE_A);
	result = mmu_access(sim->mmu, cpu->number, va, MMU_READ, MMU_USER);
	assert(result.end != MMU_OK || result.entry == slot.n);
	(void)result;
	physmem_write(sim->mem, slot.n, pte);
}

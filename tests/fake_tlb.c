/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_tlb.c - gnttab/machine.h, over a fake machine: translation caches. */
#include "tests/fake_machine.h"

#include <assert.h>

unsigned machine_cpu_number(struct cpu *cpu)
{
	fake_cross(cpu, FAKE_cpu_number, 0);
	return cpu->id;
}

cpumask_t machine_dirty_cpus(struct cpu *cpu, struct domain *d)
{
	cpumask_t mask = 0;

	fake_cross(cpu, FAKE_dirty_cpus, d->id);
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		if (cpu->m->cpus[i].runs == d)
			mask |= (cpumask_t)1 << i;
	}
	return mask;
}

uint64_t machine_idle_clock(struct cpu *cpu)
{
	fake_cross(cpu, FAKE_idle_clock, 0);
	return cpu->m->idle_clock;
}

cpumask_t machine_cpus_since(struct cpu *cpu, struct domain *d, uint64_t clock)
{
	cpumask_t mask = 0;

	fake_cross(cpu, FAKE_cpus_since, clock);
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		const struct cpu *c = &cpu->m->cpus[i];

		if (c->runs == d && (!c->idle || c->idle_since > clock))
			mask |= (cpumask_t)1 << i;
	}
	return mask;
}

cpumask_t machine_slot_holders(struct cpu *cpu, maddr_t slot, mfn_t mfn)
{
	cpumask_t mask = 0;

	fake_cross(cpu, FAKE_slot_holders, slot.n);
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		const struct cpu *c = &cpu->m->cpus[i];

		for (unsigned j = 0; j < c->nr_cached; j++) {
			uint64_t pte = c->cached[j].pte;

			if (c->cached[j].slot == slot.n &&
			    (pte & FAKE_PTE_FRAME) == mfn.n << 12)
				mask |= (cpumask_t)1 << i;
		}
	}
	return mask;
}

void machine_flush_tlb(struct cpu *cpu, cpumask_t mask)
{
	fake_cross(cpu, FAKE_flush_tlb, mask);
	cpu->m->flushes++;
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		if (mask >> i & 1)
			cpu->m->cpus[i].nr_cached = 0;
	}
}

/* Forget what @c holds out of the entry at @slot. */
static void invalidate(struct cpu *c, uint64_t slot)
{
	unsigned left = 0;

	for (unsigned j = 0; j < c->nr_cached; j++) {
		if (c->cached[j].slot != slot)
			c->cached[left++] = c->cached[j];
	}
	c->nr_cached = left;
}

void machine_flush_pages(struct cpu *cpu, cpumask_t mask, const uint64_t *va,
			 unsigned n)
{
	struct fake_machine *m = cpu->m;

	fake_cross(cpu, FAKE_flush_pages, mask);
	assert(n);
	m->flushes++;
	for (unsigned i = 0; i < FAKE_CPUS * n; i++) {
		struct cpu *c = &m->cpus[i / n];

		if (mask >> i / n & 1)
			invalidate(c,
				   fake_slot(m, c->runs->id,
					     (va[i % n] - FAKE_LINEAR) / 4096));
	}
}

bool machine_l1_only_at(struct cpu *cpu, maddr_t slot, uint64_t va)
{
	unsigned n = (va - FAKE_LINEAR) / 4096;

	fake_cross(cpu, FAKE_l1_only_at, va);
	return !cpu->m->aliased &&
	       slot.n == fake_slot(cpu->m, cpu->runs->id, n);
}

void machine_tlb_load(struct cpu *cpu, maddr_t slot, uint64_t va)
{
	fake_cross(cpu, FAKE_tlb_load, va);
	assert(cpu->m->frames[slot.n >> 12].locked);
	invalidate(cpu, slot.n);
	assert(cpu->nr_cached < 64);
	cpu->cached[cpu->nr_cached++] = (struct fake_cached){
		slot.n, *fake_pte_at(cpu->m, slot.n)
	};
}

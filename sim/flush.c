/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush.c - who is flushed, by whom, and what that costs.
 *
 *   grant unmap ------------------------------------> flush_cpus(), a tick
 *   frame allocated    --- may hold it? all CPUs ---.     of the clock each
 *   frame's type changes - may hold it? owner's ----+---> flush_cpus()
 *                                                   `---> nobody
 *
 * So a grant flush that is left out may come back later: it would have been a
 * tick, after which the CPU need not be flushed for a frame that fell out of
 * use before.
 *
 * A frame's type changes for its owner, and only its owner's CPUs are asked.
 * That others hold no translation of it is what grant unmaps see to.
 *
 * Source: flush_area_mask(), xen/arch/x86/smp.c; tlbflush_filter(),
 * asm-x86/flushtlb.h; alloc_heap_pages(), xen/common/page_alloc.c;
 * __get_page_type(), xen/arch/x86/mm.c.
 */
#include "sim/flush.h"

#include "mmu/x86.h"
#include "sim/state.h"

/* What it costs to make @remote other CPUs flush, and to wait for them. */
static uint64_t ipi_cycles(const struct mmu_costs *cost, unsigned remote)
{
	if (!remote)
		return 0;
	return cost->ipi + (uint64_t)cost->ipi_per_cpu * (remote - 1);
}

void flush_interrupt(struct cpu *by, cpumask_t mask)
{
	struct sim *sim = by->sim;
	cpumask_t others = mask & ~(UINT64_C(1) << by->number);
	unsigned remote = (unsigned)__builtin_popcountll(others);

	sim_count(sim, COUNTER_flush_ipis, remote);
	sim_count(sim, COUNTER_cycles_ipi,
		  ipi_cycles(&mmu_profile(sim->mmu)->cost, remote));
}

/* An interrupt of @by gets to @to, between two accesses. */
static struct cpu *deliver(struct cpu *by, struct cpu *to)
{
	if (by == to)
		return to;
	sim_cross_lock(by, CROSS_ipi, &to->walking);
	sim_touch(by->sim, TOUCH_WALK, to->number, TOUCH_WRITE);
	call_wait_for(by->sim, by->call, &to->walking);
	return to;
}

void flush_cpus(struct cpu *by, cpumask_t mask)
{
	struct sim *sim = by->sim;

	flush_interrupt(by, mask);
	for (; mask; mask &= mask - 1)
		sim_count(sim, COUNTER_cycles_flush,
			  cpu_flush(deliver(by,
					    &sim->cpu[__builtin_ctzll(mask)])));
}

/* INVLPG knows the current PCID alone. */
static uint64_t drop_pages(struct cpu *cpu, const uint64_t *va, unsigned n)
{
	struct mmu *mmu = cpu->sim->mmu;
	uint64_t cycles = 0;

	sim_touch(cpu->sim, TOUCH_TLB, cpu->number, TOUCH_WRITE);
	buffer_serialise(cpu);
	sim_touch(cpu->sim, TOUCH_FLUSH, cpu->number, TOUCH_UPDATE);
	if (mmu_registers(mmu, cpu->number).cr4 & CR4_PCIDE)
		return cpu_flush(cpu);
	for (unsigned i = 0; i < n; i++)
		cycles += mmu_invlpg(mmu, cpu->number, va[i]);
	return cycles;
}

void flush_pages(struct cpu *by, cpumask_t mask, const uint64_t *va, unsigned n)
{
	struct sim *sim = by->sim;

	flush_interrupt(by, mask);
	for (; mask; mask &= mask - 1)
		sim_count(sim, COUNTER_cycles_flush,
			  drop_pages(
				  deliver(by, &sim->cpu[__builtin_ctzll(mask)]),
				  va, n));
}

/* Those in @mask that the hypervisor takes to hold a frame. */
static cpumask_t filter(const struct sim *sim, cpumask_t mask, uint32_t stamp)
{
	cpumask_t left = 0;

	switch (sim->header->flush_filter) {
	case FLUSH_FILTER_CLOCK:
		break;
	case FLUSH_FILTER_OFF:
		return mask;
	case FLUSH_FILTER_FORGOTTEN:
		return 0;
	}
	for (; mask; mask &= mask - 1) {
		unsigned cpu = (unsigned)__builtin_ctzll(mask);

		if (flush_clock_may_hold(&sim->clock, cpu, stamp))
			left |= UINT64_C(1) << cpu;
	}
	return left;
}

bool flush_for_stamp(struct cpu *by, cpumask_t mask, uint32_t stamp)
{
	mask = filter(by->sim, mask, stamp);
	if (!mask)
		return false;
	flush_cpus(by, mask);
	watch_flush(by, mask, false);
	return true;
}

cpumask_t flush_online(const struct sim *sim)
{
	return UINT64_MAX >> (64 - sim->header->cpus);
}

void flush_settle(struct sim *sim)
{
	sim_count(sim, COUNTER_flush_clock_wraps, 1);
	flush_cpus(&sim->cpu[0], flush_online(sim));
	flush_clock_restart(&sim->clock);
}

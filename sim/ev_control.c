/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ev_control.c - what CPUs run, and what they are told to drop. */
#include <errno.h>
#include <inttypes.h>

#include "sim/state.h"

int ev_invlpg(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_event(sim, event);

	if (!cpu)
		return -EBADMSG;
	sim_count(sim, COUNTER_cycles_flush,
		  mmu_invlpg(sim->mmu, cpu->number, event->access.at));
	return 0;
}

int ev_invpcid(struct sim *sim, const struct event *event)
{
	const struct mmu_invpcid_descriptor what = {
		.pcid = event->invpcid.pcid,
		.va = event->invpcid.at,
	};
	struct cpu *cpu = cpu_of_event(sim, event);
	uint32_t cycles = 0;

	if (!cpu)
		return -EBADMSG;
	if (!mmu_invpcid(sim->mmu, cpu->number,
			 (enum mmu_invpcid)event->invpcid.type, &what,
			 &cycles)) {
		diag_error(sim->diags, event->place,
			   "the machine refuses INVPCID: it does not have it, "
			   "or CR4.PCIDE is clear and the PCID is not 0");
		return -EBADMSG;
	}
	sim_count(sim, COUNTER_cycles_flush, cycles);
	return 0;
}

/* MOV to a register, which may be refused. */
static int set_register(struct cpu *cpu, const struct event *event,
			enum mmu_register reg, uint64_t value)
{
	uint32_t cycles = 0;

	if (!mmu_set_register(cpu->sim->mmu, cpu->number, reg, value,
			      &cycles)) {
		diag_error(cpu->sim->diags, event->place,
			   "the machine refuses 0x%" PRIx64
			   " with a general-protection fault",
			   value);
		return -EBADMSG;
	}
	sim_count(cpu->sim, COUNTER_cycles_flush, cycles);
	return 0;
}

int ev_load_cr3(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_event(sim, event);

	if (!cpu)
		return -EBADMSG;
	return set_register(cpu, event, MMU_CR3,
			    cpu->running->root | event->control.value);
}

int ev_set_control(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_number(sim, event);

	if (!cpu)
		return -EBADMSG;
	return set_register(cpu, event, (enum mmu_register)event->control.reg,
			    event->control.value);
}

int ev_flush(struct sim *sim, const struct event *event)
{
	uint64_t mask = event->flush.cpus;
	unsigned cpus = sim->header->cpus;

	if (cpus < MMU_MAX_CPUS && mask >> cpus) {
		diag_error(sim->diags, event->place,
			   "there is no CPU %d: the machine has %u",
			   63 - __builtin_clzll(mask), cpus);
		return -EBADMSG;
	}
	for (; mask; mask &= mask - 1) {
		unsigned cpu = (unsigned)__builtin_ctzll(mask);

		buffer_serialise(&sim->cpu[cpu]);
		flush_clock_tick(&sim->clock, cpu);
		sim_count(sim, COUNTER_cycles_flush,
			  mmu_flush_all(sim->mmu, cpu));
	}
	return 0;
}

int ev_drain(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_number(sim, event);

	if (!cpu)
		return -EBADMSG;
	buffer_drain(cpu);
	return 0;
}

int ev_schedule(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_number(sim, event);
	struct point point = {
		.kind = POINT_SWITCH,
		.cpu = CPU_ANY,
		.at = event->at.point,
		.target = cpu,
		.place = event->place,
	};

	if (!cpu || (cpu->call && !cpu_is_busy(cpu, event->place)))
		return -EBADMSG;
	if (event->domain != DOMAIN_NONE) {
		point.to = sim_domain(sim, event, event->domain);
		if (!point.to)
			return -EBADMSG;
	}
	if (event->at.point != POINT_NOW)
		return points_add(&sim->points, &point);
	cpu_switch(cpu, point.to);
	return 0;
}

/* fault and preempt: wait for the next hypercall of a CPU. */
int ev_point(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_event(sim, event);
	struct point point = {
		.kind = event->kind == EVENT_fault ? POINT_FAULT
						   : POINT_PREEMPT,
		.at = event->at.point,
		.place = event->place,
	};

	if (!cpu)
		return -EBADMSG;
	point.cpu = (int)cpu->number;
	return points_add(&sim->points, &point);
}

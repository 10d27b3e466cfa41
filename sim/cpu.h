/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.h - a physical CPU: what it runs, and what it does to memory.
 */
#ifndef SIM_CPU_H
#define SIM_CPU_H

#include "mmu/mmu.h"
#include "sim/buffer.h"
#include "sim/event.h"

struct sim;
struct domain;
struct call;
struct oracle_batch;

struct cpu {
	struct sim *sim;
	unsigned number;
	uint32_t holder;	/* constant: number + 1, as locks know it */
	struct oracle_batch *batch; /* constant: what the oracle knows of it */
	struct domain *loaded;	/* whose tables CR3 names, or NULL */
	struct domain *running; /* NULL: idle, which loads nothing */
	uint64_t idle_since;	/* when idle: sim->idle_clock then */
	struct call *call;	/* the hypercall or access that it is in */
	struct call *stops;	/* that, if it may stop half-way, or NULL */
	bool observed;		/* in a hypercall: it may stop, what it stores
				   may wait, or somebody wants to know what it
				   touches or does */
	struct stored stored;	/* memory: tso */
	unsigned locks;		/* that it holds, of tables and others */
	uint32_t walking;	/* number + 1 in an access: no interrupt comes */
	bool ahead;		/* in a walk for no instruction, in one step */
};

/*
 * Switch to @to, or to idle for NULL.  Idle is lazy: it loads no tables, so
 * that the CPU stays in the dirty mask of the domain it ran before.
 */
void cpu_switch(struct cpu *cpu, struct domain *to);

/* Drop all it holds, as the hypervisor of this trace does that; cycles. */
uint64_t cpu_flush(struct cpu *cpu);

/* The CPU that @event names, which runs the domain that it names; the
 * lowest one that runs the domain when it names none.  NULL after an error. */
struct cpu *cpu_of_event(struct sim *sim, const struct event *event);
/* The CPU on which the hypervisor does something for @d: the one that @event
 * names, the lowest one that runs @d, or CPU 0.  NULL after an error. */
struct cpu *cpu_acting(struct sim *sim, const struct event *event,
		       const struct domain *d);
/* The CPU that @event names, whatever it runs. */
struct cpu *cpu_of_number(struct sim *sim, const struct event *event);

/* The lowest CPU that runs @d, if possible one that is not stopped half-way in
 * a hypercall; or NULL. */
struct cpu *cpu_of_domain(struct sim *sim, const struct domain *d);
/* An error: @cpu is in a hypercall that is stopped.  NULL. */
struct cpu *cpu_is_busy(const struct cpu *cpu, struct place place);

/* Those that a read, write or fetch of a trace is. */
struct accesses {
	vaddr_t at;
	uint64_t count, stride;
	enum mmu_access kind;
};
void cpu_accesses(struct cpu *cpu, const struct accesses *accesses);

/* One access of what runs on @cpu, watched by the oracle. */
struct mmu_result cpu_access(struct cpu *cpu, vaddr_t va,
			     enum mmu_access access);

/* @count of them, each @stride bytes after the one before. */
void cpu_access_row(struct cpu *cpu, vaddr_t va, uint64_t count,
		    uint64_t stride, enum mmu_access access);

/*
 * Copies by the hypervisor between itself and guest memory that @cpu's
 * loaded tables lead to, at most 4096 bytes.  They go through the guest's
 * own entries, so they set A and D and fill TLBs as any access does.
 * 0, or -EFAULT with nothing copied.
 */
int cpu_copy_in(struct cpu *cpu, void *to, vaddr_t from, size_t length);
int cpu_copy_out(struct cpu *cpu, vaddr_t to, const void *from, size_t length);

/* Have @length bytes lie at @to as if they always had: no access is made,
 * and what is not mapped is left out. */
void cpu_place(struct cpu *cpu, vaddr_t to, const void *from, size_t length);

#endif /* SIM_CPU_H */

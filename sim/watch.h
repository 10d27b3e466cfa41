/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - where a step is told; each does nothing while nobody watches.
 *
 * Those on the way of every operation are inline, in state.h, and come here,
 * as watch_tell_*(), only when somebody does.
 */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include <stdarg.h>

#include "sim/step.h"

struct call;
struct cpu;

/* Of one hypercall's batch, on one CPU. */
struct watch_batch {
	unsigned zapped, accessed;
	unsigned first_accessed;
	uint64_t seen;			/* batches decided, by the counter */
	unsigned first_op, next_op;
	bool told;			/* the decision was */
	bool fault;			/* a guest copy failed */
};

struct watch {
	struct sim_watcher by;
	struct watch_batch batch[MMU_MAX_CPUS];
	struct cpu *acting;		/* whose hypercall changes an entry */
};

/* An event begins, is over. */
void watch_tell_event(struct sim *sim, enum step_kind kind)
	__attribute__((cold));

/* The access, told with the path before and after it. */
struct mmu_result watch_access(struct cpu *cpu, vaddr_t va,
			       enum mmu_access access,
			       enum mmu_privilege privilege);
/* An entry of a page table was changed, by the grant code on watch->acting if
 * that is not NULL. */
void watch_tell_entry(struct sim *sim, paddr_t entry, uint64_t before,
		      uint64_t after) __attribute__((cold));
/* A CPU switched to @to, or to idle for NULL. */
void watch_tell_switch(struct cpu *cpu, const struct domain *to)
	__attribute__((cold));
void watch_violation(struct sim *sim, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

/* In a hypercall: it goes into the hypervisor; a guest copy failed, which
 * is -EFAULT; what was
 * decided is due to be told, before the next operation or otherwise; CPUs
 * have flushed; an operation has ended. */
void watch_enter(struct call *call);
int watch_fault(struct call *call);
void watch_tell_batch(struct cpu *cpu, bool next_op) __attribute__((cold));
/* Before that: the grant code wants it. */
void watch_wanted(struct cpu *cpu, uint64_t cpus);
void watch_tell_flush(struct cpu *cpu, uint64_t cpus, bool needless)
	__attribute__((cold));
void watch_tell_op(struct call *call, unsigned number, const struct op *op,
		   int status) __attribute__((cold));

#endif /* SIM_WATCH_H */

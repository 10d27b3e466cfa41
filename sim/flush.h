/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush.h - the hypervisor's flushes, and the filter of those that it
 * makes when frames come to another use.
 */
#ifndef SIM_FLUSH_H
#define SIM_FLUSH_H

#include "gnttab/machine.h"

struct sim;
struct cpu;

/* @by has the CPUs in @mask drop what they hold, and waits for them. */
void flush_cpus(struct cpu *by, cpumask_t mask);
/* ... those of the @n linear addresses @va.  That is no tick of the clock. */
void flush_pages(struct cpu *by, cpumask_t mask, const uint64_t *va,
		 unsigned n);

/* Count that @by interrupts CPUs in @mask, and waits for them. */
void flush_interrupt(struct cpu *by, cpumask_t mask);

/* As flush_cpus() for those of @mask that may hold a frame which fell out of
 * use at @stamp; false if there are none. */
bool flush_for_stamp(struct cpu *by, cpumask_t mask, uint32_t stamp);

/* All CPUs of the machine. */
cpumask_t flush_online(const struct sim *sim);

/* Back from the hypervisor, and the clock has wrapped: begin a new period. */
void flush_settle(struct sim *sim);

#endif /* SIM_FLUSH_H */

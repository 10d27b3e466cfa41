/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sampler.h - who makes a series; each does nothing where nobody asked.
 */
#ifndef SIM_SAMPLER_H
#define SIM_SAMPLER_H

#include "mmu/mmu.h"
#include "sim/series.h"
#include "sim/trace.h"

struct call;
struct sim;

struct sampler {
	struct series series;
	size_t max;			/* buckets */
	uint64_t left;			/* events, until one is full */
	struct series_size seen[TRACE_MAX_DOMAINS]; /* decisions, by mapper */
	unsigned first_op[MMU_MAX_CPUS]; /* of the batch in the hypercall */
};

/* At most @max buckets, a power of two from 2 to SERIES_MAX: 0, -ENOMEM. */
int sampler_create(struct sim *sim, size_t max);
void sampler_destroy(struct sim *sim);

/* An event is over; the run is. */
void sampler_event(struct sim *sim);
void sampler_finish(struct sim *sim);

/* A hypercall goes into the hypervisor; it may have decided about a batch
 * since it was last asked. */
void sampler_enter(const struct call *call);
void sampler_batch(const struct call *call);

#endif /* SIM_SAMPLER_H */

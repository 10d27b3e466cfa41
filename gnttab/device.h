/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.h - what a mapper's devices may reach of others.
 */
#ifndef GNTTAB_DEVICE_H
#define GNTTAB_DEVICE_H

#include "gnttab/machine.h"

#define DEVICE_FANOUT_BITS 9
#define DEVICE_FANOUT (1u << DEVICE_FANOUT_BITS)
/* Frame numbers have 40 bits, and the last level takes its share. */
#define DEVICE_LEVELS 5

/* The handles on one frame. */
struct device_count {
	uint32_t readers, writers;
};

/* All that a domain has mapped, by machine frame: a radix tree that only
 * grows. */
struct devices {
	struct machine_lock lock;
	void *root;	  /* NULL until there is an IOMMU mapping */
	uint64_t handles; /* that are counted, of all frames */
};

void devices_fini(struct devices *devices);

/* A handle on @mfn of @granter, to write too or not, begins to count for
 * @mapper; GNTST_okay, or GNTST_general_error with nothing changed. */
int16_t device_get(struct cpu *cpu, struct grant_table *mapper,
		   const struct grant_table *granter, mfn_t mfn, bool writable);
/* It no longer does. */
void device_put(struct cpu *cpu, struct grant_table *mapper,
		const struct grant_table *granter, mfn_t mfn, bool writable);

#endif /* GNTTAB_DEVICE_H */

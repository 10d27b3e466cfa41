/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buffer.h - what a CPU has stored in a page table and is not in memory yet.
 */
#ifndef SIM_BUFFER_H
#define SIM_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

struct cpu;
struct touches;

/* An entry that a plain store of the hypervisor changes. */
struct stored {
	bool waits;
	paddr_t entry;
	uint64_t value;
};

/* The entry as @cpu reads it: memory, unless it has just stored there. */
uint64_t buffer_read(const struct cpu *cpu, paddr_t entry);
/* A plain store, which memory: tso lets wait. */
void buffer_store(struct cpu *cpu, paddr_t entry, uint64_t value);

/* Does an A bit or a store of @cpu wait?  The older of them, which is the A
 * bit, gets into memory. */
bool buffer_waits(const struct cpu *cpu);
void buffer_drain(struct cpu *cpu);
/* @cpu's store does, as it takes a lock or lets go of one. */
void buffer_flush(struct cpu *cpu);
/* @cpu's store does, as it is to execute a serialising instruction; the MMU sees
 * to its A bit. */
void buffer_serialise(struct cpu *cpu);
/* @cpu is to access @entry locked: first its own store and A bit get into
 * memory, and whoever's A bit of that entry. */
void buffer_lock(struct cpu *cpu, paddr_t entry);
/* What waits, as far as it matters to others. */
struct waiting {
	bool late, stored;
	paddr_t late_entry, stored_entry;
	uint64_t late_value;  /* of the entry, as the walk saw it */
	uint64_t stored_over; /* the entry as it is in memory */
};
struct waiting buffer_waiting(const struct cpu *cpu);

/*
 * What is touched, for those who explore.  Under memory: tso a drain is never
 * part of what another does, nor are its touches: whoever explores finds it by
 * buffer_waiting() before and after.
 */
/* @cpu does not go on while its A bit waits. */
void buffer_touch_late(struct cpu *cpu);
/* A walk is about to read @entry. */
void buffer_touch_walk(struct cpu *cpu, paddr_t entry);
/* Without memory: tso a late A bit may get into memory now, as a quirk has it. */
void buffer_touch(struct cpu *cpu);
/* The older of what waits gets into memory: add that to @touches. */
void buffer_touch_drain(const struct cpu *cpu, const struct waiting *waiting,
			struct touches *touches);

#endif /* SIM_BUFFER_H */

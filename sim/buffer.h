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
/* Tell that what waits may be touched; the same, and that a walk is about to
 * read @entry. */
void buffer_touch(struct cpu *cpu);
void buffer_touch_walk(struct cpu *cpu, paddr_t entry);

#endif /* SIM_BUFFER_H */

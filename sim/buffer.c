/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buffer.c - what a CPU has stored in a page table and is not in memory yet,
 * under `memory: tso`.
 *
 *   hypervisor --- plain store ---> stored ---.
 *       ^  `------ forwarded -------- '       |-- drain --> memory --> walks
 *   walk --------- A bit ---------> late -----'
 *
 * A walk reads memory, also that of the CPU which stored.  An A bit is used
 * before it is in memory, where no load waits for it, but each locked access to
 * the entry does; see mmu/quirks.c, whose late store it is.
 *
 * Invariant, checked by sim_check(): (1) a CPU has one store at most, as it is
 * made under the lock of its table, and has got into memory when that is let
 * go of.
 *
 * Sources: SDM vol. 3A, "Memory Ordering", "Locked Instructions" and
 * "Serializing Instructions"; APM vol. 2, "Accessed (A) Bit".
 */
#include "sim/buffer.h"

#include <assert.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

static bool is_tso(const struct cpu *cpu)
{
	return cpu->sim->header->memory == MEMORY_TSO;
}

struct waiting buffer_waiting(const struct cpu *cpu)
{
	struct waiting waiting = { .stored = cpu->stored.waits,
				   .stored_entry = cpu->stored.entry };

	if (waiting.stored)
		waiting.stored_over = physmem_read(cpu->sim->mem,
						   cpu->stored.entry);
	waiting.late = is_tso(cpu) &&
		       mmu_is_late(cpu->sim->mmu, cpu->number,
				   &waiting.late_entry, &waiting.late_value);
	return waiting;
}

static bool is_late(const struct cpu *cpu)
{
	paddr_t entry;
	uint64_t value;

	return is_tso(cpu) &&
	       mmu_is_late(cpu->sim->mmu, cpu->number, &entry, &value);
}

/* ---- what is touched ----------------------------------------------------- */

void buffer_touch(struct cpu *cpu)
{
	paddr_t entry;
	uint64_t seen;

	if (cpu->sim->touches && !is_tso(cpu) &&
	    mmu_is_late(cpu->sim->mmu, cpu->number, &entry, &seen))
		sim_touch(cpu->sim, TOUCH_ENTRY, entry, TOUCH_UPDATE);
}

void buffer_touch_late(struct cpu *cpu)
{
	if (is_tso(cpu))
		sim_touch(cpu->sim, TOUCH_LATE, cpu->number, TOUCH_READ);
}

void buffer_touch_walk(struct cpu *cpu, paddr_t entry)
{
	/* It sets D in the same step, as the A bit is not waited for. */
	sim_touch(cpu->sim, TOUCH_ENTRY, entry,
		  is_tso(cpu) ? TOUCH_UPDATE : TOUCH_READ);
	buffer_touch(cpu);
}

static void touch_stored(struct cpu *cpu, enum touch_how how)
{
	if (is_tso(cpu))
		sim_touch(cpu->sim, TOUCH_BUFFER, cpu->number, how);
}

static void touch_late_drain(const struct cpu *cpu,
			     const struct waiting *waiting)
{
	struct sim *sim = cpu->sim;

	sim_touch(sim, TOUCH_LATE, cpu->number, TOUCH_WRITE);
	sim_touch(sim, TOUCH_LATE_AT, waiting->late_entry, TOUCH_UPDATE);
	sim_touch(sim, TOUCH_ENTRY, waiting->late_entry, TOUCH_UPDATE);
}

static void touch_store_drain(const struct cpu *cpu,
			      const struct waiting *waiting)
{
	struct sim *sim = cpu->sim;
	uint64_t old = waiting->stored_over;

	sim_touch(sim, TOUCH_BUFFER, cpu->number, TOUCH_WRITE);
	/* An A bit would have come first. */
	sim_touch(sim, TOUCH_LATE, cpu->number, TOUCH_READ);
	sim_touch(sim, TOUCH_ENTRY, waiting->stored_entry, TOUCH_WRITE);
	if (old & PTE_P)
		sim_touch_held(sim, pgtab_frame(old), TOUCH_UPDATE);
}

void buffer_touch_drain(const struct cpu *cpu, const struct waiting *waiting,
			struct touches *touches)
{
	struct touches *others = cpu->sim->touches;

	cpu->sim->touches = touches;
	if (waiting->late)
		touch_late_drain(cpu, waiting);
	else
		touch_store_drain(cpu, waiting);
	cpu->sim->touches = others;
}

/* ---- stores -------------------------------------------------------------- */

uint64_t buffer_read(const struct cpu *cpu, paddr_t entry)
{
	if (cpu->stored.waits && cpu->stored.entry == entry)
		return cpu->stored.value;
	return physmem_read(cpu->sim->mem, entry);
}

void buffer_store(struct cpu *cpu, paddr_t entry, uint64_t value)
{
	if (!is_tso(cpu)) {
		sim_touch(cpu->sim, TOUCH_ENTRY, entry, TOUCH_WRITE);
		call_entry_store(cpu, entry, value);
		return;
	}
	assert(!cpu->stored.waits); /* (1) */
	touch_stored(cpu, TOUCH_WRITE);
	cpu->stored = (struct stored){ true, entry, value };
}

static void store(struct cpu *cpu)
{
	cpu->stored.waits = false;
	watch_acting(cpu->sim, cpu);
	call_entry_store(cpu, cpu->stored.entry, cpu->stored.value);
}

/* An A bit that waits is older, and waits on: so this is no drain as of a
 * thread that drains, but part of what @cpu does. */
void buffer_flush(struct cpu *cpu)
{
	struct touches *touches = cpu->sim->touches;
	struct waiting waiting;

	touch_stored(cpu, TOUCH_READ);
	if (!cpu->stored.waits)
		return;
	waiting = buffer_waiting(cpu);
	if (waiting.late)
		touch_store_drain(cpu, &waiting);
	cpu->sim->touches = NULL;
	store(cpu);
	cpu->sim->touches = touches;
}

/* ---- both ---------------------------------------------------------------- */

bool buffer_waits(const struct cpu *cpu)
{
	return cpu->stored.waits || is_late(cpu);
}

void buffer_drain(struct cpu *cpu)
{
	if (is_late(cpu))
		mmu_serialise(cpu->sim->mmu, cpu->number);
	else
		buffer_flush(cpu);
}

void buffer_serialise(struct cpu *cpu)
{
	if (!is_tso(cpu)) {
		buffer_touch(cpu);
		return;
	}
	buffer_touch_late(cpu);
	if (is_late(cpu))
		buffer_drain(cpu);
	buffer_flush(cpu);
}

void buffer_lock(struct cpu *cpu, paddr_t entry)
{
	struct sim *sim = cpu->sim;

	if (!is_tso(cpu))
		return;
	buffer_serialise(cpu);
	sim_touch(sim, TOUCH_LATE_AT, entry, TOUCH_READ);
	for (unsigned i = 0; i < sim->header->cpus; i++) {
		struct waiting waiting = buffer_waiting(&sim->cpu[i]);

		if (waiting.late && waiting.late_entry == entry)
			buffer_drain(&sim->cpu[i]);
	}
}

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
 * Invariant: (1) a CPU has one store at most, as it is made under the lock of
 * its table, and has got into memory when that is let go of.
 *
 * Sources: SDM vol. 3A, "Memory Ordering", "Locked Instructions" and
 * "Serializing Instructions"; APM vol. 2, "Accessed (A) Bit".
 */
#include "sim/buffer.h"

#include <assert.h>

#include "mmu/physmem.h"
#include "sim/pgtab.h"
#include "sim/state.h"

static bool is_tso(const struct cpu *cpu)
{
	return cpu->sim->header->memory == MEMORY_TSO;
}

static bool is_late(const struct cpu *cpu, paddr_t *entry)
{
	return is_tso(cpu) && mmu_is_late(cpu->sim->mmu, cpu->number, entry);
}

void buffer_touch(struct cpu *cpu)
{
	paddr_t entry;

	if (!cpu->sim->touches)
		return;
	if (is_tso(cpu))
		sim_touch(cpu->sim, TOUCH_BUFFER, cpu->number, TOUCH_WRITE);
	if (mmu_is_late(cpu->sim->mmu, cpu->number, &entry))
		sim_touch(cpu->sim, TOUCH_ENTRY, entry, TOUCH_UPDATE);
}

void buffer_touch_walk(struct cpu *cpu, paddr_t entry)
{
	/* It sets D in the same step, as the A bit is not waited for. */
	sim_touch(cpu->sim, TOUCH_ENTRY, entry,
		  is_tso(cpu) ? TOUCH_UPDATE : TOUCH_READ);
	buffer_touch(cpu);
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
		call_entry_store(cpu, entry, value);
		return;
	}
	assert(!cpu->stored.waits); /* (1) */
	buffer_touch(cpu);
	cpu->stored = (struct stored){ true, entry, value };
}

void buffer_flush(struct cpu *cpu)
{
	if (!cpu->stored.waits)
		return;
	cpu->stored.waits = false;
	sim_touch(cpu->sim, TOUCH_BUFFER, cpu->number, TOUCH_WRITE);
	sim_touch(cpu->sim, TOUCH_ENTRY, cpu->stored.entry, TOUCH_WRITE);
	watch_acting(cpu->sim, cpu);
	call_entry_store(cpu, cpu->stored.entry, cpu->stored.value);
}

/* ---- both ---------------------------------------------------------------- */

bool buffer_waits(const struct cpu *cpu)
{
	paddr_t entry;

	return cpu->stored.waits || is_late(cpu, &entry);
}

void buffer_drain(struct cpu *cpu)
{
	paddr_t entry;

	if (!is_late(cpu, &entry)) {
		buffer_flush(cpu);
		return;
	}
	buffer_touch(cpu);
	mmu_serialise(cpu->sim->mmu, cpu->number);
}

void buffer_serialise(struct cpu *cpu)
{
	buffer_flush(cpu);
	buffer_touch(cpu);
}

void buffer_lock(struct cpu *cpu, paddr_t entry)
{
	struct sim *sim = cpu->sim;
	paddr_t late;

	if (!is_tso(cpu))
		return;
	buffer_serialise(cpu);
	for (unsigned i = 0; i < sim->header->cpus; i++)
		if (is_late(&sim->cpu[i], &late) && late == entry)
			buffer_drain(&sim->cpu[i]);
}

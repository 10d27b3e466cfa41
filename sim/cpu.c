/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.c - switching domains, and accesses to memory.
 *
 * Invariants, (1) checked by sim_check(), (2) by the oracle at each flush:
 *  (1) A CPU is in the dirty mask of the domain whose tables it has loaded:
 *      the bit is set before CR3 is, and cleared only after the next load.
 *      (Not so if the trace has the mask drop idle CPUs.)
 *  (2) A CPU that is not in a domain's dirty mask holds no translation of
 *      it: a load of other tables drops global entries as well.
 *
 * Both of Xen's ways to load tables do that: write_cr3() of 2014 clears
 * CR4.PGE around the load, as USER_MAPPINGS_ARE_GLOBAL says; switch_cr3_cr4()
 * of today as well, or with PCIDs, when there are no global entries, flushes
 * by INVPCID.
 *
 * Sources: __context_switch(), xen/arch/x86/domain.c; xen/arch/x86/flushtlb.c
 * of Xen 4.1 and of 01acc256eb71.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

static void load_tables(struct cpu *cpu, const struct domain *d)
{
	struct sim *sim = cpu->sim;
	uint32_t cycles;
	bool done;

	done = mmu_set_register(sim->mmu, cpu->number, MMU_CR3, d->root,
				&cycles);
	assert(done);
	(void)done;
	cycles += mmu_flush_all(sim->mmu, cpu->number); /* (2) */
	flush_clock_tick(&sim->clock, cpu->number);
	sim_count(sim, COUNTER_cycles_flush, cycles);
}

/* Nothing is loaded, so everything stays cached. */
static void go_idle(struct cpu *cpu)
{
	cpu->idle_since = ++cpu->sim->idle_clock;
	if (cpu->loaded &&
	    cpu->sim->header->dirty_mask == DIRTY_MASK_DROPS_IDLE)
		cpu->loaded->dirty &= ~(UINT64_C(1) << cpu->number);
}

void cpu_switch(struct cpu *cpu, struct domain *to)
{
	struct domain *before = cpu->loaded;
	cpumask_t bit = UINT64_C(1) << cpu->number;

	cpu->running = to;
	watch_switch(cpu, to);
	if (!to) {
		go_idle(cpu);
		return;
	}
	to->dirty |= bit; /* (1) */
	if (to == before)
		return;
	load_tables(cpu, to);
	cpu->loaded = to;
	if (before)
		before->dirty &= ~bit;
}

uint64_t cpu_flush(struct cpu *cpu)
{
	struct mmu *mmu = cpu->sim->mmu;
	struct mmu_registers r = mmu_registers(mmu, cpu->number);
	uint32_t off = 0, on = 0;

	sim_touch(cpu->sim, TOUCH_TLB, cpu->number, TOUCH_WRITE);
	buffer_serialise(cpu);
	sim_touch(cpu->sim, TOUCH_FLUSH, cpu->number, TOUCH_UPDATE);
	flush_clock_tick(&cpu->sim->clock, cpu->number);
	switch (cpu->sim->header->flush) {
	case FLUSH_FULL:
		break;
	case FLUSH_CR4_PGE:
		mmu_set_register(mmu, cpu->number, MMU_CR4, r.cr4 ^ CR4_PGE,
				 &off);
		mmu_set_register(mmu, cpu->number, MMU_CR4, r.cr4, &on);
		return off + on;
	case FLUSH_CR3_ONLY:
		mmu_set_register(mmu, cpu->number, MMU_CR3,
				 r.cr3 & ~CR3_NOFLUSH, &on);
		return on;
	}
	return mmu_flush_all(mmu, cpu->number);
}

static ASIDE struct cpu *no_cpu(struct sim *sim, const struct event *event)
{
	diag_error(sim->diags, event->place,
		   "there is no CPU %d: the machine has %u", event->cpu,
		   sim->header->cpus);
	return NULL;
}

struct cpu *cpu_of_number(struct sim *sim, const struct event *event)
{
	if (event->cpu >= 0 && (unsigned)event->cpu < sim->header->cpus)
		return &sim->cpu[event->cpu];
	return no_cpu(sim, event);
}

struct cpu *cpu_of_domain(struct sim *sim, const struct domain *d)
{
	struct cpu *busy = NULL;

	for (unsigned i = sim->header->cpus; i-- > 0;)
		if (sim->cpu[i].running == d && sim->cpu[i].call)
			busy = &sim->cpu[i];
	for (unsigned i = 0; i < sim->header->cpus; i++)
		if (sim->cpu[i].running == d && !sim->cpu[i].call)
			return &sim->cpu[i];
	return busy;
}

struct cpu *cpu_is_busy(const struct cpu *cpu, struct place place)
{
	diag_error(cpu->sim->diags, place,
		   "CPU %u is in a hypercall that is stopped", cpu->number);
	diag_hint(cpu->sim->diags, "'resume' that first");
	return NULL;
}

static ASIDE struct cpu *does_not_run(const struct cpu *cpu,
				      const struct event *event)
{
	if (cpu->call)
		return cpu_is_busy(cpu, event->place);
	if (!cpu->running)
		diag_error(cpu->sim->diags, event->place, "CPU %u is idle",
			   cpu->number);
	else
		diag_error(cpu->sim->diags, event->place,
			   "CPU %u runs domain %u, not domain %d", cpu->number,
			   cpu->running->id, event->domain);
	diag_hint(cpu->sim->diags, "a 'schedule' event says what a CPU runs");
	return NULL;
}

static inline struct cpu *check_runs(struct cpu *cpu, const struct event *event)
{
	if (!cpu->call && cpu->running &&
	    (event->domain == DOMAIN_NONE || cpu->running->id == event->domain))
		return cpu;
	return does_not_run(cpu, event);
}

static ASIDE struct cpu *nobody_runs(struct sim *sim, const struct event *event,
				     const struct domain *d)
{
	diag_error(sim->diags, event->place, "no CPU runs domain %u", d->id);
	diag_hint(sim->diags, "a 'schedule' event says what a CPU runs");
	return NULL;
}

struct cpu *cpu_of_event(struct sim *sim, const struct event *event)
{
	struct domain *d;
	struct cpu *cpu;

	if (event->cpu != CPU_ANY) {
		cpu = cpu_of_number(sim, event);
		return cpu ? check_runs(cpu, event) : NULL;
	}
	d = sim_domain(sim, event, event->domain);
	if (!d)
		return NULL;
	cpu = cpu_of_domain(sim, d);
	return cpu ? check_runs(cpu, event) : nobody_runs(sim, event, d);
}

struct cpu *cpu_acting(struct sim *sim, const struct event *event,
		       const struct domain *d)
{
	struct cpu *cpu;

	if (event->cpu != CPU_ANY)
		return cpu_of_number(sim, event);
	cpu = cpu_of_domain(sim, d);
	return cpu ? cpu : &sim->cpu[0];
}

/* Beside what the steps of its walk touched. */
static void touch_access(struct cpu *cpu, enum mmu_access access,
			 const struct mmu_result *result)
{
	struct sim *sim = cpu->sim;

	if (cpu->loaded->config->external)
		sim_touch_all(sim);
	/* Is its flush still to come? */
	if (result->end == MMU_OK && result->stale_since != MMU_NOT_STALE)
		sim_touch(sim, TOUCH_HELD, result->paddr / FRAME_BYTES,
			  TOUCH_READ);
	if (result->served != MMU_BY_WALK)
		sim_touch(sim, TOUCH_ENTRY, result->entry, TOUCH_UPDATE);
	sim_touch(sim, TOUCH_TLB, cpu->number, TOUCH_UPDATE);
	/* A fault may drop what was cached with less rights. */
	if (result->end != MMU_OK && access == MMU_WRITE)
		sim_touch_all(sim);
}

static ASIDE void note_strange(struct cpu *cpu, vaddr_t va,
			       enum mmu_access access,
			       const struct mmu_result *result)
{
	struct sim *sim = cpu->sim;

	if (result->end == MMU_MACHINE_CHECK)
		oracle_machine_check(sim, cpu, va);
	if (sim->touches)
		touch_access(cpu, access, result);
	if (result->end != MMU_OK)
		return;
	if (result->stale_since != MMU_NOT_STALE)
		oracle_stale_use(sim, cpu, va, access, result);
	else
		marks_touch(sim->marks, result->entry);
}

/* What an access at @va gave, for those who keep account of it. */
static inline void note_access(struct cpu *cpu, vaddr_t va,
			       enum mmu_access access,
			       const struct mmu_result *result)
{
	if (result->end == MMU_OK && result->stale_since == MMU_NOT_STALE &&
	    !cpu->sim->touches)
		marks_touch(cpu->sim->marks, result->entry);
	else
		note_strange(cpu, va, access, result);
}

struct mmu_result cpu_access(struct cpu *cpu, vaddr_t va,
			     enum mmu_access access)
{
	struct sim *sim = cpu->sim;
	struct mmu_result result;

	if (cpu->loaded->config->external)
		ept_fill(cpu->loaded, va);
	if (sim->watch)
		result = watch_access(cpu, va, access, MMU_USER);
	else
		result = mmu_access(sim->mmu, cpu->number, va, access,
				    MMU_USER);
	note_access(cpu, va, access, &result);
	return result;
}

/* ---- rows of them ---------------------------------------------------- */

/* How many of a row, the first at @va, are in one page. */
static uint64_t part_of_row(vaddr_t va, uint64_t left, uint64_t stride)
{
	uint64_t room = FRAME_BYTES - va % FRAME_BYTES;

	if (stride >= room)
		return 1;
	if (!stride || left <= room / stride)
		return left;
	room = (room - 1) / stride + 1;
	return room < left ? room : left;
}

/*
 * The next @count of a row, in the page of the one before, which ended well;
 * returns how many were made.  Where in a page an access is does not matter.
 * Of these the last alone is noted: the others ended well and used the entry
 * that the one before used, since no table changed.
 */
static uint64_t access_part(struct cpu *cpu, vaddr_t va, uint64_t count,
			    uint64_t stride, enum mmu_access access)
{
	struct mmu_result last;
	uint64_t done;

	done = mmu_access_same(cpu->sim->mmu, cpu->number,
			       (va & ~MMU_REF_ACCESS) | access, count, MMU_USER,
			       &last);
	note_access(cpu, va + (done - 1) * stride, access, &last);
	return done;
}

void cpu_access_row(struct cpu *cpu, vaddr_t va, uint64_t count,
		    uint64_t stride, enum mmu_access access)
{
	const struct sim *sim = cpu->sim;
	bool one_by_one = sim->watch || sim->touches ||
			  cpu->loaded->config->external;
	struct mmu_result first;
	uint64_t part, done;

	for (; count; count -= done, va += done * stride) {
		first = cpu_access(cpu, va, access);
		part = one_by_one ? 1 : part_of_row(va, count, stride);
		done = 1;
		if (part > 1 && first.end == MMU_OK &&
		    first.stale_since == MMU_NOT_STALE)
			done += access_part(cpu, va + stride, part - 1, stride,
					    access);
	}
}

/* As good as a lock against interrupts. */
static void touch_walking(struct cpu *cpu)
{
	sim_touch(cpu->sim, TOUCH_WALK, cpu->number, TOUCH_WRITE);
	buffer_touch(cpu);
	sim_touch(cpu->sim, TOUCH_TLB, cpu->number, TOUCH_UPDATE);
}

void cpu_accesses(struct cpu *cpu, const struct accesses *accesses)
{
	vaddr_t va = accesses->at;

	for (uint64_t i = 0; i < accesses->count; i++) {
		if (i)
			sim_cross(cpu, CROSS_access);
		touch_walking(cpu);
		cpu->walking = cpu->number + 1;
		cpu_access(cpu, va, accesses->kind);
		touch_walking(cpu);
		cpu->walking = 0;
		sim_cross(cpu, CROSS_UNLOCKED);
		va += accesses->stride;
	}
}

/* ---- guest memory, for the hypervisor -------------------------------- */

/* Where up to two pages of an operand are. */
struct pieces {
	size_t first; /* bytes in the first page */
	void *at[2];
};

static int find_pieces(struct cpu *cpu, vaddr_t va, size_t length,
		       enum mmu_access access, struct pieces *pieces)
{
	size_t room = FRAME_BYTES - va % FRAME_BYTES;
	vaddr_t page[2] = { va, va + room };

	assert(length <= FRAME_BYTES);
	pieces->first = length < room ? length : room;
	for (unsigned i = 0; i < (length > room ? 2 : 1); i++) {
		struct mmu_result result = cpu_access(cpu, page[i], access);

		if (result.end != MMU_OK)
			return -EFAULT;
		pieces->at[i] = physmem_pointer(cpu->sim->mem, result.paddr);
	}
	return 0;
}

int cpu_copy_in(struct cpu *cpu, void *to, vaddr_t from, size_t length)
{
	struct pieces pieces;

	if (find_pieces(cpu, from, length, MMU_READ, &pieces) < 0)
		return -EFAULT;
	memcpy(to, pieces.at[0], pieces.first);
	if (length > pieces.first)
		memcpy((char *)to + pieces.first, pieces.at[1],
		       length - pieces.first);
	return 0;
}

int cpu_copy_out(struct cpu *cpu, vaddr_t to, const void *from, size_t length)
{
	struct pieces pieces;

	if (find_pieces(cpu, to, length, MMU_WRITE, &pieces) < 0)
		return -EFAULT;
	memcpy(pieces.at[0], from, pieces.first);
	if (length > pieces.first)
		memcpy(pieces.at[1], (const char *)from + pieces.first,
		       length - pieces.first);
	return 0;
}

void cpu_place(struct cpu *cpu, vaddr_t to, const void *from, size_t length)
{
	const char *bytes = from;

	while (length) {
		struct mmu_probe probe = mmu_probe(cpu->sim->mmu, cpu->number,
						   to);
		size_t room = FRAME_BYTES - to % FRAME_BYTES;
		size_t now = length < room ? length : room;

		if (probe.present)
			memcpy(physmem_pointer(cpu->sim->mem, probe.paddr),
			       bytes, now);
		to += now;
		bytes += now;
		length -= now;
	}
}

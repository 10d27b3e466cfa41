/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_update.c - mmu_update, update_va_mapping and write_pte of a trace.
 *
 * What the hypervisor refuses ends the hypercall, as in do_mmu_update().
 */
#include <errno.h>
#include <inttypes.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/pv_update.h"
#include "sim/state.h"

/* The value that the guest asks for in place of @old. */
static uint64_t wanted(const struct domain *d, const struct op *op,
		       uint64_t old)
{
	uint64_t value = (old & ~op->clear) | op->set;

	if (!op->frame_given)
		return value;
	return (value & ~PTE_FRAME) | (d->first + op->frame) * FRAME_BYTES;
}

/* The entry of @op->at, after the guest made the tables above it. */
static int find_entry(struct domain *d, const struct event *event,
		      const struct op *op, paddr_t *entry)
{
	int rc = pgtab_make(d, op->at, 1, entry);

	if (rc == 0)
		return 0;
	diag_error(d->sim->diags, sim_place(event->place, op),
		   rc == -ENOMEM
			   ? "no machine memory is left for the page tables "
			     "of 0x%" PRIx64
			   : "0x%" PRIx64 " has no page-table entry of a 4K "
			     "page",
		   op->at);
	return -EBADMSG;
}

static void expect_outcome(struct sim *sim, const struct event *event,
			   const struct op *op, bool done)
{
	sim->results.expected++;
	if (done == !event->update.refused)
		return;
	sim->results.failed++;
	if (done)
		diag_error(sim->failed, event->place,
			   "the hypervisor refuses none of these entries");
	else
		diag_error(sim->failed, sim_place(event->place, op),
			   "the hypervisor refuses this entry of 0x%" PRIx64,
			   op->at);
}

/* What it costs to enter the hypervisor. */
static void charge(struct sim *sim)
{
	sim_count(sim, COUNTER_cycles_hypercall,
		  mmu_profile(sim->mmu)->cost.hypercall);
}

/* Up to the one that is refused, which *@done tells. */
static int update_all(struct cpu *cpu, const struct event *event, size_t *i,
		      bool *done)
{
	struct sim *sim = cpu->sim;

	for (; *i < event->nr_ops && *done; ++*i) {
		const struct op *op = &event->ops[*i];
		paddr_t entry;

		if (find_entry(cpu->running, event, op, &entry) < 0)
			return -EBADMSG;
		if (*i == 0 || event->kind != EVENT_mmu_update)
			charge(sim);
		*done = pv_update(
			cpu, entry,
			wanted(cpu->running, op, physmem_read(sim->mem, entry)),
			event->update.way);
	}
	return 0;
}

int ev_update(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_event(sim, event);
	size_t i = 0;
	bool done = true;

	if (!cpu || update_all(cpu, event, &i, &done) < 0)
		return -EBADMSG;
	if (i)
		expect_outcome(sim, event, &event->ops[i - 1], done);
	return 0;
}

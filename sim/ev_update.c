/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_update.c - mmu_update, update_va_mapping, write_pte and share_table of a
 * trace.
 *
 * What the hypervisor refuses ends the hypercall, as in do_mmu_update().
 *
 * A shared table:    L2 entry of A --.
 *                                     >-- one L1 table -- entry -- page
 *                    L2 entry of B --'
 *
 * Whoever accesses the page by A or by B sets A and D in the same entry, and
 * leaves translations at two addresses.
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
	return (value & ~PTE_FRAME) |
	       p2m_get(&d->p2m, op->frame).mfn.n * FRAME_BYTES;
}

/* The entry of @level for @at, after the guest made the tables above it. */
static int find_entry(struct domain *d, const struct event *event,
		      const struct op *op, vaddr_t at, unsigned level,
		      paddr_t *entry)
{
	int rc = pgtab_make(d, at, level, entry);

	if (rc == 0)
		return 0;
	diag_error(d->sim->diags, sim_place(event->place, op),
		   rc == -ENOMEM
			   ? "no machine memory is left for the page tables "
			     "of 0x%" PRIx64
			   : "0x%" PRIx64 " has no page-table entry of a 4K "
			     "page",
		   at);
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

		if (find_entry(cpu->running, event, op, op->at, 1, &entry) < 0)
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

/* ---- shared tables ----------------------------------------------------- */

static int share_one(struct domain *d, const struct event *event,
		     const struct op *op)
{
	struct sim *sim = d->sim;
	paddr_t from, entry;
	uint64_t old, value;

	if (find_entry(d, event, op, op->new_at, 2, &from) < 0 ||
	    find_entry(d, event, op, op->at, 2, &entry) < 0)
		return -EBADMSG;
	value = physmem_read(sim->mem, from);
	old = physmem_read(sim->mem, entry);
	if (!(value & PTE_P) || (value & PTE_PS)) {
		diag_error(sim->diags, sim_place(event->place, op),
			   "0x%" PRIx64 " has no level 1 table", op->new_at);
		return -EBADMSG;
	}
	if ((old & PTE_P) && ((old & PTE_PS) || !pgtab_is_empty(sim, old))) {
		diag_error(sim->diags, sim_place(event->place, op),
			   "pages are mapped in the 2M around 0x%" PRIx64,
			   op->at);
		diag_hint(sim->diags, "'unmap_page' those first");
		return -EBADMSG;
	}
	pgtab_store(sim, entry, value);
	return 0;
}

int ev_share_table(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = share_one(d, event, &event->ops[i]);
	return rc;
}

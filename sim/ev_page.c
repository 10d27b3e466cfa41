/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_page.c - a domain gives memory back, gets some, or types it.
 *
 * Or it has a frame, empty so far, be a page table: what a table of a guest's
 * own making is, before it is used.  The walks of this simulator go through
 * tables of its own, so a pinned one stays empty.
 *
 * Source: XENMEM_decrease_reservation and XENMEM_populate_physmap,
 * xen/common/memory.c; MMUEXT_PIN_L1_TABLE, xen/arch/x86/mm.c.
 */
#include <errno.h>
#include <inttypes.h>

#include "sim/pgtab.h"
#include "sim/state.h"

static int free_one(struct domain *d, const struct event *event,
		    const struct op *op)
{
	mfn_t mfn;

	if (domain_check_ram(d, sim_place(event->place, op), op->frame, 1,
			     &mfn) < 0)
		return -EBADMSG;
	page_give_up(d, op->frame);
	return 0;
}

int ev_free(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = free_one(d, event, &event->ops[i]);
	return rc;
}

static int alloc_one(struct cpu *cpu, struct domain *d,
		     const struct event *event, const struct op *op)
{
	struct place place = sim_place(event->place, op);

	if (p2m_get(&d->p2m, op->frame).type != P2M_NONE) {
		diag_error(d->sim->diags, place,
			   "frame 0x%" PRIx64 " of domain %u leads to memory "
			   "already",
			   op->frame, d->id);
		diag_hint(d->sim->diags, "'free' it first");
		return -EBADMSG;
	}
	if (page_alloc(cpu, d, op->frame))
		return 0;
	diag_error(d->sim->diags, place, "no memory is free for domain %u",
		   d->id);
	diag_hint(d->sim->diags, "what was given up is free when nobody has "
				 "it mapped any more");
	return -EBADMSG;
}

int ev_alloc(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	struct cpu *cpu = d ? cpu_acting(sim, event, d) : NULL;
	int rc = cpu ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = alloc_one(cpu, d, event, &event->ops[i]);
	return rc;
}

/* ---- page tables ----------------------------------------------------- */

static int pin_one(struct cpu *cpu, struct domain *d, const struct event *event,
		   const struct op *op)
{
	static const enum frame_type types[] = {
		[1] = FRAME_L1,
		[2] = FRAME_L2,
		[3] = FRAME_L3,
		[4] = FRAME_L4,
	};
	struct place place = sim_place(event->place, op);
	struct diags *diags = d->sim->diags;
	mfn_t mfn;

	if (domain_check_ram(d, place, op->frame, 1, &mfn) < 0)
		return -EBADMSG;
	if (!pgtab_is_empty(d->sim, mfn.n * FRAME_BYTES)) {
		diag_error(diags, place,
			   "frame 0x%" PRIx64 " of domain %u is not empty",
			   op->frame, d->id);
		diag_hint(diags, "it was written by a 'copy'");
		return -EBADMSG;
	}
	if (page_pin(cpu, d, mfn, types[event->table.level]))
		return 0;
	diag_error(diags, place,
		   "frame 0x%" PRIx64 " of domain %u is mapped writable, or a "
		   "table already",
		   op->frame, d->id);
	return -EBADMSG;
}

int ev_pin_table(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	struct cpu *cpu = d ? cpu_acting(sim, event, d) : NULL;
	int rc = cpu ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = pin_one(cpu, d, event, &event->ops[i]);
	return rc;
}

static int unpin_one(struct domain *d, const struct event *event,
		     const struct op *op)
{
	struct place place = sim_place(event->place, op);
	mfn_t mfn;

	if (domain_check_ram(d, place, op->frame, 1, &mfn) < 0)
		return -EBADMSG;
	if (page_unpin(d->sim, mfn))
		return 0;
	diag_error(d->sim->diags, place,
		   "frame 0x%" PRIx64 " of domain %u is not a pinned table",
		   op->frame, d->id);
	return -EBADMSG;
}

int ev_unpin_table(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = unpin_one(d, event, &event->ops[i]);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_page.c - a domain gives memory back, or gets some.
 *
 * Source: XENMEM_decrease_reservation and XENMEM_populate_physmap,
 * xen/common/memory.c.
 */
#include <errno.h>
#include <inttypes.h>

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

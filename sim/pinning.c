/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pinning.c - a domain has a frame be a page table, or memory again.
 *
 * The frame is empty so far: what a table of a guest's own making is, before
 * it is used.  The walks of this simulator go through tables of its own, so a
 * pinned one stays empty.
 *
 * Invariant, checked by sim_check(): no two that are open have one name, nor
 * one with a hypercall that is to be resumed.
 *
 * Source: MMUEXT_PIN_L1_TABLE, __get_page_type(), xen/arch/x86/mm.c.
 */
#include "sim/pinning.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sim/pgtab.h"
#include "sim/state.h"

static struct pinning **find_open(struct sim *sim, struct label name)
{
	struct pinning **at = &sim->pinnings;

	while (*at && !label_is((*at)->name, name))
		at = &(*at)->next;
	return *at ? at : NULL;
}

bool pinning_is_open(const struct sim *sim, struct label name)
{
	for (const struct pinning *p = sim->pinnings; p; p = p->next)
		if (label_is(p->name, name))
			return true;
	return false;
}

/* ---- steps ----------------------------------------------------------- */

static int in_use(const struct pinning *p, struct place place)
{
	diag_error(p->domain->sim->diags, place,
		   "frame 0x%" PRIx64 " of domain %u is mapped writable, or a "
		   "table already",
		   p->gfn, p->domain->id);
	return -EBADMSG;
}

/* Left open under @name. */
static int leave_open(const struct pinning *p, struct label name)
{
	struct sim *sim = p->domain->sim;
	struct pinning *open = malloc(sizeof(*open));

	if (!open)
		return -ENOMEM;
	*open = *p;
	open->name = name;
	open->next = sim->pinnings;
	sim->pinnings = open;
	return 0;
}

static int pin_one(struct pinning *p, const struct event *event,
		   const struct op *op)
{
	struct place place = sim_place(event->place, op);
	struct diags *diags = p->domain->sim->diags;

	p->gfn = op->frame;
	if (domain_check_ram(p->domain, place, p->gfn, 1, &p->mfn) < 0)
		return -EBADMSG;
	if (!pgtab_is_empty(p->domain->sim, p->mfn.n * FRAME_BYTES)) {
		diag_error(diags, place,
			   "frame 0x%" PRIx64 " of domain %u is not empty",
			   p->gfn, p->domain->id);
		diag_hint(diags, "it was written by a 'copy'");
		return -EBADMSG;
	}
	if (!page_pin_begin(p))
		return in_use(p, place);
	if (event->call.name >= 0)
		return leave_open(p, event->call);
	return page_pin_end(p) ? 0 : in_use(p, place);
}

static int check_name(struct sim *sim, const struct event *event)
{
	if (event->call.name < 0)
		return 0;
	if (event->nr_ops != 1) {
		diag_error(sim->diags, event->place,
			   "'call' names the pinning of one frame");
		return -EBADMSG;
	}
	if (!call_is_parked(sim, event->call) &&
	    !pinning_is_open(sim, event->call))
		return 0;
	diag_error(sim->diags, event->place,
		   "a call of this name is still to be resumed");
	diag_hint(sim->diags, "'resume' it first");
	return -EBADMSG;
}

/* ---- events ---------------------------------------------------------- */

int ev_pin_table(struct sim *sim, const struct event *event)
{
	static const enum frame_type types[] = {
		[1] = FRAME_L1,
		[2] = FRAME_L2,
		[3] = FRAME_L3,
		[4] = FRAME_L4,
	};
	struct domain *d = sim_domain(sim, event, event->domain);
	struct pinning p = { .domain = d,
			     .by = d ? cpu_acting(sim, event, d) : NULL,
			     .type = types[event->table.level] };
	int rc = p.by ? check_name(sim, event) : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = pin_one(&p, event, &event->ops[i]);
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

int pinning_resume(struct sim *sim, const struct event *event)
{
	struct pinning **at = find_open(sim, event->call);
	struct pinning *p;
	int rc;

	assert(at);
	p = *at;
	if (event->stop.nth) {
		diag_error(sim->diags, event->place,
			   "a pinning has no other place to stop at");
		return -EBADMSG;
	}
	rc = page_pin_end(p) ? 0 : in_use(p, event->place);
	*at = p->next;
	free(p);
	return rc;
}

void pinnings_finish(struct sim *sim)
{
	for (struct pinning *p = sim->pinnings; p; p = p->next)
		page_pin_end(p);
	pinnings_destroy(sim);
}

void pinnings_destroy(struct sim *sim)
{
	while (sim->pinnings) {
		struct pinning *next = sim->pinnings->next;

		free(sim->pinnings);
		sim->pinnings = next;
	}
}

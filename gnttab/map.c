/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.c - GNTTABOP_map_grant_ref.
 *
 *   handle -> pins, GTF bits, first reference -> host part -> device part
 *          -> what devices reach
 *
 * A failure undoes what was done, in reverse; a host mapping that was in the
 * page tables for a moment may have been used, and costs a flush.
 *
 * Sources: xen/common/grant_table.c (map_grant_ref), Xen master
 * c447b7308b13; 95906bf0f0 for the undoing of the host mapping.
 */
#include "gnttab/ops.h"

#include "gnttab/flush.h"
#include "gnttab/grant_table.h"
#include "gnttab/host.h"

/* What means nothing to a guest with external paging. */
#define NEEDS_PV                                                               \
	(GNTMAP_device_map | GNTMAP_application_map | GNTMAP_contains_pte)

static void host_undo(struct cpu *cpu, struct grant_table *caller,
		      const struct host_mapping *m)
{
	struct gnttab_batch zapped;

	zapped.n = 0;
	zapped.accessed = false;
	host_unmap(cpu, caller, m, 0, &zapped);
	flush_mapper(cpu, caller);
}

/* A device part beside the host part has a reference of its own. */
static RARE int16_t device_hold(struct cpu *cpu, struct grant_table *caller,
				const struct claim *c,
				const struct host_mapping *m)
{
	struct domain *d = c->granter->who.machine;

	if (machine_frame_hold(cpu, d, m->mfn, claim_hold(c)))
		return GNTST_okay;
	host_undo(cpu, caller, m);
	return GNTST_general_error;
}

/* Make the parts; the claim's reference is that of the first. */
static int16_t parts_make(struct cpu *cpu, struct grant_table *caller,
			  const struct claim *c, struct host_mapping *m)
{
	int16_t status;

	if (!(m->flags & GNTMAP_host_map))
		return GNTST_okay;
	status = host_map(cpu, caller, m);
	if (status == GNTST_okay && (m->flags & GNTMAP_device_map))
		status = device_hold(cpu, caller, c, m);
	if (status != GNTST_okay)
		machine_frame_drop(cpu, m->mfn, claim_hold(c));
	return status;
}

/* Undo that. */
static void parts_break(struct cpu *cpu, struct grant_table *caller,
			const struct claim *c, const struct host_mapping *m)
{
	if (m->flags & GNTMAP_host_map)
		host_undo(cpu, caller, m);
	if ((m->flags & MAP_PARTS) == MAP_PARTS)
		machine_frame_drop(cpu, m->mfn, claim_hold(c));
	machine_frame_drop(cpu, m->mfn, claim_hold(c));
}

/* What devices reach; undone with the parts when there is no memory for it. */
static RARE int16_t device_add(struct cpu *cpu, struct grant_table *caller,
			       const struct claim *c,
			       const struct host_mapping *m)
{
	int16_t status = device_get(cpu, caller, c->granter, m->mfn,
				    !(m->flags & GNTMAP_readonly));

	if (status != GNTST_okay)
		parts_break(cpu, caller, c, m);
	return status;
}

/* Claim what @op names for the mapping @m, and make that. */
static int16_t claim_and_map(struct cpu *cpu, struct grant_table *caller,
			     const gnttab_map_grant_ref_t *op,
			     struct grant_table *granter,
			     struct host_mapping *m)
{
	const struct claim c = {
		.granter = granter,
		.ref = op->ref,
		.grantee = caller->who.id,
		.pins = map_pins(op->flags),
		.kind = CLAIM_MAP,
	};
	struct active_entry *act;
	int16_t status = active_claim(cpu, &c, &act);

	if (status != GNTST_okay)
		return status;
	*m = (struct host_mapping){ op->host_addr, act->mfn, 0, op->flags };
	status = parts_make(cpu, caller, &c, m);
	if (status == GNTST_okay && caller->who.iommu)
		status = device_add(cpu, caller, &c, m);
	if (status != GNTST_okay)
		active_release(cpu, granter, act, c.pins);
	return status;
}

static int16_t map_one(struct cpu *cpu, struct grant_table *caller,
		       gnttab_map_grant_ref_t *op)
{
	struct host_mapping m;
	struct maptrack *mt = &caller->maptrack;
	struct grant_table *granter;
	struct maptrack_entry *e;
	grant_handle_t handle;
	int16_t status;

	if (!(op->flags & MAP_PARTS))
		return GNTST_bad_gntref;
	if (caller->who.external && (op->flags & NEEDS_PV))
		return GNTST_general_error;
	granter = machine_grant_table(cpu, op->dom);
	if (!granter)
		return GNTST_bad_domain;
	e = maptrack_take(cpu, mt, &handle);
	if (!e)
		return caller->rules->era == GNTTAB_ERA_2014
			       ? GNTST_no_device_space
			       : GNTST_no_space;
	status = claim_and_map(cpu, caller, op, granter, &m);
	if (status != GNTST_okay) {
		maptrack_put(cpu, mt, handle, e);
		return status;
	}
	e->granter = op->dom;
	e->ref = op->ref;
	e->note = m.note;
	e->flags = (uint16_t)op->flags; /* last: the entry is in use */
	op->dev_bus_addr = m.mfn.n << GRANT_PAGE_SHIFT;
	op->handle = handle;
	return GNTST_okay;
}

int ops_map(struct cpu *cpu, struct grant_table *caller,
	    struct gnttab_call *call)
{
	gnttab_map_grant_ref_t op;
	int rc;

	for (bool first = true; call->count; first = false) {
		if (!first && machine_preemption_wanted(cpu))
			return GNTTAB_PREEMPTED;
		rc = op_fetch(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
		op.status = map_one(cpu, caller, &op);
		rc = op_store(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
	}
	return 0;
}

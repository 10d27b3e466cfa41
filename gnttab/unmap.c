/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unmap.c - GNTTABOP_unmap_grant_ref and GNTTABOP_unmap_and_replace.
 *
 * In batches of 32, each in two phases with the flush decision between:
 *
 *   phase 1, each op      entry zapped; handle's part gone, handle freed,
 *                         with its last part what devices reach through it
 *   once                  flush, or a proof that none is needed
 *   phase 2, each op      frame references, then pins, then GTF bits
 *
 * So the granter sees its page free only when no CPU can reach it any more.
 * In 2014 the pins went in phase 1 already, so that another unmap of the
 * same reference could clear the GTF bits before this one's flush.
 *
 * Sources: xen/common/grant_table.c (unmap_common, unmap_common_complete,
 * gnttab_unmap_grant_ref, gnttab_unmap_and_replace), Xen master
 * c447b7308b13; Xen Security Advisories 218 (order) and 224 (device part).
 */
#include "gnttab/ops.h"

#include "gnttab/flush.h"
#include "gnttab/grant_table.h"
#include "gnttab/host.h"

/* The two structures differ in what their second word means. */
union op {
	gnttab_unmap_grant_ref_t unmap;
	gnttab_unmap_and_replace_t replace;
};
_Static_assert(sizeof(gnttab_unmap_grant_ref_t) ==
			       sizeof(gnttab_unmap_and_replace_t) &&
		       offsetof(gnttab_unmap_grant_ref_t, handle) ==
			       offsetof(gnttab_unmap_and_replace_t, handle) &&
		       offsetof(gnttab_unmap_grant_ref_t, status) ==
			       offsetof(gnttab_unmap_and_replace_t, status),
	       "unmap and replace have one layout");

/* One operation, from its phase 1 to its phase 2. */
struct unmap {
	union op op;
	bool replace; /* which it is */
	/* found and done */
	bool writable, freed;
	uint16_t done; /* parts unmapped, GNTMAP_readonly */
	grant_ref_t ref;
	struct grant_table *granter;
	struct active_entry *act; /* of that reference */
	mfn_t mfn;
	struct gnttab_zap *zap; /* to be filled with GNTMAP_host_map done */
};

struct batch {
	struct unmap ops[GNTTAB_UNMAP_BATCH];
	unsigned n;
	struct gnttab_batch zapped;
};

/* What only one of them has; 0 in the other. */
static uint64_t new_addr(const struct unmap *u)
{
	return u->replace ? u->op.replace.new_addr : 0;
}

static uint64_t dev_bus_addr(const struct unmap *u)
{
	return u->replace ? 0 : u->op.unmap.dev_bus_addr;
}

/* GNTST_okay if @addr is what a device would use for the frame of @u. */
static int16_t device_check(const struct grant_table *caller,
			    const struct unmap *u)
{
	uint64_t wrong = dev_bus_addr(u) ^ u->mfn.n << GRANT_PAGE_SHIFT;

	switch (caller->rules->era) {
	case GNTTAB_ERA_CURRENT:
	case GNTTAB_ERA_2021:
		break;
	case GNTTAB_ERA_2014:
		return wrong >> GRANT_PAGE_SHIFT ? GNTST_general_error
						 : GNTST_okay;
	}
	return wrong ? GNTST_bad_dev_addr : GNTST_okay;
}

/* Unmap the parts that @u names of its handle. */
static int16_t parts_unmap(struct cpu *cpu, struct grant_table *caller,
			   struct unmap *u, const struct maptrack_entry *e)
{
	const uint16_t flags = e->flags;
	const struct host_mapping m = { u->op.unmap.host_addr, u->mfn, flags };
	bool device = dev_bus_addr(u) && (flags & GNTMAP_device_map);
	int16_t status = device ? device_check(caller, u) : GNTST_okay;

	if (status != GNTST_okay)
		return status;
	if (m.addr && (flags & GNTMAP_host_map)) {
		status = host_unmap(cpu, caller, &m, new_addr(u), u->zap);
		if (status != GNTST_okay)
			return status;
		u->zap->note = e->note;
		u->done |= GNTMAP_host_map | (flags & GNTMAP_readonly);
	}
	if (device)
		u->done |= GNTMAP_device_map | (flags & GNTMAP_readonly);
	return GNTST_okay;
}

/* Is the handle what it was before the lock was taken? */
static bool unchanged(const struct maptrack_entry *e, const struct unmap *u)
{
	return e->flags && e->granter == u->granter->who.id && e->ref == u->ref;
}

/* Under the lock of the active entry, which is the handle's as well. */
static int16_t unmap_locked(struct cpu *cpu, struct grant_table *caller,
			    struct unmap *u, struct maptrack_entry *e)
{
	int16_t status;

	if (!unchanged(e, u))
		return GNTST_bad_handle;
	u->mfn = u->act->mfn;
	u->writable = !(e->flags & GNTMAP_readonly);
	status = parts_unmap(cpu, caller, u, e);
	if (caller->rules->era == GNTTAB_ERA_2014)
		u->act->pin -= map_pins(u->done);
	e->flags &= ~(u->done & MAP_PARTS);
	if (!(e->flags & MAP_PARTS)) {
		e->flags = 0;
		u->freed = true;
	}
	return status;
}

/* Do devices lose what this handle let them reach? */
static bool uncounted(const struct grant_table *caller, const struct unmap *u)
{
	switch (caller->rules->era) {
	case GNTTAB_ERA_CURRENT:
	case GNTTAB_ERA_2014:
		break;
	case GNTTAB_ERA_2021:
		return true;
	}
	return u->freed;
}

static int16_t unmap_one(struct cpu *cpu, struct grant_table *caller,
			 struct unmap *u, struct maptrack_entry *e)
{
	int16_t status;

	u->act = grant_active(u->granter, u->ref);
	machine_lock(cpu, &u->act->lock);
	status = unmap_locked(cpu, caller, u, e);
	machine_unlock(cpu, &u->act->lock);
	if (u->freed)
		maptrack_put(cpu, &caller->maptrack, u->op.unmap.handle);
	if (status == GNTST_okay && caller->who.iommu && uncounted(caller, u))
		device_put(cpu, caller, u->granter, u->mfn, u->writable);
	if (status == GNTST_okay && u->writable)
		machine_mark_dirty(cpu, u->granter->who.machine, u->mfn);
	return status;
}

/* Phase 1; returns the operation's new status. */
static int16_t unmap_begin(struct cpu *cpu, struct grant_table *caller,
			   struct unmap *u)
{
	const grant_handle_t handle = u->op.unmap.handle;
	struct maptrack_entry *e;

	if (handle >= maptrack_limit(&caller->maptrack))
		return GNTST_bad_handle;
	e = maptrack_entry(&caller->maptrack, handle);
	if (!e->flags)
		return GNTST_bad_handle;
	u->ref = e->ref;
	u->granter = machine_grant_table(cpu, e->granter);
	if (u->granter)
		return unmap_one(cpu, caller, u, e);
	/* It kept a page of a domain that is no more. */
	machine_crash_domain(cpu, caller->who.machine);
	return u->op.unmap.status;
}

/* Phase 2. */
static void unmap_end(struct cpu *cpu, const struct grant_table *caller,
		      const struct unmap *u)
{
	enum machine_hold hold = u->done & GNTMAP_readonly
					 ? MACHINE_HOLD
					 : MACHINE_HOLD_WRITABLE;

	if (!u->done)
		return;
	if (u->done & GNTMAP_device_map)
		machine_frame_drop(cpu, u->mfn, hold);
	if (u->done & GNTMAP_host_map)
		machine_frame_drop(cpu, u->mfn, hold);
	if (caller->rules->era == GNTTAB_ERA_2014)
		active_reduce(cpu, u->granter, u->ref, map_pins(u->done));
	else
		active_release(cpu, u->granter, u->ref, map_pins(u->done));
}

/* Phase 1 of @u, which is next in its batch; returns its new status. */
static int16_t batch_add(struct cpu *cpu, struct grant_table *caller,
			 struct gnttab_batch *zapped, struct unmap *u)
{
	int16_t status;

	u->done = 0;
	u->freed = false;
	u->zap = &zapped->zap[zapped->n];
	status = unmap_begin(cpu, caller, u);
	if (!(u->done & GNTMAP_host_map)) {
		zapped->accessed |= caller->rules->policy->default_accessed;
		return status;
	}
	zapped->accessed |= u->zap->accessed;
	zapped->n++;
	return status;
}

/* Phase 1 of a batch: as far as its array can be read and written. */
static int batch_begin(struct cpu *cpu, struct grant_table *caller,
		       struct gnttab_call *call, struct batch *b)
{
	const bool replace = call->cmd == GNTTABOP_unmap_and_replace;
	unsigned n = call->count;
	int rc = 0;

	if (n > GNTTAB_UNMAP_BATCH)
		n = GNTTAB_UNMAP_BATCH;
	b->n = b->zapped.n = 0;
	b->zapped.accessed = false;
	for (struct unmap *u = b->ops; rc == 0 && b->n < n; u++) {
		rc = op_fetch(cpu, call, &u->op, sizeof(u->op));
		if (rc)
			break;
		b->n++;
		u->replace = replace;
		u->op.unmap.status = batch_add(cpu, caller, &b->zapped, u);
		rc = op_store(cpu, call, &u->op, sizeof(u->op));
	}
	return rc;
}

static int batch_run(struct cpu *cpu, struct grant_table *caller,
		     struct gnttab_call *call)
{
	struct batch b;
	int rc = batch_begin(cpu, caller, call, &b);

	/* What moved into a slot of a replace may be cached where it was. */
	if (rc || call->cmd == GNTTABOP_unmap_and_replace)
		flush_mapper(cpu, caller);
	else
		flush_batch(cpu, caller, &b.zapped);
	for (unsigned i = 0; i < b.n; i++)
		unmap_end(cpu, caller, &b.ops[i]);
	return rc;
}

static int batches_run(struct cpu *cpu, struct grant_table *caller,
		       struct gnttab_call *call)
{
	while (call->count) {
		int rc = batch_run(cpu, caller, call);

		if (rc)
			return rc;
		if (call->count && machine_preemption_wanted(cpu))
			return GNTTAB_PREEMPTED;
	}
	return 0;
}

int ops_unmap(struct cpu *cpu, struct grant_table *caller,
	      struct gnttab_call *call)
{
	caller->counters.unmap_operations++;
	return batches_run(cpu, caller, call);
}

int ops_unmap_and_replace(struct cpu *cpu, struct grant_table *caller,
			  struct gnttab_call *call)
{
	return batches_run(cpu, caller, call);
}

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

/* The two structures differ in what their second word means, mostly 0. */
union op {
	gnttab_unmap_grant_ref_t unmap;
	gnttab_unmap_and_replace_t replace;
};
_Static_assert(sizeof(gnttab_unmap_grant_ref_t) ==
			       sizeof(gnttab_unmap_and_replace_t) &&
		       offsetof(gnttab_unmap_grant_ref_t, dev_bus_addr) ==
			       offsetof(gnttab_unmap_and_replace_t, new_addr) &&
		       offsetof(gnttab_unmap_grant_ref_t, handle) ==
			       offsetof(gnttab_unmap_and_replace_t, handle) &&
		       offsetof(gnttab_unmap_grant_ref_t, status) ==
			       offsetof(gnttab_unmap_and_replace_t, status),
	       "unmap and replace have one layout");

/* One operation, from its phase 1 to its phase 2. */
struct unmap {
	union op op;
	struct grant_table *granter;
	struct active_entry *act; /* of its reference */
	struct host_mapping m;
	uint32_t pins; /* of the parts unmapped; 0: none, nothing to complete */
	bool freed;    /* the handle */
};

struct batch {
	struct unmap ops[GNTTAB_UNMAP_BATCH];
	unsigned n;
	bool replace; /* which they are */
	struct gnttab_batch zapped;
};

#define PINS_HOST (0xff * (PIN_HSTW | PIN_HSTR))
#define PINS_DEVICE (0xff * (PIN_DEVW | PIN_DEVR))

/* GNTST_okay if @addr is what a device would use for the frame of @u. */
static RARE int16_t device_check(const struct grant_table *caller,
				 const struct unmap *u, uint64_t addr)
{
	uint64_t wrong = addr ^ u->m.mfn.n << GRANT_PAGE_SHIFT;

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

/* Unmap the parts of its handle that @u names; *@parts is which. */
static int16_t parts_unmap(struct cpu *cpu, struct grant_table *caller,
			   struct batch *b, const struct unmap *u,
			   uint32_t *parts)
{
	uint64_t bus = u->op.unmap.dev_bus_addr, new_addr = 0;
	int16_t status;

	if (bus && b->replace) {
		bus = 0;
		new_addr = u->op.replace.new_addr;
	}
	if (bus && (u->m.flags & GNTMAP_device_map)) {
		status = device_check(caller, u, bus);
		if (status != GNTST_okay)
			return status;
		*parts |= GNTMAP_device_map;
	}
	if (!u->m.addr || !(u->m.flags & GNTMAP_host_map))
		return GNTST_okay;
	status = host_unmap(cpu, caller, &u->m, new_addr, &b->zapped);
	if (status == GNTST_okay)
		*parts |= GNTMAP_host_map;
	else
		*parts = 0;
	return status;
}

/* Is the handle what it was before the lock was taken? */
static bool unchanged(const struct maptrack_entry *e, const struct unmap *u)
{
	return e->flags && e->granter == u->granter->who.id &&
	       e->ref == u->act->ref;
}

/* Under the lock of the active entry, which is the handle's as well. */
static int16_t unmap_locked(struct cpu *cpu, struct grant_table *caller,
			    struct batch *b, struct unmap *u,
			    struct maptrack_entry *e)
{
	uint32_t parts = 0;
	int16_t status;

	if (!unchanged(e, u))
		return GNTST_bad_handle;
	u->m = (struct host_mapping){ u->op.unmap.host_addr, u->act->mfn,
				      e->note, e->flags };
	status = parts_unmap(cpu, caller, b, u, &parts);
	u->pins = map_pins(parts | (u->m.flags & GNTMAP_readonly));
	if (caller->rules->era == GNTTAB_ERA_2014)
		u->act->pin -= u->pins;
	e->flags &= ~parts;
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
			 struct batch *b, struct unmap *u,
			 struct maptrack_entry *e)
{
	int16_t status;
	bool writable;

	machine_lock(cpu, &u->act->lock);
	status = unmap_locked(cpu, caller, b, u, e);
	machine_unlock(cpu, &u->act->lock);
	if (u->freed)
		maptrack_put(cpu, &caller->maptrack, u->op.unmap.handle, e);
	if (status != GNTST_okay)
		return status;
	writable = !(u->m.flags & GNTMAP_readonly);
	if (caller->who.iommu && uncounted(caller, u))
		device_put(cpu, caller, u->granter, u->m.mfn, writable);
	if (writable)
		machine_mark_dirty(cpu, u->granter->who.machine, u->m.mfn);
	return GNTST_okay;
}

/* Phase 1; returns the operation's new status. */
static int16_t unmap_begin(struct cpu *cpu, struct grant_table *caller,
			   struct batch *b, struct unmap *u)
{
	const grant_handle_t handle = u->op.unmap.handle;
	struct maptrack_entry *e;
	grant_ref_t ref;

	if (handle >= maptrack_limit(&caller->maptrack))
		return GNTST_bad_handle;
	e = maptrack_entry(&caller->maptrack, handle);
	if (!e->flags)
		return GNTST_bad_handle;
	ref = e->ref;
	u->granter = machine_grant_table(cpu, e->granter);
	if (!u->granter) {
		/* It kept a page of a domain that is no more. */
		machine_crash_domain(cpu, caller->who.machine);
		return u->op.unmap.status;
	}
	u->act = grant_active(u->granter, ref);
	return unmap_one(cpu, caller, b, u, e);
}

/* Phase 2. */
static void unmap_end(struct cpu *cpu, const struct grant_table *caller,
		      const struct unmap *u)
{
	enum machine_hold hold = pins_write(u->pins) ? MACHINE_HOLD_WRITABLE
						     : MACHINE_HOLD;

	if (!u->pins)
		return;
	if (u->pins & PINS_DEVICE)
		machine_frame_drop(cpu, u->m.mfn, hold);
	if (u->pins & PINS_HOST)
		machine_frame_drop(cpu, u->m.mfn, hold);
	if (caller->rules->era == GNTTAB_ERA_2014)
		active_reduce(cpu, u->granter, u->act, u->pins);
	else
		active_release(cpu, u->granter, u->act, u->pins);
}

/* Phase 1 of @u, which is next in @b; returns its new status. */
static int16_t batch_add(struct cpu *cpu, struct grant_table *caller,
			 struct batch *b, struct unmap *u)
{
	int16_t status;

	u->pins = 0;
	u->freed = false;
	status = unmap_begin(cpu, caller, b, u);
	if (!(u->pins & PINS_HOST))
		b->zapped.accessed |= caller->rules->policy->default_accessed;
	return status;
}

/* Phase 1 of a batch: as far as its array can be read and written. */
static int batch_begin(struct cpu *cpu, struct grant_table *caller,
		       struct gnttab_call *call, struct batch *b)
{
	unsigned n = call->count;
	int rc = 0;

	if (n > GNTTAB_UNMAP_BATCH)
		n = GNTTAB_UNMAP_BATCH;
	b->replace = call->cmd == GNTTABOP_unmap_and_replace;
	b->n = b->zapped.n = 0;
	b->zapped.accessed = false;
	for (struct unmap *u = b->ops; rc == 0 && b->n < n; u++) {
		rc = op_fetch(cpu, call, &u->op, sizeof(u->op));
		if (rc)
			break;
		b->n++;
		u->op.unmap.status = batch_add(cpu, caller, b, u);
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

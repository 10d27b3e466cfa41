/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * looked.c - the handles and pins that a hypercall looks at.
 *
 *   copy_from_guest   an operation names a handle, a reference: looked at
 *   ... | ... | ...   each part of the hypercall reads the handles, and writes
 *                     what is not as it was when the part began
 *   copy_to_guest     a map has made a handle
 *
 * Locks keep them in order as long as they are taken.  What they protect is
 * told all the same, so that to forget one is to be found out.
 */
#include "sim/looked.h"

#include <stdlib.h>
#include <string.h>

#include "sim/state.h"

/* ---- what they are now ------------------------------------------------- */

static uint64_t value_of(const struct looked_at *l)
{
	struct gnttab_maptrack_view handle;
	struct gnttab_active_view active;

	if (l->what == TOUCH_HANDLE) {
		handle = gnttab_maptrack(l->table, l->number);
		return handle.flags | (uint64_t)handle.granter << 16 |
		       (uint64_t)handle.ref << 32;
	}
	active = gnttab_active(l->table, l->number);
	return active.pin | active.mfn.n << 32;
}

/* ---- who looks at what ------------------------------------------------- */

static void look_at(struct call *call, enum touch_what what, int domain,
		    uint32_t number)
{
	struct sim *sim = call->sim;
	const struct domain *d = domain_find(sim, domain);
	struct looked *looked = call->looked;
	struct looked_at *l;

	if (!d)
		return;
	if (looked->count == LOOKED_MAX) {
		looked->more = true;
		return;
	}
	l = &looked->at[looked->count++];
	*l = (struct looked_at){
		.what = what,
		.table = d->grants,
		.number = number,
		.id = (uint64_t)(d - sim->domain) << 32 | number,
	};
	l->seen = value_of(l);
}

static void look_at_handle(struct call *call, grant_handle_t handle)
{
	const struct grant_table *table = call->domain->grants;
	struct gnttab_maptrack_view view = gnttab_maptrack(table, handle);

	look_at(call, TOUCH_HANDLE, call->domain->id, handle);
	if (view.flags)
		look_at(call, TOUCH_PINS, view.granter, view.ref);
}

static void look_at_map(struct call *call, const void *op)
{
	gnttab_map_grant_ref_t map;

	memcpy(&map, op, sizeof(map));
	look_at(call, TOUCH_PINS, map.dom, map.ref);
}

/* Both kinds have the handle at one place. */
static void look_at_unmap(struct call *call, const void *op)
{
	gnttab_unmap_grant_ref_t unmap;

	memcpy(&unmap, op, sizeof(unmap));
	look_at_handle(call, unmap.handle);
}

static void look_at_end(struct call *call, const struct gnttab_copy_ptr *ptr)
{
	int domain = ptr->domid == DOMID_SELF ? call->domain->id : ptr->domid;

	look_at(call, TOUCH_PINS, domain, ptr->u.ref);
}

static void look_at_copy(struct call *call, const void *op)
{
	gnttab_copy_t copy;

	memcpy(&copy, op, sizeof(copy));
	if (copy.flags & GNTCOPY_source_gref)
		look_at_end(call, &copy.source);
	if (copy.flags & GNTCOPY_dest_gref)
		look_at_end(call, &copy.dest);
}

static const struct {
	unsigned cmd;
	size_t bytes;
	void (*look_at)(struct call *call, const void *op);
} commands[] = {
	{ GNTTABOP_map_grant_ref, sizeof(gnttab_map_grant_ref_t), look_at_map },
	{ GNTTABOP_unmap_grant_ref, sizeof(gnttab_unmap_grant_ref_t),
	  look_at_unmap },
	{ GNTTABOP_unmap_and_replace, sizeof(gnttab_unmap_and_replace_t),
	  look_at_unmap },
	{ GNTTABOP_copy, sizeof(gnttab_copy_t), look_at_copy },
};

void looked_up(struct call *call, const void *op, size_t len)
{
	if (!call->sim->touches)
		return;
	if (!call->looked)
		call->looked = calloc(1, sizeof(*call->looked));
	if (!call->looked) {
		sim_touch_all(call->sim);
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (commands[i].cmd == call->left.cmd &&
		    commands[i].bytes == len)
			commands[i].look_at(call, op);
}

void looked_stored(struct call *call, const void *op, size_t len)
{
	uint64_t domain = (uint64_t)(call->domain - call->sim->domain);
	gnttab_map_grant_ref_t map;

	if (call->left.cmd != GNTTABOP_map_grant_ref || len != sizeof(map))
		return;
	memcpy(&map, op, sizeof(map));
	if (map.status == GNTST_okay)
		sim_touch(call->sim, TOUCH_HANDLE, domain << 32 | map.handle,
			  TOUCH_WRITE);
	/* It was made some time before this, and others may have run since. */
	if (call->in_guest)
		sim_touch_all(call->sim);
}

/* ---- parts of a hypercall ---------------------------------------------- */

void looked_before(struct call *call)
{
	struct looked *looked = call->looked;

	for (unsigned i = 0; looked && i < looked->count; i++)
		looked->at[i].seen = value_of(&looked->at[i]);
}

void looked_after(struct call *call)
{
	const struct looked *looked = call->looked;
	const struct looked_at *l;

	if (looked && looked->more)
		sim_touch_all(call->sim);
	for (unsigned i = 0; looked && i < looked->count; i++) {
		l = &looked->at[i];
		if (value_of(l) != l->seen)
			sim_touch(call->sim, l->what, l->id, TOUCH_WRITE);
		else if (l->what == TOUCH_HANDLE)
			sim_touch(call->sim, l->what, l->id, TOUCH_READ);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_state.c - what is granted and mapped where the trace is now.
 *
 *   mappings   (mapper, handle) ----> granter, ref, address
 *   addresses  (mapper, address) ---> handle
 *   refs       (granter, ref) ------> frame, mapper, how often mapped
 *   frames     (domain, machine frame) -> its number in the domain's memory,
 *                                     counted from 0 as they are first used
 *
 * A reference's pins count the mappings that name it.  Of several mappings at
 * one address the newest is the one that an access reaches, and the one that
 * `addresses` names.
 */
#include "workloads/import_xen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct xen_ref {
	uint64_t frame; /* numbered in the granter's memory */
	uint32_t pins;
	domid_t to;
	bool granted;
};

void xen_state_init(struct xen_state *s)
{
	s->mappings.value_size = sizeof(struct xen_mapping);
	s->addresses.value_size = sizeof(uint64_t);
	s->refs.value_size = sizeof(struct xen_ref);
	s->frames.value_size = sizeof(uint64_t);
	s->entries.value_size = sizeof(uint64_t);
}

void xen_state_free(struct xen_state *s)
{
	xen_table_free(&s->mappings);
	xen_table_free(&s->addresses);
	xen_table_free(&s->refs);
	xen_table_free(&s->frames);
	xen_table_free(&s->entries);
	free(s->domain);
}

/* ---- domains ---------------------------------------------------------- */

struct xen_domain *xen_domain(struct xen_import *x, domid_t id)
{
	struct xen_state *s = &x->state;
	struct xen_domain *more;
	size_t i = 0;

	while (i < s->nr_domains && s->domain[i].id < id)
		i++;
	if (i < s->nr_domains && s->domain[i].id == id)
		return &s->domain[i];
	more = realloc(s->domain, (s->nr_domains + 1) * sizeof(*more));
	if (!more) {
		x->error = -ENOMEM;
		return NULL;
	}
	s->domain = more;
	memmove(&more[i + 1], &more[i], (s->nr_domains - i) * sizeof(*more));
	more[i] = (struct xen_domain){ .id = id };
	s->nr_domains++;
	return &more[i];
}

/* ---- numbers that stand for machine addresses -------------------------- */

/* What stands for (@a, @b); *@next, which then goes up, if nothing did. */
static uint64_t number(struct xen_import *x, struct xen_table *table,
		       uint64_t a, uint64_t b, uint64_t *next)
{
	uint64_t *n = xen_table_get(table, a, b);

	if (n)
		return *n;
	n = xen_table_put(table, a, b);
	if (!n) {
		x->error = -ENOMEM;
		return 0;
	}
	*n = (*next)++;
	return *n;
}

uint64_t xen_state_frame(struct xen_import *x, domid_t id, uint64_t frame)
{
	struct xen_domain *d = xen_domain(x, id);

	return d ? number(x, &x->state.frames, id, frame, &d->frames) : 0;
}

uint64_t xen_state_pte_window(struct xen_import *x, domid_t mapper,
			      uint64_t entry)
{
	struct xen_table *entries = &x->state.entries;
	uint64_t next = entries->used;

	return XEN_PTE_WINDOW +
	       XEN_PAGE * number(x, entries, mapper, entry, &next);
}

/* ---- references -------------------------------------------------------- */

static struct xen_ref *find_ref(struct xen_import *x, domid_t granter,
				uint32_t ref)
{
	struct xen_ref *r = xen_table_put(&x->state.refs, granter, ref);
	struct xen_domain *d = xen_domain(x, granter);

	if (!r || !d) {
		x->error = -ENOMEM;
		return NULL;
	}
	if (ref >= d->refs)
		d->refs = (uint64_t)ref + 1;
	return r;
}

/* Has @ref to be granted anew for @want?  If so it is from now on. */
static bool grant(struct xen_import *x, struct xen_ref *ref,
		  const struct xen_grant *want)
{
	if (ref->granted && ref->frame == want->frame && ref->to == want->to)
		return false;
	if (ref->pins) {
		xen_note(x, XEN_NOTE_pinned, 1);
		return false;
	}
	ref->granted = true;
	ref->frame = want->frame;
	ref->to = want->to;
	return true;
}

bool xen_state_grant(struct xen_import *x, const struct xen_grant *want)
{
	struct xen_ref *ref = find_ref(x, want->granter, want->ref);

	return ref && grant(x, ref, want);
}

bool xen_state_grant_any(struct xen_import *x, struct xen_grant *want)
{
	struct xen_ref *ref = find_ref(x, want->granter, want->ref);
	struct xen_domain *d = xen_domain(x, want->granter);

	if (!ref || !d)
		return false;
	want->frame = ref->granted ? ref->frame : d->frames++;
	return grant(x, ref, want);
}

/* ---- mappings ---------------------------------------------------------- */

struct xen_mapping *xen_state_mapping(const struct xen_import *x,
				      domid_t mapper, uint32_t handle)
{
	return xen_table_get(&x->state.mappings, mapper, handle);
}

bool xen_state_is_mapped(const struct xen_import *x, domid_t mapper,
			 uint64_t host_addr)
{
	return xen_table_get(&x->state.addresses, mapper, host_addr);
}

/* An address that leads to a newer mapping stays. */
static void leave_address(struct xen_import *x, domid_t mapper, uint32_t handle,
			  uint64_t host_addr)
{
	struct xen_table *addresses = &x->state.addresses;
	const uint64_t *at = xen_table_get(addresses, mapper, host_addr);

	if (at && *at == handle)
		xen_table_drop(addresses, mapper, host_addr);
}

void xen_state_unmap_parts(struct xen_import *x, domid_t mapper,
			   uint32_t handle, uint32_t parts)
{
	const uint32_t both = GNTMAP_host_map | GNTMAP_device_map;
	struct xen_mapping *m = xen_state_mapping(x, mapper, handle);

	if (!m)
		return;
	if (m->flags & parts & GNTMAP_host_map)
		leave_address(x, mapper, handle, m->host_addr);
	m->flags &= ~(parts & both);
	if (!(m->flags & both))
		xen_state_unmap(x, mapper, handle);
}

void xen_state_unmap(struct xen_import *x, domid_t mapper, uint32_t handle)
{
	struct xen_state *s = &x->state;
	const struct xen_mapping *m = xen_state_mapping(x, mapper, handle);
	struct xen_domain *d = xen_domain(x, mapper);
	struct xen_ref *ref;

	if (!m || !d)
		return;
	leave_address(x, mapper, handle, m->host_addr);
	ref = xen_table_get(&s->refs, m->granter, m->ref);
	ref->pins--;
	d->live--;
	if (m->unseen && !--s->unseen_live)
		s->unseen = 0;
	xen_table_drop(&s->mappings, mapper, handle);
}

static void take_address(struct xen_import *x, domid_t mapper, uint32_t handle,
			 uint64_t host_addr)
{
	uint64_t *at = xen_table_put(&x->state.addresses, mapper, host_addr);

	if (at)
		*at = handle;
	else
		x->error = -ENOMEM;
}

void xen_state_map(struct xen_import *x, domid_t mapper, uint32_t handle,
		   const struct xen_mapping *mapping)
{
	struct xen_state *s = &x->state;
	struct xen_ref *ref = find_ref(x, mapping->granter, mapping->ref);
	struct xen_domain *d = xen_domain(x, mapper);
	struct xen_mapping *m;

	if (xen_state_mapping(x, mapper, handle)) {
		xen_note(x, XEN_NOTE_vanished, 1);
		xen_state_unmap(x, mapper, handle);
	}
	m = xen_table_put(&s->mappings, mapper, handle);
	if (!d || !ref || !m) {
		x->error = -ENOMEM;
		return;
	}
	*m = *mapping;
	if (m->flags & GNTMAP_host_map)
		take_address(x, mapper, handle, m->host_addr);
	s->unseen_live += m->unseen;
	ref->pins++;
	if (++d->live > d->most_live)
		d->most_live = d->live;
}

void xen_state_move(struct xen_import *x, domid_t mapper, uint64_t from,
		    uint64_t to)
{
	struct xen_table *addresses = &x->state.addresses;
	uint64_t *at = xen_table_get(addresses, mapper, from), handle;
	struct xen_mapping *m;

	if (!at)
		return;
	handle = *at;
	m = xen_state_mapping(x, mapper, (uint32_t)handle);
	if (m)
		m->host_addr = to;
	xen_table_drop(addresses, mapper, from);
	at = xen_table_put(addresses, mapper, to);
	if (at)
		*at = handle;
	else
		x->error = -ENOMEM;
}

/* ---- conflicts --------------------------------------------------------- */

static bool ref_conflicts(const struct xen_import *x, domid_t granter,
			  uint32_t nr, domid_t to, const uint64_t *frame)
{
	const struct xen_ref *ref = xen_table_get(&x->state.refs, granter, nr);

	return ref && ref->pins &&
	       (ref->to != to || (frame && ref->frame != *frame));
}

static bool map_conflicts(const struct xen_import *x, domid_t mapper,
			  const struct xen_op *op)
{
	domid_t granter = xen_granter(mapper, op->map.dom);
	uint64_t none = UINT64_MAX, *frame;

	if (xen_state_mapping(x, mapper, op->map.handle) ||
	    (op->map.flags & GNTMAP_host_map &&
	     xen_state_is_mapped(x, mapper, op->map.host_addr)))
		return true;
	frame = xen_table_get(&x->state.frames, granter,
			      op->map.bus_addr / XEN_PAGE);
	return ref_conflicts(x, granter, op->map.ref, mapper,
			     frame ? frame : &none);
}

static bool copy_conflicts(const struct xen_import *x, domid_t caller,
			   const struct xen_op *op)
{
	const struct {
		unsigned by_ref;
		domid_t dom;
		uint64_t ref;
	} end[] = {
		{ op->copy.flags & GNTCOPY_source_gref, op->copy.source_dom,
		  op->copy.source },
		{ op->copy.flags & GNTCOPY_dest_gref, op->copy.dest_dom,
		  op->copy.dest },
	};

	for (int i = 0; i < 2; i++)
		if (end[i].by_ref &&
		    ref_conflicts(x, xen_granter(caller, end[i].dom),
				  (uint32_t)end[i].ref, caller, NULL))
			return true;
	return false;
}

bool xen_state_conflicts(const struct xen_import *x,
			 const struct xen_call *call)
{
	for (uint32_t i = 0; i < call->nr_ops; i++) {
		const struct xen_op *op = &call->op[i];

		if (op->status)
			continue;
		if (call->cmd == GNTTABOP_map_grant_ref &&
		    map_conflicts(x, call->dom, op))
			return true;
		if (call->cmd == GNTTABOP_copy &&
		    copy_conflicts(x, call->dom, op))
			return true;
	}
	return false;
}

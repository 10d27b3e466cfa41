/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_before.c - what has to be there before a call can be.
 *
 *   map, copy             grants of the references that they name
 *   unmap                 what it unmaps, if the recording does not know how
 *                         that came to be mapped
 *   unmap_and_replace     a page at the new address
 */
#include "workloads/import_xen.h"

#include <inttypes.h>

/* Numbers that no machine frame has, for pages that are not recorded. */
#define MADE_UP_FRAME (UINT64_C(1) << 52)

/* ---- grants -------------------------------------------------------------- */

/* A row of grants that one event can say: both numbers go up by one. */
struct row {
	struct xen_grant first;
	uint32_t length;
};

static void row_print(struct xen_import *x, struct row *row)
{
	const struct xen_grant *g = &row->first;

	if (!row->length)
		return;
	xen_event(x, "grant domain=%u to=%u ref=%" PRIu32, g->granter, g->to,
		  g->ref);
	if (row->length > 1)
		xen_print(x, "..%" PRIu32, g->ref + row->length - 1);
	xen_print(x, " frame=%" PRIu64 "%s", g->frame,
		  row->length > 1 ? ".." : "");
	xen_event_end(x);
	row->length = 0;
}

static void row_add(struct xen_import *x, struct row *row,
		    const struct xen_grant *g)
{
	const struct xen_grant *first = &row->first;

	if (!row->length || g->granter != first->granter ||
	    g->to != first->to || g->ref != first->ref + row->length ||
	    g->frame != first->frame + row->length) {
		row_print(x, row);
		row->first = *g;
	}
	row->length++;
}

static void grant_map(struct xen_import *x, const struct xen_call *call,
		      const struct xen_op *op, struct row *row)
{
	struct xen_grant g = {
		.granter = xen_granter(call->dom, op->map.dom),
		.to = call->dom,
		.ref = op->map.ref,
	};

	xen_domain(x, g.granter);
	if (!xen_op_maps(op))
		return;
	g.frame = xen_state_frame(x, g.granter, op->map.bus_addr / XEN_PAGE);
	if (xen_state_grant(x, &g))
		row_add(x, row, &g);
}

/* What is copied by reference: the recording does not say which frame. */
static void grant_end(struct xen_import *x, const struct xen_call *call,
		      domid_t dom, uint64_t ref, struct row *row)
{
	struct xen_grant g = {
		.granter = xen_granter(call->dom, dom),
		.to = call->dom,
		.ref = (uint32_t)ref,
	};

	if (xen_state_grant_any(x, &g))
		row_add(x, row, &g);
}

static void grant_copy(struct xen_import *x, const struct xen_call *call,
		       const struct xen_op *op, struct row *row)
{
	if (op->status)
		return;
	if (op->copy.flags & GNTCOPY_source_gref)
		grant_end(x, call, op->copy.source_dom, op->copy.source, row);
	if (op->copy.flags & GNTCOPY_dest_gref)
		grant_end(x, call, op->copy.dest_dom, op->copy.dest, row);
}

void xen_before_grant(struct xen_import *x, const struct xen_call *call)
{
	struct row row = { .length = 0 };

	for (uint32_t i = 0; i < call->nr_ops; i++) {
		if (call->cmd == GNTTABOP_map_grant_ref)
			grant_map(x, call, &call->op[i], &row);
		else if (call->cmd == GNTTABOP_copy)
			grant_copy(x, call, &call->op[i], &row);
	}
	row_print(x, &row);
}

/* ---- mappings and pages -------------------------------------------------- */

/* Map what @op unmaps, the map of which was not recorded. */
static void map_unseen(struct xen_import *x, const struct xen_call *call,
		       const struct xen_op *op)
{
	uint64_t at = op->unmap.host_addr;
	bool entry = at % XEN_PAGE;
	struct xen_mapping m = {
		.host_addr = at,
		.label_addr = at,
		.flags = GNTMAP_host_map | (entry ? GNTMAP_contains_pte : 0u),
		.granter = XEN_UNSEEN_DOMAIN,
		.unseen = true,
	};
	struct xen_grant g = {
		.granter = XEN_UNSEEN_DOMAIN,
		.to = call->dom,
	};
	struct row row = { .length = 0 };

	g.ref = m.ref = XEN_UNSEEN_REF + x->state.unseen++;
	g.frame = xen_state_frame(x, g.granter, g.ref);
	if (xen_state_grant(x, &g))
		row_add(x, &row, &g);
	row_print(x, &row);
	xen_cpus_run(x, call->cpu, call->dom);
	xen_event(x, "map domain=%u cpu=%u ref=%" PRIu32 " from=%u", call->dom,
		  call->cpu, g.ref, g.granter);
	xen_ops_print_place(x, call->dom, &m);
	xen_ops_print_label(x, call->dom, &m, 0, 0, " as=");
	xen_event_end(x);
	xen_state_map(x, call->dom, op->unmap.handle, &m);
	x->expected.hypercalls++;
	x->expected.map_ops++;
	xen_note(x, XEN_NOTE_unseen, 1);
}

/* The page at new_addr, which goes to host_addr: of the caller's own if no
 * grant is mapped there. */
static void map_own_page(struct xen_import *x, const struct xen_call *call,
			 const struct xen_op *op)
{
	uint64_t at = op->unmap.other;
	uint64_t frame;

	if (!at || xen_state_is_mapped(x, call->dom, at))
		return;
	frame = xen_state_frame(x, call->dom, MADE_UP_FRAME + at / XEN_PAGE);
	xen_event(x, "map_page domain=%u at=0x%" PRIx64 " frame=%" PRIu64,
		  call->dom, at, frame);
	xen_event_end(x);
	xen_note(x, XEN_NOTE_own_pages, 1);
}

static void prepare_op(struct xen_import *x, const struct xen_call *call,
		       const struct xen_op *op)
{
	if (!op->status && op->unmap.host_addr &&
	    !xen_state_mapping(x, call->dom, op->unmap.handle))
		map_unseen(x, call, op);
	if (call->cmd == GNTTABOP_unmap_and_replace &&
	    xen_op_succeeds(x, call, op))
		map_own_page(x, call, op);
}

void xen_before_prepare(struct xen_import *x, const struct xen_call *call)
{
	if (!xen_call_unmaps(call))
		return;
	for (; call; call = call->after)
		for (uint32_t i = 0; i < call->nr_ops && !x->error; i++)
			prepare_op(x, call, &call->op[i]);
}

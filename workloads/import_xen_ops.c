/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_ops.c - the operations of a call, as a trace says them.
 *
 *   recorded                  in the trace
 *   handle 17 of domain 0     h[17], of domain 3 h3[17]
 *   a machine frame           its number in its owner's memory
 *   address of a PTE          pte_of= a linear address made up for it
 *   an operation that failed  one that fails whatever the state is:
 *                               map     for neither host nor device  -> -3
 *                               unmap   of a handle that is free     -> -4
 *                               copy    past the end of the page     -> -10
 */
#include "workloads/import_xen.h"

#include <inttypes.h>

/* Nobody has this handle. */
#define FREE_HANDLE UINT32_MAX

/* ---- how an operation ends ------------------------------------------ */

bool xen_op_succeeds(const struct xen_import *x, const struct xen_call *call,
		     const struct xen_op *op)
{
	if (op->status)
		return false;
	if (call->cmd == GNTTABOP_map_grant_ref)
		return xen_op_maps(op);
	return call->cmd == GNTTABOP_copy ||
	       xen_state_mapping(x, call->dom, op->unmap.handle);
}

/* Zaps an entry: else nothing is known, and accessed is what counts. */
static bool unmaps_host(const struct xen_import *x, const struct xen_call *call,
			const struct xen_op *op)
{
	const struct xen_mapping *m = xen_state_mapping(x, call->dom,
							op->unmap.handle);

	return op->unmap.host_addr && m && m->flags & GNTMAP_host_map;
}

bool xen_op_touched(const struct xen_import *x, const struct xen_call *call,
		    const struct xen_op *op)
{
	return !xen_op_succeeds(x, call, op) || !unmaps_host(x, call, op) ||
	       op->unmap.loads || op->unmap.stores || !op->unmap.tracked;
}

/* ---- text ---------------------------------------------------------------- */

void xen_ops_print_place(struct xen_import *x, domid_t mapper,
			 const struct xen_mapping *m)
{
	if (m->flags & GNTMAP_contains_pte)
		xen_print(x, " pte_of=0x%" PRIx64,
			  xen_state_pte_window(x, mapper, m->host_addr));
	else
		xen_print(x, " at=0x%" PRIx64, m->host_addr);
}

void xen_ops_print_label(struct xen_import *x, domid_t mapper,
			 const struct xen_mapping *m, uint32_t handle,
			 uint32_t last, const char *key)
{
	xen_print(x, "%s", key);
	if (m->unseen) {
		xen_print(x, "unseen[%" PRIu32 "]", m->ref - XEN_UNSEEN_REF);
		return;
	}
	xen_print(x, "h");
	if (mapper)
		xen_print(x, "%u", mapper);
	xen_print(x, "[%" PRIu32, handle);
	if (last > handle)
		xen_print(x, "..%" PRIu32, last);
	xen_print(x, "]");
}

static void print_map(struct xen_import *x, const struct xen_call *call,
		      const struct xen_op *op)
{
	const struct xen_mapping m = {
		.host_addr = op->map.host_addr,
		.flags = op->map.flags,
	};

	xen_print(x, " ref=%" PRIu32 " from=%u", op->map.ref,
		  xen_granter(call->dom, op->map.dom));
	if (!xen_op_maps(op) || m.flags & GNTMAP_host_map)
		xen_ops_print_place(x, call->dom, &m);
	if (xen_op_maps(op) && m.flags & GNTMAP_device_map)
		xen_print(x, " device=true%s",
			  m.flags & GNTMAP_host_map ? " host=true" : "");
	if (m.flags & GNTMAP_readonly)
		xen_print(x, " readonly=true");
	if (m.flags & GNTMAP_application_map)
		xen_print(x, " application=true");
	if (xen_op_maps(op)) {
		xen_ops_print_label(x, call->dom, &m, op->map.handle,
				    op->map.handle, " as=");
		return;
	}
	xen_print(x, " host=false");
	if (op->status == GNTST_bad_gntref)
		xen_print(x, " status=%d", GNTST_bad_gntref);
}

/* How many operations from @i on unmap rising handles where they were mapped,
 * so that one range says them all; at least 1. */
static uint32_t row_of_handles(const struct xen_import *x,
			       const struct xen_call *call, uint32_t i)
{
	uint32_t first = call->op[i].unmap.handle, n;

	if (call->cmd != GNTTABOP_unmap_grant_ref)
		return 1;
	for (n = 0; i + n < call->nr_ops; n++) {
		const struct xen_op *op = &call->op[i + n];
		const struct xen_mapping *m = xen_state_mapping(
			x, call->dom, op->unmap.handle);

		if (op->status || !m || m->unseen || !op->unmap.host_addr ||
		    op->unmap.other || !(m->flags & GNTMAP_host_map) ||
		    m->host_addr != m->label_addr ||
		    op->unmap.handle != first + n)
			break;
	}
	return n ? n : 1;
}

static void print_unmap(struct xen_import *x, const struct xen_call *call,
			const struct xen_op *op, uint32_t length)
{
	const struct xen_mapping *m = xen_state_mapping(x, call->dom,
							op->unmap.handle);
	uint32_t last = op->unmap.handle + length - 1;

	if (op->status || !m) {
		xen_print(x, " handle=%" PRIu32 " at=0", FREE_HANDLE);
		if (op->status == GNTST_bad_handle)
			xen_print(x, " status=%d", GNTST_bad_handle);
	} else {
		xen_ops_print_label(x, call->dom, m, op->unmap.handle, last,
				    " handle=");
		if (xen_op_parts(op, call->cmd) & GNTMAP_device_map)
			xen_print(x, " device=true host=%s",
				  op->unmap.host_addr ? "true" : "false");
		else if (!op->unmap.host_addr)
			xen_print(x, " host=false");
		if (!(xen_op_parts(op, call->cmd) & GNTMAP_host_map))
			return;
		if (m->host_addr != m->label_addr)
			xen_print(x, " at=0x%" PRIx64, m->host_addr);
	}
	if (call->cmd == GNTTABOP_unmap_and_replace)
		xen_print(x, " new_at=0x%" PRIx64, op->unmap.other);
}

static void print_end(struct xen_import *x, const struct xen_call *call,
		      const char *end, bool by_ref, domid_t dom,
		      uint64_t number, uint16_t offset)
{
	domid_t granter = xen_granter(call->dom, dom);

	if (!by_ref)
		xen_print(x, " %s_frame=%" PRIu64, end,
			  xen_state_frame(x, call->dom, number));
	else
		xen_print(x, " %s_ref=%" PRIu32, end, (uint32_t)number);
	if (by_ref && granter != call->dom)
		xen_print(x, " %s_domain=%u", end, granter);
	if (offset)
		xen_print(x, " %s_offset=%u", end, offset);
}

static void print_copy(struct xen_import *x, const struct xen_call *call,
		       const struct xen_op *op)
{
	if (op->status) {
		xen_print(x, " source_frame=0 dest_frame=0 "
			     "source_offset=4095 length=2");
		if (op->status == GNTST_bad_copy_arg)
			xen_print(x, " status=%d", GNTST_bad_copy_arg);
		return;
	}
	print_end(x, call, "source", op->copy.flags & GNTCOPY_source_gref,
		  op->copy.source_dom, op->copy.source, op->copy.source_offset);
	print_end(x, call, "dest", op->copy.flags & GNTCOPY_dest_gref,
		  op->copy.dest_dom, op->copy.dest, op->copy.dest_offset);
	xen_print(x, " length=%u", op->copy.length);
}

/* One operation or a row of them; how many. */
static uint32_t print_op(struct xen_import *x, const struct xen_call *call,
			 uint32_t i)
{
	const struct xen_op *op = &call->op[i];
	uint32_t n = 1;

	if (call->cmd == GNTTABOP_map_grant_ref) {
		print_map(x, call, op);
	} else if (call->cmd == GNTTABOP_copy) {
		print_copy(x, call, op);
	} else {
		n = row_of_handles(x, call, i);
		print_unmap(x, call, op, n);
	}
	return n;
}

void xen_ops_print(struct xen_import *x, const struct xen_call *call)
{
	const char *between = "";

	for (; call; call = call->after) {
		for (uint32_t i = 0; i < call->nr_ops;) {
			xen_print(x, "%s", between);
			between = ";";
			i += print_op(x, call, i);
		}
	}
}

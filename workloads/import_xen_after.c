/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_after.c - what is different after a call, and what about its
 * operations the trace does not say.
 */
#include "workloads/import_xen.h"

/* Flags that a trace has keys for. */
#define KNOWN_FLAGS                                                            \
	(GNTMAP_host_map | GNTMAP_device_map | GNTMAP_readonly |               \
	 GNTMAP_application_map | GNTMAP_contains_pte)

static void mapped(struct xen_import *x, const struct xen_call *call,
		   const struct xen_op *op)
{
	const struct xen_mapping m = {
		.host_addr = op->map.host_addr,
		.label_addr = op->map.host_addr,
		.flags = op->map.flags,
		.ref = op->map.ref,
		.granter = xen_granter(call->dom, op->map.dom),
	};

	if (op->status && op->status != GNTST_bad_gntref)
		xen_note(x, XEN_NOTE_map_failed, 1);
	if (!xen_op_maps(op))
		return;
	if (m.flags & ~(uint32_t)KNOWN_FLAGS)
		xen_note(x, XEN_NOTE_guest_flags, 1);
	xen_state_map(x, call->dom, op->map.handle, &m);
}

/* Name what is assumed about the touches of a page. */
static void note_touches(struct xen_import *x, const struct xen_op *op,
			 uint32_t flags)
{
	if (flags & GNTMAP_contains_pte)
		xen_note(x,
			 op->unmap.tracked ? XEN_NOTE_pte_tracked
					   : XEN_NOTE_pte_untracked,
			 1);
	else if (!op->unmap.tracked && !op->unmap.loads && !op->unmap.stores)
		xen_note(x, XEN_NOTE_untracked, 1);
}

static void unmapped(struct xen_import *x, const struct xen_call *call,
		     const struct xen_op *op)
{
	const struct xen_mapping *m = xen_state_mapping(x, call->dom,
							op->unmap.handle);
	uint32_t parts = xen_op_parts(op, call->cmd);

	if (op->status && op->status != GNTST_bad_handle)
		xen_note(x, XEN_NOTE_unmap_failed, 1);
	if (op->status)
		return;
	if (!m) {
		xen_note(x, XEN_NOTE_device, 1);
		return;
	}
	if (m->flags & parts & GNTMAP_host_map) {
		note_touches(x, op, m->flags);
		if (m->host_addr != op->unmap.host_addr)
			xen_note(x, XEN_NOTE_other_address, 1);
	}
	xen_state_unmap_parts(x, call->dom, op->unmap.handle, parts);
	if (call->cmd == GNTTABOP_unmap_and_replace)
		xen_state_move(x, call->dom, op->unmap.other,
			       op->unmap.host_addr);
}

void xen_after_call(struct xen_import *x, const struct xen_call *call)
{
	for (uint32_t i = 0; i < call->nr_ops; i++) {
		const struct xen_op *op = &call->op[i];

		if (call->cmd == GNTTABOP_map_grant_ref)
			mapped(x, call, op);
		else if (call->cmd != GNTTABOP_copy)
			unmapped(x, call, op);
		else if (op->status && op->status != GNTST_bad_copy_arg)
			xen_note(x, XEN_NOTE_copy_failed, 1);
	}
}

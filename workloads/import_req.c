/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_req.c - `tlbsim import xen-requests`: whose call is it?
 *
 *   copy      from or to a guest's grants       netback
 *   map       like a copy just before, from     netback
 *             the same function of Linux
 *             of a linear address, neither      blkback
 *             a ring's nor gntdev's
 *   unmap     who mapped it
 *
 * Nothing is taken from unmaps but times and touches, so what a model makes
 * of the requests can be held against them.
 */
#include "workloads/import_req.h"

#include <errno.h>
#include <stdlib.h>

#include "gnttab/gnttab.h"
#include "workloads/importers.h"

/* Handles of a call, at most, that is taken for something of a driver. */
#define MAX_OPS 100000

static uint32_t ops_of_chain(const struct xen_call *call)
{
	uint64_t n = 0;

	for (; call; call = call->after)
		n += call->nr_ops;
	return n < MAX_OPS ? (uint32_t)n : MAX_OPS;
}

/* Put the parts of a preempted call together; false: no memory. */
static bool join(struct req_call *whole, const struct xen_call *call)
{
	uint32_t room = ops_of_chain(call);

	whole->call = call;
	whole->nr_ops = 0;
	whole->op = calloc(room + 1u, sizeof(*whole->op));
	if (!whole->op)
		return false;
	for (; call; call = call->after)
		for (uint32_t i = 0; i < call->nr_ops && whole->nr_ops < room;
		     i++)
			whole->op[whole->nr_ops++] = call->op[i];
	return true;
}

/* No hypervisor copies nothing, or over the end of a page. */
static bool is_copy(const struct xen_op *op)
{
	return op->copy.length &&
	       op->copy.source_offset + op->copy.length <= XEN_PAGE &&
	       op->copy.dest_offset + op->copy.length <= XEN_PAGE;
}

/* Operations that failed are not part of it. */
static void drop_failed(struct xen_import *x, struct req_call *call)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < call->nr_ops; i++)
		if (!call->op[i].status &&
		    (call->call->cmd != GNTTABOP_copy || is_copy(&call->op[i])))
			call->op[kept++] = call->op[i];
	req_note(x, REQ_NOTE_failed, call->nr_ops - kept);
	call->nr_ops = kept;
}

static struct req_seen *seen_by(struct xen_import *x,
				const struct req_stream *stream)
{
	return stream->block ? &x->requests->block : &x->requests->net;
}

/* gntdev maps a page twice: for a program, then for the kernel. */
static bool is_for_program(struct xen_import *x, const struct xen_op *op)
{
	struct xen_table *programs = &x->requests->programs;

	if (!(op->map.flags & GNTMAP_application_map))
		return xen_table_get(programs, op->map.dom, op->map.ref);
	if (!xen_table_put(programs, op->map.dom, op->map.ref))
		x->error = -ENOMEM;
	return true;
}

/* What drivers map for data is at linear addresses; rings are at entries of
 * a page table. */
static bool is_plain(struct xen_import *x, const struct req_call *call)
{
	bool plain = call->nr_ops != 0;

	for (uint32_t i = 0; i < call->nr_ops; i++)
		if (is_for_program(x, &call->op[i]) ||
		    (call->op[i].map.flags & GNTMAP_contains_pte))
			plain = false;
	return plain;
}

static void map_call(struct xen_import *x, const struct req_call *call)
{
	if (!is_plain(x, call) || call->op[0].map.dom == call->call->dom ||
	    call->op[0].map.dom >= DOMID_FIRST_RESERVED)
		req_note(x, REQ_NOTE_other_maps, call->nr_ops);
	else if (!req_net_map(x, call))
		req_block_map(x, call);
}

static void unmap_op(struct xen_import *x, const struct req_call *call,
		     const struct xen_op *op)
{
	struct xen_table *handles = &x->requests->handles;
	domid_t dom = call->call->dom;
	struct req_page *found = xen_table_get(handles, dom, op->unmap.handle);
	struct req_page page;

	if (!found) {
		req_note(x, REQ_NOTE_other_unmaps, 1);
		return;
	}
	page = *found;
	xen_table_drop(handles, dom, op->unmap.handle);
	seen_by(x, page.stream)->unmap_ops++;
	if (op->unmap.loads || op->unmap.stores) {
		page.item->touched++;
		seen_by(x, page.stream)->touched++;
	}
	if (!page.item->done)
		page.item->done = call->time;
	page.item->open--;
	if (page.stream->block)
		req_block_unmap(x, page, op, call->nr_ops == 1);
	else
		req_flush(x, page.stream, false);
}

static void unmap_call(struct xen_import *x, const struct req_call *call)
{
	struct req_page *first;
	struct req_seen *seen;

	if (!call->nr_ops) {
		req_note(x, REQ_NOTE_empty, 1);
		x->requests->persistent = true;
		return;
	}
	first = xen_table_get(&x->requests->handles, call->call->dom,
			      call->op[0].unmap.handle);
	if (first) {
		seen = seen_by(x, first->stream);
		seen->hypercalls++;
		seen->batches += (call->nr_ops + GNTTAB_UNMAP_BATCH - 1) /
				 GNTTAB_UNMAP_BATCH;
	}
	for (uint32_t i = 0; i < call->nr_ops; i++)
		unmap_op(x, call, &call->op[i]);
}

static void one_call(struct xen_import *x, const struct req_call *call)
{
	switch (call->call->cmd) {
	case GNTTABOP_map_grant_ref:
		map_call(x, call);
		break;
	case GNTTABOP_unmap_grant_ref:
		unmap_call(x, call);
		break;
	case GNTTABOP_copy:
		req_net_copy(x, call);
		break;
	}
}

void req_call(struct xen_import *x, const struct xen_call *call)
{
	struct xen_requests *r = x->requests;
	struct req_call whole = { .nr_ops = 0 };

	if (call->resumes)
		return; /* with its first part */
	if (!r->started)
		r->start = call->time;
	r->started = true;
	if (!join(&whole, call)) {
		x->error = -ENOMEM;
		return;
	}
	/* 0 is "not known" */
	whole.time = call->time > r->start ? call->time - r->start : 1;
	drop_failed(x, &whole);
	one_call(x, &whole);
	free(whole.op);
}

void req_init(struct xen_requests *r)
{
	*r = (struct xen_requests){
		.handles.value_size = sizeof(struct req_page),
		.programs.value_size = 1,
	};
}

static int import(const struct import_job *job, FILE *file, FILE *out,
		  struct diags *diags)
{
	struct xen_requests requests;
	int rc;

	req_init(&requests);
	rc = xen_import(file, job->path, out, diags, &requests);
	req_free(&requests);
	return rc;
}

const struct importer import_xen_requests = {
	.name = "xen-requests",
	.text = "block requests and packets that such a recording implies, for "
		"the models of the drivers",
	.run = import,
};

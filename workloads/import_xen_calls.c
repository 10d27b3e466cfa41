/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_calls.c - puts lines together to calls.
 *
 *   H on a CPU     opens a call there, or the continuation of a preempted one
 *   F inside one   one flush of it
 *   R on that CPU  closes it; its operations follow, without a gap
 *
 *   OPEN -> DONE                  [R 0]
 *   OPEN -> WAITING               [R 20: preempted]
 *   from there                    [import_xen_preempt.c]
 */
#include "workloads/import_xen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The recorder reads no larger arrays. */
#define MAX_OPS 100000
/* Of 16384 frames of maptrack: 16 times what a domain may have by default. */
#define MAX_HANDLE 0x3fffff
/* As many as fit the largest table that a trace may have. */
#define MAX_REF (65536 * 512 - 1)
/* A status of two such bytes: the recorder could not read it. */
#define UNREADABLE ((int16_t)0xeeee)

/* By cmd: the letter of its operations. */
static const char kinds[] = {
	[GNTTABOP_map_grant_ref] = 'm',
	[GNTTABOP_unmap_grant_ref] = 'u',
	[GNTTABOP_copy] = 'c',
	[GNTTABOP_unmap_and_replace] = 'z',
};

static bool has_ops(unsigned cmd)
{
	return cmd < sizeof(kinds) && kinds[cmd];
}

void xen_call_free(struct xen_call *call)
{
	if (!call)
		return;
	free(call->op);
	free(call->mask);
	free(call);
}

/* A call that cannot be shown: its flushes are not, either. */
static void leave_out(struct xen_import *x, struct xen_call *call,
		      enum xen_note why)
{
	xen_preempt_unlink(x, call);
	xen_note(x, why, 1);
	xen_note(x, XEN_NOTE_lost_flushes, call->nr_masks);
	xen_call_free(call);
}

/* ---- entry ------------------------------------------------------------ */

static int check_order(struct xen_import *x, const struct xen_line *line,
		       struct place place)
{
	if (line->seq <= x->last_seq) {
		diag_error(x->diags, place,
			   "call %" PRIu64 " after call %" PRIu64, line->seq,
			   x->last_seq);
		return -EBADMSG;
	}
	if (x->last_seq)
		xen_note(x, XEN_NOTE_missing_calls,
			 line->seq - x->last_seq - 1);
	x->last_seq = line->seq;
	return 0;
}

static int entry_line(struct xen_import *x, const struct xen_line *line,
		      struct place place)
{
	struct xen_call *call;
	int error = check_order(x, line, place);

	if (error)
		return error;
	call = calloc(1, sizeof(*call));
	if (!call)
		return -ENOMEM;
	*call = (struct xen_call){
		.seq = line->seq,
		.uop = line->uop,
		.time = line->time,
		.stack = line->stack,
		.cpu = (unsigned)line->cpu,
		.cmd = (unsigned)line->cmd,
		.dom = (domid_t)line->dom,
		.count = (uint32_t)line->count,
		.begin = line->number,
		.returned = x->returned,
		.unreadable = line->count >= MAX_OPS,
	};
	if (x->open[call->cpu])
		leave_out(x, x->open[call->cpu], XEN_NOTE_open_calls);
	x->open[call->cpu] = call;
	if (call->dom < DOMID_FIRST_RESERVED)
		x->seen[call->cpu] = call->dom;
	if (has_ops(call->cmd))
		xen_preempt_link(x, call, line);
	return 0;
}

/* ---- flush ------------------------------------------------------------ */

static int flush_line(struct xen_import *x, const struct xen_line *line,
		      struct place place)
{
	struct xen_call *call = x->open[line->cpu];
	uint64_t *mask;

	if (line->dom < DOMID_FIRST_RESERVED)
		x->seen[line->cpu] = (domid_t)line->dom;
	if (!line->in_call) {
		xen_note(x, XEN_NOTE_other_flushes, 1);
		return 0;
	}
	if (!call) {
		diag_error(x->diags, place,
			   "a flush inside a grant call on CPU %" PRIu64
			   ", which is in none",
			   line->cpu);
		return -EBADMSG;
	}
	mask = realloc(call->mask, (call->nr_masks + 1) * sizeof(*mask));
	if (!mask)
		return -ENOMEM;
	call->mask = mask;
	call->mask[call->nr_masks++] = line->mask;
	return 0;
}

/* ---- return and operations -------------------------------------------- */

/* The whole of @call is read: hand it on, or name why not. */
static void finish(struct xen_import *x, struct xen_call *call)
{
	enum xen_note why;

	x->reading = NULL;
	x->returned++;
	xen_preempt_give_up(x, false);
	if (!has_ops(call->cmd))
		why = XEN_NOTE_other_calls;
	else if (call->unreadable)
		why = XEN_NOTE_unreadable;
	else if (call->rax && call->rax != XEN_PREEMPTED)
		why = XEN_NOTE_failed_calls;
	else if (call->count > XEN_MAX_OPS)
		why = XEN_NOTE_too_long;
	else if (call->dom >= DOMID_FIRST_RESERVED)
		why = XEN_NOTE_foreign;
	else {
		call->state = XEN_CALL_DONE;
		if (call->rax)
			xen_preempt_wait(x, call);
		*x->last = call;
		x->last = &call->next;
		return;
	}
	leave_out(x, call, why);
}

static int return_line(struct xen_import *x, const struct xen_line *line,
		       struct place place)
{
	struct xen_call *call = x->open[line->cpu];

	if (!call || call->seq != line->seq) {
		diag_error(x->diags, place,
			   "return of call %" PRIu64 " on CPU %" PRIu64
			   ", which is not in it",
			   line->seq, line->cpu);
		return -EBADMSG;
	}
	if (call->cmd != line->cmd || call->dom != line->dom) {
		diag_error(x->diags, place,
			   "return of call %" PRIu64 " has another 'cmd' or "
			   "'dom' than its entry",
			   line->seq);
		return -EBADMSG;
	}
	x->open[line->cpu] = NULL;
	call->rax = line->rax;
	call->end = line->number;
	x->reading = call;
	x->ops_due = 0;
	if (has_ops(call->cmd) && !call->unreadable)
		x->ops_due = call->count;
	call->op = calloc(x->ops_due + 1u, sizeof(*call->op));
	if (!call->op)
		return -ENOMEM;
	if (!x->ops_due)
		finish(x, call);
	return 0;
}

static void read_op(struct xen_op *op, const struct xen_line *line)
{
	op->status = (int16_t)line->status;
	if (line->kind == 'm') {
		op->map.host_addr = line->host_addr;
		op->map.bus_addr = line->bus_addr;
		op->map.flags = (uint32_t)line->flags;
		op->map.ref = (uint32_t)line->ref;
		op->map.handle = (uint32_t)line->handle;
		op->map.dom = (domid_t)line->dom;
	} else if (line->kind == 'c') {
		op->copy.source = line->source;
		op->copy.dest = line->dest;
		op->copy.source_dom = (domid_t)line->source_dom;
		op->copy.dest_dom = (domid_t)line->dest_dom;
		op->copy.source_offset = (uint16_t)line->source_offset;
		op->copy.dest_offset = (uint16_t)line->dest_offset;
		op->copy.length = (uint16_t)line->length;
		op->copy.flags = (uint16_t)line->flags;
	} else {
		op->unmap.host_addr = line->host_addr;
		op->unmap.other = line->bus_addr;
		op->unmap.loads = line->loads;
		op->unmap.stores = line->stores;
		op->unmap.load_bytes = line->load_bytes;
		op->unmap.handle = (uint32_t)line->handle;
		op->unmap.touched_by = (uint32_t)line->touched_by;
		op->unmap.tracked = line->tracked;
		op->unmap.touched_by_given = line->touched_by_given;
	}
}

/* Of what Xen granted: numbers that it cannot have. */
static bool check_numbers(struct xen_import *x, const struct xen_line *line,
			  struct place place)
{
	const struct {
		const char *what;
		bool used;
		uint64_t number, max;
	} rows[] = {
		{ "handle", line->kind == 'm', line->handle, MAX_HANDLE },
		{ "ref", line->kind == 'm', line->ref, MAX_REF },
		{ "src",
		  line->kind == 'c' && (line->flags & GNTCOPY_source_gref),
		  (uint32_t)line->source, MAX_REF },
		{ "dst", line->kind == 'c' && (line->flags & GNTCOPY_dest_gref),
		  (uint32_t)line->dest, MAX_REF },
	};

	for (size_t i = 0; !line->status && i < sizeof(rows) / sizeof(*rows);
	     i++) {
		if (!rows[i].used || rows[i].number <= rows[i].max)
			continue;
		diag_error(x->diags, place,
			   "'%s' is %" PRIu64
			   ", and Xen has none over %" PRIu64,
			   rows[i].what, rows[i].number, rows[i].max);
		return false;
	}
	return true;
}

static int op_line(struct xen_import *x, const struct xen_line *line,
		   struct place place)
{
	struct xen_call *call = x->reading;

	if (!call || call->seq != line->seq) {
		diag_error(x->diags, place,
			   "an operation of call %" PRIu64
			   ", which did not return just before",
			   line->seq);
		return -EBADMSG;
	}
	if (kinds[call->cmd] != line->kind) {
		diag_error(x->diags, place,
			   "an operation of kind '%c' in a call of cmd %u",
			   line->kind, call->cmd);
		return -EBADMSG;
	}
	if (line->i != call->nr_ops) {
		diag_error(x->diags, place,
			   "operation %" PRIu64 " of call %" PRIu64
			   " in place of %u",
			   line->i, line->seq, call->nr_ops);
		return -EBADMSG;
	}
	if (!check_numbers(x, line, place))
		return -EBADMSG;
	read_op(&call->op[call->nr_ops++], line);
	if (line->status == UNREADABLE)
		call->unreadable = true;
	if (!--x->ops_due)
		finish(x, call);
	return 0;
}

/* ---- remarks ---------------------------------------------------------- */

static int remark_line(struct xen_import *x, const struct xen_line *line)
{
	static const char unreadable[] = "unreadable args seq ";
	uint64_t seq;

	if (!strncmp(line->remark, unreadable, strlen(unreadable))) {
		seq = strtoull(line->remark + strlen(unreadable), NULL, 10);
		for (size_t i = 0; i < XEN_MAX_CPUS; i++)
			if (x->open[i] && x->open[i]->seq == seq)
				x->open[i]->unreadable = true;
	}
	return 0;
}

int xen_calls_line(struct xen_import *x, const struct xen_line *line,
		   struct place place)
{
	bool entry = strchr("muzc", line->kind);

	if (x->reading && !entry && line->kind != '#') {
		diag_error(x->diags, place,
			   "operation %u of call %" PRIu64 " is missing",
			   x->reading->nr_ops, x->reading->seq);
		return -EBADMSG;
	}
	if (entry)
		return op_line(x, line, place);
	switch (line->kind) {
	case 'H':
		return entry_line(x, line, place);
	case 'R':
		return return_line(x, line, place);
	case 'F':
		return flush_line(x, line, place);
	case 'L':
		xen_note(x, XEN_NOTE_still_mapped, 1);
		return 0;
	}
	return remark_line(x, line);
}

void xen_calls_end(struct xen_import *x)
{
	if (x->reading) {
		leave_out(x, x->reading, XEN_NOTE_open_calls);
		x->reading = NULL;
	}
	for (size_t i = 0; i < XEN_MAX_CPUS; i++) {
		if (!x->open[i])
			continue;
		leave_out(x, x->open[i], XEN_NOTE_open_calls);
		x->open[i] = NULL;
	}
	xen_preempt_give_up(x, true);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_preempt.c - finds what goes on with a preempted call.
 *
 *   WAITING -> GOES_ON            [a call of the rest of its array]
 *   WAITING, GOES_ON -> DONE      [none came, or it cannot be shown]
 *
 * How much a preempted call did is told by its continuation: that one's
 * array begins behind it.  (Status fields do not tell: drivers reuse the
 * array, and only some put a mark there.)  Other calls may come in between,
 * and the continuation may come on another CPU.
 *
 * Source: hypercall_create_continuation, xen/arch/x86/hypercall.c;
 * do_grant_table_op, xen/common/grant_table.c, Xen 4.17.
 */
#include "workloads/import_xen.h"

#include "gnttab/gnttab.h"

/* By cmd: bytes of an operation in the array. */
static const uint16_t sizes[] = {
	[GNTTABOP_map_grant_ref] = sizeof(gnttab_map_grant_ref_t),
	[GNTTABOP_unmap_grant_ref] = sizeof(gnttab_unmap_grant_ref_t),
	[GNTTABOP_copy] = sizeof(gnttab_copy_t),
	[GNTTABOP_unmap_and_replace] = sizeof(gnttab_unmap_and_replace_t),
};

/* How many operations @call did as far as it shows itself. */
static uint32_t done_by_itself(const struct xen_call *call)
{
	uint32_t n = 0;

	if (xen_call_unmaps(call))
		n = (call->nr_masks + !call->nr_masks) * GNTTAB_UNMAP_BATCH;
	else if (call->cmd == GNTTABOP_map_grant_ref)
		while (n < call->nr_ops && call->op[n].status <= 0)
			n++;
	else
		n = 1;
	return n < call->nr_ops ? n : call->nr_ops;
}

static void abandon(struct xen_import *x, struct xen_call *call)
{
	uint32_t done = done_by_itself(call);

	xen_note(x, XEN_NOTE_abandoned, 1);
	xen_note(x, XEN_NOTE_lost_ops, call->nr_ops - done);
	call->nr_ops = done;
	call->state = XEN_CALL_DONE;
	call->after = NULL;
}

/* How many operations of @call are done if @line goes on with it, or 0. */
static uint32_t done_before(const struct xen_call *call,
			    const struct xen_line *line)
{
	uint64_t bytes = line->uop - call->uop;
	unsigned size = sizes[call->cmd];

	if (call->dom != line->dom || call->cmd != line->cmd ||
	    line->count >= call->count || bytes % size ||
	    bytes / size != call->count - line->count)
		return 0;
	return (uint32_t)(bytes / size);
}

/* A trace preempts an unmap only where Xen looks: behind a batch. */
static bool can_stop_at(const struct xen_call *call, uint32_t done)
{
	return !xen_call_unmaps(call) || done % GNTTAB_UNMAP_BATCH == 0;
}

void xen_preempt_link(struct xen_import *x, struct xen_call *call,
		      const struct xen_line *line)
{
	struct xen_call **at, *before;
	uint32_t done = 0;

	for (at = &x->waiting; *at; at = &(*at)->next_waiting) {
		done = done_before(*at, line);
		if (done)
			break;
	}
	before = *at;
	if (!before)
		return;
	*at = before->next_waiting;
	before->nr_ops = done;
	if (!can_stop_at(before, done)) {
		xen_note(x, XEN_NOTE_split, 1);
		before->state = XEN_CALL_DONE;
		return;
	}
	before->state = XEN_CALL_GOES_ON;
	before->after = call;
	call->before = before;
	call->resumes = true;
	call->begin = before->begin;
}

void xen_preempt_wait(struct xen_import *x, struct xen_call *call)
{
	struct xen_call **at = &x->waiting;

	call->state = XEN_CALL_WAITING;
	call->returned = x->returned;
	while (*at)
		at = &(*at)->next_waiting;
	*at = call;
}

void xen_preempt_give_up(struct xen_import *x, bool all)
{
	while (x->waiting &&
	       (all || x->waiting->returned + XEN_MAX_WAIT < x->returned)) {
		struct xen_call *call = x->waiting;

		x->waiting = call->next_waiting;
		abandon(x, call);
	}
}

void xen_preempt_unlink(struct xen_import *x, struct xen_call *call)
{
	struct xen_call *before = call->before;

	if (!before)
		return;
	xen_note(x, XEN_NOTE_abandoned, 1);
	xen_note(x, XEN_NOTE_lost_ops, before->count - before->nr_ops);
	before->state = XEN_CALL_DONE;
	before->after = NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_order.c - in which order the calls are written.
 *
 * A trace has one event after the other; the calls of several CPUs overlap.
 * They are written in the order of their returns, unless that contradicts
 * what is mapped:
 *
 *      CPU 0   H unmap handle 5 . . . . . . . . . R
 *      CPU 1            H map, is given handle 5 R
 *
 * Xen frees a handle before it flushes, so here the unmap has to be first.
 * Calls that overlap may change places: neither caller can have known the
 * other's results.
 *
 *  (1) A call is written when all parts of it, if preempted, are known; until
 *      then nothing behind it is.
 *  (2) A call that conflicts with what is mapped waits for the calls that
 *      were under way when it returned, and lets them go first.
 *  (3) If that does not help, the recording is not whole; it is written all
 *      the same, and xen_state counts what had to give way.
 */
#include "workloads/import_req.h"

/* (1) Is the last part of the chain done? */
static bool is_whole(const struct xen_call *call)
{
	while (call->state == XEN_CALL_GOES_ON)
		call = call->after;
	return call->state == XEN_CALL_DONE;
}

/* Was a call under way at line @end that is to return still? */
static bool under_way(const struct xen_import *x, uint32_t end)
{
	for (size_t i = 0; i < XEN_MAX_CPUS; i++)
		if (x->open[i] && x->open[i]->begin < end &&
		    x->returned - x->open[i]->returned <= XEN_MAX_WAIT)
			return true;
	if (x->reading && x->reading->begin < end)
		return true;
	for (const struct xen_call *w = x->waiting; w; w = w->next_waiting)
		if (w->begin < end)
			return true;
	return false;
}

/* (2) One that overlapped @call and can be written now; NULL: none. */
static struct xen_call **overlapping(struct xen_import *x,
				     const struct xen_call *call)
{
	struct xen_call **at;

	for (at = &x->first; *at; at = &(*at)->next) {
		const struct xen_call *other = *at;

		if (other != call && other->begin < call->end &&
		    !other->before && is_whole(other) &&
		    !xen_state_conflicts(x, other))
			return at;
	}
	return NULL;
}

static void write_and_free(struct xen_import *x, struct xen_call **at)
{
	struct xen_call *call = *at;

	*at = call->next;
	if (!*at)
		x->last = at;
	if (x->requests)
		req_call(x, call);
	else
		xen_write_call(x, call);
	if (call->after)
		call->after->before = NULL;
	xen_call_free(call);
}

void xen_order_write(struct xen_import *x, bool all)
{
	while (x->first && is_whole(x->first) && !x->error) {
		struct xen_call **at = &x->first, **other;

		if (!x->requests && xen_state_conflicts(x, *at)) {
			other = overlapping(x, *at);
			if (!other && !all && under_way(x, (*at)->end))
				return;
			if (other) {
				xen_note(x, XEN_NOTE_reordered, 1);
				at = other;
			}
		}
		write_and_free(x, at);
	}
}

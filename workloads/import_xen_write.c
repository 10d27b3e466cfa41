/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_write.c - a call of the recording as events of the trace.
 *
 *     grant ...                     what it needs that was not granted yet
 *     read, write ...               what CPUs did to pages that it unmaps
 *     schedule ...                  so that the dirty mask is the recorded one
 *     preempt cpu=C point=N         if it was
 *     map | unmap | ... OPERATIONS  or, of a continuation: resume
 *
 * Events stand in literal blocks, one to a document, which end after so many
 * lines or bytes that a reader's memory stays small.
 */
#include "workloads/import_xen.h"

#include <inttypes.h>
#include <stdarg.h>

#include "gnttab/gnttab.h"

#define BLOCK_EVENTS 65536
#define BLOCK_BYTES (UINT64_C(4) << 20)
/* Names of preempted calls that are used again. */
#define MAX_LABELS 64

static const char *const names[] = {
	[GNTTABOP_map_grant_ref] = "map",
	[GNTTABOP_unmap_grant_ref] = "unmap",
	[GNTTABOP_copy] = "copy",
	[GNTTABOP_unmap_and_replace] = "unmap_and_replace",
};

/* ---- text ------------------------------------------------------------- */

static void print(struct xen_import *x, const char *format, va_list args)
{
	int n = vfprintf(x->body, format, args);

	if (n > 0)
		x->block_bytes += (unsigned)n;
}

void xen_print(struct xen_import *x, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(x, format, args);
	va_end(args);
}

void xen_event(struct xen_import *x, const char *format, ...)
{
	va_list args;

	if (!x->block_events)
		fputs("---\nevents: |\n", x->body);
	fputs("  ", x->body);
	va_start(args, format);
	print(x, format, args);
	va_end(args);
}

void xen_event_end(struct xen_import *x)
{
	xen_print(x, "\n");
	if (++x->block_events < BLOCK_EVENTS && x->block_bytes < BLOCK_BYTES)
		return;
	x->block_events = 0;
	x->block_bytes = 0;
}

/* ---- what must come of it ---------------------------------------------- */

static uint64_t remote_cpus(const struct xen_call *call)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < call->nr_masks; i++)
		n += (uint64_t)__builtin_popcountll(
			call->mask[i] & ~(UINT64_C(1) << call->cpu));
	return n;
}

/* Is the page of one of @call's operations @from .. @to - 1 touched? */
static bool batch_touched(const struct xen_import *x,
			  const struct xen_call *call, uint32_t from,
			  uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (xen_op_touched(x, call, &call->op[i]))
			return true;
	return false;
}

static void expect_unmap(struct xen_import *x, const struct xen_call *call)
{
	struct xen_expected *expected = &x->expected;
	uint32_t from, to, batches = 0;

	for (from = 0; from < call->nr_ops; from = to) {
		to = from + GNTTAB_UNMAP_BATCH;
		to = to < call->nr_ops ? to : call->nr_ops;
		batches++;
		if (!call->dom && !batch_touched(x, call, from, to))
			expected->untouched++;
	}
	expected->batches += batches;
	expected->flushes += call->nr_masks;
	expected->ipis += remote_cpus(call);
	if (call->nr_masks != batches)
		xen_note(x, XEN_NOTE_flush_count, 1);
}

static void expect(struct xen_import *x, const struct xen_call *call)
{
	struct xen_expected *expected = &x->expected;
	uint64_t okay = 0;

	for (uint32_t i = 0; i < call->nr_ops; i++)
		okay += xen_op_succeeds(x, call, &call->op[i]);
	expected->failed_ops += call->nr_ops - okay;
	expected->hypercalls++;
	switch (call->cmd) {
	case GNTTABOP_map_grant_ref:
		expected->map_ops += okay;
		break;
	case GNTTABOP_unmap_grant_ref:
		expected->unmap_ops += okay;
		expect_unmap(x, call);
		return;
	case GNTTABOP_unmap_and_replace:
		expected->replace_ops += okay;
		expected->ipis += remote_cpus(call);
		return;
	case GNTTABOP_copy:
		expected->copy_ops += okay;
		break;
	}
	xen_note(x, XEN_NOTE_lost_flushes, call->nr_masks);
}

/* ---- the call ----------------------------------------------------------- */

/* Xen looks for preemption between operations, or between batches. */
static uint32_t stopping_point(const struct xen_call *call)
{
	if (xen_call_unmaps(call))
		return call->nr_ops / GNTTAB_UNMAP_BATCH;
	return call->nr_ops;
}

static void print_call(struct xen_import *x, const struct xen_call *call)
{
	if (call->resumes) {
		xen_event(x, "resume call=p%" PRIu32 " cpu=%u", call->label,
			  call->cpu);
		xen_event_end(x);
		return;
	}
	xen_event(x, "%s domain=%u cpu=%u", names[call->cmd], call->dom,
		  call->cpu);
	if (call->after)
		xen_print(x, " call=p%" PRIu32, call->label);
	if (!call->nr_ops)
		xen_print(x, " ops=[]");
	xen_ops_print(x, call);
	xen_event_end(x);
}

/* A name for the parts of @call, which no other has now.  As many are used
 * as there are calls under way: the reader remembers every name. */
static uint32_t take_label(struct xen_import *x)
{
	uint64_t free = ~x->labels;
	uint32_t label;

	if (!free)
		return MAX_LABELS + x->more_labels++;
	label = (uint32_t)__builtin_ctzll(free);
	x->labels |= UINT64_C(1) << label;
	return label;
}

/* Hand the name on to the next part, or back. */
static void pass_label(struct xen_import *x, const struct xen_call *call)
{
	if (call->after)
		call->after->label = call->label;
	else if (call->resumes && call->label < MAX_LABELS)
		x->labels &= ~(UINT64_C(1) << call->label);
}

static void print_preempt(struct xen_import *x, const struct xen_call *call)
{
	if (!call->after)
		return;
	xen_event(x, "preempt cpu=%u point=%" PRIu32, call->cpu,
		  stopping_point(call));
	xen_event_end(x);
}

void xen_write_call(struct xen_import *x, struct xen_call *call)
{
	xen_domain(x, call->dom);
	if (!call->resumes) {
		if (call->after)
			call->label = take_label(x);
		xen_before_prepare(x, call);
	}
	xen_before_grant(x, call);
	expect(x, call);
	xen_cpus_touch(x, call);
	xen_cpus_schedule(x, call);
	print_preempt(x, call);
	print_call(x, call);
	pass_label(x, call);
	xen_after_call(x, call);
}

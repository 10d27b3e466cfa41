/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen.h - the importer of Xen recordings, from end to end.
 *
 *   input  file, gzip, xz -> lines         line   a line -> numbers
 *   calls  lines -> calls; preempt         order  which call comes next
 *   write  a call -> events of a trace     state  what is granted and mapped
 *          before, cpus, ops, after        head   what is known at the end
 *
 * Memory holds what is granted, mapped or under way at one time, and which
 * machine frames ever were; the trace goes to a temporary file, for its
 * header tells what was found down to the end.
 */
#ifndef WORKLOADS_IMPORT_XEN_H
#define WORKLOADS_IMPORT_XEN_H

#include <stdio.h>

#include "workloads/import_xen_call.h"
#include "workloads/import_xen_line.h"
#include "workloads/import_xen_note.h"
#include "workloads/import_xen_state.h"

#define XEN_IDLE DOMID_IDLE
/* After so many other calls one that did not return, or was not gone on with,
 * is taken as given up. */
#define XEN_MAX_WAIT 4096

struct xen_requests;

struct xen_import {
	const char *path;
	struct xen_requests *requests; /* what is wanted of it; NULL: the
					  calls themselves */
	struct diags *diags;
	int error; /* -ENOMEM, once that was met */
	uint64_t note[XEN_NR_NOTES];
	struct xen_expected expected;
	struct xen_state state;

	/* calls */
	uint64_t last_seq;
	struct xen_call *open[XEN_MAX_CPUS];
	struct xen_call *reading; /* returned, operations to come */
	uint32_t ops_due;
	struct xen_call *waiting; /* oldest first */
	uint64_t returned;	  /* calls */

	/* order: returned, not yet written */
	struct xen_call *first, **last;

	/* write */
	FILE *body; /* the trace without its header */
	uint64_t block_events, block_bytes;
	uint64_t labels;      /* p0, p1 ... of preempted calls: a bit for
				 each in use */
	uint32_t more_labels; /* p64, p65 ...: used so far */
	unsigned cpus;	      /* the highest that does something + 1 */
	domid_t running[XEN_MAX_CPUS]; /* in the trace; or XEN_IDLE */
	domid_t seen[XEN_MAX_CPUS];    /* last in the recording; the same */
};

static inline void xen_note(struct xen_import *x, enum xen_note note,
			    uint64_t n)
{
	x->note[note] += n;
}

/* Import @file, called @path, into @out: as struct importer's run. */
int xen_import(FILE *file, const char *path, FILE *out, struct diags *diags,
	       struct xen_requests *requests);

/* ---- calls: 0, -EBADMSG after adding an error, -ENOMEM ----------------- */

int xen_calls_line(struct xen_import *x, const struct xen_line *line,
		   struct place place);
/* After the last line: give up what is not finished. */
void xen_calls_end(struct xen_import *x);

/* ---- preempt ----------------------------------------------------------- */

/* Let @call, which @line enters, go on with a preempted call, if it does. */
void xen_preempt_link(struct xen_import *x, struct xen_call *call,
		      const struct xen_line *line);
/* @call was preempted: wait for what goes on with it. */
void xen_preempt_wait(struct xen_import *x, struct xen_call *call);
/* Stop waiting where it was long already, or everywhere. */
void xen_preempt_give_up(struct xen_import *x, bool all);
/* @call will not be shown: if it goes on with another, that one ends. */
void xen_preempt_unlink(struct xen_import *x, struct xen_call *call);

/* ---- order ------------------------------------------------------------- */

/* Write what can be written; @all: after the last line. */
void xen_order_write(struct xen_import *x, bool all);

/* ---- write ------------------------------------------------------------- */

void xen_write_call(struct xen_import *x, struct xen_call *call);

/* An event begins with its name, and ends. */
void xen_event(struct xen_import *x, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void xen_print(struct xen_import *x, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void xen_event_end(struct xen_import *x);

/* The operations of @call and of its continuations, as keys. */
void xen_ops_print(struct xen_import *x, const struct xen_call *call);
/* Where a mapping is. */
void xen_ops_print_place(struct xen_import *x, domid_t mapper,
			 const struct xen_mapping *m);
/* The name of @handle, or of all up to @last. */
void xen_ops_print_label(struct xen_import *x, domid_t mapper,
			 const struct xen_mapping *m, uint32_t handle,
			 uint32_t last, const char *key);

/* What has to be before @call and its continuations can be; only @call. */
void xen_before_prepare(struct xen_import *x, const struct xen_call *call);
void xen_before_grant(struct xen_import *x, const struct xen_call *call);
/* What is different after @call. */
void xen_after_call(struct xen_import *x, const struct xen_call *call);

/* Does @op succeed in the trace? */
bool xen_op_succeeds(const struct xen_import *x, const struct xen_call *call,
		     const struct xen_op *op);
/* Was the page of @op touched, so that a flush is needed?  Also when it is
 * not known, or nothing is unmapped. */
bool xen_op_touched(const struct xen_import *x, const struct xen_call *call,
		    const struct xen_op *op);

/* CPUs touch what @call is about to unmap. */
void xen_cpus_touch(struct xen_import *x, const struct xen_call *call);
/* @cpu runs @domain from now on. */
void xen_cpus_run(struct xen_import *x, unsigned cpu, domid_t domain);
/* The CPUs run what they ran in the recording when @call flushed. */
void xen_cpus_schedule(struct xen_import *x, const struct xen_call *call);

/* ---- head -------------------------------------------------------------- */

void xen_head_print(const struct xen_import *x, FILE *to);
/* What a replay must give. */
void xen_head_expect(const struct xen_import *x, FILE *to);

#endif /* WORKLOADS_IMPORT_XEN_H */

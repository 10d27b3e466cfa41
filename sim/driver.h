/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * driver.h - a driver model: requests or packets in, events out.
 *
 * A trace's `blkback:` or `netback:` block makes an instance; the trace
 * reader takes its events in place of the block.  The models live in
 * workloads/, and so does the table of them.
 */
#ifndef SIM_DRIVER_H
#define SIM_DRIVER_H

#include "sim/event.h"
#include "sim/node.h"

struct trace_header;

struct driver {
	const char *name;		/* the block's key */
	const char *text;		/* one line for `tlbsim list drivers` */
	const char *const *versions;	/* of `driver:`, NULL-terminated */
	/*
	 * An instance for @block, or NULL after adding errors.  @block and
	 * @header live until close.  @label is a label name that nothing else
	 * in the trace uses: the instance's own, for its handles.
	 */
	void *(*open)(const struct node *block,
		      const struct trace_header *header, int32_t label,
		      struct diags *diags);
	/* The next event, good until the next call, or NULL.  Its number is for
	 * the caller to set, and its place if that has no line. */
	struct event *(*next)(void *instance);
	void (*close)(void *instance);
};

/* NULL-terminated; defined in workloads/drivers.c. */
extern const struct driver *const sim_drivers[];

#endif /* SIM_DRIVER_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_call.h - one grant hypercall of a recording.
 */
#ifndef WORKLOADS_IMPORT_XEN_CALL_H
#define WORKLOADS_IMPORT_XEN_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "gnttab/abi.h"

/* What the hypercall returns for "call again with the rest". */
#define XEN_PREEMPTED __HYPERVISOR_grant_table_op

/* As many fit a line of a trace, which has INPUT_LINE_MAX bytes at most. */
#define XEN_MAX_OPS 8000

/* One operation of a call, as it came back. */
struct xen_op {
	int16_t status;
	union {
		struct {
			uint64_t host_addr, bus_addr;
			uint32_t flags, ref, handle;
			domid_t dom;
		} map;
		struct { /* and unmap_and_replace */
			uint64_t host_addr;
			uint64_t other; /* dev_bus_addr or new_addr */
			uint64_t loads, stores, load_bytes;
			uint32_t handle, touched_by;
			bool tracked, touched_by_given;
		} unmap;
		struct {
			uint64_t source, dest;
			domid_t source_dom, dest_dom;
			uint16_t source_offset, dest_offset, length, flags;
		} copy;
	};
};

enum xen_call_state {
	XEN_CALL_OPEN,	  /* entered; its operations not all read */
	XEN_CALL_WAITING, /* preempted, continuation not seen yet */
	XEN_CALL_GOES_ON, /* preempted, `after` goes on with it */
	XEN_CALL_DONE,
};

/* From one entry into the hypercall to its return. */
struct xen_call {
	enum xen_call_state state;
	struct xen_call *next;	       /* by order of return */
	struct xen_call *next_waiting; /* of those that are */
	uint64_t returned; /* calls that had, when it came or had to wait */
	struct xen_call *before, *after; /* parts of one that was preempted;
					    before: NULL once that is written */
	bool resumes;			 /* a part, not the first */
	uint32_t label;			 /* of its parts, in the trace */
	uint64_t seq, uop;
	uint64_t time, stack; /* of its entry; see struct xen_line */
	int64_t rax;
	unsigned cpu, cmd; /* cmd: GNTTABOP_* */
	domid_t dom;
	uint32_t begin, end; /* lines: entry of the first part,
				return of this one */
	bool unreadable;     /* to the recorder */
	uint32_t count;	     /* operations asked for */
	uint32_t nr_ops;     /* read so far; then: that it did */
	struct xen_op *op;
	uint32_t nr_masks; /* flushes in it, in order */
	uint64_t *mask;	   /* CPUs of each */
};

/* Maps, for the host, for devices or for both. */
static inline bool xen_op_maps(const struct xen_op *op)
{
	return !op->status &&
	       (op->map.flags & (GNTMAP_host_map | GNTMAP_device_map));
}

/* The parts that an operation of @cmd unmaps: GNTMAP_*_map. */
static inline uint32_t xen_op_parts(const struct xen_op *op, unsigned cmd)
{
	bool device = cmd == GNTTABOP_unmap_grant_ref && op->unmap.other;

	return (op->unmap.host_addr ? GNTMAP_host_map : 0u) |
	       (device ? GNTMAP_device_map : 0u);
}

static inline bool xen_call_unmaps(const struct xen_call *call)
{
	return call->cmd == GNTTABOP_unmap_grant_ref ||
	       call->cmd == GNTTABOP_unmap_and_replace;
}

void xen_call_free(struct xen_call *call);

#endif /* WORKLOADS_IMPORT_XEN_CALL_H */

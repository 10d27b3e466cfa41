/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_req.h - what a recording of a real Xen implies that its drivers were
 * asked to do: block requests and packets, for the models of them.
 *
 *   calls (import_xen_calls.c, whole ones) -> import_req.c    whose call?
 *       maps, unmaps of blkback            -> import_req_block.c
 *       copies, maps, unmaps of netback    -> import_req_net.c
 *   requests, packets                      -> import_req_stream.c: a block
 *                                             of the trace for each ring
 */
#ifndef WORKLOADS_IMPORT_REQ_H
#define WORKLOADS_IMPORT_REQ_H

#include "workloads/import_xen.h"
#include "workloads/import_xen_table.h"
#include "workloads/netback.h"

/* What cannot be said, or was assumed; with how often. */
/* clang-format off */
#define REQ_NOTES(X)                                                          \
	X(other_maps, "maps that are not of blkback's data or netback's "     \
	  "packets (rings, gntdev): left out")                                \
	X(other_copies, "copies that are neither to nor from a guest: left "  \
	  "out")                                                              \
	X(other_unmaps, "unmaps of what is left out, or was mapped before "   \
	  "the recording began: left out")                                    \
	X(failed, "operations that failed: left out")                         \
	X(empty, "unmap calls without operations: persistent grants, so "     \
	  "that the requests cannot be seen; blkback is left out")            \
	X(no_data, "indirect requests of which not all data was mapped: "     \
	  "as much as was")                                                   \
	X(half_copied, "requests and packets of which the CPU touched some "  \
	  "pages only: taken as touched")                                     \
	X(sizes, "mapped slots: their sizes are not recorded, taken to reach " \
	  "to the end of a page")                                             \
	X(never_done, "requests and packets that were not done in the end: "  \
	  "left out")                                                         \
	X(runts, "packets that would have less than 14 bytes: left out")      \
	X(cut, "packets of more pieces than a trace takes: as several")
/* clang-format on */

enum req_note {
#define X(name, text) REQ_NOTE_##name,
	REQ_NOTES(X)
#undef X
		REQ_NR_NOTES
};

enum req_kind { REQ_BLOCK, REQ_SENT, REQ_RECEIVED };

/* A request or a packet. */
struct req_item {
	struct req_item *next; /* by time */
	enum req_kind kind;
	uint64_t at, done;   /* as recorded, nanoseconds */
	bool waits;	     /* what it is made of is not all known */
	bool write;	     /* block: by the guest */
	uint32_t mapped;     /* pages, so far */
	uint32_t open;	     /* of them, still mapped */
	uint32_t touched;    /* of them, by a CPU */
	unsigned nr_pieces;  /* slots, pieces; block: segments */
	uint16_t size[PIECES_MAX];
	grant_ref_t last_ref;	/* sent: of the last slot copied ... */
	uint32_t copied;	/* ... of so many bytes in all */
	bool rest;		/* ... the rest of it is mapped */
	uint16_t last_offset;	/* ... where it begins */
	uint64_t next_dest;	/* where the next copy would go */
};

/* Where a queue of netback has the copies that it asks for. */
enum req_array { REQ_SEND_ARRAY, REQ_RECEIVE_ARRAY, REQ_ARRAYS };

/* What one ring of one device was asked to do: a block of the trace. */
struct req_stream {
	struct req_stream *next;
	bool block;		 /* blkback, else netback */
	domid_t backend, guest;
	uint64_t thread; /* blkback: that serves the ring; netback: 0, or what
			    tells a further queue */
	FILE *body;
	uint64_t in_document;
	uint64_t last_at; /* written */
	uint32_t flying, most_flying;
	struct req_item *first, **last;

	/* blkback: data of this is being mapped */
	struct req_item *building;
	uint32_t missing;	/* segments of it to come */
	uint64_t descriptors_at; /* when those were mapped */

	/* netback: arrays of the queue's copies, 0: not seen yet */
	uint64_t array[REQ_ARRAYS];
	struct req_item *poll; /* its packets, to the last; NULL: none */
	uint64_t stack;	       /* return address of its copies */
	uint64_t receive_at;   /* of a round of received packets ... */
	bool receive_full;     /* ... that may go on */
};

/* What was seen of all that is written. */
struct req_seen {
	uint64_t map_ops, unmap_ops, copy_ops, hypercalls, touched, batches;
};

struct xen_requests {
	struct req_stream *streams;
	struct xen_table handles; /* (domain, handle) -> struct req_page */
	struct xen_table programs; /* (granter, reference): mapped for one */
	uint64_t note[REQ_NR_NOTES];
	struct req_seen block, net;
	uint64_t start; /* time of the first call */
	bool started;
	bool persistent;
};

/* A mapping. */
struct req_page {
	struct req_stream *stream;
	struct req_item *item;
};

/* A call, with its continuations: all its operations. */
struct req_call {
	const struct xen_call *call; /* the first part */
	uint64_t time;		     /* since the start */
	uint32_t nr_ops;
	struct xen_op *op;
};

static inline void req_note(struct xen_import *x, enum req_note note,
			    uint64_t n)
{
	x->requests->note[note] += n;
}

void req_init(struct xen_requests *r);
void req_free(struct xen_requests *r);
/* Once a call and its continuations are known. */
void req_call(struct xen_import *x, const struct xen_call *call);

/* ---- import_req_stream.c ----------------------------------------------- */

/* The stream of a ring, new or known.  NULL: no memory. */
struct req_stream *req_stream(struct xen_import *x, bool block,
			      domid_t backend, domid_t guest, uint64_t thread);
/* A new item behind all others of @stream.  NULL: no memory. */
struct req_item *req_item(struct xen_import *x, struct req_stream *stream,
			  enum req_kind kind, uint64_t at);
void req_remove(struct req_stream *stream, struct req_item *item);
/* Write what is known whole, in order. */
void req_flush(struct xen_import *x, struct req_stream *stream, bool all);
/* The whole trace; 0, -errno. */
int req_print(struct xen_import *x, FILE *out);
/* A page of @item was mapped, as @handle. */
bool req_mapped(struct xen_import *x, struct req_stream *stream,
		struct req_item *item, domid_t mapper, uint32_t handle);

/* ---- import_req_block.c, import_req_net.c ------------------------------ */

void req_block_map(struct xen_import *x, const struct req_call *call);
/* A page of a request is unmapped, by a call of its own if @alone. */
void req_block_unmap(struct xen_import *x, struct req_page page,
		     const struct xen_op *op, bool alone);
/* Is this netback's?  Then it was taken. */
bool req_net_map(struct xen_import *x, const struct req_call *call);
void req_net_copy(struct xen_import *x, const struct req_call *call);

#endif /* WORKLOADS_IMPORT_REQ_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block_pending.h - beginnings and ends of requests, matched: a trace wants
 * requests in the order of their beginnings, each with its end.
 */
#ifndef WORKLOADS_BLOCK_PENDING_H
#define WORKLOADS_BLOCK_PENDING_H

#include "workloads/block_trace.h"

/* A disk has fewer under way; one more, and the oldest has lost its end. */
#define PENDING_MAX 4096

struct block_pending {
	struct block_trace *trace;
	size_t first, count; /* a ring */
	struct pending {
		struct block_request request;
		uint64_t device, sector;
	} ring[PENDING_MAX];
};

/* NULL: no memory. */
struct block_pending *pending_new(struct block_trace *trace);
void pending_begin(struct block_pending *pending, uint64_t device,
		   uint64_t sector, const struct block_request *request);
void pending_end(struct block_pending *pending, uint64_t device,
		 uint64_t sector, bool write, uint64_t at);
/* No more will come: the rest goes into the trace, and @pending is freed. */
void pending_finish(struct block_pending *pending);

#endif /* WORKLOADS_BLOCK_PENDING_H */

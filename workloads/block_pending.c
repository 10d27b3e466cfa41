/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block_pending.c - beginnings and ends of requests, matched.
 *
 *     begin a, begin b, end b, end a, begin c ...
 *
 *     ring:  a      a b     a b*    a* b* -> out    c
 *
 * What ended (*) leaves when nothing older is under way.
 */
#include "config.h"

#include <stdlib.h>

#include "workloads/block_pending.h"

struct block_pending *pending_new(struct block_trace *trace)
{
	struct block_pending *pending = calloc(1, sizeof(*pending));

	if (pending)
		pending->trace = trace;
	return pending;
}

static struct pending *at(struct block_pending *pending, size_t n)
{
	return &pending->ring[(pending->first + n) % PENDING_MAX];
}

static void emit_first(struct block_pending *pending)
{
	block_trace_add(pending->trace, &at(pending, 0)->request);
	pending->first++;
	pending->count--;
}

void pending_begin(struct block_pending *pending, uint64_t device,
		   uint64_t sector, const struct block_request *request)
{
	if (pending->count == PENDING_MAX)
		emit_first(pending);
	*at(pending, pending->count++) = (struct pending){ *request, device,
							   sector };
}

void pending_end(struct block_pending *pending, uint64_t device,
		 uint64_t sector, bool write, uint64_t end)
{
	struct pending *one = NULL;
	size_t n;

	for (n = 0; n < pending->count; n++) {
		one = at(pending, n);
		if (!one->request.ended && one->device == device &&
		    one->sector == sector && one->request.write == write)
			break;
	}
	if (n == pending->count) {
		pending->trace->unmatched++;
		return;
	}
	one->request.ended = true;
	one->request.end = end;
	while (pending->count && at(pending, 0)->request.ended)
		emit_first(pending);
}

void pending_finish(struct block_pending *pending)
{
	while (pending && pending->count)
		emit_first(pending);
	free(pending);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_req_block.c - block requests, from the calls of blkback.
 *
 *   map 1, read-only          a descriptor page, as will be seen
 *   unmap it, 1               the CPU loaded 3 fields, 6 bytes in all, of
 *                             each of n descriptors: n segments
 *   map 11, map 11 ...        data of that request, until it has n
 *
 *   map 1 .. 11               without that: a direct request
 *
 * Each ring has a thread, and its maps have their array on the thread's
 * stack: that tells rings apart.
 *
 * Sources: Linux drivers/block/xen-blkback/blkback.c
 * (xen_blkbk_parse_indirect, xen_blkbk_map);
 * arch/x86/include/asm/page_64_types.h (THREAD_SIZE); the three loads are seen
 * in the recordings.
 */
#include "workloads/import_req.h"

#include "workloads/blkback.h"

#define THREAD_SIZE 16384
#define DESCRIPTOR_LOADS 3
#define DESCRIPTOR_BYTES 6

/* Not all data of the last request came. */
static void give_up(struct xen_import *x, struct req_stream *stream)
{
	req_note(x, REQ_NOTE_no_data, 1);
	stream->building->waits = false;
	stream->building->nr_pieces -= stream->missing;
	stream->building = NULL;
	stream->missing = 0;
}

/* The request whose data @call maps. */
static struct req_item *request_of(struct xen_import *x,
				   struct req_stream *stream,
				   const struct req_call *call)
{
	uint64_t at = stream->missing ? stream->descriptors_at : call->time;
	struct req_item *item = stream->building;

	if (item && stream->missing < call->nr_ops)
		give_up(x, stream);
	else if (item)
		return item;
	item = req_item(x, stream, REQ_BLOCK, at);
	if (!item)
		return NULL;
	if (!stream->missing)
		stream->missing = call->nr_ops;
	item->nr_pieces = stream->missing;
	item->write = call->op[0].map.flags & GNTMAP_readonly;
	item->waits = true;
	stream->building = item;
	return item;
}

void req_block_map(struct xen_import *x, const struct req_call *call)
{
	struct req_stream *stream;
	struct req_item *item;

	if (call->nr_ops > BLKIF_MAX_SEGMENTS_PER_REQUEST) {
		req_note(x, REQ_NOTE_other_maps, call->nr_ops);
		return;
	}
	stream = req_stream(x, true, call->call->dom, call->op[0].map.dom,
			    call->call->uop / THREAD_SIZE);
	item = stream ? request_of(x, stream, call) : NULL;
	if (!item)
		return;
	x->requests->block.hypercalls++;
	x->requests->block.map_ops += call->nr_ops;
	for (uint32_t i = 0; i < call->nr_ops; i++)
		if (!req_mapped(x, stream, item, call->call->dom,
				call->op[i].map.handle))
			return;
	stream->missing -= call->nr_ops < stream->missing ? call->nr_ops
							  : stream->missing;
	if (stream->missing)
		return;
	item->waits = false;
	stream->building = NULL;
}

/* Descriptors that the CPU has read in the page, or 0. */
static uint32_t descriptors(const struct xen_op *op)
{
	uint64_t n = op->unmap.loads / DESCRIPTOR_LOADS;

	if (op->unmap.stores || op->unmap.loads % DESCRIPTOR_LOADS ||
	    op->unmap.load_bytes != n * DESCRIPTOR_BYTES ||
	    !blk_is_indirect((unsigned)n) || n > BLK_SEGMENTS_MAX)
		return 0;
	return (uint32_t)n;
}

void req_block_unmap(struct xen_import *x, struct req_page page,
		     const struct xen_op *op, bool alone)
{
	struct req_stream *stream = page.stream;
	struct req_item *item = page.item;
	uint32_t n = descriptors(op);

	if (alone && n && item->mapped == 1 && item->write &&
	    !stream->building) {
		stream->missing = n;
		stream->descriptors_at = item->at;
		req_remove(stream, item);
		return;
	}
	req_flush(x, stream, false);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback_ring.c - what becomes of a request: see the drawing in blkback.c.
 *
 * Sources: Linux drivers/block/xen-blkback/blkback.c (dispatch_rw_block_io,
 * xen_blkbk_parse_indirect, end_block_io_op) and common.h
 * (MAX_INDIRECT_SEGMENTS); Xen's io/blkif.h.
 */
#include "config.h"

#include "workloads/blkback_model.h"

#include <assert.h>
#include <stdlib.h>

/* A 64-bit CPU copies and encrypts 8 bytes at a time. */
#define WORD 8

_Static_assert(BLK_SEGMENTS_MAX <= BLKIF_SEGMENTS_PER_PAGE,
	       "one page of descriptors is enough");
_Static_assert(BLK_SEGMENTS_MAX + 1 <= SCRIPT_OPS &&
		       2 * BLK_SEGMENTS_MAX + 64 <= SCRIPT_EVENTS,
	       "a step fits in a script");
_Static_assert(BLK_RING_MAX <= DUE_MAX, "each request has its time");

static bool is_indirect(const struct blk_flight *flight)
{
	return blk_is_indirect(flight->nr_segments);
}

/* ---- memory ------------------------------------------------------------ */

/* All that may be granted at a time: data and descriptors of a full ring. */
static uint32_t share_of_refs(const struct blkback *b)
{
	uint32_t share = b->config.ends.refs / (uint32_t)b->config.queues;
	uint32_t most = b->config.ring_entries * (BLK_SEGMENTS_MAX + 1);

	return share < most ? share : most;
}

bool blk_ring_init(struct blkback *b, unsigned i)
{
	struct blk_ring *ring = &b->ring[i];
	uint32_t refs = share_of_refs(b);

	ring->cpu = ends_cpu(&b->config.ends, i);
	ring->nr_refs = refs;
	ring->ref = FIRST_REF + i * refs;
	ring->page = i * refs;
	ring->flight = calloc(b->config.ring_entries, sizeof(*ring->flight));
	ring->grant = calloc(refs, sizeof(*ring->grant));
	ring->held = calloc(refs, sizeof(*ring->held));
	ring->purged = calloc(refs, sizeof(*ring->purged));
	return pool_init(&ring->refs, POOL_LIFO, refs) &&
	       pool_init(&ring->pages, POOL_LIFO, refs) &&
	       pool_init(&ring->slots, POOL_LIFO, b->config.ring_entries) &&
	       ring->flight && ring->grant && ring->held && ring->purged;
}

void blk_ring_fini(struct blk_ring *ring)
{
	pool_fini(&ring->refs);
	pool_fini(&ring->pages);
	pool_fini(&ring->slots);
	free(ring->flight);
	free(ring->grant);
	free(ring->held);
	free(ring->purged);
}

bool blk_ring_has_room(const struct blkback *b, const struct blk_ring *ring,
		       const struct blk_request *request)
{
	return ring->due.count < b->depth &&
	       ring->refs.free + ring->nr_held >=
		       blk_refs(blk_segments(request->bytes));
}

/* ---- descriptors and data ---------------------------------------------- */

/* The CPU loads the three fields of each descriptor. */
static void read_descriptors(struct blkback *b, const struct blk_ring *ring,
			     uint32_t page, unsigned count)
{
	static const unsigned fields[] = {
		offsetof(struct blkif_request_segment, gref),
		offsetof(struct blkif_request_segment, first_sect),
		offsetof(struct blkif_request_segment, last_sect),
	};
	const unsigned step = sizeof(struct blkif_request_segment);

	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		script_touch(&b->script, EVENT_read, ring->page + page,
			     fields[i], count * step, step);
}

static void parse_indirect(struct blkback *b, struct blk_ring *ring,
			   const struct blk_flight *flight)
{
	uint32_t page;

	blk_map(b, ring, &flight->descriptors, &page, 1, true);
	read_descriptors(b, ring, page, flight->nr_segments);
	blk_unmap(b, ring, &flight->descriptors, &page, 1,
		  BLKIF_MAX_SEGMENTS_PER_REQUEST);
}

/* The CPU walks over the data, a page at a time. */
static void touch_data(struct blkback *b, const struct blk_ring *ring,
		       const struct blk_flight *flight, enum event_kind kind)
{
	uint64_t left = flight->bytes;

	for (unsigned i = 0; i < flight->nr_segments; i++) {
		uint32_t here = left < XEN_PAGE ? (uint32_t)left : XEN_PAGE;

		script_touch(&b->script, kind, ring->page + flight->page[i], 0,
			     here, WORD);
		left -= here;
	}
}

/* Data that the CPU copies: through a bounce buffer, or the page cache. */
static bool is_copied(const struct blkback *b, const struct blk_flight *flight)
{
	return b->config.bounce || b->config.file || flight->file;
}

/* ---- from the ring and back -------------------------------------------- */

/* References are claimed in this order: descriptors, then data. */
static void front_submit(struct blkback *b, struct blk_ring *ring,
			 struct blk_flight *flight)
{
	if (is_indirect(flight))
		blk_front_take(b, ring, &flight->descriptors, 1);
	blk_front_take(b, ring, flight->ref, flight->nr_segments);
}

static void front_complete(struct blkback *b, struct blk_ring *ring,
			   const struct blk_flight *flight)
{
	blk_front_put(b, ring, flight->ref, flight->nr_segments);
	if (is_indirect(flight))
		blk_front_put(b, ring, &flight->descriptors, 1);
}

void blk_ring_submit(struct blkback *b, struct blk_ring *ring,
		     const struct blk_request *request)
{
	uint32_t slot = pool_take(&ring->slots);
	struct blk_flight *flight = &ring->flight[slot];

	flight->place = request->arrival.place;
	flight->op = request->op;
	flight->file = request->file;
	flight->bytes = request->bytes;
	flight->nr_segments = blk_segments(request->bytes);
	front_submit(b, ring, flight);
	if (is_indirect(flight))
		parse_indirect(b, ring, flight);
	blk_map(b, ring, flight->ref, flight->page, flight->nr_segments,
		flight->op == BLK_WRITE);
	if (flight->op == BLK_WRITE &&
	    (is_copied(b, flight) || b->config.crypt))
		touch_data(b, ring, flight, EVENT_read);
	due_push(&ring->due, arrival_done(&request->arrival, b->now), slot);
}

void blk_ring_complete(struct blkback *b, struct blk_ring *ring)
{
	uint32_t slot = due_pop(&ring->due);
	const struct blk_flight *flight = &ring->flight[slot];

	b->script.place = flight->place;
	if (flight->op == BLK_READ && b->config.crypt)
		touch_data(b, ring, flight, EVENT_read);
	if (flight->op == BLK_READ && (is_copied(b, flight) || b->config.crypt))
		touch_data(b, ring, flight, EVENT_write);
	blk_unmap(b, ring, flight->ref, flight->page, flight->nr_segments,
		  b->version->unmap_max);
	front_complete(b, ring, flight);
	pool_put(&ring->slots, slot);
}

/* ---- invariants -------------------------------------------------------- */

/* Pages that @flight has mapped for itself only. */
static uint32_t own_pages(const struct blk_ring *ring,
			  const struct blk_flight *flight)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < flight->nr_segments; i++)
		count += !ring->grant[flight->ref[i]].mapped;
	return count;
}

void blk_ring_check(const struct blk_ring *ring)
{
	uint32_t refs = ring->nr_held;
	uint32_t pages = ring->nr_kept + ring->nr_purged;

	for (size_t i = 0; i < ring->due.count; i++) {
		const struct blk_flight *flight =
			&ring->flight[ring->due.heap[i].what];

		refs += blk_refs(flight->nr_segments);
		pages += own_pages(ring, flight);
	}
	due_check(&ring->due);
	pool_check(&ring->refs);
	pool_check(&ring->pages);
	pool_check(&ring->slots);
	assert(ring->refs.size - ring->refs.free == refs);    /* (1) */
	assert(ring->pages.size - ring->pages.free == pages); /* (1) */
	assert(ring->slots.size - ring->slots.free ==
	       ring->due.count); /* (2) */
}

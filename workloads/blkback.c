/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback.c - a model of Linux's block backend: requests to grant operations.
 *
 *   guest   grant all pages                                    revoke them
 *             |                                                     ^
 *   dom0      |  indirect only:                                     |
 *             |  map the descriptor page, read it, unmap it         |
 *             v    v                                                |
 *           map the data, 11 at a time ... disk, by DMA ... unmap the data
 *           |------------- at -------------|----- done -----|
 *
 * A request of at most 11 segments stands in the ring itself; a larger one
 * is indirect: its segments stand in a page of the guest's, which the CPU
 * reads.  Nothing else is touched, unless the data is bounced or encrypted:
 * what the guest writes is read before the disk starts, what it reads is
 * written (bounce) or read and written in place (crypt) when the disk is
 * done.  The guest's grants are always read-write, the backend maps
 * read-only what the guest writes.
 *
 * The rings themselves are mapped when a driver connects, and stay; they are
 * not part of the model.
 *
 * Invariants, checked by blkback_check():
 *  (1) A backend page or a reference is lent to one request at a time, and
 *      all that is lent belongs to a request that is on the ring.
 *  (2) Requests on the ring are those that are due.
 *
 * Sources: Linux drivers/block/xen-blkback/blkback.c (dispatch_rw_block_io,
 * xen_blkbk_map, xen_blkbk_parse_indirect, xen_blkbk_unmap and
 * xen_blkbk_unmap_and_respond), common.h (MAX_INDIRECT_SEGMENTS) and
 * drivers/block/xen-blkfront.c (get_grant); Xen's io/blkif.h.  The order of
 * calls, the sizes of batches and the three loads for each descriptor were
 * also seen in recordings of Linux 6.1 on Xen 4.17.
 */
#include "config.h"

#include "workloads/blkback.h"
#include "workloads/drivers.h"
#include "workloads/due.h"
#include "workloads/pool.h"

#include <assert.h>
#include <stdlib.h>

/* Ballooned pages of the backend, in the direct map of 64-bit Linux of 2014
 * (Documentation/x86/x86_64/mm.txt), above any memory of its own. */
#define BLKBACK_PAGES 0xffff8a0000000000ull

/* Data pages and one page of descriptors for each request on the ring. */
#define PAGES_MAX (BLKIF_RING * (BLK_SEGMENTS_MAX + 1))

/* A 64-bit CPU copies and encrypts 8 bytes at a time. */
#define WORD 8

_Static_assert(BLK_SEGMENTS_MAX <= BLKIF_SEGMENTS_PER_PAGE,
	       "one page of descriptors is enough");
_Static_assert(BLK_SEGMENTS_MAX + 1 <=
		       XEN_PAGE / sizeof(grant_entry_v1_t) - FIRST_REF,
	       "the smallest grant table holds a request");
_Static_assert(2 * (BLK_SEGMENTS_MAX + 1) + 1 <= SCRIPT_OPS &&
		       2 * BLK_SEGMENTS_MAX + 64 <= SCRIPT_EVENTS,
	       "a step fits in a script");

const struct blk_version blk_versions[] = {
	{ "modern", BLK_SEGMENTS_MAX },
	{ "linux-3.16", BLKIF_MAX_SEGMENTS_PER_REQUEST },
};
const char *const blk_version_names[] = { "modern", "linux-3.16", NULL };

/* A request on the ring. */
struct flight {
	struct place place;
	unsigned op; /* enum blk_op */
	unsigned nr_segments;
	grant_ref_t descriptors; /* page of `segment`, if indirect */
	struct blkif_request_segment segment[BLK_SEGMENTS_MAX];
	uint32_t page[BLK_SEGMENTS_MAX]; /* of the backend */
};

struct blkback {
	struct blk_config config;
	const struct blk_version *version;
	unsigned depth; /* requests on the ring, at most */
	uint64_t now;
	bool more; /* `ahead` is the next request */
	struct blk_request ahead;
	struct pool refs; /* less FIRST_REF */
	struct pool pages;
	struct pool slots;    /* of the ring */
	struct due_queue due; /* slots */
	uint64_t frames;      /* of the frontend, used so far */
	struct flight flight[BLKIF_RING];
	struct script script;
};

static bool is_indirect(const struct flight *flight)
{
	return blk_is_indirect(flight->nr_segments);
}

static uint32_t segment_bytes(const struct blkif_request_segment *segment)
{
	return (segment->last_sect - segment->first_sect + 1u) * SECTOR;
}

/* ---- the frontend ------------------------------------------------------ */

/* Grant a page of the guest; its page cache is all of its memory. */
static grant_ref_t grant_page(struct blkback *b)
{
	grant_ref_t ref = FIRST_REF + pool_take(&b->refs);

	script_op_grant(&b->script, ref,
			b->frames++ % b->config.ends.front_frames);
	return ref;
}

/* References are claimed in this order: descriptors, then data. */
static void front_submit(struct blkback *b, struct flight *flight,
			 uint64_t bytes)
{
	script_grant(&b->script, false);
	if (is_indirect(flight))
		flight->descriptors = grant_page(b);
	for (unsigned i = 0; i < flight->nr_segments; i++) {
		uint64_t left = bytes - (uint64_t)i * XEN_PAGE;
		uint64_t here = left < XEN_PAGE ? left : XEN_PAGE;

		flight->segment[i] = (struct blkif_request_segment){
			.gref = grant_page(b),
			.last_sect = (uint8_t)(here / SECTOR - 1),
		};
	}
}

static void revoke_page(struct blkback *b, grant_ref_t ref)
{
	script_op_revoke(&b->script, ref);
	pool_put(&b->refs, ref - FIRST_REF);
}

static void front_complete(struct blkback *b, const struct flight *flight)
{
	script_revoke(&b->script);
	for (unsigned i = 0; i < flight->nr_segments; i++)
		revoke_page(b, flight->segment[i].gref);
	if (is_indirect(flight))
		revoke_page(b, flight->descriptors);
}

/* ---- the backend ------------------------------------------------------- */

/* The CPU loads the three fields of each descriptor. */
static void read_descriptors(struct blkback *b, uint32_t page, unsigned count)
{
	static const unsigned fields[] = {
		offsetof(struct blkif_request_segment, gref),
		offsetof(struct blkif_request_segment, first_sect),
		offsetof(struct blkif_request_segment, last_sect),
	};
	const unsigned step = sizeof(struct blkif_request_segment);

	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		script_touch(&b->script, EVENT_read, page, fields[i],
			     count * step, step);
}

static void parse_indirect(struct blkback *b, const struct flight *flight)
{
	uint32_t page = pool_take(&b->pages);

	script_hypercall(&b->script, EVENT_map);
	script_op_map(&b->script, flight->descriptors, page, true);
	read_descriptors(b, page, flight->nr_segments);
	script_hypercall(&b->script, EVENT_unmap);
	script_op_unmap(&b->script, page);
	pool_put(&b->pages, page);
}

static void map_data(struct blkback *b, struct flight *flight)
{
	for (unsigned i = 0; i < flight->nr_segments; i++) {
		if (i % BLKIF_MAX_SEGMENTS_PER_REQUEST == 0)
			script_hypercall(&b->script, EVENT_map);
		flight->page[i] = pool_take(&b->pages);
		script_op_map(&b->script, flight->segment[i].gref,
			      flight->page[i], flight->op == BLK_WRITE);
	}
}

static void unmap_data(struct blkback *b, const struct flight *flight)
{
	for (unsigned i = 0; i < flight->nr_segments; i++) {
		if (i % b->version->unmap_max == 0)
			script_hypercall(&b->script, EVENT_unmap);
		script_op_unmap(&b->script, flight->page[i]);
		pool_put(&b->pages, flight->page[i]);
	}
}

static void touch_data(struct blkback *b, const struct flight *flight,
		       enum event_kind kind)
{
	for (unsigned i = 0; i < flight->nr_segments; i++)
		script_touch(&b->script, kind, flight->page[i], 0,
			     segment_bytes(&flight->segment[i]), WORD);
}

static void submit(struct blkback *b)
{
	struct blk_request *request = &b->ahead;
	uint32_t slot = pool_take(&b->slots);
	struct flight *flight = &b->flight[slot];

	b->now = time_later(b->now, request->arrival.at);
	flight->place = request->arrival.place;
	flight->op = request->op;
	flight->nr_segments = blk_segments(request->bytes);
	script_begin(&b->script, request->arrival.place);
	front_submit(b, flight, request->bytes);
	if (is_indirect(flight))
		parse_indirect(b, flight);
	map_data(b, flight);
	if (flight->op == BLK_WRITE && (b->config.bounce || b->config.crypt))
		touch_data(b, flight, EVENT_read);
	due_push(&b->due, arrival_done(&request->arrival, b->now), slot);
	b->more = blk_config_next(&b->config, &b->ahead);
}

static void complete(struct blkback *b)
{
	struct flight *flight;
	uint32_t slot;

	b->now = time_later(b->now, due_time(&b->due));
	slot = due_pop(&b->due);
	flight = &b->flight[slot];
	script_begin(&b->script, flight->place);
	if (flight->op == BLK_READ && b->config.crypt)
		touch_data(b, flight, EVENT_read);
	if (flight->op == BLK_READ && (b->config.bounce || b->config.crypt))
		touch_data(b, flight, EVENT_write);
	unmap_data(b, flight);
	front_complete(b, flight);
	pool_put(&b->slots, slot);
}

/* Does the next request fit on the ring and in the grant table? */
static bool has_room(const struct blkback *b)
{
	return b->due.count < b->depth &&
	       b->refs.free >= blk_refs(blk_segments(b->ahead.bytes));
}

/* What is due comes before what arrives. */
static bool is_submit_next(const struct blkback *b)
{
	if (!b->more || !b->due.count)
		return b->more;
	return has_room(b) && b->ahead.arrival.at < due_time(&b->due);
}

static void blkback_check(const struct blkback *b)
{
#ifdef ENABLE_CHECKS
	uint32_t refs = 0, pages = 0;

	for (size_t i = 0; i < b->due.count; i++) {
		const struct flight *flight = &b->flight[b->due.heap[i].what];

		refs += blk_refs(flight->nr_segments);
		pages += flight->nr_segments;
	}
	pool_check(&b->refs);
	pool_check(&b->pages);
	pool_check(&b->slots);
	assert(b->refs.size - b->refs.free == refs);	       /* (1) */
	assert(b->pages.size - b->pages.free == pages);	       /* (1) */
	assert(b->slots.size - b->slots.free == b->due.count); /* (2) */
#else
	(void)b;
#endif
}

static int blkback_next(void *instance, struct event *event)
{
	struct blkback *b = instance;

	while (!script_take(&b->script, event)) {
		if (is_submit_next(b))
			submit(b);
		else if (b->due.count)
			complete(b);
		else
			return 0;
		blkback_check(b);
	}
	return 1;
}

static void blkback_close(void *instance)
{
	struct blkback *b = instance;

	pool_fini(&b->refs);
	pool_fini(&b->pages);
	pool_fini(&b->slots);
	blk_config_fini(&b->config);
	free(b);
}

/* An instance that has read its block; false after adding errors. */
static bool blkback_init(struct blkback *b, const struct node *block,
			 const struct trace_header *header, struct diags *diags)
{
	uint32_t refs;

	if (!blk_config_read(&b->config, block, header, diags))
		return false;
	refs = b->config.ends.refs;
	if (pool_init(&b->refs, POOL_LIFO,
		      refs < PAGES_MAX ? refs : PAGES_MAX) &&
	    pool_init(&b->pages, POOL_LIFO, PAGES_MAX) &&
	    pool_init(&b->slots, POOL_LIFO, BLKIF_RING))
		return true;
	diag_error(diags, block->place, "out of memory");
	return false;
}

static void *blkback_open(const struct node *block,
			  const struct trace_header *header, int32_t label,
			  struct diags *diags)
{
	struct blkback *b = calloc(1, sizeof(*b));

	if (!b) {
		diag_error(diags, block->place, "out of memory");
		return NULL;
	}
	if (!blkback_init(b, block, header, diags)) {
		blkback_close(b);
		return NULL;
	}
	b->version = &blk_versions[b->config.driver];
	b->depth = b->config.work.generate ? (unsigned)b->config.random.depth
					   : BLKIF_RING;
	b->script.ends = &b->config.ends;
	b->script.cpu = ends_cpu(&b->config.ends, 0);
	b->script.label = label;
	b->script.address = BLKBACK_PAGES;
	b->more = blk_config_next(&b->config, &b->ahead);
	return b;
}

const struct driver driver_blkback = {
	.name = "blkback",
	.text = "block backend: requests to map, unmap and CPU accesses",
	.versions = blk_version_names,
	.open = blkback_open,
	.next = blkback_next,
	.close = blkback_close,
};

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
 * reads.  Nothing else is touched, unless the data is bounced, encrypted or
 * goes to a file: what the guest writes is read before the disk starts, what
 * it reads is written (bounce, file) or read and written in place (crypt)
 * when the disk is done.  The guest's grants are always read-write, the
 * backend maps read-only what the guest writes.
 *
 * With persistent grants pages stay mapped from one request to the next; see
 * blkback_grants.c.  At the end of the block the device is closed: then they
 * are unmapped and revoked.
 *
 * A device may have several rings (queues), each with a thread of its own on
 * a CPU of its own, and its share of the references; and a ring may have
 * several pages.  The rings themselves are mapped when a driver connects, and
 * stay; they are not part of the model.
 *
 * Invariants, checked by blk_ring_check():
 *  (1) A page or a reference is lent to one request at a time, and all that
 *      is lent belongs to a request on the ring, or to a persistent grant.
 *  (2) Requests on the ring are those that are due.
 *
 * Sources: Linux drivers/block/xen-blkback/blkback.c and
 * drivers/block/xen-blkfront.c; Xen's io/blkif.h.  The order of calls, the
 * sizes of batches and the three loads for each descriptor were also seen in
 * recordings of Linux 6.1 on Xen 4.17.
 */
#include "config.h"

#include "workloads/blkback_model.h"
#include "workloads/drivers.h"

#include <stdlib.h>

/* Ballooned pages of the backend, in the direct map of 64-bit Linux of 2014
 * (Documentation/x86/x86_64/mm.txt), above any memory of its own. */
#define BLKBACK_PAGES 0xffff8a0000000000ull

const struct blk_version blk_versions[] = {
	{ .name = "modern",
	  .unmap_max = BLK_SEGMENTS_MAX,
	  .many_rings = true,
	  .purges_old = true },
	{ .name = "linux-3.16", .unmap_max = BLKIF_MAX_SEGMENTS_PER_REQUEST },
};
const char *const blk_version_names[] = { "modern", "linux-3.16", NULL };

static unsigned nr_rings(const struct blkback *b)
{
	return (unsigned)b->config.queues;
}

/* The ring on which something is done first, or NULL. */
static struct blk_ring *first_due(const struct blkback *b)
{
	struct blk_ring *first = NULL;

	for (unsigned i = 0; i < nr_rings(b); i++) {
		struct blk_ring *ring = &b->ring[i];

		if (ring->due.count &&
		    (!first || due_time(&ring->due) < due_time(&first->due)))
			first = ring;
	}
	return first;
}

/* The ring that purged grants and has not unmapped them yet, or NULL. */
static struct blk_ring *first_purged(const struct blkback *b)
{
	for (unsigned i = 0; i < nr_rings(b); i++)
		if (b->ring[i].nr_purged)
			return &b->ring[i];
	return NULL;
}

static void start(struct blkback *b, const struct blk_ring *ring,
		  struct place place)
{
	script_begin(&b->script, place);
	b->script.cpu = ring->cpu;
}

/* The thread purges, which unmaps in steps of their own; or it takes the
 * request. */
static void submit(struct blkback *b, struct blk_ring *ring)
{
	b->now = time_later(b->now, b->ahead.arrival.at);
	start(b, ring, b->ahead.arrival.place);
	blk_purge(b, ring);
	if (ring->nr_purged)
		return;
	blk_ring_submit(b, ring, &b->ahead);
	b->more = blk_config_next(&b->config, &b->ahead);
}

static void complete(struct blkback *b, struct blk_ring *ring)
{
	b->now = time_later(b->now, due_time(&ring->due));
	start(b, ring, b->config.work.place);
	blk_ring_complete(b, ring);
}

/* What is due comes before what arrives. */
static bool is_submit_next(const struct blkback *b, const struct blk_ring *ring,
			   const struct blk_ring *due)
{
	if (!b->more || !due)
		return b->more;
	return blk_ring_has_room(b, ring, &b->ahead) &&
	       b->ahead.arrival.at < due_time(&due->due);
}

/* The device is closed: one step of it, or false when all is given back. */
static bool close_device(struct blkback *b)
{
	for (unsigned i = 0; i < nr_rings(b); i++) {
		struct blk_ring *ring = &b->ring[i];

		blk_purge_all(ring);
		start(b, ring, b->config.work.place);
		if (ring->nr_purged)
			return true; /* unmapped by the next steps */
		if (ring->nr_held) {
			blk_front_close(b, ring);
			return true;
		}
	}
	return false;
}

/* One step: false when all is done. */
static __attribute__((noinline)) bool blkback_step(struct blkback *b)
{
	struct blk_ring *purged = first_purged(b), *due = first_due(b);
	struct blk_ring *ring = &b->ring[b->ahead.queue];

	if (purged) {
		start(b, purged, b->config.work.place);
		blk_unmap_purged(b, purged);
		return true;
	}
	if (is_submit_next(b, ring, due))
		submit(b, ring);
	else if (due)
		complete(b, due);
	else
		return close_device(b);
	return true;
}

static void blkback_check(const struct blkback *b)
{
#ifdef ENABLE_CHECKS
	for (unsigned i = 0; i < nr_rings(b); i++)
		blk_ring_check(&b->ring[i]);
#else
	(void)b;
#endif
}

static struct event *blkback_next(void *instance)
{
	struct blkback *b = instance;
	struct event *event;

	while (!(event = script_take(&b->script))) {
		if (!blkback_step(b))
			return NULL;
		blkback_check(b);
	}
	return event;
}

static void blkback_close(void *instance)
{
	struct blkback *b = instance;

	for (unsigned i = 0; b->ring && i < nr_rings(b); i++)
		blk_ring_fini(&b->ring[i]);
	free(b->ring);
	blk_config_fini(&b->config);
	free(b);
}

/* An instance that has read its block; false after adding errors. */
static bool blkback_init(struct blkback *b, const struct node *block,
			 const struct trace_header *header, struct diags *diags)
{
	bool good;

	if (!blk_config_read(&b->config, block, header, diags))
		return false;
	b->ring = calloc(nr_rings(b), sizeof(*b->ring));
	good = b->ring != NULL;
	for (unsigned i = 0; good && i < nr_rings(b); i++)
		good = blk_ring_init(b, i);
	if (!good)
		diag_error(diags, block->place, "out of memory");
	return good;
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
					   : b->config.ring_entries;
	script_init(&b->script, &b->config.ends, label, BLKBACK_PAGES);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback_grants.c - which grants a request takes, and which stay mapped.
 *
 *                      frontend                      backend
 *   plain         pool -> grant        map, unmap at the end -> pool
 *                 pool <- revoke
 *   persistent    held, or pool -> grant    kept, or map and keep ...
 *                 held <- if still mapped   ... unless 1056 are kept: unmap
 *                                           purge: unmap what was not used
 *
 * With persistent grants the frontend has its own pages, copies data to and
 * from them, and goes on using those of which it sees that the backend has
 * them mapped; last in, first out.  All of them are mapped writable.
 *
 * Sources: Linux drivers/block/xen-blkback/blkback.c (xen_blkbk_map,
 * xen_blkbk_unmap, xen_blkbk_unmap_and_respond, purge_persistent_gnt,
 * free_persistent_gnts; xen_blkif_max_pgrants, LRU_INTERVAL,
 * LRU_PERCENT_CLEAN) as of 3.16 and of 6.1, and drivers/block/xen-blkfront.c
 * (get_free_grant, blkif_completion).
 */
#include "config.h"

#include "workloads/blkback_model.h"

#define PURGE_INTERVAL UINT64_C(100000000) /* nanoseconds */
#define PURGE_PERCENT 5
/* References revoked in one step, at the end. */
#define CLOSE_MAX 1024

_Static_assert(CLOSE_MAX <= SCRIPT_OPS, "what is closed fits in a script");

/* ---- the frontend ------------------------------------------------------ */

static void grant_page(struct blkback *b, const struct blk_ring *ring,
		       uint32_t ref)
{
	/* Its page cache is all of its memory. */
	script_op_grant(&b->script, ring->ref + ref, b->frame++);
	if (b->frame == b->config.ends.front_frames)
		b->frame = 0;
}

uint32_t blk_front_take(struct blkback *b, struct blk_ring *ring)
{
	uint32_t ref;

	if (ring->nr_held)
		return ring->held[--ring->nr_held];
	ref = pool_take(&ring->refs);
	if (!script_is_last(&b->script, EVENT_grant))
		script_grant(&b->script, b->config.ends.frontend, false);
	grant_page(b, ring, ref);
	return ref;
}

static void revoke(struct blkback *b, struct blk_ring *ring, uint32_t ref)
{
	if (!script_is_last(&b->script, EVENT_revoke))
		script_revoke(&b->script, b->config.ends.frontend);
	script_op_revoke(&b->script, ring->ref + ref);
	pool_put(&ring->refs, ref);
}

void blk_front_put(struct blkback *b, struct blk_ring *ring,
		   const uint32_t *refs, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (ring->grant[refs[i]].mapped)
			ring->held[ring->nr_held++] = refs[i];
		else
			revoke(b, ring, refs[i]);
	}
}

void blk_front_close(struct blkback *b, struct blk_ring *ring)
{
	for (unsigned i = 0; i < CLOSE_MAX && ring->nr_held; i++)
		revoke(b, ring, ring->held[--ring->nr_held]);
}

/* ---- the backend ------------------------------------------------------- */

static void keep(struct blkback *b, struct blk_ring *ring, uint32_t ref,
		 uint32_t page)
{
	if (ring->nr_kept == b->config.persistent_max) {
		ring->overflow = true;
		return;
	}
	ring->nr_kept++;
	if (ref >= ring->end)
		ring->end = ref + 1;
	ring->grant[ref] = (struct blk_grant){
		.mapped = true,
		.active = true,
		.page = page,
	};
}

void blk_map(struct blkback *b, struct blk_ring *ring, const uint32_t *refs,
	     uint32_t *pages, unsigned count, bool readonly)
{
	unsigned ops = 0;

	for (unsigned i = 0; i < count; i++) {
		struct blk_grant *grant = &ring->grant[refs[i]];

		if (grant->mapped) {
			grant->active = true;
			pages[i] = grant->page;
			continue;
		}
		if (ops++ % BLKIF_MAX_SEGMENTS_PER_REQUEST == 0)
			script_hypercall(&b->script, EVENT_map);
		pages[i] = pool_take(&ring->pages);
		script_op_map(&b->script, ring->ref + refs[i],
			      ring->page + pages[i],
			      readonly && !b->config.persistent);
		if (b->config.persistent)
			keep(b, ring, refs[i], pages[i]);
	}
}

static void unmap_page(struct blkback *b, struct blk_ring *ring, uint32_t page)
{
	script_op_unmap(&b->script, ring->page + page);
	pool_put(&ring->pages, page);
}

void blk_unmap(struct blkback *b, struct blk_ring *ring, const uint32_t *refs,
	       const uint32_t *pages, unsigned count, unsigned most)
{
	unsigned room = 0; /* left in the hypercall */
	bool any = false;

	for (unsigned i = 0; i < count; i++) {
		struct blk_grant *grant = &ring->grant[refs[i]];

		if (grant->mapped) {
			grant->active = false;
			grant->used = true;
			grant->last_used = b->now;
			continue;
		}
		if (!room) {
			script_hypercall(&b->script, EVENT_unmap);
			room = most;
		}
		unmap_page(b, ring, pages[i]);
		room--;
		any = true;
	}
	/* A modern backend does not look whether anything is left to unmap:
	 * seen in recordings. */
	if (!any && most > BLKIF_MAX_SEGMENTS_PER_REQUEST)
		script_hypercall(&b->script, EVENT_unmap);
}

/* ---- the purge --------------------------------------------------------- */

static void purge_one(struct blk_ring *ring, uint32_t ref)
{
	struct blk_grant *grant = &ring->grant[ref];

	grant->mapped = false;
	ring->purged[ring->nr_purged++] = grant->page;
	ring->nr_kept--;
}

/* How many must go, so that there is room again. */
static uint32_t surplus(const struct blkback *b, const struct blk_ring *ring)
{
	uint32_t most = (uint32_t)b->config.persistent_max;
	uint32_t share = most / 100 * PURGE_PERCENT;

	if (ring->nr_kept < most || !ring->overflow)
		return 0;
	return share < ring->nr_kept ? share : ring->nr_kept;
}

/* Purge up to @count idle ones; if @unused, only those not used since. */
static uint32_t purge_idle(struct blk_ring *ring, uint32_t count, bool unused)
{
	uint32_t done = 0;

	for (uint32_t ref = 0; ref < ring->end && done < count; ref++) {
		const struct blk_grant *grant = &ring->grant[ref];

		if (!grant->mapped || grant->active || (unused && grant->used))
			continue;
		purge_one(ring, ref);
		done++;
	}
	return done;
}

static uint32_t active(const struct blk_ring *ring)
{
	uint32_t count = 0;

	for (uint32_t ref = 0; ref < ring->end; ref++)
		count += ring->grant[ref].mapped && ring->grant[ref].active;
	return count;
}

/* Since 3.12: only when there are too many, first those that were not used
 * since the last time. */
static void purge_when_full(const struct blkback *b, struct blk_ring *ring)
{
	uint32_t count = surplus(b, ring), done;

	if (!count || count > ring->nr_kept - active(ring))
		return;
	done = purge_idle(ring, count, true);
	purge_idle(ring, count - done, false);
	for (uint32_t ref = 0; ref < ring->end; ref++)
		ring->grant[ref].used = false;
	ring->overflow = false;
}

/* Since 4.19: also what was not used for a minute. */
static void purge_old(const struct blkback *b, struct blk_ring *ring)
{
	uint64_t age = b->config.persistent_timeout;
	uint32_t count = surplus(b, ring), done = 0;

	for (uint32_t ref = 0; age && ref < ring->end; ref++) {
		const struct blk_grant *grant = &ring->grant[ref];

		if (!grant->mapped || grant->active ||
		    b->now - grant->last_used < age)
			continue;
		purge_one(ring, ref);
		done++;
	}
	if (done < count)
		done += purge_idle(ring, count - done, false);
	if (done)
		ring->overflow = false;
}

void blk_purge(struct blkback *b, struct blk_ring *ring)
{
	if (!b->config.persistent || b->now < ring->next_purge)
		return;
	ring->next_purge = time_after(b->now, PURGE_INTERVAL);
	if (!ring->nr_kept)
		return;
	if (b->version->purges_old)
		purge_old(b, ring);
	else
		purge_when_full(b, ring);
}

void blk_purge_all(struct blk_ring *ring)
{
	purge_idle(ring, ring->nr_kept, false);
}

void blk_unmap_purged(struct blkback *b, struct blk_ring *ring)
{
	script_hypercall(&b->script, EVENT_unmap);
	for (unsigned i = 0;
	     i < BLKIF_MAX_SEGMENTS_PER_REQUEST && ring->nr_purged; i++)
		unmap_page(b, ring, ring->purged[--ring->nr_purged]);
}

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

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many of @refs, up to the first that is, are not kept mapped? */
static unsigned count_plain(const struct blk_ring *ring, const uint32_t *refs,
			    unsigned count)
{
	unsigned i = 0;

	if (!ring->nr_kept)
		return count;
	while (i < count && !ring->grant[refs[i]].mapped)
		i++;
	return i;
}

/* ---- the frontend ------------------------------------------------------ */

/* Its page cache is all of its memory. */
static uint64_t frame_after(const struct blkback *b, uint64_t frame)
{
	return frame + 1 == b->config.ends.front_frames ? 0 : frame + 1;
}

static void grant(struct blkback *b, struct blk_ring *ring, uint32_t *refs,
		  unsigned count)
{
	const uint32_t *ref = pool_take_down(&ring->refs, count);
	uint64_t frame = b->frame;
	struct op *op;

	if (!script_is_last(&b->script, SCRIPT_GRANT))
		script_grant(&b->script, b->config.ends.frontend, false);
	op = script_ops(&b->script, SCRIPT_GRANT, count);
	for (unsigned i = 0; i < count; i++) {
		refs[i] = *--ref;
		op_grant(&op[i], ring->ref + *ref, frame);
		frame = frame_after(b, frame);
	}
	b->frame = frame;
}

void blk_front_take(struct blkback *b, struct blk_ring *ring, uint32_t *refs,
		    unsigned count)
{
	unsigned held = least(count, ring->nr_held);

	for (unsigned i = 0; i < held; i++)
		refs[i] = ring->held[--ring->nr_held];
	if (held < count)
		grant(b, ring, refs + held, count - held);
}

static void revoke(struct blkback *b, struct blk_ring *ring,
		   const uint32_t *refs, unsigned count)
{
	struct op *op;

	if (!script_is_last(&b->script, SCRIPT_REVOKE))
		script_revoke(&b->script, b->config.ends.frontend);
	op = script_ops(&b->script, SCRIPT_REVOKE, count);
	for (unsigned i = 0; i < count; i++)
		op_revoke(&op[i], ring->ref + refs[i]);
	pool_put_many(&ring->refs, refs, count);
}

void blk_front_put(struct blkback *b, struct blk_ring *ring,
		   const uint32_t *refs, unsigned count)
{
	unsigned done;

	for (unsigned i = 0; i < count; i += done) {
		done = count_plain(ring, refs + i, count - i);
		if (done) {
			revoke(b, ring, refs + i, done);
			continue;
		}
		ring->held[ring->nr_held++] = refs[i];
		done = 1;
	}
}

void blk_front_close(struct blkback *b, struct blk_ring *ring)
{
	for (unsigned i = 0; i < CLOSE_MAX && ring->nr_held; i++)
		revoke(b, ring, &ring->held[--ring->nr_held], 1);
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

/* Operations of the newest hypercall. */
static void map_pages(struct blkback *b, struct blk_ring *ring,
		      const uint32_t *refs, uint32_t *pages, unsigned count,
		      bool readonly)
{
	const uint32_t *page = pool_take_down(&ring->pages, count);
	struct op *op = script_ops(&b->script, SCRIPT_MAP, count);

	for (unsigned i = 0; i < count; i++) {
		pages[i] = *--page;
		op_map(&op[i], &b->script, ring->ref + refs[i],
		       ring->page + *page, readonly);
	}
	for (unsigned i = 0; b->config.persistent && i < count; i++)
		keep(b, ring, refs[i], pages[i]);
}

static uint32_t use_kept(struct blk_grant *grant)
{
	grant->active = true;
	return grant->page;
}

void blk_map(struct blkback *b, struct blk_ring *ring, const uint32_t *refs,
	     uint32_t *pages, unsigned count, bool readonly)
{
	unsigned room = 0; /* left in the hypercall */
	unsigned done;

	for (unsigned i = 0; i < count; i += done) {
		done = count_plain(ring, refs + i, count - i);
		if (!done) {
			pages[i] = use_kept(&ring->grant[refs[i]]);
			done = 1;
			continue;
		}
		if (!room) {
			script_hypercall(&b->script, SCRIPT_MAP);
			room = BLKIF_MAX_SEGMENTS_PER_REQUEST;
		}
		done = least(done, room);
		map_pages(b, ring, refs + i, pages + i, done,
			  readonly && !b->config.persistent);
		room -= done;
	}
}

/* Operations of the newest hypercall. */
static void unmap_pages(struct blkback *b, struct blk_ring *ring,
			const uint32_t *pages, unsigned count)
{
	struct op *op = script_ops(&b->script, SCRIPT_UNMAP, count);

	for (unsigned i = 0; i < count; i++)
		op_unmap(&op[i], ring->page + pages[i]);
	pool_put_many(&ring->pages, pages, count);
}

static void stop_using(const struct blkback *b, struct blk_grant *grant)
{
	grant->active = false;
	grant->used = true;
	grant->last_used = b->now;
}

void blk_unmap(struct blkback *b, struct blk_ring *ring, const uint32_t *refs,
	       const uint32_t *pages, unsigned count, unsigned most)
{
	unsigned room = 0; /* left in the hypercall */
	unsigned done;
	bool any = false;

	for (unsigned i = 0; i < count; i += done) {
		done = count_plain(ring, refs + i, count - i);
		if (!done) {
			stop_using(b, &ring->grant[refs[i]]);
			done = 1;
			continue;
		}
		if (!room) {
			script_hypercall(&b->script, SCRIPT_UNMAP);
			room = most;
		}
		done = least(done, room);
		unmap_pages(b, ring, pages + i, done);
		room -= done;
		any = true;
	}
	/* A modern backend does not look whether anything is left to unmap:
	 * seen in recordings. */
	if (!any && most > BLKIF_MAX_SEGMENTS_PER_REQUEST)
		script_hypercall(&b->script, SCRIPT_UNMAP);
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
	script_hypercall(&b->script, SCRIPT_UNMAP);
	for (unsigned i = 0;
	     i < BLKIF_MAX_SEGMENTS_PER_REQUEST && ring->nr_purged; i++)
		unmap_pages(b, ring, &ring->purged[--ring->nr_purged], 1);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback_model.h - an instance of the blkback model.
 *
 * blkback.c moves time from one ring's step to another's; blkback_ring.c does
 * what becomes of one request; blkback_grants.c says which grants and pages
 * it takes, and keeps persistent ones.
 */
#ifndef WORKLOADS_BLKBACK_MODEL_H
#define WORKLOADS_BLKBACK_MODEL_H

#include "workloads/blkback.h"
#include "workloads/due.h"
#include "workloads/pool.h"

/* A page of the guest's and a page of the backend's, by reference of the
 * ring (a number from 0). */
struct blk_grant {
	bool mapped; /* and will stay so: persistent */
	bool active; /* used by a request on the ring */
	bool used;   /* since the last purge that was needed */
	uint32_t page;
	uint64_t last_used; /* nanoseconds */
};

/* A request on the ring. */
struct blk_flight {
	struct place place;
	unsigned op; /* enum blk_op */
	bool file;
	unsigned nr_segments;
	uint32_t descriptors; /* reference of the page of them, if indirect */
	uint32_t ref[BLK_SEGMENTS_MAX];
	uint32_t page[BLK_SEGMENTS_MAX]; /* of the backend */
	uint64_t bytes;
};

/* A ring, the frontend's half of it, and the thread that serves it. */
struct blk_ring {
	int cpu;	     /* or CPU_ANY */
	grant_ref_t ref;     /* of its number 0 */
	uint32_t page;	     /* its number 0 */
	uint32_t nr_refs;    /* and as many pages */
	struct pool refs;    /* lent: granted */
	struct pool pages;   /* lent: mapped */
	struct pool slots;   /* of the ring */
	struct due_queue due; /* slots */
	struct blk_flight *flight;

	/* Persistent grants. */
	struct blk_grant *grant; /* by reference */
	uint32_t *held;		 /* granted, and free for the next request */
	uint32_t nr_held;
	uint32_t *purged; /* no longer kept, still to be unmapped */
	uint32_t nr_purged;
	uint32_t nr_kept; /* mapped */
	uint32_t end;	  /* no reference from here on ever was */
	bool overflow;	  /* one more was wanted */
	uint64_t next_purge;
};

struct blkback {
	struct blk_config config;
	const struct blk_version *version;
	unsigned depth; /* requests on a ring, at most */
	uint64_t now;
	bool more; /* `ahead` is the next request */
	struct blk_request ahead;
	uint64_t frame; /* of the frontend, the next to be used */
	struct blk_ring *ring;
	struct script script;
};

/* ---- blkback_ring.c ---------------------------------------------------- */

/* Memory for ring @i; false: there is none. */
bool blk_ring_init(struct blkback *b, unsigned i);
void blk_ring_fini(struct blk_ring *ring);
/* Does @request fit on the ring and into the grant table? */
bool blk_ring_has_room(const struct blkback *b, const struct blk_ring *ring,
		       const struct blk_request *request);
void blk_ring_submit(struct blkback *b, struct blk_ring *ring,
		     const struct blk_request *request);
/* What is due first is done. */
void blk_ring_complete(struct blkback *b, struct blk_ring *ring);
/* Assert the invariants of blkback.c. */
void blk_ring_check(const struct blk_ring *ring);

/* ---- blkback_grants.c -------------------------------------------------- */

/* The frontend takes @count references, and grants each unless that was done. */
void blk_front_take(struct blkback *b, struct blk_ring *ring, uint32_t *refs,
		    unsigned count);
/* It puts @count of them back, and keeps granted what is kept mapped. */
void blk_front_put(struct blkback *b, struct blk_ring *ring,
		   const uint32_t *refs, unsigned count);
/* The backend maps @count pages, and puts in @pages where. */
void blk_map(struct blkback *b, struct blk_ring *ring, const uint32_t *refs,
	     uint32_t *pages, unsigned count, bool readonly);
/* It unmaps those that it does not keep, at most @most in a hypercall. */
void blk_unmap(struct blkback *b, struct blk_ring *ring, const uint32_t *refs,
	       const uint32_t *pages, unsigned count, unsigned most);
/* Every 100 ms the thread looks which grants it keeps for nothing. */
void blk_purge(struct blkback *b, struct blk_ring *ring);
/* The backend keeps none any more. */
void blk_purge_all(struct blk_ring *ring);
/* Unmap a hypercall's worth of what was purged. */
void blk_unmap_purged(struct blkback *b, struct blk_ring *ring);
/* The frontend revokes what it holds: some of it, at most a script's. */
void blk_front_close(struct blkback *b, struct blk_ring *ring);

#endif /* WORKLOADS_BLKBACK_MODEL_H */

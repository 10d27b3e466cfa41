/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback.h - a `blkback:` block, read: which driver, and its requests.
 */
#ifndef WORKLOADS_BLKBACK_H
#define WORKLOADS_BLKBACK_H

#include "workloads/ring.h"
#include "workloads/script.h"
#include "workloads/work.h"

#define SECTOR 512u
/* What the backend takes: MAX_INDIRECT_SEGMENTS of Linux's
 * drivers/block/xen-blkback/common.h, 256 in every version. */
#define BLK_SEGMENTS_MAX 256u
/* XENBUS_MAX_RING_GRANT_ORDER: 16 pages. */
#define BLK_RING_ORDER_MAX 4
#define BLK_RING_MAX BLKIF_RING(1 << BLK_RING_ORDER_MAX)
#define BLK_QUEUES_MAX 64
/* Linux's xen_blkback.max_persistent_grants, of a ring, and
 * persistent_grant_unused_seconds. */
#define BLK_PERSISTENT_MAX 1056
#define BLK_PERSISTENT_TIMEOUT UINT64_C(60000000000)

enum blk_op { BLK_READ, BLK_WRITE };

struct blk_request {
	struct arrival arrival; /* done: by the disk */
	unsigned op;		/* enum blk_op: what the guest does */
	uint64_t queue;
	bool file; /* this one's data is copied by the CPU */
	uint64_t bytes;		/* SECTOR .. BLK_SEGMENTS_MAX pages */
};

/* What differs between versions of the driver. */
struct blk_version {
	const char *name;
	unsigned unmap_max; /* operations in an unmap hypercall */
	bool many_rings;    /* queues, and pages of a ring */
	bool purges_old;    /* persistent grants, by age */
};

/* `generate:` */
struct blk_generate {
	struct arrivals arrivals;
	const struct node *gap, *service, *segments, *bytes;
	double read_share;
	uint64_t depth;	  /* requests on each ring at a time */
	struct dist size; /* bytes */
};

struct blk_config {
	struct ends_keys who;
	struct ends ends;
	unsigned driver; /* index in blk_versions */
	bool persistent, bounce, crypt, file;
	uint64_t persistent_max, persistent_timeout;
	uint64_t queues, ring_pages; /* as in the block */
	unsigned ring_entries;
	struct work work;	    /* of `requests:` */
	struct blk_generate random; /* of `generate:` */
};

extern const struct blk_version blk_versions[];
extern const char *const blk_version_names[]; /* NULL-terminated */

/* false after adding errors, or -ENOMEM as one. */
bool blk_config_read(struct blk_config *config, const struct node *block,
		     const struct trace_header *header, struct diags *diags);
void blk_config_fini(struct blk_config *config);
/* The next request in order of arrival: true, or false after the last. */
bool blk_config_next(struct blk_config *config, struct blk_request *request);

/* Pages that the data of @bytes take. */
static inline unsigned blk_segments(uint64_t bytes)
{
	return (unsigned)((bytes + XEN_PAGE - 1) / XEN_PAGE);
}

/* Do its segments stand in a page of their own? */
static inline bool blk_is_indirect(unsigned segments)
{
	return segments > BLKIF_MAX_SEGMENTS_PER_REQUEST;
}

/* References that a request needs: the data, and that page. */
static inline unsigned blk_refs(unsigned segments)
{
	return segments + blk_is_indirect(segments);
}

#endif /* WORKLOADS_BLKBACK_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_table.h - one domain's grant state: private to this folder.
 *
 *   as granter                               as mapper
 *   reference                                handle -> maptrack entry
 *     -> shared frames  the guest's entry       (granter, reference, flags)
 *     -> status frames  GTF_reading and
 *                       GTF_writing, version 2
 *     -> active         what is pinned
 *
 * Locks, in the order in which they may be taken together:
 *   grant_table.lock      the shared table grows or changes its version
 *   active_entry.lock     pins of one reference, its GTF_reading and
 *                         GTF_writing, and the parts of the handles on it;
 *                         of two of a table, that of the lower one first
 *   the page of an L1 entry (machine_l1_lock)
 *   maptrack.lock         the free list; alone
 *   devices.lock          counts of handles by frame, the IOMMU; alone
 * Tables never shrink and their arrays never move, so reading needs no lock.
 * Whoever changes the version holds the table's lock and that of each active
 * entry, so either keeps the version as it is.
 */
#ifndef GNTTAB_GRANT_TABLE_H
#define GNTTAB_GRANT_TABLE_H

#include "gnttab/active.h"
#include "gnttab/device.h"
#include "gnttab/gnttab.h"
#include "gnttab/maptrack.h"

#define GRANT_PAGE_SHIFT 12
#define GRANT_PAGE_SIZE (1u << GRANT_PAGE_SHIFT)
#define GRANTS_PER_FRAME_V1 (GRANT_PAGE_SIZE / sizeof(grant_entry_v1_t))
#define GRANTS_PER_FRAME_V2 (GRANT_PAGE_SIZE / sizeof(grant_entry_v2_t))
#define STATUS_PER_FRAME (GRANT_PAGE_SIZE / sizeof(grant_status_t))

/* One frame of the shared table. */
struct grant_frame {
	mfn_t mfn;
	uint32_t *shared; /* two words for each entry, or four */
};

/* One frame of the status array of a version 2 table. */
struct status_frame {
	mfn_t mfn;
	uint32_t *words; /* two entries each */
};

struct grant_table {
	/* constant */
	struct gnttab_domain who;
	const struct gnttab_rules *rules;

	/* as granter */
	struct machine_lock lock;
	unsigned version;  /* of the entries, 1 or 2 */
	unsigned switches; /* how often that changed */
	unsigned nr_frames;
	unsigned entries; /* that fit into them in that version */
	struct grant_frame *frames; /* max_grant_frames, and for each ... */
	struct active_entry **active; /* ... those of all that it has room for
					 in either version */
	unsigned nr_status;	    /* 0 in version 1 */
	struct status_frame *status;

	/* as mapper */
	struct maptrack maptrack;
	struct devices devices;
	struct gnttab_counters counters;
};

/* References are below this. */
static inline unsigned grant_entries(const struct grant_table *gt)
{
	return gt->entries;
}

/* The table has another version now, or more frames. */
static inline void grant_resized(struct grant_table *gt)
{
	gt->entries = gt->nr_frames * (gt->version == 1 ? GRANTS_PER_FRAME_V1
							: GRANTS_PER_FRAME_V2);
}

/* Active entries there are: a version 2 table leaves half of them alone. */
static inline unsigned active_entries(const struct grant_table *gt)
{
	return gt->nr_frames * GRANTS_PER_FRAME_V1;
}

/* Status frames for @frames of the shared table. */
static inline unsigned status_frames_for(unsigned frames)
{
	return (frames * GRANTS_PER_FRAME_V2 + STATUS_PER_FRAME - 1) /
	       STATUS_PER_FRAME;
}

static inline struct active_entry *grant_active(const struct grant_table *gt,
						grant_ref_t ref)
{
	return &gt->active[ref / GRANTS_PER_FRAME_V1]
			  [ref % GRANTS_PER_FRAME_V1];
}

/*
 * The words of an entry, as little-endian 32-bit values:
 *
 *            31            16 15             0
 *   word 0  [     domid      |     flags      ]  both versions
 *
 *   word 1  [             frame               ]  version 1
 *
 *   word 1  [     length     |    page_off    ]  version 2, GTF_sub_page
 *   word 2  [        frame, low half          ]  and, like
 *   word 3  [        frame, high half         ]  these, a full page
 *
 *   word 1  [       -        |  trans_domid   ]  version 2, GTF_transitive
 *   word 2  [              gref               ]
 */
static inline uint32_t *grant_shared(const struct grant_table *gt,
				     grant_ref_t ref)
{
	const unsigned v1 = GRANTS_PER_FRAME_V1, v2 = GRANTS_PER_FRAME_V2;

	if (gt->version == 1)
		return &gt->frames[ref / v1].shared[2 * (ref % v1)];
	return &gt->frames[ref / v2].shared[4 * (ref % v2)];
}

#define SHARED_DOMID 0xffff0000u

static inline domid_t shared_domid(uint32_t word)
{
	return word >> 16;
}

static inline uint32_t shared_word(domid_t domid, uint16_t flags)
{
	return (uint32_t)domid << 16 | flags;
}

#endif /* GNTTAB_GRANT_TABLE_H */

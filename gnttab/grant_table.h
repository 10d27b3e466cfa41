/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_table.h - one domain's grant state: private to this folder.
 *
 *   as granter                               as mapper
 *   reference -> frames[ref / 512]           handle -> maptrack entry
 *      .shared[ref % 512]  guest's word         (granter, reference, flags)
 *      .active[ref % 512]  what is pinned
 *
 * Locks, in the order in which they may be taken together:
 *   grant_table.lock      the shared table grows
 *   active_entry.lock     pins of one reference, its GTF_reading and
 *                         GTF_writing, and the parts of the handles on it
 *   the page of an L1 entry (machine_l1_lock)
 *   maptrack.lock         the free list; alone
 * Tables never shrink and their arrays never move, so reading needs no lock.
 */
#ifndef GNTTAB_GRANT_TABLE_H
#define GNTTAB_GRANT_TABLE_H

#include "gnttab/active.h"
#include "gnttab/gnttab.h"
#include "gnttab/maptrack.h"

#define GRANT_PAGE_SHIFT 12
#define GRANT_PAGE_SIZE (1u << GRANT_PAGE_SHIFT)
#define GRANTS_PER_FRAME (GRANT_PAGE_SIZE / sizeof(grant_entry_v1_t))

/* One frame of the shared table, and what the hypervisor keeps beside it. */
struct grant_frame {
	mfn_t mfn;
	uint32_t *shared; /* two words for each entry */
	struct active_entry *active;
};

struct grant_table {
	/* constant */
	struct gnttab_domain who;
	const struct gnttab_rules *rules;

	/* as granter */
	struct machine_lock lock;
	unsigned nr_frames;
	struct grant_frame *frames; /* max_grant_frames */

	/* as mapper */
	struct maptrack maptrack;
	struct gnttab_counters counters;
};

/* References are below this. */
static inline unsigned grant_entries(const struct grant_table *gt)
{
	return gt->nr_frames * GRANTS_PER_FRAME;
}

static inline struct active_entry *grant_active(const struct grant_table *gt,
						grant_ref_t ref)
{
	const struct grant_frame *f = &gt->frames[ref / GRANTS_PER_FRAME];

	return &f->active[ref % GRANTS_PER_FRAME];
}

/*
 * The two words of a version 1 entry, as little-endian 32-bit values:
 *
 *    31            16 15             0
 *   [     domid      |     flags      ]  word 0
 *   [             frame               ]  word 1
 */
static inline uint32_t *grant_shared(const struct grant_table *gt,
				     grant_ref_t ref)
{
	const struct grant_frame *f = &gt->frames[ref / GRANTS_PER_FRAME];

	return &f->shared[2 * (ref % GRANTS_PER_FRAME)];
}

static inline domid_t shared_domid(uint32_t word)
{
	return word >> 16;
}

#endif /* GNTTAB_GRANT_TABLE_H */

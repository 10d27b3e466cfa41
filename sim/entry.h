/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.h - a domain's shared grant entries, in either version.
 */
#ifndef SIM_ENTRY_H
#define SIM_ENTRY_H

#include "sim/domain.h"

/* A shared entry where it lies; all pointers are into guest memory. */
struct entry_place {
	grant_entry_header_t *header;
	grant_entry_v1_t *v1; /* one of these two is NULL */
	grant_entry_v2_t *v2;
	grant_status_t *status; /* where GTF_reading and GTF_writing are */
};

/* References that fit into a frame of the table of @d. */
unsigned entries_per_frame(const struct domain *d);
/* Of one of version 2, for entry_place(). */
grant_status_t *entry_status_v2(const struct domain *d, grant_ref_t ref);
/* Entry @ref of @d, which is below the number of entries. */
static inline struct entry_place entry_place(const struct domain *d,
					     grant_ref_t ref)
{
	void *entry = gnttab_shared_entry(d->grants, ref);
	struct entry_place e = { .header = entry };

	if (gnttab_version(d->grants) == 1) {
		e.v1 = entry;
		e.status = &e.v1->flags;
	} else {
		e.v2 = entry;
		e.status = entry_status_v2(d, ref);
	}
	return e;
}

/* Which reference has its status in the half of @word that has @bits, in a
 * frame of the grant table of @d?  ENTRY_NONE: it is no status. */
#define ENTRY_NONE UINT32_MAX
grant_ref_t entry_of_status(const struct domain *d, const uint32_t *word,
			    uint32_t bits);

/* GTF_* flags, with the status bits. */
static inline uint16_t entry_flags(const struct entry_place *e)
{
	return e->header->flags | *e->status;
}

/* Is it a place for a page that another gives away?  Flags beside the type
 * then have other meanings. */
static inline bool entry_is_transfer(const struct entry_place *e)
{
	return (e->header->flags & GTF_type_mask) == GTF_accept_transfer;
}

/* The guest's number of the frame that it grants. */
static inline uint64_t entry_frame(const struct entry_place *e)
{
	return e->v1 ? e->v1->frame : e->v2->full_page.frame;
}

#endif /* SIM_ENTRY_H */

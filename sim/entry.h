/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.h - a domain's shared grant entries, in either version.
 */
#ifndef SIM_ENTRY_H
#define SIM_ENTRY_H

#include "sim/domain.h"

/* A shared entry where it lies; all pointers are into guest memory, and NULL
 * past the table. */
struct entry_place {
	grant_entry_header_t *header;
	grant_entry_v1_t *v1; /* one of these two is NULL */
	grant_entry_v2_t *v2;
	grant_status_t *status; /* where GTF_reading and GTF_writing are */
	uint32_t pin;		/* the hypervisor's */
};

/* References that fit into a frame of the table of @d. */
unsigned entries_per_frame(const struct domain *d);
/* Of one of version 2, for entry_place(). */
grant_status_t *entry_status_v2(const struct domain *d, grant_ref_t ref);
/* Entry @ref of @d. */
static inline struct entry_place entry_find(const struct domain *d,
					    grant_ref_t ref)
{
	const struct gnttab_entry_view view = gnttab_entry(d->grants, ref);
	struct entry_place e = { .pin = view.pin };

	if (!view.words)
		return e;
	e.header = (void *)view.words;
	if (view.version == 1) {
		e.v1 = (void *)view.words;
		e.status = &e.v1->flags;
	} else {
		e.v2 = (void *)view.words;
		e.status = entry_status_v2(d, ref);
	}
	return e;
}
/* The same, which is below the number of entries. */
static inline struct entry_place entry_place(const struct domain *d,
					     grant_ref_t ref)
{
	const struct entry_place e = entry_find(d, ref);

	assert(e.header && e.status);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_grant.c - a guest writes its own grant table.
 *
 * As a version 1 guest does: the frame first, then flags and domain in one
 * store; and access is ended only when nobody reads or writes any more.
 *
 * Source: gnttab_update_entry_v1(), gnttab_end_foreign_access_ref_v1(),
 * drivers/xen/grant-table.c of Linux.
 */
#include <errno.h>
#include <inttypes.h>

#include "mmu/physmem.h"
#include "sim/state.h"

#define ENTRIES_PER_FRAME (FRAME_BYTES / sizeof(grant_entry_v1_t))

static grant_entry_v1_t *entry_of(struct domain *d, grant_ref_t ref)
{
	mfn_t mfn = gnttab_shared_frame(d->grants, ref / ENTRIES_PER_FRAME);
	grant_entry_v1_t *entries = physmem_pointer(d->sim->mem,
						    mfn.n * FRAME_BYTES);

	return &entries[ref % ENTRIES_PER_FRAME];
}

/* Flags and domain are one 32-bit word, flags below. */
static void store(grant_entry_v1_t *entry, uint16_t flags, domid_t domid)
{
	entry->domid = domid;
	entry->flags = flags;
}

/* Is the entry free for its guest to change?  An error if not. */
static int check_unused(struct domain *d, struct place place, grant_ref_t ref,
			const grant_entry_v1_t *entry)
{
	if (!(entry->flags & (GTF_reading | GTF_writing)))
		return 0;
	diag_error(d->sim->diags, place,
		   "reference %" PRIu32 " of domain %u is still mapped by "
		   "domain %u",
		   ref, d->id, entry->domid);
	diag_hint(d->sim->diags, "'unmap' it first");
	return -EBADMSG;
}

static int grow_for(struct domain *d, struct place place, grant_ref_t ref)
{
	unsigned frames = ref / (unsigned)ENTRIES_PER_FRAME + 1;
	int rc;

	if (frames <= gnttab_nr_frames(d->grants))
		return 0;
	rc = gnttab_grow(&d->sim->cpu[0], d->grants, frames);
	if (rc == -ENOSPC)
		diag_error(d->sim->diags, place,
			   "reference %" PRIu32 " is past the table of domain "
			   "%u, which has at most %u frames",
			   ref, d->id, d->rules.max_grant_frames);
	return rc == -ENOSPC ? -EBADMSG : rc;
}

static int grant_one(struct domain *d, const struct event *event,
		     const struct op *op)
{
	struct place place = sim_place(event->place, op);
	uint16_t flags = GTF_permit_access;
	grant_entry_v1_t *entry;
	int rc;

	if (op->frame >= d->frames) {
		diag_error(d->sim->diags, place,
			   "frame 0x%" PRIx64 " is past the memory of domain "
			   "%u, which has 0x%" PRIx64 " frames",
			   op->frame, d->id, d->frames);
		return -EBADMSG;
	}
	rc = grow_for(d, place, op->ref);
	if (rc < 0)
		return rc;
	entry = entry_of(d, op->ref);
	if (check_unused(d, place, op->ref, entry) < 0)
		return -EBADMSG;
	if (event->grant.readonly)
		flags |= GTF_readonly;
	entry->frame = (uint32_t)op->frame;
	store(entry, flags, event->grant.to);
	return 0;
}

int ev_grant(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = grant_one(d, event, &event->ops[i]);
	return rc;
}

static int revoke_one(struct domain *d, const struct event *event,
		      const struct op *op)
{
	struct place place = sim_place(event->place, op);
	grant_entry_v1_t *entry = NULL;

	if (op->ref / ENTRIES_PER_FRAME < gnttab_nr_frames(d->grants))
		entry = entry_of(d, op->ref);
	if (!entry || !(entry->flags & GTF_type_mask)) {
		diag_error(d->sim->diags, place,
			   "reference %" PRIu32 " of domain %u is not granted",
			   op->ref, d->id);
		return -EBADMSG;
	}
	if (check_unused(d, place, op->ref, entry) < 0)
		return -EBADMSG;
	store(entry, 0, entry->domid);
	return 0;
}

int ev_revoke(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = revoke_one(d, event, &event->ops[i]);
	return rc;
}

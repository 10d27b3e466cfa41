/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entry.c - where the entries of a grant table lie. */
#include "sim/entry.h"

#include "mmu/physmem.h"
#include "sim/state.h"

#define PER_FRAME_V1 (FRAME_BYTES / sizeof(grant_entry_v1_t))
#define PER_FRAME_V2 (FRAME_BYTES / sizeof(grant_entry_v2_t))
#define STATUS_PER_FRAME (FRAME_BYTES / sizeof(grant_status_t))

unsigned entries_per_frame(const struct domain *d)
{
	return gnttab_version(d->grants) == 1 ? PER_FRAME_V1 : PER_FRAME_V2;
}

grant_status_t *entry_status_v2(const struct domain *d, grant_ref_t ref)
{
	mfn_t mfn = gnttab_status_frame(d->grants, ref / STATUS_PER_FRAME);
	grant_status_t *status = physmem_pointer(d->sim->mem,
						 mfn.n * FRAME_BYTES);

	return status + ref % STATUS_PER_FRAME;
}

/* The place among the frames of the table, or of its status; it was at *@last
 * before.  ENTRY_NONE: it is not one of them. */
static unsigned find_frame(const struct domain *d, bool v1, mfn_t mfn,
			   uint16_t *last)
{
	const struct grant_table *gt = d->grants;
	unsigned n = v1 ? gnttab_nr_frames(gt) : gnttab_nr_status_frames(gt);

	for (unsigned k = 0, i = *last; k < n; k++, i++) {
		mfn_t at;

		i = i < n ? i : 0;
		at = v1 ? gnttab_shared_frame(gt, i)
			: gnttab_status_frame(gt, i);
		if (at.n != mfn.n)
			continue;
		*last = (uint16_t)i;
		return i;
	}
	return ENTRY_NONE;
}

grant_ref_t entry_of_status(const struct domain *d, const uint32_t *word,
			    uint32_t bits)
{
	const char *base = physmem_pointer(d->sim->mem, 0);
	uint64_t at = (uint64_t)((const char *)word - base);
	mfn_t mfn = { at / FRAME_BYTES };
	uint16_t *last = &d->sim->frames.frame[mfn.n].index;
	grant_ref_t ref = (grant_ref_t)(*last * PER_FRAME_V1 +
					at % FRAME_BYTES /
						sizeof(grant_entry_v1_t));
	struct gnttab_entry_view view = gnttab_entry(d->grants, ref);
	bool v1 = view.version == 1;
	unsigned i;

	/* Most often. */
	if (v1 && view.words == word)
		return ref;
	i = find_frame(d, v1, mfn, last);
	if (i == ENTRY_NONE)
		return ENTRY_NONE;
	at %= FRAME_BYTES;
	if (v1)
		return (grant_ref_t)(i * PER_FRAME_V1 +
				     at / sizeof(grant_entry_v1_t));
	return (grant_ref_t)(i * STATUS_PER_FRAME +
			     at / sizeof(grant_status_t) + (bits >> 16 != 0));
}

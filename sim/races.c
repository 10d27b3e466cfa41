/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * races.c - I1 while other CPUs are in the middle of their hypercalls.
 *
 *   CPU 1   zaps an entry ----- stopped ----- flushes
 *   CPU 0                 clears GTF_reading
 *                         ^ the translation that CPU 1 is going to flush is
 *                           still there
 *
 * What CPU 1 has zapped is not wrong yet, as it will flush; but it keeps the
 * reference pinned meanwhile, so that nobody may show it as unused.  Unless it
 * was mapped by another reference to the same frame, which still shows as
 * used: then that is told no lie.
 *
 * Source: XSA-218, where the pin was dropped before the flush.
 */
#include "sim/state.h"

/* Is @mfn in use by @mapper through another reference than @ref? */
static bool is_pinned_elsewhere(const struct domain *granter, grant_ref_t ref,
				mfn_t mfn, domid_t mapper)
{
	grant_ref_t refs = gnttab_nr_entries(granter->grants);

	for (grant_ref_t other = 0; other < refs; other++) {
		struct gnttab_active_view view = gnttab_active(granter->grants,
							       other);

		if (other != ref && view.pin && view.mfn.n == mfn.n &&
		    view.grantee == mapper)
			return true;
	}
	return false;
}

/* Who holds what @batch zapped of @mfn? */
static cpumask_t holders_of_batch(const struct sim *sim,
				  const struct oracle_batch *batch, mfn_t mfn,
				  domid_t mapper, bool writable)
{
	cpumask_t mask = 0;

	for (unsigned i = 0; i < batch->count; i++) {
		const struct zap *zap = &batch->zap[i];
		struct mmu_holders holders;

		if (zap->mfn.n != mfn.n || zap->mapper != mapper)
			continue;
		holders = oracle_holders(sim, zap);
		mask |= writable ? holders.writable : holders.any;
	}
	return mask;
}

cpumask_t oracle_pending(const struct sim *sim, const struct oracle_word *word,
			 mfn_t mfn, domid_t mapper, bool writable)
{
	cpumask_t mask = 0;

	for (unsigned i = 0; i < sim->header->cpus; i++)
		mask |= holders_of_batch(sim, &sim->oracle.batch[i], mfn,
					 mapper, writable);
	/* Who pins it changes without this being known. */
	if (mask && sim->touches)
		sim->touches->all = true;
	if (mask && is_pinned_elsewhere(word->granter, word->ref, mfn, mapper))
		return 0;
	return mask;
}

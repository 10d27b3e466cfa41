/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle_device.c - safety of what devices can reach.
 *
 *  I7  Devices.  When a granter sees its frame as no longer used, no IOTLB
 *      gives the grantee's devices what the IOMMU's tables do not (the right
 *      to write, when it is no longer written); when a frame gets a new
 *      owner, no IOTLB leads anybody there.
 *  I4  Agreement.  At the end, the tables give the devices of a domain what
 *      its handles stand for, no less and no more.
 *
 * No A bit tells of a device, and no flush of a CPU reaches an IOTLB: I1, I3
 * and I6 say nothing of either.
 */
#include <errno.h>
#include <inttypes.h>

#include "mmu/sparse.h"
#include "sim/state.h"

void oracle_check_device(const struct domain *mapper,
			 const struct oracle_word *word, mfn_t mfn,
			 bool writable)
{
	unsigned lost = writable ? IOMMU_WRITE : IOMMU_RIGHTS;

	oracle_checked(mapper->sim);
	if (iommu_stale(mapper->iommu, mfn.n) & lost)
		oracle_violation(mapper->sim,
				 "reference %" PRIu32 " of domain %u shows as "
				 "no longer %s by domain %u, whose devices "
				 "reach its frame through an IOTLB (I7)",
				 word->ref, word->granter->id,
				 writable ? "written" : "used", mapper->id);
}

void oracle_check_devices(struct sim *sim, mfn_t mfn)
{
	for (size_t i = 0; i < sim->nr_domains; i++) {
		const struct domain *d = &sim->domain[i];

		if (!d->iommu)
			continue;
		oracle_checked(sim);
		if (iommu_stale(d->iommu, mfn.n))
			oracle_violation(sim,
					 "frame 0x%" PRIx64 " gets a new "
					 "owner, but devices of domain %u "
					 "reach it through an IOTLB (I7)",
					 mfn.n, d->id);
	}
}

/* ---- at the end ------------------------------------------------------ */

/* The rights on each frame that handles of @d stand for. */
static void add_rights(struct sim *sim, const struct domain *d, uint8_t *rights)
{
	unsigned limit = gnttab_maptrack_limit(d->grants);

	for (grant_handle_t handle = 0; handle < limit; handle++) {
		struct gnttab_maptrack_view view = gnttab_maptrack(d->grants,
								   handle);
		const struct domain *granter = domain_find(sim, view.granter);
		mfn_t mfn;

		if (!view.flags || !granter || granter == d)
			continue;
		mfn = gnttab_active(granter->grants, view.ref).mfn;
		rights[mfn.n] |= IOMMU_READ;
		if (!(view.flags & GNTMAP_readonly))
			rights[mfn.n] |= IOMMU_WRITE;
	}
}

/* Of the frames of all domains. */
static void compare_rights(struct sim *sim, const struct domain *d,
			   const uint8_t *rights)
{
	for (uint64_t mfn = FRAMES_OWN; mfn < sim->frames.count; mfn++) {
		uint64_t entry = iommu_entry(d->iommu, mfn);

		if ((entry & IOMMU_RIGHTS) == rights[mfn])
			continue;
		oracle_violation(sim,
				 "devices of domain %u have rights %u to frame "
				 "0x%" PRIx64 ", its handles %u (I4)",
				 d->id, (unsigned)(entry & IOMMU_RIGHTS), mfn,
				 rights[mfn]);
	}
}

int oracle_audit_devices(struct sim *sim)
{
	for (size_t i = 0; i < sim->nr_domains; i++) {
		const struct domain *d = &sim->domain[i];
		uint8_t *rights;

		if (!d->iommu)
			continue;
		rights = sparse_map(sim->maps, sim->frames.count);
		if (!rights)
			return -ENOMEM;
		add_rights(sim, d, rights);
		oracle_checked(sim);
		compare_rights(sim, d, rights);
		sparse_unmap(sim->maps, rights, sim->frames.count);
	}
	return 0;
}

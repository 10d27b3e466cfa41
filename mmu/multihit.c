/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multihit.c - one address that two translations of level 1 serve.
 *
 *   4K, read, cached --> its table becomes a 2M page, nothing is dropped
 *   its neighbour, read: a walk caches the 2M page
 *   the first again:     4K and 2M both match, and some machines check
 *
 *   amd10h-383      reads and writes
 *   itlb-multihit   fetches, if both lead to different memory
 *
 * Other machines use the smaller page: old or new, as the manuals say. Software
 * that clears P and invalidates before it changes a page's size never comes
 * here.
 *
 * Sources: Revision Guide for AMD Family 10h Processors, 41322, erratum 383;
 * Linux, Documentation/admin-guide/hw-vuln/multihit.rst; SDM vol. 3A,
 * "Recommended Invalidation".
 */
#include "config.h"

#include "mmu/cpu.h"

/* Where the translation in @slot leads @va. */
static paddr_t leads_to(const struct tlb *tlb, size_t slot, vaddr_t va)
{
	uint64_t inside = page_offset_mask(tag_size(tlb->tags[slot]));

	return (tlb->payload[slot].target & TARGET_PAGE) | (va & inside);
}

static bool serves_twice(const struct mmu_cpu *cpu, const struct route *route,
			 vaddr_t va, bool any)
{
	paddr_t first = 0;
	bool found = false;

	for (unsigned i = 0; i < route->count; i++) {
		const struct tlb *tlb = route->at[i].tlb;
		size_t slot = tlb_lookup(
			tlb, tag_make(va, route->at[i].size, cpu->pcid, false));

		if (slot == TLB_NOWHERE)
			continue;
		if (found && (any || leads_to(tlb, slot, va) != first))
			return true;
		first = leads_to(tlb, slot, va);
		found = true;
	}
	return false;
}

bool quirk_hits_twice(const struct mmu *mmu, const struct mmu_cpu *cpu,
		      vaddr_t va, enum mmu_access access)
{
	const struct route *route = &cpu->route[0][access];
	unsigned quirks = mmu->profile.quirks;

	if (access == MMU_FETCH)
		return (quirks & QUIRK(ITLB_MULTIHIT)) &&
		       serves_twice(cpu, route, va, false);
	return (quirks & QUIRK(AMD10H_383)) &&
	       serves_twice(cpu, route, va, true);
}

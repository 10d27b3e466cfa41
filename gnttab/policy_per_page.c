/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_per_page.c - drop the accessed pages, not everything.
 *
 *   nothing accessed ----------------------------> no flush, as trusted-ad
 *   each accessed entry has one known address ---> those addresses
 *   anything else -------------------------------> everything
 *
 * A full flush costs what comes after it: each page that was in use is walked
 * again.  INVLPG of a page costs more than its share of a full flush, and
 * takes away one translation.  A batch is 32 pages at most; Linux goes by
 * single pages up to 33 (tlb_single_page_flush_ceiling), so there is no
 * second limit here.
 *
 * An INVLPG is by linear address, and A is by entry: that is what it gives
 * away.  If A is set, somebody walked to the entry, but at which address?  It
 * is sound only where that is known,
 *
 *   contains_pte    the guest named the entry by its own address, and no
 *                   linear address is known at all: everything
 *   other aliases   another entry of level 2 (3, 4) leads to the same table,
 *                   or did once: everything.  See machine_l1_only_at()
 *   several PCIDs   INVLPG drops the current one's; machine_flush_pages() has
 *                   to see to the others
 *   global entries  INVLPG drops them as well, whatever their PCID
 *   large TLB pages INVLPG drops each entry that translates the address
 *
 * The address that the guest gives to unmap is as good as that of the map:
 * the entry is found by it, and was at one address only all the time.
 *
 * Source: SDM volume 3A, "Operations that Invalidate TLBs and
 * Paging-Structure Caches"; the ceiling: Linux, Documentation/arch/x86/tlb.rst.
 */
#include "gnttab/flush.h"

#include "gnttab/grant_table.h"

/* The addresses of what was accessed, *@n of them; false if one is not known.
 */
static bool addresses(struct cpu *cpu, const struct gnttab_batch *b,
		      uint64_t *va, unsigned *n)
{
	*n = 0;
	for (unsigned i = 0; i < b->n; i++) {
		const struct gnttab_zap *zap = &b->zap[i];

		if (!zap->accessed)
			continue;
		if (!zap->va || !machine_l1_only_at(cpu, zap->slot, zap->va))
			return false;
		va[(*n)++] = zap->va;
	}
	return true;
}

static bool evict(struct cpu *cpu, const struct grant_table *mapper,
		  const struct gnttab_batch *b)
{
	struct domain *d = mapper->who.machine;
	uint64_t va[GNTTAB_UNMAP_BATCH];
	unsigned n;

	if (!addresses(cpu, b, va, &n)) {
		flush_mapper(cpu, mapper);
		return true;
	}
	if (n)
		machine_flush_pages(cpu, machine_dirty_cpus(cpu, d), va, n);
	return n;
}

const struct gnttab_policy gnttab_policy_per_page = {
	.name = "per-page",
	.summary = "drops the accessed pages by address, not everything",
	.reasoning = "A says which pages; everything goes where an entry was "
		     "named by its own address or may have a second one",
	.source = "of tlbsim, after trusted-ad; SDM volume 3A, \"Operations "
		  "that Invalidate TLBs and Paging-Structure Caches\"",
	.contains_pte = GNTTAB_PTE_REAL,
	.update = GNTTAB_UPDATE_CMPXCHG,
	.present_counts = true,
	.clean_template = true,
	.keeps_accessed = true,
	.evict = evict,
};

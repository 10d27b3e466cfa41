/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommu.c - bus addresses of a domain's devices, translated and cached.
 *
 *   device --- bus address ---> IOTLB --- miss ---> tables
 *                                 |  ^                |
 *                                 |  `---- filled ----+--> fault: not cached
 *                                 v                   v
 *                                   memory address
 *
 * The IOTLB holds all that was ever used until it is told to forget, as an
 * IOMMU may: what is unsafe on some machine is unsafe on this one.  No A bit
 * is set: a device leaves no trace in a page table of a CPU, and VT-d's own
 * second-level A bits (Extended Access) are off in Xen.
 *
 * Invariants, asserted by iommu_check():
 *  (1) What the IOTLB holds, @held pages, is on its list, once.
 *  (2) A page that is held can be read or written.
 *
 * Source: Intel Virtualization Technology for Directed I/O, architecture
 * specification, "Second-Stage Paging Entries", "IOTLB" and "IOTLB
 * Invalidate Descriptor".
 */
#include "mmu/iommu.h"

#include <assert.h>
#include <stdlib.h>

#include "mmu/sparse.h"

#define LAST UINT64_MAX

struct iotlb_entry {
	uint64_t entry; /* 0: not held */
	uint64_t next;	/* on the list, a bus frame + 1 or LAST; 0: not on it */
};

struct iommu {
	uint64_t frames;
	uint64_t *table; /* by bus frame, like the next */
	struct iotlb_entry *iotlb;
	uint64_t first; /* on the list of what may be held */
	uint64_t held;	/* pages */
};

struct iommu *iommu_create(uint64_t frames)
{
	struct iommu *iommu = calloc(1, sizeof(*iommu));

	if (!iommu)
		return NULL;
	iommu->frames = frames;
	iommu->first = LAST;
	iommu->table = sparse_map(NULL, frames * sizeof(*iommu->table));
	iommu->iotlb = sparse_map(NULL, frames * sizeof(*iommu->iotlb));
	if (iommu->table && iommu->iotlb)
		return iommu;
	iommu_destroy(iommu);
	return NULL;
}

void iommu_destroy(struct iommu *iommu)
{
	if (!iommu)
		return;
	sparse_unmap(NULL, iommu->table, iommu->frames * sizeof(*iommu->table));
	sparse_unmap(NULL, iommu->iotlb, iommu->frames * sizeof(*iommu->iotlb));
	free(iommu);
}

uint64_t iommu_entry(const struct iommu *iommu, uint64_t bus)
{
	assert(bus < iommu->frames);
	return iommu->table[bus];
}

void iommu_set_entry(struct iommu *iommu, uint64_t bus, uint64_t entry)
{
	assert(bus < iommu->frames);
	iommu->table[bus] = entry;
}

/* ---- the IOTLB ------------------------------------------------------- */

static void fill(struct iommu *iommu, uint64_t bus, uint64_t entry)
{
	struct iotlb_entry *held = &iommu->iotlb[bus];

	iommu->held += !held->entry;
	held->entry = entry;
	if (held->next)
		return;
	held->next = iommu->first; /* (1) */
	iommu->first = bus + 1;
}

void iommu_drop_page(struct iommu *iommu, uint64_t bus)
{
	assert(bus < iommu->frames);
	iommu->held -= iommu->iotlb[bus].entry != 0;
	iommu->iotlb[bus].entry = 0;
}

void iommu_drop_all(struct iommu *iommu)
{
	while (iommu->first != LAST) {
		struct iotlb_entry *held = &iommu->iotlb[iommu->first - 1];

		iommu->first = held->next;
		iommu->held -= held->entry != 0;
		*held = (struct iotlb_entry){ 0, 0 };
	}
}

unsigned iommu_stale(const struct iommu *iommu, uint64_t bus)
{
	uint64_t held, entry = iommu_entry(iommu, bus);

	held = iommu->iotlb[bus].entry;
	if ((held ^ entry) & ~(uint64_t)IOMMU_RIGHTS)
		return held & IOMMU_RIGHTS;
	return held & ~entry & IOMMU_RIGHTS;
}

/* ---- accesses -------------------------------------------------------- */

struct iommu_result iommu_access(struct iommu *iommu, uint64_t at, bool write)
{
	const uint64_t offset = at % (1u << IOMMU_PAGE_SHIFT);
	const uint64_t bus = at >> IOMMU_PAGE_SHIFT;
	const unsigned right = write ? IOMMU_WRITE : IOMMU_READ;
	struct iommu_result result = { .fault = true };
	uint64_t entry;

	if (bus >= iommu->frames)
		return result;
	entry = iommu->iotlb[bus].entry;
	result.hit = entry & right;
	if (!result.hit)
		entry = iommu->table[bus];
	if (!(entry & right))
		return result;
	if (!result.hit)
		fill(iommu, bus, entry);
	result.fault = false;
	result.stale = iommu_stale(iommu, bus) & right;
	result.address = (entry & ~(uint64_t)IOMMU_RIGHTS) | offset;
	return result;
}

void iommu_check(const struct iommu *iommu)
{
	uint64_t at = iommu->first, listed = 0, found = 0;

	while (at != LAST) {
		const struct iotlb_entry *held = &iommu->iotlb[at - 1];

		assert(!held->entry || (held->entry & IOMMU_RIGHTS)); /* (2) */
		assert(held->next && listed++ < iommu->frames);	      /* (1) */
		found += held->entry != 0;
		at = held->next;
	}
	assert(found == iommu->held); /* (1) */
}

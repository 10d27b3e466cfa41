/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommu.h - translation for devices: tables and an IOTLB of one domain.
 */
#ifndef MMU_IOMMU_H
#define MMU_IOMMU_H

#include <stdbool.h>
#include <stdint.h>

#define IOMMU_PAGE_SHIFT 12

/* An entry is the address of a frame and rights, as the leaf of a VT-d
 * second-level table; 0 leads nowhere. */
#define IOMMU_READ 1u
#define IOMMU_WRITE 2u
#define IOMMU_RIGHTS (IOMMU_READ | IOMMU_WRITE)

struct iommu;

/* What came of an access. */
struct iommu_result {
	bool fault;	  /* refused, and the rest is 0 */
	bool hit;	  /* translated by the IOTLB ... */
	bool stale;	  /* ... as the tables no longer say */
	uint64_t address; /* in memory */
};

/* For bus frames below @frames, with empty tables; NULL if out of memory. */
struct iommu *iommu_create(uint64_t frames);
/* NULL is allowed. */
void iommu_destroy(struct iommu *iommu);

/* The table entry of bus frame @bus, which is below the limit.  Writing it
 * leaves the IOTLB as it is. */
uint64_t iommu_entry(const struct iommu *iommu, uint64_t bus);
void iommu_set_entry(struct iommu *iommu, uint64_t bus, uint64_t entry);

/* A device of the domain reads or writes at bus address @at, any number. */
struct iommu_result iommu_access(struct iommu *iommu, uint64_t at, bool write);

/* Invalidation: of one page, and of all that is held for the domain. */
void iommu_drop_page(struct iommu *iommu, uint64_t bus);
void iommu_drop_all(struct iommu *iommu);

/* The rights that the IOTLB gives at bus frame @bus and the tables do not; to
 * another frame all are. */
unsigned iommu_stale(const struct iommu *iommu, uint64_t bus);

/* Assert the numbered invariants. */
void iommu_check(const struct iommu *iommu);

#endif /* MMU_IOMMU_H */

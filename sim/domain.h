/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain.h - one guest: its memory, its page tables, its grant table.
 */
#ifndef SIM_DOMAIN_H
#define SIM_DOMAIN_H

#include "gnttab/gnttab.h"
#include "mmu/iommu.h"
#include "mmu/mmu.h"
#include "sim/p2m.h"
#include "sim/pgtab.h"
#include "sim/trace.h"

struct sim;

struct domain {
	/* Constant. */
	struct sim *sim;
	const struct trace_domain *config;
	domid_t id;
	uint64_t first;	 /* machine frame of its frame 0 */
	uint64_t frames; /* of its memory */
	paddr_t root;	 /* its level 4 page table */
	struct gnttab_rules rules;
	struct grant_table *grants;
	struct iommu *iommu; /* of its devices; NULL: none */
	/* Changing. */
	struct p2m p2m;
	struct pgtab_known known[PGTAB_KNOWN]; /* by region of 2M */
	uint64_t owned; /* frames of memory that are its own */
	cpumask_t dirty;	/* CPUs that may hold translations */
	bool crashed;
	bool unsynced; /* CPUs have yet to forget what left its p2m ... */
	bool iotlb_unsynced; /* ... and the IOTLB what left the tables */
};

/* Lay out and fill all domains of the header; 0, -ENOMEM. */
int domains_create(struct sim *sim);
void domains_destroy(struct sim *sim);
/* Machine frames that the header's domains and the hypervisor need. */
uint64_t domains_frames(const struct trace_header *header);

/* Who owns a machine frame; NULL: nobody, or there is none. */
struct domain *domain_of_frame(struct sim *sim, mfn_t mfn);
/* Is it @d?  Of a frame that there is. */
static inline bool domain_owns(const struct domain *d,
			       const struct frame *frame, mfn_t mfn)
{
	if (frame->type == FRAME_FREE)
		return false;
	if (mfn.n < FRAMES_OWN || frame->moved)
		return frame->owner == d;
	return mfn.n - d->first < d->frames;
}

/* Are @count frames of @d from @gfn memory of its own, in one piece at *@mfn?
 * 0, or -EBADMSG after an error at @place. */
int domain_check_ram(struct domain *d, struct place place, uint64_t gfn,
		     uint64_t count, mfn_t *mfn);

#endif /* SIM_DOMAIN_H */

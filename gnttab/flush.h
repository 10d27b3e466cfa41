/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush.h - what becomes of translations when mappings go.
 */
#ifndef GNTTAB_FLUSH_H
#define GNTTAB_FLUSH_H

#include "gnttab/gnttab.h"

/* The host part of a mapping: what its mapper's CPUs see. */
struct host_mapping {
	uint64_t addr; /* linear; machine address of the entry with
			  GNTMAP_contains_pte; guest-physical with
			  external paging */
	mfn_t mfn;
	uint64_t note;	/* of the policy, from when it is mapped */
	uint32_t flags; /* GNTMAP_* */
};

/* One that was taken away. */
struct gnttab_zap {
	maddr_t slot; /* the entry, which is something else now */
	mfn_t mfn;    /* that it led to */
	uint64_t va;  /* that it was named by; 0 if by its own address */
	uint64_t note; /* of the mapping */
	bool accessed;
};

/* What a batch of unmaps did, for a policy to judge. */
struct gnttab_batch {
	bool accessed; /* by one operation at least, of those that zapped
			  nothing too (default_accessed) */
	/* What was taken away, if the policy has an evict() to tell: */
	unsigned n;
	struct gnttab_zap zap[GNTTAB_UNMAP_BATCH];
};

/* Flush every CPU that may hold a translation of @mapper. */
void flush_mapper(struct cpu *cpu, const struct grant_table *mapper);

/* After a batch of unmaps: what the policy cannot do without. */
void flush_batch(struct cpu *cpu, struct grant_table *mapper,
		 const struct gnttab_batch *b);

#endif /* GNTTAB_FLUSH_H */

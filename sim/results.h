/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results.h - what a run gives, as one table: text, JSON, CSV, `expect:` and
 * `compare` take their names from it.  Schema "tlbsim-result/1".
 */
#ifndef SIM_RESULTS_H
#define SIM_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* group, name, type (count or percent), which way is worse (up, down; either:
 * it says what was run, and should not move; neither), text */
/* clang-format off */
#define SIM_COUNTERS(X)                                                       \
	X(grant, map_ops, count, either, "map operations that succeeded")     \
	X(grant, unmap_ops, count, either, "unmap operations that succeeded") \
	X(grant, copy_ops, count, either, "copy operations that succeeded")   \
	X(grant, replace_ops, count, either, "unmap_and_replace that succeeded") \
	X(grant, hypercalls, count, either, "grant hypercalls, each continuation too") \
	X(grant, failed_ops, count, up, "operations with a status below 0")   \
	X(grant, pages_unmapped, count, either, "host mappings removed")      \
	X(grant, pages_touched, count, either, "of those, accessed by a CPU while mapped") \
	X(flush, batches, count, either, "flush decisions: batches of up to 32 unmaps") \
	X(flush, performed, count, up, "batches that flushed, all or single pages") \
	X(flush, avoided, count, down, "batches that did not")                \
	X(flush, avoided_percent, percent, down, "100 * avoided / batches")   \
	X(flush, uncounted, count, up, "flushes that the 2014 patch's counters never saw") \
	X(flush, ipis, count, up, "remote CPUs interrupted to flush")         \
	X(flush, false, count, up, "flushes with nothing to evict")           \
	X(flush, at_allocation, count, up, "flushes moved to page allocation") \
	X(flush, at_type_change, count, up, "flushes because a frame's type changed") \
	X(flush, p2m_syncs, count, up, "times that CPUs forgot what left a p2m") \
	X(flush, iotlb, count, up, "times that an IOTLB forgot what devices reached") \
	X(flush, clock_wraps, count, neither, "flushes of all CPUs because the flush clock wrapped") \
	X(flush, net_avoided_percent, percent, down, "avoided, less those at allocation") \
	X(oracle, checks, count, down, "invariant checks made")               \
	X(oracle, violations, count, up, "invariants found broken")           \
	X(oracle, stale_uses, count, up, "accesses served by an outdated translation") \
	X(tlb, lookups, count, either, "translations asked for")              \
	X(tlb, l1_hits, count, down, "found in a first-level TLB")            \
	X(tlb, l1_misses, count, up, "not found there")                       \
	X(tlb, l2_hits, count, neither, "found in the second level")          \
	X(tlb, l2_misses, count, up, "not found there")                       \
	X(tlb, fills, count, up, "entries written by a walk")                 \
	X(tlb, evictions, count, up, "valid entries displaced")               \
	X(tlb, walks, count, up, "page walks")                                \
	X(tlb, walk_loads, count, up, "table entries read by walks")          \
	X(tlb, a_set, count, up, "A bits set by walks")                       \
	X(tlb, d_set, count, up, "D bits set by walks")                       \
	X(tlb, psc_hits, count, neither, "walks shortened by a paging-structure cache") \
	X(tlb, faults, count, up, "accesses that faulted")                    \
	X(tlb, machine_checks, count, up, "accesses that two translations served, by a quirk") \
	X(dma, accesses, count, either, "accesses by devices behind an IOMMU") \
	X(dma, iotlb_hits, count, neither, "of those, translated by its IOTLB") \
	X(dma, stale_uses, count, up, "... as its tables no longer say")      \
	X(dma, faults, count, up, "accesses that the IOMMU refused")          \
	X(cycles, total, count, up, "sum of the below")                       \
	X(cycles, translate, count, neither, "TLB hits")                      \
	X(cycles, walk, count, neither, "page walks, A and D updates, faults") \
	X(cycles, flush, count, neither, "invalidation on the CPU itself")    \
	X(cycles, ipi, count, neither, "shootdowns: sending, waiting")        \
	X(cycles, hypercall, count, neither, "entering and leaving the hypervisor")
/* clang-format on */

enum counter {
#define X(group, name, type, worse, text) COUNTER_##group##_##name,
	SIM_COUNTERS(X)
#undef X
	COUNTERS
};

enum counter_type { COUNTER_count, COUNTER_percent };
enum counter_worse { WORSE_up, WORSE_down, WORSE_either, WORSE_neither };

struct counter_info {
	const char *group, *name;
	const char *path;		/* "flush.avoided" */
	enum counter_type type;
	enum counter_worse worse;
	const char *text;
};
extern const struct counter_info counter_info[COUNTERS];
/* Index of "flush.avoided", or -1. */
int counter_find(const char *path);

struct series;

/* What a sweep put into a trace: "blkback.generate.depth", "8". */
struct result_parameter {
	const char *path, *value;
};

struct results {
	const char *trace, *title;	/* file name as given; title */
	const char *policy, *machine;
	unsigned quirks;		/* of the machine: 1u << mmu_quirk */
	uint64_t seed;
	size_t nr_parameters;
	const struct result_parameter *parameter;
	size_t nr_incomplete;
	const char (*incomplete)[200];
	bool unchecked;			/* the oracle was not asked */
	uint64_t count[COUNTERS];	/* of percents: unused, see below */
	char first[240];		/* the first violation or stale use, in
					   words with its place; or empty */
	size_t nr_inspect;
	char **inspect;			/* lines */
	const struct series *series;	/* over time; NULL: nobody asked */
	size_t expected, failed;	/* expectations that were checked */
	size_t skipped;			/* ... that could not be: the oracle
					   was not asked */
	size_t elsewhere;		/* ... of the trace's own machine */
	bool passed;			/* the run as a whole, see replay.c */
	void *memory;			/* of a copy: what the pointers point to */
};

/* Is there a value?  Not of what only the oracle knows where it was not
 * asked: that is neither 0 nor anything else. */
bool results_know(const struct results *results, enum counter counter);

/* The value of a counter; percents are computed here, 0 when the divisor
 * is 0. */
double results_value(const struct results *results, enum counter counter);

/* A copy that outlives the simulator and the trace: 0, -ENOMEM. */
int results_copy(struct results *to, const struct results *from);
/* Free what results_copy() allocated; @results may be all zero. */
void results_free(struct results *results);

#endif /* SIM_RESULTS_H */

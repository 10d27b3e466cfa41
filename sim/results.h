/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results.h - what a run gives, as one table: text, JSON, CSV, `expect:` and
 * `compare` take their names from it.  Schema "tlbsim-result/1".
 */
#ifndef SIM_RESULTS_H
#define SIM_RESULTS_H

#include <stddef.h>
#include <stdint.h>

/* group, name, type (count or percent), text */
/* clang-format off */
#define SIM_COUNTERS(X)                                                       \
	X(grant, map_ops, count, "map operations that succeeded")             \
	X(grant, unmap_ops, count, "unmap operations that succeeded")         \
	X(grant, copy_ops, count, "copy operations that succeeded")           \
	X(grant, replace_ops, count, "unmap_and_replace that succeeded")      \
	X(grant, hypercalls, count, "grant hypercalls, each continuation too")\
	X(grant, failed_ops, count, "operations with a status below 0")       \
	X(grant, pages_unmapped, count, "host mappings removed")              \
	X(grant, pages_touched, count, "of those, accessed by a CPU while mapped") \
	X(flush, batches, count, "flush decisions: batches of up to 32 unmaps") \
	X(flush, performed, count, "batches that flushed")                    \
	X(flush, avoided, count, "batches that did not")                      \
	X(flush, avoided_percent, percent, "100 * avoided / batches")         \
	X(flush, uncounted, count, "flushes that the 2014 patch's counters never saw") \
	X(flush, ipis, count, "remote CPUs interrupted to flush")             \
	X(flush, false, count, "flushes with nothing to evict")               \
	X(flush, at_allocation, count, "flushes moved to page allocation")    \
	X(flush, net_avoided_percent, percent, "avoided, less those at allocation") \
	X(oracle, checks, count, "invariant checks made")                     \
	X(oracle, violations, count, "invariants found broken")               \
	X(oracle, stale_uses, count, "accesses served by an outdated translation") \
	X(tlb, lookups, count, "translations asked for")                      \
	X(tlb, l1_hits, count, "found in a first-level TLB")                  \
	X(tlb, l1_misses, count, "not found there")                           \
	X(tlb, l2_hits, count, "found in the second level")                   \
	X(tlb, l2_misses, count, "not found there")                           \
	X(tlb, fills, count, "entries written by a walk")                     \
	X(tlb, evictions, count, "valid entries displaced")                   \
	X(tlb, walks, count, "page walks")                                    \
	X(tlb, walk_loads, count, "table entries read by walks")              \
	X(tlb, a_set, count, "A bits set by walks")                           \
	X(tlb, d_set, count, "D bits set by walks")                           \
	X(tlb, psc_hits, count, "walks shortened by a paging-structure cache")\
	X(tlb, faults, count, "accesses that faulted")                        \
	X(cycles, total, count, "sum of the below")                           \
	X(cycles, translate, count, "TLB hits")                               \
	X(cycles, walk, count, "page walks, A and D updates, faults")         \
	X(cycles, flush, count, "invalidation on the CPU itself")             \
	X(cycles, ipi, count, "shootdowns: sending, waiting")                 \
	X(cycles, hypercall, count, "entering and leaving the hypervisor")
/* clang-format on */

enum counter {
#define X(group, name, type, text) COUNTER_##group##_##name,
	SIM_COUNTERS(X)
#undef X
	COUNTERS
};

enum counter_type { COUNTER_count, COUNTER_percent };

struct counter_info {
	const char *group, *name;
	const char *path;		/* "flush.avoided" */
	enum counter_type type;
	const char *text;
};
extern const struct counter_info counter_info[COUNTERS];
/* Index of "flush.avoided", or -1. */
int counter_find(const char *path);

struct results {
	const char *trace, *title;	/* file name as given; title */
	const char *policy, *machine;
	uint64_t seed;
	size_t nr_incomplete;
	const char (*incomplete)[200];
	uint64_t count[COUNTERS];	/* of percents: unused, see below */
	char first[240];		/* the first violation or stale use, in
					   words with its place; or empty */
	size_t nr_inspect;
	char **inspect;			/* lines */
	size_t expected, failed;	/* expectations that were checked */
	void *memory;			/* of a copy: what the pointers point to */
};

/* The value of a counter; percents are computed here, 0 when the divisor
 * is 0. */
double results_value(const struct results *results, enum counter counter);

/* A copy that outlives the simulator and the trace: 0, -ENOMEM. */
int results_copy(struct results *to, const struct results *from);
/* Free what results_copy() allocated; @results may be all zero. */
void results_free(struct results *results);

#endif /* SIM_RESULTS_H */

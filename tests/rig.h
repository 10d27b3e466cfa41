/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rig.h - a small machine for tests, driven by calls instead of a trace.
 *
 *   domain 0   hardware domain, 64M      CPUs 0 and 1 at first
 *   domain 1   guest, 64M                on no CPU
 *   domain 2   guest, 64M                on no CPU
 *
 * TLBs never forget by themselves, so what is held is what was not flushed.
 */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H

#include <check.h>

#include "sim/sim.h"

#define RIG_CPUS 2
#define RIG_MAX_OPS 512
#define PAGE UINT64_C(4096)
#define AT UINT64_C(0xffff880000100000)

/* Flags of mappings. */
#define HOST GNTMAP_host_map
#define RO (GNTMAP_host_map | GNTMAP_readonly)
#define BY_PTE (GNTMAP_host_map | GNTMAP_contains_pte)

struct rig {
	struct trace_header header;
	struct sim *sim;
	struct diags diags, failed;
	uint64_t number; /* of the next event */
	size_t buckets;	 /* of the series; 0: none */
	struct op ops[RIG_MAX_OPS];
};

/* A machine under policy @name, or the header without a machine. */
void rig_open(struct rig *rig, const char *name);
void rig_prepare(struct rig *rig, const char *name);
void rig_start(struct rig *rig);
/* With @n references from 8 granted and mapped at AT, as @flags say. */
void rig_open_mapped(struct rig *rig, const char *name, unsigned n,
		     unsigned flags);
void rig_close(struct rig *rig);
/* Nothing is left over, and nothing was unsafe; then close. */
void rig_finish(struct rig *rig);

/* An event of @kind with no operations; fields to be filled in. */
struct event rig_event(struct rig *rig, enum event_kind kind);
/* Let it happen: what sim_event() gives, or it must succeed. */
int rig_try(struct rig *rig, struct event *event);
void rig_run(struct rig *rig, struct event *event);

/* Often needed ones; @n operations, references and pages counting up.
 * Reference r of domain 1 grants frame r. */
void rig_grant(struct rig *rig, unsigned ref, unsigned n, bool readonly);
void rig_revoke(struct rig *rig, unsigned ref, unsigned n);
/* Domain @domain maps domain 1's from @ref at @at, named h[0], h[1] ... */
struct event rig_map_event(struct rig *rig, int domain, unsigned ref,
			   unsigned n, uint64_t at, unsigned flags);
void rig_map(struct rig *rig, unsigned ref, unsigned n, uint64_t at,
	     unsigned flags);
/* Domain @domain unmaps h[@first] ... where they were mapped. */
struct event rig_unmap_event(struct rig *rig, int domain, unsigned first,
			     unsigned n);
void rig_unmap(struct rig *rig, unsigned first, unsigned n);
void rig_access(struct rig *rig, enum event_kind kind, int cpu, uint64_t at);
/* One operation on one 4K page of domain 0's own, writable for all. */
struct event rig_page_event(struct rig *rig, enum event_kind kind, uint64_t at,
			    uint64_t frame);
void rig_map_own(struct rig *rig, uint64_t at, uint64_t frame);
void rig_schedule(struct rig *rig, int cpu, int domain);

uint64_t rig_count(struct rig *rig, const char *path);
const char *rig_first(struct rig *rig);

#define ck_count(rig, path, want)                                              \
	ck_assert_msg(rig_count(rig, path) == (uint64_t)(want),                \
		      "%s is %llu, want %llu; first: %s", path,                \
		      (unsigned long long)rig_count(rig, path),                \
		      (unsigned long long)(want), rig_first(rig))

#endif /* TESTS_RIG_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xentrace.h - records of Xen's own tracer, of which those about grants are
 * kept, in the order of time.
 */
#ifndef WORKLOADS_XENTRACE_H
#define WORKLOADS_XENTRACE_H

#include <stddef.h>

#include "workloads/source.h"

#define XENTRACE_MAX_CPUS 64

enum xt_kind {
	XT_CALL,     /* a grant hypercall begins, or goes on */
	XT_MAPPED,   /* a mapping was made of a page of a domain */
	XT_UNMAPPED, /* ... is about to be removed */
};

struct xt_item {
	uint64_t tsc;
	uint64_t number; /* in the file: order at the same time */
	uint8_t cpu, kind;
	uint16_t granter;    /* of XT_MAPPED, XT_UNMAPPED */
	uint32_t cmd, count; /* of XT_CALL */
};

struct xentrace {
	struct xt_item *item;
	size_t count, room;
	unsigned cpus;
	/* What the file says besides. */
	uint64_t records, lost, gaps, transfers, hvm_calls, old_calls;
	bool has_grants; /* XT_MAPPED and XT_UNMAPPED are in it */
};

/* Read all of @in.  0; -EBADMSG with @diags filled; -errno. */
int xentrace_read(struct xentrace *trace, struct source *in, const char *path,
		  struct diags *diags);
void xentrace_free(struct xentrace *trace);

#endif /* WORKLOADS_XENTRACE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xentrace_pages.h - pages for calls of which only the length and the granter
 * are known: mapped where there is room, unmapped oldest first.
 */
#ifndef WORKLOADS_XENTRACE_PAGES_H
#define WORKLOADS_XENTRACE_PAGES_H

#include "workloads/dist.h"
#include "workloads/writer.h"

/* Pages that can be mapped at a time. */
#define XT_MAX_SLOTS 65536u
#define XT_FIRST_REF 8
#define XT_MAX_GRANTERS 15
/* Of one call that xentrace can tell. */
#define XT_MAX_OPS 4096

/* Slots of the window that hold a page of one domain, oldest first. */
struct xt_granter {
	uint16_t id;
	uint32_t *live; /* a ring of XT_MAX_SLOTS */
	size_t first, count;
	uint8_t *granted; /* by slot */
};

struct xt_pages {
	struct writer writer;
	FILE *body;
	struct rng rng;
	uint64_t touched; /* percent of pages */
	struct xt_granter granter[XT_MAX_GRANTERS];
	size_t nr_granters;
	uint32_t free[XT_MAX_SLOTS];
	size_t nr_free;
	uint32_t slots;	 /* used at all */
	uint64_t before; /* mapped only when they were to be unmapped */
	int error;	 /* -ENOMEM, -E2BIG; then nothing more is written */
};

/* Events of one call of @cpu on a page of each of @count domains. */
void xt_pages_map(struct xt_pages *pages, unsigned cpu, const uint16_t *from,
		  size_t count);
void xt_pages_unmap(struct xt_pages *pages, unsigned cpu, const uint16_t *from,
		    size_t count);
void xt_pages_copy(struct xt_pages *pages, unsigned cpu, const uint16_t *from,
		   size_t count);

#endif /* WORKLOADS_XENTRACE_PAGES_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_state.h - what is granted and mapped where the trace is now.
 */
#ifndef WORKLOADS_IMPORT_XEN_STATE_H
#define WORKLOADS_IMPORT_XEN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "gnttab/abi.h"
#include "workloads/import_xen_table.h"

#define XEN_PAGE 4096u
/* The granter of mappings that were made before the recording began: the
 * highest domid that there is. */
#define XEN_UNSEEN_DOMAIN (DOMID_FIRST_RESERVED - 1)
/* Its references from here on: those below are reserved. */
#define XEN_UNSEEN_REF 8
/* Linear addresses that stand for the pages behind contains_pte maps, whose
 * own are not recorded.  A PV kernel maps nothing there, in the lower half. */
#define XEN_PTE_WINDOW UINT64_C(0x7e0000000000)

struct xen_import;
struct xen_call;

struct xen_domain {
	domid_t id;
	uint64_t frames;	  /* numbered so far, from 0 */
	uint64_t refs;		  /* highest used + 1 */
	uint32_t live, most_live; /* mappings that it has, had at most */
};

struct xen_mapping {
	uint64_t host_addr;
	uint64_t label_addr; /* host_addr when it was made */
	uint32_t flags;	     /* GNTMAP_* */
	uint32_t ref;
	domid_t granter;
	bool unseen; /* made up, for its unmap */
};

/* The right that a reference stands for. */
struct xen_grant {
	domid_t granter, to;
	uint32_t ref;
	uint64_t frame; /* numbered in the granter's memory */
};

struct xen_state {
	uint32_t unseen, unseen_live; /* made-up mappings: numbered so far,
					 and there now */
	struct xen_table mappings, addresses, refs, frames, entries;
	size_t nr_domains;
	struct xen_domain *domain; /* by id, rising */
};

/* Who grants what @caller names as of @dom. */
static inline domid_t xen_granter(domid_t caller, domid_t dom)
{
	if (dom == DOMID_SELF)
		return caller;
	return dom < DOMID_FIRST_RESERVED ? dom : XEN_UNSEEN_DOMAIN;
}

void xen_state_init(struct xen_state *state);
void xen_state_free(struct xen_state *state);

/* No memory: NULL or 0, and x->error is set.  So for all below. */
struct xen_domain *xen_domain(struct xen_import *x, domid_t id);
/* The number, in the memory of @id, that stands for @frame of the machine. */
uint64_t xen_state_frame(struct xen_import *x, domid_t id, uint64_t frame);
/* The linear address that stands for a PTE of @mapper. */
uint64_t xen_state_pte_window(struct xen_import *x, domid_t mapper,
			      uint64_t entry);

/* Grant as @want says; false if it is so already. */
bool xen_state_grant(struct xen_import *x, const struct xen_grant *want);
/* The same for a frame that is not known: the one it grants, or a new one,
 * goes to want->frame. */
bool xen_state_grant_any(struct xen_import *x, struct xen_grant *want);

/* What @handle of @mapper stands for, or NULL; until the state changes. */
struct xen_mapping *xen_state_mapping(const struct xen_import *x,
				      domid_t mapper, uint32_t handle);
bool xen_state_is_mapped(const struct xen_import *x, domid_t mapper,
			 uint64_t host_addr);
void xen_state_map(struct xen_import *x, domid_t mapper, uint32_t handle,
		   const struct xen_mapping *mapping);
void xen_state_unmap(struct xen_import *x, domid_t mapper, uint32_t handle);
/* Some parts of it, GNTMAP_*_map; the last one takes the mapping along. */
void xen_state_unmap_parts(struct xen_import *x, domid_t mapper,
			   uint32_t handle, uint32_t parts);
/* The mapping at @from is at @to now, if there is one. */
void xen_state_move(struct xen_import *x, domid_t mapper, uint64_t from,
		    uint64_t to);

/* Is something that @call needs in use otherwise? */
bool xen_state_conflicts(const struct xen_import *x,
			 const struct xen_call *call);

#endif /* WORKLOADS_IMPORT_XEN_STATE_H */

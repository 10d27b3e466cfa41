/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model_gnttab.h - the grant tables once more, as simply as possible.
 *
 * One flat list of mappings; whatever else there is to know (pins, status
 * bits, references) is counted from it each time.  One CPU, no locks, no
 * phases: an operation happens at once.
 */
#ifndef TESTS_MODEL_GNTTAB_H
#define TESTS_MODEL_GNTTAB_H

#include "tests/fake_machine.h"

#define MODEL_REFS 16 /* entries that the guests use */
#define MODEL_MAPPINGS 2048
#define MODEL_HANDLES (FAKE_HANDLE_FRAMES * 256) /* of each domain */

/* A handle's mapping, or the claim of a copy. */
struct model_mapping {
	domid_t mapper, granter;
	grant_ref_t ref;
	grant_handle_t handle; /* UINT32_MAX: a claim */
	uint64_t mfn;
	uint32_t flags; /* GNTMAP_*, parts gone are cleared */
};

struct model_domain {
	/* as granter: what the guest wrote */
	uint16_t gtf[MODEL_REFS];
	domid_t grantee[MODEL_REFS];
	uint32_t gfn[MODEL_REFS];
	/* as mapper */
	uint64_t pte[FAKE_SLOTS];
	grant_handle_t free[MODEL_HANDLES];
	unsigned nr_free, limit;
	struct gnttab_counters counters;
};

struct model {
	const struct gnttab_rules *rules;
	uint64_t paged_out;
	struct model_domain domains[FAKE_DOMAINS];
	struct model_mapping mappings[MODEL_MAPPINGS];
	unsigned nr_mappings;
	unsigned flushes;
};

/* A hypercall of @caller, to its end; results go to @ops.  @fault is the copy
 * from or to the guest that fails, from 0; @preempt if preemption is wanted
 * throughout.  Returns as gnttab_hypercall(). */
int model_call(struct model *md, domid_t caller, unsigned cmd, void *ops,
	       unsigned n, unsigned fault, bool preempt);

/* The entry at @addr as @caller would name it, or NULL. */
uint64_t *model_entry(struct model *md, domid_t caller, uint64_t addr,
		      bool by_machine_address);

/* Counted from the list. */
uint32_t model_pin(const struct model *md, domid_t granter, grant_ref_t ref);
/* With that pin word. */
uint16_t model_flags(const struct model *md, domid_t granter, grant_ref_t ref,
		     uint32_t pin);
const struct model_mapping *model_find(const struct model *md, domid_t mapper,
				       grant_handle_t handle);
/* References on a frame: every present entry and every device part has one. */
void model_frame(const struct model *md, uint64_t mfn, unsigned *refs,
		 unsigned *writers);

#endif /* TESTS_MODEL_GNTTAB_H */

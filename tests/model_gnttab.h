/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model_gnttab.h - the grant tables once more, as simply as possible.
 *
 * One flat list of mappings; whatever else there is to know (pins, status
 * bits, references) is counted from it each time.  One CPU, no locks, no
 * phases: an operation happens at once.
 *
 *   model_gnttab.c         the list, what follows from it, hypercalls
 *   model_gnttab_claim.c   who may use an entry
 *   model_gnttab_map.c     map, unmap, unmap and replace
 *   model_gnttab_copy.c    copy
 *   model_gnttab_table.c   sizes, versions, swap, transfer
 */
#ifndef TESTS_MODEL_GNTTAB_H
#define TESTS_MODEL_GNTTAB_H

#include "tests/fake_machine.h"

#define MODEL_REFS 16 /* entries that the guests use */
#define MODEL_MAPPINGS 2048
#define MODEL_HANDLES (FAKE_HANDLE_FRAMES * 256) /* of each domain */
#define MODEL_FRAMES (FAKE_DOMAINS * FAKE_GUEST_FRAMES)

/* Instead of a handle: the claims of a copy. */
#define MODEL_SOURCE (UINT32_MAX - 1)
#define MODEL_DEST UINT32_MAX

/* A handle's mapping, or the claim of a copy. */
struct model_mapping {
	domid_t mapper, granter;
	grant_ref_t ref;
	grant_handle_t handle;
	uint64_t mfn;
	uint32_t flags;		/* GNTMAP_*, parts gone are cleared */
	uint16_t start, length; /* of what may be copied */
	bool sub_page;
	bool transitive; /* stands for: */
	domid_t owner;
	grant_ref_t owners_ref;
};

/* What a guest wrote in an entry; the status bits are not here. */
struct model_grant {
	uint16_t flags;
	domid_t domid;
	uint32_t second; /* version 2: word 1 */
	uint64_t frame;	 /* or, transitive, a reference */
};

struct model_domain {
	bool external;
	uint64_t frame_at[FAKE_GUEST_FRAMES]; /* or FAKE_NOWHERE */
	bool granted[FAKE_GUEST_FRAMES];      /* external: a grant is there */
	bool writable[FAKE_GUEST_FRAMES];
	unsigned owned;
	/* as granter */
	unsigned version, nr_frames;
	struct model_grant grants[MODEL_REFS];
	/* as mapper */
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
	domid_t owner_of[MODEL_FRAMES]; /* or DOMID_IDLE: nobody */
	/* The page of each end of a copy, while claimed. */
	struct model_page {
		bool held, by_ref;
		domid_t owner;
		uint64_t number, mfn;
		uint16_t start, length;
	} copy[2];
	_Alignas(8) uint8_t memory[MODEL_FRAMES][4096];
};

void model_init(struct model *md, const struct gnttab_rules *rules,
		bool external);

/* A hypercall of @caller, to its end; results go to @ops, but for lists of
 * frames.  @fault is the copy from or to the guest that fails, from 0;
 * @preempt if preemption is wanted throughout.  Returns as
 * gnttab_hypercall(). */
int model_call(struct model *md, domid_t caller, unsigned cmd, void *ops,
	       unsigned n, unsigned fault, bool preempt);
/* Of the operations of @cmd, in bytes; 0 if there is no such command. */
size_t model_op_size(unsigned cmd);

/* The entry that maps linear page @n of @d. */
uint64_t *model_pte(struct model *md, domid_t d, unsigned n);
/* References are below this. */
unsigned model_entries(const struct model_domain *d);
unsigned model_status_frames(const struct model_domain *d);

/* Counted from the list. */
uint32_t model_pin(const struct model *md, domid_t granter, grant_ref_t ref);
/* GTF_reading and GTF_writing that go with it. */
uint16_t model_status(const struct model *md, domid_t granter, grant_ref_t ref);
/* The entry's words, as they are in memory now; how many. */
unsigned model_words(const struct model *md, domid_t granter, grant_ref_t ref,
		     uint32_t words[4]);
const struct model_mapping *model_find(const struct model *md, domid_t mapper,
				       grant_handle_t handle);
/* References on a frame: every present entry, every device part and every
 * frame number that leads to a grant has one. */
void model_frame(struct model *md, uint64_t mfn, unsigned *refs,
		 unsigned *writers);

#endif /* TESTS_MODEL_GNTTAB_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transfer.c - GNTTABOP_transfer: give a page away for good.
 *
 *   giver                                   taker
 *   frame g                                 entry: accept_transfer, frame t
 *     | stolen from it, flushed                | committed
 *     v                                        v
 *   nobody's -------- assigned ----------> frame t
 *     |                                        | completed
 *     `-- taker refuses: lost, freed           v
 *
 * The giver's own translations are flushed always, whatever the policy: its
 * page is about to be somebody else's.  A page that nobody takes does not go
 * back.  Each step has the only reference on it: a frame that anybody else
 * uses cannot be stolen (Xen Security Advisory 284 was about the reference
 * that a page begins with at its new owner; assigning sets that here).
 *
 * The taker's number is a frame number of its own, as that of an
 * auto-translated guest; the taker is not told the machine's.
 *
 * Source: xen/common/grant_table.c (gnttab_transfer,
 * gnttab_prepare_for_transfer), Xen master c447b7308b13; <xen/grant_table.h>
 * "Version 1 of the grant table entry structure".
 */
#include "gnttab/ops.h"

#include "gnttab/flush.h"
#include "gnttab/grant_table.h"

/* A guest that keeps changing the word is given up on. */
#define COMMIT_ATTEMPTS 5

/* Nothing else in the entry's first word, and no other giver. */
static bool accepts(uint32_t word, domid_t giver)
{
	return word == ((uint32_t)giver << 16 | GTF_accept_transfer);
}

static bool commit_locked(struct cpu *cpu, struct grant_table *taker,
			  grant_ref_t ref, domid_t giver)
{
	uint32_t *word, old;

	if (ref >= grant_entries(taker))
		return false; /* the version has just changed */
	word = grant_shared(taker, ref);
	old = machine_shared_read(cpu, word);
	for (int i = 0; i < COMMIT_ATTEMPTS; i++) {
		if (!accepts(old, giver))
			return false;
		if (machine_shared_cmpxchg(cpu, word, &old,
					   old | GTF_transfer_committed))
			return true;
	}
	return false;
}

/* The guest may no longer withdraw the entry. */
static bool commit(struct cpu *cpu, struct grant_table *taker, grant_ref_t ref,
		   domid_t giver)
{
	struct machine_lock *lock;
	bool done;

	if (ref >= grant_entries(taker))
		return false;
	lock = &grant_active(taker, ref)->lock;
	machine_lock(cpu, lock);
	done = commit_locked(cpu, taker, ref, giver);
	machine_unlock(cpu, lock);
	return done;
}

/* The frame number that the taker has chosen. */
static gfn_t taker_frame(struct cpu *cpu, const struct grant_table *taker,
			 grant_ref_t ref)
{
	const uint32_t *shared = grant_shared(taker, ref);
	gfn_t gfn;

	if (taker->version == 1) {
		gfn.n = machine_shared_read(cpu, shared + 1);
		return gfn;
	}
	gfn.n = machine_shared_read(cpu, shared + 2);
	gfn.n |= (uint64_t)machine_shared_read(cpu, shared + 3) << 32;
	return gfn;
}

/* The page is the taker's: put it where the entry says, then tell. */
static void complete(struct cpu *cpu, struct grant_table *taker,
		     grant_ref_t ref, mfn_t mfn)
{
	struct machine_lock *lock = &grant_active(taker, ref)->lock;

	machine_lock(cpu, lock);
	if (ref < grant_entries(taker)) {
		machine_frame_place(cpu, taker->who.machine,
				    taker_frame(cpu, taker, ref), mfn);
		machine_shared_set(cpu, grant_shared(taker, ref),
				   GTF_transfer_completed);
	}
	machine_unlock(cpu, lock);
}

/* Find @mfn, which is nobody's, a new owner. */
static int16_t hand_over(struct cpu *cpu, struct grant_table *giver,
			 const gnttab_transfer_t *op, mfn_t mfn)
{
	struct grant_table *taker = machine_grant_table(cpu, op->domid);

	if (!taker)
		return GNTST_bad_domain;
	if (!machine_frame_assign(cpu, taker->who.machine, mfn))
		return GNTST_general_error;
	if (!commit(cpu, taker, op->ref, giver->who.id))
		return GNTST_general_error;
	complete(cpu, taker, op->ref, mfn);
	return GNTST_okay;
}

static int16_t transfer_one(struct cpu *cpu, struct grant_table *giver,
			    const gnttab_transfer_t *op)
{
	int16_t status;
	mfn_t mfn;

	status = machine_frame_steal(cpu, giver->who.machine,
				     (gfn_t){ op->mfn }, &mfn);
	if (status != GNTST_okay)
		return status;
	flush_mapper(cpu, giver);
	status = hand_over(cpu, giver, op, mfn);
	if (status != GNTST_okay)
		machine_frame_free(cpu, mfn);
	return status;
}

int ops_transfer(struct cpu *cpu, struct grant_table *caller,
		 struct gnttab_call *call)
{
	gnttab_transfer_t op;
	int rc;

	for (bool first = true; call->count; first = false) {
		if (!first && machine_preemption_wanted(cpu))
			return GNTTAB_PREEMPTED;
		rc = op_fetch(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
		op.status = transfer_one(cpu, caller, &op);
		rc = op_store(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * active.c - pin and unpin a grant reference.
 *
 *   transitive entry            the entry that it stands for
 *   of domain B, for C          of domain A, for B
 *   [ pin ]  ---- referent ---> [ pin ]  ---> frame of A
 *
 * Both are pinned, each claim anew, with only one of their locks held at a
 * time: two such chains may run in opposite directions.
 *
 * Invariants, checked by gnttab_check(), but (2) by whoever sees translations,
 * as sim/oracle.c does:
 *  (1) No counter of a pin word is above 128.
 *  (2) While a pin word is 0, nothing that this folder made maps the frame
 *      through the reference, and no translation of such a mapping is left:
 *      active_release() comes after the flush or the proof that none is
 *      needed, and only active_release() clears GTF_reading and GTF_writing.
 *  (3) An entry pinned through a transitive grant is marked sub-page, so
 *      that it cannot be mapped.
 *
 * Sources: xen/common/grant_table.c (map_grant_ref, acquire_grant_for_copy,
 * release_grant_for_copy), Xen master c447b7308b13; Xen Security Advisories
 * 226 (one level of transitivity), 411 (its locks) and 500 (a pinned entry
 * is what it was when it was pinned).
 */
#include "gnttab/active.h"

#include "gnttab/grant_table.h"
#include "gnttab/status.h"

/* The top bit of a counter whose lowest bit is the operand. */
#define PIN_FULL(pins) ((pins) << 7)
#define PIN_ANY_FULL 0x80808080u

/* ---- transitive grants ----------------------------------------------- */

/* Is @act still what it was before its lock was given up? */
static bool undisturbed(const struct claim *c, const struct active_entry *act,
			const struct claim *further,
			const struct granted *granted)
{
	return act->grantee == c->grantee &&
	       act->referent == further->granter &&
	       act->referent_ref == further->ref &&
	       act->mfn.n == granted->mfn.n && act->start == granted->start &&
	       act->length == granted->length;
}

/* Claim entry @ref of @referent, which @act stands for.  The lock of @act is
 * given up meanwhile. */
static RARE int16_t referent_claim(struct cpu *cpu, const struct claim *c,
				   struct active_entry *act,
				   struct grant_table *referent,
				   grant_ref_t ref, struct granted *granted)
{
	const unsigned switches = c->granter->switches;
	const uint32_t pin = act->pin;
	const struct claim further = {
		.granter = referent,
		.ref = ref,
		.grantee = c->granter->who.id,
		.pins = c->pins,
		.kind = CLAIM_REFERENT,
	};
	int16_t status;

	machine_unlock(cpu, &act->lock);
	status = active_claim(cpu, &further, granted);
	machine_lock(cpu, &act->lock);
	if (status != GNTST_okay)
		return status;
	if (c->granter->switches == switches && act->pin == pin &&
	    (!pin || undisturbed(c, act, &further, granted)))
		return GNTST_okay;
	machine_frame_drop(cpu, granted->mfn, claim_hold(c));
	active_release(cpu, referent, ref, c->pins);
	return CLAIM_AGAIN;
}

static RARE int16_t transitive_claim(struct cpu *cpu, const struct claim *c,
				     struct active_entry *act,
				     const struct entry *e,
				     struct granted *granted)
{
	struct grant_table *referent;
	int16_t status;

	if (c->kind != CLAIM_COPY || e->domid == c->granter->who.id)
		return GNTST_general_error;
	referent = machine_grant_table(cpu, e->domid);
	if (!referent)
		return GNTST_general_error;
	status = referent_claim(cpu, c, act, referent, e->ref, granted);
	if (status != GNTST_okay)
		return status;
	act->grantee = c->grantee;
	act->referent = referent;
	act->referent_ref = e->ref;
	act->sub_page = true; /* (3) */
	act->mfn = granted->mfn;
	act->start = granted->start;
	act->length = granted->length;
	return GNTST_okay;
}

/* ---- claiming -------------------------------------------------------- */

static void granted_set(const struct claim *c, const struct active_entry *act,
			struct granted *granted)
{
	granted->owner = c->granter;
	granted->mfn = act->mfn;
	granted->start = act->start;
	granted->length = act->length;
}

/* The page of an entry that is not pinned yet. */
static int16_t page_claim(struct cpu *cpu, const struct claim *c,
			  struct active_entry *act, gfn_t gfn,
			  struct granted *granted)
{
	int16_t status = machine_frame_get(cpu, c->granter->who.machine, gfn,
					   claim_hold(c), &act->mfn);

	granted_set(c, act, granted);
	return status;
}

static __attribute__((noinline)) int16_t
entry_claim_v2(struct cpu *cpu, const struct claim *c, struct active_entry *act,
	       uint32_t word, struct granted *granted)
{
	const uint32_t *shared = grant_shared(c->granter, c->ref);
	const struct entry e = entry_read(cpu, shared, word);

	if (e.transitive)
		return transitive_claim(cpu, c, act, &e, granted);
	act->start = e.start;
	act->length = e.length;
	act->sub_page = e.sub_page;
	return page_claim(cpu, c, act, e.gfn, granted);
}

static int16_t first_claim(struct cpu *cpu, const struct claim *c,
			   struct active_entry *act, struct granted *granted)
{
	const struct grant_table *gt = c->granter;
	uint32_t *shared = grant_shared(gt, c->ref);
	int16_t status;
	uint32_t word;

	status = status_set(cpu, c, shared, false, &word);
	if (status != GNTST_okay)
		return status;
	act->grantee = c->grantee;
	act->referent = NULL;
	act->start = 0;
	act->length = GRANT_PAGE_SIZE;
	act->sub_page = false;
	if (gt->version == 1)
		status = page_claim(
			cpu, c, act,
			(gfn_t){ machine_shared_read(cpu, shared + 1) },
			granted);
	else
		status = entry_claim_v2(cpu, c, act, word, granted);
	if (status == GNTST_okay)
		act->pin += c->pins;
	else
		status_reduce(cpu, gt, c->ref, c->pins, act->pin);
	return status;
}

/* Which full counters refuse the claim? */
static uint32_t limits(const struct claim *c)
{
	switch (c->granter->rules->era) {
	case GNTTAB_ERA_CURRENT:
	case GNTTAB_ERA_2021:
		break;
	case GNTTAB_ERA_2014:
		return PIN_ANY_FULL;
	}
	return PIN_FULL(c->pins);
}

static bool may_join(const struct claim *c, const struct active_entry *act)
{
	return act->grantee == c->grantee &&
	       !(act->pin & limits(c)) && /* (1) */
	       !(act->sub_page && c->kind == CLAIM_MAP) &&
	       !(act->referent && c->kind == CLAIM_REFERENT);
}

/* Whatever the guest has made of the entry since it was pinned. */
static int16_t pinned_claim(struct cpu *cpu, const struct claim *c,
			    struct active_entry *act, struct granted *granted)
{
	if (act->referent)
		return referent_claim(cpu, c, act, act->referent,
				      act->referent_ref, granted);
	if (!machine_frame_hold(cpu, c->granter->who.machine, act->mfn,
				claim_hold(c)))
		return GNTST_general_error;
	granted_set(c, act, granted);
	return GNTST_okay;
}

static RARE int16_t further_claim(struct cpu *cpu, const struct claim *c,
				  struct active_entry *act,
				  struct granted *granted)
{
	struct grant_table *gt = c->granter;
	int16_t status = GNTST_okay;
	uint32_t word;

	if (!may_join(c, act))
		return GNTST_general_error;
	if (pins_write(c->pins) && !pins_write(act->pin))
		status = status_set(cpu, c, grant_shared(gt, c->ref), true,
				    &word);
	if (status != GNTST_okay)
		return status;
	status = pinned_claim(cpu, c, act, granted);
	if (status == GNTST_okay)
		act->pin += c->pins;
	else
		status_reduce(cpu, gt, c->ref, c->pins, act->pin);
	return status;
}

static int16_t claim_locked(struct cpu *cpu, const struct claim *c,
			    struct active_entry *act, struct granted *granted)
{
	if (c->ref >= grant_entries(c->granter))
		return GNTST_bad_gntref; /* the version has just changed */
	return act->pin ? further_claim(cpu, c, act, granted)
			: first_claim(cpu, c, act, granted);
}

int16_t active_claim(struct cpu *cpu, const struct claim *c,
		     struct granted *granted)
{
	struct active_entry *act;
	int16_t status;

	if (c->ref >= grant_entries(c->granter))
		return GNTST_bad_gntref;
	act = grant_active(c->granter, c->ref);
	machine_lock(cpu, &act->lock);
	status = claim_locked(cpu, c, act, granted);
	machine_unlock(cpu, &act->lock);
	return status;
}

void active_reduce(struct cpu *cpu, struct grant_table *granter,
		   grant_ref_t ref, uint32_t pins)
{
	struct active_entry *act = grant_active(granter, ref);

	machine_lock(cpu, &act->lock);
	/* With its pins the entry itself may have gone, in a new version. */
	if (ref < grant_entries(granter))
		status_reduce(cpu, granter, ref, pins, act->pin);
	machine_unlock(cpu, &act->lock);
}

/* What a transitive entry stood for, which has none itself. */
static RARE void referent_release(struct cpu *cpu, struct grant_table *referent,
				  grant_ref_t ref, uint32_t pins)
{
	active_release(cpu, referent, ref, pins);
}

void active_release(struct cpu *cpu, struct grant_table *granter,
		    grant_ref_t ref, uint32_t pins)
{
	struct active_entry *act = grant_active(granter, ref);
	struct grant_table *referent;
	grant_ref_t referent_ref;

	machine_lock(cpu, &act->lock);
	referent = act->referent;
	referent_ref = act->referent_ref;
	act->pin -= pins;
	status_reduce(cpu, granter, ref, pins, act->pin);
	machine_unlock(cpu, &act->lock);
	if (referent)
		referent_release(cpu, referent, referent_ref, pins);
}

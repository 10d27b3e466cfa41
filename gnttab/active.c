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
			const struct active_entry *referent)
{
	return act->grantee == c->grantee &&
	       act->referent == further->granter &&
	       act->referent_ref == further->ref &&
	       act->mfn.n == referent->mfn.n && act->start == referent->start &&
	       act->length == referent->length;
}

/* Claim entry @ref of @granter, which @act stands for.  The lock of @act is
 * given up meanwhile. */
static RARE int16_t referent_claim(struct cpu *cpu, const struct claim *c,
				   struct active_entry *act,
				   struct grant_table *granter, grant_ref_t ref,
				   struct active_entry **referent)
{
	const unsigned switches = c->granter->switches;
	const uint32_t pin = act->pin;
	const struct claim further = {
		.granter = granter,
		.ref = ref,
		.grantee = c->granter->who.id,
		.pins = c->pins,
		.kind = CLAIM_REFERENT,
	};
	int16_t status;

	machine_unlock(cpu, &act->lock);
	status = active_claim(cpu, &further, referent);
	machine_lock(cpu, &act->lock);
	if (status != GNTST_okay)
		return status;
	if (c->granter->switches == switches && act->pin == pin &&
	    (!pin || undisturbed(c, act, &further, *referent)))
		return GNTST_okay;
	machine_frame_drop(cpu, (*referent)->mfn, claim_hold(c));
	active_release(cpu, granter, *referent, c->pins);
	return CLAIM_AGAIN;
}

static RARE int16_t transitive_claim(struct cpu *cpu, const struct claim *c,
				     struct active_entry *act,
				     const struct entry *e)
{
	struct grant_table *granter;
	struct active_entry *referent;
	int16_t status;

	if (c->kind != CLAIM_COPY || e->domid == c->granter->who.id)
		return GNTST_general_error;
	granter = machine_grant_table(cpu, e->domid);
	if (!granter)
		return GNTST_general_error;
	status = referent_claim(cpu, c, act, granter, e->ref, &referent);
	if (status != GNTST_okay)
		return status;
	act->grantee = c->grantee;
	act->referent = granter;
	act->referent_ref = e->ref;
	act->sub_page = true; /* (3) */
	act->mfn = referent->mfn;
	act->start = referent->start;
	act->length = referent->length;
	return GNTST_okay;
}

/* ---- claiming -------------------------------------------------------- */

/* The page of an entry that is not pinned yet. */
static int16_t page_claim(struct cpu *cpu, const struct claim *c,
			  struct active_entry *act, gfn_t gfn)
{
	return machine_frame_get(cpu, c->granter->who.machine, gfn,
				 claim_hold(c), &act->mfn);
}

/* What most entries grant: a page to whoever is named, all of it. */
static void page_grant(const struct claim *c, struct active_entry *act)
{
	act->grantee = c->grantee;
	act->referent = NULL;
	act->start = 0;
	act->length = GRANT_PAGE_SIZE;
	act->sub_page = false;
}

/* With its status bits set, which say @word. */
static int16_t entry_claim_v2(struct cpu *cpu, const struct claim *c,
			      struct active_entry *act, uint32_t word)
{
	const uint32_t *shared = grant_shared(c->granter, c->ref);
	const struct entry e = entry_read(cpu, shared, word);

	if (e.transitive)
		return transitive_claim(cpu, c, act, &e);
	act->start = e.start;
	act->length = e.length;
	act->sub_page = e.sub_page;
	return page_claim(cpu, c, act, e.gfn);
}

static __attribute__((noinline)) int16_t
first_claim_v2(struct cpu *cpu, const struct claim *c, struct active_entry *act)
{
	uint32_t word;
	int16_t status = status_set_v2(cpu, c, false, &word);

	if (status != GNTST_okay)
		return status;
	page_grant(c, act);
	status = entry_claim_v2(cpu, c, act, word);
	if (status != GNTST_okay)
		status_reduce(cpu, c->granter, act, c->pins);
	return status;
}

static int16_t first_claim_v1(struct cpu *cpu, const struct claim *c,
			      struct active_entry *act)
{
	int16_t status = status_set_v1(cpu, c, act->shared, false);
	gfn_t gfn;

	if (status != GNTST_okay)
		return status;
	page_grant(c, act);
	gfn.n = machine_shared_read(cpu, act->shared + 1);
	status = page_claim(cpu, c, act, gfn);
	if (status != GNTST_okay)
		status_reduce(cpu, c->granter, act, c->pins);
	return status;
}

static int16_t first_claim(struct cpu *cpu, const struct claim *c,
			   struct active_entry *act)
{
	return c->granter->version == 1 ? first_claim_v1(cpu, c, act)
					: first_claim_v2(cpu, c, act);
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

/* The entry is pinned for reading, and now to write as well. */
static int16_t status_add_writing(struct cpu *cpu, const struct claim *c,
				  const struct active_entry *act)
{
	uint32_t word;

	return c->granter->version == 1
		       ? status_set_v1(cpu, c, act->shared, true)
		       : status_set_v2(cpu, c, true, &word);
}

/* Whatever the guest has made of the entry since it was pinned. */
static int16_t pinned_claim(struct cpu *cpu, const struct claim *c,
			    struct active_entry *act)
{
	struct active_entry *referent;

	if (act->referent)
		return referent_claim(cpu, c, act, act->referent,
				      act->referent_ref, &referent);
	if (!machine_frame_hold(cpu, c->granter->who.machine, act->mfn,
				claim_hold(c)))
		return GNTST_general_error;
	return GNTST_okay;
}

static RARE int16_t further_claim(struct cpu *cpu, const struct claim *c,
				  struct active_entry *act)
{
	int16_t status = GNTST_okay;

	if (!may_join(c, act))
		return GNTST_general_error;
	if (pins_write(c->pins) && !pins_write(act->pin))
		status = status_add_writing(cpu, c, act);
	if (status != GNTST_okay)
		return status;
	status = pinned_claim(cpu, c, act);
	if (status != GNTST_okay)
		status_reduce(cpu, c->granter, act, c->pins);
	return status;
}

static inline int16_t claim_locked(struct cpu *cpu, const struct claim *c,
				   struct active_entry *act)
{
	int16_t status;

	if (c->ref >= grant_entries(c->granter))
		return GNTST_bad_gntref; /* the version has just changed */
	status = act->pin ? further_claim(cpu, c, act)
			  : first_claim(cpu, c, act);
	if (status == GNTST_okay)
		act->pin += c->pins;
	return status;
}

/* Inline, as active_release(): linking can make them part of their callers. */
inline int16_t active_claim(struct cpu *cpu, const struct claim *c,
			    struct active_entry **pinned)
{
	struct active_entry *act;
	int16_t status;

	if (c->ref >= grant_entries(c->granter))
		return GNTST_bad_gntref;
	act = *pinned = grant_active(c->granter, c->ref);
	machine_lock(cpu, &act->lock);
	status = claim_locked(cpu, c, act);
	machine_unlock(cpu, &act->lock);
	return status;
}

void active_reduce(struct cpu *cpu, const struct grant_table *granter,
		   struct active_entry *act, uint32_t pins)
{
	machine_lock(cpu, &act->lock);
	/* With its pins the entry itself may have gone, in a new version. */
	if (act->ref < grant_entries(granter))
		status_reduce(cpu, granter, act, pins);
	machine_unlock(cpu, &act->lock);
}

static inline void pins_drop(struct cpu *cpu, const struct grant_table *granter,
			     struct active_entry *act, uint32_t pins)
{
	act->pin -= pins;
	status_reduce(cpu, granter, act, pins);
	machine_unlock(cpu, &act->lock);
}

/* The same of what it stands for, which stands for nothing else. */
static RARE void transitive_release(struct cpu *cpu,
				    const struct grant_table *granter,
				    struct active_entry *act, uint32_t pins)
{
	const struct grant_table *referent = act->referent;
	grant_ref_t ref = act->referent_ref;

	pins_drop(cpu, granter, act, pins);
	active_release(cpu, referent, grant_active(referent, ref), pins);
}

inline void active_release(struct cpu *cpu, const struct grant_table *granter,
			   struct active_entry *act, uint32_t pins)
{
	machine_lock(cpu, &act->lock);
	if (act->referent)
		transitive_release(cpu, granter, act, pins);
	else
		pins_drop(cpu, granter, act, pins);
}

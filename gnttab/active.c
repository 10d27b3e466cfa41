/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * active.c - pin and unpin a grant reference.
 *
 * Invariants, checked by gnttab_check():
 *  (1) No counter of a pin word is above 128.
 *  (2) While a pin word is 0, nothing that this folder made maps the frame
 *      through the reference, and no translation of such a mapping is left:
 *      active_release() comes after the flush or the proof that none is
 *      needed, and only active_release() clears GTF_reading and GTF_writing.
 *
 * Sources: xen/common/grant_table.c (_set_status_v1, map_grant_ref,
 * acquire_grant_for_copy, reduce_status_for_pin), Xen master c447b7308b13;
 * <xen/grant_table.h> "Subflags for GTF_permit_access and GTF_transitive".
 */
#include "gnttab/active.h"

#include "gnttab/grant_table.h"

/* A guest that keeps changing the word is given up on. */
#define STATUS_ATTEMPTS 5
/* The top bit of a counter whose lowest bit is the operand. */
#define PIN_FULL(pins) ((pins) << 7)

static bool writes(uint32_t pins)
{
	return pins & PIN_WRITERS;
}

uint32_t map_pins(uint32_t flags)
{
	bool readonly = flags & GNTMAP_readonly;
	uint32_t pins = 0;

	if (flags & GNTMAP_host_map)
		pins += readonly ? PIN_HSTR : PIN_HSTW;
	if (flags & GNTMAP_device_map)
		pins += readonly ? PIN_DEVR : PIN_DEVW;
	return pins;
}

enum machine_hold claim_hold(const struct claim *c)
{
	return writes(c->pins) ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD;
}

static bool permits(uint32_t word, const struct claim *c)
{
	return (word & c->type_mask) == GTF_permit_access &&
	       shared_domid(word) == c->grantee;
}

/* The guest may revoke or turn read-only until the exchange succeeds. */
static int16_t status_set(struct cpu *cpu, uint32_t *word,
			  const struct claim *c, bool pinned)
{
	uint32_t old = machine_shared_read(cpu, word);
	uint32_t set = GTF_reading | (writes(c->pins) ? GTF_writing : 0);

	for (int i = 0; i < STATUS_ATTEMPTS; i++) {
		if (!pinned && !permits(old, c))
			return GNTST_general_error;
		if (writes(c->pins) && (old & GTF_readonly))
			return GNTST_general_error;
		if (machine_shared_cmpxchg(cpu, word, &old, old | set))
			return GNTST_okay;
	}
	return GNTST_general_error;
}

/* Of what @pins set, clear what @left no longer needs. */
static void status_reduce(struct cpu *cpu, uint32_t *word, uint32_t pins,
			  uint32_t left)
{
	uint32_t clear = 0;

	if (writes(pins) && !writes(left))
		clear |= GTF_writing;
	if (!left)
		clear |= GTF_reading;
	if (clear)
		machine_shared_clear(cpu, word, clear);
}

int16_t frame_claim(struct cpu *cpu, struct domain *d, gfn_t gfn,
		    enum machine_hold hold, mfn_t *mfn)
{
	int16_t status = machine_frame_get(cpu, d, gfn, mfn);

	if (status != GNTST_okay || hold == MACHINE_HOLD)
		return status;
	if (!machine_frame_hold(cpu, d, *mfn, hold))
		status = GNTST_general_error;
	machine_frame_drop(cpu, *mfn, MACHINE_HOLD);
	return status;
}

/* Reference the frame: the one already pinned, or the entry's. */
static int16_t entry_claim(struct cpu *cpu, const struct claim *c,
			   struct active_entry *act, const uint32_t *word)
{
	struct domain *d = c->granter->who.machine;
	gfn_t gfn;

	if (act->pin)
		return machine_frame_hold(cpu, d, act->mfn, claim_hold(c))
			       ? GNTST_okay
			       : GNTST_general_error;
	gfn.n = machine_shared_read(cpu, word + 1);
	act->grantee = c->grantee;
	return frame_claim(cpu, d, gfn, claim_hold(c), &act->mfn);
}

static int16_t claim_locked(struct cpu *cpu, const struct claim *c,
			    struct active_entry *act)
{
	uint32_t *word = grant_shared(c->granter, c->ref);
	int16_t status;

	if (act->pin && (act->grantee != c->grantee ||
			 (act->pin & PIN_FULL(c->pins)))) /* (1) */
		return GNTST_general_error;
	if (!act->pin || (writes(c->pins) && !writes(act->pin))) {
		status = status_set(cpu, word, c, act->pin);
		if (status != GNTST_okay)
			return status;
	}
	status = entry_claim(cpu, c, act, word);
	if (status == GNTST_okay)
		act->pin += c->pins;
	else
		status_reduce(cpu, word, c->pins, act->pin);
	return status;
}

int16_t active_claim(struct cpu *cpu, const struct claim *c, mfn_t *mfn)
{
	struct active_entry *act;
	int16_t status;

	if (c->ref >= grant_entries(c->granter))
		return GNTST_bad_gntref;
	act = grant_active(c->granter, c->ref);
	machine_lock(cpu, &act->lock);
	status = claim_locked(cpu, c, act);
	*mfn = act->mfn;
	machine_unlock(cpu, &act->lock);
	return status;
}

void active_release(struct cpu *cpu, struct grant_table *granter,
		    grant_ref_t ref, uint32_t pins)
{
	struct active_entry *act = grant_active(granter, ref);

	machine_lock(cpu, &act->lock);
	act->pin -= pins;
	status_reduce(cpu, grant_shared(granter, ref), pins, act->pin);
	machine_unlock(cpu, &act->lock);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap.c - GNTTABOP_swap_grant_ref: exchange two entries of one's own.
 *
 * Source: xen/common/grant_table.c (swap_grant_ref), Xen master
 * c447b7308b13; Xen Security Advisory 134 (an entry's size depends on the
 * version, which must not change meanwhile).
 */
#include "gnttab/ops.h"

#include "gnttab/grant_table.h"

/* Nothing is pinned through either, so their status bits are clear. */
static void words_swap(struct cpu *cpu, const struct grant_table *gt,
		       grant_ref_t a, grant_ref_t b)
{
	uint32_t *at_a = grant_shared(gt, a), *at_b = grant_shared(gt, b);
	unsigned words = gt->version == 1 ? 2 : 4;

	for (unsigned i = 0; i < words; i++) {
		uint32_t word = machine_shared_read(cpu, at_a + i);

		machine_shared_write(cpu, at_a + i,
				     machine_shared_read(cpu, at_b + i));
		machine_shared_write(cpu, at_b + i, word);
	}
}

static int16_t entries_swap(struct cpu *cpu, struct grant_table *gt,
			    grant_ref_t a, grant_ref_t b)
{
	struct active_entry *low = grant_active(gt, a < b ? a : b);
	struct active_entry *high = grant_active(gt, a < b ? b : a);
	int16_t status = GNTST_eagain;

	machine_lock(cpu, &low->lock);
	machine_lock(cpu, &high->lock);
	if (!low->pin && !high->pin) {
		words_swap(cpu, gt, a, b);
		status = GNTST_okay;
	}
	machine_unlock(cpu, &high->lock);
	machine_unlock(cpu, &low->lock);
	return status;
}

static int16_t swap_locked(struct cpu *cpu, struct grant_table *gt,
			   const gnttab_swap_grant_ref_t *op)
{
	if (op->ref_a >= grant_entries(gt) || op->ref_b >= grant_entries(gt))
		return GNTST_bad_gntref;
	if (op->ref_a == op->ref_b)
		return GNTST_okay;
	return entries_swap(cpu, gt, op->ref_a, op->ref_b);
}

int ops_swap_grant_ref(struct cpu *cpu, struct grant_table *caller,
		       struct gnttab_call *call)
{
	gnttab_swap_grant_ref_t op;
	int rc;

	for (bool first = true; call->count; first = false) {
		if (!first && machine_preemption_wanted(cpu))
			return GNTTAB_PREEMPTED;
		rc = op_fetch(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
		machine_lock(cpu, &caller->lock);
		op.status = swap_locked(cpu, caller, &op);
		machine_unlock(cpu, &caller->lock);
		rc = op_store(cpu, call, &op, sizeof(op));
		if (rc)
			return rc;
	}
	return 0;
}

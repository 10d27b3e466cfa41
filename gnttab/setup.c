/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * setup.c - GNTTABOP_setup_table, query_size, get_status_frames and
 * get_version: how large is a table, and where does it lie?
 *
 * Each is about one table, which only its own domain and the hardware domain
 * may ask for.
 *
 * Source: xen/common/grant_table.c (gnttab_setup_table, gnttab_query_size,
 * gnttab_get_status_frames, gnttab_get_version), Xen master c447b7308b13.
 */
#include "gnttab/ops.h"

#include <errno.h>

#include "gnttab/grant_table.h"
#include "gnttab/table.h"

/* The table of @id, if @caller may ask for it. */
static int16_t table_find(struct cpu *cpu, struct grant_table *caller,
			  domid_t id, struct grant_table **gt)
{
	*gt = id == DOMID_SELF ? caller : machine_grant_table(cpu, id);
	if (!*gt)
		return GNTST_bad_domain;
	if (*gt != caller && !caller->who.hardware)
		return GNTST_permission_denied;
	return GNTST_okay;
}

/* Tell the guest the number of a frame: the @i-th of the list at @list. */
static int16_t number_store(struct cpu *cpu, const void *list, unsigned i,
			    mfn_t mfn)
{
	uint64_t at = (uint64_t)(uintptr_t)list + i * sizeof(mfn.n);

	if (machine_copy_to_guest(cpu, at, &mfn.n, sizeof(mfn.n)))
		return GNTST_bad_virt_addr;
	return GNTST_okay;
}

/* These calls are about one table: they take no array. */
static int only_op_fetch(struct cpu *cpu, const struct gnttab_call *call,
			 void *op, size_t size)
{
	return call->count == 1 ? op_fetch(cpu, call, op, size) : -EINVAL;
}

static int16_t setup_locked(struct cpu *cpu, struct grant_table *gt,
			    const gnttab_setup_table_t *op)
{
	int16_t status = GNTST_okay;

	if (table_grow(cpu, gt, op->nr_frames))
		return GNTST_general_error;
	for (unsigned i = 0; i < op->nr_frames; i++) {
		if (number_store(cpu, op->frame_list.p, i, gt->frames[i].mfn))
			status = GNTST_bad_virt_addr;
	}
	return status;
}

static int16_t setup(struct cpu *cpu, struct grant_table *caller,
		     const gnttab_setup_table_t *op)
{
	struct grant_table *gt;
	int16_t status = table_find(cpu, caller, op->dom, &gt);

	if (status != GNTST_okay)
		return status;
	if (op->nr_frames > gt->rules->max_grant_frames)
		return GNTST_general_error;
	machine_lock(cpu, &gt->lock);
	status = setup_locked(cpu, gt, op);
	machine_unlock(cpu, &gt->lock);
	return status;
}

int ops_setup_table(struct cpu *cpu, struct grant_table *caller,
		    struct gnttab_call *call)
{
	gnttab_setup_table_t op;
	int rc = only_op_fetch(cpu, call, &op, sizeof(op));

	if (rc)
		return rc;
	op.status = setup(cpu, caller, &op);
	return op_store(cpu, call, &op, sizeof(op));
}

int ops_query_size(struct cpu *cpu, struct grant_table *caller,
		   struct gnttab_call *call)
{
	gnttab_query_size_t op;
	struct grant_table *gt;
	int rc = only_op_fetch(cpu, call, &op, sizeof(op));

	if (rc)
		return rc;
	op.status = table_find(cpu, caller, op.dom, &gt);
	if (op.status == GNTST_okay) {
		op.nr_frames = gt->nr_frames;
		op.max_nr_frames = gt->rules->max_grant_frames;
	}
	return op_store(cpu, call, &op, sizeof(op));
}

static int16_t status_locked(struct cpu *cpu, const struct grant_table *gt,
			     const gnttab_get_status_frames_t *op)
{
	int16_t status = GNTST_okay;

	if (op->nr_frames > gt->nr_status)
		return GNTST_general_error;
	for (unsigned i = 0; i < op->nr_frames; i++) {
		if (number_store(cpu, op->frame_list.p, i, gt->status[i].mfn))
			status = GNTST_bad_virt_addr;
	}
	return status;
}

static int16_t status_list(struct cpu *cpu, struct grant_table *caller,
			   const gnttab_get_status_frames_t *op)
{
	struct grant_table *gt;
	int16_t status = table_find(cpu, caller, op->dom, &gt);

	if (status != GNTST_okay)
		return status;
	machine_lock(cpu, &gt->lock);
	status = status_locked(cpu, gt, op);
	machine_unlock(cpu, &gt->lock);
	return status;
}

int ops_get_status_frames(struct cpu *cpu, struct grant_table *caller,
			  struct gnttab_call *call)
{
	gnttab_get_status_frames_t op;
	int rc = only_op_fetch(cpu, call, &op, sizeof(op));

	if (rc)
		return rc;
	op.status = status_list(cpu, caller, &op);
	return op_store(cpu, call, &op, sizeof(op));
}

int ops_get_version(struct cpu *cpu, struct grant_table *caller,
		    struct gnttab_call *call)
{
	gnttab_get_version_t op;
	struct grant_table *gt;
	int rc = op_fetch(cpu, call, &op, sizeof(op));

	if (rc)
		return rc;
	switch (table_find(cpu, caller, op.dom, &gt)) {
	case GNTST_bad_domain:
		return -ESRCH;
	case GNTST_permission_denied:
		return -EPERM;
	}
	op.version = gt->version;
	return op_store(cpu, call, &op, sizeof(op));
}

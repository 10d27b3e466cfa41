/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model_gnttab_table.c - sizes, versions, swapped entries and pages given
 * away, in the naive model.
 */
#include <errno.h>
#include <string.h>

#include "tests/model_gnttab_ops.h"

/* Whose table may @caller ask about? */
static int16_t table_of(domid_t caller, domid_t id, domid_t *d)
{
	*d = id == DOMID_SELF ? caller : id;
	if (*d >= FAKE_DOMAINS)
		return GNTST_bad_domain;
	return *d == caller || caller == 0 ? GNTST_okay
					   : GNTST_permission_denied;
}

/* ---- sizes ---------------------------------------------------------------
 */

/* One of @n numbers, after the operation itself, cannot be written. */
static int16_t list_status(unsigned n, unsigned fault)
{
	return fault >= 1 && fault <= n ? GNTST_bad_virt_addr : GNTST_okay;
}

static unsigned setup(struct model *md, domid_t caller,
		      gnttab_setup_table_t *op, unsigned fault)
{
	domid_t d;

	op->status = table_of(caller, op->dom, &d);
	if (op->status != GNTST_okay)
		return 0;
	op->status = GNTST_general_error;
	if (op->nr_frames > md->rules->max_grant_frames)
		return 0;
	if (md->domains[d].nr_frames < op->nr_frames)
		md->domains[d].nr_frames = op->nr_frames;
	op->status = list_status(op->nr_frames, fault);
	return op->nr_frames;
}

static unsigned status_frames(struct model *md, domid_t caller,
			      gnttab_get_status_frames_t *op, unsigned fault)
{
	domid_t d;

	op->status = table_of(caller, op->dom, &d);
	if (op->status != GNTST_okay)
		return 0;
	op->status = GNTST_general_error;
	if (op->nr_frames > model_status_frames(&md->domains[d]))
		return 0;
	op->status = list_status(op->nr_frames, fault);
	return op->nr_frames;
}

static void query(const struct model *md, domid_t caller,
		  gnttab_query_size_t *op)
{
	domid_t d;

	op->status = table_of(caller, op->dom, &d);
	if (op->status != GNTST_okay)
		return;
	op->nr_frames = md->domains[d].nr_frames;
	op->max_nr_frames = md->rules->max_grant_frames;
}

/* ---- versions ------------------------------------------------------------
 */

static int get_version(const struct model *md, domid_t caller,
		       gnttab_get_version_t *op)
{
	domid_t d;
	int16_t status = table_of(caller, op->dom, &d);

	if (status != GNTST_okay)
		return status == GNTST_bad_domain ? -ESRCH : -EPERM;
	op->version = md->domains[d].version;
	return 0;
}

static bool in_use(const struct model *md, domid_t d)
{
	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];

		if (mp->granter == d && mp->ref >= GNTTAB_NR_RESERVED_ENTRIES)
			return true;
	}
	return false;
}

static bool fits_v1(const struct model_grant *g)
{
	switch (g->flags & GTF_type_mask) {
	case GTF_permit_access:
		return g->frame <= UINT32_MAX;
	case GTF_transitive:
		return false;
	}
	return true;
}

static int set_version(struct model *md, domid_t caller, uint32_t version)
{
	struct model_domain *d = &md->domains[caller];

	if (version != 1 && version != 2)
		return -EINVAL;
	if (version == d->version)
		return 0;
	if (in_use(md, caller))
		return -EBUSY;
	for (unsigned i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++)
		if (version == 1 && !fits_v1(&d->grants[i]))
			return -ERANGE;
	for (unsigned i = 0; i < MODEL_REFS; i++) {
		struct model_grant *g = &d->grants[i];
		bool grants = (g->flags & GTF_type_mask) == GTF_permit_access;

		g->second = 0;
		if (i >= GNTTAB_NR_RESERVED_ENTRIES ||
		    (version == 1 && !grants))
			memset(g, 0, sizeof(*g));
	}
	d->version = version;
	return 0;
}

/* ---- one operation -------------------------------------------------------
 */

/* What the hypercall returns; @copies counts those between in and out. */
static int run(struct model *md, domid_t caller, unsigned cmd, void *op,
	       unsigned fault, unsigned *copies)
{
	gnttab_set_version_t *version = op;
	int rc;

	switch (cmd) {
	case GNTTABOP_setup_table:
		*copies = setup(md, caller, op, fault);
		return 0;
	case GNTTABOP_get_status_frames:
		*copies = status_frames(md, caller, op, fault);
		return 0;
	case GNTTABOP_query_size:
		query(md, caller, op);
		return 0;
	case GNTTABOP_get_version:
		return get_version(md, caller, op);
	}
	rc = set_version(md, caller, version->version);
	version->version = md->domains[caller].version;
	return rc;
}

int model_single(struct model *md, domid_t caller, unsigned cmd, void *op,
		 unsigned n, unsigned fault)
{
	bool versions = cmd == GNTTABOP_set_version ||
			cmd == GNTTABOP_get_version;
	size_t size = model_op_size(cmd);
	unsigned copies = 0;
	uint8_t saved[40];
	int rc;

	if (n != 1 && !versions)
		return -EINVAL;
	if (fault == 0)
		return -EFAULT;
	memcpy(saved, op, size);
	rc = run(md, caller, cmd, op, fault, &copies);
	if (rc && cmd == GNTTABOP_get_version)
		return rc; /* writes nothing */
	if (fault != copies + 1)
		return rc;
	memcpy(op, saved, size);
	return -EFAULT;
}

/* ---- entries swapped, pages given away ----------------------------------- */

void model_swap(struct model *md, domid_t caller, gnttab_swap_grant_ref_t *op)
{
	struct model_domain *d = &md->domains[caller];
	struct model_grant a;

	op->status = GNTST_bad_gntref;
	if (op->ref_a >= model_entries(d) || op->ref_b >= model_entries(d))
		return;
	op->status = GNTST_okay;
	if (op->ref_a == op->ref_b)
		return;
	op->status = GNTST_eagain;
	if (model_pin(md, caller, op->ref_a) ||
	    model_pin(md, caller, op->ref_b))
		return;
	op->status = GNTST_okay;
	a = d->grants[op->ref_a];
	d->grants[op->ref_a] = d->grants[op->ref_b];
	d->grants[op->ref_b] = a;
}

/* Does the entry accept a page of @giver?  Nothing else may be in it. */
static bool accepts(const struct model *md, domid_t giver,
		    const gnttab_transfer_t *op)
{
	const struct model_domain *d = &md->domains[op->domid];
	bool bits = d->version == 1 && model_status(md, op->domid, op->ref);

	return op->ref < MODEL_REFS && !bits &&
	       d->grants[op->ref].flags == GTF_accept_transfer &&
	       d->grants[op->ref].domid == giver;
}

void model_transfer(struct model *md, domid_t caller, gnttab_transfer_t *op)
{
	struct model_domain *giver = &md->domains[caller], *taker;
	struct model_grant *g;
	unsigned refs, writers;
	uint64_t mfn;

	op->status = GNTST_bad_page;
	if (op->mfn >= FAKE_GUEST_FRAMES)
		return;
	mfn = giver->frame_at[op->mfn];
	if (mfn == FAKE_NOWHERE || mfn % FAKE_GUEST_FRAMES >= FAKE_DATA_FRAMES)
		return;
	model_frame(md, mfn, &refs, &writers);
	if (refs)
		return;
	/* From here on it is lost if nobody takes it. */
	giver->frame_at[op->mfn] = FAKE_NOWHERE;
	giver->owned--;
	md->owner_of[mfn] = DOMID_IDLE;
	model_flush(md, caller);
	op->status = GNTST_bad_domain;
	if (op->domid >= FAKE_DOMAINS)
		return;
	taker = &md->domains[op->domid];
	op->status = GNTST_general_error;
	if (taker->owned == FAKE_GUEST_FRAMES || !accepts(md, caller, op))
		return;
	op->status = GNTST_okay;
	g = &taker->grants[op->ref];
	g->flags |= GTF_transfer_committed | GTF_transfer_completed;
	taker->owned++;
	md->owner_of[mfn] = op->domid;
	if (g->frame < FAKE_GUEST_FRAMES)
		taker->frame_at[g->frame] = mfn;
}

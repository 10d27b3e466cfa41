/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model_gnttab_claim.c - who may use an entry, in the naive model.
 *
 * What is pinned stays what it was when the first pin went in; only whether
 * it may be written is asked again, for the first writer.
 */
#include "tests/model_gnttab_ops.h"

#define PIN_WRITERS 0x00ff00ff

int16_t model_translate(const struct model *md, domid_t d, uint64_t gfn,
			bool write, uint64_t *mfn)
{
	if (gfn >= FAKE_GUEST_FRAMES)
		return GNTST_bad_page;
	if (gfn == md->paged_out)
		return GNTST_eagain;
	*mfn = md->domains[d].frame_at[gfn];
	if (*mfn == FAKE_NOWHERE || md->domains[d].granted[gfn])
		return GNTST_bad_page;
	if (write && *mfn % FAKE_GUEST_FRAMES >= FAKE_DATA_FRAMES)
		return GNTST_general_error; /* a page table */
	return GNTST_okay;
}

static const struct model_mapping *first(const struct model *md,
					 domid_t granter, grant_ref_t ref)
{
	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];

		if (mp->granter == granter && mp->ref == ref)
			return mp;
	}
	return NULL;
}

static struct model_grant grant_of(const struct model *md,
				   const struct model_mapping *mp)
{
	if (mp->ref >= MODEL_REFS)
		return (struct model_grant){ 0 };
	return md->domains[mp->granter].grants[mp->ref];
}

/* Of a kind there may be 128, and in 2014 none of another then either. */
static bool full(const struct model *md, const struct model_mapping *mp)
{
	uint32_t pin = model_pin(md, mp->granter, mp->ref);

	if (md->rules->era == GNTTAB_ERA_2014)
		return pin & 0x80808080;
	return pin & model_pins(mp) * 0x80;
}

/* By another way: what the transitive entry of @mp stands for. */
static int16_t claim_further(struct model *md, struct model_mapping *mp)
{
	struct model_mapping further = {
		.mapper = mp->granter,
		.granter = mp->owner,
		.ref = mp->owners_ref,
		.handle = mp->handle,
		.flags = mp->flags,
	};
	int16_t status;

	if (mp->owner >= FAKE_DOMAINS || mp->owner == mp->granter)
		return GNTST_general_error;
	status = model_claim(md, &further, MODEL_FURTHER);
	mp->mfn = further.mfn;
	mp->start = further.start;
	mp->length = further.length;
	return status;
}

static int16_t claim_pinned(struct model *md, struct model_mapping *mp,
			    const struct model_mapping *pinned,
			    enum model_use use)
{
	bool partial = pinned->sub_page || pinned->transitive;

	if (pinned->mapper != mp->mapper || full(md, mp) ||
	    (partial && use == MODEL_MAP) ||
	    (pinned->transitive && use == MODEL_FURTHER))
		return GNTST_general_error;
	mp->mfn = pinned->mfn;
	mp->start = pinned->start;
	mp->length = pinned->length;
	mp->sub_page = pinned->sub_page;
	mp->transitive = pinned->transitive;
	mp->owner = pinned->owner;
	mp->owners_ref = pinned->owners_ref;
	if (mp->transitive)
		return claim_further(md, mp);
	/* With its last entry rewritten, the page may have been given away. */
	if (md->owner_of[mp->mfn] != mp->granter)
		return GNTST_general_error;
	if (model_writable(mp) &&
	    mp->mfn % FAKE_GUEST_FRAMES >= FAKE_DATA_FRAMES)
		return GNTST_general_error; /* a page table */
	return GNTST_okay;
}

static int16_t claim_new(struct model *md, struct model_mapping *mp,
			 enum model_use use)
{
	struct model_grant g = grant_of(md, mp);
	bool v2 = md->domains[mp->granter].version == 2;
	unsigned type = g.flags & GTF_type_mask;

	if (g.domid != mp->mapper ||
	    (use == MODEL_MAP && (g.flags & GTF_sub_page)))
		return GNTST_general_error;
	if (type == GTF_transitive && v2 && use == MODEL_COPY) {
		mp->transitive = true;
		mp->owner = g.second;
		mp->owners_ref = g.frame;
		return claim_further(md, mp);
	}
	if (type != GTF_permit_access)
		return GNTST_general_error;
	mp->length = 4096;
	if (v2 && (g.flags & GTF_sub_page)) {
		mp->sub_page = true;
		mp->start = g.second;
		mp->length = g.second >> 16;
	}
	return model_translate(md, mp->granter, g.frame, model_writable(mp),
			       &mp->mfn);
}

int16_t model_claim(struct model *md, struct model_mapping *mp,
		    enum model_use use)
{
	const struct model_mapping *pinned = first(md, mp->granter, mp->ref);
	uint32_t pin = model_pin(md, mp->granter, mp->ref);
	bool new_writer = model_writable(mp) && !(pin & PIN_WRITERS);
	int16_t status;

	if (mp->ref >= model_entries(&md->domains[mp->granter]))
		return GNTST_bad_gntref;
	if (new_writer && (grant_of(md, mp).flags & GTF_readonly))
		return GNTST_general_error;
	status = pinned ? claim_pinned(md, mp, pinned, use)
			: claim_new(md, mp, use);
	if (status == GNTST_okay)
		model_add(md, mp);
	return status;
}

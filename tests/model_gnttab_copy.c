/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_gnttab_copy.c - grant copies, in the naive model. */
#include <string.h>

#include "tests/model_gnttab_ops.h"

enum end { SOURCE, DEST };

static void end_release(struct model *md, enum end e)
{
	grant_handle_t h = e == SOURCE ? MODEL_SOURCE : MODEL_DEST;

	md->copy[e].held = false;
	for (unsigned i = md->nr_mappings; i-- > 0;)
		if (md->mappings[i].handle == h)
			model_forget(md, i);
}

void model_copy_end(struct model *md)
{
	end_release(md, SOURCE);
	end_release(md, DEST);
}

static int16_t end_find(domid_t caller, const struct gnttab_copy_ptr *ptr,
			bool by_ref, struct model_page *page)
{
	*page = (struct model_page){
		.by_ref = by_ref,
		.owner = ptr->domid == DOMID_SELF ? caller : ptr->domid,
		.number = by_ref ? ptr->u.ref : ptr->u.gmfn,
		.length = 4096,
	};
	if (ptr->domid == DOMID_SELF)
		return GNTST_okay;
	if (!by_ref)
		return GNTST_permission_denied;
	return ptr->domid < FAKE_DOMAINS ? GNTST_okay : GNTST_bad_domain;
}

static int16_t end_claim(struct model *md, domid_t caller, enum end e,
			 struct model_page *page)
{
	struct model_mapping mp = {
		.mapper = caller,
		.granter = page->owner,
		.ref = page->number,
		.handle = e == SOURCE ? MODEL_SOURCE : MODEL_DEST,
		.flags = GNTMAP_host_map | (e == DEST ? 0 : GNTMAP_readonly),
	};
	int16_t status;

	if (!page->by_ref)
		return model_translate(md, caller, page->number, e == DEST,
				       &page->mfn);
	status = model_claim(md, &mp, MODEL_COPY);
	page->mfn = mp.mfn;
	page->start = mp.start;
	page->length = mp.length;
	return status;
}

/* The same page as before stays claimed. */
static int16_t end_use(struct model *md, domid_t caller, enum end e,
		       struct model_page *page)
{
	const struct model_page *held = &md->copy[e];
	int16_t status;

	if (held->held && held->by_ref == page->by_ref &&
	    held->owner == page->owner && held->number == page->number)
		return GNTST_okay;
	end_release(md, e);
	status = end_claim(md, caller, e, page);
	if (status != GNTST_okay)
		return status;
	page->held = true;
	md->copy[e] = *page;
	return GNTST_okay;
}

static bool inside(const struct model_page *page, unsigned offset, unsigned len)
{
	return offset >= page->start &&
	       offset + len <= (unsigned)page->start + page->length;
}

static int16_t copy(struct model *md, domid_t caller, const gnttab_copy_t *op)
{
	const struct model_page *from = &md->copy[SOURCE];
	const struct model_page *to = &md->copy[DEST];
	struct model_page source, dest;
	int16_t status;

	if (!op->len)
		return GNTST_okay;
	status = end_find(caller, &op->source, op->flags & GNTCOPY_source_gref,
			  &source);
	if (status == GNTST_okay)
		status = end_find(caller, &op->dest,
				  op->flags & GNTCOPY_dest_gref, &dest);
	if (status == GNTST_okay)
		status = end_use(md, caller, SOURCE, &source);
	if (status == GNTST_okay)
		status = end_use(md, caller, DEST, &dest);
	if (status != GNTST_okay)
		return status;
	if (op->source.offset + op->len > 4096 ||
	    op->dest.offset + op->len > 4096)
		return GNTST_bad_copy_arg;
	if (!inside(from, op->source.offset, op->len) ||
	    !inside(to, op->dest.offset, op->len))
		return GNTST_general_error;
	memmove(&md->memory[to->mfn][op->dest.offset],
		&md->memory[from->mfn][op->source.offset], op->len);
	return GNTST_okay;
}

void model_copy(struct model *md, domid_t caller, gnttab_copy_t *op)
{
	op->status = copy(md, caller, op);
	if (op->status != GNTST_okay)
		model_copy_end(md);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_gnttab_ops.h - between the files of the model. */
#ifndef TESTS_MODEL_GNTTAB_OPS_H
#define TESTS_MODEL_GNTTAB_OPS_H

#include "tests/model_gnttab.h"

/* What an entry is wanted for. */
enum model_use {
	MODEL_MAP,
	MODEL_COPY,
	MODEL_FURTHER, /* a copy, as what a transitive entry stands for */
};

bool model_writable(const struct model_mapping *mp);
uint32_t model_pins(const struct model_mapping *mp);
void model_add(struct model *md, const struct model_mapping *mp);
void model_forget(struct model *md, unsigned i);
/* All TLBs of @d, if it has any business with them. */
void model_flush(struct model *md, domid_t d);

/* Where @gfn of @d leads, if it may be used so. */
int16_t model_translate(const struct model *md, domid_t d, uint64_t gfn,
			bool write, uint64_t *mfn);
/* May mapper use the entry with these flags, for that?  Then it is on the
 * list, with what it stands for, if that is another. */
int16_t model_claim(struct model *md, struct model_mapping *mp,
		    enum model_use use);

void model_map(struct model *md, domid_t caller, gnttab_map_grant_ref_t *op);
void model_unmap(struct model *md, domid_t caller, gnttab_unmap_grant_ref_t *op,
		 bool *accessed);
void model_replace(struct model *md, domid_t caller,
		   gnttab_unmap_and_replace_t *op, bool *accessed);
void model_copy(struct model *md, domid_t caller, gnttab_copy_t *op);
/* What is claimed from one operation to the next. */
void model_copy_end(struct model *md);
void model_swap(struct model *md, domid_t caller, gnttab_swap_grant_ref_t *op);
void model_transfer(struct model *md, domid_t caller, gnttab_transfer_t *op);
/* Commands with one operation, and no list of them. */
int model_single(struct model *md, domid_t caller, unsigned cmd, void *op,
		 unsigned n, unsigned fault);

#endif /* TESTS_MODEL_GNTTAB_OPS_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.h - the model behind hw.h.
 */
#ifndef METAL_MODEL_H
#define METAL_MODEL_H

#include "tests/metal/hw.h"

enum model_caches {
	MODEL_CACHES_EVERYTHING,	/* and drops nothing unasked */
	MODEL_CACHES_NOTHING,
	MODELS
};

/* A model of the machine that @header tells of.  0 or negative errno. */
int model_create(struct metal_hw **hw, const struct metal_header *header,
		 enum model_caches caches);
void model_destroy(struct metal_hw *hw);

/* The METAL_OPTIONAL features that mmu/ has: cases use no others. */
uint32_t model_features(void);

#endif /* METAL_MODEL_H */

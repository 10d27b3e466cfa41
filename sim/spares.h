/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spares.h - what a simulator leaves to the next one of its kind.
 *
 * To have the host's kernel make it anew takes longer than a short run.
 */
#ifndef SIM_SPARES_H
#define SIM_SPARES_H

#include "mmu/sparse.h"
#include "sim/strand.h"

/* All 0 at first. */
struct spares {
	struct strands strands;
	struct sparse_maps maps;
};

static inline void spares_free(struct spares *spares)
{
	strands_free(&spares->strands);
	sparse_maps_free(&spares->maps);
}

#endif /* SIM_SPARES_H */

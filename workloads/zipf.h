/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zipf.h - ranks by Zipf's law: rank k is drawn 1/k^s times as often as rank
 * 1.  All in integers, so that every machine draws the same.
 */
#ifndef WORKLOADS_ZIPF_H
#define WORKLOADS_ZIPF_H

#include "workloads/dist.h"

/* The exponent s, in hundredths. */
#define ZIPF_SKEW_MAX 400
#define ZIPF_RANKS_MAX (UINT32_C(1) << 24)

struct zipf {
	uint32_t ranks;
	uint64_t *upto; /* weights so far, this rank's included */
};

/* 1/k^(skew/100) as a fraction of 2^32, rounded down, but at least 1. */
uint64_t zipf_weight(uint32_t k, unsigned skew);
/* false: no memory. */
bool zipf_init(struct zipf *zipf, uint32_t ranks, unsigned skew);
void zipf_fini(struct zipf *zipf);
/* 0 .. ranks - 1, the first the most often. */
uint32_t zipf_draw(const struct zipf *zipf, struct rng *rng);

#endif /* WORKLOADS_ZIPF_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zipf.c - ranks by Zipf's law, in integers.
 *
 *     k^-s = 2^(-s * log2 k)
 *
 *     log2 k     bit by bit: square the mantissa, a bit is set when it
 *                reaches 2
 *     2^-y       the whole part of y shifts; each bit of the rest multiplies
 *                by 2^(-1/2), 2^(-1/4) ..., which are square roots of one
 *                another
 *
 * Fractions have 32 bits.  Source: Knuth, The Art of Computer Programming,
 * volume 1, 1.2.2, exercises 25 and 28.
 */
#include "workloads/zipf.h"

#include <stdlib.h>

#define BITS 32
#define ONE (UINT64_C(1) << BITS)

/* log2 @k, with BITS binary places; @k is at least 1. */
static uint64_t log2_of(uint32_t k)
{
	unsigned whole = 31 - (unsigned)__builtin_clz(k);
	uint64_t mantissa = (uint64_t)k << (31 - whole); /* 2^31 .. 2^32 */
	uint64_t log = whole;

	for (unsigned i = 0; i < BITS; i++) {
		mantissa = (mantissa * mantissa) >> 31;
		log <<= 1;
		if (mantissa >= ONE) {
			mantissa >>= 1;
			log |= 1;
		}
	}
	return log;
}

/* The root of @square, rounded down. */
static uint64_t root_of(uint64_t square)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= square)
			root |= bit;
	return root;
}

/* 2^-@y of BITS binary places, with as many. */
static uint64_t power_of(uint64_t y)
{
	uint64_t whole = y >> BITS, factor = ONE >> 1, power = ONE;

	if (whole > BITS)
		return 0;
	for (unsigned i = 1; i <= BITS; i++) {
		factor = root_of(factor << BITS);
		if (y >> (BITS - i) & 1)
			power = power * factor >> BITS;
	}
	return power >> whole;
}

uint64_t zipf_weight(uint32_t k, unsigned skew)
{
	uint64_t weight = power_of(log2_of(k) * skew / 100);

	return weight ? weight : 1;
}

bool zipf_init(struct zipf *zipf, uint32_t ranks, unsigned skew)
{
	uint64_t upto = 0;

	zipf->ranks = ranks;
	zipf->upto = calloc(ranks, sizeof(*zipf->upto));
	if (!zipf->upto)
		return false;
	for (uint32_t i = 0; i < ranks; i++)
		zipf->upto[i] = upto += zipf_weight(i + 1, skew);
	return true;
}

void zipf_fini(struct zipf *zipf)
{
	free(zipf->upto);
}

/* 0 .. @below - 1, each as often: what would make some more likely is drawn
 * again. */
static uint64_t draw_below(struct rng *rng, uint64_t below)
{
	uint64_t drawn, odd = -below % below; /* 2^64 mod below */

	do
		drawn = rng_next(rng);
	while (drawn < odd);
	return drawn % below;
}

uint32_t zipf_draw(const struct zipf *zipf, struct rng *rng)
{
	uint64_t drawn = draw_below(rng, zipf->upto[zipf->ranks - 1]);
	uint32_t low = 0, high = zipf->ranks - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (drawn < zipf->upto[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cases.h - what the two generators share: entries and random numbers.
 *
 * No C library, as metal.h.
 */
#ifndef METAL_CASES_H
#define METAL_CASES_H

#include "tests/metal/metal.h"

/* ---- entries.c ---------------------------------------------------------- */

/* Of the bits of an address that an entry at @level of @levels translates. */
unsigned metal_shift(unsigned level, unsigned levels);
/* What leads on from @level, or to the cell, and permits everything. */
uint64_t metal_permissive(unsigned level, unsigned leaf, unsigned levels);
/* The @n-th bit that is reserved in every entry, 0 if there is none. */
uint64_t metal_reserved_bit(struct metal_machine machine, unsigned n);
/* The control bits of the @n-th paging mode. */
#define METAL_MODES 5
uint32_t metal_mode(unsigned n);

/* ---- random.c ----------------------------------------------------------- */

uint64_t metal_mix(uint64_t x);
void metal_random_case(struct metal_cursor *at, struct metal_case *c);

#endif /* METAL_CASES_H */

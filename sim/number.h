/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * number.h - numbers as traces write them, out of text that need not end in
 * a NUL.
 *
 *   number    123  0x7b  64K        K M G: powers of 1024
 *   range     8  8..40  8..         both ends included; open: counts along
 *   decimal   123  99.5             for results and times
 *
 * A leading zero is refused: YAML 1.1 readers would take 010 for eight.
 */
#ifndef SIM_NUMBER_H
#define SIM_NUMBER_H

#include <stdint.h>

#include "sim/node.h"

enum number_end {
	NUMBER_OK,
	NUMBER_BAD,	  /* no number */
	NUMBER_ZERO,	  /* a leading zero */
	NUMBER_LARGE,	  /* does not fit 64 bits */
	NUMBER_BACKWARDS, /* a range whose end is before its
			     start */
};

/* The number at *@text, which is moved past it. */
enum number_end number_next(const char **text, const char *end,
			    uint64_t *value);

/* All of @text .. @end must be used up. */
enum number_end number_u64(const char *text, const char *end, uint64_t *value);
enum number_end number_i64(const char *text, const char *end, int64_t *value);
enum number_end number_range(const char *text, const char *end,
			     struct range *value);

/* Say why @text is not @what, which is what @end found. */
void number_error(struct diags *diags, struct place place,
		  enum number_end end, const char *what, const char *text,
		  size_t length);

/* digits / 10^places; exact. */
struct decimal {
	uint64_t digits;
	unsigned places; /* 0 .. 19 */
};
/* Read a decimal at *@text, and move *@text past it. */
enum number_end number_decimal(const char **text, const char *end,
			       struct decimal *value);
double decimal_real(struct decimal value);
/* @value * @unit if that is a whole number below 2^64. */
enum number_end decimal_times(struct decimal value, uint64_t unit,
			      uint64_t *product);

#endif /* SIM_NUMBER_H */

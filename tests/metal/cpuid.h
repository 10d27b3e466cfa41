/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpuid.h - what a processor says of itself: read from this one, or from a
 * recording.
 */
#ifndef TESTS_METAL_CPUID_H
#define TESTS_METAL_CPUID_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CPUID_LEAVES 64

struct cpuid_leaf {
	uint32_t leaf, subleaf;
	uint32_t eax, ebx, ecx, edx;
};

struct cpuid {
	unsigned count;
	struct cpuid_leaf leaf[CPUID_LEAVES];
};

/* Of this processor: the leaves that the skeleton of a profile needs. */
void cpuid_read(struct cpuid *cpuid);
/* Lines of LEAF SUBLEAF EAX EBX ECX EDX, hexadecimal; # starts a comment.
 * The number of the first line that is none, or 0. */
unsigned cpuid_parse(struct cpuid *cpuid, FILE *from);
void cpuid_write(const struct cpuid *cpuid, FILE *to);

/* All 0 if there is no such leaf. */
struct cpuid_leaf cpuid_get(const struct cpuid *cpuid, uint32_t leaf,
			    uint32_t subleaf);

/* Print a machine profile made of what @cpuid says (skeleton.c). */
void skeleton_print(const struct cpuid *cpuid, FILE *to);

#endif /* TESTS_METAL_CPUID_H */

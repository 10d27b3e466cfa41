/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpuid.c - what a processor says of itself, from it or from a recording. */
#include "tests/metal/cpuid.h"

#include <cpuid.h>
#include <inttypes.h>

/* A leaf, and how many subleaves are asked for at most. */
static const struct {
	uint32_t leaf, subleaves;
} wanted[] = {
	{ 0, 1 },	   { 1, 1 },	      { 2, 1 },
	{ 4, 4 },	   { 7, 1 },	      { 0x18, 16 },
	{ 0x80000000, 1 }, { 0x80000001, 1 }, { 0x80000002, 1 },
	{ 0x80000003, 1 }, { 0x80000004, 1 }, { 0x80000005, 1 },
	{ 0x80000006, 1 }, { 0x80000008, 1 }, { 0x80000019, 1 },
	{ 0x80000021, 1 },
};

static void add(struct cpuid *cpuid, struct cpuid_leaf leaf)
{
	if (cpuid->count < CPUID_LEAVES)
		cpuid->leaf[cpuid->count++] = leaf;
}

void cpuid_read(struct cpuid *cpuid)
{
	cpuid->count = 0;
	for (unsigned i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		uint32_t leaf = wanted[i].leaf;
		struct cpuid_leaf got = { .leaf = leaf };

		if (leaf > (uint32_t)__get_cpuid_max(leaf & 0x80000000, NULL))
			continue;
		for (; got.subleaf < wanted[i].subleaves; got.subleaf++) {
			__cpuid_count(leaf, got.subleaf, got.eax, got.ebx,
				      got.ecx, got.edx);
			add(cpuid, got);
		}
	}
}

unsigned cpuid_parse(struct cpuid *cpuid, FILE *from)
{
	char line[256];

	cpuid->count = 0;
	for (unsigned number = 1; fgets(line, sizeof(line), from); number++) {
		struct cpuid_leaf got;

		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (sscanf(line,
			   "%" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32
			   " %" SCNx32 " %" SCNx32,
			   &got.leaf, &got.subleaf, &got.eax, &got.ebx,
			   &got.ecx, &got.edx) != 6)
			return number;
		add(cpuid, got);
	}
	return 0;
}

void cpuid_write(const struct cpuid *cpuid, FILE *to)
{
	for (unsigned i = 0; i < cpuid->count; i++) {
		const struct cpuid_leaf *l = &cpuid->leaf[i];

		fprintf(to, "%08x %02x %08x %08x %08x %08x\n", l->leaf,
			l->subleaf, l->eax, l->ebx, l->ecx, l->edx);
	}
}

struct cpuid_leaf cpuid_get(const struct cpuid *cpuid, uint32_t leaf,
			    uint32_t subleaf)
{
	for (unsigned i = 0; i < cpuid->count; i++)
		if (cpuid->leaf[i].leaf == leaf &&
		    cpuid->leaf[i].subleaf == subleaf)
			return cpuid->leaf[i];
	return (struct cpuid_leaf){ .leaf = leaf, .subleaf = subleaf };
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.c - one line for a case, one for what became of it.
 *
 *   2M supervisor write; wp nxe; va 0x8140723240
 *     pml4e 0x200007 p rw us
 *     ...
 *   #PF 0x3 (p w), A 4 3, D -
 */
#include "config.h"

#include "tests/metal/describe.h"

#include <inttypes.h>
#include <stddef.h>

#include "mmu/x86.h"

struct bit_name {
	uint64_t bit;
	const char *name;
};

static const struct bit_name entry_bits[] = {
	{ PTE_P, "p" },	    { PTE_RW, "rw" },	{ PTE_US, "us" },
	{ PTE_PWT, "pwt" }, { PTE_PCD, "pcd" }, { PTE_A, "a" },
	{ PTE_D, "d" },	    { PTE_PS, "ps" },	{ PTE_G, "g" },
	{ PTE_XD, "xd" },
};

static const struct bit_name error_bits[] = {
	{ PF_P, "p" },	     { PF_W, "w" },   { PF_U, "u" },
	{ PF_RSVD, "rsvd" }, { PF_ID, "id" }, { PF_PK, "pk" },
};

static const struct bit_name control_bits[] = {
#define X(name, bit, text) { METAL_##name, text },
	METAL_CONTROLS(X)
#undef X
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void print_bits(FILE *out, uint64_t value, const struct bit_name *name,
		       size_t names)
{
	for (size_t i = 0; i < names; i++)
		if (value & name[i].bit)
			fprintf(out, " %s", name[i].name);
}

void describe_case(FILE *out, const struct metal_case *c)
{
	static const char *const level_name[] = { "",	   "pte",   "pde",
						  "pdpte", "pml4e", "pml5e" };
	static const char *const size[] = { "", "4K", "2M", "1G" };
	static const char *const op[] = {
		[METAL_OP_READ] = "read",
		[METAL_OP_WRITE] = "write",
		[METAL_OP_FETCH] = "fetch",
		[METAL_OP_RMW] = "locked write",
	};

	fprintf(out, "%s %s %s;",
		c->leaf == 2 && metal_levels(c) == 2 ? "4M" : size[c->leaf],
		c->user ? "user" : "supervisor", op[c->op]);
	print_bits(out, c->control, control_bits, COUNT(control_bits));
	if (c->control & METAL_PKE)
		fprintf(out, "; pkru %#" PRIx32, c->pkru);
	if (c->late)
		fputs("; pdpte stored after MOV CR3", out);
	if (c->other_pdpte)
		fprintf(out, "; another pdpte %#" PRIx64, c->other_pdpte);
	fprintf(out, "; va %#" PRIx64 "\n", c->va);
	for (unsigned level = metal_levels(c); level >= c->leaf; level--) {
		fprintf(out, "    %-5s %#018" PRIx64, level_name[level],
			c->entry[level]);
		print_bits(out, c->entry[level], entry_bits, COUNT(entry_bits));
		fputc('\n', out);
	}
}

static void print_levels(FILE *out, const char *name, unsigned ad)
{
	fprintf(out, ", %s", name);
	for (unsigned level = METAL_LEVELS; level > 0; level--)
		if (ad >> 2 * (level - 1) & 1)
			fprintf(out, " %u", level);
	if (!(ad & 0x155))
		fputs(" -", out);
}

static void print_end(FILE *out, const struct metal_result *result)
{
	if (result->vector == METAL_SKIPPED)
		fputs("skipped", out);
	else if (result->vector == METAL_DONE)
		fputs("done", out);
	else if (result->vector != 14)
		fprintf(out, "exception %u, error code %#x", result->vector,
			result->error);
	else
		fprintf(out, "#PF %#x", result->error);
	if (result->vector == 14)
		print_bits(out, result->error, error_bits, COUNT(error_bits));
}

void describe_result(FILE *out, const struct metal_result *result)
{
	print_end(out, result);
	print_levels(out, "A", result->ad);
	print_levels(out, "D", result->ad >> 1);
	if (result->vector == 14 && !(result->flags & METAL_CR2_IS_VA))
		fputs(", CR2 is not the address", out);
	if (result->flags & METAL_AT_MOV_CR3)
		fputs(", at MOV CR3", out);
	else if (!(result->flags & METAL_AT_ACCESS))
		fputs(", RIP is not the access's", out);
	if (result->flags & METAL_CELL_USED)
		fputs(", cell", out);
	if (result->flags & METAL_OTHER_USED)
		fputs(", other cell", out);
	if (!(result->flags & METAL_INTACT))
		fputs(", an entry was damaged", out);
	fputc('\n', out);
}

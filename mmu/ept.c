/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ept.c - extended page tables: four levels of entries like these.
 *
 *   63 . 52  51 ......... 12  11 10  9   8   7    6   5 . 3   2   1   0
 *  [ ign.  ][ frame number  ][ign. ][D ][A ][PS][ign.][type ][ X ][ W ][ R ]
 *
 * Present is what has any of R, W, X.  It is misconfigured if W is set without
 * R; if X is all that is set, as no processor here has execute-only
 * translations; if the memory type of a page is 2, 3 or 7; or if one of these
 * is set, or an address bit from MAXPHYADDR on:
 *
 *                maps a table    maps a page
 *   PML4E        7..3            -
 *   PDPTE        6..3            29..12; 7 itself without 1 GiB pages
 *   PDE          6..3            20..12
 *   PTE          -               -
 *
 * Rules:
 *  (1) A and D are set in an entry only in the value that was examined, and
 *      only if EPTP asks for them.
 *  (2) Nothing is set in a leaf that denies the access.
 *
 * Sources: SDM vol. 3C, "EPT Translation Mechanism", "EPT Misconfigurations",
 * "EPT Violations", "Accessed and Dirty Flags for EPT", "Exit Qualification
 * for EPT Violations".
 */
#include "config.h"

#include "mmu/nested.h"
#include "mmu/physmem.h"

#define EPT_A (1ull << 8)
#define EPT_D (1ull << 9)
#define EPT_PS (1ull << 7)
#define EPT_RIGHTS 7u
#define EPT_LEVELS 4

#define EPTP_TYPE 7ull
#define EPTP_UC 0ull
#define EPTP_WB 6ull
#define EPTP_LENGTH_SHIFT 3
#define EPTP_RESERVED 0xf80ull

/* Exit qualification: what was wanted in 2..0, what there is in 5..3. */
#define EXIT_RIGHTS_SHIFT 3
#define EXIT_LINEAR_VALID (1ull << 7)
#define EXIT_TRANSLATED (1ull << 8)

bool ept_pointer_is_valid(const struct mmu_profile *profile, uint64_t eptp)
{
	uint64_t type = eptp & EPTP_TYPE;

	if ((type != EPTP_UC && type != EPTP_WB) ||
	    (eptp >> EPTP_LENGTH_SHIFT & 7) != EPT_LEVELS - 1)
		return false;
	if ((eptp & EPTP_AD) && !profile->ept_ad)
		return false;
	return !(eptp & EPTP_RESERVED) && eptp >> profile->maxphyaddr == 0;
}

void ept_init(struct nested *nested, const struct mmu_profile *profile)
{
	static const uint64_t reserved[EPT_LEVELS + 1][2] = {
		[4] = { 0x0f8, 0x0f8 },
		[3] = { 0x078, 0x3ffff000 },
		[2] = { 0x078, 0x1ff000 },
	};
	uint64_t beyond = PTE_FRAME & ~0ull << profile->maxphyaddr;

	for (unsigned level = 1; level <= EPT_LEVELS; level++)
		for (unsigned page = 0; page < 2; page++)
			nested->reserved[level][page] = reserved[level][page] |
							beyond;
	if (!profile->page_1g)
		nested->reserved[3][1] |= EPT_PS;
}

uint64_t ept_qualification(const struct nested_request *request,
			   unsigned rights)
{
	return request->wants | (uint64_t)rights << EXIT_RIGHTS_SHIFT |
	       EXIT_LINEAR_VALID | (request->table ? 0 : EXIT_TRANSLATED);
}

static bool is_misconfigured(const struct nested *nested, unsigned level,
			     bool page, uint64_t value)
{
	unsigned type = value >> 3 & 7;

	if (!(value & NESTED_READ) || (value & nested->reserved[level][page]))
		return true;
	return page && (type == 2 || type == 3 || type == 7);
}

/* Set @wanted in @value, which is at @at; false if it changed meanwhile. */
static bool set_flags(const struct nested *nested, paddr_t at, uint64_t *value,
		      uint64_t wanted, struct nested_answer *answer)
{
	uint64_t missing = nested->flags ? wanted & ~*value : 0;

	if (!missing)
		return true;
	if (!physmem_cmpxchg(nested->paging.mem, at, value, *value | missing))
		return false;
	*value |= missing;
	answer->a_set += (missing & EPT_A) != 0;
	answer->d_set += (missing & EPT_D) != 0;
	return true;
}

static uint64_t flags_wanted(const struct nested_request *request, bool page)
{
	if (request->look)
		return 0;
	return page && (request->wants & NESTED_WRITE) ? EPT_A | EPT_D : EPT_A;
}

static bool deny(const struct nested_request *request,
		 struct nested_answer *answer, unsigned rights)
{
	answer->end = NESTED_VIOLATION;
	answer->why = ept_qualification(request, rights);
	return false;
}

/* Examine the entry at @at; false: the walk ends there, by @answer. */
static bool step(const struct nested *nested,
		 const struct nested_request *request, unsigned level,
		 paddr_t at, uint64_t *value, struct nested_answer *answer)
{
	unsigned rights;
	bool page;

	do {
		page = level == 1 || (*value & EPT_PS);
		rights = answer->rights & *value & EPT_RIGHTS;
		if (!(*value & EPT_RIGHTS))
			return deny(request, answer, 0);
		if (is_misconfigured(nested, level, page, *value)) {
			answer->end = NESTED_MISCONFIGURED;
			return false;
		}
		if (page && !request->look && (request->wants & ~rights))
			return deny(request, answer, rights); /* (2) */
	} while (!set_flags(nested, at, value, flags_wanted(request, page),
			    answer)); /* (1) */
	answer->rights = rights;
	return !page;
}

static void reach_page(const struct nested *nested, unsigned level,
		       uint64_t value, struct nested_answer *answer)
{
	uint64_t inside = ~(~0ull << (12 + 9 * (level - 1)));

	answer->size = (enum mmu_page_size)(level - 1);
	answer->paddr = (value & PTE_FRAME & ~inside) | (answer->gpa & inside);
	answer->clean = nested->flags && !(value & EPT_D);
}

void ept_walk(const struct nested *nested, const struct nested_request *request,
	      struct nested_answer *answer)
{
	paddr_t table = nested->paging.root;
	unsigned level = EPT_LEVELS + 1;
	uint64_t value;
	bool down;

	answer->rights = EPT_RIGHTS;
	do {
		paddr_t at = table;

		at += 8 * (request->gpa >> (12 + 9 * (--level - 1)) & 511);
		value = UINT64_MAX;
		if (at < physmem_size(nested->paging.mem))
			value = physmem_read(nested->paging.mem, at);
		answer->loads++;
		down = step(nested, request, level, at, &value, answer);
		table = value & PTE_FRAME;
	} while (down);
	if (answer->end == NESTED_OK)
		reach_page(nested, level, value, answer);
}

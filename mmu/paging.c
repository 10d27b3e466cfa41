/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paging.c - the paging modes, one row each.
 *
 * Reserved in an entry with P=1, beside address bits from MAXPHYADDR on (up to
 * 51 in long mode, up to 62 with PAE) and bit 63 without EFER.NXE:
 *
 *                   maps a table        maps a page
 *   PML5E, PML4E    7                   -
 *   PDPTE           7 if no 1G pages    29..13
 *   PDE             -                   20..13
 *   PTE             -                   -  (bit 7 is PAT)
 *   PDPTE of PAE    63, 8..5, 2..1      -
 *   PDE of 32-bit   -                   21..13, but for the address bits from
 *                                       32 on that are in 20..13 (PSE-36)
 *
 * Sources: SDM vol. 3A, "Paging Modes and Control Bits", "32-Bit Paging", "PAE
 * Paging", "4-Level Paging and 5-Level Paging", "PDPTE Registers"; APM vol. 2,
 * "Legacy-Mode Page Translation", "Long-Mode Page Translation".
 */
#include "config.h"

#include "mmu/paging.h"

#include <string.h>

#include "mmu/nested.h"
#include "mmu/physmem.h"

/* Bits first..last, both included; first is at most last. */
#define BITS(last, first) ((~0ull >> (63 - (last))) & (~0ull << (first)))
#define LEVEL(n) (1u << (n))
#define RIGHTS (PTE_RW | PTE_US | PTE_XD)
#define PSE36_BITS 40 /* of a physical address, at most */

/* clang-format off */
static const struct mode {
	unsigned levels;
	unsigned index_bits;
	unsigned entry_shift;
	unsigned address_bits;
	bool sign;			/* the highest of them is */
	uint64_t root;			/* in CR3 */
	unsigned last_bit;		/* of what MAXPHYADDR reserves */
	unsigned pages;			/* LEVEL()s with large pages */
	unsigned plain;			/* LEVEL()s without rights and A */
	uint64_t reserved[WALK_LEVELS + 1];
	uint64_t reserved_page[WALK_LEVELS + 1];
} modes[] = {
	[PAGING_OFF] = {
		.address_bits = 32,
	},
	[PAGING_32_BIT] = {
		.levels = 2, .index_bits = 10, .entry_shift = 2,
		.address_bits = 32,
		.root = BITS(31, 12),
		.pages = LEVEL(2),
		.reserved_page = { [2] = BITS(21, 13) },
	},
	[PAGING_PAE] = {
		.levels = 3, .index_bits = 9, .entry_shift = 3,
		.address_bits = 32,
		.root = BITS(31, 5),
		.last_bit = 62,
		.pages = LEVEL(2),
		.plain = LEVEL(3),
		.reserved = { [3] = PTE_XD | BITS(8, 5) | BITS(2, 1) },
		.reserved_page = { [2] = BITS(20, 13) },
	},
	[PAGING_4_LEVEL] = {
		.levels = 4, .index_bits = 9, .entry_shift = 3,
		.address_bits = 48, .sign = true,
		.root = PTE_FRAME,
		.last_bit = 51,
		.pages = LEVEL(2) | LEVEL(3),
		.reserved = { [4] = PTE_PS },
		.reserved_page = { [2] = BITS(20, 13), [3] = BITS(29, 13) },
	},
	[PAGING_5_LEVEL] = {
		.levels = 5, .index_bits = 9, .entry_shift = 3,
		.address_bits = 57, .sign = true,
		.root = PTE_FRAME,
		.last_bit = 51,
		.pages = LEVEL(2) | LEVEL(3),
		.reserved = { [4] = PTE_PS, [5] = PTE_PS },
		.reserved_page = { [2] = BITS(20, 13), [3] = BITS(29, 13) },
	},
};
/* clang-format on */

enum paging_mode paging_mode(const struct mmu_registers *regs)
{
	if (!(regs->cr0 & CR0_PG))
		return PAGING_OFF;
	if (!(regs->cr4 & CR4_PAE))
		return PAGING_32_BIT;
	if (!(regs->efer & EFER_LMA))
		return PAGING_PAE;
	return regs->cr4 & CR4_LA57 ? PAGING_5_LEVEL : PAGING_4_LEVEL;
}

/* Bits that are reserved in whatever entry. */
static uint64_t reserved_anyway(const struct mode *mode,
				const struct mmu_profile *profile,
				const struct mmu_registers *regs)
{
	uint64_t bits = 0;

	if (mode->last_bit >= profile->maxphyaddr)
		bits |= BITS(mode->last_bit, profile->maxphyaddr);
	if (!(regs->efer & EFER_NXE))
		bits |= PTE_XD;
	return bits;
}

/* Of these one must look at registers and features: is bit 7 the PS flag, and
 * if not is it reserved? */
static unsigned large_pages(const struct mode *mode, enum paging_mode which,
			    const struct mmu_profile *profile,
			    const struct mmu_registers *regs)
{
	if (which == PAGING_32_BIT && !(regs->cr4 & CR4_PSE))
		return 0;
	return profile->page_1g ? mode->pages : mode->pages & ~LEVEL(3);
}

static void init_level(struct paging *paging, const struct mode *mode,
		       unsigned number, unsigned pages, uint64_t reserved)
{
	struct paging_level *level = &paging->level[number];

	level->shift = 12 + mode->index_bits * (number - 1);
	level->maps_page = pages & LEVEL(number) ? PTE_PS : 0;
	if (number == 1)
		level->maps_page = PTE_P;
	level->reserved[0] = reserved | mode->reserved[number];
	level->reserved[1] = level->reserved[0] | mode->reserved_page[number];
	if (mode->pages & ~pages & LEVEL(3) & LEVEL(number))
		level->reserved[0] |= PTE_PS;
	level->rights = mode->plain & LEVEL(number) ? 0 : RIGHTS;
	level->flags = mode->plain & LEVEL(number) ? 0 : PTE_A | PTE_D;
	level->frame = PTE_FRAME & ~0ull << level->shift;
}

/* The PDE of a 4 MiB page has its address bits 39..32 in 20..13. */
static void init_pse36(struct paging *paging, unsigned maxphyaddr)
{
	struct paging_level *pde = &paging->level[2];
	unsigned bits = maxphyaddr < PSE36_BITS ? maxphyaddr : PSE36_BITS;

	paging->twin = 1ull << 21;
	pde->inside = paging->twin;
	pde->frame_pse36 = BITS(bits - 1 - PSE36_SHIFT, 13);
	pde->reserved[1] &= ~pde->frame_pse36;
}

void paging_init(struct paging *paging, const struct mmu_profile *profile,
		 const struct mmu_registers *regs)
{
	enum paging_mode which = paging_mode(regs);
	const struct mode *mode = &modes[which];
	uint64_t reserved = reserved_anyway(mode, profile, regs);
	unsigned pages = large_pages(mode, which, profile, regs);

	paging->pdpte_registers = which == PAGING_PAE &&
				  profile->vendor == MMU_INTEL;
	paging_set_root(paging, regs);
	paging->levels = mode->levels - paging->pdpte_registers;
	paging->entry_shift = mode->entry_shift;
	paging->index_mask = (1ull << mode->index_bits) - 1;
	paging->address_bits = mode->address_bits;
	paging->sign = mode->sign ? 1ull << (mode->address_bits - 1) : 0;
	paging->global_pages = regs->cr4 & CR4_PGE;
	paging->twin = 0;
	memset(paging->level, 0, sizeof(paging->level));
	for (unsigned level = 1; level <= mode->levels; level++)
		init_level(paging, mode, level, pages, reserved);
	if (which == PAGING_32_BIT)
		init_pse36(paging, profile->maxphyaddr);
}

void paging_set_root(struct paging *paging, const struct mmu_registers *regs)
{
	paging->root = regs->cr3 & modes[paging_mode(regs)].root;
}

static uint64_t load_pdpte(const struct paging *paging, unsigned number)
{
	struct nested_request request = {
		.gpa = paging->root + 8 * number,
		.wants = NESTED_READ,
		.table = true,
	};
	struct nested_answer answer;

	if (!paging->nested)
		return paging_load(paging, request.gpa);
	nested_translate(paging->nested, &request, &answer);
	/* The VM exit that this may be has no other name here than #GP. */
	return answer.end == NESTED_OK ? paging_load(paging, answer.paddr)
				       : UINT64_MAX;
}

bool paging_load_pdptes(struct paging *paging)
{
	uint64_t loaded[NR_PDPTES];

	if (!paging->pdpte_registers)
		return true;
	for (unsigned i = 0; i < NR_PDPTES; i++) {
		loaded[i] = load_pdpte(paging, i);
		if ((loaded[i] & PTE_P) &&
		    (loaded[i] & paging->level[3].reserved[0]))
			return false;
	}
	memcpy(paging->pdpte, loaded, sizeof(loaded));
	return true;
}

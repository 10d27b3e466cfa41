/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entries.c - where the entries of a case are, and what leads on from them.
 *
 *   levels   5: PML5E -> PML4E -> PDPTE -> PDE -> PTE     9 bits each
 *            4:          PML4E -> PDPTE -> PDE -> PTE
 *            3 (PAE):             PDPTE -> PDE -> PTE     2 bits, 9, 9
 *            2 (32-bit):                   PDE -> PTE     10 bits each
 */
#include "mmu/x86.h"
#include "tests/metal/cases.h"

uint32_t metal_mode(unsigned n)
{
	static const uint32_t mode[METAL_MODES] = {
		0,
		METAL_LA57,
		METAL_LEGACY | METAL_PAE,
		METAL_LEGACY | METAL_PSE,
		METAL_LEGACY,
	};

	return mode[n];
}

unsigned metal_shift(unsigned level, unsigned levels)
{
	return 12 + (levels == 2 ? 10 : 9) * (level - 1);
}

static uint64_t legacy_entry_at(uint64_t va, unsigned level, unsigned levels)
{
	static const uint64_t table[] = {
		[1] = METAL_TEST_PT, [2] = METAL_PD32
	};

	if (levels == 3)
		return METAL_TEST_PAE_PDPT + 8 * (va >> 30 & 3);
	return table[level] + 4 * (va >> metal_shift(level, levels) & 1023);
}

uint64_t metal_entry_at(uint64_t va, unsigned level, unsigned levels)
{
	static const uint64_t table[METAL_LEVELS + 1] = {
		[1] = METAL_TEST_PT, [2] = METAL_TEST_PD, [3] = METAL_TEST_PDPT,
		[4] = METAL_PML4,    [5] = METAL_PML5,
	};
	uint64_t offset = 8 * (va >> metal_shift(level, levels) & 511);

	if (levels == 2 || (levels == 3 && level == 3))
		return legacy_entry_at(va, level, levels);
	if (level == 4 && levels == 5)
		return METAL_TEST_PML4 + offset;
	return table[level] + offset;
}

/* The next of those that cases may have. */
uint64_t metal_other_pdpte_at(uint64_t va)
{
	unsigned slot = va >> 30 & 3;

	return METAL_TEST_PAE_PDPT + 8 * (slot % 3 + 1);
}

uint64_t metal_permissive(unsigned level, unsigned leaf, unsigned levels)
{
	static const uint64_t next[METAL_LEVELS + 1] = {
		[2] = METAL_TEST_PT,
		[3] = METAL_TEST_PD,
		[4] = METAL_TEST_PDPT,
		[5] = METAL_TEST_PML4,
	};
	uint64_t entry = PTE_P | PTE_RW | PTE_US;

	if (levels == 3 && level == 3)
		entry = PTE_P; /* the others are reserved */
	if (level > leaf)
		return entry | next[level];
	if (level > 1)
		entry |= PTE_PS;
	return entry | (METAL_CELL & -(1ull << metal_shift(level, levels)));
}

uint64_t metal_reserved_bit(struct metal_machine machine, unsigned n)
{
	unsigned bits = machine.maxphyaddr < 52 ? 52 - machine.maxphyaddr : 0;

	return bits ? 1ull << (51 - n % bits) : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.c - the machine that the image runs on, behind hw.h.
 *
 * Both cells hold code that ends in int DONE, the other cell's one byte
 * longer, and a word that tells them apart:
 *
 *   cell        cd 40           m  e  t  a  l  0
 *   other cell  90 cd 40        m  e  t  a  l
 *
 * so a read tells by its value, a write by what changed, a fetch by where it
 * ended which of them the translation led to.
 */
#include "mmu/x86.h"
#include "tests/metal/machine.h"

#define EFER 0xc0000080
#define RFLAGS_FIXED 0x002ull

#define CELL 0x306c6174656d40cdull
#define OTHER 0x6c6174656d40cd90ull
/* XOR of two values both of which begin with the right code; a legacy mode
 * takes the upper half. */
#define WRITTEN 0x5a5a5a0000000000ull

static const struct metal_control_bit {
	uint32_t control;
	uint64_t cr4;
} cr4_bits[] = {
	{ METAL_SMEP, CR4_SMEP },
	{ METAL_SMAP, CR4_SMAP },
	{ METAL_PKE, CR4_PKE },
	{ METAL_PGE, CR4_PGE },
};

static uint32_t find_features(void)
{
	uint32_t r[4], features = METAL_WP | METAL_PGE | METAL_AC;

	cpuid(1, 0, r);
	features |= METAL_LEGACY;
	features |= r[3] & 1u << 3 ? METAL_PSE : 0;
	features |= r[3] & 1u << 6 ? METAL_PAE : 0;
	cpuid(0, 0, r);
	if (r[0] >= 7) {
		cpuid(7, 0, r);
		features |= r[1] & 1u << 7 ? METAL_SMEP : 0;
		features |= r[1] & 1u << 20 ? METAL_SMAP : 0;
		features |= r[2] & 1u << 3 ? METAL_PKE : 0;
		features |= r[2] & 1u << 16 ? METAL_LA57 : 0;
	}
	cpuid(0x80000001, 0, r);
	features |= r[3] & 1u << 20 ? METAL_NXE : 0;
	features |= r[3] & 1u << 26 ? METAL_PAGE_1G : 0;
	return features;
}

static uint32_t find_maxphyaddr(void)
{
	uint32_t r[4];

	cpuid(0x80000000, 0, r);
	if (r[0] < 0x80000008)
		return 36;
	cpuid(0x80000008, 0, r);
	return r[0] & 0xff;
}

void metal_hw_setup(struct metal_hw *hw)
{
	hw->machine.features = find_features();
	hw->machine.maxphyaddr = find_maxphyaddr();
	hw->control = ~0u; /* no such combination: all will be written */
	hw->late_at = 0;
	metal_hw_control(hw, METAL_WP, 0);
}

uint64_t metal_hw_load(struct metal_hw *hw, uint64_t paddr)
{
	(void)hw;
	return *(volatile uint64_t *)paddr;
}

void metal_hw_store(struct metal_hw *hw, uint64_t paddr, uint64_t value)
{
	(void)hw;
	*(volatile uint64_t *)paddr = value;
}

static void set_cr0(uint32_t control)
{
	uint64_t cr0 = read_cr0() & ~CR0_WP;

	write_cr0(cr0 | (control & METAL_WP ? CR0_WP : 0));
}

static void set_efer(uint32_t control)
{
	uint64_t efer = read_msr(EFER) & ~EFER_NXE;

	write_msr(EFER, efer | (control & METAL_NXE ? EFER_NXE : 0));
}

static void set_cr4(uint32_t control)
{
	uint64_t cr4 = read_cr4();

	for (unsigned i = 0; i < sizeof(cr4_bits) / sizeof(cr4_bits[0]); i++) {
		cr4 &= ~cr4_bits[i].cr4;
		if (control & cr4_bits[i].control)
			cr4 |= cr4_bits[i].cr4;
	}
	write_cr4(cr4);
}

static uint64_t root_of(uint32_t control)
{
	return control & METAL_LA57 ? METAL_PML5 : METAL_PML4;
}

static void set_levels(uint32_t control)
{
	uint64_t cr4 = read_cr4() & ~CR4_LA57;

	metal_switch(cr4 | (control & METAL_LA57 ? CR4_LA57 : 0),
		     root_of(control));
}

/* What is set already is left alone: each costs a hypervisor an exit. */
void metal_hw_control(struct metal_hw *hw, uint32_t control, uint32_t pkru)
{
	uint32_t change = control ^ hw->control;

	if ((change & METAL_LA57) && (hw->machine.features & METAL_LA57))
		set_levels(control);
	if (change & METAL_WP)
		set_cr0(control);
	if ((change & METAL_NXE) && (hw->machine.features & METAL_NXE))
		set_efer(control);
	if (change & (METAL_OPTIONAL | METAL_PGE) & ~METAL_MODE)
		set_cr4(control);
	if ((control & METAL_PKE) && !(control & METAL_LEGACY))
		wrpkru(pkru);
	hw->control = control;
	hw->pkru = pkru;
}

void metal_hw_invlpg(struct metal_hw *hw, uint64_t va)
{
	(void)hw;
	invlpg(va);
}

void metal_hw_mov_cr3(struct metal_hw *hw)
{
	if (!(hw->control & METAL_LEGACY))
		write_cr3(root_of(hw->control));
}

void metal_hw_store_late(struct metal_hw *hw, uint64_t paddr, uint64_t value)
{
	hw->late_at = paddr;
	hw->late = value;
}

void metal_hw_flush_all(struct metal_hw *hw)
{
	uint64_t cr4 = read_cr4();

	(void)hw;
	write_cr4(cr4 ^ CR4_PGE);
	write_cr4(cr4);
}

/* ---- the access --------------------------------------------------------- */

static uint64_t stub_of(const struct metal_hw *hw, enum metal_op op, bool user)
{
	bool legacy = hw->control & METAL_LEGACY;
	uint64_t base = legacy ? METAL_LEGACY_USER_BASE : METAL_USER_BASE;

	if (!user)
		base = (uint64_t)metal_stubs;
	return base + (legacy ? METAL_LEGACY_STUBS : 0) + op * METAL_STUB_SIZE;
}

/* A legacy mode reads 4 bytes. */
static uint8_t cells_read(const struct metal_hw *hw)
{
	uint64_t read = hw->control & METAL_LEGACY ? UINT32_MAX : UINT64_MAX;

	if (metal_trap.rax == (CELL & read))
		return METAL_CELL_USED;
	return metal_trap.rax == (OTHER & read) ? METAL_OTHER_USED : 0;
}

static uint8_t cells_written(struct metal_hw *hw)
{
	uint8_t used = 0;

	if (metal_hw_load(hw, METAL_CELL) != CELL)
		used |= METAL_CELL_USED;
	if (metal_hw_load(hw, METAL_OTHER_CELL) != OTHER)
		used |= METAL_OTHER_USED;
	return used;
}

static uint8_t cells_fetched(uint64_t va)
{
	if (metal_trap.rip == va + 2)
		return METAL_CELL_USED;
	return metal_trap.rip == va + 3 ? METAL_OTHER_USED : 0;
}

static uint8_t cells_used(struct metal_hw *hw, uint64_t va, enum metal_op op)
{
	switch (op) {
	case METAL_OP_READ:
		return cells_read(hw);
	case METAL_OP_FETCH:
		return cells_fetched(va);
	case METAL_OP_WRITE:
	case METAL_OP_RMW:
	case METAL_OPS:
		break;
	}
	return cells_written(hw);
}

static bool rip_is_right(const struct metal_hw *hw, uint64_t va,
			 enum metal_op op, bool user)
{
	uint64_t stub = stub_of(hw, op, user);

	if (op == METAL_OP_FETCH && metal_trap.rip - va <= 3)
		return true;
	return metal_trap.rip >= stub && metal_trap.rip < stub + 16;
}

static void access_in_long_mode(const struct metal_hw *hw, uint64_t va,
				uint64_t stub, bool user)
{
	struct metal_entry_state to = {
		.rip = stub,
		.cs = user ? METAL_USER_CODE : METAL_CODE64,
		.ss = user ? METAL_USER_DATA : METAL_DATA,
		.rflags = RFLAGS_FIXED |
			  (hw->control & METAL_AC ? RFLAGS_AC : 0),
	};

	metal_perform(va, WRITTEN, &to);
}

void metal_hw_access(struct metal_hw *hw, uint64_t va, enum metal_op op,
		     bool user, struct metal_result *result)
{
	uint64_t stub = stub_of(hw, op, user);

	metal_hw_store(hw, METAL_CELL, CELL);
	metal_hw_store(hw, METAL_OTHER_CELL, OTHER);
	if (hw->control & METAL_LEGACY)
		metal_legacy_access(hw, va, stub, WRITTEN >> 32, user);
	else
		access_in_long_mode(hw, va, stub, user);

	result->vector = metal_trap.vector;
	result->error = metal_trap.error;
	result->flags = cells_used(hw, va, op);
	if (metal_trap.vector == 14 && metal_trap.cr2 == va)
		result->flags |= METAL_CR2_IS_VA;
	if (rip_is_right(hw, va, op, user))
		result->flags |= METAL_AT_ACCESS;
	if (metal_trap.rip == (uint64_t)metal_load_root)
		result->flags |= METAL_AT_MOV_CR3;
}

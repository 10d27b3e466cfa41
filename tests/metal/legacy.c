/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * legacy.c - accesses with PAE and 32-bit paging: tables, gates, the trip.
 *
 *   PAE     PDPT --0--> PD --0--> 2 MiB, supervisor       both at once:
 *                          --2--> PT --> stubs, user      code and stacks
 *   32-bit          PD --0--> PT --> 4 MiB, supervisor    below, user code
 *                      --1--> PT --> stubs, user          at 4 MiB
 *
 * The image runs in long mode and leaves it for one access at a time, so
 * nothing stays cached from one to the next.  32-bit paging must do without
 * large pages, since CR4.PSE is part of a case.  Gates are as in SDM vol. 3A,
 * "IDT Descriptors".
 */
#include "mmu/x86.h"
#include "tests/metal/machine.h"

#define GATES (METAL_DONE + 1)
#define INTERRUPT_GATE 0x8e
#define USER_INTERRUPT_GATE 0xee /* DPL 3 */
#define EFLAGS_FIXED 0x002u

struct gate {
	uint16_t offset0, selector;
	uint8_t zero, type;
	uint16_t offset16;
};

/* The CPU's own; .S loads it from the pointer. */
static struct gate idt[GATES] __attribute__((aligned(16)));
struct metal_table_pointer metal_legacy_idt_pointer;

extern char metal_legacy_vectors[];

static void set_gate(unsigned vector)
{
	uint64_t to = (uint64_t)metal_legacy_vectors + 16 * vector;

	idt[vector] = (struct gate){
		.offset0 = to & 0xffff,
		.selector = METAL_CODE32,
		.type = vector == METAL_DONE ? USER_INTERRUPT_GATE
					     : INTERRUPT_GATE,
		.offset16 = to >> 16,
	};
}

static void set64(uint64_t table, unsigned slot, uint64_t entry)
{
	((volatile uint64_t *)table)[slot] = entry;
}

static void set32(uint64_t table, unsigned slot, uint64_t entry)
{
	((volatile uint32_t *)table)[slot] = entry;
}

static void set_tables(void)
{
	uint64_t stubs = (uint64_t)metal_stubs | PTE_P | PTE_US;
	uint64_t both = PTE_P | PTE_RW, user = both | PTE_US;

	set64(METAL_PAE_PDPT, 0, METAL_PAE_PD | PTE_P);
	set64(METAL_TEST_PAE_PDPT, 0, METAL_PAE_PD | PTE_P);
	set64(METAL_PAE_PD, 0, both | PTE_PS);
	set64(METAL_PAE_PD, 2, METAL_PAE_USER_PT | user);
	set64(METAL_PAE_USER_PT, 0, stubs);

	set32(METAL_PD32, 0, METAL_PT32 | both);
	set32(METAL_PD32, 1, METAL_USER_PT32 | user);
	set32(METAL_USER_PT32, 0, stubs);
	for (unsigned i = 0; i < 1024; i++)
		set32(METAL_PT32, i, i << 12 | both);
}

void metal_legacy_setup(void)
{
	for (unsigned vector = 0; vector < GATES; vector++)
		set_gate(vector);
	metal_legacy_idt_pointer = (struct metal_table_pointer){
		sizeof(idt) - 1, (uint64_t)idt
	};
	set_tables();
}

static uint32_t cr4_of(uint32_t control)
{
	uint64_t cr4 = read_cr4() & ~(CR4_PAE | CR4_PSE);

	return cr4 | (control & METAL_PAE ? CR4_PAE : 0) |
	       (control & METAL_PSE ? CR4_PSE : 0);
}

void metal_legacy_access(struct metal_hw *hw, uint64_t va, uint64_t stub,
			 uint32_t value, bool user)
{
	bool pae = hw->control & METAL_PAE;
	const struct metal_trip trip = {
		.cr4 = cr4_of(hw->control),
		.own_root = pae ? METAL_PAE_PDPT : METAL_PD32,
		.root = pae ? METAL_TEST_PAE_PDPT : METAL_PD32,
		.late_at = hw->late_at,
		.late = hw->late,
		.va = va,
		.value = value,
		.eip = stub,
		.cs = user ? METAL_USER_CODE32 : METAL_CODE32,
		.eflags = EFLAGS_FIXED |
			  (hw->control & METAL_AC ? RFLAGS_AC : 0),
		.ss = user ? METAL_USER_DATA : METAL_DATA,
		.pkru = hw->pkru,
	};

	metal_trap = (struct metal_trap){ 0 }; /* it fills the low halves */
	metal_perform_legacy(&trip);
	hw->late_at = 0;
}

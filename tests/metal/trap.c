/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap.c - descriptor tables: every exception leads to access.S.
 *
 * Gates and the TSS are as in SDM vol. 3A, "64-Bit Mode IDT" and "Task
 * Management in 64-bit Mode".  All handlers share their code; nothing nests.
 */
#include "tests/metal/machine.h"

#define GATE_BYTES 16
#define GATES (METAL_DONE + 1)
#define INTERRUPT_GATE 0x8e
#define USER_INTERRUPT_GATE 0xee /* DPL 3 */
#define TSS_AVAILABLE 0x89
#define TSS_BYTES 104

struct gate {
	uint16_t offset0, selector;
	uint8_t ist, type;
	uint16_t offset16;
	uint32_t offset32, reserved;
};

/* The CPU's own: it keeps pointers to them.  legacy.S goes by the others. */
static struct gate idt[GATES] __attribute__((aligned(16)));
uint32_t metal_tss[TSS_BYTES / 4 + 1] __attribute__((aligned(16)));
struct metal_table_pointer metal_idt_pointer;

extern char metal_vectors[], metal_trap_top[];
extern uint64_t metal_tss_descriptor[2];

static void set_gate(unsigned vector)
{
	uint64_t to = (uint64_t)metal_vectors + 16 * vector;

	idt[vector] = (struct gate){
		.offset0 = to & 0xffff,
		.selector = METAL_CODE64,
		.type = vector == METAL_DONE ? USER_INTERRUPT_GATE
					     : INTERRUPT_GATE,
		.offset16 = to >> 16 & 0xffff,
		.offset32 = to >> 32,
	};
}

static void set_tss(void)
{
	uint64_t base = (uint64_t)metal_tss, stack = (uint64_t)metal_trap_top;

	metal_tss[1] = stack; /* RSP0 */
	metal_tss[2] = stack >> 32;
	metal_tss[25] = TSS_BYTES << 16; /* no I/O permission map */
	metal_tss_descriptor[0] = (TSS_BYTES - 1) | (base & 0xffffff) << 16 |
				  (uint64_t)TSS_AVAILABLE << 40 |
				  (base >> 24 & 0xff) << 56;
	metal_tss_descriptor[1] = base >> 32;
}

void metal_trap_setup(void)
{
	for (unsigned vector = 0; vector < GATES; vector++)
		set_gate(vector);
	set_tss();
	metal_idt_pointer = (struct metal_table_pointer){ sizeof(idt) - 1,
							  (uint64_t)idt };
	__asm__ volatile("lidt %0" : : "m"(metal_idt_pointer));
	__asm__ volatile("ltr %w0" : : "r"(METAL_TSS));
}

void metal_unexpected(void)
{
	static const char text[] = "UNEXPECTED TRAP ";

	metal_send(text, sizeof(text) - 1);
	metal_send(&metal_trap, sizeof(metal_trap));
	metal_power_off();
}

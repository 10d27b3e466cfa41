/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - the image's own parts: instructions that C has no words for,
 * trap handling, the machine behind hw.h.
 */
#ifndef METAL_MACHINE_H
#define METAL_MACHINE_H

#include "tests/metal/hw.h"

/* ---- instructions ------------------------------------------------------- */

static inline uint8_t port_in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void port_out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t r[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
			 : "a"(leaf), "c"(subleaf));
}

static inline uint64_t read_msr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value),
			   "d"((uint32_t)(value >> 32))
			 : "memory");
}

#define METAL_CONTROL_REGISTER(n) \
	static inline uint64_t read_cr##n(void) \
	{ \
		uint64_t value; \
		__asm__ volatile("movq %%cr" #n ", %0" : "=r"(value)); \
		return value; \
	} \
	static inline void write_cr##n(uint64_t value) \
	{ \
		__asm__ volatile("movq %0, %%cr" #n : : "r"(value) : "memory"); \
	}
METAL_CONTROL_REGISTER(0)
METAL_CONTROL_REGISTER(3)
METAL_CONTROL_REGISTER(4)

static inline void wrpkru(uint32_t value)
{
	__asm__ volatile(".byte 0x0f, 0x01, 0xef"
			 :
			 : "a"(value), "c"(0), "d"(0)
			 : "memory");
}

static inline void invlpg(uint64_t va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

/* For LIDT. */
struct metal_table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* ---- trap.c ------------------------------------------------------------- */

/* Descriptor tables; before the first access. */
void metal_trap_setup(void);

struct metal_trap {
	uint64_t vector, error, rip, cr2, rax;
};
/* What the last metal_perform() ended in; written by access.S. */
extern struct metal_trap metal_trap;

/* Where metal_perform() goes, as IRETQ wants it. */
struct metal_entry_state {
	uint64_t rip, cs, rflags, ss;
};
void metal_perform(uint64_t va, uint64_t value,
		   const struct metal_entry_state *to);
/* An exception outside of metal_perform(): says so and stops. */
void metal_unexpected(void);

/* Out of long mode, CR4 and CR3 written, and back in: switch.S. */
void metal_switch(uint64_t cr4, uint64_t cr3);

extern char metal_stubs[];
#define METAL_STUB_SIZE 16


/* ---- machine.c ---------------------------------------------------------- */

struct metal_hw {
	struct metal_machine machine;
	uint32_t control;		/* as set now */
	uint32_t pkru;			/* legacy.S sets it, legacy modes */
	uint64_t late_at, late;		/* metal_hw_store_late() */
};
void metal_hw_setup(struct metal_hw *hw);

/* ---- legacy.S, legacy.c ------------------------------------------------- */

/* One access in a legacy mode, as legacy.S reads it. */
struct metal_trip {
	uint32_t cr4;
	uint32_t own_root;	/* CR3 on the way there */
	uint32_t root;		/* MOV CR3, in that mode */
	uint32_t late_at;	/* stored to then, if not 0 */
	uint64_t late;
	uint32_t va, value;	/* for the stub */
	uint32_t eip, cs, eflags, ss;
	uint32_t pkru;
};
/* Out of long mode, there, and back; ends in metal_trap as metal_perform()
 * does. */
void metal_perform_legacy(const struct metal_trip *trip);
extern char metal_load_root[];	/* its MOV CR3 */

void metal_legacy_setup(void);
/* The access at @va by @stub in the mode that @hw->control says. */
void metal_legacy_access(struct metal_hw *hw, uint64_t va, uint64_t stub,
			 uint32_t value, bool user);

/* ---- serial.c ----------------------------------------------------------- */

void metal_serial_setup(void);
void metal_send(const void *bytes, unsigned long size);
/* Tell every emulator that we know that it is over; does not return. */
void metal_power_off(void);

#endif /* METAL_MACHINE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serial.c - bytes to the host by the first serial port, and the way out. */
#include "tests/metal/machine.h"

#define COM1 0x3f8
#define LINE_STATUS (COM1 + 5)
#define FIFO_EMPTY 0x20
#define TRANSMITTER_EMPTY 0x40 /* the last byte is out as well */
#define FIFO_BYTES 16

#define QEMU_DEBUG_EXIT 0xf4
#define BOCHS_SHUTDOWN 0x8900

void metal_serial_setup(void)
{
	port_out8(COM1 + 1, 0);	   /* no interrupts */
	port_out8(COM1 + 3, 0x80); /* divisor latch */
	port_out8(COM1 + 0, 1);	   /* 115200 baud */
	port_out8(COM1 + 1, 0);
	port_out8(COM1 + 3, 3); /* 8 bits, no parity */
	port_out8(COM1 + 2, 7); /* FIFOs, empty */
	port_out8(COM1 + 4, 3);
}

static void wait_for(uint8_t status)
{
	while (!(port_in8(LINE_STATUS) & status))
		;
}

void metal_send(const void *bytes, unsigned long size)
{
	const uint8_t *at = bytes;

	for (unsigned long i = 0; i < size; i++) {
		if (i % FIFO_BYTES == 0)
			wait_for(FIFO_EMPTY);
		port_out8(COM1, at[i]);
	}
}

void metal_power_off(void)
{
	static const char shutdown[] = "Shutdown";

	wait_for(TRANSMITTER_EMPTY);
	port_out8(QEMU_DEBUG_EXIT, 0);
	for (unsigned i = 0; i < sizeof(shutdown) - 1; i++)
		port_out8(BOCHS_SHUTDOWN, shutdown[i]);
	for (;;)
		__asm__ volatile("cli; hlt");
}

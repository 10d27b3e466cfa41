/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot.S - from the BIOS to long mode.
 *
 *   boot sector --int 13h--> whole image in memory
 *     real mode --> protected mode --> own page tables --> long mode --> C
 *
 * The number of sectors to load comes from the linker script.  Sources: SDM
 * vol. 3A, "Switching to Protected Mode", "Initializing IA-32e Mode".
 */
#include "layout.h"

	.section .boot, "ax"
	.code16
	.globl metal_boot
metal_boot:
	ljmp $0, $1f
1:	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $METAL_BOOT, %sp
	cld
	movw $metal_chunks, %cx
load:	pushw %cx
	movb $0x42, %ah			/* extended read, drive still in DL */
	movw $packet, %si
	pushw %dx
	int $0x13
	popw %dx
	jc failed
	addw $0x800, packet_segment	/* 32 KiB further */
	addw $64, packet_sector
	popw %cx
	loop load

	movw $0x2401, %ax		/* gate A20 open */
	int $0x15
	inb $0x92, %al
	orb $2, %al
	andb $0xfe, %al
	outb %al, $0x92

	cli
	lgdt gdt_pointer
	movl %cr0, %eax
	orl $1, %eax
	movl %eax, %cr0
	ljmp $METAL_CODE32, $protected_mode

failed:	movw $message, %si
print:	lodsb
	testb %al, %al
	jz stop
	movb $0x0e, %ah
	movw $7, %bx
	int $0x10
	jmp print
stop:	hlt
	jmp stop
message:
	.asciz "metal: cannot read the image\r\n"

	.balign 4
packet:	.byte 16, 0
	.word 64			/* sectors at a time */
	.word 0
packet_segment:
	.word METAL_PARAMS >> 4
packet_sector:
	.quad 1

	.balign 8
gdt:	.quad 0
	.quad 0x00af9a000000ffff	/* METAL_CODE64 */
	.quad 0x00cf92000000ffff	/* METAL_DATA */
	.quad 0x00cf9a000000ffff	/* METAL_CODE32 */
	.quad 0x00cff2000000ffff	/* METAL_USER_DATA */
	.quad 0x00affa000000ffff	/* METAL_USER_CODE */
	.globl metal_tss_descriptor
metal_tss_descriptor:
	.quad 0, 0			/* METAL_TSS, filled in by trap.c */
	.quad 0x00cffa000000ffff	/* METAL_USER_CODE32 */
gdt_pointer:
	.word gdt_pointer - gdt - 1
	.long gdt

	.org 510
	.word 0xaa55

	/* The host writes struct metal_params here before it starts. */
	.section .params, "aw"
	.fill 512, 1, 0

	.section .text.start, "ax"
	.code32
protected_mode:
	movw $METAL_DATA, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl $metal_stack_top, %esp

	xorl %eax, %eax
	movl $METAL_PML4, %edi
	movl $(METAL_OWN_TABLES_END - METAL_PML4) / 4, %ecx
	rep stosl
	movl $metal_bss_start, %edi
	movl $metal_bss_end, %ecx
	subl %edi, %ecx
	rep stosb

	/* P RW, and US where user code must pass. */
	movl $METAL_PDPT + 3, METAL_PML4
	movl $METAL_USER_PDPT + 7, METAL_PML4 + 8 * METAL_USER_SLOT
	movl $METAL_PML4 + 7, METAL_PML5
	movl $METAL_PD + 3, METAL_PDPT
	movl $METAL_USER_PD + 7, METAL_USER_PDPT
	movl $METAL_USER_PT + 7, METAL_USER_PD
	movl $metal_stubs + 5, METAL_USER_PT
	movl $METAL_PD, %edi
	movl $0x83, %eax		/* P RW PS */
1:	movl %eax, (%edi)
	addl $8, %edi
	addl $0x200000, %eax
	cmpl $METAL_IDENTITY, %eax
	jb 1b

	movl %cr4, %eax
	orl $0x20, %eax			/* PAE */
	movl %eax, %cr4
	movl $METAL_PML4, %eax
	movl %eax, %cr3
	movl $0xc0000080, %ecx		/* EFER */
	rdmsr
	orl $0x100, %eax		/* LME */
	wrmsr
	movl %cr0, %eax
	orl $0x80000000, %eax		/* PG */
	movl %eax, %cr0
	ljmp $METAL_CODE64, $long_mode

	.code64
long_mode:
	xorl %eax, %eax
	movw %ax, %fs
	movw %ax, %gs
	call metal_main
1:	hlt
	jmp 1b

	.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * legacy.S - one access with PAE or 32-bit paging, from long mode and back.
 *
 *   64-bit --lretq--> compatibility mode --PG=0, LME=0--> protected mode
 *                                                          | CR4, own CR3
 *   stub <--iretl-- late store <-- MOV CR3 of the case <--PG=1
 *     |                               |
 *     +------ trap -------------------+--> PG=0, LME=1, PG=1 --> 64-bit
 *
 * The image's CR3 comes first so that a MOV CR3 which faults, as one that
 * loads a reserved PDPTE does, has something to go on with.  The TSS is the
 * one of long mode: ESP0 is the low half of RSP0, SS0 the high one.  What is
 * in the upper halves of registers is lost.  PKRU is the case's for as long as
 * it means nothing.  Sources: SDM vol. 3A, "Switching
 * Out of IA-32e Mode Operation", "Initializing IA-32e Mode".
 */
#include "layout.h"

#define PG 0x80000000
#define EFER 0xc0000080
#define LME 0x100
#define CR4_PKE 0x400000

/* struct metal_trip */
#define TRIP_CR4 0
#define TRIP_OWN_ROOT 4
#define TRIP_ROOT 8
#define TRIP_LATE_AT 12
#define TRIP_LATE 16
#define TRIP_VA 24
#define TRIP_VALUE 28
#define TRIP_EIP 32
#define TRIP_CS 36
#define TRIP_EFLAGS 40
#define TRIP_SS 44
#define TRIP_PKRU 48

#define TSS_SS0 8

	.macro turn_paging_off
	movl %cr0, %eax
	andl $~PG, %eax
	movl %eax, %cr0
	.endm

	.macro turn_paging_on
	movl %cr0, %eax
	orl $PG, %eax
	movl %eax, %cr0
	.endm

	.macro write_pkru value		/* if CR4.PKE lets it */
	movl %cr4, %eax
	testl $CR4_PKE, %eax
	jz 9f
	movl \value, %eax
	xorl %ecx, %ecx
	xorl %edx, %edx
	.byte 0x0f, 0x01, 0xef		/* wrpkru */
9:
	.endm

	.text
/* void metal_perform_legacy(const struct metal_trip *trip) */
	.globl metal_perform_legacy, metal_load_root
metal_perform_legacy:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushfq
	movq %cr3, %rbx
	movq %cr4, %rbp
	pushq $METAL_CODE32
	pushq $1f
	lretq

	.code32
1:	movl $METAL_DATA, %eax
	movw %ax, %ss
	movl $METAL_USER_DATA, %eax	/* user code keeps these */
	movw %ax, %ds
	movw %ax, %es
	pushl %ebx
	pushl %ebp
	turn_paging_off
	movl $EFER, %ecx
	rdmsr
	andl $~LME, %eax
	wrmsr
	lidt metal_legacy_idt_pointer
	movl $METAL_DATA, metal_tss + TSS_SS0
	movl TRIP_CR4(%edi), %eax
	movl %eax, %cr4
	movl TRIP_OWN_ROOT(%edi), %eax
	movl %eax, %cr3
	turn_paging_on
	jmp 2f
2:	movl %esp, legacy_resume
	pushl TRIP_SS(%edi)		/* this and ESP: to user mode only */
	pushl %esp
	pushl TRIP_EFLAGS(%edi)
	pushl TRIP_CS(%edi)
	pushl TRIP_EIP(%edi)
	movl TRIP_ROOT(%edi), %eax
metal_load_root:
	movl %eax, %cr3
	movl TRIP_LATE_AT(%edi), %ecx
	jecxz 3f
	movl TRIP_LATE(%edi), %eax
	movl %eax, (%ecx)
	movl TRIP_LATE + 4(%edi), %eax
	movl %eax, 4(%ecx)
3:	write_pkru TRIP_PKRU(%edi)
	movl TRIP_VALUE(%edi), %esi
	movl TRIP_VA(%edi), %edi
	xorl %eax, %eax
	iretl

/* Stack here: vector, error code, EIP, ... */
trap:
	movl %eax, metal_trap + 32
	movl %cr2, %eax
	movl %eax, metal_trap + 24
	popl metal_trap			/* vector */
	popl metal_trap + 8		/* error code */
	popl metal_trap + 16		/* EIP */
	movl legacy_resume, %esp
	write_pkru $0
	turn_paging_off
	lidt metal_idt_pointer
	movl $0, metal_tss + TSS_SS0
	popl %eax
	movl %eax, %cr4
	popl %eax
	movl %eax, %cr3
	movl $EFER, %ecx
	rdmsr
	orl $LME, %eax
	wrmsr
	turn_paging_on
	ljmp $METAL_CODE64, $4f

	.code64
4:	movl %esp, %esp			/* its upper half is zero */
	popfq
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

/* One entry of 16 bytes for each vector; the last is METAL_DONE's. */
	.code32
	.balign 16
	.globl metal_legacy_vectors
metal_legacy_vectors:
	.set vector, 0
	.rept METAL_DONE + 1
	.balign 16
	.if (vector != 8) && ((vector < 10) || (vector > 14)) && \
		(vector != 17) && (vector != 21)
	pushl $0			/* the CPU pushed no error code */
	.endif
	pushl $vector
	jmp trap
	.set vector, vector + 1
	.endr

	.bss
	.balign 8
legacy_resume:
	.skip 8

	.section .note.GNU-stack, "", @progbits

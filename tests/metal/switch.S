/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * switch.S - change what may only be changed with paging off.
 *
 *   64-bit --lretq--> compatibility mode --CR0.PG=0--> protected mode
 *     ^                                       CR4, CR3   |
 *     +------ljmp------ compatibility mode <--CR0.PG=1---+
 *
 * Code and stack are where they are mapped.  What is in the upper halves of
 * registers is lost, so they are saved; an interrupt from user mode has left
 * SS null.  Source: SDM vol. 3A, "Switching Out of IA-32e Mode Operation".
 */
#include "layout.h"

	.text
/* void metal_switch(uint64_t cr4, uint64_t cr3) */
	.globl metal_switch
metal_switch:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq $METAL_CODE32
	pushq $1f
	lretq

	.code32
1:	movl $METAL_DATA, %eax
	movw %ax, %ss
	movw %ax, %ds
	movl %cr0, %eax
	andl $0x7fffffff, %eax		/* PG */
	movl %eax, %cr0
	movl %edi, %cr4
	movl %esi, %cr3
	orl $0x80000000, %eax
	movl %eax, %cr0
	ljmp $METAL_CODE64, $2f

	.code64
2:	movl %esp, %esp			/* its upper half is zero */
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

	.section .note.GNU-stack, "", @progbits

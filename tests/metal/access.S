/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * access.S - make one access, and come back whatever it does.
 *
 *   metal_perform --iretq--> stub --access--> int DONE --+
 *        ^                      \--> exception ----------+--> trap entry
 *        +------ metal_resume: stack pointer to return to ---------+
 *
 * The stubs are in a page of their own, which is mapped for supervisor code
 * where it is and for user code at METAL_USER_BASE.  They use no stack, so
 * that a case under test can take nothing from under them.  Those for legacy
 * modes, METAL_LEGACY_STUBS further, are used by legacy.S.
 */
#include "layout.h"

	.section .stubs, "ax"
	.balign 4096
	.globl metal_stubs
metal_stubs:				/* one of 16 bytes for each metal_op */
	movq (%rdi), %rax		/* METAL_OP_READ */
	int $METAL_DONE
	.balign 16
	movq %rsi, (%rdi)		/* METAL_OP_WRITE */
	int $METAL_DONE
	.balign 16
	jmp *%rdi			/* METAL_OP_FETCH: finds int DONE */
	.balign 16
	movq %rsi, %rax			/* METAL_OP_RMW */
	lock xaddq %rax, (%rdi)
	int $METAL_DONE

	.balign METAL_LEGACY_STUBS	/* the same, in legacy modes */
	.code32
	movl (%edi), %eax
	int $METAL_DONE
	.balign 16
	movl %esi, (%edi)
	int $METAL_DONE
	.balign 16
	jmp *%edi
	.balign 16
	movl %esi, %eax
	lock xaddl %eax, (%edi)
	int $METAL_DONE
	.balign 16
	.code64

	.text
/*
 * void metal_perform(uint64_t va, uint64_t value,
 *		      const struct metal_entry_state *to)
 */
	.globl metal_perform
metal_perform:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushfq
	movq %rsp, metal_resume
	movq %rsp, %rax
	pushq 24(%rdx)			/* SS */
	pushq %rax
	pushq 16(%rdx)			/* RFLAGS */
	pushq 8(%rdx)			/* CS */
	pushq (%rdx)			/* RIP */
	xorl %eax, %eax
	iretq

/* Stack here: vector, error code, RIP, CS, RFLAGS, RSP, SS. */
trap:
	movq %rax, metal_trap + 32
	movq %cr2, %rax
	movq %rax, metal_trap + 24
	popq metal_trap			/* vector */
	popq metal_trap + 8		/* error code */
	popq metal_trap + 16		/* RIP */
	movq metal_resume, %rsp
	testq %rsp, %rsp
	jz 1f
	movq $0, metal_resume
	popfq
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret
1:	movl $metal_trap_top, %esp	/* nobody asked for it */
	call metal_unexpected
2:	hlt
	jmp 2b

/* One entry of 16 bytes for each vector; the last is METAL_DONE's. */
	.balign 16
	.globl metal_vectors
metal_vectors:
	.set vector, 0
	.rept METAL_DONE + 1
	.balign 16
	.if (vector != 8) && ((vector < 10) || (vector > 14)) && \
		(vector != 17) && (vector != 21)
	pushq $0			/* the CPU pushed no error code */
	.endif
	pushq $vector
	jmp trap
	.set vector, vector + 1
	.endr

	.bss
	.balign 16
	.globl metal_trap, metal_stack_top, metal_trap_top
metal_trap:
	.skip 40
metal_resume:
	.skip 8
	.balign 16
	.skip 16384
metal_stack_top:
	.skip 1024
metal_trap_top:				/* traps from user code */

	.section .note.GNU-stack, "", @progbits

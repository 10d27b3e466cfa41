/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user_fault.c - read error code and CR2 of a page fault from the signal
 * frame.
 *
 *   access --> #PF --> kernel cannot help --> SIGSEGV: ucontext REG_TRAPNO,
 *     ^                                       REG_ERR, REG_CR2
 *     +------------------- siglongjmp ------------+
 *
 * Sources: sigaction(2), "ucontext_t"; the kernel saves the three as the
 * processor gave them, for addresses of user space.
 */
#include "config.h"

#include "tests/metal/user_fault.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

/* A signal handler has no other way to its data. */
static struct {
	sigjmp_buf back;
	struct user_access seen;
} catcher;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	const greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)signal;
	(void)info;
	catcher.seen = (struct user_access){
		.vector = reg[REG_TRAPNO],
		.error = reg[REG_ERR],
		.cr2 = reg[REG_TRAPNO] == 14 ? (uint64_t)reg[REG_CR2] : 0,
	};
	siglongjmp(catcher.back, 1);
}

static void fetch(uint64_t at)
{
	void (*code)(void);

	memcpy(&code, &at, sizeof(code));
	code();
}

/* In assembler, so that no sanitizer looks at the address first. */
static void touch(uint64_t at, enum metal_op op)
{
	uint8_t byte = USER_RETURN;

	switch (op) {
	case METAL_OP_READ:
		__asm__ volatile("movb (%1), %0" : "=q"(byte) : "r"(at));
		break;
	case METAL_OP_WRITE:
		__asm__ volatile("movb %0, (%1)"
				 :
				 : "q"(byte), "r"(at)
				 : "memory");
		break;
	case METAL_OP_RMW:
		byte = 0;
		__asm__ volatile("lock xaddb %0, (%1)"
				 : "+q"(byte)
				 : "r"(at)
				 : "memory", "cc");
		break;
	case METAL_OP_FETCH:
		fetch(at);
		break;
	case METAL_OPS:
		break;
	}
}

struct user_access user_access(uint64_t at, enum metal_op op)
{
	struct sigaction action = { .sa_sigaction = on_fault,
				    .sa_flags = SA_SIGINFO };
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, &before);
	catcher.seen = (struct user_access){ .vector = METAL_DONE };
	if (!sigsetjmp(catcher.back, 1))
		touch(at, op);
	sigaction(SIGSEGV, &before, NULL);
	return catcher.seen;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user_fault.h - one access by this process, and what the processor said.
 */
#ifndef METAL_USER_FAULT_H
#define METAL_USER_FAULT_H

#include "tests/metal/metal.h"

struct user_access {
	unsigned vector;	/* METAL_DONE, or the exception's number */
	uint32_t error;		/* its error code */
	uint64_t cr2;		/* when it was a page fault */
};

/* Make the access, catch SIGSEGV.  METAL_OP_FETCH calls @at. */
struct user_access user_access(uint64_t at, enum metal_op op);

/* A page of USER_RETURN, whatever its rights become, can be called. */
#define USER_RETURN 0xc3
#define USER_PAGE 4096ul

#endif /* METAL_USER_FAULT_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reference.h - what one machine sent, read back and checked.
 */
#ifndef METAL_REFERENCE_H
#define METAL_REFERENCE_H

#include <stddef.h>

#include "tests/metal/metal.h"

struct reference {
	const char *name;		/* "qemu-tcg", "bochs", "kvm" ... */
	struct metal_header header;
	uint64_t cases;
	uint64_t observations;
	struct metal_result *result;	/* cases, then observations */
	uint64_t received;		/* results, if it stopped too early */
};

/* Read what @name's machine sent to @file.  0; -EPROTO if it is not whole
 * (@received says how far it came); another negative errno. */
int reference_read(struct reference *reference, const char *name,
		   const char *file);
void reference_free(struct reference *reference);

#endif /* METAL_REFERENCE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header.h - the header of a trace out of its keys. */
#ifndef SIM_HEADER_H
#define SIM_HEADER_H

#include "sim/trace.h"

/* What the command line says instead of the header. */
struct header_override {
	const char *machine;		/* or NULL */
	unsigned cpus;			/* or 0 */
};

/* The names of all header keys, NULL-terminated. */
extern const char *const header_keys[];

/* Read @mapping, all keys of the header.  0, -EBADMSG or -errno. */
int header_read(const struct node *mapping,
		const struct header_override *override,
		struct trace_header *header, struct diags *diags);

#endif /* SIM_HEADER_H */

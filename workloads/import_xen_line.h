/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_line.h - a line of a recording as numbers.
 */
#ifndef WORKLOADS_IMPORT_XEN_LINE_H
#define WORKLOADS_IMPORT_XEN_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/diag.h"

/* As many as the simulated machine may have. */
#define XEN_MAX_CPUS 64

/* A line's numbers, as the recorder names them; which of them are there
 * depends on the kind. */
struct xen_line {
	char kind;	    /* H R m u z c F L; '#': a remark */
	uint32_t number;    /* in the file, from 1 */
	const char *remark; /* what follows a '#' */
	uint64_t seq, time, cpu, dom, cmd, count, uop;
	int64_t rax, status;
	uint64_t i, host_addr, bus_addr, flags, ref, handle;
	uint64_t stack; /* return address in a module of Linux, or 0 */
	uint64_t loads, stores, load_bytes, map_seq, tracked, touched_by;
	uint64_t source, source_dom, source_offset;
	uint64_t dest, dest_dom, dest_offset, length;
	uint64_t mask, in_call;
	uint64_t ignored;      /* checked, and used for nothing */
	bool touched_by_given; /* older recorders do not */
};

/* Split @text, which stands at @place; false after adding errors. */
bool xen_line_parse(struct xen_line *line, char *text, struct place place,
		    struct diags *diags);

#endif /* WORKLOADS_IMPORT_XEN_LINE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_line.h - a recording as lines, a line as numbers.
 */
#ifndef WORKLOADS_IMPORT_XEN_LINE_H
#define WORKLOADS_IMPORT_XEN_LINE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/diag.h"

/* As many as the simulated machine may have. */
#define XEN_MAX_CPUS 64

struct xen_input;

/* Read @file, packed or not, as @path in messages.  NULL: no memory. */
struct xen_input *xen_input_open(FILE *file, const char *path);
void xen_input_close(struct xen_input *in);
/* The next line without its end, NUL-terminated, until the next call: 1; 0 at
 * the end; -EBADMSG with @diags filled; -errno. */
int xen_input_next(struct xen_input *in, char **line, struct diags *diags);
/* The start of the line given out last. */
struct place xen_input_place(const struct xen_input *in);

/* A line's numbers, as the recorder names them; which of them are there
 * depends on the kind. */
struct xen_line {
	char kind;	    /* H R m u z c F L; '#': a remark */
	uint32_t number;    /* in the file, from 1 */
	const char *remark; /* what follows a '#' */
	uint64_t seq, time, cpu, dom, cmd, count, uop;
	int64_t rax, status;
	uint64_t i, host_addr, bus_addr, flags, ref, handle;
	uint64_t loads, stores, map_seq, tracked, touched_by;
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

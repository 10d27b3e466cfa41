/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace_pieces.h - a trace as what it is made of, to be written again: its
 * events, but the YAML of its header, of driver blocks and of expectations
 * for the end as it stands.
 */
#ifndef SIM_TRACE_PIECES_H
#define SIM_TRACE_PIECES_H

#include "sim/trace.h"

/* Open @path and read its header, as trace_open(). */
int trace_open_pieces(struct trace **trace, const char *path,
		      struct diags *diags);
/* What stands before the first piece.  1, -EBADMSG or -errno. */
int trace_header_text(struct trace *trace, const char **text, size_t *length);

/* After that: of a binary trace in a file that can be read anywhere, go on near
 * event number @event, from 1.  How many are passed over. */
uint64_t trace_pass_over(struct trace *trace, uint64_t event);

struct trace_piece {
	const struct event *event;	/* or NULL: */
	const char *text;		/* a key and its value, whole lines */
	size_t length;
};
/* The next one, until the one after it: as trace_next(). */
int trace_next_piece(struct trace *trace, struct trace_piece *piece);

#endif /* SIM_TRACE_PIECES_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_event.h - what a block of a binary trace holds into events.
 */
#ifndef SIM_BINARY_EVENT_H
#define SIM_BINARY_EVENT_H

#include "sim/binary_read.h"
#include "sim/event_read.h"

struct binary_events;

/* @reader must outlive it.  NULL: no memory. */
struct binary_events *binary_events_create(struct event_reader *reader);
void binary_events_destroy(struct binary_events *events);

/* Begin with @block, of kind BINARY_EVENTS, which must stay until the next.
 * NULL; or what is wrong with it, or with reader->error "". */
const char *binary_events_start(struct binary_events *events,
				const struct binary_block *block,
				const char *name);

/*
 * The next event of the block: 1, and if no error was added *@event is the
 * event until the next call; 0 at the end of the block; -EBADMSG with
 * *@problem of the block.
 */
int binary_events_next(struct binary_events *events, struct event **event,
		       const char **problem);

#endif /* SIM_BINARY_EVENT_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_write.h - an event as lines of a block, the way back from
 * event_read.h.
 */
#ifndef SIM_EVENT_WRITE_H
#define SIM_EVENT_WRITE_H

#include <stdio.h>

#include "sim/event.h"
#include "sim/labels.h"

/* The names that an event's labels stand for. */
struct event_labels {
	const struct labels *handles, *calls;
};

/*
 * Write @event, each line with its end.  More than one line is needed only
 * for what a driver model grants or revokes at once, out of order, and for
 * DMA by several handles.
 * Expectations become "expect COUNTER=VALUE ..."; without a policy of their
 * own they get @policy, if that is not NULL.
 */
void event_write(FILE *to, const struct event *event,
		 const struct event_labels *labels, const char *policy);

#endif /* SIM_EVENT_WRITE_H */

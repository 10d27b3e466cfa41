/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bulk_known.h - lines of a block that are like others before them. */
#ifndef SIM_BULK_KNOWN_H
#define SIM_BULK_KNOWN_H

#include "sim/event_read.h"

struct known_lines;

/* NULL: no memory. */
struct known_lines *known_lines_create(void);
void known_lines_destroy(struct known_lines *known);

/* The event of the line @text .. @end, which starts at @place; NULL: it has to
 * be read. */
struct event *known_lines_read(struct known_lines *known,
			       struct event_reader *reader, const char *text,
			       const char *end, struct place place);
/* It was read without an error: keep what can be known of it. */
void known_lines_learn(struct known_lines *known, struct event_reader *reader,
		       const char *text, const char *end);

#endif /* SIM_BULK_KNOWN_H */

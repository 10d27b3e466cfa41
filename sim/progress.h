/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.h - one line on a terminal that says how far a long run is.
 */
#ifndef SIM_PROGRESS_H
#define SIM_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	int fd;				/* the terminal; -1: say nothing */
	bool shown;			/* there is something to erase */
	uint64_t next;			/* when to draw again, ns */
	bool lines;			/* to a file: a line now and then */
};

/* Show progress on @fd if it is a terminal and @wanted, after a second. */
struct progress progress_start(int fd, bool wanted);

/* Show it on @fd whatever that is; lines that stay, every ten seconds, on what
 * is no terminal. */
struct progress progress_force(int fd);

/* @text says it all, as often as that is allowed. */
void progress_say(struct progress *progress, const char *text);
/* Would it be said now?  Then it may be worth to make a text. */
bool progress_is_due(const struct progress *progress);

/* @what is @done of @total (0: unknown) bytes far, having run @events, if any.
 * Cheap, but reads a clock: not for each event. */
void progress_update(struct progress *progress, const char *what,
		     uint64_t done, uint64_t total, uint64_t events);

/* Erase the line; before anything else is written to the terminal. */
void progress_clear(struct progress *progress);

/*
 * A stream of the bytes of @file that shows how much of it was read, as far as
 * @progress is shown; closing it closes @file.  NULL: no memory, or no such
 * thing, and @file is as it was.
 */
FILE *progress_file(struct progress *progress, FILE *file, const char *what);

#endif /* SIM_PROGRESS_H */

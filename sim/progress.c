/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.c - one line on a terminal that says how far a long run is.
 *
 * Drawn only by a process of the terminal's foreground group, after a
 * second, and at most five times a second.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sim/progress.h"

#define SECOND UINT64_C(1000000000)
#define LINE 79

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

struct progress progress_start(int fd, bool wanted)
{
	bool show = wanted && isatty(fd);

	return (struct progress){
		.fd = show ? fd : -1,
		.next = show ? now() + SECOND : 0,
	};
}

static void put(int fd, const char *text, size_t length)
{
	/* A line that cannot be drawn is not worth an error. */
	if (write(fd, text, length) < 0)
		return;
}

static void draw(struct progress *progress, const char *what, uint64_t done,
		 uint64_t total, uint64_t events)
{
	char line[LINE], text[LINE + 8];
	int length;

	if (total)
		snprintf(line, sizeof(line),
			 "%3" PRIu64 "%% of %s, %" PRIu64 " events",
			 done * 100 / total, what, events);
	else
		snprintf(line, sizeof(line), "%s, %" PRIu64 " events", what,
			 events);
	length = snprintf(text, sizeof(text), "\r\033[K%s", line);
	put(progress->fd, text, (size_t)length);
	progress->shown = true;
}

void progress_update(struct progress *progress, const char *what, uint64_t done,
		     uint64_t total, uint64_t events)
{
	uint64_t time;

	if (progress->fd < 0)
		return;
	time = now();
	if (time < progress->next)
		return;
	progress->next = time + SECOND / 5;
	if (tcgetpgrp(progress->fd) == getpgrp())
		draw(progress, what, done, total, events);
}

void progress_clear(struct progress *progress)
{
	if (progress->shown)
		put(progress->fd, "\r\033[K", 4);
	progress->shown = false;
}

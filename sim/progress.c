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
#include <stdlib.h>
#include <sys/stat.h>
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

struct progress progress_force(int fd)
{
	return (struct progress){
		.fd = fd,
		.next = now() + SECOND,
		.lines = !isatty(fd),
	};
}

static void put(int fd, const char *text, size_t length)
{
	/* A line that cannot be drawn is not worth an error. */
	if (write(fd, text, length) < 0)
		return;
}

static void draw_line(struct progress *progress, const char *line)
{
	char text[LINE + 8];
	int length = snprintf(text, sizeof(text),
			      progress->lines ? "%.*s\n" : "\r\033[K%.*s", LINE,
			      line);

	put(progress->fd, text, (size_t)length);
	progress->shown = !progress->lines;
}

static void draw(struct progress *progress, const char *what, uint64_t done,
		 uint64_t total, uint64_t events)
{
	char line[LINE], much[32] = "", many[40] = "";

	if (total)
		snprintf(much, sizeof(much), "%3" PRIu64 "%% of ",
			 done * 100 / total);
	if (events)
		snprintf(many, sizeof(many), ", %" PRIu64 " events", events);
	snprintf(line, sizeof(line), "%s%s%s", much, what, many);
	draw_line(progress, line);
}

/* Is this the process that the terminal listens to? */
static bool is_in_front(const struct progress *progress)
{
	return progress->lines || tcgetpgrp(progress->fd) == getpgrp();
}

/* Is it time to draw?  Then the next time is set. */
static bool take_turn(struct progress *progress)
{
	if (!progress_is_due(progress))
		return false;
	progress->next = now() + (progress->lines ? 10 * SECOND : SECOND / 5);
	return is_in_front(progress);
}

bool progress_is_due(const struct progress *progress)
{
	return progress->fd >= 0 && now() >= progress->next;
}

void progress_say(struct progress *progress, const char *text)
{
	if (take_turn(progress))
		draw_line(progress, text);
}

void progress_update(struct progress *progress, const char *what, uint64_t done,
		     uint64_t total, uint64_t events)
{
	if (take_turn(progress))
		draw(progress, what, done, total, events);
}

void progress_clear(struct progress *progress)
{
	if (progress->shown)
		put(progress->fd, "\r\033[K", 4);
	progress->shown = false;
}

/* ---- a file on its way ----------------------------------------------- */

struct watched {
	struct progress *progress;
	FILE *file;
	const char *what;
	uint64_t done, total;
};

static ssize_t watched_read(void *cookie, char *to, size_t room)
{
	struct watched *watched = cookie;
	size_t length = fread(to, 1, room, watched->file);

	watched->done += length;
	progress_update(watched->progress, watched->what, watched->done,
			watched->total, 0);
	return length || !ferror(watched->file) ? (ssize_t)length : -1;
}

static int watched_close(void *cookie)
{
	struct watched *watched = cookie;
	int rc = fclose(watched->file);

	progress_clear(watched->progress);
	free(watched);
	return rc;
}

FILE *progress_file(struct progress *progress, FILE *file, const char *what)
{
	const cookie_io_functions_t io = { .read = watched_read,
					   .close = watched_close };
	struct watched *watched = malloc(sizeof(*watched));
	FILE *stream = watched ? fopencookie(watched, "rb", io) : NULL;
	struct stat status;

	if (!stream) {
		free(watched);
		return NULL;
	}
	*watched = (struct watched){ progress, file, what, 0, 0 };
	if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode))
		watched->total = (uint64_t)status.st_size;
	return stream;
}

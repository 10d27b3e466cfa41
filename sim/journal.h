/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - a file of lines, each of which is known to be whole.
 *
 *     89abcdef {"cell":7,...}\n        CRC-32 of the text, the text
 *
 * Lines are appended as work gets done.  A process that is killed, or a
 * machine that stops, leaves a last line that is torn at worst; it is not
 * taken for one.
 */
#ifndef SIM_JOURNAL_H
#define SIM_JOURNAL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct journal {
	int fd;				/* -1: closed */
	const char *path;
	/* Private part. */
	uint64_t synced;		/* when it was, ns */
};

/*
 * Open @path to append, behind its last whole line, or make it.  One process
 * at a time has it open: -EWOULDBLOCK.  0 or -errno.
 */
int journal_open(struct journal *journal, const char *path);
/* Append a line @text, without its end; on disk within a second, if more are
 * appended or it is closed.  0 or -errno. */
int journal_append(struct journal *journal, const char *text);
int journal_close(struct journal *journal);

/* The same line on a stream, whose errors are the caller's to look for. */
void journal_write(FILE *to, const char *text);

/* Line @number of a file, from 1; @text is NULL if it is damaged.  0, or what
 * journal_read() is to return. */
typedef int journal_line(void *data, size_t number, const char *text,
			 size_t length);
/* Call @visit for the lines of @path, without a torn one at the end: 0,
 * -errno, or what @visit returned. */
int journal_read(const char *path, journal_line *visit, void *data);

#endif /* SIM_JOURNAL_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal.c - a file of lines, each of which is known to be whole. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

#include "sim/journal.h"

#define SECOND UINT64_C(1000000000)
#define CHECKSUM_LENGTH 9 /* eight digits, a space */

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

static uint32_t checksum(const char *text, size_t length)
{
	return (uint32_t)crc32_z(0, (const unsigned char *)text, length);
}

void journal_write(FILE *to, const char *text)
{
	fprintf(to, "%08" PRIx32 " %s\n", checksum(text, strlen(text)), text);
}

/* ---- reading --------------------------------------------------------------
 */

/* The text of a whole line, or NULL: it is damaged. */
static const char *checked(const char *line, size_t length)
{
	char *end;
	unsigned long sum;

	if (length < CHECKSUM_LENGTH || line[CHECKSUM_LENGTH - 1] != ' ')
		return NULL;
	sum = strtoul(line, &end, 16);
	if (end != line + CHECKSUM_LENGTH - 1 ||
	    sum != checksum(line + CHECKSUM_LENGTH, length - CHECKSUM_LENGTH))
		return NULL;
	return line + CHECKSUM_LENGTH;
}

static int read_lines(FILE *file, journal_line *visit, void *data)
{
	size_t room = 0, number = 0;
	char *line = NULL;
	const char *text;
	ssize_t length;
	int rc = 0;

	while (rc == 0 && (length = getline(&line, &room, file)) > 0) {
		if (line[length - 1] != '\n')
			break;
		line[--length] = '\0';
		text = checked(line, (size_t)length);
		rc = visit(data, ++number, text,
			   text ? (size_t)length - CHECKSUM_LENGTH : 0);
	}
	if (rc == 0 && ferror(file))
		rc = -errno;
	free(line);
	return rc;
}

int journal_read(const char *path, journal_line *visit, void *data)
{
	FILE *file = fopen(path, "re");
	int rc;

	if (!file)
		return -errno;
	rc = read_lines(file, visit, data);
	fclose(file);
	return rc;
}

/* ---- writing --------------------------------------------------------------
 */

/* Where the last whole line of @fd ends. */
static off_t end_of_lines(int fd)
{
	char block[4096];
	off_t end = lseek(fd, 0, SEEK_END);

	while (end > 0) {
		off_t start = end > (off_t)sizeof(block)
				      ? end - (off_t)sizeof(block)
				      : 0;
		ssize_t length = pread(fd, block, (size_t)(end - start), start);

		if (length != end - start)
			return -1;
		for (; length > 0; length--, end--)
			if (block[length - 1] == '\n')
				return end;
	}
	return end;
}

/* Take the file for this process, and cut off a torn line. */
static int prepare(int fd)
{
	off_t end;

	/* Some file systems know no locks: then nobody is kept out. */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return -EWOULDBLOCK;
	end = end_of_lines(fd);
	if (end < 0 || ftruncate(fd, end) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

int journal_open(struct journal *journal, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	int rc;

	*journal = (struct journal){ .fd = -1, .path = path };
	if (fd < 0)
		return -errno;
	rc = prepare(fd);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	journal->fd = fd;
	journal->synced = now();
	return 0;
}

static int write_all(int fd, const char *text, size_t length)
{
	ssize_t done;

	for (; length; text += done, length -= (size_t)done) {
		done = write(fd, text, length);
		if (done < 0 && errno != EINTR)
			return -errno;
		if (done < 0)
			done = 0;
	}
	return 0;
}

int journal_append(struct journal *journal, const char *text)
{
	char *line = NULL;
	size_t length;
	FILE *to = open_memstream(&line, &length);
	int rc;

	if (!to)
		return -ENOMEM;
	journal_write(to, text);
	if (fclose(to) == EOF) {
		free(line);
		return -ENOMEM;
	}
	rc = write_all(journal->fd, line, length);
	free(line);
	if (rc == 0 && now() - journal->synced >= SECOND) {
		rc = fdatasync(journal->fd) < 0 ? -errno : 0;
		journal->synced = now();
	}
	return rc;
}

int journal_close(struct journal *journal)
{
	int fd = journal->fd, rc = 0;

	journal->fd = -1;
	if (fd < 0)
		return 0;
	if (fsync(fd) < 0)
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

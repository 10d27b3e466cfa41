/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.c - results go out whole or not at all.
 *
 *   writer -> nameless file -> commit: stdout | device | FILE.tmpPID -> FILE
 *
 * Only what may be longer than any file goes straight into a pipe.
 *
 * The temporary has a name only while signals are blocked, so that there is
 * nothing for a handler to clean up.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>
#define ZLIB_CONST
#include <zlib.h>

#include "sim/output.h"

#define BLOCK 65536

/* A function that takes some bytes of the output: 0 or -errno. */
typedef int sink_fn(void *to, const unsigned char *bytes, size_t length);

bool output_is_stdout(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

bool output_is_gzip(const char *path)
{
	size_t length = path ? strlen(path) : 0;

	return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

/* 0 if a file called @path could be made or replaced. */
static int check_target(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return -EISDIR;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return access(path, W_OK) == 0 ? 0 : -errno;
	if (snprintf(folder, sizeof(folder), "%.*s",
		     slash ? (int)(slash - path) + 1 : 1,
		     slash ? path : ".") >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	return access(folder, W_OK | X_OK) == 0 ? 0 : -errno;
}

int output_open(struct output *output, const char *path)
{
	int rc = output_is_stdout(path) ? 0 : check_target(path);

	if (rc < 0)
		return rc;
	output->path = path;
	output->streams = false;
	output->stream = tmpfile();
	return output->stream ? 0 : -errno;
}

static bool stdout_is_pipe(void)
{
	struct stat st;

	return fstat(STDOUT_FILENO, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

int output_open_stream(struct output *output, const char *path)
{
	int fd;

	if (!output_is_stdout(path) || !stdout_is_pipe())
		return output_open(output, path);
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	output->path = path;
	output->streams = true;
	output->stream = fd < 0 ? NULL : fdopen(fd, "w");
	if (!output->stream)
		return -errno;
	setvbuf(output->stream, NULL, _IOFBF, BLOCK);
	return 0;
}

void output_discard(struct output *output)
{
	if (output->stream)
		fclose(output->stream);
	output->stream = NULL;
}

/* ---- copying -------------------------------------------------------- */

static int write_fd(void *to, const unsigned char *bytes, size_t length)
{
	const int *fd = to;
	ssize_t done;

	for (; length; bytes += done, length -= (size_t)done) {
		done = write(*fd, bytes, length);
		if (done < 0 && errno != EINTR)
			return -errno;
		if (done < 0)
			done = 0;
	}
	return 0;
}

struct packer {
	z_stream z;
	int fd;
};

static int pack(struct packer *packer, int flush)
{
	unsigned char block[BLOCK];
	int rc;

	do {
		packer->z.next_out = block;
		packer->z.avail_out = sizeof(block);
		deflate(&packer->z, flush);
		rc = write_fd(&packer->fd, block,
			      sizeof(block) - packer->z.avail_out);
	} while (rc == 0 && packer->z.avail_out == 0);
	return rc;
}

static int write_packed(void *to, const unsigned char *bytes, size_t length)
{
	struct packer *packer = to;

	packer->z.next_in = bytes;
	packer->z.avail_in = (unsigned)length;
	return pack(packer, Z_NO_FLUSH);
}

static int pump(FILE *from, sink_fn *sink, void *to)
{
	unsigned char block[BLOCK];
	size_t length;
	int rc = 0;

	rewind(from);
	while (rc == 0 && (length = fread(block, 1, sizeof(block), from)) > 0)
		rc = sink(to, block, length);
	return rc < 0 ? rc : ferror(from) ? -EIO : 0;
}

/* zlib's own gzip header carries neither name nor time. */
static int pump_packed(FILE *from, int fd)
{
	struct packer packer = { .fd = fd };
	int rc;

	if (deflateInit2(&packer.z, Z_BEST_COMPRESSION, Z_DEFLATED,
			 MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	rc = pump(from, write_packed, &packer);
	if (rc == 0)
		rc = pack(&packer, Z_FINISH);
	deflateEnd(&packer.z);
	return rc;
}

static int copy(FILE *from, int fd, bool gzip)
{
	return gzip ? pump_packed(from, fd) : pump(from, write_fd, &fd);
}

/* ---- where it goes -------------------------------------------------- */

static int to_device(FILE *from, const char *path, bool gzip)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = fd < 0 ? -errno : copy(from, fd, gzip);

	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

/* Give @fd the permissions of the file that it will replace. */
static void keep_mode(int fd, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && fchmod(fd, st.st_mode & 07777) < 0)
		return; /* not ours to keep */
}

static int write_and_rename(FILE *from, const char *path, bool gzip)
{
	char name[PATH_MAX + 32];
	int fd, rc;

	snprintf(name, sizeof(name), "%s.tmp%ld", path, (long)getpid());
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	keep_mode(fd, path);
	rc = copy(from, fd, gzip);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(name, path) < 0)
		rc = -errno;
	if (rc < 0)
		unlink(name);
	return rc;
}

static int to_file(FILE *from, const char *path, bool gzip)
{
	char real[PATH_MAX];
	sigset_t all, before;
	int rc;

	/* Replace what a symbolic link points to, not the link. */
	if (!realpath(path, real))
		snprintf(real, sizeof(real), "%s", path);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	rc = write_and_rename(from, real, gzip);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int output_commit(struct output *output, bool gzip)
{
	struct stat st;
	int rc;

	if (fflush(output->stream) == EOF || ferror(output->stream))
		rc = -errno;
	else if (output->streams)
		rc = 0;
	else if (output_is_stdout(output->path))
		rc = copy(output->stream, STDOUT_FILENO, gzip);
	else if (stat(output->path, &st) == 0 && !S_ISREG(st.st_mode))
		rc = to_device(output->stream, output->path, gzip);
	else
		rc = to_file(output->stream, output->path, gzip);
	output_discard(output);
	return rc;
}

enum status io_error_to(FILE *to, const char *verb, const char *path, int rc)
{
	bool writing = strcmp(verb, "write") == 0;

	if (rc == -EPIPE)
		return STATUS_IO;
	if (output_is_stdout(path))
		fprintf(to, "tlbsim: cannot %s standard %s: %s\n", verb,
			writing ? "output" : "input", strerror(-rc));
	else
		fprintf(to, "tlbsim: cannot %s '%s': %s\n", verb, path,
			strerror(-rc));
	return STATUS_IO;
}

enum status io_error(const char *verb, const char *path, int rc)
{
	return io_error_to(stderr, verb, path, rc);
}

enum status output_begin(struct output *output, const char *path)
{
	int rc = output_open(output, path);

	return rc < 0 ? io_error("write", path, rc) : STATUS_OK;
}

enum status output_end(struct output *output, int rc, bool gzip)
{
	const char *path = output->path;

	if (rc < 0)
		output_discard(output);
	else
		rc = output_commit(output, gzip);
	return rc < 0 ? io_error("write", path, rc) : STATUS_OK;
}

void close_stdout(void)
{
	bool failed = ferror(stdout) != 0;

	if (fclose(stdout) == 0 && !failed)
		return;
	_exit(io_error("write", NULL, -errno));
}

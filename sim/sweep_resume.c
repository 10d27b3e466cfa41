/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_resume.c - the journal beside the output of a sweep.
 *
 *   run -----> OUTPUT.journal grows -----> OUTPUT appears, journal goes
 *                |  killed
 *                `--> --resume: read it, go on
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/output.h"
#include "sim/sweep_resume.h"

/* Could a file stand beside the output? */
static bool has_journal(const char *output)
{
	struct stat st;

	if (output_is_stdout(output))
		return false;
	return stat(output, &st) < 0 || S_ISREG(st.st_mode);
}

static enum status refuse(const char *path, const char *problem)
{
	fprintf(stderr,
		"tlbsim: %s: of another run: %s (--restart forgets it)\n", path,
		problem);
	return STATUS_REJECTED;
}

/* Take the cells out of the file @path, if it is of the same run. */
static enum status take_cells(const char *path, const json_t *was,
			      const json_t *is, struct outcomes *outcomes)
{
	struct part_difference d = part_compare(was, is);
	const struct shard old = part_shard(was), new = part_shard(is);
	int rc;

	if (!d.text[0] && (old.number != new.number || old.of != new.of))
		snprintf(d.text, sizeof(d.text), "it is shard %zu/%zu",
			 old.number, old.of);
	if (d.text[0])
		return refuse(path, d.text);
	rc = part_read_cells(path, was, true, outcomes);
	if (rc == -EBADMSG)
		return STATUS_REJECTED;
	return rc < 0 ? io_error("read", path, rc) : STATUS_OK;
}

/* A journal that is open: read on, or begin with the header. */
static enum status read_or_begin(struct resume *resume, const json_t *header,
				 struct outcomes *outcomes)
{
	enum status status;
	json_t *was;
	char *line;
	int rc = part_read_header(resume->path, &was);

	if (rc == -EBADMSG)
		return refuse(resume->path, "not a journal of a sweep");
	if (rc < 0)
		return io_error("read", resume->path, rc);
	if (was) {
		status = take_cells(resume->path, was, header, outcomes);
		json_decref(was);
		return status;
	}
	line = part_header_line(header);
	rc = line ? journal_append(&resume->journal, line) : -ENOMEM;
	free(line);
	return rc < 0 ? io_error("write", resume->path, rc) : STATUS_OK;
}

/* A part that is there was written by a run that came to its end: then there
 * is nothing left to do. */
static enum status take_part(const char *path, const json_t *header,
			     struct outcomes *outcomes)
{
	enum status status = STATUS_OK;
	json_t *was;
	int rc = part_read_header(path, &was);

	if (rc == -ENOENT)
		return STATUS_OK;
	if (rc == -EBADMSG)
		return refuse(path, "no part of a sweep");
	if (rc < 0)
		return io_error("read", path, rc);
	if (was)
		status = take_cells(path, was, header, outcomes);
	json_decref(was);
	return status;
}

static enum status open_journal(struct resume *resume, const json_t *header,
				struct outcomes *outcomes)
{
	int rc = journal_open(&resume->journal, resume->path);

	if (rc == -EWOULDBLOCK) {
		fprintf(stderr, "tlbsim: %s: another run is writing it\n",
			resume->path);
		return STATUS_IO;
	}
	if (rc < 0)
		return io_error("write", resume->path, rc);
	return read_or_begin(resume, header, outcomes);
}

static enum status open_as_asked(struct resume *resume,
				 const struct sweep_options *options,
				 const json_t *header,
				 struct outcomes *outcomes)
{
	bool there = access(resume->path, F_OK) == 0;

	if (there && options->journal == JOURNAL_REFUSE) {
		fprintf(stderr,
			"tlbsim: %s: a run that did not come to its end "
			"(--resume goes on with it, --restart forgets it)\n",
			resume->path);
		return STATUS_USAGE;
	}
	if (there && options->journal == JOURNAL_RESTART &&
	    unlink(resume->path) < 0)
		return io_error("remove", resume->path, -errno);
	if (!there && options->journal == JOURNAL_RESUME && options->shard.of) {
		enum status status = take_part(options->output, header,
					       outcomes);

		if (status != STATUS_OK)
			return status;
	}
	return open_journal(resume, header, outcomes);
}

enum status resume_open(struct resume *resume,
			const struct sweep_options *options,
			const json_t *header, struct outcomes *outcomes)
{
	enum status status;

	*resume = (struct resume){ .journal.fd = -1 };
	if (!has_journal(options->output))
		return STATUS_OK;
	if (asprintf(&resume->path, "%s.journal", options->output) < 0) {
		resume->path = NULL;
		return io_error("write", options->output, -ENOMEM);
	}
	status = open_as_asked(resume, options, header, outcomes);
	if (status != STATUS_OK)
		resume_close(resume, false);
	return status;
}

enum status resume_close(struct resume *resume, bool done)
{
	enum status status = STATUS_OK;
	int rc;

	if (!resume->path)
		return STATUS_OK;
	rc = journal_close(&resume->journal);
	if (rc < 0)
		status = io_error("write", resume->path, rc);
	if (done)
		unlink(resume->path);
	free(resume->path);
	resume->path = NULL;
	return status;
}

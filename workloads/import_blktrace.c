/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_blktrace.c - `tlbsim import blktrace`: the binary records of
 * blktrace, of one CPU, or of all of them merged by `blkparse -d`.
 *
 *     struct blk_io_trace, then pdu_len bytes that are passed over
 *
 * Of requests given to a driver (issue) and their ends (complete) the data is
 * used.  A file of the other byte order is recognised by its magic number.
 *
 * Source: <linux/blktrace_api.h>; blktrace(8), blkparse(1).
 */
#include "config.h"

#include <byteswap.h>
#include <errno.h>
#include <linux/types.h>
#include <linux/blktrace_api.h>
#include <stdlib.h>

#include "workloads/block_pending.h"
#include "workloads/importers.h"

#define MAGIC_MASK 0xffffff00u
#define VERSION_MASK 0xffu
#define SECTOR 512

static bool is_swapped(const struct blk_io_trace *record)
{
	return (bswap_32(record->magic) & MAGIC_MASK) == BLK_IO_TRACE_MAGIC;
}

static void swap(struct blk_io_trace *record)
{
	record->magic = bswap_32(record->magic);
	record->time = bswap_64(record->time);
	record->sector = bswap_64(record->sector);
	record->bytes = bswap_32(record->bytes);
	record->action = bswap_32(record->action);
	record->device = bswap_32(record->device);
	record->pdu_len = bswap_16(record->pdu_len);
}

static void take(struct block_pending *pending,
		 const struct blk_io_trace *record)
{
	unsigned what = record->action >> BLK_TC_SHIFT;
	/* Each request under its own kind, a remapped one is no new one. */
	unsigned action = record->action & 0xffff;
	struct block_request request = {
		.write = what & BLK_TC_WRITE,
		.bytes = record->bytes,
		.at = record->time,
	};

	if (what & BLK_TC_NOTIFY ||
	    (action != __BLK_TA_ISSUE && action != __BLK_TA_COMPLETE))
		return;
	if (!record->bytes || what & (BLK_TC_DISCARD | BLK_TC_PC))
		pending->trace->left_out += action == __BLK_TA_ISSUE;
	else if (action == __BLK_TA_ISSUE)
		pending_begin(pending, record->device, record->sector,
			      &request);
	else
		pending_end(pending, record->device, record->sector,
			    request.write, record->time);
}

static int bad(const char *path, const struct source *in, struct diags *diags,
	       const char *what)
{
	unsigned long long at = source_offset(in) - sizeof(struct blk_io_trace);

	diag_error(diags, (struct place){ path, 0, 0 }, "%s at byte %llu", what,
		   at);
	return -EBADMSG;
}

/* What is wrong with it, or NULL. */
static const char *problem(const struct blk_io_trace *record)
{
	if ((record->magic & MAGIC_MASK) != BLK_IO_TRACE_MAGIC)
		return "no record of blktrace";
	if ((record->magic & VERSION_MASK) != BLK_IO_TRACE_VERSION)
		return "a record of a version other than 7";
	if (record->time > UINT64_MAX / 2 || record->bytes % SECTOR != 0)
		return "a damaged record";
	return NULL;
}

/* The data that follows a record. */
static int skip(struct source *in, const char *path, size_t length,
		struct diags *diags)
{
	char bytes[UINT16_MAX];
	int rc = 1;

	if (length)
		rc = source_record(in, bytes, length, "a record", diags);
	return rc ? rc
		  : bad(path, in, diags, "the data is cut off of a record");
}

/* 1, 0 at the end, or an error. */
static int read_record(struct block_pending *pending, struct source *in,
		       const char *path, struct diags *diags)
{
	struct blk_io_trace record;
	const char *wrong;
	int rc = source_record(in, &record, sizeof(record), "a record", diags);

	if (rc <= 0)
		return rc;
	if (is_swapped(&record))
		swap(&record);
	wrong = problem(&record);
	if (wrong)
		return bad(path, in, diags, wrong);
	take(pending, &record);
	return skip(in, path, record.pdu_len, diags);
}

static int read_all(struct block_trace *trace, struct source *in,
		    const struct import_job *job, struct diags *diags)
{
	struct block_pending *pending = pending_new(trace);
	int rc = pending ? 1 : -ENOMEM;

	while (rc > 0)
		rc = read_record(pending, in, job->path, diags);
	pending_finish(pending);
	return rc;
}

static const struct block_format format = {
	.importer = "blktrace",
	.read = read_all,
};

static int import(const struct import_job *job, FILE *file, FILE *out,
		  struct diags *diags)
{
	return block_trace_import(&format, job, file, out, diags);
}

static const struct import_option options[] = {
	BLOCK_OPTIONS,
	{ .standard = NULL },
};

const struct importer import_blktrace = {
	.name = "blktrace",
	.text = "requests to disks from the binary records of blktrace",
	.options = options,
	.size = sizeof(struct block_options),
	.run = import,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_merge.c - the parts of a sweep, joined.
 *
 *   headers: all of one sweep, shards 1/N ... N/N, each once
 *   cells:   all there
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/output.h"
#include "sim/sweep_part.h"

struct merge {
	char **path;
	json_t **header; /* of each */
	size_t count;
	struct outcomes *outcomes;
};

static enum status failure(const char *path, int rc)
{
	return rc == -EBADMSG ? STATUS_REJECTED : io_error("read", path, rc);
}

static enum status read_headers(const struct merge *merge)
{
	enum status status = STATUS_OK, one;
	int rc;

	for (size_t i = 0; i < merge->count; i++) {
		rc = part_read_header(merge->path[i], &merge->header[i]);
		if (rc == 0 && !merge->header[i]) {
			fprintf(stderr, "tlbsim: %s: no part of a sweep\n",
				merge->path[i]);
			rc = -EBADMSG;
		}
		one = rc < 0 ? failure(merge->path[i], rc) : STATUS_OK;
		if (one > status)
			status = one;
	}
	return status;
}

/* Is the @i-th of the sweep that the first one is of? */
static bool is_native(const struct merge *merge, size_t i)
{
	struct part_difference d = part_compare(merge->header[i],
						merge->header[0]);
	const struct shard first = part_shard(merge->header[0]);
	const struct shard this = part_shard(merge->header[i]);

	if (!d.text[0] && this.of != first.of)
		snprintf(d.text, sizeof(d.text), "it is shard %zu/%zu",
			 this.number, this.of);
	if (!d.text[0])
		return true;
	fprintf(stderr, "tlbsim: %s: not of the sweep of %s: %s\n",
		merge->path[i], merge->path[0], d.text);
	return false;
}

/* Which of the first @count has shard @number; or @count. */
static size_t find_shard(const struct merge *merge, size_t count, size_t number)
{
	size_t i = 0;

	while (i < count && part_shard(merge->header[i]).number != number)
		i++;
	return i;
}

static bool all_once(const struct merge *merge)
{
	const struct shard first = part_shard(merge->header[0]);
	bool ok = true;

	for (size_t i = 0; i < merge->count; i++) {
		const struct shard shard = part_shard(merge->header[i]);
		size_t other = find_shard(merge, i, shard.number);

		if (other == i)
			continue;
		fprintf(stderr, "tlbsim: %s: shard %zu/%zu is in %s already\n",
			merge->path[i], shard.number, shard.of,
			merge->path[other]);
		ok = false;
	}
	for (size_t n = 1; n <= first.of; n++) {
		if (find_shard(merge, merge->count, n) < merge->count)
			continue;
		fprintf(stderr, "tlbsim: shard %zu/%zu is missing\n", n,
			first.of);
		ok = false;
	}
	return ok;
}

static bool check_headers(const struct merge *merge)
{
	bool ok = true;

	for (size_t i = 1; i < merge->count; i++)
		ok &= is_native(merge, i);
	return ok && all_once(merge);
}

/* Did the run that wrote the @i-th come to its end? */
static bool is_whole(const struct merge *merge, size_t i)
{
	const struct shard shard = part_shard(merge->header[i]);
	const struct outcomes *outcomes = merge->outcomes;

	for (size_t cell = shard.number; cell <= outcomes->count;
	     cell += shard.of) {
		if (outcomes->of[cell - 1].done)
			continue;
		fprintf(stderr,
			"tlbsim: %s: cell %zu is missing: its run has not come "
			"to its end (--resume goes on)\n",
			merge->path[i], cell);
		return false;
	}
	return true;
}

static enum status read_cells(const struct merge *merge)
{
	bool whole = true;
	int rc;

	for (size_t i = 0; i < merge->count; i++) {
		rc = part_read_cells(merge->path[i], merge->header[i], false,
				     merge->outcomes);
		if (rc < 0)
			return failure(merge->path[i], rc);
		whole &= is_whole(merge, i);
	}
	return whole ? STATUS_OK : STATUS_REJECTED;
}

static enum status join(const struct merge *merge)
{
	enum status status = read_headers(merge);
	int rc;

	if (status != STATUS_OK)
		return status;
	if (!check_headers(merge))
		return STATUS_REJECTED;
	rc = outcomes_init(merge->outcomes, part_cells(merge->header[0]));
	return rc < 0 ? failure(merge->path[0], rc) : read_cells(merge);
}

enum status part_merge(char **paths, size_t count, struct outcomes *outcomes)
{
	struct merge merge = { .path = paths,
			       .count = count,
			       .outcomes = outcomes };
	enum status status;

	merge.header = calloc(count, sizeof(*merge.header));
	if (!merge.header)
		return io_error("read", paths[0], -ENOMEM);
	status = join(&merge);
	for (size_t i = 0; i < count; i++)
		json_decref(merge.header[i]);
	free(merge.header);
	return status;
}

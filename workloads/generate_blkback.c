/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate_blkback.c - `tlbsim generate blkback`: block requests.
 *
 * As many are under way as `depth` says: one more comes when the first of
 * them is done, or with its burst, whichever is later.
 */
#include "workloads/generators.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/blkback.h"
#include "workloads/due.h"

struct blkback_options {
	uint64_t count, reads, depth, burst, seed;
	const char *segments, *gap, *service;
	unsigned driver;
	bool persistent;
};

/* @...: the type, and what else the option has. */
#define OPTION(key, ...)                                                       \
	{                                                                      \
		.name = #key, .offset = offsetof(struct blkback_options, key), \
		.type = __VA_ARGS__                                            \
	}

/* clang-format off */
static const struct import_option options[] = {
	{ OPTION(count, FIELD_U64, .min = 1), "1000", "requests" },
	{ OPTION(segments, FIELD_TEXT), "11",
	  "pages of each, 1 to 256; a list draws: 1:3,32 is three times 1 to "
	  "once 32" },
	{ OPTION(reads, FIELD_U64, .max = 100), "70", "per cent of reads" },
	{ OPTION(depth, FIELD_U64, .min = 1, .max = BLK_RING_MAX), "8",
	  "requests under way at most, 1 to 512" },
	{ OPTION(burst, FIELD_U64, .min = 1, .max = 1000000), "1",
	  "requests that come together" },
	{ OPTION(gap, FIELD_TEXT), "0", "time between bursts; a list draws" },
	{ OPTION(service, FIELD_TEXT), "100us",
	  "time that the disk takes; a list draws" },
	{ OPTION(driver, FIELD_CHOICE, .names = blk_version_names), "modern",
	  "which blkback" },
	{ OPTION(persistent, FIELD_BOOL), "false", "persistent grants" },
	{ OPTION(seed, FIELD_U64), "1", "of all that is drawn" },
	{ .standard = NULL },
};
/* clang-format on */

struct requests {
	const struct blkback_options *o;
	struct dist segments, gap, service;
	struct rng rng;
	uint64_t at;		 /* of the last request */
	uint64_t burst_at, left; /* of the present burst */
	struct due_queue due;
};

static bool read_dists(struct requests *r, struct diags *diags)
{
	const struct blkback_options *o = r->o;

	return generate_dist(o->segments, "segments", false, 1,
			     BLK_SEGMENTS_MAX, &r->segments, diags) &&
	       generate_dist(o->gap, "gap", true, 0, 0, &r->gap, diags) &&
	       generate_dist(o->service, "service", true, 0, 0, &r->service,
			     diags);
}

/* When the next one comes. */
static uint64_t next_at(struct requests *r)
{
	if (!r->left) {
		r->left = r->o->burst;
		r->burst_at = time_after(r->burst_at,
					 dist_draw(&r->gap, &r->rng));
	}
	r->left--;
	r->at = time_later(r->at, r->burst_at);
	if (r->due.count == r->o->depth) {
		r->at = time_later(r->at, due_time(&r->due));
		due_pop(&r->due);
	}
	return r->at;
}

static void print_block(const struct blkback_options *o, FILE *out)
{
	unsigned pages = 1;

	while (BLKIF_RING(pages) < o->depth)
		pages *= 2;
	fprintf(out, "---\nblkback:\n  driver: %s\n",
		blk_version_names[o->driver]);
	if (pages > 1)
		fprintf(out, "  ring_pages: %u\n", pages);
	if (o->persistent)
		fputs("  persistent: true\n", out);
	fputs("  requests:\n", out);
}

static void print_request(struct requests *r, FILE *out)
{
	uint64_t at = next_at(r);
	uint64_t segments = dist_draw(&r->segments, &r->rng);
	bool read = generate_percent(&r->rng, r->o->reads);
	uint64_t done = time_after(at, dist_draw(&r->service, &r->rng));

	due_push(&r->due, done, 0);
	fprintf(out,
		"    - {op: %s, segments: %" PRIu64 ", at: %" PRIu64
		", done: %" PRIu64 "}\n",
		read ? "read" : "write", segments, at, done);
}

static int run(const struct import_job *job, FILE *file, FILE *out,
	       struct diags *diags)
{
	struct requests r = { .o = job->options };

	(void)file;
	r.rng = rng_seeded(r.o->seed);
	if (!read_dists(&r, diags))
		return -EBADMSG;
	if (!blk_versions[r.o->driver].many_rings &&
	    r.o->depth > BLKIF_RING(1)) {
		diag_error(diags, (struct place){ "depth", 0, 0 },
			   "%s has one ring, of one page",
			   blk_version_names[r.o->driver]);
		return -EBADMSG;
	}
	generate_head(out, job, "blkback");
	for (uint64_t i = 0; i < r.o->count && !ferror(out); i++) {
		if (i % GENERATE_DOCUMENT == 0)
			print_block(r.o, out);
		print_request(&r, out);
	}
	return ferror(out) ? -EIO : 0;
}

const struct importer generate_blkback = {
	.name = "blkback",
	.text = "block requests, for a model of blkback",
	.options = options,
	.size = sizeof(struct blkback_options),
	.run = run,
};

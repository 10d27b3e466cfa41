/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback_read.c - a `blkback:` block of a trace.
 *
 *     blkback:
 *       driver: modern | linux-3.16
 *       frontend: 1          # default: the first domain but the backend
 *       backend: 0           # default: the hardware domain
 *       cpu: 0               # of the backend; default: any that runs it
 *       persistent: false    # the only choice
 *       bounce: false        # data goes through a bounce buffer
 *       crypt: false         # data is encrypted below the backend
 *       service: 100us       # from start to end, without 'done'; default 0
 *       requests:
 *         - {op: read, segments: 11, at: 10us, done: 80us}
 *         - {op: write, bytes: 4096}
 *     or, in place of requests:
 *       generate: {count: 1000, read_share: 0.7, segments: 11, depth: 8,
 *                  burst: 1, gap: 5us, service: 100us, seed: 1}
 *
 * Lists of {value, weight} may stand for segments, bytes, gap and service.
 */
#include "config.h"

#include "workloads/blkback.h"

#define BYTES_MAX ((uint64_t)BLK_SEGMENTS_MAX * XEN_PAGE)

static const char *const op_names[] = {
	[BLK_READ] = "read",
	[BLK_WRITE] = "write",
	NULL,
};

static bool read_segments(void *arg, const struct node *node, uint64_t *bytes,
			  struct diags *diags)
{
	uint64_t segments;

	(void)arg;
	if (!node_u64(node, 1, BLK_SEGMENTS_MAX, &segments, diags))
		return false;
	*bytes = segments * XEN_PAGE;
	return true;
}

static bool read_bytes(void *arg, const struct node *node, uint64_t *bytes,
		       struct diags *diags)
{
	(void)arg;
	if (!node_u64(node, SECTOR, BYTES_MAX, bytes, diags))
		return false;
	if (*bytes % SECTOR == 0)
		return true;
	diag_error(diags, node->place,
		   "a request is a number of sectors of %u bytes", SECTOR);
	return false;
}

/* The size of one request, or of the generated ones. */
static bool read_size(const struct node *mapping, const struct node *segments,
		      const struct node *bytes, struct dist *size,
		      struct diags *diags)
{
	if (!segments == !bytes) {
		diag_error(diags, mapping->place,
			   "either 'segments' or 'bytes' gives the size");
		return false;
	}
	return segments ? dist_read(segments, size, read_segments, NULL, diags)
			: dist_read(bytes, size, read_bytes, NULL, diags);
}

/* ---- requests: ------------------------------------------------------- */

struct listed {
	struct blk_request request;
	const struct node *segments, *bytes;
};

/* clang-format off */
static const struct field listed_fields[] = {
	{ .name = "op", .type = FIELD_CHOICE, .required = true,
	  .offset = offsetof(struct listed, request.op), .names = op_names },
	{ .name = "segments", .type = FIELD_NODE,
	  .offset = offsetof(struct listed, segments) },
	{ .name = "bytes", .type = FIELD_NODE,
	  .offset = offsetof(struct listed, bytes) },
	ARRIVAL_FIELDS(struct listed, request.arrival),
	{ NULL },
};
/* clang-format on */

static bool read_request(const struct node *node, void *item,
			 struct diags *diags)
{
	struct blk_request *request = item;
	struct listed listed = { .request.arrival = request->arrival };
	struct dist size;

	if (!node_read(node, listed_fields, &listed, diags) ||
	    !read_size(node, listed.segments, listed.bytes, &size, diags))
		return false;
	if (size.count > 1) {
		diag_error(diags, node->place,
			   "the size of a request is one number");
		return false;
	}
	*request = listed.request;
	request->bytes = size.value[0];
	return true;
}

static const struct work_kind request_kind = {
	.driver = "blkback",
	.name = "requests",
	.items = "{op, segments, ...}",
	.size = sizeof(struct blk_request),
	.read = read_request,
};

/* ---- generate: ------------------------------------------------------- */

/* clang-format off */
static const struct field generate_fields[] = {
	ARRIVALS_FIELDS(struct blk_generate),
	{ .name = "segments", .type = FIELD_NODE,
	  .offset = offsetof(struct blk_generate, segments) },
	{ .name = "bytes", .type = FIELD_NODE,
	  .offset = offsetof(struct blk_generate, bytes) },
	{ .name = "read_share", .type = FIELD_REAL, .max = 1,
	  .offset = offsetof(struct blk_generate, read_share) },
	{ .name = "depth", .type = FIELD_U64, .min = 1, .max = BLKIF_RING,
	  .offset = offsetof(struct blk_generate, depth) },
	{ NULL },
};
/* clang-format on */

static bool read_generate(struct blk_config *config, const struct node *node,
			  uint64_t seed, struct diags *diags)
{
	struct blk_generate *random = &config->random;

	random->arrivals = arrivals_default(seed, config->work.service);
	random->read_share = 0.5;
	random->depth = 1;
	config->work.place = node->place;
	if (!node_read(node, generate_fields, random, diags))
		return false;
	return read_size(node, random->segments, random->bytes, &random->size,
			 diags) &&
	       arrivals_start(&random->arrivals, random->gap, random->service,
			      diags);
}

/* ---- the block ------------------------------------------------------- */

/* clang-format off */
static const struct field block_fields[] = {
	ENDS_FIELDS(struct blk_config),
	{ .name = "driver", .type = FIELD_CHOICE, .required = true,
	  .offset = offsetof(struct blk_config, driver),
	  .names = blk_version_names },
	{ .name = "persistent", .type = FIELD_BOOL,
	  .offset = offsetof(struct blk_config, persistent) },
	{ .name = "bounce", .type = FIELD_BOOL,
	  .offset = offsetof(struct blk_config, bounce) },
	{ .name = "crypt", .type = FIELD_BOOL,
	  .offset = offsetof(struct blk_config, crypt) },
	{ .name = "service", .type = FIELD_TIME,
	  .offset = offsetof(struct blk_config, work.service) },
	{ .name = "requests", .type = FIELD_NODE,
	  .offset = offsetof(struct blk_config, work.list) },
	{ .name = "generate", .type = FIELD_NODE,
	  .offset = offsetof(struct blk_config, work.generate) },
	{ NULL },
};
/* clang-format on */

static bool check_persistent(const struct blk_config *config,
			     const struct node *block, struct diags *diags)
{
	if (!config->persistent)
		return true;
	diag_error(diags, node_get(block, "persistent")->place,
		   "there is no model of persistent grants: only "
		   "'persistent: false' can be replayed");
	return false;
}

static bool read_work(struct blk_config *config, const struct node *block,
		      uint64_t seed, struct diags *diags)
{
	if (!work_check(&config->work, block, diags))
		return false;
	return config->work.list ? work_read_list(&config->work, diags)
				 : read_generate(config, config->work.generate,
						 seed, diags);
}

bool blk_config_read(struct blk_config *config, const struct node *block,
		     const struct trace_header *header, struct diags *diags)
{
	bool good;

	*config = (struct blk_config){ .work = { .kind = &request_kind,
						 .place = block->place } };
	if (!node_read(block, block_fields, config, diags))
		return false;
	good = check_persistent(config, block, diags);
	good = ends_find(&config->ends, &config->who, block, header, diags) &&
	       good;
	return read_work(config, block, header->seed, diags) && good;
}

void blk_config_fini(struct blk_config *config)
{
	work_fini(&config->work);
}

static bool draw_request(struct blk_config *config, struct blk_request *request)
{
	struct blk_generate *random = &config->random;
	struct rng *rng = &random->arrivals.rng;

	*request = (struct blk_request){ .arrival.place = config->work.place };
	if (!arrivals_next(&random->arrivals, &request->arrival.at))
		return false;
	request->op = rng_chance(rng, random->read_share) ? BLK_READ
							  : BLK_WRITE;
	request->bytes = dist_draw(&random->size, rng);
	request->arrival.service = dist_draw(&random->arrivals.service, rng);
	return true;
}

bool blk_config_next(struct blk_config *config, struct blk_request *request)
{
	return config->work.generate ? draw_request(config, request)
				     : work_next(&config->work, request);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blkback_read.c - a `blkback:` block of a trace.
 *
 *     blkback:
 *       driver: modern | linux-3.16
 *       frontend: 1          # default: the first domain but the backend
 *       backend: 0           # default: the hardware domain
 *       cpu: 0               # of the backend, or a list, one for each
 *                            # queue; default: any that runs it
 *       queues: 1            # rings, each with its thread (modern)
 *       ring_pages: 1        # of each: 1, 2, 4, 8 or 16 (modern)
 *       persistent: false    # grants stay mapped from request to request
 *       max_persistent_grants: 1056    # of a ring
 *       persistent_timeout: 60s        # not used so long: unmapped (modern)
 *       bounce: false        # data goes through a bounce buffer
 *       crypt: false         # data is encrypted below the backend
 *       file: false          # the disk is a file, read and written buffered
 *       service: 100us       # from start to end, without 'done'; default 0
 *       requests:
 *         - {op: read, segments: 11, at: 10us, done: 80us}
 *         - {op: write, bytes: 4096, queue: 0, file: true}
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
	{ .name = "file", .type = FIELD_BOOL,
	  .offset = offsetof(struct listed, request.file) },
	{ .name = "queue", .type = FIELD_U64, .max = BLK_QUEUES_MAX - 1,
	  .offset = offsetof(struct listed, request.queue) },
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
	{ .name = "depth", .type = FIELD_U64, .min = 1, .max = BLK_RING_MAX,
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
	{ .name = "queues", .type = FIELD_U64, .min = 1, .max = BLK_QUEUES_MAX,
	  .offset = offsetof(struct blk_config, queues) },
	{ .name = "ring_pages", .type = FIELD_U64, .min = 1,
	  .max = 1 << BLK_RING_ORDER_MAX,
	  .offset = offsetof(struct blk_config, ring_pages) },
	{ .name = "persistent", .type = FIELD_BOOL,
	  .offset = offsetof(struct blk_config, persistent) },
	{ .name = "max_persistent_grants", .type = FIELD_U64, .min = 1,
	  .max = UINT32_MAX,
	  .offset = offsetof(struct blk_config, persistent_max) },
	{ .name = "persistent_timeout", .type = FIELD_TIME,
	  .offset = offsetof(struct blk_config, persistent_timeout) },
	{ .name = "bounce", .type = FIELD_BOOL,
	  .offset = offsetof(struct blk_config, bounce) },
	{ .name = "crypt", .type = FIELD_BOOL,
	  .offset = offsetof(struct blk_config, crypt) },
	{ .name = "file", .type = FIELD_BOOL,
	  .offset = offsetof(struct blk_config, file) },
	{ .name = "service", .type = FIELD_TIME,
	  .offset = offsetof(struct blk_config, work.service) },
	{ .name = "requests", .type = FIELD_NODE,
	  .offset = offsetof(struct blk_config, work.list) },
	{ .name = "generate", .type = FIELD_NODE,
	  .offset = offsetof(struct blk_config, work.generate) },
	{ NULL },
};
/* clang-format on */

/* A ring of what size, and how many: false after adding an error. */
static bool read_rings(struct blk_config *config, const struct node *block,
		       struct diags *diags)
{
	const struct blk_version *version = &blk_versions[config->driver];
	const struct node *pages = node_get(block, "ring_pages");

	if (!version->many_rings &&
	    (config->queues > 1 || config->ring_pages > 1)) {
		diag_error(diags, block->place, "%s has one ring, of one page",
			   version->name);
		return false;
	}
	if (config->ring_pages & (config->ring_pages - 1)) {
		diag_error(diags, pages->place,
			   "a ring has 1, 2, 4, 8 or 16 pages");
		return false;
	}
	config->ring_entries = (unsigned)BLKIF_RING(config->ring_pages);
	return true;
}

/* A request of any size must fit into each ring's share of the table. */
static bool check_refs(const struct blk_config *config,
		       const struct node *block, struct diags *diags)
{
	return ends_hold(&config->ends, block,
			 (unsigned)config->queues * (BLK_SEGMENTS_MAX + 1),
			 diags);
}

/* What is in the generator or the list must fit the rings. */
static bool check_depth(const struct blk_config *config, struct diags *diags)
{
	const struct blk_generate *random = &config->random;

	if (random->depth <= config->ring_entries)
		return true;
	diag_error(diags, node_get(config->work.generate, "depth")->place,
		   "a ring of %u requests cannot hold %u", config->ring_entries,
		   (unsigned)random->depth);
	return false;
}

static bool check_queues(const struct blk_config *config, struct diags *diags)
{
	const struct blk_request *request = config->work.items;

	for (size_t i = 0; i < config->work.count; i++) {
		if (request[i].queue < config->queues)
			continue;
		diag_error(diags, request[i].arrival.place,
			   "there is no queue %u, only %u",
			   (unsigned)request[i].queue,
			   (unsigned)config->queues);
		return false;
	}
	return true;
}

static bool read_work(struct blk_config *config, const struct node *block,
		      uint64_t seed, struct diags *diags)
{
	if (!work_check(&config->work, block, diags))
		return false;
	if (config->work.list)
		return work_read_list(&config->work, diags) &&
		       check_queues(config, diags);
	return read_generate(config, config->work.generate, seed, diags) &&
	       check_depth(config, diags);
}

bool blk_config_read(struct blk_config *config, const struct node *block,
		     const struct trace_header *header, struct diags *diags)
{
	bool good;

	*config = (struct blk_config){
		.work = { .kind = &request_kind, .place = block->place },
		.queues = 1,
		.ring_pages = 1,
		.persistent_max = BLK_PERSISTENT_MAX,
		.persistent_timeout = BLK_PERSISTENT_TIMEOUT,
	};
	if (!node_read(block, block_fields, config, diags))
		return false;
	if (!read_rings(config, block, diags))
		return false;
	good = ends_find(&config->ends, &config->who, block, header, diags) &&
	       check_refs(config, block, diags);
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
	if (config->queues > 1)
		request->queue = rng_below(rng, (uint32_t)config->queues);
	request->arrival.service = dist_draw(&random->arrivals.service, rng);
	return true;
}

bool blk_config_next(struct blk_config *config, struct blk_request *request)
{
	return config->work.generate ? draw_request(config, request)
				     : work_next(&config->work, request);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netback_read.c - a `netback:` block of a trace.
 *
 *     netback:
 *       driver: N0 | N1 | N2 | N3 | N4 | N4b
 *       frontend: 1            # default: the first domain but the backend
 *       backend: 0             # default: the hardware domain
 *       cpu: 0                 # of the backend; default: any that runs it
 *       poll: 0                # from the first packet's arrival to the poll
 *       dealloc: 0             # from the first release to the unmap
 *       service: 100us         # from poll to release, without 'done'
 *       parsed: 54             # bytes of headers that protocols look at
 *       tap: false             # somebody captures packets in the backend
 *       local-delivery: false  # the backend's own network stack gets them
 *       checksum: false        # the CPU computes checksums
 *       bounce: false          # the card cannot reach the guest's memory
 *       bridge: 2              # packets go to this guest; default: outside
 *       packets:
 *         - {slots: [66, 4096, 4096], at: 10us, done: 80us}
 *         - {bytes: 1514, header: 66, direction: tx, local-delivery: true}
 *     or, in place of packets:
 *       generate: {count: 1000, bytes: 1514, header: 66, rx_share: 0,
 *                  burst: 8, gap: 50us, service: 100us, seed: 1}
 *
 * Lists of {value, weight} may stand for slots, bytes, gap and service.
 * Without 'header' a packet of so many bytes starts with a full page;
 * directions are the guest's.  The 'slots' of a received packet are the
 * pieces of the buffer that it comes from.
 */
#include "config.h"

#include "workloads/netback.h"

#include <string.h>

/* Ethernet, IPv4 and TCP without options. */
#define PARSED_DEFAULT (14 + 20 + 20)

static const char *const direction_names[] = {
	[NET_TX] = "tx",
	[NET_RX] = "rx",
	NULL,
};

/* ---- the shape of a packet ------------------------------------------- */

static bool check_slots(const struct node *node, size_t slots, unsigned max,
			struct diags *diags)
{
	if (slots >= 1 && slots <= max)
		return true;
	diag_error(diags, node->place,
		   "a packet has 1 to %u slots, this one %zu", max, slots);
	return false;
}

/* [66, 4096, 4096] */
static bool shape_of_slots(const struct node *node, struct net_shape *shape,
			   struct diags *diags)
{
	const struct node *item;
	uint64_t bytes = 0;

	if (node->kind != NODE_SEQUENCE) {
		diag_error(diags, node->place,
			   "'slots' is a list of sizes, such as [66, 4096]");
		return false;
	}
	/* of a packet to the guest; less is checked by those who know */
	if (!check_slots(node, node->count,
			 node->count ? PIECES_MAX : SLOTS_MAX, diags))
		return false;
	shape->nr_slots = 0;
	for (item = node->first; item; item = item->next) {
		uint64_t size;

		if (!node_u64(item, 0, XEN_PAGE, &size, diags))
			return false;
		shape->size[shape->nr_slots++] = (uint16_t)size;
		bytes += size;
	}
	if (bytes >= FRAME_MIN && shape->size[0])
		return true;
	diag_error(diags, node->place,
		   "a packet has at least %d bytes, and some in its first slot",
		   FRAME_MIN);
	return false;
}

/* A header of its own slot, then full pages; or full pages only. */
static bool shape_of_bytes(const struct node *node, uint64_t header,
			   struct net_shape *shape, struct diags *diags)
{
	uint64_t bytes, here;

	if (!node_u64(node, FRAME_MIN, XEN_NETIF_MAX_TX_SIZE, &bytes, diags))
		return false;
	shape->nr_slots = 0;
	for (here = header; bytes; here = XEN_PAGE) {
		if (here > bytes)
			here = bytes;
		shape->size[shape->nr_slots++] = (uint16_t)here;
		bytes -= here;
	}
	return true;
}

/* Both turn a node into a number of a shape of the generator. */
static bool draw_slots(void *arg, const struct node *node, uint64_t *which,
		       struct diags *diags)
{
	struct net_generate *random = arg;

	*which = random->nr_shapes++;
	return shape_of_slots(node, &random->shape[*which], diags);
}

static bool draw_bytes(void *arg, const struct node *node, uint64_t *which,
		       struct diags *diags)
{
	struct net_generate *random = arg;

	*which = random->nr_shapes++;
	return shape_of_bytes(node, random->header, &random->shape[*which],
			      diags);
}

/* One shape, or several to draw from: a packet is a generator of one. */
static bool read_shapes(struct net_generate *random, const struct node *mapping,
			struct diags *diags)
{
	if (!random->slots == !random->bytes) {
		diag_error(diags, mapping->place,
			   "either 'slots' or 'bytes' gives the size");
		return false;
	}
	if (random->slots && random->header_given) {
		diag_error(diags, node_get(mapping, "header")->place,
			   "'header' goes with 'bytes': the first of "
			   "'slots' is the header");
		return false;
	}
	if (!random->header_given)
		random->header = XEN_PAGE;
	return random->slots ? dist_read(random->slots, &random->which,
					 draw_slots, random, diags)
			     : dist_read(random->bytes, &random->which,
					 draw_bytes, random, diags);
}

/* clang-format off */
#define SHAPE_FIELDS(into, path)                                              \
	{ .name = "slots", .type = FIELD_NODE,                                \
	  .offset = offsetof(into, path slots) },                             \
	{ .name = "bytes", .type = FIELD_NODE,                                \
	  .offset = offsetof(into, path bytes) },                             \
	{ .name = "header", .type = FIELD_U64, .min = FRAME_MIN,              \
	  .max = XEN_PAGE, .offset = offsetof(into, path header),             \
	  .given = offsetof(into, path header_given) }
/* clang-format on */

static void packet_shape(struct packet *packet, const struct net_shape *shape)
{
	packet->nr_slots = shape->nr_slots;
	memcpy(packet->size, shape->size, sizeof(packet->size));
}

/* ---- packets: -------------------------------------------------------- */

struct listed {
	struct packet packet;
	struct net_generate random;
};

/* clang-format off */
static const struct field listed_fields[] = {
	SHAPE_FIELDS(struct listed, random.),
	{ .name = "direction", .type = FIELD_CHOICE,
	  .offset = offsetof(struct listed, packet.direction),
	  .names = direction_names },
	{ .name = "local-delivery", .type = FIELD_BOOL,
	  .offset = offsetof(struct listed, packet.local),
	  .given = offsetof(struct listed, packet.local_given) },
	ARRIVAL_FIELDS(struct listed, packet.arrival),
	{ NULL },
};
/* clang-format on */

static bool read_packet(const struct node *node, void *item,
			struct diags *diags)
{
	struct packet *packet = item;
	struct listed listed = { .packet.arrival = packet->arrival };

	if (!node_read(node, listed_fields, &listed, diags) ||
	    !read_shapes(&listed.random, node, diags))
		return false;
	if (listed.random.nr_shapes > 1) {
		diag_error(diags, node->place, "a packet has one size");
		return false;
	}
	*packet = listed.packet;
	packet_shape(packet, &listed.random.shape[0]);
	return packet->direction == NET_RX ||
	       check_slots(listed.random.slots ? listed.random.slots : node,
			   packet->nr_slots, SLOTS_MAX, diags);
}

static const struct work_kind packet_kind = {
	.driver = "netback",
	.name = "packets",
	.items = "{slots, at, ...}",
	.size = sizeof(struct packet),
	.read = read_packet,
};

/* ---- generate: ------------------------------------------------------- */

/* clang-format off */
static const struct field generate_fields[] = {
	ARRIVALS_FIELDS(struct net_generate),
	SHAPE_FIELDS(struct net_generate, ),
	{ .name = "rx_share", .type = FIELD_REAL, .max = 1,
	  .offset = offsetof(struct net_generate, rx_share) },
	{ NULL },
};
/* clang-format on */

/* Any of them may be sent. */
static bool check_shapes(const struct net_generate *random, struct diags *diags)
{
	for (unsigned i = 0; i < random->nr_shapes; i++)
		if (!check_slots(random->slots ? random->slots : random->bytes,
				 random->shape[i].nr_slots, SLOTS_MAX, diags))
			return false;
	return true;
}

static bool read_generate(struct net_config *config, const struct node *node,
			  uint64_t seed, struct diags *diags)
{
	struct net_generate *random = &config->random;

	random->arrivals = arrivals_default(seed, config->work.service);
	config->work.place = node->place;
	return node_read(node, generate_fields, random, diags) &&
	       read_shapes(random, node, diags) &&
	       check_shapes(random, diags) &&
	       arrivals_start(&random->arrivals, random->gap, random->service,
			      diags);
}

/* ---- the block ------------------------------------------------------- */

/* clang-format off */
static const struct field block_fields[] = {
	ENDS_FIELDS(struct net_config),
	{ .name = "driver", .type = FIELD_CHOICE, .required = true,
	  .offset = offsetof(struct net_config, driver),
	  .names = net_version_names },
	{ .name = "tap", .type = FIELD_BOOL,
	  .offset = offsetof(struct net_config, tap) },
	{ .name = "local-delivery", .type = FIELD_BOOL,
	  .offset = offsetof(struct net_config, local_delivery) },
	{ .name = "checksum", .type = FIELD_BOOL,
	  .offset = offsetof(struct net_config, checksum) },
	{ .name = "bounce", .type = FIELD_BOOL,
	  .offset = offsetof(struct net_config, bounce) },
	{ .name = "bridge", .type = FIELD_U32,
	  .offset = offsetof(struct net_config, bridge_id),
	  .given = offsetof(struct net_config, bridged) },
	{ .name = "parsed", .type = FIELD_U64, .min = FRAME_MIN,
	  .max = XEN_PAGE, .offset = offsetof(struct net_config, parsed) },
	{ .name = "poll", .type = FIELD_TIME,
	  .offset = offsetof(struct net_config, poll) },
	{ .name = "dealloc", .type = FIELD_TIME,
	  .offset = offsetof(struct net_config, dealloc) },
	{ .name = "service", .type = FIELD_TIME,
	  .offset = offsetof(struct net_config, work.service) },
	{ .name = "packets", .type = FIELD_NODE,
	  .offset = offsetof(struct net_config, work.list) },
	{ .name = "generate", .type = FIELD_NODE,
	  .offset = offsetof(struct net_config, work.generate) },
	{ NULL },
};
/* clang-format on */

static bool read_work(struct net_config *config, const struct node *block,
		      uint64_t seed, struct diags *diags)
{
	if (!work_check(&config->work, block, diags))
		return false;
	return config->work.list ? work_read_list(&config->work, diags)
				 : read_generate(config, config->work.generate,
						 seed, diags);
}

/* Who gets the packets, if another guest does: false after adding errors. */
static bool find_bridge(struct net_config *config, const struct node *block,
			const struct trace_header *header, struct diags *diags)
{
	const struct trace_domain *guest;

	if (!config->bridged)
		return true;
	guest = ends_named(header, block, "bridge", config->bridge_id, diags);
	if (!guest)
		return false;
	if (guest->id == config->ends.frontend ||
	    guest->id == config->ends.backend) {
		diag_error(diags, node_get(block, "bridge")->place,
			   "'bridge' is a guest beside the two ends");
		return false;
	}
	config->bridge = guest->id;
	config->bridge_memory = guest->memory / XEN_PAGE;
	return ends_refs(ends_table(guest), guest->id, block, NETIF_RX_RING,
			 diags);
}

bool net_config_read(struct net_config *config, const struct node *block,
		     const struct trace_header *header, struct diags *diags)
{
	bool good;

	*config = (struct net_config){ .work = { .kind = &packet_kind,
						 .place = block->place },
				       .parsed = PARSED_DEFAULT };
	if (!node_read(block, block_fields, config, diags))
		return false;
	good = ends_find(&config->ends, &config->who, block, header, diags);
	good = good && ends_hold(&config->ends, block,
				 NETIF_TX_RING + NETIF_RX_RING, diags);
	good = good && find_bridge(config, block, header, diags);
	return read_work(config, block, header->seed, diags) && good;
}

void net_config_fini(struct net_config *config)
{
	work_fini(&config->work);
}

static bool draw_packet(struct net_config *config, struct packet *packet)
{
	struct net_generate *random = &config->random;
	struct rng *rng = &random->arrivals.rng;

	*packet = (struct packet){ .arrival.place = config->work.place };
	if (!arrivals_next(&random->arrivals, &packet->arrival.at))
		return false;
	packet->direction = rng_chance(rng, random->rx_share) ? NET_RX : NET_TX;
	packet_shape(packet, &random->shape[dist_draw(&random->which, rng)]);
	packet->arrival.service = dist_draw(&random->arrivals.service, rng);
	return true;
}

bool net_config_next(struct net_config *config, struct packet *packet)
{
	bool more = config->work.generate ? draw_packet(config, packet)
					  : work_next(&config->work, packet);

	if (!packet->local_given)
		packet->local = config->local_delivery;
	return more;
}

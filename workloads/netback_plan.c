/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netback_plan.c - what becomes of a packet, by version of the driver.
 *
 *   slot 0            slot 1               slot 2
 *   [header|payload]  [payload          ]  [payload     ]     guest pages
 *       |       |          |                    |
 *       v       v          v                    v
 *   [ linear ] [frag 0]  [frag 1           ]  [frag 2      ]   skb
 *    copied,    mapped
 *    or read    (N2: when linear is shorter than 128 bytes, the CPU pulls
 *    (N1)        the rest out of the first frags; N0: all is copied)
 *
 * Sources: Linux 3.14 (N0), commits f53c3fe8dad7 (N1), bdab82759b8e (N2),
 * 7e5d7753956b (N3), ad7f402a (N4) and 534fc31d09b7 (N4b);
 * drivers/net/xen-netback/netback.c (xenvif_tx_build_gops, xenvif_get_requests,
 * xenvif_handle_frag_list).
 */
#include "config.h"

#include "workloads/netback.h"

const struct net_version net_versions[] = {
	{ "N0", HEADER_COALESCED, PULL_PARSED, false },
	{ "N1", HEADER_MAPPED, PULL_ALWAYS, false },
	{ "N2", HEADER_COPIED, PULL_ALWAYS, false },
	{ "N3", HEADER_COPIED, PULL_PARSED, false },
	{ "N4", HEADER_COPIED_ACROSS, PULL_PARSED, false },
	{ "N4b", HEADER_COPIED_ACROSS, PULL_PARSED, true },
};
const char *const net_version_names[] = { "N0", "N1",  "N2", "N3",
					  "N4", "N4b", NULL };

static unsigned at_most(unsigned value, unsigned limit)
{
	return value < limit ? value : limit;
}

static unsigned total(const struct packet *packet)
{
	unsigned bytes = 0;

	for (unsigned i = 0; i < packet->nr_slots; i++)
		bytes += packet->size[i];
	return bytes;
}

/* Bytes of a packet that N4 copies.  When each slot but the first will be a
 * frag of its own, the first must not become one. */
static unsigned copy_across_length(const struct packet *packet)
{
	unsigned bytes = at_most(total(packet), COPY_LENGTH);
	unsigned extra = packet->nr_slots - 1;

	if (extra >= SLOTS_MAX - 1 && bytes < packet->size[0])
		return packet->size[0];
	return bytes;
}

/* Copy @bytes from the first slots. */
static void plan_copy(struct net_plan *plan, const struct packet *packet,
		      unsigned bytes)
{
	for (unsigned i = 0; bytes; i++) {
		unsigned here = at_most(packet->size[i], bytes);

		plan->slot[i].copied = (uint16_t)here;
		bytes -= here;
	}
}

/* Fill the linear part; the number of bytes in it. */
static unsigned plan_header(struct net_plan *plan, enum net_header header,
			    const struct packet *packet)
{
	unsigned bytes = at_most(packet->size[0], COPY_LENGTH);

	switch (header) {
	case HEADER_COALESCED:
		plan_copy(plan, packet, total(packet));
		return total(packet);
	case HEADER_MAPPED:
		plan->slot[0].read = (uint16_t)bytes;
		plan->slot[0].mapped = true;
		return bytes;
	case HEADER_COPIED:
		plan_copy(plan, packet, bytes);
		return bytes;
	case HEADER_COPIED_ACROSS:
		bytes = copy_across_length(packet);
		plan_copy(plan, packet, bytes);
		return bytes;
	}
	return 0;
}

static unsigned frag_size(const struct net_plan *plan,
			  const struct packet *packet, unsigned i)
{
	return packet->size[i] - plan->slot[i].copied - plan->slot[i].read;
}

/* An empty slot is mapped as well, unless nothing is or the driver knows of
 * such slots. */
static bool is_frag(const struct net_plan *plan, const struct packet *packet,
		    const struct net_version *version, unsigned i)
{
	if (version->header == HEADER_COALESCED)
		return false;
	return frag_size(plan, packet, i) ||
	       (!packet->size[i] && !version->ends_page);
}

/* Map what is left of each slot; the number of frags. */
static unsigned plan_frags(struct net_plan *plan, const struct packet *packet,
			   const struct net_version *version)
{
	unsigned frags = 0;

	for (unsigned i = 0; i < packet->nr_slots; i++) {
		if (!is_frag(plan, packet, version, i))
			continue;
		plan->slot[i].mapped = true;
		plan->slot[i].kept = true;
		frags++;
	}
	return frags;
}

/* Pull @bytes out of the first frags. */
static void plan_pull(struct net_plan *plan, const struct packet *packet,
		      unsigned bytes)
{
	for (unsigned i = 0; bytes && i < packet->nr_slots; i++) {
		unsigned here = at_most(frag_size(plan, packet, i), bytes);

		plan->slot[i].pulled = (uint16_t)here;
		bytes -= here;
	}
}

void net_plan(struct net_plan *plan, const struct net_version *version,
	      const struct packet *packet, unsigned parsed)
{
	unsigned wanted = version->pull == PULL_ALWAYS ? COPY_LENGTH : parsed;
	unsigned linear;

	*plan = (struct net_plan){ 0 };
	linear = plan_header(plan, version->header, packet);
	plan->flattened = plan_frags(plan, packet, version) > MAX_SKB_FRAGS;
	if (!plan->flattened && linear < wanted)
		plan_pull(plan, packet, wanted - linear);
}

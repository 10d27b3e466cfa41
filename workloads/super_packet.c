/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * super_packet.c - segments of TCP in one piece again, and its slots.
 *
 *     seq 1000 +1448 | seq 2448 +1448 | seq 3896 +300    on the wire
 *     headers | 3196 bytes                               by the guest
 *     [66] [3196]                                        its slots, or
 *     [3262]                                             packed
 *
 * What a card cuts is of one connection, without a hole, all pieces but the
 * last of one size, in close succession, and with its headers no more than an
 * IP packet can be.
 *
 * Sources: RFC 9293; Linux, Documentation/networking/segmentation-offloads;
 * Xen's io/netif.h: a packet takes up to XEN_NETIF_NR_SLOTS_MIN slots, none
 * crosses a page.
 */
#include "config.h"

#include "workloads/super_packet.h"

#define PAGE 4096
#define MAX_PACKET 65535

void super_packet_start(struct super_packet *packet, const struct frame *frame,
			uint64_t at)
{
	uint32_t payload = frame->length - frame->headers;

	*packet = (struct super_packet){
		.first = *frame,
		.at = at,
		.last = at,
		.segment = payload,
		.payload = payload,
		.segments = 1,
		.complete = !frame->tcp || !payload || frame->push,
	};
}

static bool same_flow(const struct frame *a, const struct frame *b)
{
	return b->tcp && a->port_from == b->port_from &&
	       a->port_to == b->port_to && a->headers == b->headers &&
	       address_equal(&a->from, &b->from) &&
	       address_equal(&a->to, &b->to);
}

bool super_packet_add(struct super_packet *packet, const struct frame *frame,
		      uint64_t at, uint64_t gap)
{
	uint32_t payload = frame->length - frame->headers;

	if (packet->complete || !same_flow(&packet->first, frame) ||
	    frame->sequence != packet->first.sequence + packet->payload ||
	    !payload || payload > packet->segment || at - packet->last > gap ||
	    packet->first.headers + packet->payload + payload > MAX_PACKET)
		return false;
	packet->payload += payload;
	packet->last = at;
	packet->segments++;
	packet->complete = frame->push || payload < packet->segment;
	return true;
}

static unsigned cut(uint32_t bytes, uint32_t offset, uint16_t *size)
{
	unsigned count = 0;
	uint32_t part;

	for (; bytes; bytes -= part, offset = 0) {
		part = PAGE - offset < bytes ? PAGE - offset : bytes;
		size[count++] = (uint16_t)part;
	}
	return count;
}

/* A frame has its Ethernet header, if the capture was so short. */
static uint32_t whole(const struct super_packet *packet)
{
	uint32_t bytes = packet->first.headers + packet->payload;

	if (bytes > MAX_PACKET)
		bytes = MAX_PACKET;
	return bytes < FRAME_MIN ? FRAME_MIN : bytes;
}

unsigned super_packet_slots(const struct super_packet *packet,
			    const struct capture_options *options,
			    uint16_t size[SLOTS_MAX])
{
	uint32_t headers = packet->first.headers;
	uint32_t offset = (uint32_t)options->offset;

	/* More slots than it may take: its sender packs it, too. */
	if (options->sender == SENDER_PACKED || !packet->first.tcp ||
	    !packet->payload || headers + packet->payload > MAX_PACKET ||
	    (packet->payload + offset + PAGE - 1) / PAGE > SLOTS_MAX - 1)
		return cut(whole(packet), 0, size);
	size[0] = (uint16_t)headers;
	return 1 + cut(packet->payload, offset, size + 1);
}

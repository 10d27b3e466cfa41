/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * super_packet.h - what a guest sent in one piece and a card cut to the size
 * of the wire, in one piece again; and the slots that it took.
 */
#ifndef WORKLOADS_SUPER_PACKET_H
#define WORKLOADS_SUPER_PACKET_H

#include "workloads/frame_parse.h"
#include "workloads/netback.h"

struct capture_options {
	unsigned driver;   /* index of net_version_names */
	const char *guest; /* an address, or NULL */
	unsigned sender;   /* enum net_sender */
	bool merge;
	uint64_t gap;	   /* ns between segments of one packet */
	uint64_t offset;   /* of the payload in its first page */
	uint64_t delay;	   /* ns from arrival to release */
	uint64_t poll, dealloc;
	bool tap;
};

enum net_sender { SENDER_HEADER_SLOT, SENDER_PACKED };

struct super_packet {
	struct frame first;
	uint64_t at, last;     /* ns, of the first and the latest segment */
	uint32_t segment;      /* bytes of payload in each but the last */
	uint32_t payload;      /* of all */
	unsigned segments;
	bool complete;	       /* nothing can follow */
};

/* Begin with @frame, seen at @at. */
void super_packet_start(struct super_packet *packet, const struct frame *frame,
			uint64_t at);
/* If @frame continues it, add it; false if it does not. */
bool super_packet_add(struct super_packet *packet, const struct frame *frame,
		      uint64_t at, uint64_t gap);
/* Sizes of its slots; how many, at most SLOTS_MAX. */
unsigned super_packet_slots(const struct super_packet *packet,
			    const struct capture_options *options,
			    uint16_t size[SLOTS_MAX]);

#endif /* WORKLOADS_SUPER_PACKET_H */

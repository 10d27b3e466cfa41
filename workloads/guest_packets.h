/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_packets.h - the frames of a capture as packets of one guest. */
#ifndef WORKLOADS_GUEST_PACKETS_H
#define WORKLOADS_GUEST_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "workloads/super_packet.h"
#include "workloads/writer.h"

#define HELD_MAX 256

struct guest_packets {
	const struct capture_options *options;
	struct address guest, guest_mac; /* the latter seen with the former */
	struct super_packet packet;	 /* of the guest, not yet complete */
	bool has_packet;
	/* Packets to the guest since. */
	struct held {
		uint64_t at;
		uint32_t bytes;
	} held[HELD_MAX];
	size_t nr_held;
	FILE *body;			/* where items go */
	struct writer writer;
	uint64_t start, last;		/* ns, of what is written; if there is
					   @any */
	bool any;
	uint64_t foreign;		/* frames of others */
};

/* A @frame that was seen @at, in ns. */
void guest_packets_take(struct guest_packets *g, const struct frame *frame,
			uint64_t at);
/* Write what was held back. */
void guest_packets_flush(struct guest_packets *g);

#endif /* WORKLOADS_GUEST_PACKETS_H */

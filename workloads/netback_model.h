/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netback_model.h - an instance of the netback model.
 *
 * netback.c moves time and frees what was sent; netback_poll.c does what one
 * poll does, netback_copy.c its grant copies.
 */
#ifndef WORKLOADS_NETBACK_MODEL_H
#define WORKLOADS_NETBACK_MODEL_H

#include "workloads/due.h"
#include "workloads/netback.h"
#include "workloads/pool.h"

#define NO_SLOT UINT32_MAX

/* A slot that the guest sent, by its pending index. */
struct pending {
	grant_ref_t ref;
	uint32_t next; /* of the same packet, or NO_SLOT */
	uint16_t offset, size; /* of the frag */
	uint32_t linear;       /* of the packet, if it is the first of one that
				  is to be passed on to another guest; or 0 */
};

/* A packet that a poll took. */
struct sent {
	struct packet packet;
	struct net_plan plan;
	uint32_t index[SLOTS_MAX]; /* pending */
};

struct netback {
	struct net_config config;
	const struct net_version *version;
	uint64_t now;
	bool more; /* `ahead` is the next packet */
	struct packet ahead;
	struct pool refs; /* of slots sent, less FIRST_REF */
	struct pool indices;
	struct pending pending[NETIF_TX_RING];
	struct due_queue due; /* first slots of packets */
	uint64_t front_frame; /* used next, of either end */
	uint64_t back_frame, bridge_frame;
	/* Of the present poll: */
	unsigned nr_sent, nr_received, received_slots;
	struct sent sent[POLL_BUDGET];
	struct packet received[POLL_BUDGET];
	struct script script;
};

/* The guest is answered for a slot, and revokes it: an operation of the
 * script's revoke event. */
void netback_release(struct netback *n, uint32_t index);
/* Write down what a poll does with the packets that it took. */
void netback_poll(struct netback *n);

/* ---- netback_copy.c ---------------------------------------------------- */

/* The guest grants a slot that it sends: an operation of a grant event. */
void netback_grant_slot(struct netback *n, uint32_t index);
/* One hypercall copies the headers of what was sent, or all of it. */
void netback_copy_sent(struct netback *n);
/* The guest has granted empty pages; they are filled by grant copies. */
void netback_poll_received(struct netback *n);
/* Slots of the guest's that @packet fills. */
unsigned netback_receive_slots(const struct packet *packet);
/* A packet goes to another guest: @linear bytes from local pages, then frags
 * from @first on, out of the sender's grants; or NO_SLOT. */
void netback_bridge(struct netback *n, uint32_t linear, uint32_t first);

#endif /* WORKLOADS_NETBACK_MODEL_H */

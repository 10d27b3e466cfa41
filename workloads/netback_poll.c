/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netback_poll.c - what netback does with the packets that one poll took.
 *
 *     guest      grant the slots of each packet
 *     dom0       copy all headers (one hypercall), map all frags (one)
 *                for each packet, in order:
 *                  take the header out of its page, unmap that   (N1)
 *                  answer for the slots that were copied whole
 *                  pull what the header misses
 *                  copy all, if flattened or orphaned
 *
 * Sources: Linux drivers/net/xen-netback/netback.c (xenvif_tx_action,
 * xenvif_tx_check_gop, xenvif_tx_submit, xenvif_handle_frag_list) and rx.c
 * (COPY_BATCH_SIZE); net/core/skbuff.c (skb_copy_ubufs).
 */
#include "config.h"

#include "workloads/netback_model.h"

/* Grant copies of received packets in one hypercall. */
#define COPY_BATCH 64

/* A 64-bit CPU copies 8 bytes at a time. */
#define WORD 8

/* A slot sent: grant, copy, map, unmap, revoke, and the CPU reads it at most
 * twice; a slot received: grant, copy, revoke.  And the calls around. */
_Static_assert(5 * NETIF_TX_RING + 3 * NETIF_RX_RING <= SCRIPT_OPS &&
		       2 * NETIF_TX_RING + 6 * POLL_BUDGET + 16 <=
			       SCRIPT_EVENTS,
	       "a poll fits in a script");

static uint64_t front_frame(struct netback *n)
{
	return n->front_frames++ % n->config.ends.front_frames;
}

static uint64_t back_frame(struct netback *n)
{
	return n->back_frames++ % n->config.ends.back_frames;
}

void netback_release(struct netback *n, uint32_t index)
{
	script_op_revoke(&n->script, n->pending[index].ref);
	pool_put(&n->refs, n->pending[index].ref - FIRST_REF);
	pool_put(&n->indices, index);
}

/* ---- sending: what a poll does with all packets ------------------------ */

static void grant_slots(struct netback *n, const struct sent *sent)
{
	script_grant(&n->script, true);
	for (unsigned i = 0; i < sent->packet.nr_slots; i++)
		script_op_grant(&n->script, n->pending[sent->index[i]].ref,
				front_frame(n));
}

/* One hypercall copies the headers, to the linear part of each skb. */
static void copy_headers(struct netback *n)
{
	if (n->version->header == HEADER_MAPPED || !n->nr_sent)
		return;
	script_hypercall(&n->script, EVENT_copy);
	for (unsigned p = 0; p < n->nr_sent; p++) {
		const struct sent *sent = &n->sent[p];
		uint64_t frame = back_frame(n);
		unsigned done = 0;

		for (unsigned i = 0; i < sent->packet.nr_slots; i++) {
			unsigned bytes = sent->plan.slot[i].copied;

			if (!bytes)
				break;
			script_op_copy(&n->script, COPY_FROM_REF,
				       n->pending[sent->index[i]].ref, 0, frame,
				       done, bytes);
			done += bytes;
		}
	}
}

/* One hypercall maps all that is not copied. */
static void map_frags(struct netback *n)
{
	bool started = false;

	for (unsigned p = 0; p < n->nr_sent; p++) {
		const struct sent *sent = &n->sent[p];

		for (unsigned i = 0; i < sent->packet.nr_slots; i++) {
			if (!sent->plan.slot[i].mapped)
				continue;
			if (!started)
				script_hypercall(&n->script, EVENT_map);
			started = true;
			script_op_map(&n->script,
				      n->pending[sent->index[i]].ref,
				      sent->index[i], true);
		}
	}
}

/* ---- sending: what it does with each packet ---------------------------- */

/* The CPU takes the header from a mapped page; nothing else may be there. */
static void take_header(struct netback *n, const struct sent *sent)
{
	const struct net_slot *slot = &sent->plan.slot[0];

	if (!slot->read)
		return;
	script_touch(&n->script, EVENT_read, sent->index[0], 0, slot->read,
		     WORD);
	if (slot->kept)
		return;
	script_hypercall(&n->script, EVENT_unmap);
	script_op_unmap(&n->script, sent->index[0]);
}

/* The guest is answered for the slots of which nothing is mapped. */
static void release_taken(struct netback *n, const struct sent *sent)
{
	bool started = false;

	for (unsigned i = 0; i < sent->packet.nr_slots; i++) {
		if (sent->plan.slot[i].kept)
			continue;
		if (!started)
			script_revoke(&n->script);
		started = true;
		netback_release(n, sent->index[i]);
	}
}

static void pull_header(struct netback *n, const struct sent *sent)
{
	for (unsigned i = 0; i < sent->packet.nr_slots; i++) {
		const struct net_slot *slot = &sent->plan.slot[i];

		if (slot->pulled)
			script_touch(&n->script, EVENT_read, sent->index[i],
				     slot->copied + slot->read, slot->pulled,
				     WORD);
	}
}

/* The CPU copies what is still in mapped pages. */
static void copy_frags(struct netback *n, const struct sent *sent)
{
	for (unsigned i = 0; i < sent->packet.nr_slots; i++) {
		const struct net_slot *slot = &sent->plan.slot[i];
		unsigned from = slot->copied + slot->read + slot->pulled;

		if (slot->kept && from < sent->packet.size[i])
			script_touch(&n->script, EVENT_read, sent->index[i],
				     from, sent->packet.size[i] - from, WORD);
	}
}

/* Chain the mapped slots of a packet; the first, or NO_SLOT. */
static uint32_t chain_frags(struct netback *n, const struct sent *sent)
{
	uint32_t first = NO_SLOT;

	for (unsigned i = sent->packet.nr_slots; i-- > 0;) {
		if (!sent->plan.slot[i].kept)
			continue;
		n->pending[sent->index[i]].next = first;
		first = sent->index[i];
	}
	return first;
}

static uint64_t freed_at(const struct netback *n, const struct packet *packet,
			 bool copied)
{
	if (copied)
		return n->now;
	return arrival_done(&packet->arrival, n->now);
}

static void submit_sent(struct netback *n, const struct sent *sent)
{
	bool orphaned = n->config.tap || n->config.local_delivery;
	bool copied = sent->plan.flattened || orphaned;
	uint32_t first = chain_frags(n, sent);

	n->script.place = sent->packet.arrival.place;
	take_header(n, sent);
	release_taken(n, sent);
	pull_header(n, sent);
	if (copied)
		copy_frags(n, sent);
	if (first != NO_SLOT)
		due_push(&n->due, freed_at(n, &sent->packet, copied), first);
}

static void poll_sent(struct netback *n)
{
	for (unsigned p = 0; p < n->nr_sent; p++) {
		n->script.place = n->sent[p].packet.arrival.place;
		grant_slots(n, &n->sent[p]);
	}
	copy_headers(n);
	map_frags(n);
	for (unsigned p = 0; p < n->nr_sent; p++)
		submit_sent(n, &n->sent[p]);
}

/* ---- receiving --------------------------------------------------------- */

/* References of the receive ring stand behind those of the other. */
static grant_ref_t receive_ref(unsigned i)
{
	return FIRST_REF + NETIF_TX_RING + i;
}

/* The guest has granted empty pages; they are filled by grant copies. */
static void poll_received(struct netback *n)
{
	unsigned slots = n->received_slots, slot = 0;

	if (!slots)
		return;
	n->script.place = n->received[0].arrival.place;
	script_grant(&n->script, false);
	for (unsigned i = 0; i < slots; i++)
		script_op_grant(&n->script, receive_ref(i), front_frame(n));
	for (unsigned p = 0; p < n->nr_received; p++) {
		const struct packet *packet = &n->received[p];

		n->script.place = packet->arrival.place;
		for (unsigned i = 0; i < packet->nr_slots; i++, slot++) {
			if (slot % COPY_BATCH == 0)
				script_hypercall(&n->script, EVENT_copy);
			script_op_copy(&n->script, COPY_TO_REF,
				       receive_ref(slot), 0, back_frame(n), 0,
				       packet->size[i]);
		}
	}
	script_revoke(&n->script);
	for (unsigned i = 0; i < slots; i++)
		script_op_revoke(&n->script, receive_ref(i));
}

void netback_poll(struct netback *n)
{
	poll_sent(n);
	poll_received(n);
}

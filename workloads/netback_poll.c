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
 *                  read all, if flattened, orphaned, summed or bounced
 *                  copy it to another guest, if nothing of it is mapped
 *
 * Sources: Linux drivers/net/xen-netback/netback.c (xenvif_tx_action,
 * xenvif_tx_check_gop, xenvif_tx_submit, xenvif_handle_frag_list);
 * net/core/skbuff.c (skb_copy_ubufs, skb_checksum).
 */
#include "config.h"

#include "workloads/netback_model.h"

/* A 64-bit CPU copies 8 bytes at a time. */
#define WORD 8

/* A slot sent: grant, two copies (N0), map, unmap, revoke, copied to another
 * guest; and the CPU reads it at most twice.  A slot received: grant, revoke,
 * and copies of up to SLOTS_MAX pieces for each packet.  And the calls. */
_Static_assert(9 * NETIF_TX_RING + 3 * NETIF_RX_RING +
			       POLL_BUDGET * SLOTS_MAX <=
		       SCRIPT_OPS,
	       "a poll fits in a script");
_Static_assert(5 * NETIF_TX_RING + 10 * POLL_BUDGET + 16 <= SCRIPT_EVENTS,
	       "and so do its events");

void netback_release(struct netback *n, uint32_t index)
{
	script_op_revoke(&n->script, n->pending[index].ref);
	pool_put(&n->refs, n->pending[index].ref - FIRST_REF);
	pool_put(&n->indices, index);
}

/* ---- sending: what a poll does with all packets ------------------------ */

static void grant_slots(struct netback *n, const struct sent *sent)
{
	script_grant(&n->script, n->config.ends.frontend, true);
	for (unsigned i = 0; i < sent->packet.nr_slots; i++)
		netback_grant_slot(n, sent->index[i]);
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
				script_hypercall(&n->script, SCRIPT_MAP);
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
	script_hypercall(&n->script, SCRIPT_UNMAP);
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
			script_revoke(&n->script, n->config.ends.frontend);
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

/* The CPU reads what is still in mapped pages. */
static void read_frags(struct netback *n, const struct sent *sent)
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
		const struct net_slot *slot = &sent->plan.slot[i];
		struct pending *pending = &n->pending[sent->index[i]];

		if (!slot->kept)
			continue;
		pending->next = first;
		pending->offset = (uint16_t)(slot->copied + slot->read +
					     slot->pulled);
		pending->size = (uint16_t)(sent->packet.size[i] -
					   pending->offset);
		first = sent->index[i];
	}
	return first;
}

/* What is copied is freed then; what the list says is for the backend's own
 * stack, when that comes to it. */
static uint64_t freed_at(const struct netback *n, const struct packet *packet,
			 bool copied)
{
	bool later = packet->local_given && packet->arrival.done_given;

	if (copied && !later)
		return n->now;
	return arrival_done(&packet->arrival, n->now);
}

/* What another guest is to get: at once, if nothing of it is mapped. */
static void pass_on(struct netback *n, const struct sent *sent, uint32_t first,
		    bool copied)
{
	uint32_t bytes = 0;

	for (unsigned i = 0; i < sent->packet.nr_slots; i++)
		bytes += sent->packet.size[i];
	if (first == NO_SLOT || copied) {
		netback_bridge(n, bytes, NO_SLOT);
		return;
	}
	for (uint32_t i = first; i != NO_SLOT; i = n->pending[i].next)
		bytes -= n->pending[i].size;
	n->pending[first].linear = bytes;
}

static void submit_sent(struct netback *n, const struct sent *sent)
{
	bool orphaned = n->config.tap || sent->packet.local;
	bool copied = sent->plan.flattened || orphaned;
	uint32_t first = chain_frags(n, sent);

	n->script.place = sent->packet.arrival.place;
	take_header(n, sent);
	release_taken(n, sent);
	pull_header(n, sent);
	if (copied || n->config.checksum || n->config.bounce)
		read_frags(n, sent);
	if (n->config.bridged && !sent->packet.local)
		pass_on(n, sent, first, copied);
	if (first != NO_SLOT)
		due_push(&n->due, freed_at(n, &sent->packet, copied), first);
}

static void poll_sent(struct netback *n)
{
	for (unsigned p = 0; p < n->nr_sent; p++) {
		n->script.place = n->sent[p].packet.arrival.place;
		grant_slots(n, &n->sent[p]);
	}
	netback_copy_sent(n);
	map_frags(n);
	for (unsigned p = 0; p < n->nr_sent; p++)
		submit_sent(n, &n->sent[p]);
}

void netback_poll(struct netback *n)
{
	poll_sent(n);
	netback_poll_received(n);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netback_copy.c - what netback has the hypervisor copy.
 *
 *   sent       headers to the linear part of each skb; N0: all
 *   received   pieces of the sender's buffer, to the pages of the guest's
 *              receive slots, one after another:
 *
 *                  [linear 66][frag 1448 ][ frag 4096          ]
 *                  |----------|----------|-------|-------------|
 *                  [ slot 0: 4096                ][ slot 1      ]
 *
 *              each stroke begins an operation
 *
 * Sources: Linux drivers/net/xen-netback/netback.c (xenvif_get_requests of
 * 3.14: coalescing; that of 6.x: a copy ends with the page it goes to) and
 * rx.c (xenvif_rx_next_chunk, COPY_BATCH_SIZE); Linux commit 0ea8a56d.
 */
#include "config.h"

#include "workloads/netback_model.h"

/* Grant copies of received packets in one hypercall. */
#define COPY_BATCH 64
/* Linux's NET_SKB_PAD: where data begins in a buffer from the allocator. */
#define SKB_PAD 64

/* Pages that are filled one after another. */
struct pages {
	uint32_t page, used;
};

/* How much of @left goes into the present page. */
static uint32_t page_room(struct pages *pages, uint32_t left)
{
	uint32_t here;

	if (pages->used == XEN_PAGE)
		*pages = (struct pages){ .page = pages->page + 1 };
	here = XEN_PAGE - pages->used;
	return left < here ? left : here;
}

/* The frame that is used next of @count; after the last comes the first. */
static uint64_t next_frame(uint64_t *next, uint64_t count)
{
	uint64_t frame = *next;

	*next = frame + 1 < count ? frame + 1 : 0;
	return frame;
}

static uint64_t front_frame(struct netback *n)
{
	return next_frame(&n->front_frame, n->config.ends.front_frames);
}

static uint64_t back_frame(struct netback *n)
{
	return next_frame(&n->back_frame, n->config.ends.back_frames);
}

void netback_grant_slot(struct netback *n, uint32_t index)
{
	script_op_grant(&n->script, n->pending[index].ref, front_frame(n));
}

/* ---- sent -------------------------------------------------------------- */

/* @bytes of a slot go to local pages, the first of which is @frame. */
static void copy_slot(struct netback *n, uint32_t index, uint32_t bytes,
		      struct pages *pages, uint64_t *frame)
{
	uint32_t done = 0, page, here;

	while (done < bytes) {
		page = pages->page;
		here = page_room(pages, bytes - done);
		if (pages->page != page)
			*frame = back_frame(n);
		script_op_copy(&n->script,
			       copy_of_ref(n->config.ends.frontend,
					   n->pending[index].ref, done),
			       copy_of_frame(*frame, pages->used), here);
		pages->used += here;
		done += here;
	}
}

/* The headers go to the linear part, which one of N4b knows to end with its
 * page; the others hand over what crosses it, and get an error back: that is
 * not part of the model, their linear part begins with its page. */
static void copy_header(struct netback *n, const struct sent *sent)
{
	struct pages pages = { .used = n->version->ends_page ? SKB_PAD : 0 };
	uint64_t frame = back_frame(n);

	for (unsigned i = 0; i < sent->packet.nr_slots; i++)
		copy_slot(n, sent->index[i], sent->plan.slot[i].copied, &pages,
			  &frame);
}

/* Slot 0 has a page of its own, the others share pages. */
static void copy_all(struct netback *n, const struct sent *sent)
{
	struct pages pages = { 0 };
	uint64_t frame = back_frame(n);

	for (unsigned i = 0; i < sent->packet.nr_slots; i++) {
		if (i == 1) {
			pages = (struct pages){ 0 };
			frame = back_frame(n);
		}
		copy_slot(n, sent->index[i], sent->packet.size[i], &pages,
			  &frame);
	}
}

void netback_copy_sent(struct netback *n)
{
	if (n->version->header == HEADER_MAPPED || !n->nr_sent)
		return;
	script_hypercall(&n->script, SCRIPT_COPY);
	for (unsigned p = 0; p < n->nr_sent; p++) {
		n->script.place = n->sent[p].packet.arrival.place;
		if (n->version->header == HEADER_COALESCED)
			copy_all(n, &n->sent[p]);
		else
			copy_header(n, &n->sent[p]);
	}
}

/* ---- received ---------------------------------------------------------- */

/* Receive slots of a domain, in the order in which a poll uses them. */
struct receive {
	domid_t guest;
	grant_ref_t ref; /* of slot 0 */
	uint64_t *frame; /* of the guest, used next */
	uint64_t nr_frames;
	unsigned slots; /* filled by this poll */
	unsigned ops;	/* of this poll */
};

static void receive_grant(struct netback *n, struct receive *r, unsigned slots)
{
	script_grant(&n->script, r->guest, false);
	for (unsigned i = 0; i < slots; i++)
		script_op_grant(&n->script, r->ref + i,
				next_frame(r->frame, r->nr_frames));
}

static void receive_revoke(struct netback *n, const struct receive *r)
{
	script_revoke(&n->script, r->guest);
	for (unsigned i = 0; i < r->slots; i++)
		script_op_revoke(&n->script, r->ref + i);
}

/* A piece of @bytes at @source goes to the next free bytes of a packet. */
static void receive_piece(struct netback *n, struct receive *r,
			  struct pages *pages, struct copy_end source,
			  uint32_t bytes)
{
	while (bytes) {
		uint32_t here = page_room(pages, bytes);

		if (r->ops++ % COPY_BATCH == 0)
			script_hypercall(&n->script, SCRIPT_COPY);
		script_op_copy(&n->script, source,
			       copy_of_ref(r->guest,
					   r->ref + r->slots + pages->page,
					   pages->used),
			       here);
		source.offset = (uint16_t)(source.offset + here);
		pages->used += here;
		bytes -= here;
	}
}

unsigned netback_receive_slots(const struct packet *packet)
{
	uint32_t bytes = 0;

	for (unsigned i = 0; i < packet->nr_slots; i++)
		bytes += packet->size[i];
	return (bytes + XEN_PAGE - 1) / XEN_PAGE;
}

static void receive_packet(struct netback *n, struct receive *r,
			   const struct packet *packet)
{
	struct pages pages = { 0 };

	n->script.place = packet->arrival.place;
	for (unsigned i = 0; i < packet->nr_slots; i++)
		receive_piece(n, r, &pages, copy_of_frame(back_frame(n), 0),
			      packet->size[i]);
	r->slots += netback_receive_slots(packet);
}

/* References of the receive ring stand behind those of the other. */
void netback_poll_received(struct netback *n)
{
	struct receive r = {
		.guest = n->config.ends.frontend,
		.ref = FIRST_REF + NETIF_TX_RING,
		.frame = &n->front_frame,
		.nr_frames = n->config.ends.front_frames,
	};

	if (!n->nr_received)
		return;
	n->script.place = n->received[0].arrival.place;
	receive_grant(n, &r, n->received_slots);
	for (unsigned p = 0; p < n->nr_received; p++)
		receive_packet(n, &r, &n->received[p]);
	receive_revoke(n, &r);
}

/* ---- passed on to another guest ---------------------------------------- */

/* @bytes of local pages. */
static void receive_local(struct netback *n, struct receive *r,
			  struct pages *pages, uint32_t bytes)
{
	while (bytes) {
		uint32_t here = bytes < XEN_PAGE ? bytes : XEN_PAGE;

		receive_piece(n, r, pages, copy_of_frame(back_frame(n), 0),
			      here);
		bytes -= here;
	}
}

static unsigned bridged_slots(const struct netback *n, uint32_t bytes,
			      uint32_t first)
{
	for (uint32_t i = first; i != NO_SLOT; i = n->pending[i].next)
		bytes += n->pending[i].size;
	return (bytes + XEN_PAGE - 1) / XEN_PAGE;
}

void netback_bridge(struct netback *n, uint32_t linear, uint32_t first)
{
	struct receive r = {
		.guest = n->config.bridge,
		.ref = FIRST_REF,
		.frame = &n->bridge_frame,
		.nr_frames = n->config.bridge_memory,
	};
	unsigned slots = bridged_slots(n, linear, first);
	struct pages pages = { 0 };

	receive_grant(n, &r, slots);
	receive_local(n, &r, &pages, linear);
	for (uint32_t i = first; i != NO_SLOT; i = n->pending[i].next)
		receive_piece(n, &r, &pages,
			      copy_of_ref(n->config.ends.frontend,
					  n->pending[i].ref,
					  n->pending[i].offset),
			      n->pending[i].size);
	r.slots = slots;
	receive_revoke(n, &r);
}

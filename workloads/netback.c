/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netback.c - a model of Linux's network backend: packets to grant
 * operations.
 *
 *   guest sends     grant slots                                revoke them
 *                     |                                             ^
 *   dom0, one poll    v                                             |
 *     copy headers (one hypercall), map frags (one hypercall)       |
 *     for each packet: pull, flatten, capture ... passed on ... freed
 *                                                                   |
 *   dom0, dealloc thread              unmap all that is freed (one hypercall)
 *
 *   guest receives  grant slots, copy (at most 64 in a hypercall), revoke
 *
 * A poll takes what has arrived, at most 64 packets each way; it runs `poll`
 * after the first of them came.  The dealloc thread runs `dealloc` after the
 * first packet was freed.  Rings have 256 slots: what does not fit waits.
 *
 * A capture (tap) and the backend's own stack (local-delivery) both orphan
 * the frags: the CPU copies what is mapped to pages of its own, and the
 * grants are freed at once.  So does a packet with more than 17 frags.  A
 * card without checksums (checksum) or that cannot reach the memory (bounce)
 * lets the CPU read all, and nothing is freed before it has sent.  What is
 * for another guest (bridge) the hypervisor copies from grant to grant.
 *
 * Extra slots (GSO, hashes) carry no grant and are left out, and so are the
 * rings themselves, which are mapped once and stay.
 *
 * Invariants, checked by netback_check():
 *  (1) A pending index (a page of the backend) and the reference of its slot
 *      are lent from the poll until the guest is answered.
 *  (2) Between steps, a pending slot belongs to a packet that is due.
 *
 * Sources: Linux drivers/net/xen-netback/netback.c (xenvif_tx_build_gops,
 * xenvif_zerocopy_callback, xenvif_tx_dealloc_action, xenvif_dealloc_kthread)
 * and Xen's io/netif.h.  That pending
 * indices are used in the order in which they came back was also seen in
 * recordings of Linux 6.1 on Xen 4.17.
 */
#include "config.h"

#include "workloads/drivers.h"
#include "workloads/netback_model.h"

#include <assert.h>
#include <stdlib.h>

/* Ballooned pages of the backend; see BLKBACK_PAGES. */
#define NETBACK_PAGES 0xffff8b0000000000ull

_Static_assert(NETIF_TX_RING <= DUE_MAX, "each packet has a slot");

/* Does the next packet fit into the present poll? */
static bool has_room(const struct netback *n)
{
	if (n->ahead.direction == NET_RX)
		return n->nr_received < POLL_BUDGET &&
		       n->received_slots + netback_receive_slots(&n->ahead) <=
			       NETIF_RX_RING;
	return n->nr_sent < POLL_BUDGET && n->indices.free >= n->ahead.nr_slots;
}

static void take_sent(struct netback *n, const struct packet *packet)
{
	struct sent *sent = &n->sent[n->nr_sent++];
	uint32_t ref[SLOTS_MAX];

	sent->packet = *packet;
	net_plan(&sent->plan, n->version, packet, (unsigned)n->config.parsed);
	pool_take_many(&n->indices, sent->index, packet->nr_slots);
	pool_take_many(&n->refs, ref, packet->nr_slots);
	for (unsigned i = 0; i < packet->nr_slots; i++)
		n->pending[sent->index[i]] = (struct pending){
			.ref = FIRST_REF + ref[i],
			.next = NO_SLOT,
		};
}

static void take_received(struct netback *n, const struct packet *packet)
{
	n->received[n->nr_received++] = *packet;
	n->received_slots += netback_receive_slots(packet);
}

/* Take what has arrived. */
static void run_poll(struct netback *n)
{
	script_begin(&n->script, n->ahead.arrival.place);
	while (n->more && n->ahead.arrival.at <= n->now && has_room(n)) {
		if (n->ahead.direction == NET_RX)
			take_received(n, &n->ahead);
		else
			take_sent(n, &n->ahead);
		n->more = net_config_next(&n->config, &n->ahead);
	}
	netback_poll(n);
	n->nr_sent = n->nr_received = n->received_slots = 0;
}

/* Packets that are due, and for another guest, get there. */
static void bridge_due(struct netback *n, const uint32_t *first, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (n->pending[first[i]].linear)
			netback_bridge(n, n->pending[first[i]].linear,
				       first[i]);
}

/* Unmap all packets that are freed. */
static void run_dealloc(struct netback *n)
{
	uint32_t first[NETIF_TX_RING];
	unsigned count = 0;

	script_begin(&n->script, n->config.work.place);
	while (n->due.count && due_time(&n->due) <= n->now)
		first[count++] = due_pop(&n->due);
	bridge_due(n, first, count);
	script_hypercall(&n->script, SCRIPT_UNMAP);
	for (unsigned p = 0; p < count; p++)
		for (uint32_t i = first[p]; i != NO_SLOT;
		     i = n->pending[i].next)
			script_op_unmap(&n->script, i);
	script_revoke(&n->script, n->config.ends.frontend);
	for (unsigned p = 0; p < count; p++)
		for (uint32_t i = first[p]; i != NO_SLOT;
		     i = n->pending[i].next)
			netback_release(n, i);
}

/* One step: false when all is done.  What is freed comes before what
 * arrives, so that one run of the dealloc thread takes all of it. */
static bool netback_step(struct netback *n)
{
	uint64_t dealloc_at = n->due.count ? time_after(due_time(&n->due),
							n->config.dealloc)
					   : 0;
	uint64_t poll_at = time_later(
		n->now, time_after(n->ahead.arrival.at, n->config.poll));

	if (n->due.count &&
	    (!n->more || !has_room(n) || dealloc_at <= poll_at)) {
		n->now = time_later(n->now, dealloc_at);
		run_dealloc(n);
		return true;
	}
	if (!n->more)
		return false;
	n->now = poll_at;
	run_poll(n);
	return true;
}

static void netback_check(const struct netback *n)
{
#ifdef ENABLE_CHECKS
	uint32_t slots = 0;

	for (size_t i = 0; i < n->due.count; i++)
		for (uint32_t index = n->due.heap[i].what; index != NO_SLOT;
		     index = n->pending[index].next)
			slots++;
	due_check(&n->due);
	pool_check(&n->refs);
	pool_check(&n->indices);
	assert(n->indices.size - n->indices.free == slots); /* (2) */
	assert(n->refs.size - n->refs.free == slots);	    /* (1) */
#else
	(void)n;
#endif
}

static struct event *netback_next(void *instance)
{
	struct netback *n = instance;
	struct event *event;

	while (!(event = script_take(&n->script))) {
		if (!netback_step(n))
			return NULL;
		netback_check(n);
	}
	return event;
}

static void netback_close(void *instance)
{
	struct netback *n = instance;

	pool_fini(&n->refs);
	pool_fini(&n->indices);
	net_config_fini(&n->config);
	free(n);
}

/* An instance that has read its block; false after adding errors. */
static bool netback_init(struct netback *n, const struct node *block,
			 const struct trace_header *header, struct diags *diags)
{
	if (!net_config_read(&n->config, block, header, diags))
		return false;
	if (pool_init(&n->refs, POOL_LIFO, NETIF_TX_RING) &&
	    pool_init(&n->indices, POOL_FIFO, NETIF_TX_RING))
		return true;
	diag_error(diags, block->place, "out of memory");
	return false;
}

static void *netback_open(const struct node *block,
			  const struct trace_header *header, int32_t label,
			  struct diags *diags)
{
	struct netback *n = calloc(1, sizeof(*n));

	if (!n) {
		diag_error(diags, block->place, "out of memory");
		return NULL;
	}
	if (!netback_init(n, block, header, diags)) {
		netback_close(n);
		return NULL;
	}
	n->version = &net_versions[n->config.driver];
	script_init(&n->script, &n->config.ends, label, NETBACK_PAGES);
	n->script.cpu = ends_cpu(&n->config.ends, 0);
	n->more = net_config_next(&n->config, &n->ahead);
	return n;
}

const struct driver driver_netback = {
	.name = "netback",
	.text = "network backend: packets to map, copy, unmap and accesses",
	.versions = net_version_names,
	.open = netback_open,
	.next = netback_next,
	.close = netback_close,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_req_net.c - packets, from the calls of netback.
 *
 *   copy from the guest   headers: what goes to one place in dom0, end to
 *                         end, is one packet's
 *   map just after        frags: the reference that was copied from last,
 *                         and those that follow, are the same packet's
 *   copy to the guest     received: a packet begins with a page of the
 *                         guest's, unless the one before was filled
 *
 * Sources: Linux drivers/net/xen-netback/netback.c (xenvif_tx_action) and
 * rx.c (xenvif_rx_action, COPY_BATCH_SIZE).
 */
#include "workloads/import_req.h"

/* Both calls of a poll are made by one function, which is smaller. */
#define FUNCTION_SIZE 8192
#define COPY_BATCH 64

/* Each queue of an interface has arrays of its own: the stream of @call, by
 * that array; new or known. */
static struct req_stream *net_stream(struct xen_import *x,
				     const struct req_call *call, domid_t guest,
				     enum req_array array)
{
	domid_t backend = call->call->dom;
	uint64_t uop = call->call->uop, thread = 0;
	struct req_stream *s;

	for (s = x->requests->streams; s; s = s->next) {
		if (s->block || s->backend != backend || s->guest != guest)
			continue;
		if (!s->array[array] || s->array[array] == uop)
			break;
		thread = uop;
	}
	if (!s)
		s = req_stream(x, false, backend, guest, thread);
	if (s)
		s->array[array] = uop;
	return s;
}

/* ---- sent -------------------------------------------------------------- */

/* No more of this poll will come. */
static void close_poll(struct xen_import *x, struct req_stream *stream)
{
	for (struct req_item *i = stream->poll; i; i = i->next)
		if (i->kind == REQ_SENT)
			i->waits = false;
	stream->poll = NULL;
	req_flush(x, stream, false);
}

static void add_copied(struct req_item *item, const struct xen_op *op)
{
	bool same = item->nr_pieces &&
		    item->last_ref == (grant_ref_t)op->copy.source &&
		    item->last_offset + item->size[item->nr_pieces - 1] ==
			    op->copy.source_offset;

	if (!same) {
		item->last_ref = (grant_ref_t)op->copy.source;
		item->last_offset = op->copy.source_offset;
		item->size[item->nr_pieces++] = 0;
	}
	item->size[item->nr_pieces - 1] =
		(uint16_t)(item->size[item->nr_pieces - 1] + op->copy.length);
	item->copied += op->copy.length;
	item->next_dest = op->copy.dest * XEN_PAGE + op->copy.dest_offset +
			  op->copy.length;
}

/* Does it go on where the last copy of @item ended?  The next page of dom0's
 * may have any frame. */
static bool goes_on(const struct req_item *item, const struct xen_op *op)
{
	uint64_t dest = op->copy.dest * XEN_PAGE + op->copy.dest_offset;

	return item && item->nr_pieces < SLOTS_MAX &&
	       (dest == item->next_dest ||
		(item->next_dest % XEN_PAGE == 0 && !op->copy.dest_offset));
}

static void copy_sent(struct xen_import *x, const struct req_call *call)
{
	struct req_stream *stream = net_stream(
		x, call, call->op[0].copy.source_dom, REQ_SEND_ARRAY);
	struct req_item *item = NULL;
	bool mapped = false;

	if (!stream)
		return;
	close_poll(x, stream);
	stream->stack = call->call->stack;
	for (uint32_t i = 0; i < call->nr_ops; i++) {
		if (!goes_on(item, &call->op[i]))
			item = req_item(x, stream, REQ_SENT, call->time);
		if (!item)
			return;
		if (!stream->poll)
			stream->poll = item;
		item->waits = true;
		add_copied(item, &call->op[i]);
		mapped = mapped || item->copied >= COPY_LENGTH;
	}
	if (!mapped)
		close_poll(x, stream);
}

/* The packet at or behind @item of which @ref is the last one copied from. */
static struct req_item *packet_of(struct req_item *item, grant_ref_t ref)
{
	for (; item; item = item->next)
		if (item->kind == REQ_SENT && item->waits && !item->rest &&
		    item->copied >= COPY_LENGTH && item->last_ref == ref)
			return item;
	return NULL;
}

/* One that has nothing mapped yet, though it is long. */
static struct req_item *packet_without(struct req_item *item)
{
	while (item && (item->kind != REQ_SENT || !item->waits ||
			item->mapped || item->copied < COPY_LENGTH))
		item = item->next;
	return item;
}

/* The rest of the last slot copied from, or a slot that was not copied. */
static void add_mapped(struct req_item *item, bool rest)
{
	uint16_t *size = &item->size[item->nr_pieces - 1];

	if (rest) {
		item->rest = true;
		if (*size < XEN_PAGE - item->last_offset)
			*size = (uint16_t)(XEN_PAGE - item->last_offset);
		else
			*size = (uint16_t)(*size + 1);
	} else {
		item->size[item->nr_pieces++] = XEN_PAGE;
	}
}

static void map_packet_page(struct xen_import *x, struct req_stream *stream,
			    struct req_item **item, const struct xen_op *op,
			    domid_t mapper)
{
	struct req_item *owner = packet_of(stream->poll, op->map.ref);
	bool rest = owner;

	if (!owner && *item && (*item)->nr_pieces < SLOTS_MAX)
		owner = *item;
	if (!owner)
		owner = packet_without(stream->poll);
	if (!owner) {
		req_note(x, REQ_NOTE_other_maps, 1);
		return;
	}
	add_mapped(owner, rest);
	req_note(x, REQ_NOTE_sizes, 1);
	x->requests->net.map_ops++;
	*item = owner;
	req_mapped(x, stream, owner, mapper, op->map.handle);
}

static bool is_of_poll(const struct req_stream *stream,
		       const struct req_call *call)
{
	uint64_t stack = call->call->stack;
	uint64_t distance = stack > stream->stack ? stack - stream->stack
						  : stream->stack - stack;

	return !stream->block && stream->poll &&
	       stream->backend == call->call->dom &&
	       stream->guest == call->op[0].map.dom &&
	       distance < FUNCTION_SIZE &&
	       (call->op[0].map.flags & GNTMAP_readonly);
}

/* Is the rest mapped of a slot that this poll copied from? */
static bool has_rest(const struct req_stream *stream,
		     const struct req_call *call)
{
	for (uint32_t i = 0; i < call->nr_ops; i++)
		if (packet_of(stream->poll, call->op[i].map.ref))
			return true;
	return false;
}

/* The queue whose poll makes @call, or NULL. */
static struct req_stream *polling(struct xen_import *x,
				  const struct req_call *call)
{
	struct req_stream *found = NULL;

	for (struct req_stream *s = x->requests->streams; s; s = s->next) {
		if (!is_of_poll(s, call))
			continue;
		if (has_rest(s, call))
			return s;
		if (!found)
			found = s;
	}
	return found;
}

bool req_net_map(struct xen_import *x, const struct req_call *call)
{
	struct req_stream *stream = polling(x, call);
	struct req_item *item = NULL;

	if (!stream)
		return false;
	x->requests->net.hypercalls++;
	for (uint32_t i = 0; i < call->nr_ops; i++)
		map_packet_page(x, stream, &item, &call->op[i],
				call->call->dom);
	close_poll(x, stream);
	return true;
}

/* ---- received ---------------------------------------------------------- */

/* Is @op behind the one before, in the page of the guest's, or in the next
 * one as that is full? */
static bool same_packet(const struct xen_op *before, const struct xen_op *op)
{
	unsigned end = before->copy.dest_offset + before->copy.length;

	if (before->copy.dest == op->copy.dest)
		return end == op->copy.dest_offset;
	return end == XEN_PAGE && !op->copy.dest_offset;
}

/* Does it go on in the same piece of the sender's buffer? */
static bool same_piece(const struct xen_op *before, const struct xen_op *op)
{
	return before->copy.source == op->copy.source &&
	       before->copy.source_dom == op->copy.source_dom &&
	       before->copy.source_offset + before->copy.length ==
		       op->copy.source_offset;
}

static void add_received(struct req_item *item, const struct xen_op *before,
			 const struct xen_op *op)
{
	if (!item->nr_pieces || !same_piece(before, op))
		item->size[item->nr_pieces++] = 0;
	item->size[item->nr_pieces - 1] =
		(uint16_t)(item->size[item->nr_pieces - 1] + op->copy.length);
}

static void copy_received(struct xen_import *x, const struct req_call *call)
{
	struct req_stream *stream = net_stream(
		x, call, call->op[0].copy.dest_dom, REQ_RECEIVE_ARRAY);
	const struct xen_op *before = NULL;
	struct req_item *item = NULL;

	if (!stream)
		return;
	if (!stream->receive_full)
		stream->receive_at = call->time;
	stream->receive_full = call->nr_ops == COPY_BATCH;
	for (uint32_t i = 0; i < call->nr_ops; before = &call->op[i++]) {
		const struct xen_op *op = &call->op[i];

		if (item && item->nr_pieces == PIECES_MAX)
			req_note(x, REQ_NOTE_cut, 1);
		if (!item || item->nr_pieces == PIECES_MAX ||
		    !same_packet(before, op))
			item = req_item(x, stream, REQ_RECEIVED,
					stream->receive_at);
		if (!item)
			return;
		add_received(item, before, op);
	}
	req_flush(x, stream, false);
}

/* ---- both -------------------------------------------------------------- */

/* The guest at the other end of a copy, or the caller for none. */
static domid_t guest_of(const struct req_call *call)
{
	const struct xen_op *op = call->op;

	if (call->nr_ops && (op->copy.flags & GNTCOPY_dest_gref))
		return op->copy.dest_dom;
	if (call->nr_ops && (op->copy.flags & GNTCOPY_source_gref))
		return op->copy.source_dom;
	return call->call->dom;
}

void req_net_copy(struct xen_import *x, const struct req_call *call)
{
	domid_t guest = guest_of(call);

	if (guest == call->call->dom || guest >= DOMID_FIRST_RESERVED) {
		req_note(x, REQ_NOTE_other_copies, call->nr_ops);
		return;
	}
	x->requests->net.hypercalls++;
	x->requests->net.copy_ops += call->nr_ops;
	if (call->op[0].copy.flags & GNTCOPY_dest_gref)
		copy_received(x, call);
	else
		copy_sent(x, call);
}

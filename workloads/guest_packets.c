/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest_packets.c - the frames of a capture as packets of one guest.
 *
 *   frame -> from the guest: merged again -> slots   \ packets
 *         -> to the guest                  -> bytes  / in order
 *         -> neither: left out
 *
 * A packet of several segments is known when its last one was seen, so that
 * what came after its first is held back.
 */
#include "config.h"

#include <inttypes.h>

#include "workloads/guest_packets.h"

#define MAX_BYTES 65535

/* ---- out ------------------------------------------------------------ */

static void begin_item(struct guest_packets *g)
{
	const struct capture_options *o = g->options;

	writer_item(&g->writer);
	if (g->writer.items > 1)
		return;
	fprintf(g->body,
		"netback:\n  driver: %s\n  poll: %" PRIu64
		"\n  dealloc: %" PRIu64 "\n",
		net_version_names[o->driver], o->poll, o->dealloc);
	if (o->tap)
		fputs("  tap: true\n", g->body);
	fputs("  packets:\n", g->body);
}

/* Time goes forward, whatever the clock of the capture did. */
static void put_time(struct guest_packets *g, uint64_t at)
{
	if (!g->any)
		g->start = g->last = at;
	if (at < g->last)
		at = g->last;
	g->any = true;
	g->last = at;
	at -= g->start;
	fprintf(g->body, ", at: %" PRIu64 ", done: %" PRIu64 "}\n", at,
		at + g->options->delay);
}

static void put_sent(struct guest_packets *g)
{
	uint16_t size[SLOTS_MAX];
	unsigned count;

	count = super_packet_slots(&g->packet, g->options, size);
	begin_item(g);
	fputs("    - {slots: [", g->body);
	for (unsigned i = 0; i < count; i++)
		fprintf(g->body, "%s%u", i ? ", " : "", size[i]);
	fputc(']', g->body);
	put_time(g, g->packet.at);
}

static void put_received(struct guest_packets *g, const struct held *held)
{
	begin_item(g);
	fprintf(g->body, "    - {bytes: %" PRIu32 ", direction: rx",
		held->bytes);
	put_time(g, held->at);
}

/* What is held back is known now. */
void guest_packets_flush(struct guest_packets *g)
{
	if (g->has_packet)
		put_sent(g);
	g->has_packet = false;
	for (size_t i = 0; i < g->nr_held; i++)
		put_received(g, &g->held[i]);
	g->nr_held = 0;
}

/* ---- frames --------------------------------------------------------- */

static void take_sent(struct guest_packets *g, const struct frame *frame,
		      uint64_t at)
{
	if (g->has_packet &&
	    super_packet_add(&g->packet, frame, at, g->options->gap))
		return;
	guest_packets_flush(g);
	super_packet_start(&g->packet, frame, at);
	g->has_packet = true;
	if (!g->options->merge)
		g->packet.complete = true;
}

static void take_received(struct guest_packets *g, const struct frame *frame,
			  uint64_t at)
{
	uint32_t bytes = frame->length < MAX_BYTES ? frame->length : MAX_BYTES;

	if (bytes < FRAME_MIN)
		bytes = FRAME_MIN;
	if (g->nr_held == HELD_MAX || !g->has_packet || g->packet.complete)
		guest_packets_flush(g);
	g->held[g->nr_held++] = (struct held){ at, bytes };
}

static bool is_group(const struct address *mac)
{
	return mac->length == 6 && mac->byte[0] & 1;
}

/* Of what is not IP, the card tells whose it is. */
static bool is_guest(const struct guest_packets *g, const struct address *mac,
		     const struct address *ip)
{
	const struct address *guest = &g->guest;

	if (address_equal(guest, guest->length == 6 ? mac : ip))
		return true;
	return g->guest_mac.length && address_equal(&g->guest_mac, mac);
}

void guest_packets_take(struct guest_packets *g, const struct frame *frame,
			uint64_t at)
{
	/* Who it is about, if that was not said: who speaks first. */
	if (!g->guest.length)
		g->guest = frame->mac_from.length ? frame->mac_from
						  : frame->from;
	if (address_equal(&g->guest, &frame->from))
		g->guest_mac = frame->mac_from;
	if (is_guest(g, &frame->mac_from, &frame->from))
		take_sent(g, frame, at);
	else if (is_guest(g, &frame->mac_to, &frame->to) ||
		 is_group(&frame->mac_to))
		take_received(g, frame, at);
	else
		g->foreign++;
}

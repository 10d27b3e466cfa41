/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_parse.c - a captured frame.
 *
 *     Ethernet | VLAN tags | IPv4 or IPv6 | TCP or UDP | payload | padding
 *     \___________________ headers _____________________/
 *
 * A capture may have cut the frame: what is not there counts as payload.
 *
 * Sources: RFC 791, RFC 8200, RFC 9293, IEEE 802.1Q; the header of "cooked"
 * captures is described with libpcap as LINKTYPE_LINUX_SLL.
 */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "workloads/frame_parse.h"

#define ETHER_IPV4 0x0800
#define ETHER_VLAN 0x8100
#define ETHER_IPV6 0x86dd
#define ETHER_QINQ 0x88a8
#define COOKED_HEADER 16
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define TCP_PUSH 0x08

/* What is left to look at. */
struct rest {
	const uint8_t *byte;
	uint32_t length;
};

static uint32_t be16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t be32(const uint8_t *at)
{
	return be16(at) << 16 | be16(at + 2);
}

static void set(struct address *address, const uint8_t *bytes, uint8_t length)
{
	*address = (struct address){ .length = length };
	memcpy(address->byte, bytes, length);
}

static bool skip(struct rest *rest, uint32_t length)
{
	if (rest->length < length)
		return false;
	rest->byte += length;
	rest->length -= length;
	return true;
}

/* ---- layers, from the inside ---------------------------------------- */

static void parse_tcp(struct frame *frame, struct rest rest)
{
	uint32_t length;

	if (rest.length < 20)
		return;
	length = (rest.byte[12] >> 4) * 4u;
	if (length < 20)
		return;
	frame->tcp = true;
	frame->port_from = (uint16_t)be16(rest.byte);
	frame->port_to = (uint16_t)be16(rest.byte + 2);
	frame->sequence = be32(rest.byte + 4);
	frame->push = rest.byte[13] & TCP_PUSH;
	frame->headers += length;
}

static void parse_transport(struct frame *frame, unsigned protocol,
			    struct rest rest)
{
	if (protocol == PROTOCOL_TCP)
		parse_tcp(frame, rest);
	else if (protocol == PROTOCOL_UDP && rest.length >= 8)
		frame->headers += 8;
}

/* Short frames are padded: the packet says what is its own.  A length of 0
 * is that of a packet which the sender has not cut yet. */
static void trim(struct frame *frame, uint32_t length)
{
	if (length && frame->headers + length < frame->length)
		frame->length = frame->headers + length;
}

static void parse_ipv4(struct frame *frame, struct rest rest)
{
	uint32_t length, fragment;

	if (rest.length < 20 || rest.byte[0] >> 4 != 4)
		return;
	length = (rest.byte[0] & 15) * 4u;
	fragment = be16(rest.byte + 6) & 0x3fff;
	set(&frame->from, rest.byte + 12, 4);
	set(&frame->to, rest.byte + 16, 4);
	trim(frame, be16(rest.byte + 2));
	frame->headers += length;
	/* Of what was cut by IP no part is a stream. */
	if (length >= 20 && !fragment) {
		unsigned protocol = rest.byte[9];

		if (skip(&rest, length))
			parse_transport(frame, protocol, rest);
	}
}

static bool is_extension(unsigned next)
{
	/* hop-by-hop, routing, destination options */
	return next == 0 || next == 43 || next == 60;
}

static void parse_ipv6(struct frame *frame, struct rest rest)
{
	unsigned next;
	uint32_t length = 40;

	if (rest.length < 40 || rest.byte[0] >> 4 != 6)
		return;
	next = rest.byte[6];
	set(&frame->from, rest.byte + 8, 16);
	set(&frame->to, rest.byte + 24, 16);
	if (be16(rest.byte + 4))
		trim(frame, 40 + be16(rest.byte + 4));
	frame->headers += length;
	while (skip(&rest, length) && is_extension(next) && rest.length >= 8) {
		next = rest.byte[0];
		length = (rest.byte[1] + 1u) * 8;
		frame->headers += length;
	}
	parse_transport(frame, next, rest);
}

static void parse_network(struct frame *frame, uint32_t type, struct rest rest)
{
	while ((type == ETHER_VLAN || type == ETHER_QINQ) && rest.length >= 4) {
		type = be16(rest.byte + 2);
		frame->headers += 4;
		skip(&rest, 4);
	}
	if (type == ETHER_IPV4)
		parse_ipv4(frame, rest);
	else if (type == ETHER_IPV6)
		parse_ipv6(frame, rest);
}

static bool parse_link(struct frame *frame, enum link link, struct rest rest)
{
	const uint8_t *at = rest.byte;

	switch (link) {
	case LINK_ETHERNET:
		if (!skip(&rest, ETHERNET_HEADER))
			return false;
		set(&frame->mac_to, at, 6);
		set(&frame->mac_from, at + 6, 6);
		parse_network(frame, be16(at + 12), rest);
		return true;
	case LINK_COOKED:
		if (!skip(&rest, COOKED_HEADER))
			return false;
		if (be16(at + 4) == 6)
			set(&frame->mac_from, at + 6, 6);
		parse_network(frame, be16(at + 14), rest);
		return true;
	case LINK_IP:
		if (!rest.length)
			return false;
		parse_network(frame, at[0] >> 4 == 6 ? ETHER_IPV6 : ETHER_IPV4,
			      rest);
		return true;
	}
	return false;
}

static const uint32_t link_headers[] = {
	[LINK_ETHERNET] = ETHERNET_HEADER,
	[LINK_COOKED] = COOKED_HEADER,
	[LINK_IP] = 0,
};

bool frame_parse(struct frame *frame, enum link link, const uint8_t *bytes,
		 uint32_t captured, uint32_t wire)
{
	struct rest rest = { bytes, captured };

	*frame = (struct frame){ .headers = ETHERNET_HEADER };
	if (wire < captured || wire < link_headers[link])
		wire = captured;
	if (wire < link_headers[link])
		return false;
	/* As the guest's card saw it, whatever the capture put in front. */
	frame->length = wire - link_headers[link] + ETHERNET_HEADER;
	if (!parse_link(frame, link, rest))
		return false;
	if (frame->headers > frame->length)
		frame->headers = frame->length;
	return true;
}

/* ---- addresses ------------------------------------------------------ */

static bool parse_mac(const char *text, struct address *address)
{
	unsigned byte[6];
	int used = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1],
		   &byte[2], &byte[3], &byte[4], &byte[5], &used) != 6 ||
	    text[used])
		return false;
	*address = (struct address){ .length = 6 };
	for (int i = 0; i < 6; i++)
		address->byte[i] = (uint8_t)byte[i];
	return true;
}

bool address_parse(const char *text, struct address *address)
{
	*address = (struct address){ .length = 4 };
	if (inet_pton(AF_INET, text, address->byte) == 1)
		return true;
	address->length = 16;
	if (inet_pton(AF_INET6, text, address->byte) == 1)
		return true;
	return parse_mac(text, address);
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->length == b->length &&
	       memcmp(a->byte, b->byte, a->length) == 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_parse.h - a captured frame: who sent it, how long its headers are,
 * and what of a TCP stream is in it.
 */
#ifndef WORKLOADS_FRAME_PARSE_H
#define WORKLOADS_FRAME_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#define ETHERNET_HEADER 14

/* An Ethernet or IP address; shorter ones are followed by zeros. */
struct address {
	uint8_t length; /* 6, 4 or 16; 0: none */
	uint8_t byte[16];
};

enum link { LINK_ETHERNET, LINK_COOKED, LINK_IP };

struct frame {
	struct address mac_from, mac_to; /* unless LINK_IP */
	struct address from, to;	 /* of IP, if it is that */
	uint32_t length;  /* on the wire, Ethernet header included */
	uint32_t headers; /* of those, before the payload */
	bool tcp;
	uint16_t port_from, port_to;
	uint32_t sequence; /* of the first byte of payload */
	bool push;	   /* the sender had no more to send */
};

/* @captured bytes of a frame that had @wire; false if not even its addresses
 * are there. */
bool frame_parse(struct frame *frame, enum link link, const uint8_t *bytes,
		 uint32_t captured, uint32_t wire);

/* "52:54:00:12:34:56", "10.0.0.2" or "fd00::2"; false if it is none. */
bool address_parse(const char *text, struct address *address);
bool address_equal(const struct address *a, const struct address *b);

#endif /* WORKLOADS_FRAME_PARSE_H */

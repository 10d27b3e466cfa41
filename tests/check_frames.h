/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_frames.h - frames of TCP and others, as they are captured. */
#ifndef TESTS_CHECK_FRAMES_H
#define TESTS_CHECK_FRAMES_H

#include "workloads/super_packet.h"

static inline void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

struct shape {
	bool vlan, ipv6, udp;
	unsigned options;  /* bytes of TCP options */
	unsigned fragment; /* IPv4's word */
	unsigned payload, padding;
	uint32_t sequence;
	bool push;
};

/* The bytes of such a frame, and how many. */
static inline uint32_t build(uint8_t *to, const struct shape *shape)
{
	uint8_t *at = to + 12;
	unsigned transport = shape->udp ? 8 : 20 + shape->options;

	memset(to, 0, 2000);
	to[5] = 1;
	to[11] = 2;
	if (shape->vlan) {
		put16(at, 0x8100);
		at += 4;
	}
	put16(at, shape->ipv6 ? 0x86dd : 0x0800);
	at += 2;
	if (shape->ipv6) {
		at[0] = 0x60;
		put16(at + 4, transport + shape->payload);
		at[6] = shape->udp ? 17 : 6;
		at[23] = 2;
		at[39] = 1;
		at += 40;
	} else {
		at[0] = 0x45;
		put16(at + 2, 20 + transport + shape->payload);
		put16(at + 6, shape->fragment);
		at[9] = shape->udp ? 17 : 6;
		at[15] = 2;
		at[19] = 1;
		at += 20;
	}
	put16(at, 80);
	put16(at + 2, 5000);
	if (!shape->udp) {
		put32(at + 4, shape->sequence);
		at[12] = (uint8_t)((20 + shape->options) / 4 << 4);
		at[13] = shape->push ? 0x08 : 0;
	}
	return (uint32_t)(at - to) + transport + shape->payload +
	       shape->padding;
}

#endif /* TESTS_CHECK_FRAMES_H */

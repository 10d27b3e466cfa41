/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * storm.h - a fake machine whose guests do anything, by a seed.
 */
#ifndef TESTS_STORM_H
#define TESTS_STORM_H

#include "tests/grant_calls.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define REFS 24
#define PAGES 24
#define HANDLES (FAKE_HANDLE_FRAMES * 256)

struct storm {
	struct fake_machine *m;
	uint64_t seed;
	uint64_t addr[FAKE_DOMAINS][HANDLES]; /* where it was mapped */
};

/* xorshift64*: from 0 to @n - 1. */
static inline unsigned below(struct storm *s, unsigned n)
{
	s->seed ^= s->seed >> 12;
	s->seed ^= s->seed << 25;
	s->seed ^= s->seed >> 27;
	return (s->seed * 0x2545f4914f6cdd1dull >> 32) % n;
}

static inline bool one_in(struct storm *s, unsigned n)
{
	return below(s, n) == 0;
}

/* A hypercall on some CPU, of up to six operations; it fails at a crossing of
 * the seam, or is preempted, or not. */
void storm_call(struct storm *s);

#endif /* TESTS_STORM_H */

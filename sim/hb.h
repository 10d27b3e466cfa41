/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hb.h - what happened before what, as a hash.
 *
 * Schedules that differ in the order of parts that have nothing to do with
 * each other have the same hash, and lead to the same state.
 */
#ifndef SIM_HB_H
#define SIM_HB_H

#include <stddef.h>

#include "sim/touch.h"

/* A thing, and who touched it last: those of one group go together. */
struct hb_thing {
	enum touch_what what;
	enum touch_how how;
	uint64_t id;
	uint64_t before; /* of all groups before this one */
	uint64_t group;	 /* sum over this one */
};

struct hb {
	struct hb_thing *thing;
	size_t count, room;
	uint64_t barrier; /* the last that touched everything */
	uint64_t total;	  /* sum over all */
};

/* A part of thread @thread, whose part before had the hash @before, touched
 * this: 0 and its hash in *@hash, or -ENOMEM. */
int hb_add(struct hb *hb, unsigned thread, uint64_t before,
	   const struct touches *touches, uint64_t *hash);
/* Two numbers as one. */
uint64_t hb_mix(uint64_t a, uint64_t b);
void hb_free(struct hb *hb);

#endif /* SIM_HB_H */

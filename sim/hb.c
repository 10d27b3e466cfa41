/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hb.c - a hash of the happens-before relation of a schedule.
 *
 *   thread 0:  a ------> b ---.        a part's hash: the thread's part
 *                             v        before, and of each thing that it
 *   thread 1:  c ---------> reads x    touched the groups before its own
 *
 * What a thread does is decided by what it saw, so that a thing needs no name
 * in the hash: names as addresses differ from run to run.
 *
 * Source: M. Musuvathi, S. Qadeer, Partial-Order Reduction for
 * Context-Bounded State Exploration, Microsoft Research, 2007.
 */
#include "sim/hb.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

uint64_t hb_mix(uint64_t a, uint64_t b)
{
	uint64_t x = a * UINT64_C(0x9e3779b97f4a7c15) + b + 1;

	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static struct hb_thing *thing_add(struct hb *hb, const struct touch *touch)
{
	size_t more = hb->room ? 2 * hb->room : 64;
	struct hb_thing *bigger;

	if (hb->count == hb->room) {
		bigger = realloc(hb->thing, more * sizeof(*bigger));
		if (!bigger)
			return NULL;
		hb->thing = bigger;
		hb->room = more;
	}
	hb->thing[hb->count] = (struct hb_thing){
		.what = touch->what,
		.id = touch->id,
		.how = touch->how,
		.before = hb->barrier,
	};
	return &hb->thing[hb->count++];
}

static struct hb_thing *thing_of(struct hb *hb, const struct touch *touch)
{
	for (size_t i = 0; i < hb->count; i++)
		if (hb->thing[i].what == touch->what &&
		    hb->thing[i].id == touch->id)
			return &hb->thing[i];
	return thing_add(hb, touch);
}

/* In its group, or in one after it. */
static uint64_t join(struct hb_thing *thing, enum touch_how how)
{
	if (thing->how != how || how == TOUCH_WRITE) {
		thing->before = hb_mix(thing->before, thing->group);
		thing->group = 0;
		thing->how = how;
	}
	return hb_mix(thing->what, thing->before);
}

static void add_barrier(struct hb *hb, uint64_t hash)
{
	hb->barrier = hash;
	hb->count = 0;
}

int hb_add(struct hb *hb, unsigned thread, uint64_t before,
	   const struct touches *touches, uint64_t *hash)
{
	uint64_t h = hb_mix(hb_mix(before, thread), hb->barrier);
	struct hb_thing *thing;

	if (touches->all)
		h = hb_mix(h, hb->total);
	for (unsigned i = 0; !touches->all && i < touches->count; i++) {
		thing = thing_of(hb, &touches->touch[i]);
		if (!thing)
			return -ENOMEM;
		h = hb_mix(h, join(thing, touches->touch[i].how));
	}
	for (unsigned i = 0; !touches->all && i < touches->count; i++) {
		thing = thing_of(hb, &touches->touch[i]);
		assert(thing); /* it was there above */
		thing->group += h;
	}
	hb->total += h;
	if (touches->all)
		add_barrier(hb, h);
	*hash = h;
	return 0;
}

void hb_free(struct hb *hb)
{
	free(hb->thing);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - assert the invariants that the other files state.
 *
 * Beside those of a single table, of all tables of a machine together:
 *  (1) The pins of a reference are those of the handles on it, no more and
 *      no fewer, and its handles are the grantee's.
 *
 * Nothing that a guest can write is looked at: a broken invariant is this
 * folder's fault.
 */
#include "gnttab/gnttab.h"

#include <assert.h>
#include <stdlib.h>

#include "gnttab/grant_table.h"

static void check_locks(const struct grant_table *gt)
{
	assert(!gt->lock.holder);
	assert(!gt->maptrack.lock.holder);
	for (unsigned ref = 0; ref < active_entries(gt); ref++)
		assert(!grant_active(gt, ref)->lock.holder);
}

/* active.c (1) and (3) */
static void check_pins(const struct grant_table *gt)
{
	for (unsigned ref = 0; ref < grant_entries(gt); ref++) {
		const struct active_entry *act = grant_active(gt, ref);

		assert(!act->pin || !act->referent || act->sub_page);
		for (uint32_t pin = act->pin; pin; pin >>= 8)
			assert((pin & 0xff) <= 0x80);
	}
}

/* table.c (2) */
static void check_active(const struct grant_table *gt)
{
	for (unsigned ref = 0; ref < active_entries(gt); ref++) {
		const struct active_entry *act = grant_active(gt, ref);
		const uint32_t *frame =
			gt->frames[ref / GRANTS_PER_FRAME_V1].shared;

		assert(act->ref == ref);
		assert(act->shared == &frame[2 * (ref % GRANTS_PER_FRAME_V1)]);
	}
}

/* table.c (1) */
static void check_status_frames(const struct grant_table *gt)
{
	assert(gt->version == 1 || gt->version == 2);
	assert(gt->nr_status ==
	       (gt->version == 1 ? 0 : status_frames_for(gt->nr_frames)));
}

/* maptrack.c (1) to (3) */
static void check_maptrack(const struct maptrack *mt)
{
	unsigned limit = maptrack_limit(mt), free = 0, listed = 0;

	for (grant_handle_t h = 0; h < limit; h++) {
		uint16_t flags = maptrack_entry(mt, h)->flags;

		assert(!flags || (flags & MAP_PARTS));
		free += !flags;
	}
	for (grant_handle_t h = mt->head; h != MAPTRACK_NONE;
	     h = maptrack_entry(mt, h)->ref) {
		assert(h < limit && !maptrack_entry(mt, h)->flags);
		listed++;
		assert(listed <= free);
		assert(maptrack_entry(mt, h)->ref != MAPTRACK_NONE ||
		       h == mt->tail);
	}
	assert(listed == free);
	assert(!limit || mt->last == maptrack_entry(mt, mt->tail));
}

/* device.c (1) */
static void check_devices(const struct grant_table *gt)
{
	unsigned limit = maptrack_limit(&gt->maptrack);
	uint64_t handles = 0;

	assert(!gt->devices.lock.holder);
	if (!gt->who.iommu || gt->rules->era == GNTTAB_ERA_2021)
		return;
	for (grant_handle_t h = 0; h < limit; h++) {
		const struct maptrack_entry *e = maptrack_entry(&gt->maptrack,
								h);

		handles += e->flags && e->granter != gt->who.id;
	}
	assert(gt->devices.handles == handles);
}

void gnttab_check(const struct grant_table *gt)
{
	assert(gt->nr_frames && gt->nr_frames <= gt->rules->max_grant_frames);
	check_locks(gt);
	check_pins(gt);
	check_active(gt);
	check_status_frames(gt);
	check_maptrack(&gt->maptrack);
	check_devices(gt);
}

/* Add up in @pins what the handles of @mapper pin of @granter. */
static void add_pins(uint32_t *pins, const struct grant_table *granter,
		     const struct grant_table *mapper)
{
	for (unsigned h = 0; h < maptrack_limit(&mapper->maptrack); h++) {
		const struct maptrack_entry *e = maptrack_entry(
			&mapper->maptrack, h);

		if (!e->flags || e->granter != granter->who.id)
			continue;
		assert(e->ref < grant_entries(granter));
		assert(grant_active(granter, e->ref)->grantee ==
		       mapper->who.id);
		pins[e->ref] += map_pins(e->flags);
	}
}

/* (1) */
static void check_granter(const struct grant_table *granter,
			  const struct grant_table *const *gt, size_t n)
{
	uint32_t *pins = calloc(grant_entries(granter), sizeof(*pins));

	if (!pins)
		return;
	for (size_t i = 0; i < n; i++)
		add_pins(pins, granter, gt[i]);
	for (unsigned ref = 0; ref < grant_entries(granter); ref++)
		assert(grant_active(granter, ref)->pin == pins[ref]);
	free(pins);
}

void gnttab_check_all(const struct grant_table *const *gt, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		gnttab_check(gt[i]);
		check_granter(gt[i], gt, n);
	}
}

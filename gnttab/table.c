/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.c - a domain's grant table: making, growing, looking at it.
 *
 * Source: xen/common/grant_table.c (grant_table_init, gnttab_grow_table),
 * Xen master c447b7308b13.
 */
#include "gnttab/gnttab.h"

#include <errno.h>
#include <stdlib.h>

#include "gnttab/grant_table.h"

struct grant_table *gnttab_create(struct cpu *cpu,
				  const struct gnttab_domain *who,
				  const struct gnttab_rules *rules)
{
	struct grant_table *gt = calloc(1, sizeof(*gt));

	if (!gt)
		return NULL;
	gt->who = *who;
	gt->rules = rules;
	gt->frames = calloc(rules->max_grant_frames, sizeof(*gt->frames));
	if (gt->frames &&
	    !maptrack_init(&gt->maptrack, rules->max_maptrack_frames) &&
	    !gnttab_grow(cpu, gt, 1))
		return gt;
	gnttab_destroy(gt);
	return NULL;
}

void gnttab_destroy(struct grant_table *gt)
{
	if (!gt)
		return;
	for (unsigned i = 0; i < gt->nr_frames; i++)
		free(gt->frames[i].active);
	free(gt->frames);
	maptrack_fini(&gt->maptrack);
	free(gt);
}

static int frame_add(struct cpu *cpu, struct grant_table *gt)
{
	struct grant_frame *f = &gt->frames[gt->nr_frames];
	int rc;

	f->active = calloc(GRANTS_PER_FRAME, sizeof(*f->active));
	if (!f->active)
		return -ENOMEM;
	rc = machine_frame_alloc(cpu, gt->who.machine, &f->mfn);
	if (rc) {
		free(f->active);
		return rc;
	}
	f->shared = machine_frame_pointer(cpu, f->mfn);
	gt->nr_frames++;
	return 0;
}

int gnttab_grow(struct cpu *cpu, struct grant_table *gt, unsigned frames)
{
	int rc = 0;

	if (frames > gt->rules->max_grant_frames)
		return -ENOSPC;
	machine_lock(cpu, &gt->lock);
	while (!rc && gt->nr_frames < frames)
		rc = frame_add(cpu, gt);
	machine_unlock(cpu, &gt->lock);
	return rc;
}

unsigned gnttab_nr_frames(const struct grant_table *gt)
{
	return gt->nr_frames;
}

mfn_t gnttab_shared_frame(const struct grant_table *gt, unsigned i)
{
	return gt->frames[i].mfn;
}

const struct gnttab_counters *gnttab_counters(const struct grant_table *gt)
{
	return &gt->counters;
}

struct gnttab_active_view gnttab_active(const struct grant_table *gt,
					grant_ref_t ref)
{
	const struct active_entry *act;

	if (ref >= grant_entries(gt) || !grant_active(gt, ref)->pin)
		return (struct gnttab_active_view){ 0 };
	act = grant_active(gt, ref);
	return (struct gnttab_active_view){
		.pin = act->pin,
		.grantee = act->grantee,
		.mfn = act->mfn,
	};
}

struct gnttab_maptrack_view gnttab_maptrack(const struct grant_table *gt,
					    grant_handle_t handle)
{
	const struct maptrack_entry *e;

	if (handle >= maptrack_limit(&gt->maptrack))
		return (struct gnttab_maptrack_view){ 0 };
	e = maptrack_entry(&gt->maptrack, handle);
	if (!e->flags)
		return (struct gnttab_maptrack_view){ 0 };
	return (struct gnttab_maptrack_view){
		.ref = e->ref,
		.granter = e->granter,
		.flags = e->flags,
	};
}

unsigned gnttab_maptrack_limit(const struct grant_table *gt)
{
	return maptrack_limit(&gt->maptrack);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.c - a domain's grant table: making, growing, looking at it.
 *
 * Invariants, checked by gnttab_check():
 *  (1) A version 2 table has the status frames that its entries need, a
 *      version 1 table has none.
 *  (2) An active entry knows which entry of which frame it is of.
 *
 * Source: xen/common/grant_table.c (grant_table_init, gnttab_grow_table,
 * gnttab_populate_status_frames, gnttab_unpopulate_status_frames), Xen master
 * c447b7308b13; Xen Security Advisories 26 and 255.
 */
#include "gnttab/gnttab.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "gnttab/grant_table.h"
#include "gnttab/table.h"

struct grant_table *gnttab_create(struct cpu *cpu,
				  const struct gnttab_domain *who,
				  const struct gnttab_rules *rules)
{
	struct grant_table *gt = calloc(1, sizeof(*gt));

	if (!gt)
		return NULL;
	gt->who = *who;
	gt->rules = rules;
	gt->version = 1;
	gt->frames = calloc(rules->max_grant_frames, sizeof(*gt->frames));
	gt->active = calloc(rules->max_grant_frames, sizeof(*gt->active));
	gt->status = calloc(status_frames_for(rules->max_grant_frames),
			    sizeof(*gt->status));
	if (gt->frames && gt->active && gt->status &&
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
		free(gt->active[i]);
	free(gt->frames);
	free(gt->active);
	free(gt->status);
	maptrack_fini(&gt->maptrack);
	devices_fini(&gt->devices);
	free(gt);
}

static void active_init(struct active_entry *active, grant_ref_t first,
			uint32_t *shared)
{
	for (unsigned i = 0; i < GRANTS_PER_FRAME_V1; i++) {
		active[i].ref = first + i;
		active[i].shared = &shared[2 * i];
	}
}

static int frame_add(struct cpu *cpu, struct grant_table *gt)
{
	struct grant_frame *f = &gt->frames[gt->nr_frames];
	struct active_entry *active;
	int rc;

	active = calloc(GRANTS_PER_FRAME_V1, sizeof(*active));
	if (!active)
		return -ENOMEM;
	rc = machine_frame_alloc(cpu, gt->who.machine, &f->mfn);
	if (rc) {
		free(active);
		return rc;
	}
	f->shared = machine_frame_pointer(cpu, f->mfn);
	active_init(active, gt->nr_frames * GRANTS_PER_FRAME_V1, f->shared);
	gt->active[gt->nr_frames++] = active;
	grant_resized(gt);
	return 0;
}

static void status_cut(struct cpu *cpu, struct grant_table *gt, unsigned left)
{
	while (gt->nr_status > left)
		machine_frame_free(cpu, gt->status[--gt->nr_status].mfn);
}

int table_status_add(struct cpu *cpu, struct grant_table *gt, unsigned frames)
{
	const unsigned before = gt->nr_status;

	while (gt->nr_status < status_frames_for(frames)) {
		struct status_frame *s = &gt->status[gt->nr_status];
		int rc = machine_frame_alloc(cpu, gt->who.machine, &s->mfn);

		if (rc) {
			status_cut(cpu, gt, before);
			return rc;
		}
		s->words = machine_frame_pointer(cpu, s->mfn);
		gt->nr_status++;
	}
	return 0;
}

int table_status_remove(struct cpu *cpu, struct grant_table *gt)
{
	for (unsigned i = 0; i < gt->nr_status; i++) {
		if (machine_frame_mapped(cpu, gt->who.machine,
					 gt->status[i].mfn))
			return -EBUSY;
	}
	status_cut(cpu, gt, 0);
	return 0;
}

/* In version 2, the status of new entries goes before the entries. */
int table_grow(struct cpu *cpu, struct grant_table *gt, unsigned frames)
{
	int rc = 0;

	if (gt->version == 2 && gt->nr_frames < frames)
		rc = table_status_add(cpu, gt, frames);
	while (!rc && gt->nr_frames < frames)
		rc = frame_add(cpu, gt);
	if (gt->version == 2)
		status_cut(cpu, gt, status_frames_for(gt->nr_frames));
	return rc;
}

int gnttab_grow(struct cpu *cpu, struct grant_table *gt, unsigned frames)
{
	int rc;

	if (frames > gt->rules->max_grant_frames)
		return -ENOSPC;
	machine_lock(cpu, &gt->lock);
	rc = table_grow(cpu, gt, frames);
	machine_unlock(cpu, &gt->lock);
	return rc;
}

unsigned gnttab_version(const struct grant_table *gt)
{
	return gt->version;
}

unsigned gnttab_nr_entries(const struct grant_table *gt)
{
	return grant_entries(gt);
}

unsigned gnttab_nr_status_frames(const struct grant_table *gt)
{
	return gt->nr_status;
}

mfn_t gnttab_status_frame(const struct grant_table *gt, unsigned i)
{
	return gt->status[i].mfn;
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

static __attribute__((noinline, cold)) struct gnttab_entry_view
entry_other(const struct grant_table *gt, grant_ref_t ref)
{
	if (ref >= grant_entries(gt))
		return (struct gnttab_entry_view){ .version = gt->version };
	return (struct gnttab_entry_view){
		.words = grant_shared(gt, ref),
		.version = gt->version,
		.pin = grant_active(gt, ref)->pin,
	};
}

/* Most often it is there, in version 1. */
struct gnttab_entry_view gnttab_entry(const struct grant_table *gt,
				      grant_ref_t ref)
{
	const struct active_entry *act;

	if (gt->version != 1 || ref >= grant_entries(gt))
		return entry_other(gt, ref);
	act = grant_active(gt, ref);
	return (struct gnttab_entry_view){
		.words = act->shared,
		.version = 1,
		.pin = act->pin,
	};
}

struct gnttab_row gnttab_row(const struct grant_table *gt, grant_ref_t ref)
{
	const struct active_entry *first;

	static_assert(GNTTAB_ROW == GRANTS_PER_FRAME_V1, "a row is a frame");
	static_assert(sizeof(*first) % sizeof(first->pin) == 0,
		      "pins are a whole number of words apart");
	if (gt->version != 1 || ref >= grant_entries(gt))
		return (struct gnttab_row){ 0 };
	first = gt->active[ref / GNTTAB_ROW];
	return (struct gnttab_row){
		.words = first->shared,
		.pin = &first->pin,
		.pin_step = sizeof(*first) / sizeof(first->pin),
		.version = &gt->version,
		.first = first->ref,
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

uint64_t gnttab_lock_number(const struct grant_table *gt,
			    const struct machine_lock *lock)
{
	const struct machine_lock *const own[] = {
		&gt->lock,
		&gt->maptrack.lock,
		&gt->devices.lock,
	};
	const uint64_t nr_own = sizeof(own) / sizeof(*own);

	for (uint64_t i = 0; i < nr_own; i++)
		if (lock == own[i])
			return i + 1;
	for (unsigned i = 0; i < gt->nr_frames; i++) {
		const struct active_entry *active = gt->active[i];
		uintptr_t at = (uintptr_t)lock - (uintptr_t)active;

		if (at < GRANTS_PER_FRAME_V1 * sizeof(*active))
			return nr_own + 1 + i * GRANTS_PER_FRAME_V1 +
			       at / sizeof(*active);
	}
	return 0;
}

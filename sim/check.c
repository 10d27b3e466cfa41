/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - what holds of a whole simulator between two events.
 *
 *   sim_check() --> mmu_check(), iommu_check(), gnttab_check_all()
 *              |--> CPUs       cpu.c (1), hypercall.c (1), buffer.c (1)
 *              |--> calls      parked.c, pinning.c, points.c
 *              |--> frames     frame.c (1) (2), page.c (1) (2)
 *              `--> tables     pgtab.c (1)
 *
 * A build with --enable-checks asks after events, tests where they like.
 */
#include <assert.h>

#include "mmu/iommu.h"
#include "sim/state.h"

/* ---- CPUs ------------------------------------------------------------ */

/* buffer.c (1) */
static bool holds_table(const struct cpu *cpu, paddr_t entry)
{
	const mfn_t table = { entry / FRAME_BYTES };

	return frames_at(&cpu->sim->frames, table)->locker == cpu->holder;
}

static void check_cpu(const struct cpu *cpu)
{
	assert(!cpu->running || cpu->running == cpu->loaded);
	assert(!cpu->call || cpu->call->cpu == cpu); /* hypercall.c (1) */
	assert(!cpu->stored.waits || holds_table(cpu, cpu->stored.entry));
}

/* cpu.c (1): those that have loaded @d's tables and no others; fewer, where the
 * trace has CPUs dropped from the mask. */
static void check_dirty(const struct sim *sim, const struct domain *d)
{
	bool drops = sim->header->dirty_mask == DIRTY_MASK_DROPS_IDLE;

	for (unsigned i = 0; i < sim->header->cpus; i++) {
		const struct cpu *cpu = &sim->cpu[i];
		bool is_in = d->dirty >> i & 1;

		assert(!is_in || cpu->loaded == d);
		assert(is_in || drops || cpu->loaded != d);
		(void)is_in;
	}
	(void)drops;
}

/* ---- calls ----------------------------------------------------------- */

/* Calls without a name have none in common. */
static bool same_name(struct label a, struct label b)
{
	return a.name >= 0 && label_is(a, b);
}

static bool is_called(const struct sim *sim, const struct pinning *from,
		      struct label name)
{
	for (; from; from = from->next)
		if (same_name(from->name, name))
			return true;
	for (const struct call *c = sim->calls.parked; c; c = c->next)
		if (same_name(c->name, name))
			return true;
	return false;
}

/* No two have one name. */
static void check_names(const struct sim *sim)
{
	for (const struct call *a = sim->calls.parked; a; a = a->next)
		for (const struct call *b = a->next; b; b = b->next)
			assert(!same_name(a->name, b->name));
	for (const struct pinning *p = sim->pinnings; p; p = p->next)
		assert(!is_called(sim, p->next, p->name));
}

static bool goes_on(const struct sim *sim, const struct call *call)
{
	for (const struct call *c = sim->calls.parked; c; c = c->next)
		if (c == call)
			return true;
	return false;
}

/* Between events no hypercall runs, but one that is stopped. */
static void check_points(const struct sim *sim)
{
	for (size_t i = 0; i < sim->points.count; i++)
		assert(!sim->points.point[i].call ||
		       goes_on(sim, sim->points.point[i].call));
}

/* ---- frames ---------------------------------------------------------- */

/* Of more memory, only what was given back is looked at. */
#define MEMORY_FRAMES_MAX (UINT64_C(1) << 16)

static void check_frame(const struct frame *frame)
{
	if (frame->type == FRAME_FREE) /* its members may be a list's */
		return;
	assert(frame->type_refs <= frame->refs);	     /* (2) */
	assert(!frame_is_table(frame) || !frame->type_refs); /* (1) */
	assert(frame->type != FRAME_WRITABLE || frame->type_refs);
}

static void check_frames(const struct frames *frames)
{
	uint64_t memory = frames->count - FRAMES_OWN;

	for (uint64_t n = 1; n < frames->next; n++)
		check_frame(&frames->frame[n]);
	for (uint64_t n = 0; memory <= MEMORY_FRAMES_MAX && n < memory; n++)
		check_frame(&frames->frame[FRAMES_OWN + n]);
	/* page.c (1); no list is longer than there are frames */
	for (uint64_t n = frames->heap, left = frames->count; n; left--) {
		const struct frame *frame = &frames->frame[n];

		assert(left && frame->type == FRAME_FREE);
		assert(!frame->refs && !frame->type_refs);
		n = frame->next;
	}
}

/* ---- all ------------------------------------------------------------- */

static void check_domain(const struct sim *sim, const struct domain *d)
{
	assert(d->owned <= d->frames); /* page.c (2) */
	check_dirty(sim, d);
	pgtab_check(d);
	if (d->iommu)
		iommu_check(d->iommu);
}

void sim_check(const struct sim *sim)
{
	const struct grant_table *gt[TRACE_MAX_DOMAINS];

	mmu_check(sim->mmu);
	for (unsigned i = 0; i < sim->header->cpus; i++)
		check_cpu(&sim->cpu[i]);
	for (size_t i = 0; i < sim->nr_domains; i++) {
		check_domain(sim, &sim->domain[i]);
		gt[i] = sim->domain[i].grants;
	}
	check_names(sim);
	check_points(sim);
	check_frames(&sim->frames);
	/* Not while a hypercall is stopped half-way. */
	if (!sim->calls.inside)
		gnttab_check_all(gt, sim->nr_domains);
}

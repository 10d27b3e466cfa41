/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.c - the steps of a page walk, between which other CPUs may run.
 *
 *   read the entry ---> set A or D in it ---> cache it, and use it
 *         ^                  |
 *         `--- has changed --'
 *
 * An interrupt comes before or after an access, so that a flush waits for the
 * walk of the CPU that is to flush.  Upper entries are read at once: what
 * changes them is no part of a hypercall.
 *
 * Source: SDM vol. 3A, "Accessed and Dirty Flags": A and D are set by locked
 * accesses; "Exception and Interrupt Priorities", for the boundary.
 */
#include "sim/pgtab.h"
#include "sim/state.h"

static void touch(struct sim *sim, const struct mmu_walk_step *step)
{
	struct cpu *cpu = &sim->cpu[step->cpu];

	switch (step->kind) {
	case MMU_STEP_BEGIN:
		buffer_touch_late(cpu);
		break;
	case MMU_STEP_READ:
		/* Together with the rest it is an update, or ev_ahead.c
		 * tells. */
		if (step->level > 1 || !cpu->ahead)
			buffer_touch_walk(cpu, step->entry);
		break;
	case MMU_STEP_SET:
		sim_touch(sim, TOUCH_ENTRY, step->entry, TOUCH_UPDATE);
		break;
	case MMU_STEP_FILL:
		/* Is it outdated from the beginning? */
		sim_touch(sim, TOUCH_ENTRY, step->entry, TOUCH_UPDATE);
		sim_touch(sim, TOUCH_TLB, step->cpu, TOUCH_UPDATE);
		sim_touch_held(sim, pgtab_frame(step->value), TOUCH_UPDATE);
		break;
	}
}

static void take(const struct mmu_steps *steps,
		 const struct mmu_walk_step *step)
{
	static const enum crossing crossings[] = {
		[MMU_STEP_READ] = CROSS_walk_read,
		[MMU_STEP_SET] = CROSS_walk_set,
		[MMU_STEP_FILL] = CROSS_walk_fill,
	};
	struct sim *sim = ((const struct sim_steps *)steps)->sim;
	struct cpu *cpu = &sim->cpu[step->cpu];

	if (step->level == 1 && cpu->walking)
		sim_cross(cpu, crossings[step->kind]);
	touch(sim, step);
}

void sim_take_steps(struct sim *sim)
{
	sim->steps = (struct sim_steps){ .mmu.take = take, .sim = sim };
	mmu_watch_steps(sim->mmu, &sim->steps.mmu);
}

/* ---- what is cached ------------------------------------------------------ */

/* May one translation make another one go? */
static bool is_finite(const struct mmu_profile *profile)
{
	for (unsigned i = 0; i < profile->nr_tlbs; i++)
		if (!profile->tlb[i].infinite)
			return true;
	return false;
}

void sim_touch_held(struct sim *sim, mfn_t mfn, enum touch_how how)
{
	if (!sim->touches)
		return;
	if (is_finite(mmu_profile(sim->mmu)))
		mfn.n = 0;
	sim_touch(sim, TOUCH_HELD, mfn.n, how);
	for (unsigned i = 0; how != TOUCH_UPDATE && i < sim->header->cpus; i++)
		sim_touch(sim, TOUCH_FLUSH, i, TOUCH_READ);
}

void sim_touch_zapped(struct cpu *cpu)
{
	const struct oracle_batch *batch = oracle_batch(cpu);

	for (unsigned i = 0; cpu->sim->touches && i < batch->count; i++)
		sim_touch_held(cpu->sim, batch->zap[i].mfn, TOUCH_WRITE);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_ahead.c - a CPU walks for no instruction, in the tables that it has
 * loaded.
 *
 * In one step: A is set in the very value that was read, or else the walk sees
 * what is there by then; and a flush waits for a walk.  So to fill at once, as
 * soon as A is set, is to hold the same translations, only for longer.
 *
 * Sources: SDM vol. 3A, "Details of TLB Use", "Accessed and Dirty Flags"; APM
 * vol. 2, "TLB Management".
 */
#include <errno.h>

#include "sim/state.h"

/* Beside what the steps of the walk touched.  If there is no page, it
 * matters neither what is cached nor what else the CPU does; if there is, who
 * comes first walks, and the other finds it cached. */
static void touch_ahead(struct cpu *cpu, vaddr_t va, bool cached)
{
	struct sim *sim = cpu->sim;
	struct mmu_probe leaf = mmu_probe(sim->mmu, cpu->number, va);

	if (cpu->loaded->config->external)
		sim_touch_all(sim);
	if (!cached)
		sim_touch(sim, TOUCH_ENTRY, leaf.entry, TOUCH_READ);
	if (!leaf.present)
		return;
	sim_touch(sim, TOUCH_TLB, cpu->number, TOUCH_UPDATE);
	sim_touch(sim, TOUCH_WALK, cpu->number, TOUCH_READ);
}

static void walk_ahead(struct cpu *cpu, vaddr_t va)
{
	struct sim *sim = cpu->sim;
	bool cached;

	if (!cpu->loaded)
		return;
	buffer_touch(cpu);
	cpu->ahead = true;
	cached = mmu_speculate(sim->mmu, cpu->number, va, MMU_USER);
	cpu->ahead = false;
	if (sim->touches)
		touch_ahead(cpu, va, cached);
}

/* Whatever the CPU does: idle, or stopped in a hypercall, it walks all the
 * same, but one walk at a time. */
int ev_speculate(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_number(sim, event);

	if (!cpu)
		return -EBADMSG;
	if (cpu->walking)
		call_wait_for(sim, NULL, &cpu->walking);
	walk_ahead(cpu, event->access.at);
	return 0;
}

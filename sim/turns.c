/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turns.c - a simulated machine as a scheduler of its CPUs sees it. */
#include "sim/turns.h"

#include "sim/entry.h"
#include "sim/state.h"

static bool has_name(const struct call *call, struct label name)
{
	return call->name.name == name.name && call->name.index == name.index;
}

struct turns_call turns_call(const struct sim *sim, struct label name)
{
	const struct call *call = sim->calls.parked;

	while (call && !has_name(call, name))
		call = call->next;
	if (!call)
		return (struct turns_call){ .there = false };
	return (struct turns_call){
		.there = true,
		.over = call->over,
		.waits = call->strand && call->wants && *call->wants,
		.crossed = call->crossed,
		.at = call->at,
	};
}

bool turns_is_bound(const struct sim *sim, struct label label)
{
	return handles_get(&sim->handles, label);
}

bool turns_may_drain(const struct sim *sim, int cpu)
{
	return buffer_waits(&sim->cpu[cpu]);
}

/* Those that have other CPUs flush. */
static const bool interrupts[EVENT_KINDS] = {
	[EVENT_flush] = true,	    [EVENT_alloc] = true,
	[EVENT_free] = true,	    [EVENT_pin_table] = true,
	[EVENT_unpin_table] = true,
};

/* Those that concern a CPU alone: no lock of a table keeps them out. */
static const bool needs_no_table[EVENT_KINDS] = {
	[EVENT_schedule] = true, [EVENT_flush] = true,
	[EVENT_invlpg] = true,	 [EVENT_invpcid] = true,
	[EVENT_load_cr3] = true, [EVENT_set_control] = true,
	[EVENT_preempt] = true,	 [EVENT_fault] = true,
};

bool turns_may_happen(const struct sim *sim, const struct event *event)
{
	if (sim->calls.tables && !needs_no_table[event->kind])
		return false;
	for (unsigned i = 0; i < sim->header->cpus; i++)
		if (interrupts[event->kind] && sim->cpu[i].walking)
			return false;
	return true;
}

bool turns_may_revoke(struct sim *sim, const struct event *event)
{
	const struct domain *d = domain_find(sim, event->domain);
	struct entry_place entry;

	for (size_t i = 0; d && i < event->nr_ops; i++) {
		if (event->ops[i].ref >= gnttab_nr_entries(d->grants))
			continue;
		entry = entry_place(d, event->ops[i].ref);
		if (entry_flags(&entry) & (GTF_reading | GTF_writing))
			return false;
	}
	return true;
}

struct turns_wrong turns_wrong(struct sim *sim)
{
	return (struct turns_wrong){
		.violations = sim->results.count[COUNTER_oracle_violations],
		.stale = sim->oracle.stale_for_good,
		.first = sim->results.first,
	};
}

void turns_forget_words(struct sim *sim)
{
	sim->results.first[0] = '\0';
}

void turns_note(struct sim *sim, struct touches *touches)
{
	sim->touches = touches;
	sim_take_steps(sim);
}

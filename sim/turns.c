/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turns.c - a simulated machine as a scheduler of its CPUs sees it. */
#include "sim/turns.h"

#include "mmu/physmem.h"
#include "sim/entry.h"
#include "sim/hb.h"
#include "sim/state.h"

struct turns_call turns_call(const struct sim *sim, struct label name)
{
	const struct call *call = sim->calls.parked;

	while (call && !label_is(call->name, name))
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

bool turns_finds_page(const struct sim *sim, int cpu, uint64_t at)
{
	const struct cpu *c = &sim->cpu[cpu];

	return c->loaded && mmu_probe(sim->mmu, c->number, at).present;
}

struct waiting turns_waiting(const struct sim *sim, int cpu)
{
	return buffer_waiting(&sim->cpu[cpu]);
}

void turns_touch_drain(const struct sim *sim, int cpu,
		       const struct waiting *waiting, struct touches *touches)
{
	buffer_touch_drain(&sim->cpu[cpu], waiting, touches);
}

/* Those that have other CPUs flush. */
static const bool interrupts[EVENT_KINDS] = {
	[EVENT_flush] = true,	    [EVENT_alloc] = true,
	[EVENT_free] = true,	    [EVENT_pin_table] = true,
	[EVENT_unpin_table] = true,
};

/* Those that concern a CPU alone: no lock of a table keeps them out. */
static const bool needs_no_table[EVENT_KINDS] = {
	[EVENT_schedule] = true,  [EVENT_flush] = true,
	[EVENT_invlpg] = true,	  [EVENT_invpcid] = true,
	[EVENT_load_cr3] = true,  [EVENT_set_control] = true,
	[EVENT_preempt] = true,	  [EVENT_fault] = true,
	[EVENT_speculate] = true,
};

bool turns_may_happen(const struct sim *sim, const struct event *event)
{
	if (sim->calls.tables && !needs_no_table[event->kind])
		return false;
	if (event->kind == EVENT_speculate)
		return !sim->cpu[event->cpu].walking;
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

/* ---- the end ---------------------------------------------------------- */

static uint64_t hash_counters(uint64_t hash, const struct results *results)
{
	static const enum counter counters[] = {
		COUNTER_grant_map_ops,
		COUNTER_grant_unmap_ops,
		COUNTER_grant_copy_ops,
		COUNTER_grant_replace_ops,
		COUNTER_grant_failed_ops,
		COUNTER_grant_pages_unmapped,
		COUNTER_grant_pages_touched,
		COUNTER_flush_performed,
		COUNTER_flush_avoided,
		COUNTER_flush_ipis,
		COUNTER_flush_at_type_change,
		COUNTER_tlb_faults,
		COUNTER_tlb_a_set,
		COUNTER_tlb_walks,
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++)
		hash = hb_mix(hash, results->count[counters[i]]);
	return hash;
}

/* Tables of both kinds: of pages, and of grants; those that guests keep in
 * their own memory are not among them. */
static uint64_t hash_tables(uint64_t hash, const struct sim *sim)
{
	for (uint64_t mfn = 1; mfn < sim->frames.next; mfn++) {
		const struct frame *frame = &sim->frames.frame[mfn];

		if (!frame_is_table(frame) && frame->type != FRAME_SHARED)
			continue;
		for (unsigned i = 0; i < FRAME_BYTES; i += sizeof(uint64_t))
			hash = hb_mix(
				hash,
				physmem_read(sim->mem, mfn * FRAME_BYTES + i));
	}
	return hash;
}

/* Who holds the frames that @d has granted. */
static uint64_t hash_holders(uint64_t hash, const struct sim *sim,
			     const struct domain *d)
{
	for (grant_ref_t ref = 0; ref < gnttab_nr_entries(d->grants); ref++) {
		struct entry_place entry = entry_place(d, ref);
		struct p2m_entry to = p2m_get(&d->p2m, entry_frame(&entry));
		struct mmu_holders holders;

		if (!entry_flags(&entry) || to.type != P2M_RAM)
			continue;
		holders = mmu_holders_of_frame(sim->mmu,
					       to.mfn.n * FRAME_BYTES);
		hash = hb_mix(hb_mix(hash, holders.any), holders.writable);
	}
	return hash;
}

uint64_t turns_state(struct sim *sim)
{
	uint64_t hash = hash_counters(0, sim_results(sim));

	hash = hash_tables(hash, sim);
	for (size_t i = 0; i < sim->nr_domains; i++)
		hash = hash_holders(hash, sim, &sim->domain[i]);
	return hash;
}

void turns_note(struct sim *sim, struct touches *touches)
{
	sim->touches = touches;
	sim_take_steps(sim);
}

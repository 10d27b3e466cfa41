/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sim.c - a simulated machine comes, has things happen to it, and goes. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/spares.h"
#include "sim/state.h"

/* ---- create and destroy ---------------------------------------------- */

static int create_oracle(struct sim *sim)
{
	unsigned cpus = sim->header->cpus;
	int rc = oracle_create(&sim->oracle, cpus);

	for (unsigned i = 0; rc == 0 && i < cpus; i++)
		sim->cpu[i].batch = &sim->oracle.batch[i];
	return rc;
}

static int create_machine(struct sim *sim, uint64_t seed)
{
	uint64_t frames = domains_frames(sim->header);
	struct mmu_profile profile = sim->header->profile.mmu;
	struct mmu_config config = {
		.profile = &profile,
		.cpus = sim->header->cpus,
		.memory = frames * FRAME_BYTES,
		.sparse = FRAMES_OWN * FRAME_BYTES,
		.seed = seed,
		.maps = sim->maps,
	};
	int rc;

	if (sim->header->memory == MEMORY_TSO)
		profile.quirks |= 1u << MMU_QUIRK_LATE_A;
	rc = create_oracle(sim);
	if (rc == 0)
		rc = mmu_create(&sim->mmu, &config);
	if (rc < 0)
		return rc;
	sim->mem = mmu_memory(sim->mmu);
	sim->stores_late = profile.quirks & QUIRKS_OF_LATE_STORES;
	sim->marks = marks_create(sim->maps);
	if (!sim->marks)
		return -ENOMEM;
	rc = frames_create(&sim->frames, sim->maps, frames);
	return rc < 0 ? rc : domains_create(sim);
}

/* What each CPU runs at first; those that the header leaves out are idle. */
static void schedule_all(struct sim *sim)
{
	const struct trace_header *header = sim->header;

	for (size_t i = 0; i < header->nr_schedule; i++)
		cpu_switch(&sim->cpu[header->schedule[i].cpu],
			   domain_find(sim, header->schedule[i].domain));
}

static void fill_results(struct sim *sim, const struct sim_config *config)
{
	const struct trace_header *header = sim->header;

	sim->file = config->file;
	sim->results = (struct results){
		.trace = config->trace ? config->trace : "",
		.title = header->title,
		.policy = sim->policy->name,
		.machine = header->profile.mmu.name,
		.quirks = header->profile.mmu.quirks,
		.seed = config->seed,
		.unchecked = config->no_oracle,
		.nr_incomplete = header->nr_incomplete,
		.incomplete = header->incomplete,
	};
}

int sim_create(struct sim **made, const struct sim_config *config)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	int rc;

	if (!sim)
		return -ENOMEM;
	sim->header = config->header;
	sim->policy = config->policy;
	if (config->spares) {
		sim->calls.strands = &config->spares->strands;
		sim->maps = &config->spares->maps;
	}
	sim->checked = !config->no_oracle;
	for (unsigned i = 0; i < MMU_MAX_CPUS; i++)
		sim->cpu[i] = (struct cpu){
			.sim = sim,
			.number = i,
			.holder = i + 1,
		};
	flush_clock_start(&sim->clock, sim->header->clock_wrap);
	rc = create_machine(sim, config->seed);
	if (rc < 0) {
		sim_destroy(sim);
		return rc;
	}
	schedule_all(sim);
	fill_results(sim, config);
	if (config->buckets)
		rc = sampler_create(sim, config->buckets);
	if (rc < 0) {
		sim_destroy(sim);
		return rc;
	}
	*made = sim;
	return 0;
}

/* What its maps are cleaned of by hand. */
static void tell_touched(struct sim *sim)
{
	if (!sim->maps)
		return;
	sim->maps->frames = sim->frames.count;
	sim->maps->own = FRAMES_OWN;
	sim->maps->used = sim->frames.next;
}

void sim_destroy(struct sim *sim)
{
	if (!sim)
		return;
	calls_abandon(sim);
	tell_touched(sim);
	domains_destroy(sim);
	calls_destroy(&sim->calls);
	pinnings_destroy(sim);
	points_destroy(&sim->points);
	handles_destroy(&sim->handles);
	oracle_destroy(&sim->oracle);
	for (size_t i = 0; i < sim->results.nr_inspect; i++)
		free(sim->results.inspect[i]);
	free(sim->results.inspect);
	frames_destroy(&sim->frames);
	marks_destroy(sim->maps, sim->marks);
	mmu_destroy(sim->mmu);
	sampler_destroy(sim);
	free(sim->watch);
	free(sim);
}

/* ---- events ---------------------------------------------------------- */

struct domain *sim_domain(struct sim *sim, const struct event *event, int id)
{
	struct domain *d = domain_find(sim, id);

	if (!d)
		diag_error(sim->diags, event->place, "there is no domain %d",
			   id);
	return d;
}

struct place sim_place(struct place place, const struct op *op)
{
	if (op->line) {
		place.line = op->line;
		place.column = op->column;
	}
	return place;
}

/* `explore` reads it; who replays takes the events in their order. */
static int ev_parallel(struct sim *sim, const struct event *event)
{
	(void)sim;
	(void)event;
	return 0;
}

static int (*const handlers[EVENT_KINDS])(struct sim *,
					  const struct event *) = {
	[EVENT_grant] = ev_grant,
	[EVENT_revoke] = ev_revoke,
	[EVENT_map] = ev_hypercall,
	[EVENT_unmap] = ev_hypercall,
	[EVENT_unmap_and_replace] = ev_hypercall,
	[EVENT_copy] = ev_hypercall,
	[EVENT_transfer] = ev_hypercall,
	[EVENT_set_version] = ev_table,
	[EVENT_setup_table] = ev_table,
	[EVENT_query_size] = ev_table,
	[EVENT_get_status_frames] = ev_table,
	[EVENT_swap_grant_ref] = ev_table,
	[EVENT_read] = ev_access,
	[EVENT_write] = ev_access,
	[EVENT_fetch] = ev_access,
	[EVENT_speculate] = ev_speculate,
	[EVENT_dma_read] = ev_dma,
	[EVENT_dma_write] = ev_dma,
	[EVENT_map_page] = ev_map_page,
	[EVENT_unmap_page] = ev_unmap_page,
	[EVENT_protect] = ev_protect,
	[EVENT_share_table] = ev_share_table,
	[EVENT_mmu_update] = ev_update,
	[EVENT_update_va_mapping] = ev_update,
	[EVENT_write_pte] = ev_update,
	[EVENT_alloc] = ev_alloc,
	[EVENT_free] = ev_free,
	[EVENT_pin_table] = ev_pin_table,
	[EVENT_unpin_table] = ev_unpin_table,
	[EVENT_invlpg] = ev_invlpg,
	[EVENT_invpcid] = ev_invpcid,
	[EVENT_load_cr3] = ev_load_cr3,
	[EVENT_set_control] = ev_set_control,
	[EVENT_flush] = ev_flush,
	[EVENT_drain] = ev_drain,
	[EVENT_schedule] = ev_schedule,
	[EVENT_fault] = ev_point,
	[EVENT_preempt] = ev_point,
	[EVENT_resume] = ev_resume,
	[EVENT_parallel] = ev_parallel,
	[EVENT_inspect] = ev_inspect,
	[EVENT_expect] = ev_expect,
};

#define CHECK_EACH 256
#define CHECK_EVERY 4096

/* What can be asserted, if the build asks for it.  Of a long run only now and
 * then: each time looks at all that every CPU caches. */
static void check(struct sim *sim)
{
#ifdef ENABLE_CHECKS
	sim->events++;
	if (sim->events <= CHECK_EACH || sim->events % CHECK_EVERY == 0)
		sim_check(sim);
#else
	(void)sim;
#endif
}

/* Events about page tables of a guest's own. */
static const bool needs_tables[EVENT_KINDS] = {
	[EVENT_map_page] = true,    [EVENT_unmap_page] = true,
	[EVENT_protect] = true,	    [EVENT_share_table] = true,
	[EVENT_mmu_update] = true,  [EVENT_update_va_mapping] = true,
	[EVENT_write_pte] = true,   [EVENT_pin_table] = true,
	[EVENT_unpin_table] = true,
};

static int check_tables(struct sim *sim, const struct event *event)
{
	const struct domain *d;

	if (!needs_tables[event->kind])
		return 0;
	d = domain_find(sim, event->domain);
	if (!d || !d->config->external)
		return 0;
	diag_error(sim->diags, event->place,
		   "domain %u has no page tables of its own: its paging is hvm",
		   d->id);
	diag_hint(sim->diags, "the addresses that it accesses are "
			      "guest-physical");
	return -EBADMSG;
}

/* Events that tell themselves what they touch; others may touch anything. */
static const bool tells_touches[EVENT_KINDS] = {
	[EVENT_map] = true,	  [EVENT_unmap] = true,
	[EVENT_copy] = true,	  [EVENT_unmap_and_replace] = true,
	[EVENT_read] = true,	  [EVENT_write] = true,
	[EVENT_fetch] = true,	  [EVENT_transfer] = true,
	[EVENT_fault] = true,	  [EVENT_preempt] = true,
	[EVENT_resume] = true,	  [EVENT_drain] = true,
	[EVENT_speculate] = true,
};

int sim_event(struct sim *sim, const struct event *event, struct diags *diags,
	      struct diags *failed)
{
	int rc;

	sim->event = event;
	sim->stamp = event->number;
	sim->diags = diags;
	sim->failed = failed;
	if (!tells_touches[event->kind])
		sim_touch_all(sim);
	watch_event(sim, STEP_event);
	rc = check_tables(sim, event);
	if (rc == 0)
		rc = handlers[event->kind](sim, event);
	if (!sim->clock.now)
		flush_settle(sim);
	watch_event(sim, STEP_end);
	if (sim->sampler)
		sampler_event(sim);
	check(sim);
	sim->event = NULL;
	sim->stamp = 0;
	return rc < 0 ? rc : sim->error;
}

void sim_finish(struct sim *sim)
{
	int rc = calls_finish(sim);

	if (rc < 0)
		sim->error = rc;
	pinnings_finish(sim);
	sim->event = NULL;
	sim->stamp = 0;
	/* What is stuck in a deadlock agrees with nothing. */
	if (!sim->calls.inside)
		oracle_audit(sim);
	sampler_finish(sim);
}

/* ---- results --------------------------------------------------------- */

static void tally_grants(struct sim *sim)
{
	uint64_t *count = sim->results.count;
	uint64_t batches = 0, flushed = 0;

	for (size_t i = 0; i < sim->nr_domains; i++) {
		const struct gnttab_counters *c = gnttab_counters(
			sim->domain[i].grants);

		batches += c->batches;
		flushed += c->batches_flushed;
	}
	count[COUNTER_flush_batches] = batches;
	count[COUNTER_flush_performed] = flushed;
	count[COUNTER_flush_avoided] = batches - flushed;
	count[COUNTER_flush_uncounted] = sim->grant_flushes - flushed;
}

static void tally_mmu(struct sim *sim)
{
	struct mmu_counters c = mmu_counters(sim->mmu);
	uint64_t *count = sim->results.count;

	count[COUNTER_oracle_stale_uses] = c.stale_uses;
	count[COUNTER_tlb_lookups] = c.lookups;
	count[COUNTER_tlb_l1_hits] = c.l1_hits;
	count[COUNTER_tlb_l1_misses] = c.l1_misses;
	count[COUNTER_tlb_l2_hits] = c.l2_hits;
	count[COUNTER_tlb_l2_misses] = c.l2_misses;
	count[COUNTER_tlb_fills] = c.fills;
	count[COUNTER_tlb_evictions] = c.evictions;
	count[COUNTER_tlb_walks] = c.walks;
	count[COUNTER_tlb_walk_loads] = c.walk_loads;
	count[COUNTER_tlb_a_set] = c.a_set;
	count[COUNTER_tlb_d_set] = c.d_set;
	count[COUNTER_tlb_psc_hits] = c.psc_hits;
	count[COUNTER_tlb_faults] = c.faults;
	count[COUNTER_tlb_machine_checks] = c.machine_checks;
	count[COUNTER_cycles_translate] = c.translate_cycles - c.walk_cycles;
	count[COUNTER_cycles_walk] = c.walk_cycles;
	count[COUNTER_cycles_total] = c.translate_cycles +
				      count[COUNTER_cycles_flush] +
				      count[COUNTER_cycles_ipi] +
				      count[COUNTER_cycles_hypercall];
}

void sim_tally(struct sim *sim)
{
	tally_grants(sim);
	tally_mmu(sim);
}

const struct results *sim_results(struct sim *sim)
{
	sim_tally(sim);
	return &sim->results;
}

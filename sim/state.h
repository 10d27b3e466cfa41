/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.h - what a simulator consists of; private to its own files.
 */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include "sim/cpu.h"
#include "sim/dma.h"
#include "sim/domain.h"
#include "sim/ept.h"
#include "sim/flush.h"
#include "sim/flush_clock.h"
#include "sim/frame.h"
#include "sim/hypercall.h"
#include "sim/handles.h"
#include "sim/marks.h"
#include "sim/oracle.h"
#include "sim/page.h"
#include "sim/points.h"
#include "sim/sampler.h"
#include "sim/sim.h"
#include "sim/touch.h"
#include "sim/watch.h"

/* Who is told of the steps of walks: steps.c. */
struct sim_steps {
	struct mmu_steps mmu;
	struct sim *sim;
};

struct sim {
	/* Constant. */
	const struct trace_header *header;
	const struct gnttab_policy *policy;
	struct mmu *mmu;
	struct physmem *mem; /* the mmu's */
	bool stores_late;    /* its walks may: mmu_serialise() ends that */
	size_t nr_domains;
	struct domain *domain; /* in order of their memory */
	struct domain **domain_by_id; /* NULL where there is none, ... */
	unsigned nr_domain_ids;	      /* ... up to the highest domid */

	/* The machine as it is. */
	struct cpu cpu[MMU_MAX_CPUS];
	uint64_t events; /* seen by check() */
	uint64_t idle_clock; /* how often a CPU went idle */
	struct sparse_maps *maps; /* what it takes memory from, or NULL */
	struct frames frames;
	struct flush_clock clock;
	struct marks *marks;
	struct calls calls;
	struct pinning *pinnings; /* open */
	struct points points;
	struct handles handles;

	/* What is watched and counted. */
	struct watch *watch; /* NULL: nobody watches */
	struct touches *touches; /* NULL: nobody asks */
	struct sim_steps steps;
	struct sampler *sampler; /* NULL: likewise */
	bool checked; /* by the oracle; else none of it is asked */
	struct oracle oracle;
	struct results results;
	const char *file;	/* of places in them; NULL: as events say */
	uint64_t grant_flushes; /* asked for by the grant code */
	int error;		/* -ENOMEM once that was met */

	/* While an event happens. */
	const struct event *event;
	uint64_t stamp; /* its number; 0 between them */
	struct diags *diags, *failed;
};

/* Of a function beside a quick way: what it needs is not that one's to save. */
#define ASIDE __attribute__((noinline, cold))

/* The domain called @id, or NULL. */
static inline struct domain *domain_find(struct sim *sim, int id)
{
	/* Above all, if it is negative. */
	unsigned index = (unsigned)id;

	return index < sim->nr_domain_ids ? sim->domain_by_id[index] : NULL;
}

static inline void sim_count(struct sim *sim, enum counter counter, uint64_t n)
{
	sim->results.count[counter] += n;
}

/* An invariant was checked. */
static inline void oracle_checked(struct sim *sim)
{
	sim_count(sim, COUNTER_oracle_checks, 1);
}

/* The grant code crosses the seam: another CPU may run now. */
static inline void sim_cross(struct cpu *cpu, enum crossing at)
{
	if (cpu->stops)
		call_cross(cpu->stops, at);
}

/* The same, to take a lock that @holder has. */
static inline void sim_cross_lock(struct cpu *cpu, enum crossing at,
				  const uint32_t *holder)
{
	if (!cpu->stops)
		return;
	cpu->stops->wants = holder;
	call_cross(cpu->stops, at);
	cpu->stops->wants = NULL;
}

/* @call is at a preemption point: is it preempted? */
static inline bool call_preemption_wanted(struct call *call)
{
	call->points++;
	return points_reach(&call->sim->points, call, false);
}

/* Until *@holder, a CPU's number + 1, is 0. */
static inline void sim_wait_for(struct cpu *cpu, uint32_t *holder)
{
	if (*holder)
		call_wait_for(cpu->sim, cpu->call, holder);
}

/* What is touched, for those who ask. */
static inline void sim_touch(struct sim *sim, enum touch_what what, uint64_t id,
			     enum touch_how how)
{
	if (sim->touches)
		touches_add(sim->touches, (struct touch){ what, how, id });
}
static inline void sim_touch_all(struct sim *sim)
{
	if (sim->touches)
		sim->touches->all = true;
}
/* From now on the steps of walks are crossings, and touch what they do. */
void sim_take_steps(struct sim *sim);
/* Who has cached @mfn changes (TOUCH_UPDATE), or is looked at. */
void sim_touch_held(struct sim *sim, mfn_t mfn, enum touch_how how);
/* The oracle accounts for what @cpu has zapped. */
void sim_touch_zapped(struct cpu *cpu);

/* The L1 table that leads to @va, as it is known; NULL: look for it.  Of a
 * guest's addresses alone. */
static inline const struct pgtab_known *
pgtab_known_table(const struct domain *d, vaddr_t va)
{
	uint64_t region = va >> PGTAB_REGION_SHIFT;
	const struct pgtab_known *known = &d->known[region % PGTAB_KNOWN];

	return known->region == region ? known : NULL; /* (1) of pgtab.c */
}

/* The entry of @va in an L1 table of @d that is known; false: likewise. */
static inline bool pgtab_known(const struct domain *d, vaddr_t va,
			       paddr_t *entry)
{
	const struct pgtab_known *known = pgtab_known_table(d, va);

	if (known)
		*entry = pgtab_entry_at(known->table, va, 1);
	return known;
}

/* Is @entry in a table above the L1 tables? */
static inline bool pgtab_is_upper(const struct sim *sim, paddr_t entry)
{
	const struct frame *table = &sim->frames.frame[entry / FRAME_BYTES];

	return table->type > FRAME_L1 && table->type <= FRAME_L4;
}

/* When an entry changes: what is stale then is of this time. */
static inline uint64_t pgtab_stamp(const struct sim *sim)
{
	return sim->stamp;
}

/* What the oracle knows of the hypercall that @cpu is in. */
static inline struct oracle_batch *oracle_batch(const struct cpu *cpu)
{
	return cpu->batch;
}

/* Has it still to account for something that went? */
static inline bool oracle_pends(const struct cpu *cpu)
{
	return cpu->sim->checked && oracle_batch(cpu)->count;
}

/* The entry at @entry that was @old, present, leads there no longer. */
static inline void oracle_zapped(struct cpu *cpu, paddr_t entry, uint64_t old)
{
	struct oracle_batch *batch = oracle_batch(cpu);

	assert(batch->count < ORACLE_MAX_ZAPS);
	batch->zap[batch->count++] = (struct zap){
		.entry = entry,
		.mfn = pgtab_frame(old),
		.mapper = cpu->call->domain->id,
	};
	batch->flushed = false;
}

/* @cpu dropped a reference on @mfn, or is about to leave the hypervisor. */
static inline void oracle_dropped(struct cpu *cpu, mfn_t mfn)
{
	oracle_batch(cpu)->dropped = mfn;
	if (oracle_pends(cpu))
		oracle_settle(cpu);
}

/* What happens is told to those who watch: watch.h says what. */
static inline void watch_event(struct sim *sim, enum step_kind kind)
{
	if (sim->watch)
		watch_tell_event(sim, kind);
}
static inline void watch_acting(struct sim *sim, struct cpu *cpu)
{
	if (sim->watch)
		sim->watch->acting = cpu;
}
static inline void watch_entry(struct sim *sim, paddr_t entry, uint64_t before,
			       uint64_t after)
{
	if (sim->watch)
		watch_tell_entry(sim, entry, before, after);
}
static inline void watch_switch(struct cpu *cpu, const struct domain *to)
{
	if (cpu->sim->watch)
		watch_tell_switch(cpu, to);
}
static inline void watch_flush(struct cpu *cpu, uint64_t cpus, bool needless)
{
	if (cpu->sim->watch)
		watch_tell_flush(cpu, cpus, needless);
}
static inline void watch_batch(struct cpu *cpu, bool next_op)
{
	if (cpu->sim->watch && cpu->call)
		watch_tell_batch(cpu, next_op);
}
static inline void watch_op(struct call *call, unsigned number,
			    const struct op *op, int status)
{
	if (call->sim->watch)
		watch_tell_op(call, number, op, status);
}

/* The grant code stores to an entry of a table, now. */
void call_entry_store(struct cpu *cpu, paddr_t entry, uint64_t value);
/* It changed an entry: mark it, count it, show it around. */
void call_entry_changed(struct cpu *cpu, paddr_t entry, uint64_t old,
			uint64_t new);

/* The domain called @id, or NULL after an error at @event's place. */
struct domain *sim_domain(struct sim *sim, const struct event *event, int id);
/* Where @op, of an event at @place, was written. */
struct place sim_place(struct place place, const struct op *op);

/* Bring the results up to date. */
void sim_tally(struct sim *sim);
/* Add a line to what `inspect` gave. */
void sim_inspect_line(struct sim *sim, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One kind of event happens: 0, -EBADMSG after an error, -ENOMEM. */
int ev_grant(struct sim *sim, const struct event *event);
int ev_revoke(struct sim *sim, const struct event *event);
int ev_hypercall(struct sim *sim, const struct event *event);
int ev_table(struct sim *sim, const struct event *event);
int ev_resume(struct sim *sim, const struct event *event);
int ev_access(struct sim *sim, const struct event *event);
int ev_speculate(struct sim *sim, const struct event *event);
int ev_dma(struct sim *sim, const struct event *event);
int ev_map_page(struct sim *sim, const struct event *event);
int ev_unmap_page(struct sim *sim, const struct event *event);
int ev_protect(struct sim *sim, const struct event *event);
int ev_share_table(struct sim *sim, const struct event *event);
int ev_update(struct sim *sim, const struct event *event);
int ev_alloc(struct sim *sim, const struct event *event);
int ev_free(struct sim *sim, const struct event *event);
int ev_pin_table(struct sim *sim, const struct event *event);
int ev_unpin_table(struct sim *sim, const struct event *event);
int ev_invlpg(struct sim *sim, const struct event *event);
int ev_invpcid(struct sim *sim, const struct event *event);
int ev_load_cr3(struct sim *sim, const struct event *event);
int ev_set_control(struct sim *sim, const struct event *event);
int ev_flush(struct sim *sim, const struct event *event);
int ev_drain(struct sim *sim, const struct event *event);
int ev_schedule(struct sim *sim, const struct event *event);
int ev_point(struct sim *sim, const struct event *event);
int ev_inspect(struct sim *sim, const struct event *event);
int ev_expect(struct sim *sim, const struct event *event);

#endif /* SIM_STATE_H */

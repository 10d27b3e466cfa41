/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.c - tells whoever watches what happens inside an event.
 *
 * The grant code says nothing of its decisions, and is not asked: they are
 * seen from outside, by the entries that it takes away, by its flushes and by
 * its counters.
 *
 *   zap, zap, zap --> flush        a batch that flushed: told before that
 *              `----> no flush     one that did not: told when the counter
 *                                  of batches has moved
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "gnttab/policy.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"
#include "sim/watch.h"

int sim_watch(struct sim *sim, const struct sim_watcher *watcher)
{
	free(sim->watch);
	sim->watch = NULL;
	if (!watcher)
		return 0;
	sim->watch = calloc(1, sizeof(*sim->watch));
	if (!sim->watch)
		return -ENOMEM;
	sim->watch->by = *watcher;
	return 0;
}

struct mmu *sim_mmu(struct sim *sim)
{
	return sim->mmu;
}

unsigned sim_cpus(const struct sim *sim)
{
	return sim->header->cpus;
}

static void tell(struct sim *sim, struct step *step)
{
	step->event = sim->event;
	sim->watch->by.step(sim->watch->by.data, sim, step);
}

void watch_tell_event(struct sim *sim, enum step_kind kind)
{
	struct step step = { .kind = kind };

	tell(sim, &step);
}

/* ---- translations -------------------------------------------------------- */

struct mmu_result watch_access(struct cpu *cpu, vaddr_t va,
			       enum mmu_access access,
			       enum mmu_privilege privilege)
{
	struct sim *sim = cpu->sim;
	struct step step = {
		.kind = STEP_access,
		.cpu = cpu->number,
		.access = { .va = va,
			    .access = access,
			    .privilege = privilege,
			    .hypervisor = cpu->call },
	};
	struct step_access *told = &step.access;
	uint64_t loads = mmu_counters(sim->mmu).walk_loads;

	mmu_look(sim->mmu, cpu->number, va, &told->before);
	told->result = mmu_access(sim->mmu, cpu->number, va, access, privilege);
	mmu_look(sim->mmu, cpu->number, va, &told->after);
	told->loads = (unsigned)(mmu_counters(sim->mmu).walk_loads - loads);
	if (told->result.end == MMU_OK)
		told->holders = mmu_holders_of_entry(sim->mmu,
						     told->result.entry);
	tell(sim, &step);
	return told->result;
}

void sim_access(struct sim *sim, unsigned cpu, vaddr_t va,
		enum mmu_access access)
{
	watch_access(&sim->cpu[cpu], va, access, MMU_USER);
}

void watch_tell_switch(struct cpu *cpu, const struct domain *to)
{
	struct step step = { .kind = STEP_switch,
			     .cpu = cpu->number,
			     .to = to };

	tell(cpu->sim, &step);
}

void watch_violation(struct sim *sim, const char *format, va_list list)
{
	char text[sizeof(sim->results.first)];
	struct step step = { .kind = STEP_violation, .text = text };

	if (!sim->watch)
		return;
	vsnprintf(text, sizeof(text), format, list);
	tell(sim, &step);
}

/* ---- entries ------------------------------------------------------------- */

static unsigned op_of(const struct call *call)
{
	return (unsigned)call->nr_ops - call->left.count;
}

/* The grant that pins @mfn, out of the table of its owner. */
static void find_grant(const struct domain *owner, mfn_t mfn,
		       struct step_frame *frame)
{
	unsigned entries = gnttab_nr_entries(owner->grants);

	for (grant_ref_t ref = 0; ref < entries && !frame->pins; ref++) {
		struct gnttab_active_view active = gnttab_active(owner->grants,
								 ref);

		if (!active.pin || active.mfn.n != mfn.n)
			continue;
		frame->ref = ref;
		frame->pins = active.pin;
	}
}

static struct step_frame frame_of(struct sim *sim, uint64_t value,
				  unsigned level)
{
	mfn_t mfn = pgtab_frame(value);
	const struct domain *owner = domain_of_frame(sim, mfn);
	struct step_frame frame = { .owner = DOMAIN_NONE };

	if (!(value & PTE_P) || level != 1 || !owner)
		return frame;
	frame.owner = owner->id;
	frame.number = mfn.n - owner->first;
	find_grant(owner, mfn, &frame);
	return frame;
}

/* Of the table that @entry is in. */
static unsigned level_of(const struct sim *sim, paddr_t entry)
{
	uint64_t mfn = entry / FRAME_BYTES;

	if (mfn >= sim->frames.count ||
	    !frame_is_table(&sim->frames.frame[mfn]))
		return 0;
	return sim->frames.frame[mfn].type - FRAME_L1 + 1u;
}

static void note_zap(struct cpu *cpu, uint64_t before, uint64_t after)
{
	struct watch_batch *batch = &cpu->sim->watch->batch[cpu->number];

	if (!(before & PTE_P) || (after & PTE_P))
		return;
	batch->zapped++;
	if ((before & PTE_A) && !batch->accessed++)
		batch->first_accessed = op_of(cpu->call);
}

void watch_tell_entry(struct sim *sim, paddr_t entry, uint64_t before,
		      uint64_t after)
{
	struct step step = {
		.kind = STEP_entry,
		.entry = { .entry = entry,
			   .before = before,
			   .after = after,
			   .op = -1 },
	};
	struct cpu *cpu;

	step.entry.level = level_of(sim, entry);
	step.entry.from = frame_of(sim, before, step.entry.level);
	step.entry.to = frame_of(sim, after, step.entry.level);
	cpu = sim->watch->acting;
	if (cpu) {
		step.cpu = cpu->number;
		step.entry.op = (int)op_of(cpu->call);
		note_zap(cpu, before, after);
	}
	step.entry.holders = mmu_holders_of_entry(sim->mmu, entry).any;
	tell(sim, &step);
}

/* ---- decisions ----------------------------------------------------------- */

static uint64_t batches_of(const struct call *call)
{
	return gnttab_counters(call->domain->grants)->batches;
}

static bool is_trusted(const struct domain *d, enum gnttab_trust trust)
{
	switch (trust) {
	case GNTTAB_TRUST_NOBODY:
		break;
	case GNTTAB_TRUST_HARDWARE_DOMAIN:
		return d->config->hardware;
	case GNTTAB_TRUST_ANYBODY:
		return true;
	}
	return false;
}

static enum step_reason why_flush(const struct call *call,
				  const struct watch_batch *batch,
				  const struct step_decision *d)
{
	const struct gnttab_policy *policy = call->sim->policy;

	if (batch->fault)
		return REASON_fault;
	if (call->left.cmd == GNTTABOP_unmap_and_replace)
		return REASON_replace;
	if (call->left.cmd == GNTTABOP_map_grant_ref)
		return REASON_undo;
	if (policy->evict || call->left.cmd != GNTTABOP_unmap_grant_ref)
		return REASON_other;
	if (policy->always_flush || policy->trust == GNTTAB_TRUST_NOBODY)
		return REASON_always;
	if (d->accessed)
		return REASON_accessed;
	if (policy->not_on_amd && call->domain->rules.amd)
		return REASON_amd;
	if (!is_trusted(d->mapper, policy->trust))
		return REASON_untrusted;
	if (policy->default_accessed && d->zapped < d->ops)
		return REASON_default;
	return REASON_other;
}

static void tell_decision(struct cpu *cpu, bool flush, uint64_t cpus)
{
	struct watch_batch *batch = &cpu->sim->watch->batch[cpu->number];
	const struct call *call = cpu->call;
	struct step step = {
		.kind = STEP_decision,
		.cpu = cpu->number,
		.decision = { .mapper = call->domain,
			      .ops = op_of(call) - batch->first_op,
			      .zapped = batch->zapped,
			      .accessed = batch->accessed,
			      .first_accessed = batch->first_accessed,
			      .flush = flush,
			      .cpus = cpus },
	};

	step.decision.reason = batch->accessed ? REASON_unseen : REASON_clean;
	if (batch->accessed && call->sim->policy->evict)
		step.decision.reason = REASON_other;
	if (flush)
		step.decision.reason = why_flush(call, batch, &step.decision);
	batch->told = true;
	tell(cpu->sim, &step);
}

static void begin_batch(struct watch_batch *batch, const struct call *call)
{
	*batch = (struct watch_batch){ .seen = batches_of(call),
				       .first_op = op_of(call) };
}

void watch_enter(struct call *call)
{
	struct watch *watch = call->sim->watch;

	if (watch)
		begin_batch(&watch->batch[call->cpu->number], call);
}

int watch_fault(struct call *call)
{
	struct watch *watch = call->sim->watch;

	if (watch)
		watch->batch[call->cpu->number].fault = true;
	return -EFAULT;
}

void watch_tell_batch(struct cpu *cpu, bool next_op)
{
	struct watch_batch *batch = &cpu->sim->watch->batch[cpu->number];

	if (!batch->told && batches_of(cpu->call) != batch->seen)
		tell_decision(cpu, false, 0);
	if (batch->told && next_op)
		begin_batch(batch, cpu->call);
}

void watch_wanted(struct cpu *cpu, uint64_t cpus)
{
	const struct watch *watch = cpu->sim->watch;

	if (watch && cpu->call && !watch->batch[cpu->number].told)
		tell_decision(cpu, true, cpus);
}

void watch_tell_flush(struct cpu *cpu, uint64_t cpus, bool needless)
{
	struct step step = { .kind = STEP_flush, .cpu = cpu->number };

	step.flush.cpus = cpus;
	step.flush.needless = needless;
	tell(cpu->sim, &step);
}

static uint32_t pins_of(struct call *call, const struct op *op)
{
	const struct domain *granter = domain_find(call->sim, op->from);

	if (call->left.cmd != GNTTABOP_map_grant_ref || !granter)
		return 0;
	return gnttab_active(granter->grants, op->ref).pin;
}

void watch_tell_op(struct call *call, unsigned number, const struct op *op,
		   int status)
{
	struct step step = { .kind = STEP_op, .cpu = call->cpu->number };

	step.op.number = number;
	step.op.op = op;
	step.op.status = status;
	step.op.ref = op->ref;
	step.op.pins = pins_of(call, op);
	tell(call->sim, &step);
}

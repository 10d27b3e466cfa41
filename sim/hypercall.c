/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypercall.c - entering the hypervisor, and coming back.
 *
 * Invariants, (1) checked by sim_check():
 *  (1) cpu->call is the call that @cpu is in, and NULL outside of one.
 *  (2) call->args has what the guest would read in its array: copies out of
 *      the hypervisor are mirrored there, wherever the array is.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/looked.h"
#include "sim/state.h"

/* The array's address when it is out of the way: the hypervisor's own. */
#define CALL_WINDOW UINT64_C(0xffff800000000000)
#define CALL_SINK_BYTES (UINT64_C(1) << 32)

/* ---- calls come and go ----------------------------------------------- */

static void destroy_list(struct call *call)
{
	while (call) {
		struct call *next = call->next;

		free(call->args);
		free(call->own);
		free(call->looked);
		free(call);
		call = next;
	}
}

void calls_destroy(struct calls *calls)
{
	destroy_list(calls->parked);
	destroy_list(calls->spare);
}

/* At least @need bytes at *@memory, which has *@room; contents are lost. */
static int need_room(void **memory, size_t *room, size_t need)
{
	if (need <= *room)
		return 0;
	free(*memory);
	*room = 0;
	*memory = malloc(need);
	if (!*memory)
		return -ENOMEM;
	*room = need;
	return 0;
}

/* A call with room for @bytes of arguments, as new. */
static struct call *call_get(struct sim *sim, size_t bytes)
{
	struct call *call = sim->calls.spare;
	void *args;

	if (!call)
		call = calloc(1, sizeof(*call));
	else
		sim->calls.spare = call->next;
	if (!call)
		return NULL;
	memset(call, 0, offsetof(struct call, sim));
	call->sim = sim;
	if (call->looked)
		looked_forget(call->looked);
	args = call->args;
	if (need_room(&args, &call->args_room, bytes) < 0) {
		call->args = NULL;
		call->next = sim->calls.spare;
		sim->calls.spare = call;
		return NULL;
	}
	call->args = args;
	return call;
}

void call_put(struct call *call)
{
	call->next = call->sim->calls.spare;
	call->sim->calls.spare = call;
}

/* Operations that a later event still needs must not be the reader's. */
static int keep_ops(struct call *call)
{
	void *own = call->own;
	size_t bytes = call->nr_ops * sizeof(*call->ops);

	if (need_room(&own, &call->own_room, bytes) < 0) {
		call->own = NULL;
		return -ENOMEM;
	}
	call->own = own;
	if (bytes)
		memcpy(call->own, call->ops, bytes);
	call->ops = call->own;
	return 0;
}

/* ---- the array of operations ----------------------------------------- */

/* Operations that were not reached yet say so. */
static void clear_status(struct call *call, unsigned char *to)
{
	int16_t status = STATUS_NOT_REACHED;

	if (!call->kind->no_status)
		memcpy(to + call->kind->status, &status, sizeof(status));
}

static int build_singly(struct call *call)
{
	unsigned char *to = call->args;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < call->nr_ops; i++) {
		clear_status(call, to);
		rc = call->kind->build(call, &call->ops[i], to);
		to += call->kind->size;
	}
	return rc;
}

static int build_args(struct call *call)
{
	/* The guest sees what lies between fields, too. */
	bool clear = call->in_guest || !call->kind->build_all;
	int rc;

	call->region = UINT64_MAX;
	if (clear && call->bytes)
		memset(call->args, 0, call->bytes);
	rc = call->kind->build_all ? call->kind->build_all(call)
				   : build_singly(call);
	if (rc == 0 && call->in_guest)
		cpu_place(call->cpu, call->array, call->args, call->bytes);
	return rc;
}

/* ---- what the seam asks ------------------------------------------------ */

int call_copy_in(struct call *call, void *to, uint64_t from, size_t length)
{
	const void *args;

	call->copies++;
	watch_batch(call->cpu, true);
	sampler_batch(call);
	if (points_reach(&call->sim->points, call, true))
		return watch_fault(call);
	if (call->in_guest)
		return cpu_copy_in(call->cpu, to, from, length);
	args = call_mirror(call, from, length);
	if (!args)
		return -EFAULT;
	memcpy(to, args, length);
	return 0;
}

int call_copy_out(struct call *call, uint64_t to, const void *from,
		  size_t length)
{
	void *args;

	call->copies++;
	if (points_reach(&call->sim->points, call, true))
		return watch_fault(call);
	if (to - CALL_SINK < CALL_SINK_BYTES)
		return 0;
	if (call->in_guest && cpu_copy_out(call->cpu, to, from, length) < 0)
		return -EFAULT;
	args = call_mirror(call, to, length);
	if (!args)
		return call->in_guest ? 0 : -EFAULT;
	memcpy(args, from, length); /* (2) */
	return 0;
}

/* ---- running --------------------------------------------------------- */

static void lock_kept(struct cpu *cpu)
{
	oracle_violation(cpu->sim,
			 "CPU %u left the hypervisor with %u lock%s held",
			 cpu->number, cpu->locks, cpu->locks == 1 ? "" : "s");
	cpu->locks = 0;
}

static bool is_observed(const struct call *call)
{
	const struct sim *sim = call->sim;

	return call->strand || sim->touches || sim->watch || sim->sampler ||
	       sim->header->memory == MEMORY_TSO;
}

int call_enter(struct call *call)
{
	struct sim *sim = call->sim;
	bool observed = is_observed(call);
	int rc;

	if (call->kind->enter)
		return call->kind->enter(call);
	if (observed) {
		watch_enter(call);
		sampler_enter(call);
	}
	sim_count(sim, COUNTER_grant_hypercalls, 1);
	sim_count(sim, COUNTER_cycles_hypercall,
		  mmu_profile(sim->mmu)->cost.hypercall);
	call->cpu->call = call; /* (1) */
	call->cpu->stops = call->strand ? call : NULL;
	call->cpu->observed = observed;
	call->plain = observed || call->in_guest || sim->points.count
			      ? 0
			      : call->bytes;
	sim->calls.inside++;
	rc = gnttab_hypercall(call->cpu, call->domain->grants, &call->left);
	assert(rc == 0 || rc == GNTTAB_PREEMPTED || rc == -EFAULT ||
	       call->kind->no_status);
	call->rc = rc;
	if (observed) {
		watch_batch(call->cpu, false);
		sampler_batch(call);
	}
	sim->calls.inside--;
	ept_settle(call->cpu, call->domain);
	dma_settle(call->domain);
	if (call->cpu->locks)
		lock_kept(call->cpu);
	if (sim->checked)
		oracle_call_left(call->cpu);
	call->cpu->call = call->cpu->stops = NULL;
	call->cpu->observed = false;
	return rc;
}

static int start(struct call *call)
{
	int rc = build_args(call);

	if (rc == 0 && call->name.name >= 0)
		rc = keep_ops(call);
	if (rc == 0)
		rc = points_take(&call->sim->points, call, call->sim->diags);
	if (rc == 0)
		return call_run(call);
	call_put(call);
	return rc;
}

static ASIDE int check_call(struct cpu *cpu, const struct event *event)
{
	struct sim *sim = cpu->sim;

	if (cpu->running->crashed) {
		diag_error(sim->diags, event->place, "domain %u has crashed",
			   cpu->running->id);
		return -EBADMSG;
	}
	if (event->call.name >= 0 && (call_is_parked(sim, event->call) ||
				      pinning_is_open(sim, event->call))) {
		diag_error(sim->diags, event->place,
			   "a call of this name is still to be resumed");
		diag_hint(sim->diags, "'resume' it first");
		return -EBADMSG;
	}
	return 0;
}

static inline int may_call(struct cpu *cpu, const struct event *event)
{
	if (!cpu->running->crashed && event->call.name < 0)
		return 0;
	return check_call(cpu, event);
}

static inline struct call *call_for(struct cpu *cpu,
				    const struct call_kind *kind,
				    const struct event *event)
{
	size_t bytes = event->nr_ops * kind->size;
	struct call *call = call_get(cpu->sim, bytes);

	if (!call)
		return NULL;
	call->kind = kind;
	call->domain = cpu->running;
	call->cpu = cpu;
	call->name = event->call;
	call->place = event->place;
	call->stop = event->stop;
	call->ops = event->ops;
	call->nr_ops = event->nr_ops;
	call->bytes = bytes;
	call->left = (struct gnttab_call){
		.cmd = kind->cmd,
		.count = (unsigned)event->nr_ops,
	};
	call->array = CALL_WINDOW;
	call->in_guest = false;
	return call;
}

static int enter_access(struct call *call)
{
	struct cpu *cpu = call->cpu;

	cpu->call = call; /* (1) */
	cpu->stops = call->strand ? call : NULL;
	cpu_accesses(cpu, &call->accesses);
	cpu->call = cpu->stops = NULL;
	return 0;
}

int call_run_access(struct cpu *cpu, const struct accesses *accesses,
		    const struct event *event)
{
	static const struct call_kind kind = { .enter = enter_access };
	struct call *call;

	if (may_call(cpu, event) < 0)
		return -EBADMSG;
	call = call_for(cpu, &kind, event);
	if (!call)
		return -ENOMEM;
	call->accesses = *accesses;
	sim_take_steps(cpu->sim);
	return call_run(call);
}

int call_run_event(struct cpu *cpu, const struct call_kind *kind,
		   const struct event *event)
{
	struct call *call;

	if (may_call(cpu, event) < 0)
		return -EBADMSG;
	call = call_for(cpu, kind, event);
	if (!call)
		return -ENOMEM;
	if (event->hypercall.array) {
		call->array = event->hypercall.array;
		call->in_guest = true;
	}
	call->left.uop = call->array;
	return start(call);
}

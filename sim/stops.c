/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stops.c - a hypercall that stops where a trace says, so that others run.
 *
 *   unmap {call: u, before: flush_tlb}     runs up to there, and stops
 *   read {cpu: 1 ...}                      what happens meanwhile
 *   resume {call: u}                       goes on from there
 *
 * A CPU that needs a lock which a stopped hypercall holds waits for it, as it
 * would on a real machine: the holder goes on, just until it lets go.
 *
 * Invariants:
 *  (1) A hypercall that has a stop to reach runs on a strand.
 *  (2) A lock's holder waits in its strand whenever somebody who holds none
 *      wants the lock.
 *
 * Two hypercalls that wait for each other are a mistake of the grant code's,
 * which is told; they stay where they are.  So does who waits for a lock that
 * was kept; who cannot, as it has no strand, gets the lock.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>

#include "sim/looked.h"
#include "sim/state.h"
#include "sim/strand.h"

const char *const crossing_names[] = {
#define X(name) #name,
	SIM_CROSSINGS(X)
#undef X
		NULL,
};

static void run_strand(void *arg)
{
	struct call *call = arg;

	call_enter(call);
}

/* Until it stops (false) or comes out of the hypervisor. */
static bool strand_on(struct call *call)
{
	bool ended;

	looked_before(call);
	ended = strand_go(call->strand);
	looked_after(call);
	if (!ended)
		return false;
	strand_destroy(call->strand);
	call->strand = NULL;
	call->out = true;
	return true;
}

int call_go(struct call *call)
{
	bool began = call->strand || call->out;

	if (!began && !call->stop.nth)
		return call_enter(call);
	if (!began)
		call->strand = strand_create(call->sim->calls.strands,
					     run_strand, call); /* (1) */
	if (!began && !call->strand)
		return -ENOMEM;
	if (!call->out && !strand_on(call))
		return CALL_STOPPED;
	call->out = false;
	return call->rc;
}

/*
 * Does it matter to anybody whether others run before this crossing?  Not if
 * it asks for what never changes, or for what is the hypercall's own; nor
 * before a lock is let go of, as nobody can do with the lock what they could
 * not do later.
 */
static bool is_shared(const struct call *call, enum crossing at)
{
	static const bool own[CROSSINGS] = {
		[CROSS_grant_table] = true,   [CROSS_frame_pointer] = true,
		[CROSS_mark_dirty] = true,    [CROSS_l1_slot] = true,
		[CROSS_l1_only_at] = true,    [CROSS_l1_unlock] = true,
		[CROSS_cpu_number] = true,    [CROSS_preemption_wanted] = true,
		[CROSS_copy_to_guest] = true, [CROSS_unlock] = true,
	};

	if (at == CROSS_copy_to_guest && call->in_guest)
		return true;
	if (at == CROSS_l1_unlock && call->cpu->stored.waits)
		return true;
	return at < CROSSINGS && !own[at];
}

void call_cross(struct call *call, enum crossing at)
{
	struct stop *stop = &call->stop;
	bool meant = stop->at == at ||
		     (stop->at == CROSS_any && at != CROSS_UNLOCKED) ||
		     (stop->at == CROSS_SHARED && is_shared(call, at));

	sampler_batch(call);
	if (at != CROSS_UNLOCKED) {
		call->at = at;
		call->crossed++;
	}
	if (stop->nth && meant && --stop->nth == 0)
		strand_pause(call->strand);
}

/* @call is left where it is. */
static void stay(struct call *call)
{
	assert(call->strand);
	call->stuck = true;
	strand_pause(call->strand);
}

/* Whoever has the lock that @call wants waits for @call in turn. */
static void deadlock(struct call *call, uint32_t holder)
{
	if (!call->stuck)
		oracle_violation(call->sim,
				 "deadlock: CPU %u waits for a lock that CPU "
				 "%" PRIu32 " holds, which waits for CPU %u",
				 call->cpu->number, holder - 1,
				 call->cpu->number);
	stay(call);
}

/* Nobody is left who could let go of *@holder. */
static void kept(struct sim *sim, struct call *waiter, uint32_t *holder)
{
	if (!waiter || !waiter->stuck)
		oracle_violation(sim,
				 "a lock is wanted that CPU %" PRIu32
				 " never lets go of",
				 *holder - 1);
	if (waiter && waiter->strand)
		stay(waiter);
	else
		*holder = 0;
}

void call_wait_for(struct sim *sim, struct call *waiter, uint32_t *holder)
{
	while (*holder) {
		struct call *call = sim->cpu[*holder - 1].call;

		if (!call || !call->strand) {
			kept(sim, waiter, holder);
			continue;
		}
		if (waiter && !strand_waits(call->strand)) {
			deadlock(waiter, *holder);
			continue;
		}
		assert(strand_waits(call->strand)); /* (2) */
		call->stop = (struct stop){ CROSS_UNLOCKED, 1 };
		strand_on(call);
		if (call->stuck && waiter)
			stay(waiter);
		else if (call->stuck)
			*holder = 0;
	}
}

void calls_abandon(struct sim *sim)
{
	for (struct call *call = sim->calls.parked; call; call = call->next) {
		if (call->strand)
			strand_destroy(call->strand);
		call->strand = NULL;
	}
}

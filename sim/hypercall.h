/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypercall.h - one grant hypercall from entry to last continuation.
 *
 *               call_new()
 *                   |
 *                   v                 preempted, has a name
 *   .---------> running ------------------------------------> parked
 *   |               | preempted, no name: entered at once       |  or stopped
 *   `---------------+<------------------------------------------'
 *                   | done, or -EFAULT             call_resume()
 *                   v
 *               accounted, freed
 *
 * With a stop to reach it is left half-way, on its CPU: stops.c.
 *
 * The array of operations lies out of the way, behind a window of addresses
 * that no guest can map: copies from there touch no page table.  Or it lies
 * in guest memory, and then copies go through the MMU.
 */
#ifndef SIM_HYPERCALL_H
#define SIM_HYPERCALL_H

#include <stddef.h>
#include <string.h>

#include "gnttab/gnttab.h"
#include "sim/cpu.h"
#include "sim/crossing.h"
#include "sim/event.h"
#include "sim/results.h"

struct sim;
struct cpu;
struct domain;
struct call;
struct strand;
struct strands;
struct looked;

/* One kind of hypercall: how its operations are written and read. */
struct call_kind {
	unsigned cmd;	/* GNTTABOP_* */
	size_t size;	/* of one operation */
	size_t status;	/* offset of its int16_t status, or ... */
	bool no_status; /* ... general_error if the hypercall fails */
	bool counted;	/* those that succeed, by this: */
	enum counter succeeded;
	/* Not a hypercall: do this instead; 0. */
	int (*enter)(struct call *call);
	/* Write @op, as @call's domain means it, to @to, which is all 0 but
	 * for the status: 0, -EBADMSG after an error, -ENOMEM. */
	int (*build)(struct call *call, const struct op *op, void *to);
	/* The same for all of @call, where there are often many; or NULL. */
	int (*build_all)(struct call *call);
	/* Operations from @first on and before @end ended as call->args says,
	 * or were not reached; or NULL.  0, -ENOMEM. */
	int (*ended)(struct call *call, size_t first, size_t end);
};

struct call {
	/* All 0 when it begins, up to `sim`. */
	struct strand *strand; /* while it is stopped half-way */
	const uint32_t *wants; /* at a lock: who holds that, or NULL */
	size_t accounted;      /* operations */
	enum crossing at;      /* the last that it came to, of so many: on a */
	uint32_t crossed;      /* strand they are counted */
	uint32_t copies, points; /* guest copies and preemption points
				    passed so far */
	int rc;			 /* what the hypercall returned */
	bool stuck;		 /* in a deadlock, for good */
	bool out;		 /* it came out while another CPU waited */
	bool over;		 /* accounted; `resume` will ask for it */
	/* Set when it begins. */
	struct sim *sim;
	const struct call_kind *kind;
	struct domain *domain;
	struct cpu *cpu;   /* where it runs, or ran last */
	struct label name; /* that it is parked under */
	struct place place;
	struct stop stop; /* that it has still to reach */
	const struct op *ops;
	size_t nr_ops;
	size_t bytes; /* of args */
	struct gnttab_call left;
	uint64_t array;		  /* guest address */
	uint64_t region;	  /* of 2M, whose tables are there; while it is
				     built */
	bool in_guest;		  /* array is of the guest's own memory */
	size_t plain;		  /* bytes if copies only copy, else 0 */
	struct accesses accesses; /* of call_run_access() */
	/* Of the calls that use it one after the other. */
	struct call *next;   /* parked, or spare */
	unsigned char *args; /* what is at `array`, and ... */
	size_t args_room;    /* ... so many bytes of room */
	struct op *own;	     /* ops that outlive their event */
	size_t own_room;
	struct looked *looked; /* handles and pins, or NULL */
};

struct calls {
	struct call *parked; /* or stopped, or over and to be resumed */
	struct call *spare;
	struct strands *strands; /* whose stacks they use, or NULL */
	unsigned tables; /* that are locked */
	unsigned inside; /* the hypervisor, running or stopped */
};

void calls_destroy(struct calls *calls);
/* Those that are stopped go on to their ends.  0, -EBADMSG, -ENOMEM. */
int calls_finish(struct sim *sim);
/* The same with nobody watching; they must not outlive the machine. */
void calls_abandon(struct sim *sim);

/* No status of the ABI: the operation has not been reached. */
#define STATUS_NOT_REACHED 1

/* Run @event, which is of @kind, on @cpu.  0, -EBADMSG, -ENOMEM. */
int call_run_event(struct cpu *cpu, const struct call_kind *kind,
		   const struct event *event);
/* Accesses of @event, which stop between the steps of their walks. */
int call_run_access(struct cpu *cpu, const struct accesses *accesses,
		    const struct event *event);
/* Go on with the call that @event names. */
int call_resume(struct sim *sim, const struct event *event);

/* Is a call of this name to be resumed? */
bool call_is_parked(struct sim *sim, struct label name);

/* A build_all() of @build, which is to become part of it: of operations of
 * @size bytes that have their status at @status. */
static inline __attribute__((always_inline)) int
call_build_each(struct call *call,
		int (*build)(struct call *call, const struct op *op, void *to),
		size_t size, size_t status)
{
	const int16_t not_reached = STATUS_NOT_REACHED;
	const struct op *op = call->ops;
	unsigned char *to = call->args;

	for (size_t left = call->nr_ops; left; left--, op++, to += size) {
		int rc;

		memset(to, 0, size);
		memcpy(to + status, &not_reached, sizeof(not_reached));
		rc = build(call, op, to);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- between hypercall.c, parked.c, account.c and stops.c -------------- */

/* On to its end, or until it is parked.  0, -EBADMSG, -ENOMEM. */
int call_run(struct call *call);
/* It is over, and nobody asks for it any more. */
void call_put(struct call *call);

/* Account for the operations before number @end.  0, -ENOMEM. */
int call_account(struct call *call, size_t end);

#define CALL_STOPPED 2 /* neither of gnttab_hypercall()'s results */

/* Into the hypervisor once; what gnttab_hypercall() returns. */
int call_enter(struct call *call);
/* The same, or on from where it is; CALL_STOPPED at the next stop. */
int call_go(struct call *call);
/* @call, which is on a strand, is about to cross the seam: stop if it is to. */
void call_cross(struct call *call, enum crossing at) __attribute__((cold));
/* Until *@holder, a CPU's number + 1 and not 0, is that; @waiter is the
 * hypercall that waits, which may hold locks itself, or NULL. */
void call_wait_for(struct sim *sim, struct call *waiter, uint32_t *holder)
	__attribute__((cold));

/* Numbers of frames that nobody is interested in go to this guest address,
 * and are lost. */
#define CALL_SINK UINT64_C(0xffff810000000000)

/* What the seam asks of the hypercall that runs. */
int call_copy_in(struct call *call, void *to, uint64_t from, size_t length);
int call_copy_out(struct call *call, uint64_t to, const void *from,
		  size_t length);

/* What is mirrored of @length bytes at guest address @at; NULL: elsewhere. */
static inline void *call_mirror(const struct call *call, uint64_t at,
				size_t length)
{
	uint64_t offset = at - call->array; /* huge when @at is below it */

	if (offset > call->bytes || length > call->bytes - offset)
		return NULL;
	return call->args + offset;
}

/* Operations of the sizes that are seen most are copied in registers; others
 * not at all: false. */
static inline bool call_move(void *to, const void *from, size_t length)
{
	if (length == sizeof(gnttab_map_grant_ref_t))
		memcpy(to, from, sizeof(gnttab_map_grant_ref_t));
	else if (length == sizeof(gnttab_unmap_grant_ref_t))
		memcpy(to, from, sizeof(gnttab_unmap_grant_ref_t));
	else if (length == sizeof(gnttab_copy_t))
		memcpy(to, from, sizeof(gnttab_copy_t));
	else
		return false;
	return true;
}

/* Do copies of @length bytes at @offset in its array only copy? */
static inline bool call_is_plain(const struct call *call, uint64_t offset,
				 size_t length)
{
	return offset < call->plain && offset + length <= call->plain;
}

#endif /* SIM_HYPERCALL_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script.c - the events that one step of a driver makes.
 *
 *     event[]  grant   map     read    unmap   revoke
 *                |       |               |       |
 *     op[]     [ 0 .. 10 | 11 .. 21      | 22 .. ]
 *                          ^ nr_events: those before are taken in order
 *
 * Operations belong to the newest event.  The bounds hold what the largest
 * step needs: see blkback.c and netback.c.
 */
#include "config.h"

#include "workloads/script.h"

#include <assert.h>

void script_begin(struct script *script, struct place place)
{
	assert(script->taken == script->nr_events);
	script->nr_events = script->taken = script->nr_ops = 0;
	script->place = place;
}

/* Operations end where those of the next event begin. */
static size_t script_nr_ops(const struct script *script,
			    const struct event *event)
{
	const struct op *end = &script->op[script->nr_ops];

	if (script->taken < script->nr_events)
		end = script->event[script->taken].ops;
	return (size_t)(end - event->ops);
}

int script_take(struct script *script, struct event *event)
{
	if (script->taken == script->nr_events)
		return 0;
	*event = script->event[script->taken++];
	event->nr_ops = script_nr_ops(script, event);
	return 1;
}

/* Copied, as that is faster than clearing and filling in. */
static const struct event new_event = { .cpu = CPU_ANY, .call = { -1, 0 } };
static const struct op new_op = { .as = { -1, 0 }, .label = { -1, 0 } };

static struct event *script_add(struct script *script, enum event_kind kind,
				domid_t domain)
{
	struct event *event = &script->event[script->nr_events++];

	assert(script->nr_events <= SCRIPT_EVENTS);
	*event = new_event;
	event->kind = kind;
	event->place = script->place;
	event->domain = domain;
	event->ops = &script->op[script->nr_ops];
	return event;
}

static struct op *script_op(struct script *script)
{
	struct op *op = &script->op[script->nr_ops++];

	assert(script->nr_ops <= SCRIPT_OPS);
	*op = new_op;
	op->line = script->place.line;
	op->column = script->place.column;
	return op;
}

void script_grant(struct script *script, domid_t granter, bool readonly)
{
	struct event *event = script_add(script, EVENT_grant, granter);

	event->grant.to = script->ends->backend;
	event->grant.readonly = readonly;
}

void script_revoke(struct script *script, domid_t granter)
{
	script_add(script, EVENT_revoke, granter);
}

void script_hypercall(struct script *script, enum event_kind kind)
{
	script_add(script, kind, script->ends->backend)->cpu = script->cpu;
}

bool script_is_last(const struct script *script, enum event_kind kind)
{
	return script->nr_events &&
	       script->event[script->nr_events - 1].kind == kind;
}

void script_op_grant(struct script *script, grant_ref_t ref, uint64_t frame)
{
	struct op *op = script_op(script);

	op->ref = ref;
	op->frame = frame;
}

void script_op_revoke(struct script *script, grant_ref_t ref)
{
	script_op(script)->ref = ref;
}

static uint64_t page_address(const struct script *script, uint32_t page)
{
	return script->address + (uint64_t)page * 4096;
}

void script_op_map(struct script *script, grant_ref_t ref, uint32_t page,
		   bool readonly)
{
	struct op *op = script_op(script);

	op->ref = ref;
	op->from = script->ends->frontend;
	op->at = page_address(script, page);
	op->at_given = true;
	op->flags = GNTMAP_host_map | (readonly ? GNTMAP_readonly : 0);
	op->as = (struct label){ script->label, page };
}

void script_op_unmap(struct script *script, uint32_t page)
{
	struct op *op = script_op(script);

	op->at = page_address(script, page);
	op->at_given = true;
	op->label = (struct label){ script->label, page };
}

void script_op_copy(struct script *script, struct copy_end source,
		    struct copy_end dest, uint32_t length)
{
	struct op *op = script_op(script);

	op->source = source;
	op->dest = dest;
	op->length = (uint16_t)length;
}

void script_touch(struct script *script, enum event_kind kind, uint32_t page,
		  uint32_t offset, uint32_t bytes, uint32_t step)
{
	struct event *event = script_add(script, kind, script->ends->backend);

	event->cpu = script->cpu;
	event->access.at = page_address(script, page) + offset;
	event->access.count = (bytes + step - 1) / step;
	event->access.stride = step;
}
